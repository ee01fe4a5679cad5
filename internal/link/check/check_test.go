package check_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/link"
	"tagline/internal/link/check"
	"tagline/internal/link/linkset"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

type world struct {
	links *link.Service
	clock *clock.Manual
}

func newWorld(db *sqldb.DB) world {
	c := clock.NewManual(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
	return world{link.New(link.Config{DB: db, Ledger: ledger.New(db, c, bus.New()), Clock: c, IDs: ident.NewSource(c, rand.Reader)}), c}
}

func (w world) checker(change func(*check.Config)) *check.Checker {
	c := check.Config{Links: w.links, Clock: w.clock, Pause: -1, Loopback: true}
	if change != nil {
		change(&c)
	}
	return check.New(c)
}

func (w world) put(t *testing.T, hrefs ...string) {
	t.Helper()
	e := linkset.Entry{Anchor: "/01/09506000134352", ItemDescription: "Gin"}
	for i, href := range hrefs {
		e.Links = append(e.Links, linkset.Link{LinkType: "gs1:faqs", Href: href, Title: "F", Default: i == 0})
	}
	if _, _, err := w.links.Put(t.Context(), e, link.Change{}); err != nil {
		t.Fatal(err)
	}
}

// site is a web server that notes what it was asked.
type site struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func newSite(t *testing.T) *site {
	s := &site{}
	mux := http.NewServeMux()
	mux.HandleFunc("/fine", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/noheads", func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodHead {
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
	mux.HandleFunc("/gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	mux.HandleFunc("/fault", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	mux.HandleFunc("/often", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })
	mux.Handle("/moved", http.RedirectHandler("/fine", http.StatusMovedPermanently))
	mux.Handle("/circle", http.RedirectHandler("/circle", http.StatusFound))
	mux.Handle("/inside", http.RedirectHandler("http://169.254.169.254/latest/meta-data/", http.StatusFound))
	mux.Handle("/file", http.RedirectHandler("file:///etc/passwd", http.StatusFound))
	mux.HandleFunc("/endless", func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodHead {
			w.WriteHeader(http.StatusNotImplemented)
			return
		}
		for {
			if _, err := w.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) })
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, q.Method+" "+q.URL.Path)
		s.mu.Unlock()
		mux.ServeHTTP(w, q)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestWhatIsFoundIsSaidInWords(t *testing.T) {
	w := newWorld(sqldbtest.SQLite(t))
	c, s := w.checker(nil), newSite(t)
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, row := range []struct {
		href   string
		ok     bool
		status int
		moved  string
		words  string
	}{
		{s.URL + "/fine", true, 200, "", ""},
		{s.URL + "/noheads", true, 200, "", ""},
		{s.URL + "/moved", true, 200, s.URL + "/fine", ""},
		{s.URL + "/nowhere", false, 404, "", "there is no such page"},
		{s.URL + "/gone", false, 410, "", "the page is gone for good"},
		{s.URL + "/fault", false, 502, "", "the server has a fault"},
		{s.URL + "/often", false, 429, "", "it was asked too often"},
		{s.URL + "/circle", false, 0, "", "it redirects more than 5 times"},
		{s.URL + "/inside", false, 0, "", "it leads into a network that is not public"},
		{s.URL + "/file", false, 0, "", "it leads into a network that is not public"},
		{s.URL + "/endless", true, 200, "", ""},
		{s.URL + "/broken", false, 0, "", "it broke the connection off"},
		{"http://" + closed.Addr().String() + "/", false, 0, "", "nothing answers there"},
		{secure.URL + "/", false, 0, "", "its certificate is not trusted"},
		{strings.Replace(s.URL, "http:", "https:", 1) + "/", false, 0, "", "it does not speak https"},
		{"http://10.0.0.1/", false, 0, "", "it leads into a network that is not public"},
	} {
		h := c.Check(t.Context(), row.href)
		if h.OK != row.ok || h.Status != row.status || h.MovedTo != row.moved || h.Trouble != row.words || !h.Checked.Equal(w.clock.Now()) {
			t.Errorf("%s: %+v", row.href, h)
		}
	}
	slow := w.checker(func(c *check.Config) { c.Timeout = 50 * time.Millisecond })
	if h := slow.Check(t.Context(), s.URL+"/slow"); h.OK || h.Trouble != "it took too long" {
		t.Errorf("%+v", h)
	}
}

// A name that resolves to this machine is no way in either: the address counts, not
// the name.
func TestANameIsNoDisguise(t *testing.T) {
	s := newSite(t)
	w := newWorld(sqldbtest.SQLite(t))
	c := w.checker(func(c *check.Config) { c.Loopback = false })
	port := s.Listener.Addr().(*net.TCPAddr).Port
	for _, host := range []string{"localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "[::1]"} {
		if h := c.Check(t.Context(), fmt.Sprintf("http://%s:%d/fine", host, port)); h.OK || h.Status != 0 {
			t.Errorf("%s: %+v", host, h)
		}
	}
	if len(s.asked) > 0 {
		t.Errorf("it was asked: %v", s.asked)
	}
}

func TestARunTakesTheLongestUncheckedFirst(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w, s := newWorld(db), newSite(t)
		c := w.checker(func(c *check.Config) { c.MaxRun = 2 })
		w.put(t, s.URL+"/fine", s.URL+"/gone", s.URL+"/moved")
		for i, want := range []string{"HEAD /fine, HEAD /gone, GET /gone", "HEAD /moved, HEAD /fine", ""} {
			s.asked = nil
			if _, err := c.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(s.asked, ", "); got != want {
				t.Errorf("run %d: %s, not %s", i, got, want)
			}
			w.clock.Advance(time.Minute)
		}
		bad, err := w.links.Healths(t.Context())
		if err != nil || len(bad) != 1 || bad[0].Status != 410 {
			t.Errorf("%+v %v", bad, err)
		}
		w.clock.Advance(25 * time.Hour)
		s.asked = nil
		if n, err := c.Run(t.Context()); err != nil || n != 2 || s.asked[0] != "HEAD /fine" {
			t.Errorf("a day later: %d %v %v", n, err, s.asked)
		}
	})
}

func TestAHostIsGivenAPause(t *testing.T) {
	w, s := newWorld(sqldbtest.SQLite(t)), newSite(t)
	w.put(t, s.URL+"/fine", s.URL+"/noheads")
	done := make(chan int, 1)
	go func() {
		n, _ := w.checker(func(c *check.Config) { c.Pause = time.Second }).Run(context.Background())
		done <- n
	}()
	for w.clock.Sleepers() == 0 { // until it pauses
		select {
		case n := <-done:
			t.Fatalf("it never paused: %d", n)
		default:
		}
	}
	s.mu.Lock()
	asked := len(s.asked)
	s.mu.Unlock()
	w.clock.Advance(time.Second)
	if n := <-done; n != 2 || asked != 1 {
		t.Errorf("%d asked before the pause, %d in all", asked, n)
	}
}

func TestWhatIsBrokenOffIsNoTrouble(t *testing.T) {
	w, s := newWorld(sqldbtest.SQLite(t)), newSite(t)
	w.put(t, s.URL+"/slow")
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		for {
			s.mu.Lock()
			n := len(s.asked)
			s.mu.Unlock()
			if n > 0 {
				stop()
				return
			}
		}
	}()
	if n, err := w.checker(nil).Run(ctx); n != 0 || err == nil {
		t.Error(n, err)
	}
	if list, err := w.links.Healths(t.Context(), s.URL+"/slow"); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

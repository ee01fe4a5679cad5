package resolver_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tagline/internal/product"
	"tagline/internal/resolver"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

// When the database is away, the public gets a calm page and a time to come back.
func TestAnOutageIsACalmPage(t *testing.T) {
	db, err := sqldb.Open(t.Context(), sqldb.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, db)
	b, p := w.bottle(gin), w.adult()
	tap := b.url()
	p.follow(tap)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"a tap": b.url(), "the page after a tap": b.path(), "a code": "/01/" + brush, "a forged tap": tap[:len(tap)-16] + "0000000000000000"} {
		a := p.get(target)
		if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" || !a.has("We will be right back") {
			t.Errorf("%s: %d %s", name, a.StatusCode, title(a.main()))
		}
		if c := a.Header.Get("Cache-Control"); c != "private, no-store" {
			t.Errorf("%s: Cache-Control %q", name, c)
		}
	}
	if a := p.post(b.path()+"/empty", nil); a.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a form: %d", a.StatusCode)
	}
}

// PostgreSQL goes away and comes back; the tap that failed can be tapped again.
func TestAServerThatComesBack(t *testing.T) {
	server := sqldbtest.NewServer(t)
	w := newWorld(t, sqldbtest.Open(t, sqldb.Config{URL: server.Schema(t)}))
	b, p := w.bottle(brush), w.phone()
	p.follow(b.url())
	server.Stop(t)
	tap := b.url()
	if a := p.get(tap); a.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("while it is away: %d %s", a.StatusCode, title(a.main()))
	}
	server.Start(t)
	if page := p.follow(tap); !page.has("Genuine") {
		t.Errorf("back again: %s", title(page.main()))
	}
}

// What a phone receives, byte for byte: headers and body of every kind of page.
func TestTheWholeAnswerFitsIntoTheFirstFlight(t *testing.T) {
	const limit = 14_000
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	tap := b.url()
	weigh := func(name, target, cookie string) (setCookie string) {
		t.Helper()
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.server.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: id.example\r\nAccept: text/html,*/*;q=0.8\r\nAccept-Encoding: gzip, br\r\nAccept-Language: ja\r\nCookie: %s\r\nConnection: close\r\n\r\n", target, cookie)
		raw, err := io.ReadAll(conn)
		if err != nil {
			t.Fatal(err)
		}
		a, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.Header.Get("Content-Encoding") != "gzip" && a.StatusCode != http.StatusSeeOther {
			t.Errorf("%s is not compressed", name)
		}
		t.Logf("%s: %d, %d bytes", name, a.StatusCode, len(raw))
		if len(raw) > limit {
			t.Errorf("%s has %d bytes", name, len(raw))
		}
		setCookie, _, _ = strings.Cut(a.Header.Get("Set-Cookie"), ";")
		return setCookie
	}
	session := weigh("the tap", tap, "")
	weigh("the age question", b.path(), session)
	jar := w.adult()
	address, _ := url.Parse(w.server.URL)
	for _, c := range jar.client.Jar.Cookies(address) {
		session += "; " + c.Name + "=" + c.Value
	}
	weigh("sealed", b.path(), session)
	weigh("replayed", tap, "")
	weigh("nowhere", "/nowhere", "")
}

// The access line says what happened, and nothing that could be used or traced.
func TestTheLogKeepsNoSecret(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	tap := b.url()
	p := w.adult("Accept-Language", "de-DE")
	a := p.get(tap)
	p.get(b.path())
	p.get(b.path() + "?secret=hush")
	w.phone().get(tap[:len(tap)-16] + "0123456789ABCDEF")
	w.phone().get(strings.ToLower(tap) + "&x=hush")
	w.phone().do("HUSH", "/hush", nil)
	w.phone().get("/media/hush/hush")
	p.post(b.path()+"/empty", nil)
	log := w.log.String()
	if n := strings.Count(log, "\n"); n != strings.Count(log, "msg=request") || n < 9 {
		t.Errorf("%d lines:\n%s", n, log)
	}
	for _, want := range []string{"way=tap", "way=item", "verdict=genuine", "verdict=not-verified code=mac", "gtin=" + gin, "set=k1", "market=DE", "lang=de", "status=303", "status=404"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	query, _ := url.ParseQuery(tap[strings.IndexByte(tap, '?')+1:])
	cookie, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
	for name, secret := range map[string]string{
		"the message": query.Get("p"), "the MAC": query.Get("m"), "a forged MAC": "0123456789ABCDEF", "the serial": b.ref.Serial, "the query": "hush",
		"the cookie": strings.TrimPrefix(cookie, "tagline_tap="), "an address": "127.0.0.1", "a serial in small letters": strings.ToLower(b.ref.Serial),
	} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s", name)
		}
	}
}

func TestCookiesOfAnHTTPSAddressAreSecure(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t), func(c *resolver.Config) { c.BaseURL = "https://id.example/" })
	a := w.phone().get(w.bottle(brush).url())
	if !strings.Contains(a.Header.Get("Set-Cookie"), "; Secure") {
		t.Errorf("cookie %q", a.Header.Get("Set-Cookie"))
	}
	if page := w.phone().get("/01/" + brush); !page.has(`<link rel="canonical" href="https://id.example/01/` + brush + `">`) {
		t.Error("no canonical address")
	}
}

func TestTheMarketComesFromATrustedHeader(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t), func(c *resolver.Config) { c.CountryHeader = "CF-IPCountry" })
	w.phone("Accept-Language", "de-DE").get("/01/"+brush, "CF-IPCountry", "jp")
	events := w.events("tap.plain")
	if len(events) != 1 || w.recorded(events[0], "market") != "JP" || w.recorded(events[0], "locale") != "de-DE" {
		t.Errorf("%+v", events)
	}
}

func TestPicturesOfTheBrand(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	drawing := []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 80"><rect width="30" height="80" fill="#8A3B1E"/></svg>`)
	w.must(w.db.Update(t.Context(), func(tx *sqldb.Tx) error {
		e, err := w.goods.Edit(tx)
		if err != nil {
			return err
		}
		if _, _, err := e.PutImage("images/brush.svg", drawing, product.Change{}); err != nil {
			return err
		}
		if _, _, err := e.PutProduct(product.Product{GTIN: brush, Brand: "norrvik", Name: product.Localized{"en": "Birch Brush"},
			Image: "images/brush.svg", ImageAlt: product.Localized{"en": "A brush of birch"}}, product.Change{}); err != nil {
			return err
		}
		return e.Close()
	}))
	page := w.phone().get("/01/" + brush)
	m := regexp.MustCompile(`<img src="(/media/[0-9a-f]+/brush.svg)" alt="A brush of birch" width="30" height="80"`).FindStringSubmatch(page.body)
	if m == nil {
		t.Fatalf("no picture on the page: %s", page.main())
	}
	if !page.has(`property="og:image" content="http://id.example` + m[1] + `"`) {
		t.Error("no picture in the preview")
	}
	a := w.phone().get(m[1])
	if a.StatusCode != 200 || a.body != string(drawing) || a.Header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%d %v", a.StatusCode, a.Header)
	}
	if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("a drawing may run: %q", csp)
	}
	if a := w.phone().get(m[1], "If-None-Match", a.Header.Get("Etag")); a.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %d", a.StatusCode)
	}
}

func TestRobotsAndIcon(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	if a := w.phone().get("/robots.txt"); a.StatusCode != 200 || !a.has("Disallow: /t/") || a.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("robots: %d %s", a.StatusCode, a.main())
	}
	if a := w.phone().get("/favicon.ico"); a.StatusCode != 200 || !a.has("<svg") {
		t.Errorf("icon: %d", a.StatusCode)
	}
}

// Nothing that can stand in a request line ends in a panic or in a 500.
func FuzzRequests(f *testing.F) {
	w := newWorld(f, sqldbtest.SQLite(f))
	b := w.bottle(gin)
	handler := w.server.Config.Handler
	for _, seed := range []string{b.url(), b.path(), "/01/" + gin, "/t/k1/", "/media/x/y", "/01/09506000134353", "/01/" + gin + "/21/%2F?lang=de&lang=", "/\xff", "/?%"} {
		f.Add("GET", seed, "tagline_tap=AQ", "de")
		f.Add("POST", seed+"/age", "", "")
	}
	f.Fuzz(func(t *testing.T, method, target, cookie, language string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || !regexp.MustCompile(`^[A-Z]{1,10}$`).MatchString(method) {
			t.Skip() // net/http has refused it before
		}
		q := httptest.NewRequest("GET", "/", strings.NewReader("country=SE&day=1"))
		q.Method, q.URL, q.RequestURI = method, u, target
		q.Header.Set("Cookie", cookie)
		q.Header.Set("Accept-Language", language)
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := httptest.NewRecorder()
		handler.ServeHTTP(a, q)
		if a.Code >= 500 || a.Code == 0 {
			t.Errorf("%s %q: %d %s", method, target, a.Code, a.Body)
		}
	})
}

// Taps in flight when a server ends are nobody's mistake: they are told to come
// again, and the log does not call them a bug.
func TestATapThatIsGivenUpIsUnavailable(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	gone, leave := context.WithCancel(t.Context())
	leave()
	given := 0
	for range 20 { // a writer that is quick may still have answered
		answer := httptest.NewRecorder()
		w.server.Config.Handler.ServeHTTP(answer, httptest.NewRequestWithContext(gone, http.MethodGet, b.url(), nil))
		if answer.Code == http.StatusServiceUnavailable {
			given++
			if answer.Header().Get("Retry-After") == "" {
				t.Error("nobody is told when to come again")
			}
		}
	}
	if told := strings.Count(w.log.String(), "code=unavailable"); given == 0 || told != given || strings.Contains(w.log.String(), "code=internal") {
		t.Errorf("%d taps were given up, the log calls %d of them unavailable:\n%s", given, told, w.log.String())
	}
}

package api_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"tagline/internal/access"
	"tagline/internal/api"
	"tagline/internal/api/frame"
	"tagline/internal/brand"
	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/content"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/ledger"
	"tagline/internal/link"
	"tagline/internal/link/check"
	"tagline/internal/passport"
	"tagline/internal/personalise"
	"tagline/internal/place"
	"tagline/internal/product"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/story"
	"tagline/internal/tag"
	"tagline/internal/thing"
	"tagline/internal/timer"
	"tagline/internal/trace/alarm"
	"tagline/internal/trace/journey"
	"tagline/internal/vault"
)

const ownerKey = "owner-key-of-this-test"

// server is the API over real HTTP on a real database.
type server struct {
	*httptest.Server
	api  *api.API
	back api.Backend
	log  *logged
}

// logged keeps what was logged.
type logged struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

func start(t *testing.T, db *sqldb.DB) *server {
	t.Helper()
	c := clock.System{}
	ids := ident.System()
	b := bus.New()
	l := ledger.New(db, c, b)
	v, err := vault.Open(t.Context(), vault.Config{DB: db, Dir: t.TempDir(), Chance: rand.Reader, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{log: &logged{}}
	products := product.New(product.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Users: []product.User{content.Users}})
	contents := content.New(content.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Products: products})
	sets := keyset.New(keyset.Config{DB: db, Vault: v, Clock: c, Chance: rand.Reader})
	tags := tag.New(tag.Config{DB: db, Sets: sets, Clock: c, IDs: ids, Chance: rand.Reader})
	things := thing.New(thing.Config{DB: db, Ledger: l, Tags: tags, Clock: c, IDs: ids, Chance: rand.Reader, Sold: product.Sold})
	links := link.New(link.Config{DB: db, Ledger: l, Clock: c, IDs: ids})
	passports := passport.New(passport.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Chance: rand.Reader, BaseURL: "https://tagline.example"})
	s.back = api.Backend{DB: db, Ledger: l, Bus: b, Vault: v, Timers: timer.New(db, c, b),
		Access:   access.New(access.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Chance: rand.Reader}),
		Products: products, Contents: contents,
		Brands:  brand.New(brand.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Products: products, Contents: contents, Passports: passports, Links: links}),
		Keysets: sets, Tags: tags, Things: things, Stories: story.New(db, l),
		Links:     links,
		Batches:   personalise.New(personalise.Config{DB: db, Sets: sets, Things: things, Clock: c, IDs: ids, Sold: product.Sold}),
		Passports: passports}
	s.back.Places = place.New(place.Config{DB: db, Ledger: l, Vault: v, Clock: c, IDs: ids, Chance: rand.Reader, Signer: "tagline.example"})
	s.back.Alarms = alarm.New(alarm.Config{DB: db, Ledger: l, Clock: c, IDs: ids, Places: s.back.Places, Ours: product.Sold, Located: true,
		Known: func(tx *sqldb.Tx, gtin, serial string) (bool, string, error) {
			it, known, err := thing.Lookup(tx, thing.Ref{GTIN: gtin, Serial: serial})
			return known, it.Market, err
		}})
	s.back.Journeys = journey.New(journey.Config{DB: db, Ledger: l, Clock: c, Things: things, Sold: product.Sold,
		Notice: s.back.Alarms.Notice, Judge: s.back.Alarms.Judge, Look: s.back.Alarms.Look})
	s.back.Checker = check.New(check.Config{Links: s.back.Links, Clock: c, Loopback: true})
	if _, err := s.back.Access.Bootstrap(t.Context(), ownerKey); err != nil {
		t.Fatal(err)
	}
	s.api, err = api.New(api.Config{Backend: s.back, Clock: c, IDs: ids, Chance: rand.Reader, Version: "test", BaseURL: "https://tagline.example",
		Log: slog.New(slog.NewJSONHandler(s.log, nil)), Started: c.Now()})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(s.api)
	t.Cleanup(func() {
		s.api.Drain()
		s.Close()
	})
	return s
}

// both runs a test on both engines.
func both(t *testing.T, fn func(t *testing.T, s *server)) {
	t.Helper()
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) { fn(t, start(t, db)) })
}

// call is one request; the zero call is a GET by the owner's key.
type call struct {
	method, path string
	key          string // "" the owner's, "-" none
	cookie       string
	body         any // a string as it is, else as JSON
	header       map[string]string
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (s *server) do(t *testing.T, c call) reply {
	t.Helper()
	r, err := s.try(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *server) try(c call) (reply, error) {
	var body io.Reader
	switch b := c.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			return reply{}, err
		}
		body = bytes.NewReader(text)
	}
	if c.method == "" {
		c.method = http.MethodGet
	}
	r, err := http.NewRequest(c.method, s.URL+frame.Base+c.path, body)
	if err != nil {
		return reply{}, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	switch {
	case c.cookie != "":
		r.AddCookie(&http.Cookie{Name: frame.SessionCookie, Value: c.cookie})
	case c.key == "":
		r.Header.Set("Authorization", "Bearer "+ownerKey)
	case c.key != "-":
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	return reply{a.StatusCode, a.Header, text}, err
}

// into reads an answer that must have the status.
func (r reply) into(t *testing.T, status int, v any) {
	t.Helper()
	if r.status != status {
		t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal(r.body, v); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
}

// problem checks that the answer is a whole problem document and gives it.
func (r reply) problem(t *testing.T, status int, code string) frame.Problem {
	t.Helper()
	var p frame.Problem
	r.into(t, status, &p)
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("content type %q", got)
	}
	if p.Status != status || p.Code != code || p.Type != frame.Base+"/problems/"+code || p.Title == "" || p.Detail == "" ||
		p.Trace == "" || p.Trace != r.header.Get("X-Request-Id") {
		t.Fatalf("the problem is not whole: %s", r.body)
	}
	return p
}

// key makes an API key of a role.
func (s *server) key(t *testing.T, role access.Role) string {
	t.Helper()
	owner := access.Actor{Kind: access.KindKey, ID: "test", Role: access.Owner}
	_, secret, err := s.back.Access.MakeKey(t.Context(), owner, access.NewKey{Name: fmt.Sprint("a key for ", role), Role: role})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

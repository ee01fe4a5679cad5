package resolver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/content"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/ledger"
	"tagline/internal/link"
	"tagline/internal/pages"
	"tagline/internal/product"
	"tagline/internal/resolver"
	"tagline/internal/rule"
	"tagline/internal/sqldb"
	"tagline/internal/tag"
	"tagline/internal/thing"
	"tagline/internal/vault"
	"tagline/ntag424"
)

// What is sold in the tests.
const (
	gin     = "09506000134352" // alcoholic, followed by rum
	rum     = "09506000164908" // alcoholic
	brush   = "09520123456788" // not alcoholic
	sentOn  = "12312312312333" // plain scans go elsewhere
	nobodys = "09506000134369"
)

// world is the consumer's side of a server on a real database.
type world struct {
	t      testing.TB
	db     *sqldb.DB
	clock  *clock.Manual
	ids    *ident.Source
	chance *rand.ChaCha8
	ledger *ledger.Ledger
	sets   *keyset.Service
	tags   *tag.Service
	things *thing.Service
	goods  *product.Service
	says   *content.Service
	links  *link.Service
	server *httptest.Server
	log    *logbook
}

// logbook keeps what was logged, from many goroutines.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newWorld(t testing.TB, db *sqldb.DB, change ...func(*resolver.Config)) *world {
	t.Helper()
	w := &world{
		t: t, db: db, clock: clock.NewManual(time.Date(2026, 11, 25, 20, 0, 0, 0, time.UTC)),
		chance: rand.NewChaCha8([32]byte{1}), log: &logbook{},
	}
	w.ids = ident.NewSource(w.clock, rand.NewChaCha8([32]byte{2}))
	v, err := vault.Open(t.Context(), vault.Config{DB: db, Dir: t.TempDir(), Chance: rand.NewChaCha8([32]byte{3}), Clock: w.clock})
	w.must(err)
	w.ledger = ledger.New(db, w.clock, bus.New())
	w.goods = product.New(product.Config{DB: db, Ledger: w.ledger, Clock: w.clock, IDs: w.ids, Users: []product.User{content.Users}})
	w.says = content.New(content.Config{DB: db, Ledger: w.ledger, Clock: w.clock, IDs: w.ids, Products: w.goods})
	w.links = link.New(link.Config{DB: db, Ledger: w.ledger, Clock: w.clock, IDs: w.ids})
	w.sets = keyset.New(keyset.Config{DB: db, Vault: v, Clock: w.clock, Chance: w.chance})
	w.tags = tag.New(tag.Config{DB: db, Sets: w.sets, Clock: w.clock, IDs: w.ids, Chance: w.chance})
	w.things = thing.New(thing.Config{DB: db, Ledger: w.ledger, Tags: w.tags, Clock: w.clock, IDs: w.ids, Chance: w.chance})
	w.stock()
	drawn, err := pages.New()
	w.must(err)
	c := resolver.Config{
		Tags: w.tags, Things: w.things, Products: w.goods, Contents: w.says, Links: w.links, Pages: drawn, Vault: v, Clock: w.clock, IDs: w.ids,
		Log: slog.New(slog.NewTextHandler(w.log, nil)), BaseURL: "http://id.example",
	}
	for _, f := range change {
		f(&c)
	}
	handler, err := resolver.New(c)
	w.must(err)
	w.server = httptest.NewServer(handler)
	t.Cleanup(w.server.Close)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// stock fills the shelves.
func (w *world) stock() {
	w.t.Helper()
	en := func(s string) product.Localized { return product.Localized{"en": s} }
	_, _, err := w.goods.PutBrand(w.t.Context(), product.Brand{Slug: "norrvik", Name: "Norrvik", Country: "SE", Homepage: "https://www.norrvik.example/", Accent: "#8A3B1E"}, product.Change{})
	w.must(err)
	for _, p := range []product.Product{
		{GTIN: rum, Brand: "norrvik", Name: en("Harbour Rum"), Tagline: en("Dark as the pier"), Alcohol: true, ABV: 40},
		{GTIN: gin, Brand: "norrvik", Name: product.Localized{"en": "Island Gin", "de": "Inselgin"}, Tagline: product.Localized{"en": "Juniper and salt", "de": "Wacholder und Salz"},
			Alcohol: true, ABV: 43.5, Volume: "70 cl", Origin: []product.Fact{{Label: en("Water"), Value: en("Spring below Torsburgen")}},
			Offer: &product.Link{Label: en("Taste it in the distillery"), Href: "https://www.norrvik.example/visit"}, Next: rum},
		{GTIN: brush, Brand: "norrvik", Name: en("Birch Brush"), Description: en("For the bath after the sauna.")},
		{GTIN: sentOn, Brand: "norrvik", Name: en("Sent On"), Redirect: "https://shop.example/p?id=7#more"},
	} {
		_, _, err := w.goods.PutProduct(w.t.Context(), p, product.Change{})
		w.must(err)
	}
	text := func(title string) map[string]content.Text { return map[string]content.Text{"en": {Title: title}} }
	for _, i := range []content.Item{
		{Name: "before-purchase", Placement: content.TapPage, Products: []string{gin}, When: w.when(`{"fact":"seal","is":"sealed"}`), Texts: map[string]content.Text{
			"en": {Title: "How it is made", Body: []content.Block{{Text: "Slowly."}}}, "de": {Title: "Wie er entsteht"}}},
		{Name: "recipe", Placement: content.TapPage, Products: []string{gin}, When: w.when(`{"fact":"seal","is":"opened"}`), Texts: text("Harbour Highball")},
		{Name: "members-only", Placement: content.TapPage, Products: []string{gin}, When: w.when(`{"fact":"result","is":"genuine"}`), Texts: text("For holders only")},
	} {
		_, _, err := w.says.Put(w.t.Context(), i, product.Change{})
		w.must(err)
	}
}

func (w *world) when(tree string) rule.Condition {
	w.t.Helper()
	var c rule.Condition
	w.must(json.Unmarshal([]byte(tree), &c))
	return c
}

// set makes the key set k1 once.
func (w *world) set() *keyset.Epoch {
	w.t.Helper()
	if e, err := w.sets.Newest(w.t.Context(), "k1"); err == nil {
		return e
	}
	_, err := w.sets.Create(w.t.Context(), keyset.NewSet{Name: "k1", Template: "https://id.example/t/k1/01/{gtin}/21/{serial}?p={picc}&e={enc}&m={mac}", Test: true})
	w.must(err)
	e, err := w.sets.Newest(w.t.Context(), "k1")
	w.must(err)
	return e
}

// bottle is an item with a chip, in somebody's hand.
type bottle struct {
	w    *world
	ref  thing.Ref
	id   ident.Tag
	chip *ntag424.Chip
}

func (w *world) bottle(gtin string) *bottle {
	w.t.Helper()
	items, err := w.things.Make(w.t.Context(), thing.Batch{GTIN: gtin, Count: 1, Lot: "L7"})
	w.must(err)
	b := &bottle{w: w, ref: thing.Ref{GTIN: gtin, Serial: items[0].Serial}}
	e := w.set()
	var uid ntag424.UID
	_, _ = w.chance.Read(uid[1:])
	uid[0] = 4
	b.chip, err = e.Chip(b.ref, uid)
	w.must(err)
	b.id = w.register("k1", e.KeySet.Epoch, uid, b.ref)
	return b
}

func (w *world) register(set string, epoch int64, uid ntag424.UID, ref thing.Ref) ident.Tag {
	w.t.Helper()
	id := w.ids.Tag()
	w.must(w.db.Update(w.t.Context(), func(tx *sqldb.Tx) error {
		_, outcome, err := tag.Register(tx, id, tag.Registration{Set: set, Epoch: epoch, UID: uid.Hex(), Item: ref, Counter: -1}, w.clock.Now())
		if err == nil && outcome != tag.Created {
			err = fmt.Errorf("registration: %s", outcome)
		}
		return err
	}))
	return id
}

// url is one physical tap: the request URI that a phone sends.
func (b *bottle) url() string {
	b.w.t.Helper()
	u, err := b.chip.Tap()
	b.w.must(err)
	return strings.TrimPrefix(u, "https://id.example")
}

// path is the bottle's clean link.
func (b *bottle) path() string { return "/01/" + b.ref.GTIN + "/21/" + b.ref.Serial }

// phone is a browser with its own cookies. It follows no redirect by itself.
type phone struct {
	w      *world
	client *http.Client
	header http.Header
}

func (w *world) phone(header ...string) *phone {
	jar, err := cookiejar.New(nil)
	w.must(err)
	p := &phone{w: w, header: http.Header{"Accept": {"text/html,application/xhtml+xml"}}, client: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for i := 0; i+1 < len(header); i += 2 {
		p.header.Set(header[i], header[i+1])
	}
	return p
}

// adult is a phone whose age question was answered.
func (w *world) adult(header ...string) *phone {
	w.t.Helper()
	p := w.phone(header...)
	if a := p.post("/01/"+gin+"/age", url.Values{"country": {"SE"}, "day": {"27"}, "month": {"3"}, "year": {"1985"}}); a.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("the age question answers %d", a.StatusCode)
	}
	return p
}

type answer struct {
	*http.Response
	body string
}

// main is the page without its head, footer and list of countries, for messages of tests.
func (a answer) main() string {
	_, rest, _ := strings.Cut(a.body, "<main>")
	rest, _, _ = strings.Cut(rest, "</main>")
	before, _, _ := strings.Cut(rest, "<option value=\"AF\"")
	return before
}

func (a answer) has(parts ...string) bool {
	for _, p := range parts {
		if !strings.Contains(a.body, p) {
			return false
		}
	}
	return true
}

func (p *phone) do(method, target string, body io.Reader, header ...string) answer {
	p.w.t.Helper()
	// The request line is sent as it is given: a tap's bytes must not be cleaned.
	q, err := http.NewRequest(method, p.w.server.URL, body)
	p.w.must(err)
	path, query, _ := strings.Cut(target, "?")
	q.URL.Path, q.URL.RawQuery = path, query
	if unescaped, err := url.PathUnescape(path); err == nil {
		q.URL.Path, q.URL.RawPath = unescaped, path
	}
	for k, v := range p.header {
		q.Header[k] = v
	}
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	r, err := p.client.Do(q)
	p.w.must(err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	p.w.must(err)
	return answer{r, string(b)}
}

func (p *phone) get(target string, header ...string) answer {
	p.w.t.Helper()
	return p.do("GET", target, nil, header...)
}

func (p *phone) post(target string, form url.Values) answer {
	p.w.t.Helper()
	return p.do("POST", target, strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded", "Origin", "null")
}

// follow opens a tap's URL and the page behind it.
func (p *phone) follow(target string) answer {
	p.w.t.Helper()
	a := p.get(target)
	if a.StatusCode != http.StatusSeeOther {
		p.w.t.Fatalf("the tap is answered with %d: %s", a.StatusCode, title(a.body))
	}
	return p.get(a.Header.Get("Location"))
}

// title is what a page calls itself, for messages of tests.
func title(body string) string {
	_, rest, _ := strings.Cut(body, "<h1")
	_, rest, _ = strings.Cut(rest, ">")
	t, _, _ := strings.Cut(rest, "<")
	return t
}

// events lists the ledger's events of some types, oldest first.
func (w *world) events(types ...string) []ledger.Event {
	w.t.Helper()
	var all []ledger.Event
	w.must(w.db.View(w.t.Context(), func(tx *sqldb.Tx) (err error) {
		all, err = w.ledger.List(tx, ledger.Filter{Types: types, Limit: 1000})
		return err
	}))
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}

// recorded reads a field of an event's body.
func (w *world) recorded(e ledger.Event, field string) string {
	w.t.Helper()
	var body map[string]any
	w.must(json.Unmarshal(e.Body, &body))
	if v, ok := body[field]; ok {
		return fmt.Sprint(v)
	}
	return ""
}

package thing_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/tag"
	"tagline/internal/thing"
	"tagline/internal/vault"
	"tagline/ntag424"
)

const gtin = "09506000134352"

// world is a server's domains on a real database, with real chips to tap.
type world struct {
	t      testing.TB
	db     *sqldb.DB
	clock  *clock.Manual
	ids    *ident.Source
	ledger *ledger.Ledger
	sets   *keyset.Service
	tags   *tag.Service
	things *thing.Service
	chance *rand.ChaCha8
}

func newWorld(t testing.TB, db *sqldb.DB) *world {
	t.Helper()
	w := &world{
		t: t, db: db, clock: clock.NewManual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)),
		chance: rand.NewChaCha8([32]byte{1}),
	}
	w.ids = ident.NewSource(w.clock, rand.NewChaCha8([32]byte{2}))
	v, err := vault.Open(t.Context(), vault.Config{DB: db, Dir: t.TempDir(), Chance: rand.NewChaCha8([32]byte{3}), Clock: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	w.ledger = ledger.New(db, w.clock, bus.New())
	w.sets = keyset.New(keyset.Config{DB: db, Vault: v, Clock: w.clock, Chance: w.chance})
	w.tags = tag.New(tag.Config{DB: db, Sets: w.sets, Clock: w.clock, IDs: w.ids, Chance: w.chance})
	w.things = thing.New(thing.Config{DB: db, Ledger: w.ledger, Tags: w.tags, Clock: w.clock, IDs: w.ids, Chance: w.chance})
	_, err = w.sets.Create(t.Context(), keyset.NewSet{
		Name: "k1", Template: "https://id.example/t/k1/01/{gtin}/21/{serial}?p={picc}&e={enc}&m={mac}", Test: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// bottle makes an item with a chip on it.
func (w *world) bottle() *bottle {
	w.t.Helper()
	items, err := w.things.Make(w.t.Context(), thing.Batch{GTIN: gtin})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.chipOn("k1", thing.Ref{GTIN: gtin, Serial: items[0].Serial})
}

// encode makes a chip that nobody knows of.
func (w *world) encode(ref thing.Ref) *ntag424.Chip { return w.encodeFor("k1", ref) }

func (w *world) encodeFor(set string, ref thing.Ref) *ntag424.Chip {
	w.t.Helper()
	var uid ntag424.UID
	if _, err := w.chance.Read(uid[1:]); err != nil {
		w.t.Fatal(err)
	}
	uid[0] = 4
	e, err := w.sets.Newest(w.t.Context(), set)
	if err != nil {
		w.t.Fatal(err)
	}
	chip, err := e.Chip(ref, uid)
	if err != nil {
		w.t.Fatal(err)
	}
	return chip
}

func (w *world) chipOn(set string, ref thing.Ref) *bottle {
	w.t.Helper()
	chip := w.encodeFor(set, ref)
	return &bottle{w: w, ref: ref, id: w.register(set, chip.UID.Hex(), ref), chip: chip}
}

func (w *world) register(set, uid string, ref thing.Ref) ident.Tag {
	w.t.Helper()
	id := w.ids.Tag()
	err := w.db.Update(w.t.Context(), func(tx *sqldb.Tx) error {
		_, outcome, err := tag.Register(tx, id, tag.Registration{Set: set, Epoch: 1, UID: uid, Item: ref, Counter: -1}, w.clock.Now())
		if err == nil && outcome != tag.Created {
			err = fmt.Errorf("registration: %s", outcome)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// bottle is an item in somebody's hand.
type bottle struct {
	w    *world
	ref  thing.Ref
	id   ident.Tag
	chip *ntag424.Chip
}

// url is one physical tap.
func (b *bottle) url() string {
	b.w.t.Helper()
	u, err := b.chip.Tap()
	if err != nil {
		b.w.t.Fatal(err)
	}
	return u
}

// load has the server answer a URL, for a visitor with that operation.
func (w *world) load(url string, op ident.Operation) thing.TapResult {
	w.t.Helper()
	r, err := w.try(url, op)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) try(url string, op ident.Operation) (thing.TapResult, error) {
	reading, err := w.tags.Verify(context.Background(), url)
	if err != nil {
		return thing.TapResult{}, err
	}
	return w.things.Tap(context.Background(), thing.TapRequest{Reading: reading, Op: op, Market: "DE", Locale: "de"})
}

// tap is one physical tap by a new visitor, a minute after what came before.
func (b *bottle) tap() thing.TapResult {
	b.w.t.Helper()
	b.w.clock.Advance(time.Minute)
	return b.w.load(b.url(), b.w.ids.Operation())
}

func (w *world) report(source, id string, ref thing.Ref, m thing.Moment) thing.Reported {
	w.t.Helper()
	w.clock.Advance(time.Minute)
	r, err := w.things.Report(w.t.Context(), thing.Report{Source: source, SourceID: id, GTIN: ref.GTIN, Serial: ref.Serial, Moment: m})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// events gives what the ledger holds, oldest first.
func (w *world) events(f ledger.Filter) (out []ledger.Event) {
	w.t.Helper()
	if f.Limit == 0 {
		f.Limit = 1000
	}
	err := w.db.View(w.t.Context(), func(tx *sqldb.Tx) (err error) {
		out, err = w.ledger.List(tx, f)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Reverse(out)
	return out
}

func (w *world) count(f ledger.Filter) int { return len(w.events(f)) }

// moments gives the moments of a bottle's item, in the order they were noticed;
// each must have its cause in the ledger.
func (w *world) moments(b *bottle) string {
	w.t.Helper()
	it, err := w.things.Find(w.t.Context(), b.ref.GTIN, b.ref.Serial)
	if err != nil {
		w.t.Fatal(err)
	}
	known := map[ident.Event]bool{}
	for _, e := range w.events(ledger.Filter{}) {
		known[e.ID] = true
	}
	var names []string
	for _, e := range w.events(ledger.Filter{Thing: it.ID, Class: ledger.Moment}) {
		names = append(names, e.Type)
		if !known[e.Cause] {
			w.t.Errorf("%s has no cause", e.Type)
		}
	}
	return strings.Join(names, " ")
}

func (w *world) entry(id ident.Event) (life.TapEntry, bool) {
	w.t.Helper()
	for _, e := range w.events(ledger.Filter{}) {
		if e.ID == id {
			return life.DecodeTap(e)
		}
	}
	return life.TapEntry{}, false
}

// same fails if any state is not the fold of the ledger: promise 3.
func (w *world) same() {
	w.t.Helper()
	r, err := w.things.Check(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, d := range r.Differences {
		w.t.Errorf("replay: %s %s: %s", d.Kind, d.Ref, d.Text)
	}
}

package thingtest

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
	"tagline/internal/replay"
	"tagline/internal/sqldb"
	"tagline/internal/tag"
	"tagline/internal/thing"
	"tagline/internal/vault"
	"tagline/ntag424"
)

// GTIN is the product of all bottles.
const GTIN = "09506000134352"

// World is a server's domains on a real database, with real chips to tap.
type World struct {
	T      testing.TB
	DB     *sqldb.DB
	Clock  *clock.Manual
	IDs    *ident.Source
	Ledger *ledger.Ledger
	Sets   *keyset.Service
	Tags   *tag.Service
	Things *thing.Service
	Chance *rand.ChaCha8
	Vault  *vault.Vault
}

// New makes a world on a database.
func New(t testing.TB, db *sqldb.DB) *World {
	t.Helper()
	w := &World{
		T: t, DB: db, Clock: clock.NewManual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)),
		Chance: rand.NewChaCha8([32]byte{1}),
	}
	w.IDs = ident.NewSource(w.Clock, rand.NewChaCha8([32]byte{2}))
	v, err := vault.Open(t.Context(), vault.Config{DB: db, Dir: t.TempDir(), Chance: rand.NewChaCha8([32]byte{3}), Clock: w.Clock})
	if err != nil {
		t.Fatal(err)
	}
	w.Vault = v
	w.Ledger = ledger.New(db, w.Clock, bus.New())
	w.Sets = keyset.New(keyset.Config{DB: db, Vault: v, Clock: w.Clock, Chance: w.Chance})
	w.Tags = tag.New(tag.Config{DB: db, Sets: w.Sets, Clock: w.Clock, IDs: w.IDs, Chance: w.Chance})
	w.Things = thing.New(thing.Config{DB: db, Ledger: w.Ledger, Tags: w.Tags, Clock: w.Clock, IDs: w.IDs, Chance: w.Chance})
	_, err = w.Sets.Create(t.Context(), keyset.NewSet{
		Name: "k1", Template: "https://id.example/t/k1/01/{gtin}/21/{serial}?p={picc}&e={enc}&m={mac}", Test: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Bottle makes an item with a chip on it.
func (w *World) Bottle() *Bottle {
	w.T.Helper()
	items, err := w.Things.Make(w.T.Context(), thing.Batch{GTIN: GTIN})
	if err != nil {
		w.T.Fatal(err)
	}
	return w.ChipOn("k1", thing.Ref{GTIN: GTIN, Serial: items[0].Serial})
}

// Bottles makes many.
func (w *World) Bottles(n int) []*Bottle {
	w.T.Helper()
	out := make([]*Bottle, 0, n)
	for len(out) < n {
		items, err := w.Things.Make(w.T.Context(), thing.Batch{GTIN: GTIN, Count: min(n-len(out), 500)})
		if err != nil {
			w.T.Fatal(err)
		}
		var some []*Bottle
		for _, it := range items {
			ref := thing.Ref{GTIN: GTIN, Serial: it.Serial}
			some = append(some, &Bottle{World: w, Ref: ref, ID: w.IDs.Tag(), Chip: w.Encode(ref)})
		}
		err = w.DB.Update(w.T.Context(), func(tx *sqldb.Tx) error {
			for _, b := range some {
				r := tag.Registration{Set: "k1", Epoch: 1, UID: b.Chip.UID.Hex(), Item: b.Ref, Counter: -1}
				if _, _, err := tag.Register(tx, b.ID, r, w.Clock.Now()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			w.T.Fatal(err)
		}
		out = append(out, some...)
	}
	return out
}

// Encode makes a chip that nobody knows of.
func (w *World) Encode(ref thing.Ref) *ntag424.Chip { return w.EncodeFor("k1", ref) }

// EncodeFor makes a chip of a key set that nobody knows of.
func (w *World) EncodeFor(set string, ref thing.Ref) *ntag424.Chip {
	w.T.Helper()
	var uid ntag424.UID
	if _, err := w.Chance.Read(uid[1:]); err != nil {
		w.T.Fatal(err)
	}
	uid[0] = 4
	e, err := w.Sets.Newest(w.T.Context(), set)
	if err != nil {
		w.T.Fatal(err)
	}
	chip, err := e.Chip(ref, uid)
	if err != nil {
		w.T.Fatal(err)
	}
	return chip
}

// ChipOn puts a chip of a key set on an item, known or not.
func (w *World) ChipOn(set string, ref thing.Ref) *Bottle {
	w.T.Helper()
	chip := w.EncodeFor(set, ref)
	return &Bottle{World: w, Ref: ref, ID: w.Register(set, chip.UID.Hex(), ref), Chip: chip}
}

// Register makes a chip known.
func (w *World) Register(set, uid string, ref thing.Ref) ident.Tag {
	w.T.Helper()
	id := w.IDs.Tag()
	err := w.DB.Update(w.T.Context(), func(tx *sqldb.Tx) error {
		_, outcome, err := tag.Register(tx, id, tag.Registration{Set: set, Epoch: 1, UID: uid, Item: ref, Counter: -1}, w.Clock.Now())
		if err == nil && outcome != tag.Created {
			err = fmt.Errorf("registration: %s", outcome)
		}
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return id
}

// Bottle is an item in somebody's hand.
type Bottle struct {
	World *World
	Ref   thing.Ref
	ID    ident.Tag
	Chip  *ntag424.Chip
}

// URL is one physical tap.
func (b *Bottle) URL() string {
	b.World.T.Helper()
	u, err := b.Chip.Tap()
	if err != nil {
		b.World.T.Fatal(err)
	}
	return u
}

// Load has the server answer a URL, for a visitor with that operation.
func (w *World) Load(url string, op ident.Operation) thing.TapResult {
	w.T.Helper()
	r, err := w.Try(url, op)
	if err != nil {
		w.T.Fatal(err)
	}
	return r
}

// Try is Load for goroutines, which must not fail the test themselves.
func (w *World) Try(url string, op ident.Operation) (thing.TapResult, error) {
	reading, err := w.Tags.Verify(context.Background(), url)
	if err != nil {
		return thing.TapResult{}, err
	}
	return w.Things.Tap(context.Background(), thing.TapRequest{Reading: reading, Op: op, Market: "DE", Locale: "de"})
}

// Tap is one physical tap by a new visitor, a minute after what came before.
func (b *Bottle) Tap() thing.TapResult {
	b.World.T.Helper()
	b.World.Clock.Advance(time.Minute)
	return b.World.Load(b.URL(), b.World.IDs.Operation())
}

// Report is one report from outside, a minute after what came before.
func (w *World) Report(source, id string, ref thing.Ref, m thing.Moment) thing.Reported {
	w.T.Helper()
	w.Clock.Advance(time.Minute)
	r, err := w.Things.Report(w.T.Context(), thing.Report{Source: source, SourceID: id, GTIN: ref.GTIN, Serial: ref.Serial, Moment: m})
	if err != nil {
		w.T.Fatal(err)
	}
	return r
}

// Events gives what the ledger holds, oldest first.
func (w *World) Events(f ledger.Filter) (out []ledger.Event) {
	w.T.Helper()
	if f.Limit == 0 {
		f.Limit = 1000
	}
	err := w.DB.View(w.T.Context(), func(tx *sqldb.Tx) (err error) {
		out, err = w.Ledger.List(tx, f)
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	slices.Reverse(out)
	return out
}

// Count counts events.
func (w *World) Count(f ledger.Filter) int { return len(w.Events(f)) }

// Moments gives the moments of a bottle's item, in the order they were noticed;
// each must have its cause in the ledger.
func (w *World) Moments(b *Bottle) string {
	w.T.Helper()
	it, err := w.Things.Find(w.T.Context(), b.Ref.GTIN, b.Ref.Serial)
	if err != nil {
		w.T.Fatal(err)
	}
	known := map[ident.Event]bool{}
	for _, e := range w.Events(ledger.Filter{}) {
		known[e.ID] = true
	}
	var names []string
	for _, e := range w.Events(ledger.Filter{Thing: it.ID, Class: ledger.Moment}) {
		names = append(names, e.Type)
		if !known[e.Cause] {
			w.T.Errorf("%s has no cause", e.Type)
		}
	}
	return strings.Join(names, " ")
}

// Entry reads the event of a tap; false if there is none.
func (w *World) Entry(id ident.Event) (life.TapEntry, bool) {
	w.T.Helper()
	for _, e := range w.Events(ledger.Filter{}) {
		if e.ID == id {
			return life.DecodeTap(e)
		}
	}
	return life.TapEntry{}, false
}

// Same fails if any state is not the fold of the ledger: promise 3.
func (w *World) Same() {
	w.T.Helper()
	r, err := replay.New(w.DB, w.Ledger).Check(w.T.Context())
	if err != nil {
		w.T.Fatal(err)
	}
	for _, d := range r.Differences {
		w.T.Errorf("replay: %s %s: %s", d.Kind, d.Ref, d.Text)
	}
}

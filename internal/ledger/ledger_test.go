package ledger_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a ledger with what a test needs around it.
type world struct {
	db    *sqldb.DB
	l     *ledger.Ledger
	bus   *bus.Bus
	clock *clock.Manual
	ids   *ident.Source
}

func newWorld(db *sqldb.DB) *world {
	w := &world{db: db, bus: bus.New(), clock: clock.NewManual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)), ids: ident.System()}
	w.l = ledger.New(db, w.clock, w.bus)
	return w
}

func (w *world) event(sourceID string) ledger.Event {
	return ledger.Event{ID: w.ids.Event(), Source: "test", SourceID: sourceID, Type: "tested", At: w.clock.Now()}
}

func (w *world) append(events ...ledger.Event) error {
	return w.db.Update(context.Background(), func(tx *sqldb.Tx) error { return w.l.Append(tx, events...) })
}

// all reads the ledger from its beginning and checks that it has no gap.
func (w *world) all(t *testing.T) []ledger.Event {
	t.Helper()
	var all []ledger.Event
	must(t, w.db.View(context.Background(), func(tx *sqldb.Tx) error {
		all = nil
		for {
			some, err := w.l.Read(tx, int64(len(all)), 500)
			if err != nil || len(some) == 0 {
				return err
			}
			for _, e := range some {
				all = append(all, e)
				if e.Seq != int64(len(all)) {
					return fmt.Errorf("event %d of the ledger has the number %d", len(all), e.Seq)
				}
			}
		}
	}))
	return all
}

func TestAnEventComesBackAsItWent(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(db)
		e := ledger.Event{
			ID: w.ids.Event(), Source: "tap", SourceID: "x1", Type: "opened", Class: ledger.Moment, Thing: w.ids.Thing(), Person: w.ids.Person(),
			Cause: w.ids.Event(), At: time.Date(2026, 2, 28, 23, 59, 59, 123456000, time.UTC), Body: json.RawMessage(`{"seal":"Größe"}`),
		}
		bare := ledger.Event{ID: w.ids.Event(), Type: "bare"}
		must(t, w.append(e, bare))
		all := w.all(t)
		e.Seq, e.Recorded = 1, w.clock.Now()
		bare.Seq, bare.Recorded, bare.Class, bare.Body = 2, w.clock.Now(), ledger.Fact, json.RawMessage("{}")
		for i, want := range []ledger.Event{e, bare} {
			if got := fmt.Sprintf("%+v", all[i]); got != fmt.Sprintf("%+v", want) {
				t.Errorf("got  %s\nwant %+v", got, want)
			}
		}
		must(t, db.View(t.Context(), func(tx *sqldb.Tx) error {
			got, err := w.l.Get(tx, e.ID)
			if err != nil || got.Seq != 1 {
				t.Errorf("Get: %v, %v", got, err)
			}
			if _, err := w.l.Get(tx, w.ids.Event()); !fault.Is(err, fault.NotFound) {
				t.Errorf("Get of nothing: %v", err)
			}
			if id, seen, err := w.l.Seen(tx, "tap", "x1"); id != e.ID || !seen || err != nil {
				t.Errorf("Seen: %v %v %v", id, seen, err)
			}
			for _, other := range [][2]string{{"tap", "x2"}, {"other", "x1"}, {"", ""}} {
				if id, seen, err := w.l.Seen(tx, other[0], other[1]); id != "" || seen || err != nil {
					t.Errorf("Seen%v: %v %v %v", other, id, seen, err)
				}
			}
			if head, err := w.l.Head(tx); head != 2 || err != nil {
				t.Errorf("Head: %d, %v", head, err)
			}
			return nil
		}))
	})
}

func TestWhatIsNoEventIsRefused(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(db)
		long := strings.Repeat("x", 600)
		for _, row := range []struct {
			name string
			edit func(e *ledger.Event)
			code fault.Code
		}{
			{"no id", func(e *ledger.Event) { e.ID = "" }, fault.Invalid},
			{"no type", func(e *ledger.Event) { e.Type = "" }, fault.Invalid},
			{"a long type", func(e *ledger.Event) { e.Type = long }, fault.Invalid},
			{"a long source", func(e *ledger.Event) { e.Source = long }, fault.TooLarge},
			{"a long source id", func(e *ledger.Event) { e.SourceID = long }, fault.TooLarge},
			{"an unknown class", func(e *ledger.Event) { e.Class = "rumour" }, fault.Invalid},
			{"a body over 64 KiB", func(e *ledger.Event) { e.Body = make([]byte, 64<<10+1) }, fault.TooLarge},
			{"a source id without UTF-8", func(e *ledger.Event) { e.SourceID = "\xff" }, fault.Invalid},
		} {
			e := w.event("1")
			row.edit(&e)
			if err := w.append(w.event(""), e); !fault.Is(err, row.code) {
				t.Errorf("%s: %v", row.name, err)
			}
		}
		if all := w.all(t); len(all) != 0 {
			t.Errorf("%d events were kept", len(all))
		}
	})
}

func TestASourceIDCountsOnce(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(db)
		must(t, w.append(w.event("1"), w.event(""), w.event("")))
		if err := w.append(w.event("1")); !fault.Is(err, fault.Conflict) {
			t.Errorf("again, later: %v", err)
		}
		if err := w.append(w.event("2"), w.event("2")); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice in one call: %v", err)
		}
		err := w.db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if err := w.l.Append(tx, w.event("3")); err != nil {
				return err
			}
			return w.l.Append(tx, w.event("3"))
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("twice in one transaction: %v", err)
		}
		must(t, w.db.Update(t.Context(), func(tx *sqldb.Tx) error { // a caller that does not mind
			if err := w.l.Append(tx, w.event("4"), w.event("1")); !fault.Is(err, fault.Conflict) {
				t.Errorf("a new one together with one that is there: %v", err)
			}
			return nil
		}))
		other := w.event("1")
		other.Source = "other"
		must(t, w.append(other))
		if n := len(w.all(t)); n != 4 {
			t.Errorf("%d events, want 4", n)
		}
		// All at once: one of them wins.
		var wg sync.WaitGroup
		errs := make([]error, 16)
		for i := range errs {
			wg.Go(func() { errs[i] = w.append(w.event("race")) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !fault.Is(err, fault.Conflict) {
				t.Errorf("in a race: %v", err)
			}
		}
		if n := len(w.all(t)); won != 1 || n != 5 {
			t.Errorf("%d won, %d events", won, n)
		}
	})
}

func TestAnUpdateThatFailsLeavesNoGap(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(db)
		wake, stop := w.bus.Listen(ledger.Topic)
		defer stop()
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if err := w.l.Append(tx, w.event("1")); err != nil {
				return err
			}
			tx.BeforeCommit("later", func(*sqldb.Tx) error { return fault.New(fault.Conflict, "no", "") }) // after the numbering
			return nil
		})
		if !fault.Is(err, fault.Conflict) {
			t.Fatal(err)
		}
		select {
		case <-wake:
			t.Error("woken for nothing")
		default:
		}
		must(t, w.append(w.event("1")))
		select {
		case <-wake:
		default:
			t.Error("not woken after the commit")
		}
		if all := w.all(t); len(all) != 1 || all[0].Seq != 1 {
			t.Errorf("%v", all)
		}
	})
}

func TestManyEventsInOneUpdateKeepTheirOrder(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(db)
		var events []ledger.Event
		for i := range 101 {
			events = append(events, w.event(fmt.Sprint(i)))
		}
		must(t, w.db.Update(t.Context(), func(tx *sqldb.Tx) error {
			for some := range slices.Chunk(events, 7) {
				if err := w.l.Append(tx, some...); err != nil {
					return err
				}
			}
			return nil
		}))
		for i, e := range w.all(t) {
			if e.SourceID != fmt.Sprint(i) {
				t.Fatalf("event %d is %s", i, e.SourceID)
			}
		}
	})
}

// A hook of another package may append when the ledger's own has already run.
func TestAnEventOfALateHookIsNotLost(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(db)
		must(t, w.db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if err := w.l.Append(tx, w.event("first")); err != nil {
				return err
			}
			for _, late := range []string{"second", "third"} {
				tx.BeforeCommit(late, func(tx *sqldb.Tx) error {
					if err := w.l.Append(tx, w.event("first")); !fault.Is(err, fault.Conflict) {
						t.Errorf("one that was already written: %v", err)
					}
					return w.l.Append(tx, w.event(late))
				})
			}
			return nil
		}))
		var got []string
		for _, e := range w.all(t) {
			got = append(got, e.SourceID)
		}
		if strings.Join(got, " ") != "first second third" {
			t.Errorf("the ledger holds %v", got)
		}
	})
}

func TestListChoosesAndPages(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(db)
		a, b := w.ids.Thing(), w.ids.Thing()
		for i := range 12 {
			e := w.event("")
			e.Thing = []ident.Thing{a, b, ""}[i%3]
			e.Type = []string{"tap", "opened"}[i%2]
			e.Class = []ledger.Class{ledger.Fact, ledger.Fact, ledger.Fact, ledger.Moment}[i%4]
			must(t, w.append(e))
		}
		for _, row := range []struct {
			name string
			f    ledger.Filter
			want string
		}{
			{"all", ledger.Filter{}, "12 11 10 9 8 7 6 5 4 3 2 1"},
			{"the newest", ledger.Filter{Limit: 3}, "12 11 10"},
			{"the next page", ledger.Filter{Limit: 3, Before: 10}, "9 8 7"},
			{"since", ledger.Filter{After: 10}, "12 11"},
			{"of a thing", ledger.Filter{Thing: b}, "11 8 5 2"},
			{"of a type", ledger.Filter{Types: []string{"opened"}, After: 6}, "12 10 8"},
			{"of several types", ledger.Filter{Types: []string{"opened", "tap"}, Thing: a}, "10 7 4 1"},
			{"of a class", ledger.Filter{Class: ledger.Moment}, "12 8 4"},
			{"of all at once", ledger.Filter{Class: ledger.Fact, Thing: b, Types: []string{"tap"}, Before: 11, After: 2}, "5"},
			{"of nothing", ledger.Filter{Types: []string{"none"}}, ""},
		} {
			var got []string
			must(t, db.View(t.Context(), func(tx *sqldb.Tx) error {
				events, err := w.l.List(tx, row.f)
				for _, e := range events {
					got = append(got, fmt.Sprint(e.Seq))
				}
				return err
			}))
			if strings.Join(got, " ") != row.want {
				t.Errorf("%s: %v, want %s", row.name, got, row.want)
			}
		}
	})
}

// nodes are two openings of one database where there can be two, or else the same
// one twice.
func nodes(t *testing.T, fn func(t *testing.T, a, b *sqldb.DB)) {
	t.Run("sqlite", func(t *testing.T) {
		db := sqldbtest.SQLite(t)
		fn(t, db, db)
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := sqldbtest.Postgres(t)
		fn(t, sqldbtest.Open(t, sqldb.Config{URL: dsn}), sqldbtest.Open(t, sqldb.Config{URL: dsn}))
	})
}

// The first of two interleavings that lose events where numbers are taken at the
// insert: A appends, B appends and commits, a reader comes by, A commits.
func TestAReaderMissesNobodyWhoAppendedFirstAndCommittedLast(t *testing.T) {
	dsn := sqldbtest.Postgres(t) // two open transactions need two writers
	a := newWorld(sqldbtest.Open(t, sqldb.Config{URL: dsn}))
	b := newWorld(sqldbtest.Open(t, sqldb.Config{URL: dsn}))
	appended, commit := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		done <- a.db.Update(context.Background(), func(tx *sqldb.Tx) error {
			if err := a.l.Append(tx, a.event("A")); err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE schema_health SET probed_us = 1`); err != nil { // it has an id of a transaction now
				return err
			}
			close(appended)
			<-commit
			return nil
		})
	}()
	<-appended
	must(t, b.append(b.event("B")))
	if all := b.all(t); len(all) != 1 || all[0].SourceID != "B" {
		t.Errorf("between the commits: %v", all)
	}
	close(commit)
	must(t, <-done)
	if all := b.all(t); len(all) != 2 || all[1].SourceID != "A" {
		t.Errorf("a reader at 1 finds %v", all)
	}
}

// The second: U begins first, T numbers its event and stays open, U commits.
func TestNobodyCommitsPastANumberThatIsNotYetVisible(t *testing.T) {
	dsn := sqldbtest.Postgres(t)
	one := newWorld(sqldbtest.Open(t, sqldb.Config{URL: dsn}))
	two := newWorld(sqldbtest.Open(t, sqldb.Config{URL: dsn}))
	begun, goOn := make(chan struct{}), make(chan struct{})
	u := make(chan error, 1)
	go func() {
		u <- one.db.Update(context.Background(), func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(`INSERT INTO ledger_cursor VALUES ('u', 0, '', 0, 0, '')`); err != nil {
				return err
			}
			close(begun)
			<-goOn
			return one.l.Append(tx, one.event("U"))
		})
	}()
	<-begun
	numbered, commit := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- two.db.Update(context.Background(), func(tx *sqldb.Tx) error {
			if err := two.l.Append(tx, two.event("T")); err != nil {
				return err
			}
			tx.BeforeCommit("after the numbering", func(*sqldb.Tx) error {
				close(numbered)
				<-commit
				return nil
			})
			return nil
		})
	}()
	<-numbered
	close(goOn)
	waiting := 0
	for waiting == 0 { // until U stands before the lock
		select {
		case err := <-u:
			t.Fatalf("U committed past T: %v", err)
		default:
		}
		must(t, one.db.View(t.Context(), func(tx *sqldb.Tx) error {
			return tx.QueryRow(`SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`).Scan(&waiting)
		}))
	}
	if all := one.all(t); len(all) != 0 {
		t.Errorf("a reader sees %v while T is open", all)
	}
	close(commit)
	must(t, <-done)
	must(t, <-u)
	if all := one.all(t); len(all) != 2 || all[0].SourceID != "T" || all[1].SourceID != "U" {
		t.Errorf("the ledger is %v", all)
	}
}

// Whoever reads at whatever moment, on whichever node, finds the ledger without a
// gap and unchanged below what was read before.
func TestReadersNeverSeeAGap(t *testing.T) {
	nodes(t, func(t *testing.T, a, b *sqldb.DB) {
		const writers, each = 8, 30
		worlds := []*world{newWorld(a), newWorld(b)}
		var wg sync.WaitGroup
		for i := range writers {
			w := worlds[i%2]
			wg.Go(func() {
				for j := range each {
					events := make([]ledger.Event, 1+j%3)
					for k := range events {
						events[k] = w.event(fmt.Sprintf("%d-%d-%d", i, j, k))
					}
					if err := w.append(events...); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		finished := make(chan struct{})
		go func() { wg.Wait(); close(finished) }()
		r := worlds[1]
		var pos int64
		for end := false; ; {
			select {
			case <-finished:
				end = true
			default:
			}
			var some []ledger.Event
			must(t, r.db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
				some, err = r.l.Read(tx, pos, 50)
				return err
			}))
			for _, e := range some {
				if pos++; e.Seq != pos {
					t.Fatalf("after %d comes %d", pos-1, e.Seq)
				}
			}
			if end && len(some) == 0 {
				break
			}
		}
		if want := int64(writers * each * 2); pos != want {
			t.Errorf("%d events, want %d", pos, want)
		}
	})
}

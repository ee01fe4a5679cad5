package timer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/timer"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type world struct {
	t     *testing.T
	db    *sqldb.DB
	s     *timer.Timers
	clock *clock.Manual
}

func newWorld(t *testing.T, db *sqldb.DB) *world {
	w := &world{t: t, db: db, clock: clock.NewManual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))}
	w.s = timer.New(db, w.clock, bus.New())
	return w
}

func (w *world) update(fn func(tx *sqldb.Tx) error) {
	w.t.Helper()
	must(w.t, w.db.Update(context.Background(), fn))
}

func (w *world) set(kind, key string, in time.Duration) {
	w.t.Helper()
	w.update(func(tx *sqldb.Tx) error {
		return w.s.Set(tx, timer.Timer{Kind: kind, Key: key, Due: w.clock.Now().Add(in), Body: json.RawMessage(`"` + key + `"`)})
	})
}

func (w *world) round(handlers map[string]timer.Handler) time.Time {
	w.t.Helper()
	next, err := w.s.Round(context.Background(), handlers)
	must(w.t, err)
	return next
}

func (w *world) list() []timer.Entry {
	w.t.Helper()
	var all []timer.Entry
	must(w.t, w.db.View(context.Background(), func(tx *sqldb.Tx) (err error) {
		all, err = w.s.List(tx, "", 1000)
		return err
	}))
	return all
}

// log is a handler that notes what ran. It may be asked by several goroutines.
type log struct {
	mu  sync.Mutex
	ran []string
}

func (l *log) note(_ *sqldb.Tx, t timer.Timer) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ran = append(l.ran, t.Key+string(t.Body))
	return nil
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.ran, " ")
}

func TestAnEntryRunsOnceAndNotBeforeItsTime(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w, l := newWorld(t, db), &log{}
		h := map[string]timer.Handler{"k": l.note}
		w.set("k", "a", time.Hour)
		w.set("other", "b", 0) // nobody handles it: it waits
		if next := w.round(h); !next.Equal(w.clock.Now().Add(time.Hour)) || l.String() != "" {
			t.Fatalf("next %v, ran %q", next, l)
		}
		w.clock.Advance(time.Hour - time.Microsecond)
		w.round(h)
		if l.String() != "" {
			t.Fatal("ran a microsecond early")
		}
		w.clock.Advance(time.Microsecond)
		w.round(h)
		w.round(h)
		if l.String() != `a"a"` {
			t.Fatalf("ran %q", l)
		}
		if all := w.list(); len(all) != 1 || all[0].Key != "b" {
			t.Errorf("left: %v", all)
		}
	})
}

func TestSetReplacesAndCancelRemoves(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w, l := newWorld(t, db), &log{}
		w.set("k", "moved", 0)
		w.set("k", "moved", time.Hour)
		w.set("k", "cancelled", 0)
		w.set("k", "kept", 0)
		w.update(func(tx *sqldb.Tx) error {
			return errors.Join(w.s.Cancel(tx, "k", "cancelled"), w.s.Cancel(tx, "k", "never there"))
		})
		w.round(map[string]timer.Handler{"k": l.note})
		if l.String() != `kept"kept"` {
			t.Errorf("ran %q", l)
		}
		for _, bad := range []timer.Timer{{Key: "no kind"}, {Kind: strings.Repeat("k", 101)}, {Kind: "k", Key: strings.Repeat("k", 501)}} {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return w.s.Set(tx, bad) })
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%v was set: %v", bad, err)
			}
		}
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			return w.s.Set(tx, timer.Timer{Kind: "k", Body: make([]byte, 64<<10+1)})
		})
		if !fault.Is(err, fault.TooLarge) {
			t.Errorf("a large body: %v", err)
		}
	})
}

// What was found due and then set anew runs as it is now, not as it was found.
func TestAnEntryThatChangedSinceItWasFound(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w, l := newWorld(t, db), &log{}
		now := w.clock.Now()
		found := timer.Timer{Kind: "k", Key: "a", Due: now, Body: json.RawMessage(`"old"`)}
		w.set("k", "a", time.Hour)
		must(t, w.s.Fire(t.Context(), found, now, l.note))
		if l.String() != "" {
			t.Errorf("ran %q though it was put off", l)
		}
		w.set("k", "a", -time.Second)
		must(t, w.s.Fire(t.Context(), found, now, l.note))
		must(t, w.s.Fire(t.Context(), found, now, l.note))
		if l.String() != `a"a"` {
			t.Errorf("ran %q", l)
		}
	})
}

func TestAHandlerMaySetItsEntryAgain(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w, l := newWorld(t, db), &log{}
		w.set("k", "daily", 0)
		h := map[string]timer.Handler{"k": func(tx *sqldb.Tx, e timer.Timer) error {
			e.Due = e.Due.Add(24 * time.Hour)
			return errors.Join(l.note(tx, e), w.s.Set(tx, e))
		}}
		for range 3 {
			w.round(h)
			w.clock.Advance(24 * time.Hour)
		}
		if l.String() != `daily"daily" daily"daily" daily"daily"` || len(w.list()) != 1 {
			t.Errorf("ran %q, left %v", l, w.list())
		}
	})
}

func TestAFailingHandlerIsTriedAgainThenParked(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w, l := newWorld(t, db), &log{}
		w.update(func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`CREATE TABLE test_effect (k TEXT NOT NULL)`)
			return err
		})
		tries := 0
		h := map[string]timer.Handler{"good": l.note, "bad": func(tx *sqldb.Tx, _ timer.Timer) error {
			tries++
			if _, err := tx.Exec(`INSERT INTO test_effect (k) VALUES ('x')`); err != nil {
				return err
			}
			if tries%2 == 0 {
				panic("a bug")
			}
			return fault.New(fault.Invalid, "the address is wrong", "")
		}}
		w.set("bad", "a", 0)
		w.set("good", "b", 0)
		w.round(h)
		if l.String() != `b"b"` {
			t.Errorf("the good one: %q", l)
		}
		first := w.list()[0]
		if first.Tries != 1 || first.Parked || first.Reason != "the address is wrong" || first.Due.Sub(w.clock.Now()) != 5*time.Second {
			t.Errorf("after the first failure: %+v", first)
		}
		for i, last := 1, time.Duration(0); i < timer.MaxTries; i++ {
			next := w.round(h)
			wait := next.Sub(w.clock.Now())
			if wait < last || wait > time.Hour {
				t.Fatalf("after %d failures it waits %v", i, wait)
			}
			last = wait
			w.clock.Advance(wait)
			w.round(h)
		}
		parked := w.list()[0]
		if tries != timer.MaxTries || !parked.Parked || parked.Tries != timer.MaxTries || string(parked.Body) != `"a"` {
			t.Errorf("after %d tries: %+v", tries, parked)
		}
		w.clock.Advance(1000 * time.Hour)
		if next := w.round(h); tries != timer.MaxTries || !next.IsZero() {
			t.Errorf("parked, and yet: %d tries, next %v", tries, next)
		}
		w.set("bad", "a", 0)
		w.round(h)
		if again := w.list()[0]; again.Tries != 1 || again.Parked {
			t.Errorf("set anew: %+v", again)
		}
		must(t, db.View(t.Context(), func(tx *sqldb.Tx) error {
			var n int
			err := tx.QueryRow(`SELECT count(*) FROM test_effect`).Scan(&n)
			if n != 0 {
				t.Errorf("%d effects of handlers that failed", n)
			}
			return err
		}))
	})
}

func TestADatabaseInTroubleIsNoReasonToPark(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		w.set("k", "a", 0)
		h := map[string]timer.Handler{"k": func(*sqldb.Tx, timer.Timer) error {
			return fault.New(fault.Unavailable, "the disk is full", "")
		}}
		for range timer.MaxTries + 3 {
			w.round(h)
			w.clock.Advance(time.Hour)
		}
		if e := w.list()[0]; e.Parked || e.Tries != timer.MaxTries+3 {
			t.Errorf("%+v", e)
		}
	})
}

func TestAClockSetBackLosesNothing(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w, l := newWorld(t, db), &log{}
		h := map[string]timer.Handler{"k": l.note}
		w.set("k", "now", 0)
		w.set("k", "later", 10*time.Second)
		w.round(h) // takes the lease, too
		w.clock.Advance(-time.Hour)
		w.set("k", "meanwhile", 0)
		w.round(h)
		if l.String() != `now"now" meanwhile"meanwhile"` {
			t.Errorf("ran %q", l)
		}
		w.clock.Advance(time.Hour + 10*time.Second)
		w.round(h)
		if !strings.HasSuffix(l.String(), `later"later"`) {
			t.Errorf("ran %q", l)
		}
	})
}

// Two nodes that run the same timers do everything once.
func TestTwoNodesRunEachEntryOnce(t *testing.T) {
	both := func(t *testing.T, dbs ...*sqldb.DB) {
		const entries = 300
		c, b := clock.System{}, bus.New()
		s := timer.New(dbs[0], c, b)
		must(t, dbs[0].Update(t.Context(), func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(`CREATE TABLE test_effect (k TEXT NOT NULL PRIMARY KEY)`); err != nil {
				return err
			}
			for i := range entries {
				if err := s.Set(tx, timer.Timer{Kind: "k", Key: fmt.Sprint(i), Due: time.UnixMicro(int64(1 + i))}); err != nil {
					return err
				}
			}
			return nil
		}))
		ctx, end := context.WithCancel(t.Context())
		defer end()
		var wg sync.WaitGroup
		for _, db := range dbs {
			wg.Go(func() {
				err := timer.New(db, c, b).Run(ctx, map[string]timer.Handler{"k": func(tx *sqldb.Tx, e timer.Timer) error {
					_, err := tx.Exec(`INSERT INTO test_effect (k) VALUES ($1)`, e.Key) // a second one is a Conflict
					return err
				}})
				if !errors.Is(err, context.Canceled) {
					t.Errorf("Run ended with %v", err)
				}
			})
		}
		for n := 0; n < entries; {
			must(t, dbs[0].View(t.Context(), func(tx *sqldb.Tx) error {
				var left int
				if err := tx.QueryRow(`SELECT count(*) FROM test_effect`).Scan(&n); err != nil {
					return err
				}
				if err := tx.QueryRow(`SELECT count(*) FROM timer_entry WHERE tries > 0`).Scan(&left); err != nil {
					return err
				}
				if left > 0 {
					t.Errorf("%d entries failed: somebody ran them twice", left)
				}
				return nil
			}))
		}
		end()
		wg.Wait()
	}
	t.Run("sqlite", func(t *testing.T) {
		db := sqldbtest.SQLite(t)
		both(t, db, db)
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := sqldbtest.Postgres(t)
		both(t, sqldbtest.Open(t, sqldb.Config{URL: dsn}), sqldbtest.Open(t, sqldb.Config{URL: dsn}))
	})
}

// A new entry that is due wakes the runner, which sleeps on a clock that stands
// still.
func TestASetWakesTheRunner(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		ctx, end := context.WithCancel(t.Context())
		ran, finished := make(chan string, 1), make(chan struct{})
		go func() {
			defer close(finished)
			_ = w.s.Run(ctx, map[string]timer.Handler{"k": func(tx *sqldb.Tx, e timer.Timer) error {
				tx.AfterCommit(func() { ran <- e.Key })
				return nil
			}})
		}()
		w.set("k", "a", 0)
		if got := <-ran; got != "a" {
			t.Errorf("ran %q", got)
		}
		end()
		<-finished
	})
}

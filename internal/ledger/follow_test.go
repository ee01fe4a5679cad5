package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

// effects makes a table that takes each event's number once: a second effect of
// an event is a Conflict.
func effects(t *testing.T, db *sqldb.DB) {
	t.Helper()
	must(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`CREATE TABLE test_effect (seq BIGINT NOT NULL PRIMARY KEY, place BIGINT NOT NULL)`)
		return err
	}))
}

func effect(tx *sqldb.Tx, events []ledger.Event) error {
	for _, e := range events {
		if _, err := tx.Exec(`INSERT INTO test_effect (seq, place) SELECT $1, count(*) + 1 FROM test_effect`, e.Seq); err != nil {
			return err
		}
	}
	return nil
}

// effectsDone counts the effects, and those that did not come in their turn.
func effectsDone(t *testing.T, db *sqldb.DB) (n, astray int) {
	t.Helper()
	must(t, db.View(context.Background(), func(tx *sqldb.Tx) error {
		return tx.QueryRow(`SELECT count(*), count(*) FILTER (WHERE seq <> place) FROM test_effect`).Scan(&n, &astray)
	}))
	return n, astray
}

func (w *world) cursor(t *testing.T, name string) ledger.Cursor {
	t.Helper()
	var found ledger.Cursor
	must(t, w.db.View(context.Background(), func(tx *sqldb.Tx) error {
		all, err := w.l.Cursors(tx)
		for _, c := range all {
			if c.Name == name {
				found = c
			}
		}
		return err
	}))
	return found
}

// A follower that is stopped, that fails and that panics at any moment has in the
// end done everything once, in order.
func TestEffectsHappenOnceThroughFailuresAndRestarts(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(db)
		effects(t, db)
		const total = 700
		random := rand.New(rand.NewPCG(7, 7))
		for made := 0; made < total; {
			var events []ledger.Event
			for range 1 + random.IntN(60) {
				events = append(events, w.event(""))
			}
			events = events[:min(len(events), total-made)]
			must(t, w.append(events...))
			made += len(events)
		}
		var lives atomic.Int32
		for done := 0; done < total; done, _ = effectsDone(t, db) {
			// A new life under another node's name; the last one's lease has run out.
			node := w.l.As(fmt.Sprint("node", lives.Add(1)))
			w.clock.Advance(time.Minute)
			ctx, end := context.WithCancel(t.Context())
			calls, deadline := 0, 1+random.IntN(3)
			fate := random.IntN(4)
			finished := make(chan struct{})
			go func() {
				defer close(finished)
				if err := node.Follow(ctx, "f", func(tx *sqldb.Tx, events []ledger.Event) error {
					if err := effect(tx, events); err != nil {
						return err
					}
					if calls++; calls < deadline {
						if events[len(events)-1].Seq == total {
							end()
						}
						return nil
					}
					end()
					switch fate {
					case 0:
						return errors.New("died before its commit")
					case 1:
						panic("died in a panic")
					}
					return nil // died after its commit
				}); !errors.Is(err, context.Canceled) {
					t.Errorf("Follow ended with %v", err)
				}
			}()
			<-finished
		}
		if n, astray := effectsDone(t, db); n != total || astray != 0 {
			t.Errorf("%d effects of %d events, %d out of turn", n, total, astray)
		}
		if c := w.cursor(t, "f"); c.Pos != total || c.Lag != 0 {
			t.Errorf("%+v", c)
		}
	})
}

// An owner that was frozen between reading and writing finds that another node
// has taken over, and does no harm.
func TestAFrozenOwnerDoesNoHarm(t *testing.T) {
	nodes(t, func(t *testing.T, dbA, dbB *sqldb.DB) {
		a, b := newWorld(dbA), newWorld(dbB)
		b.clock = a.clock
		b.l = ledger.New(dbB, b.clock, b.bus).As("node b")
		effects(t, dbA)
		ctx := t.Context()
		must(t, a.append(a.event("")))
		first := a.l.As("node a").Halves("f", effect)
		second := b.l.Halves("f", effect)
		must(t, first.Step(ctx)) // a has the lease
		must(t, a.append(a.event(""), a.event("")))
		frozen, err := first.Read(ctx)
		must(t, err)
		must(t, second.Step(ctx)) // a's lease runs: b must not
		if n, _ := effectsDone(t, dbA); n != 1 {
			t.Fatalf("%d effects: b worked during a's lease", n)
		}
		a.clock.Advance(20 * time.Second)
		must(t, second.Step(ctx)) // a's lease has run out
		if n, _ := effectsDone(t, dbA); n != 3 {
			t.Fatalf("%d effects: b did not take over", n)
		}
		must(t, first.Work(ctx, frozen)) // a wakes up during b's lease
		a.clock.Advance(20 * time.Second)
		frozenToo := frozen
		must(t, first.Work(ctx, frozenToo)) // and once more after it
		must(t, a.append(a.event("")))
		must(t, first.Step(ctx)) // from here on it works again
		if n, astray := effectsDone(t, dbA); n != 4 || astray != 0 {
			t.Errorf("%d effects, %d out of turn", n, astray)
		}
		if c := a.cursor(t, "f"); c.Owner != "node a" || c.Pos != 4 {
			t.Errorf("%+v", c)
		}
	})
}

// A lease of a clock that has since been set back does not hold for long.
func TestALeaseFromTheFutureDoesNotHold(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(db)
		effects(t, db)
		must(t, w.append(w.event("")))
		must(t, w.l.As("ahead").Halves("f", effect).Step(t.Context()))
		w.clock.Advance(-time.Hour)
		must(t, w.append(w.event("")))
		must(t, w.l.As("set back").Halves("f", effect).Step(t.Context()))
		if n, _ := effectsDone(t, db); n != 2 {
			t.Errorf("%d effects: nobody took over", n)
		}
	})
}

func TestAFailureIsShownUntilItIsOver(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(db)
		effects(t, db)
		must(t, w.append(w.event("")))
		ctx, end := context.WithCancel(t.Context())
		finished := make(chan error)
		var fail, calls atomic.Int32
		fail.Store(1)
		go func() {
			finished <- w.l.Follow(ctx, "f", func(tx *sqldb.Tx, events []ledger.Event) error {
				calls.Add(1)
				if fail.Load() == 1 {
					return errors.New("no column named secret")
				}
				return effect(tx, events)
			})
		}()
		for w.clock.Sleepers() == 0 { // until it waits after its first failure
			runtime.Gosched()
		}
		c := w.cursor(t, "f")
		if c.Pos != 0 || c.Lag != 1 || c.Reason == "" || strings.Contains(c.Reason, "secret") {
			t.Errorf("%+v", c)
		}
		fail.Store(0)
		for c.Pos != 1 {
			w.clock.Advance(time.Second)
			c = w.cursor(t, "f")
		}
		if c.Reason != "" || c.Lag != 0 {
			t.Errorf("afterwards: %+v", c)
		}
		end()
		<-finished
	})
}

func TestBackoffGrowsAndIsCapped(t *testing.T) {
	last := time.Duration(0)
	for n := 1; n < 100; n++ {
		d := ledger.Backoff(n)
		if d < last || d > 30*time.Second || n == 1 && d != 100*time.Millisecond {
			t.Fatalf("after %d failures %v", n, d)
		}
		last = d
	}
	if last != 30*time.Second {
		t.Errorf("ends at %v", last)
	}
}

// Two followers of one process share what they read, and each gets every event.
func TestFollowersThatShareTheirReadingMissNothing(t *testing.T) {
	w := newWorld(sqldbtest.SQLite(t))
	const events = 400
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var seen [2]atomic.Int64
	done := make(chan error, 2)
	for i := range seen {
		go func() {
			next := int64(1)
			done <- w.l.Follow(ctx, fmt.Sprint("reader ", i), func(_ *sqldb.Tx, some []ledger.Event) error {
				for _, e := range some {
					if e.Seq != next {
						t.Errorf("reader %d: event %d, not %d", i, e.Seq, next)
					}
					next = e.Seq + 1
				}
				seen[i].Store(next - 1)
				return nil
			})
		}()
	}
	for i := range events {
		must(t, w.db.Update(t.Context(), func(tx *sqldb.Tx) error { return w.l.Append(tx, w.event(fmt.Sprint(i))) }))
	}
	// The clock stands still: only wake-ups bring them on.
	for seen[0].Load() < events || seen[1].Load() < events {
		runtime.Gosched()
	}
	cancel()
	for range seen {
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

func TestAlikeCountsEventsThatSayTheSame(t *testing.T) {
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	e := func(kind, body string, at time.Time) ledger.Event {
		return ledger.Event{Type: kind, Class: ledger.Fact, Body: []byte(body), At: at, Seq: at.Unix()}
	}
	groups := ledger.Alike([]ledger.Event{
		e("a", "{}", noon.Add(time.Minute)), e("b", "{}", noon), e("a", `{"x":1}`, noon), e("a", "{}", noon.Add(59*time.Minute)), e("a", "{}", noon.Add(time.Hour)),
	}, time.Hour)
	var got []string
	for _, g := range groups {
		got = append(got, fmt.Sprint(g.Type, string(g.Body), g.At.Format("15:04"), g.Times))
	}
	if want := "a{}12:002 b{}12:001 a{\"x\":1}12:001 a{}13:001"; strings.Join(got, " ") != want {
		t.Errorf("%s, want %s", strings.Join(got, " "), want)
	}
}

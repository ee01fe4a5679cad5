package reading_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/internal/detect"
	"tagline/internal/device"
	"tagline/internal/device/devicetest"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/model"
	"tagline/internal/reading"
	"tagline/internal/rule"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/twin"
)

const minute = int64(60e6)

func fill(v float64) map[string]rule.Value { return map[string]rule.Value{"fill": rule.Number(v)} }

func names(all []reading.Moment) string {
	var list []string
	for _, m := range all {
		list = append(list, m.Name)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func standing(t *testing.T, w *devicetest.World, d device.Device) []reading.Moment {
	t.Helper()
	all, err := w.Readings.Moments(t.Context(), d.No, "", -1<<60, 2000)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnEntryCountsOnce(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := devicetest.New(t, db)
		d, o := w.Device("smart-bottle", "a"), w.Device("smart-bottle", "b")
		now := w.Clock.Now().UnixMicro()
		e := w.Entry(d, "1-1", now, fill(50))
		other := e
		other.At += minute // the same id with another time is the same entry
		got := w.Apply(e, e, other, w.Entry(o, "1-1", now, fill(40)))
		if fmt.Sprint(got) != "[{true false false} {false false false} {false false false} {true false false}]" {
			t.Errorf("%+v", got)
		}
		if again := w.Apply(e); again[0].Fresh {
			t.Error("it came again")
		}
		twin, err := w.Readings.Twin(t.Context(), d)
		if err != nil || twin.Entries != 1 || fmt.Sprint(twin.Reported.Document()) != "map[fill:50]" {
			t.Errorf("%+v, %v", twin, err)
		}
		w.Same(d, o)
	})
}

func TestMomentsAreToldInTheLedgerWithTheirReasons(t *testing.T) {
	w := devicetest.New(t, sqldbtest.SQLite(t))
	d := w.Device("smart-bottle", "a")
	now := w.Clock.Now().UnixMicro()
	w.Apply(w.Entry(d, "1", now, map[string]rule.Value{"seal": rule.Text("sealed"), "fill": rule.Number(100)}),
		w.Entry(d, "2", now+minute, map[string]rule.Value{"seal": rule.Text("opened")}), w.Entry(d, "3", now+2*minute, fill(94)))
	if got := names(standing(t, w, d)); got != "opened poured" {
		t.Fatalf("moments %q", got)
	}
	var events []ledger.Event
	if err := w.DB.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		events, err = w.Ledger.List(tx, ledger.Filter{Thing: d.Thing, Class: ledger.Moment})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(events) != 2 || events[0].Type != "moment.poured" || !strings.Contains(string(events[0].Body), `"because":"fill falls by 3 % within 2m`) ||
		!strings.Contains(string(events[0].Body), `"reading":"3"`) {
		t.Errorf("%+v", events)
	}
}

func TestALateEntryTakesBackWhatItDisproves(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := devicetest.New(t, db)
		d := w.Device("smart-bottle", "a")
		now := w.Clock.Now().UnixMicro()
		w.Apply(w.Entry(d, "1", now, fill(50)), w.Entry(d, "9", now+minute, fill(40)))
		if got := names(standing(t, w, d)); got != "poured" {
			t.Fatalf("moments %q", got)
		}
		// In truth it had fallen to 41 long before: what was told at 9 was no fall of 3.
		if got := w.Apply(w.Entry(d, "5", now-10*minute, fill(41)), w.Entry(d, "6", now-9*minute, fill(41)), w.Entry(d, "7", now+minute/2, fill(41.5))); !got[0].Late {
			t.Error("not late")
		}
		all := standing(t, w, d)
		if got := names(all); got != "poured" || all[0].Cause != "7" {
			t.Errorf("%+v", all)
		}
		n := w.Count(ledger.Filter{Types: []string{life.TypeTakenBack}})
		if n != 1 {
			t.Errorf("%d moments were taken back", n)
		}
		w.Same(d)
	})
}

func TestWaitsEndWithTimeAloneAndOnlyOnce(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := devicetest.New(t, db)
		d := w.Device("smart-bottle", "a")
		now := w.Clock.Now().UnixMicro()
		w.Apply(w.Entry(d, "1", now, map[string]rule.Value{"seal": rule.Text("opened")}))
		next, err := w.Readings.Pass(t.Context())
		if err != nil || !next.Equal(w.Clock.Now().Add(30*time.Minute)) {
			t.Fatalf("next look at %v, %v", next, err)
		}
		w.Clock.Advance(30 * time.Minute)
		for range 2 {
			if _, err := w.Readings.Pass(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.Reopen() // a restart tells nothing again
		}
		if got := names(standing(t, w, d)); got != "left-open" || len(w.Told) != 1 {
			t.Fatalf("moments %q, told %v", got, w.Told)
		}
		// A late reading tells that it was closed after ten minutes.
		w.Apply(w.Entry(d, "2", now+10*minute, map[string]rule.Value{"seal": rule.Text("sealed")}))
		if got := names(standing(t, w, d)); got != "" {
			t.Errorf("moments %q", got)
		}
		w.Same(d)
		w.Clock.Advance(3 * time.Hour)
		if _, err := w.Readings.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := names(standing(t, w, d)); got != "silent" {
			t.Errorf("moments %q", got)
		}
		w.Same(d)
	})
}

// TestAnyOrderGivesTheSameTwinAndMoments sends the same entries of two devices in
// other orders, in batches of other sizes, some twice, with restarts, time that
// passes, and transactions that fail.
func TestAnyOrderGivesTheSameTwinAndMoments(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		rounds := 40
		if db.Engine() == sqldb.Postgres {
			rounds = 6
		}
		w := devicetest.New(t, db)
		rng := rand.New(rand.NewPCG(3, 4))
		taken := 0
		for round := range rounds {
			began := w.Clock.Now()
			n := 5 + rng.IntN(40)
			if round%10 == 9 {
				n = 700 // over several checkpoints
			}
			type plan struct {
				at     int64
				values map[string]rule.Value
				kind   reading.Kind
				rv     int64
			}
			var plans []plan
			at := began.UnixMicro()
			for range n {
				at += int64(rng.IntN(8)) * minute / 2
				p := plan{at: at, values: map[string]rule.Value{}, kind: reading.Event}
				if rng.IntN(2) == 0 {
					p.values["fill"] = rule.Number(float64(rng.IntN(100)))
				}
				if rng.IntN(3) == 0 {
					p.values["seal"] = rule.Text([]string{"sealed", "opened"}[rng.IntN(2)])
				}
				if rng.IntN(6) == 0 {
					p.kind, p.rv = reading.Report, int64(len(plans)+1)
				}
				plans = append(plans, p)
			}
			var devices []device.Device
			var docs, moments []string
			for run := range 2 {
				d := w.Device("smart-bottle", fmt.Sprintf("r%d-%d", round, run))
				devices = append(devices, d)
				var entries []reading.Entry
				for i, p := range plans {
					e := w.Entry(d, fmt.Sprintf("%04d", i), p.at, p.values)
					e.Kind, e.RV, e.Received = p.kind, p.rv, began.UnixMicro()
					entries = append(entries, e)
				}
				order := rng.Perm(n)
				if run == 0 {
					slices.Sort(order)
				} else if rng.IntN(2) == 0 { // nearly in order
					slices.Sort(order)
					for range n / 5 {
						i, j := rng.IntN(n), rng.IntN(n)
						order[i], order[j] = order[j], order[i]
					}
				}
				for len(order) > 0 {
					k := min(1+rng.IntN(20), len(order))
					var batch []reading.Entry
					for _, i := range order[:k] {
						batch = append(batch, entries[i])
						if rng.IntN(5) == 0 {
							batch = append(batch, entries[rng.IntN(n)])
							if !slices.Contains(order[:k], slices.IndexFunc(entries, func(e reading.Entry) bool { return e.ID == batch[len(batch)-1].ID })) {
								batch = batch[:len(batch)-1] // only what was sent or is being sent comes twice
							}
						}
					}
					if rng.IntN(8) == 0 {
						failed := errors.New("the disk is full")
						err := w.DB.Update(t.Context(), func(tx *sqldb.Tx) error {
							if _, err := w.Readings.Apply(tx, batch); err != nil {
								return err
							}
							return failed
						})
						if !errors.Is(err, failed) {
							t.Fatal(err)
						}
						w.Readings.Forget(d.No)
						continue // it comes again
					}
					w.Apply(batch...)
					order = order[k:]
					if rng.IntN(6) == 0 {
						w.Reopen()
					}
					if rng.IntN(4) == 0 {
						w.Clock.Advance(time.Duration(rng.IntN(40)) * time.Minute)
						if _, err := w.Readings.Pass(t.Context()); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			w.Clock.Advance(time.UnixMicro(at).Add(24 * time.Hour).Sub(w.Clock.Now()))
			if _, err := w.Readings.Pass(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, d := range devices {
				w.Same(d)
				tw, err := w.Readings.Twin(t.Context(), d)
				if err != nil {
					t.Fatal(err)
				}
				docs = append(docs, fmt.Sprint(tw.Reported.Document(), tw.Entries))
				var keys []string
				for _, m := range standing(t, w, d) {
					keys = append(keys, m.Key)
				}
				slices.Sort(keys)
				moments = append(moments, strings.Join(keys, "\n"))
			}
			if docs[0] != docs[1] || moments[0] != moments[1] {
				t.Fatalf("round %d: in order %s\n%s\nshuffled %s\n%s", round, docs[0], moments[0], docs[1], moments[1])
			}
			taken += strings.Count(moments[0], "\n")
		}
		if taken < rounds*3 {
			t.Errorf("only %d moments: the test looks at too little", taken)
		}
	})
}

func TestAChangedModelTellsNothingOfThePast(t *testing.T) {
	w := devicetest.New(t, sqldbtest.SQLite(t))
	d := w.Device("smart-bottle", "a")
	now := w.Clock.Now().UnixMicro()
	w.Apply(w.Entry(d, "1", now, fill(50)), w.Entry(d, "2", now+minute, fill(49)))
	m := devicetest.Models(t)[0]
	m.Detect = append(m.Detect, model.Detector{Moment: "half", When: devicetest.Condition(t, `{"property":"fill","below":60}`)})
	w.PutModel(m)
	w.Apply(w.Entry(d, "3", now+2*minute, fill(48)))
	if got := names(standing(t, w, d)); got != "" {
		t.Errorf("told %q of what was so before", got)
	}
	w.Apply(w.Entry(d, "4", now+3*minute, fill(70)), w.Entry(d, "5", now+4*minute, fill(48)))
	if got := names(standing(t, w, d)); got != "half poured" {
		t.Errorf("told %q", got)
	}
	// Older than the change: the twin and the log know it, the detectors leave it alone.
	w.Apply(w.Entry(d, "0", now-minute, fill(99)))
	if got := names(standing(t, w, d)); got != "half poured" {
		t.Errorf("told %q", got)
	}
	w.Same(d)
	told, looked, err := w.Readings.Try(t.Context(), d.No, m, now-minute)
	if err != nil || looked != 6 || !slices.ContainsFunc(told, func(f detect.Firing) bool { return f.Moment == "half" && f.Cause == "1" }) {
		t.Errorf("a try over %d readings: %+v, %v", looked, told, err)
	}
}

func TestSeriesAndEntries(t *testing.T) {
	w := devicetest.New(t, sqldbtest.SQLite(t))
	d := w.Device("smart-bottle", "a")
	now := w.Clock.Now().UnixMicro()
	for i := range 10 {
		w.Apply(w.Entry(d, devicetest.Number(i), now+int64(i)*minute, fill(float64(i))))
	}
	points, more, err := w.Readings.Series(t.Context(), d.No, "fill", now, now+10*minute, 2)
	if err != nil || more || fmt.Sprint(points) != fmt.Sprintf("[{%d 5 2 0 4 } {%d 5 7 5 9 }]", now, now+5*minute) {
		t.Errorf("%v %v", points, err)
	}
	last, err := w.Readings.Entries(t.Context(), d.No, now+3*minute, 2)
	if err != nil || len(last) != 2 || last[0].ID != "n0002" || last[0].Patch.Values["fill"] != rule.Number(2) {
		t.Errorf("%+v %v", last, err)
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	w := devicetest.New(t, sqldbtest.SQLite(t))
	d := w.Device("smart-bottle", "a")
	now := w.Clock.Now().UnixMicro()
	w.Apply(w.Entry(d, "1", now, fill(50)), w.Entry(d, "2", now+minute, fill(40)))
	w.Same(d)
	for _, c := range []struct{ spoil, mend, want string }{
		{`UPDATE reading_moment SET standing = 0`, `UPDATE reading_moment SET standing = 1`, "is missing"},
		{`UPDATE reading_moment SET key = 'x'`, `UPDATE reading_moment SET key = 'poured@` + fmt.Sprint(now+minute) + `/2'`, "its log does not tell it"},
		{`DELETE FROM reading_entry WHERE id = '2'`, `SELECT 1`, "is not the fold"},
	} {
		if err := w.DB.Update(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(c.spoil); return err }); err != nil {
			t.Fatal(err)
		}
		wrong, err := w.Readings.Check(t.Context(), d)
		if err != nil || !slices.ContainsFunc(wrong, func(x reading.Difference) bool { return strings.Contains(x.What, c.want) }) {
			t.Errorf("%s: %v, %v", c.spoil, wrong, err)
		}
		if c.mend == "SELECT 1" {
			continue
		}
		if err := w.DB.Update(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(c.mend); return err }); err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	w := devicetest.New(b, sqldbtest.SQLite(b))
	var devices []device.Device
	for i := range 100 {
		devices = append(devices, w.Device("smart-bottle", devicetest.Number(i)))
	}
	now := w.Clock.Now().UnixMicro()
	m, _ := w.Model(b.Context(), "smart-bottle")
	n := 0
	for b.Loop() {
		batch := make([]reading.Entry, 0, 100)
		for i := range devices {
			n++
			batch = append(batch, reading.Entry{Device: &devices[i], Model: m, Kind: reading.Event, ID: fmt.Sprint(n), At: now + int64(n)*1e6, Received: now, Clock: "ok",
				Patch: twin.Patch{Values: fill(float64(n % 100))}})
		}
		w.Apply(batch...)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "entries/s")
}

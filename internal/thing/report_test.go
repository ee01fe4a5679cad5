package thing_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
	"tagline/internal/thing/thingtest"
)

func TestAReportCountsOncePerSourceAndNumber(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		b := w.Bottle()
		first := w.Report("till", "4711", b.Ref, thing.MomentPurchased)
		if first.Repeated || fmt.Sprint(first.Moments) != "[purchased]" || first.Item.Life.Sold.Cause != first.Event {
			t.Fatalf("%+v", first)
		}
		again := w.Report("till", "4711", b.Ref, thing.MomentDrained) // the same number, whatever it says now
		if !again.Repeated || again.Event != first.Event || again.Item.Life.Drained.Is() {
			t.Errorf("%+v", again)
		}
		other := w.Report("other-till", "4711", b.Ref, thing.MomentPurchased)
		if other.Repeated || len(other.Moments) != 0 {
			t.Errorf("another source's number: %+v", other)
		}
		if got := w.Moments(b); got != "made purchased" {
			t.Errorf("moments %q", got)
		}
		w.Same()
	})
}

func TestOneReportFromManyHandsCountsOnce(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		b := w.Bottle()
		var wg sync.WaitGroup
		events := make([]ident.Event, 16)
		for i := range events {
			wg.Go(func() {
				r, err := w.Things.Report(t.Context(), thing.Report{Source: "till", SourceID: "1", GTIN: thingtest.GTIN, Serial: b.Ref.Serial, Moment: thing.MomentPurchased})
				if err != nil {
					t.Error(err)
				}
				events[i] = r.Event
			})
		}
		wg.Wait()
		for _, e := range events {
			if e != events[0] {
				t.Fatalf("answers differ: %v", events)
			}
		}
		if n := w.Count(ledger.Filter{Types: []string{life.TypeReported}}); n != 1 {
			t.Errorf("%d reports in the ledger", n)
		}
		w.Same()
	})
}

func TestWhatIsNoReportIsRefusedWithThePlace(t *testing.T) {
	w := thingtest.New(t, sqldbtest.SQLite(t))
	b := w.Bottle()
	good := thing.Report{Source: "till", SourceID: "1", GTIN: thingtest.GTIN, Serial: b.Ref.Serial, Moment: "sold"}
	for _, c := range []struct {
		name   string
		spoil  func(r *thing.Report)
		code   fault.Code
		places string
	}{
		{"no source", func(r *thing.Report) { r.Source = "" }, fault.Invalid, "body.source"},
		{"the server's own name", func(r *thing.Report) { r.Source = "tap" }, fault.Invalid, "body.source"},
		{"no number", func(r *thing.Report) { r.SourceID = "" }, fault.Invalid, "body.sourceId"},
		{"made is not reported", func(r *thing.Report) { r.Moment = thing.MomentMade }, fault.Invalid, "body.moment"},
		{"an unknown kind", func(r *thing.Report) { r.Kind = "guessed" }, fault.Invalid, "body.kind"},
		{"more than certain", func(r *thing.Report) { r.Kind, r.Confidence = thing.Inferred, 1.5 }, fault.Invalid, "body.confidence"},
		{"the day after tomorrow", func(r *thing.Report) { r.At = w.Clock.Now().Add(48 * time.Hour) }, fault.Invalid, "body.at"},
		{"two at once", func(r *thing.Report) { r.Source, r.SourceID = "", strings.Repeat("x", 999) }, fault.Invalid, "body.source body.sourceId"},
		{"an item that never was", func(r *thing.Report) { r.Serial = "NOBODY" }, fault.NotFound, ""},
		{"an id that never was", func(r *thing.Report) { r.Thing = "thg_none" }, fault.NotFound, ""},
	} {
		r := good
		c.spoil(&r)
		_, err := w.Things.Report(t.Context(), r)
		var places []string
		for _, f := range fault.From(err).Fields {
			places = append(places, f.Location)
		}
		if !fault.Is(err, c.code) || strings.Join(places, " ") != c.places {
			t.Errorf("%s: %v at %v", c.name, err, places)
		}
	}
	if _, err := w.Things.Report(t.Context(), good); err != nil {
		t.Errorf("none of these spoilt the number: %v", err)
	}
}

func TestAnEpochBeginsOncePerReport(t *testing.T) {
	w := thingtest.New(t, sqldbtest.SQLite(t))
	b := w.Bottle()
	it := w.Report("till", "1", b.Ref, thing.MomentPurchased).Item
	for _, want := range []struct {
		id    string
		epoch int64
	}{{"1", 2}, {"1", 2}, {"2", 3}} {
		got, err := w.Things.BeginEpoch(t.Context(), "till", want.id, it.ID, w.Clock.Now())
		if err != nil || got.Epoch != want.epoch {
			t.Errorf("report %s: epoch %d, %v; want %d", want.id, got.Epoch, err, want.epoch)
		}
	}
	w.Same()
}

// act is something that happens to one bottle.
type act struct {
	kind string
	rep  thing.Report
}

// TestLateAndShuffledReportsGiveTheSameItem drives two servers through the same
// taps and the same reports, which arrive in other orders and twice.
func TestLateAndShuffledReportsGiveTheSameItem(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		rounds := 25
		if db.Engine() == "postgres" {
			rounds = 6
		}
		w := thingtest.New(t, db)
		r := rand.New(rand.NewPCG(7, 8))
		for round := range rounds {
			var taps []string
			for range r.IntN(6) {
				taps = append(taps, []string{"tap", "tap", "tear", "glue"}[r.IntN(4)])
			}
			var reports []thing.Report
			moments := []thing.Moment{thing.MomentPurchased, thing.MomentOpened, thing.MomentInUse, thing.MomentDrained}
			kinds := []thing.Kind{thing.Measured, thing.Claimed, thing.Inferred}
			for i := range r.IntN(6) {
				reports = append(reports, thing.Report{
					SourceID: fmt.Sprint(i), Moment: moments[r.IntN(4)], Kind: kinds[r.IntN(3)],
					At: w.Clock.Now().Add(time.Duration(r.IntN(20)-5) * time.Minute), Confidence: 0.5,
				})
			}
			begin := w.Clock.Now()
			var items []thing.Item
			for run := range 2 {
				w.Clock.Advance(begin.Sub(w.Clock.Now()))
				b := w.Bottle()
				acts := make([]act, 0, 20)
				for _, k := range taps {
					acts = append(acts, act{kind: k})
				}
				for _, i := range append(r.Perm(len(reports)), r.Perm(len(reports))...) { // each twice
					at := r.IntN(len(acts) + 1)
					acts = append(acts[:at], append([]act{{kind: "report", rep: reports[i]}}, acts[at:]...)...)
				}
				tapped := 0
				for _, a := range acts {
					switch a.kind {
					case "tear":
						b.Chip.Open()
					case "glue":
						b.Chip.Close()
						b.Chip.Opened = false
					case "report":
						a.rep.Source, a.rep.GTIN, a.rep.Serial = fmt.Sprint("s", round, run), thingtest.GTIN, b.Ref.Serial
						if _, err := w.Things.Report(t.Context(), a.rep); err != nil {
							t.Fatal(err)
						}
						continue
					}
					tapped++
					w.Clock.Advance(begin.Add(time.Duration(tapped) * 3 * time.Minute).Sub(w.Clock.Now()))
					w.Load(b.URL(), w.IDs.Operation())
				}
				it, err := w.Things.Find(t.Context(), thingtest.GTIN, b.Ref.Serial)
				if err != nil {
					t.Fatal(err)
				}
				items = append(items, nameless(it))
			}
			if !reflect.DeepEqual(items[0], items[1]) {
				t.Fatalf("round %d\n%+v\n%+v", round, items[0], items[1])
			}
			w.Clock.Advance(begin.Add(time.Hour).Sub(w.Clock.Now()))
		}
		w.Same()
	})
}

// nameless takes away what two runs cannot share: ids.
func nameless(it thing.Item) thing.Item {
	out := thing.Item{Seal: it.Seal, Stage: it.Stage, Life: it.Life, Taps: it.Taps, FirstTap: it.FirstTap, LastTap: it.LastTap, Epoch: it.Epoch}
	for _, m := range []*thing.Mark{&out.Life.Made, &out.Life.Sold, &out.Life.Opened, &out.Life.InUse, &out.Life.Drained} {
		m.Cause = ""
	}
	for _, a := range it.Alarms {
		a.Cause = ""
		out.Alarms = append(out.Alarms, a)
	}
	return out
}

// TestStateIsTheReplayOfTheLedger is promise 3: random lives of many bottles, then
// the ledger is folded again.
func TestStateIsTheReplayOfTheLedger(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		r := rand.New(rand.NewPCG(9, 10))
		bottles := make([]*thingtest.Bottle, 12)
		for i := range bottles {
			bottles[i] = w.Bottle()
		}
		var spent []string
		steps := 500
		if db.Engine() == "postgres" {
			steps = 150
		}
		for i := range steps {
			b := bottles[r.IntN(len(bottles))]
			w.Clock.Advance(time.Duration(r.IntN(600)) * time.Second)
			if r.IntN(20) == 0 {
				w.Clock.Advance(-time.Hour) // the machine's clock is set back
			}
			switch r.IntN(10) {
			case 0:
				b.Chip.Open()
			case 1:
				b.Chip.Close()
				b.Chip.Opened = r.IntN(2) == 0
			case 2:
				if len(spent) > 0 {
					w.Load(spent[r.IntN(len(spent))], w.IDs.Operation())
				}
			case 3:
				m := []thing.Moment{thing.MomentPurchased, thing.MomentOpened, thing.MomentInUse, thing.MomentDrained}[r.IntN(4)]
				k := []thing.Kind{thing.Measured, thing.Claimed, thing.Inferred}[r.IntN(3)]
				_, err := w.Things.Report(t.Context(), thing.Report{
					Source: "x", SourceID: fmt.Sprint(r.IntN(steps)), GTIN: thingtest.GTIN, Serial: b.Ref.Serial, Moment: m, Kind: k,
					At: w.Clock.Now().Add(time.Duration(r.IntN(600)-500) * time.Minute), Confidence: r.Float64(), Market: "FR",
				})
				if err != nil {
					t.Fatal(err)
				}
			case 4:
				var err error
				if r.IntN(2) == 0 {
					_, err = w.Things.Block(t.Context(), b.ID, "")
				} else {
					_, err = w.Things.Unblock(t.Context(), b.ID, "")
				}
				if err != nil {
					t.Fatal(err)
				}
			case 5:
				bottles[r.IntN(len(bottles))] = w.Bottle()
			default:
				u := b.URL()
				spent = append(spent, u)
				got := w.Load(u, w.IDs.Operation())
				// What a tap answers, partly from memory, is what is stored.
				stored, err := w.Things.Find(t.Context(), thingtest.GTIN, b.Ref.Serial)
				if err != nil || !reflect.DeepEqual(got.Item, stored) {
					t.Fatalf("%s with %+v\nstored %+v, %v", got.Verdict, got.Item, stored, err)
				}
			}
			if i%100 == 99 {
				w.Same()
			}
		}
		w.Same()
	})
}

package thing_test

import (
	"fmt"
	"strings"
	"testing"

	"tagline/internal/fault"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
	"tagline/internal/thing/thingtest"
)

func TestItemsAreMadeInBatchesOrNotAtAll(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		drawn, err := w.Things.Make(t.Context(), thing.Batch{GTIN: "9506000134352", Count: 3, Lot: "L1", Market: "FR"})
		if err != nil || len(drawn) != 3 || drawn[0].GTIN != thingtest.GTIN || drawn[0].Serial == drawn[1].Serial || len(drawn[0].Serial) != 12 {
			t.Fatalf("%+v, %v", drawn, err)
		}
		head := w.Count(ledger.Filter{})
		_, err = w.Things.Make(t.Context(), thing.Batch{GTIN: thingtest.GTIN, Serials: []string{"A1", drawn[1].Serial}})
		if !fault.Is(err, fault.Conflict) || fault.From(err).Fields[0].Location != "body.serials[1]" {
			t.Errorf("a serial that exists: %v", err)
		}
		if _, err := w.Things.Find(t.Context(), thingtest.GTIN, "A1"); !fault.Is(err, fault.NotFound) || w.Count(ledger.Filter{}) != head {
			t.Errorf("half of the batch was made: %v", err)
		}
		made := w.Events(ledger.Filter{Types: []string{"made"}})
		batch := w.Events(ledger.Filter{Types: []string{life.TypeBatch}})
		if len(made) != 3 || len(batch) != 1 || made[0].Cause != batch[0].ID || made[0].Class != ledger.Moment {
			t.Errorf("events %+v %+v", made, batch)
		}
		w.Same()
	})
}

func TestWhatIsNoBatchIsRefused(t *testing.T) {
	w := thingtest.New(t, sqldbtest.SQLite(t))
	for _, c := range []struct {
		name  string
		batch thing.Batch
		code  fault.Code
		place string
	}{
		{"no GTIN", thing.Batch{GTIN: "12345"}, fault.Invalid, "body.gtin"},
		{"a wrong check digit", thing.Batch{GTIN: "09506000134353"}, fault.Invalid, "body.gtin"},
		{"too many", thing.Batch{GTIN: thingtest.GTIN, Count: 1001}, fault.TooLarge, ""},
		{"a serial of 21 characters", thing.Batch{GTIN: thingtest.GTIN, Serials: []string{"A", strings.Repeat("9", 21)}}, fault.Invalid, "body.serials[1]"},
		{"a serial with a letter outside of GS1's set", thing.Batch{GTIN: thingtest.GTIN, Serials: []string{"Ä"}}, fault.Invalid, "body.serials[0]"},
		{"an empty serial", thing.Batch{GTIN: thingtest.GTIN, Serials: []string{""}}, fault.Invalid, "body.serials[0]"},
		{"a serial twice", thing.Batch{GTIN: thingtest.GTIN, Serials: []string{"A", "B", "A"}}, fault.Invalid, "body.serials[2]"},
	} {
		_, err := w.Things.Make(t.Context(), c.batch)
		place := ""
		if f := fault.From(err); f != nil && len(f.Fields) > 0 {
			place = f.Fields[0].Location
		}
		if !fault.Is(err, c.code) || place != c.place {
			t.Errorf("%s: %v at %q", c.name, err, place)
		}
	}
}

func TestListsFilterAndPage(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		name := map[string]string{}
		bottle := func(n, serial, lot string) *thingtest.Bottle {
			t.Helper()
			if _, err := w.Things.Make(t.Context(), thing.Batch{GTIN: thingtest.GTIN, Serials: []string{serial}, Lot: lot, Market: "DE"}); err != nil {
				t.Fatal(err)
			}
			name[serial] = n
			return w.ChipOn("k1", thing.Ref{GTIN: thingtest.GTIN, Serial: serial})
		}
		bottle("fresh", "A1", "L1")
		bottle("sealed", "A2", "L1").Tap()
		open := bottle("open", "A3", "L2")
		open.Tap()
		open.Chip.Open()
		open.Tap()
		w.Report("till", "1", bottle("sold", "B4", "L2").Ref, thing.MomentPurchased)
		odd := bottle("odd", "B5", "L2")
		odd.Chip.Open()
		odd.Tap()
		w.Report("phone", "1", odd.Ref, thing.MomentDrained)
		if _, err := w.Things.Make(t.Context(), thing.Batch{GTIN: "09506000164908", Serials: []string{"A1"}}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name   string
			filter thing.Filter
			want   string
		}{
			{"by product", thing.Filter{GTIN: thingtest.GTIN}, "odd sold open sealed fresh"},
			{"by serial", thing.Filter{GTIN: thingtest.GTIN, Serial: "A1"}, "fresh"},
			{"by lot", thing.Filter{Lot: "L2"}, "odd sold open"},
			{"by market", thing.Filter{Market: "FR"}, ""},
			{"sealed", thing.Filter{Seal: thing.Sealed}, "sealed"},
			{"opened now", thing.Filter{Stage: thing.StageOpened}, "open"},
			{"ever opened", thing.Filter{Reached: thing.StageOpened}, "odd open"},
			{"ever sold", thing.Filter{Reached: thing.StageSold}, "sold"},
			{"ever drained", thing.Filter{Reached: thing.StageDrained}, "odd"},
			{"with an alarm", thing.Filter{Alarmed: true}, "odd"},
			{"by a serial's beginning", thing.Filter{GTIN: thingtest.GTIN, Query: "B"}, "odd sold"},
			{"by a whole GTIN", thing.Filter{Query: thingtest.GTIN, Lot: "L1"}, "sealed fresh"},
			{"nothing fits", thing.Filter{Query: "%"}, ""},
		} {
			got := []string{}
			for c.filter.Limit = 2; ; {
				page, err := w.Things.List(t.Context(), c.filter)
				if err != nil {
					t.Fatal(err)
				}
				if len(page) == 0 {
					break
				}
				for _, it := range page {
					got = append(got, name[it.Serial])
					c.filter.After = it.ID
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%s: %v, want %s", c.name, got, c.want)
			}
		}
		all, err := w.Things.Counts(t.Context(), "")
		if err != nil || all != (thing.Counts{Made: 6, Sealed: 1, Sold: 1, Opened: 2, Drained: 1, Alarmed: 1}) {
			t.Errorf("%+v, %v", all, err)
		}
		w.Same()
	})
}

func TestAVirtualBottleIsTornReplayedAndReset(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		chip, it, err := w.Things.MakeVirtual(t.Context(), "", thingtest.GTIN, "DE")
		if err != nil || it.Seal != thing.SealUnknown || chip.Serial != it.Serial {
			t.Fatalf("%+v, %+v, %v", chip, it, err)
		}
		tap := func() (thing.TapResult, string) {
			t.Helper()
			url, _, err := w.Tags.TapVirtual(t.Context(), chip.ID)
			if err != nil {
				t.Fatal(err)
			}
			return w.Load(url, w.IDs.Operation()), url
		}
		sealed, url := tap()
		if _, err := w.Tags.Tear(t.Context(), chip.ID); err != nil {
			t.Fatal(err)
		}
		opened, _ := tap()
		replay := w.Load(url, w.IDs.Operation())
		if sealed.Item.Seal != thing.Sealed || opened.Item.Seal != thing.Opened || replay.Verdict.Result() != life.ResultReplayed || !sealed.Test {
			t.Errorf("%s, %s, %s", sealed.Item.Seal, opened.Item.Seal, replay.Verdict)
		}
		fresh, next, err := w.Things.ResetVirtual(t.Context(), chip.ID)
		if err != nil || fresh.ID == chip.ID || next.Serial == it.Serial || next.Market != "DE" {
			t.Fatalf("%+v, %+v, %v", fresh, next, err)
		}
		if _, _, err := w.Tags.TapVirtual(t.Context(), chip.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("the old bottle is still in the frame: %v", err)
		}
		if old := w.Load(url, w.IDs.Operation()); old.Verdict.Result() != life.ResultReplayed {
			t.Errorf("its old link: %s", old.Verdict)
		}
		chip = fresh
		if again, _ := tap(); again.Item.Seal != thing.Sealed || again.Item.ID != next.ID {
			t.Errorf("the fresh one: %s", again.Item.Seal)
		}
		w.Same()
	})
}

func TestNoUIDLeavesInEventsOrErrors(t *testing.T) {
	w := thingtest.New(t, sqldbtest.SQLite(t))
	b := w.Bottle()
	uid := b.Chip.UID.Hex()
	url := b.URL()
	results := []thing.TapResult{w.Load(url, "op_a"), w.Load(url, "op_b")}
	if _, err := w.Things.Block(t.Context(), b.ID, "x"); err != nil {
		t.Fatal(err)
	}
	results = append(results, b.Tap())
	text := fmt.Sprintf("%+v", results)
	for _, e := range w.Events(ledger.Filter{}) {
		text += string(e.Body) + e.SourceID
	}
	if strings.Contains(strings.ToUpper(text), uid) {
		t.Error("a UID shows")
	}
}

func TestAMarketIsACountry(t *testing.T) {
	w := thingtest.New(t, sqldbtest.SQLite(t))
	for market, good := range map[string]bool{"": true, "DE": true, "ZZ": false, "ZZZZ": false, "de": false} {
		_, err := w.Things.Make(t.Context(), thing.Batch{GTIN: "09506000134352", Count: 1, Market: market})
		if good != (err == nil) || !good && !fault.Is(err, fault.Invalid) {
			t.Errorf("market %q: %v", market, err)
		}
	}
}

package journey_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/epcis"
	"tagline/internal/fault"
	"tagline/internal/keyset"
	"tagline/internal/ledger"
	"tagline/internal/place"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
	"tagline/internal/thing/thingtest"
	"tagline/internal/trace/alarm"
	"tagline/internal/trace/journey"
	"tagline/internal/trace/repository"
	"tagline/internal/trace/suspicion"
)

// watched is a house in which alarms are kept.
type watched struct {
	*house
	alarms *alarm.Service
}

func openWatched(t testing.TB, db *sqldb.DB) *watched {
	t.Helper()
	w := thingtest.New(t, db)
	places := place.New(place.Config{DB: db, Ledger: w.Ledger, Clock: w.Clock, IDs: w.IDs, Chance: rand.Reader, Signer: "test"})
	for _, p := range []place.Place{
		{Key: plant, Name: "Plant", Country: "NO", Located: true, Lat: 59.1, Lng: 11.4},
		{Key: shopDE, Name: "Shop Mitte", Country: "DE", Located: true, Lat: 52.5, Lng: 13.4},
		{Key: shopJP, Name: "Shop Ginza", Country: "JP", Located: true, Lat: 35.7, Lng: 139.8},
	} {
		if _, err := places.Put(t.Context(), p, ""); err != nil {
			t.Fatal(err)
		}
	}
	ours := func(_ *sqldb.Tx, g string) (bool, error) { return g == gtin, nil }
	a := alarm.New(alarm.Config{DB: db, Ledger: w.Ledger, Clock: w.Clock, IDs: w.IDs, Places: places, Ours: ours, Located: true,
		Known: func(tx *sqldb.Tx, gtin, serial string) (bool, string, error) {
			it, known, err := thing.Lookup(tx, thing.Ref{GTIN: gtin, Serial: serial})
			return known && it.Life.Made.Is(), it.Market, err
		}})
	h := &house{
		journey.New(journey.Config{DB: db, Ledger: w.Ledger, Clock: w.Clock, Things: w.Things, Sold: ours, Notice: a.Notice, Judge: a.Judge, Look: a.Look}),
		w, repository.New(repository.Config{DB: db, Ledger: w.Ledger, Clock: w.Clock, IDs: w.IDs}), 0,
	}
	return &watched{h, a}
}

const (
	plant  = "urn:epc:id:sgln:9506000.00001.0"
	shopDE = "urn:epc:id:sgln:9506000.00002.0"
	shopJP = "urn:epc:id:sgln:9506000.00003.0"
)

// standing gives the open alarms in words, without what depends on their arrival.
func (w *watched) standing() (out []string) {
	w.T.Helper()
	list, err := w.alarms.List(w.T.Context(), alarm.Filter{State: alarm.Open, Limit: 1000})
	if err != nil {
		w.T.Fatal(err)
	}
	for _, a := range list {
		text := fmt.Sprintf("%s %s %s: %s, %s", a.Rule, a.Key, a.Anchor, a.Expected, a.Seen)
		for _, e := range a.Evidence {
			text += fmt.Sprintf(" [%s %d %s]", e.EventID, e.At, e.Words)
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

func (w *watched) only(rule suspicion.Rule) alarm.Alarm {
	w.T.Helper()
	list, err := w.alarms.List(w.T.Context(), alarm.Filter{State: alarm.Open, Limit: 10})
	if err != nil || len(list) != 1 || list[0].Rule != rule {
		w.T.Fatalf("there are %v (%v), not one of %s", w.standing(), err, rule)
	}
	return list[0]
}

func on(where string) *epcis.Place { return &epcis.Place{ID: where} }

// from the plant to the shop in Germany, sold there.
func (w *watched) regular(serial string) []*epcis.Event {
	return []*epcis.Event{
		w.event(1, epcis.Event{Action: epcis.Add, EPCList: []string{bottle(serial)}, BizStep: "commissioning", BizLocation: on(plant)}),
		w.event(10, epcis.Event{Action: epcis.Observe, EPCList: []string{bottle(serial)}, BizStep: "shipping", BizLocation: on(plant),
			DestinationList: []epcis.Party{{Type: "location", ID: shopDE}}}),
		w.event(400, epcis.Event{Action: epcis.Observe, EPCList: []string{bottle(serial)}, BizStep: "receiving", BizLocation: on(shopDE)}),
		w.event(500, epcis.Event{Action: epcis.Observe, EPCList: []string{bottle(serial)}, BizStep: "retail_selling", BizLocation: on(shopDE)}),
	}
}

func declaredWrong(e *epcis.Event) *epcis.Event {
	wrong := *e
	wrong.ErrorDeclaration = &epcis.ErrorDeclaration{DeclarationTime: e.EventTime}
	return &wrong
}

func TestAnAlarmIsRaisedDecidedAndTakenBack(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := openWatched(t, db)
		way := w.regular("A")
		w.capture(way...)
		w.settle()
		if got := w.standing(); len(got) != 0 {
			t.Fatalf("of a regular way: %v", got)
		}
		second := w.event(900, epcis.Event{Action: epcis.Observe, EPCList: []string{bottle("A")}, BizStep: "retail_selling", BizLocation: on(shopDE)})
		w.capture(second)
		w.settle()
		a := w.only(suspicion.TwoSales)
		if a.GTIN != gtin || a.Market != "DE" || len(a.Evidence) != 2 || a.Evidence[1].EventID != second.EventID {
			t.Errorf("%+v", a)
		}
		// The second sale was wrong: nothing is left of it. It was right after all: it
		// is back, as the same alarm.
		w.capture(declaredWrong(second))
		w.settle()
		if got, err := w.alarms.Get(t.Context(), a.ID); err != nil || got.State != alarm.Corrected {
			t.Errorf("%+v %v", got, err)
		}
		if _, err := w.alarms.Decide(t.Context(), a.ID, alarm.Decision{State: alarm.Confirmed}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a corrected alarm was decided: %v", err)
		}
		again := *second
		again.EventID = "urn:x:again"
		w.capture(&again)
		w.settle()
		b := w.only(suspicion.TwoSales)
		if b.ID == a.ID {
			t.Error("another event is another alarm")
		}
		// What was dismissed stays so, however often it is looked at.
		if _, err := w.alarms.Decide(t.Context(), b.ID, alarm.Decision{State: alarm.Dismissed, By: "mem_1"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("dismissed without a reason: %v", err)
		}
		if got, err := w.alarms.Decide(t.Context(), b.ID, alarm.Decision{State: alarm.Dismissed, By: "mem_1", Reason: "the till was tested"}); err != nil || got.By != "mem_1" {
			t.Errorf("%+v %v", got, err)
		}
		w.capture(w.event(950, epcis.Event{Action: epcis.Observe, EPCList: []string{bottle("A")}, BizStep: "inspecting", BizLocation: on(shopDE)}))
		w.settle()
		if got := w.standing(); len(got) != 0 {
			t.Errorf("raised again after it was dismissed: %v", got)
		}
		rules, markets, _, err := w.alarms.Statistics(t.Context(), w.World.Clock.Now().Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(rules, func(s alarm.Statistic) bool { return s.Rule == suspicion.TwoSales })
		if wrong, known := rules[i].Wrong(); rules[i].Raised != 2 || rules[i].Dismissed != 1 || rules[i].Corrected != 1 || !known || wrong != 1 || len(markets) != 0 {
			t.Errorf("%+v %v", rules[i], markets)
		}
		// The ledger tells it all, in order.
		var told []string
		for _, e := range w.Events(ledger.Filter{Types: []string{alarm.TypeRaised, alarm.TypeDecided, alarm.TypeCorrected}}) {
			var b alarm.Told
			if err := json.Unmarshal(e.Body, &b); err != nil {
				t.Fatal(err)
			}
			told = append(told, string(b.State))
		}
		slices.Sort(told)
		if !slices.Equal(told, []string{"corrected", "dismissed", "open", "open"}) {
			t.Errorf("the ledger tells %v", told)
		}
	})
}

func TestScansAreLookedAt(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := openWatched(t, db)
		b := w.Bottle()
		try := func(market string) {
			t.Helper()
			reading, err := w.Tags.Verify(t.Context(), b.URL())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Things.Tap(t.Context(), thing.TapRequest{Reading: reading, Op: w.IDs.Operation(), Market: market}); err != nil {
				t.Fatal(err)
			}
		}
		try("DE")
		w.World.Clock.Advance(time.Hour)
		try("DE")
		w.settle()
		if got := w.standing(); len(got) != 0 {
			t.Fatalf("of two scans at home: %v", got)
		}
		w.World.Clock.Advance(time.Hour)
		try("JP")
		w.settle()
		a := w.only(suspicion.Clone)
		if len(a.Evidence) != 2 || !strings.HasPrefix(a.Evidence[0].Tap, "evt_") || a.Market != "JP" {
			t.Errorf("%+v", a)
		}
		// A number that nobody made, scanned as a plain link.
		for range 3 {
			if _, err := w.Things.Tap(t.Context(), thing.TapRequest{Reading: keyset.Reading{Code: keyset.NotATag, Path: thing.Ref{GTIN: gtin, Serial: "NOBODY"}}, Op: w.IDs.Operation(), Market: "FR"}); err != nil {
				t.Fatal(err)
			}
		}
		w.settle()
		list, err := w.alarms.List(t.Context(), alarm.Filter{Rule: suspicion.UnknownSerial, Limit: 10})
		if err != nil || len(list) != 1 || list[0].Key != key("NOBODY") {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestWhatShouldHaveArrivedIsLookedAtInTime(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := openWatched(t, db)
		w.capture(w.regular("A")[:2]...)
		w.settle()
		watch := func() {
			t.Helper()
			ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer stop()
			_ = w.Watch(ctx)
		}
		watch()
		if got := w.standing(); len(got) != 0 {
			t.Fatalf("too early: %v", got)
		}
		w.World.Clock.Advance(40 * 24 * time.Hour)
		watch()
		w.only(suspicion.NotReceived)
		w.capture(w.regular("A")[2])
		w.settle()
		if got := w.standing(); len(got) != 0 {
			t.Errorf("it has arrived, and there is %v", got)
		}
	})
}

func TestSettingsChangeWhatIsRaised(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := openWatched(t, db)
		s, err := w.alarms.Settings(t.Context())
		if err != nil || s.Version != 0 || s.SpeedKMH != 900 {
			t.Fatalf("%+v %v", s, err)
		}
		s.Settings.Off = []suspicion.Rule{suspicion.TwoSales}
		if s, err = w.alarms.SetSettings(t.Context(), s.Settings, 0, "mem_1"); err != nil || s.Version != 1 || s.By != "mem_1" {
			t.Fatalf("%+v %v", s, err)
		}
		if _, err := w.alarms.SetSettings(t.Context(), s.Settings, 0, "mem_2"); !fault.Is(err, fault.Conflict) {
			t.Errorf("an old version was taken: %v", err)
		}
		w.capture(w.regular("A")...)
		w.capture(w.event(900, epcis.Event{Action: epcis.Observe, EPCList: []string{bottle("A")}, BizStep: "retail_selling", BizLocation: on(shopDE)}))
		w.settle()
		if got := w.standing(); len(got) != 0 {
			t.Errorf("the rule is off, and there is %v", got)
		}
	})
}

// However events arrive, the same alarms stand in the end.
func TestAnyArrivalRaisesTheSame(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		r := mathrand.New(mathrand.NewPCG(7, 8))
		w := openWatched(t, db)
		var events []*epcis.Event
		steps := []string{"shipping", "receiving", "stocking", "retail_selling", "destroying", "void_shipping"}
		for n := range 6 {
			serial := fmt.Sprint("S", n)
			if n > 0 {
				events = append(events, w.event(1+n, epcis.Event{Action: epcis.Add, EPCList: []string{bottle(serial)}, BizStep: "commissioning", BizLocation: on(plant)}))
			}
			for range 6 {
				e := epcis.Event{Action: epcis.Observe, EPCList: []string{bottle(serial)}, BizStep: steps[r.IntN(len(steps))], BizLocation: on([]string{plant, shopDE, shopJP}[r.IntN(3)])}
				if e.BizStep == "shipping" {
					e.DestinationList = []epcis.Party{{Type: "location", ID: []string{shopDE, shopJP}[r.IntN(2)]}}
				}
				events = append(events, w.event(10+r.IntN(900), e))
			}
			events = append(events, w.event(5+n, epcis.Event{Type: epcis.AggregationEvent, Action: epcis.Add, ParentID: box(n % 2), ChildEPCs: []string{bottle(serial)}, BizStep: "packing"}))
		}
		events = append(events, w.event(700, epcis.Event{Type: epcis.AggregationEvent, Action: epcis.Delete, ParentID: box(0), ChildEPCs: []string{bottle("S0"), bottle("S1")}, BizStep: "unpacking"}))
		for i, e := range events { // equal times count in the order of recording
			e.EventTime, _ = epcis.ParseTime(time.UnixMicro(e.EventTime.Micro + int64(i)*1000).UTC().Format(time.RFC3339Nano))
		}
		for _, e := range events[8:12] {
			events = append(events, declaredWrong(e))
		}
		arrive := func(w *watched, piece int) []string {
			for chunk := range slices.Chunk(events, piece) {
				w.capture(chunk...)
				w.settle()
			}
			return w.standing()
		}
		whole := arrive(w, len(events))
		if len(whole) < 10 {
			t.Fatalf("the events raise too little to tell: %v", whole)
		}
		for range 3 {
			r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			if got := arrive(openWatched(t, sqldbtest.SQLite(t)), 1+r.IntN(9)); !slices.Equal(got, whole) {
				t.Fatalf("another arrival raises\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(whole, "\n"))
			}
		}
	})
}

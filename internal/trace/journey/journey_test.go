package journey_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"tagline/epcis"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
	"tagline/internal/thing/thingtest"
	"tagline/internal/trace/chain"
	"tagline/internal/trace/journey"
	"tagline/internal/trace/repository"
)

const gtin = thingtest.GTIN

type house struct {
	*journey.Service
	*thingtest.World
	repository *repository.Repository
	n          int
}

func open(t testing.TB, db *sqldb.DB) *house {
	t.Helper()
	w := thingtest.New(t, db)
	return &house{
		journey.New(journey.Config{DB: db, Ledger: w.Ledger, Clock: w.Clock, Things: w.Things, Sold: func(_ *sqldb.Tx, g string) (bool, error) { return g == gtin, nil }}),
		w, repository.New(repository.Config{DB: db, Ledger: w.Ledger, Clock: w.Clock, IDs: w.IDs}), 0,
	}
}

// capture stores events in one transaction.
func (h *house) capture(events ...*epcis.Event) {
	h.T.Helper()
	var list []repository.Prepared
	for _, e := range events {
		copied := *e
		p, err := repository.Prepare(&copied)
		if err != nil {
			h.T.Fatal(err)
		}
		list = append(list, p)
	}
	if err := h.World.DB.Update(h.T.Context(), func(tx *sqldb.Tx) error {
		out, err := h.repository.Append(tx, list, repository.Origin{By: "key_1"})
		for i, o := range out {
			if o != repository.Kept {
				h.T.Errorf("event %d was not kept", i)
			}
		}
		return err
	}); err != nil {
		h.T.Fatal(err)
	}
}

// settle follows the ledger to its end.
func (h *house) settle() {
	h.T.Helper()
	ctx, stop := context.WithCancel(h.T.Context())
	defer stop()
	done := make(chan error, 1)
	go func() { done <- h.Follow(ctx) }()
	for {
		behind := false
		if err := h.World.DB.View(h.T.Context(), func(tx *sqldb.Tx) error {
			cursors, err := h.World.Ledger.Cursors(tx)
			if err != nil {
				return err
			}
			head, err := h.World.Ledger.Head(tx)
			i := slices.IndexFunc(cursors, func(c ledger.Cursor) bool { return c.Name == journey.Cursor })
			behind = i < 0 || cursors[i].Pos < head
			if i >= 0 && cursors[i].Reason != "" {
				h.T.Fatal(cursors[i].Reason)
			}
			return err
		}); err != nil {
			h.T.Fatal(err)
		}
		if !behind {
			stop()
			<-done
			return
		}
	}
}

func (h *house) event(at int, e epcis.Event) *epcis.Event {
	h.n++
	e.EventID, e.TimeZoneOffset = fmt.Sprintf("urn:x:%d", h.n), "+00:00"
	e.EventTime, _ = epcis.ParseTime(h.World.Clock.Now().Add(time.Duration(at-1000) * time.Minute).UTC().Format(time.RFC3339))
	if e.Type == "" {
		e.Type = epcis.ObjectEvent
	}
	return &e
}

func bottle(serial any) string { return fmt.Sprintf("urn:epc:id:sgtin:9506000.013435.%v", serial) }
func box(n any) string         { return fmt.Sprintf("urn:epc:id:sscc:9506000.%010v", n) }
func key(serial any) string    { return fmt.Sprintf("01/%s/21/%v", gtin, serial) }

func (h *house) item(serial string) thing.Item {
	h.T.Helper()
	it, err := h.Things.Find(h.T.Context(), gtin, serial)
	if err != nil {
		h.T.Fatal(serial, err)
	}
	return it
}

// From the plant over a case to the till: items come to be, are sold with the case
// that holds them, and are sold no more when the sale is declared wrong.
func TestMomentsOfItems(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		lot := []epcis.Field{{Name: epcis.Name{Space: "urn:epcglobal:cbv:mda:", Local: "lotNumber"}, Value: epcis.Value{Text: "L7"}}}
		h.capture(
			h.event(1, epcis.Event{Action: epcis.Add, EPCList: []string{bottle("A"), bottle("B"), "urn:epc:id:sgtin:0614141.112345.1"}, BizStep: "commissioning", ILMD: lot}),
			h.event(2, epcis.Event{Type: epcis.AggregationEvent, Action: epcis.Add, ParentID: box(1), ChildEPCs: []string{bottle("A"), bottle("B")}, BizStep: "packing"}))
		h.settle()
		if it := h.item("A"); it.Lot != "L7" || it.Stage != life.StageMade || it.Life.Sold.Is() {
			t.Errorf("%+v", it)
		}
		if _, err := h.Things.Find(t.Context(), "10614141123459", "1"); err == nil {
			t.Error("a thing of another brand became an item")
		}
		sale := h.event(5, epcis.Event{Action: epcis.Observe, EPCList: []string{box(1)}, BizStep: "retail_selling", Disposition: "retail_sold", BizLocation: &epcis.Place{ID: "urn:epc:id:sgln:9506000.00001.0"}})
		h.capture(sale)
		h.settle()
		for _, serial := range []string{"A", "B"} {
			if it := h.item(serial); !it.Life.Sold.Is() || it.Stage != life.StageSold || !it.Life.Sold.At.Equal(time.UnixMicro(sale.EventTime.Micro)) {
				t.Errorf("%s was sold with its case: %+v", serial, it.Life)
			}
		}
		// Late news: A had left the case before.
		out := h.event(4, epcis.Event{Type: epcis.AggregationEvent, Action: epcis.Delete, ParentID: box(1), ChildEPCs: []string{bottle("A")}})
		h.capture(out)
		h.settle()
		if h.item("A").Life.Sold.Is() || !h.item("B").Life.Sold.Is() {
			t.Errorf("A is out of the case: %+v %+v", h.item("A").Life, h.item("B").Life)
		}
		// That was wrong: A is sold again.
		out.ErrorDeclaration = &epcis.ErrorDeclaration{DeclarationTime: out.EventTime, Reason: "did_not_occur"}
		h.capture(out)
		h.settle()
		if !h.item("A").Life.Sold.Is() {
			t.Errorf("A was in the case after all: %+v", h.item("A").Life)
		}
		// And so was the sale.
		sale.ErrorDeclaration = &epcis.ErrorDeclaration{DeclarationTime: sale.EventTime, Reason: "did_not_occur"}
		h.capture(sale)
		h.capture(h.event(9, epcis.Event{Action: epcis.Delete, EPCList: []string{bottle("B")}, BizStep: "decommissioning", Disposition: "inactive"}))
		h.settle()
		if a, b := h.item("A"), h.item("B"); a.Stage != life.StageMade || b.Life.Sold.Is() || b.Stage != life.StageDrained {
			t.Errorf("the sale did not happen: %+v %+v", a.Life, b.Life)
		}
		taken := 0
		if err := db.View(t.Context(), func(tx *sqldb.Tx) error {
			list, err := h.World.Ledger.List(tx, ledger.Filter{Types: []string{life.TypeTakenBack}})
			taken = len(list)
			return err
		}); err != nil || taken != 3 {
			t.Errorf("%d moments were taken back, not 3 (%v)", taken, err)
		}
		h.Same()
		list, err := h.OfLot(t.Context(), gtin, "L7", "", 10)
		if err != nil || len(list) != 2 || list[0].Key != key("A") {
			t.Errorf("the lot is %+v (%v)", list, err)
		}
		in, err := h.Contents(t.Context(), "00/"+boxKey(t, 1), h.World.Clock.Now().UnixMicro(), "", 10)
		if err != nil || len(in) != 2 {
			t.Errorf("the case holds %v (%v)", in, err)
		}
		way, err := h.Of(t.Context(), key("A"), chain.Open)
		if err != nil || len(way.Entries) != 2 || len(way.Held) != 1 {
			t.Errorf("the way of A: %+v (%v)", way, err)
		}
	})
}

func boxKey(t *testing.T, n int) string {
	t.Helper()
	f := chain.FactOf(1, &epcis.Event{EPCList: []string{box(n)}})
	return f.Things[0][3:]
}

// Whatever order events arrive in, and however captures cut them.
func TestAnyArrivalGivesTheSame(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		r := rand.New(rand.NewPCG(5, 6))
		h := open(t, db)
		var events []*epcis.Event
		// Things of another brand: no items, whose times of making would differ.
		unit := func() string { return fmt.Sprintf("urn:epc:id:sgtin:0614141.112345.%d", r.IntN(4)) }
		for range 60 {
			at, action := r.IntN(30), []string{epcis.Add, epcis.Delete, epcis.Observe}[r.IntN(3)]
			switch r.IntN(4) {
			case 0:
				events = append(events, h.event(at, epcis.Event{Type: epcis.AggregationEvent, Action: action, ParentID: box(r.IntN(2)), ChildEPCs: []string{unit()}}))
			case 1:
				events = append(events, h.event(at, epcis.Event{Type: epcis.AggregationEvent, Action: action, ParentID: box(5), ChildEPCs: []string{box(r.IntN(2))}}))
			case 2:
				events = append(events, h.event(at, epcis.Event{Type: epcis.AggregationEvent, Action: epcis.Delete, ParentID: box(r.IntN(2))}))
			default:
				what := []string{unit(), box(r.IntN(2)), box(5)}[r.IntN(3)]
				events = append(events, h.event(at, epcis.Event{Action: epcis.Observe, EPCList: []string{what}, BizStep: []string{"shipping", "receiving", "retail_selling", "void_shipping"}[r.IntN(4)]}))
			}
		}
		for _, e := range events[:10] {
			if r.IntN(2) == 0 {
				wrong := *e
				wrong.ErrorDeclaration = &epcis.ErrorDeclaration{DeclarationTime: e.EventTime}
				events = append(events, &wrong)
			}
		}
		// Equal times count in the order of recording: give each event one of its own.
		for i, e := range events {
			if e.ErrorDeclaration == nil {
				e.EventTime, _ = epcis.ParseTime(time.UnixMicro(e.EventTime.Micro + int64(i)*1000).UTC().Format(time.RFC3339Nano))
			}
		}
		for _, e := range events {
			if e.ErrorDeclaration != nil {
				for _, first := range events {
					if first.EventID == e.EventID {
						e.EventTime = first.EventTime
						break
					}
				}
			}
		}
		whole := states(t, h, slices.Clone(events), len(events))
		for range 3 {
			r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			if got := states(t, open(t, sqldbtest.SQLite(t)), events, 1+r.IntN(9)); !reflect.DeepEqual(got, whole) {
				t.Fatalf("another arrival gives\n%+v\nnot\n%+v", got, whole)
			}
		}
	})
}

// states captures events in pieces and gives what is kept of all things, rows aside.
func states(t *testing.T, h *house, events []*epcis.Event, piece int) map[string]string {
	t.Helper()
	for chunk := range slices.Chunk(events, piece) {
		h.capture(chunk...)
		h.settle()
	}
	out := map[string]string{}
	for _, e := range events {
		f := chain.FactOf(1, e)
		for _, k := range f.Keys() {
			way, err := h.Of(t.Context(), k, chain.Open)
			if err != nil {
				t.Fatal(err)
			}
			// What is kept equals what the events say.
			now, _, err := h.Now(t.Context(), k)
			if err != nil {
				t.Fatal(err)
			}
			if now.Container = way.State.Container; !reflect.DeepEqual(now, way.State) {
				t.Fatalf("of %s there is kept\n%+v\nand its events say\n%+v", k, now, way.State)
			}
			s := way.State
			text := fmt.Sprint(s.Place, s.Step, s.Disposition, s.Shipped.At, s.Received.At, s.Sold.At, s.Shipped.Via, s.Sold.Via, s.Seen.At, s.Container)
			for _, i := range way.Held {
				text += fmt.Sprint(" ", i.Parent, i.From, i.To, i.Inferred)
			}
			out[k] = text
		}
	}
	return out
}

// Pallets of many bottles through four steps, folded behind the capture.
func BenchmarkFold(b *testing.B) {
	h := open(b, sqldbtest.SQLite(b))
	events, things := 0, 0
	for b.Loop() {
		var all []*epcis.Event
		pallet := box(1000 + events)
		var bottles []string
		for range 200 {
			things++
			bottles = append(bottles, fmt.Sprintf("urn:epc:id:sgtin:0614141.112345.%d", things))
		}
		all = append(all, h.event(1, epcis.Event{Action: epcis.Add, EPCList: bottles, BizStep: "commissioning"}),
			h.event(2, epcis.Event{Type: epcis.AggregationEvent, Action: epcis.Add, ParentID: pallet, ChildEPCs: bottles}),
			h.event(3, epcis.Event{Action: epcis.Observe, EPCList: []string{pallet}, BizStep: "shipping"}),
			h.event(4, epcis.Event{Action: epcis.Observe, EPCList: []string{pallet}, BizStep: "receiving"}),
			h.event(5, epcis.Event{Type: epcis.AggregationEvent, Action: epcis.Delete, ParentID: pallet}))
		for i, bottle := range bottles {
			all = append(all, h.event(6+i%3, epcis.Event{Action: epcis.Observe, EPCList: []string{bottle}, BizStep: "retail_selling"}))
		}
		h.capture(all...)
		events += len(all)
		h.settle()
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(things)/b.Elapsed().Seconds(), "things/s")
}

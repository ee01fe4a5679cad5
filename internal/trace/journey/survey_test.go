package journey_test

import (
	"slices"
	"testing"

	"tagline/epcis"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
	"tagline/internal/trace/journey"
)

func (h *house) surveyed(lot string) (list []journey.Surveyed) {
	h.T.Helper()
	partial, err := h.Survey(h.T.Context(), gtin, lot, func(s journey.Surveyed) { list = append(list, s) })
	if err != nil || partial {
		h.T.Fatal(partial, err)
	}
	return list
}

// A survey has every item with its shipments, and what tags and reports tell beside the
// events.
func TestASurveySeesItemsWithTheirShipments(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		lot := func(l string) []epcis.Field {
			return []epcis.Field{{Name: epcis.Name{Space: "urn:epcglobal:cbv:mda:", Local: "lotNumber"}, Value: epcis.Value{Text: l}}}
		}
		to := func(where string) []epcis.Party { return []epcis.Party{{Type: "location", ID: where}} }
		shipping := h.event(10, epcis.Event{Action: epcis.Observe, EPCList: []string{box(1)}, BizStep: "shipping", BizLocation: on(plant), DestinationList: to(shopDE)})
		h.capture(
			h.event(1, epcis.Event{Action: epcis.Add, EPCList: []string{bottle("A")}, BizStep: "commissioning", ILMD: lot("L1"), BizLocation: on(plant)}),
			h.event(1, epcis.Event{Action: epcis.Add, EPCList: []string{bottle("B")}, BizStep: "commissioning", ILMD: lot("L2"), BizLocation: on(plant)}),
			h.event(2, epcis.Event{Type: epcis.AggregationEvent, Action: epcis.Add, ParentID: box(1), ChildEPCs: []string{bottle("A"), bottle("B")}, BizStep: "packing"}),
			shipping,
			h.event(20, epcis.Event{Action: epcis.Observe, EPCList: []string{box(1)}, BizStep: "receiving", BizLocation: on(shopDE)}),
			h.event(30, epcis.Event{Action: epcis.Observe, EPCList: []string{box(1)}, BizStep: "shipping", BizLocation: on(shopDE), DestinationList: to(shopJP)}))
		h.settle()
		all := h.surveyed("")
		if len(all) != 2 || all[0].Key != key("A") || len(h.surveyed("L2")) != 1 || len(h.surveyed("L9")) != 0 {
			t.Fatalf("%+v", all)
		}
		legs := all[0].State.Legs
		if len(legs) != 2 || legs[0].From != "414/9506000000015" || legs[0].To != "414/9506000000022" || legs[0].In-legs[0].Out != 10*60*1e6 || legs[1].In != 0 || legs[1].To != "414/9506000000039" {
			t.Errorf("%+v", legs)
		}
		// The first shipment was wrong: the receipt belongs to none.
		h.capture(declaredWrong(shipping))
		// A tag or its owner tells that it was opened, and takes that back.
		if _, err := h.Things.Report(t.Context(), thing.Report{Source: "till", SourceID: "1", GTIN: gtin, Serial: "A", Moment: life.MomentOpened, Revocable: true}); err != nil {
			t.Fatal(err)
		}
		h.settle()
		all = h.surveyed("L1")
		if len(all) != 1 || all[0].Opened == 0 || all[0].Drained != 0 || len(all[0].State.Legs) != 1 {
			t.Errorf("%+v", all)
		}
		if err := h.World.DB.Update(t.Context(), func(tx *sqldb.Tx) error { return h.Things.Retract(tx, "till", "1", "a mistake") }); err != nil {
			t.Fatal(err)
		}
		h.settle()
		if all = h.surveyed("L1"); all[0].Opened != 0 {
			t.Errorf("it was taken back, and there is %+v", all[0])
		}
	})
}

// Two casks make a blend, of which bottles are made: each knows the others.
func TestLineageGoesBothWays(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		cask := func(n string) string { return "urn:epc:id:sgtin:0614141.000001." + n }
		make := func(at int, in, out []string) *epcis.Event {
			return h.event(at, epcis.Event{Type: epcis.TransformationEvent, InputEPCList: in, OutputEPCList: out, BizStep: "commissioning"})
		}
		blend := make(10, []string{cask("1"), cask("2")}, []string{cask("9")})
		fill := make(20, []string{cask("9")}, []string{bottle("A"), bottle("B")})
		wrong := make(21, []string{cask("7")}, []string{bottle("A")})
		h.capture(blend, fill, wrong, declaredWrong(wrong))
		h.settle()
		for thing, want := range map[string][]string{
			key("A"):                           {blend.EventID, fill.EventID},
			"01/" + "00614141000012" + "/21/1": {blend.EventID, fill.EventID},
			"01/" + "00614141000012" + "/21/7": nil,
		} {
			links, partial, err := h.Lineage(t.Context(), thing)
			if err != nil || partial {
				t.Fatal(partial, err)
			}
			var ids []string
			for _, l := range links {
				ids = append(ids, l.EventID)
			}
			if !slices.Equal(ids, want) {
				t.Errorf("%s comes from and goes into %v, want %v", thing, ids, want)
			}
		}
	})
}

package api_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"tagline/epcis"
	"tagline/epcis/jsondoc"
	"tagline/internal/access"
	"tagline/internal/api/wire/supply"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
	"tagline/internal/trace/repository"
)

// captured stores bare events, each as the members that it has beside the usual.
func captured(t *testing.T, s *server, events ...string) {
	t.Helper()
	r := repository.New(repository.Config{DB: s.back.DB, Ledger: s.back.Ledger, Clock: s.back.Journeys.Clock, IDs: ident.System()})
	var list []repository.Prepared
	for _, more := range events {
		item, err := jsondoc.ReadEvent([]byte(`{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","eventTimeZoneOffset":"+00:00",`+more+"}"), epcis.Limits{})
		if err != nil || item.Refused() {
			t.Fatal(more, err, item.Problems)
		}
		p, err := repository.Prepare(item.Event)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if err := s.back.DB.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := r.Append(tx, list, repository.Origin{By: "key_1"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestTheWayOfAThing(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		const pallet = "urn:epc:id:sscc:0614141.1234567890"
		captured(t, s,
			`"type":"ObjectEvent","action":"ADD","eventTime":"2026-11-01T00:00:00Z","bizStep":"commissioning","epcList":["urn:epc:id:sgtin:0614141.112345.400"],"ilmd":{"cbvmda:lotNumber":"L1"}`,
			`"type":"AggregationEvent","action":"ADD","eventTime":"2026-11-02T00:00:00Z","bizStep":"packing","parentID":"`+pallet+`","childEPCs":["urn:epc:id:sgtin:0614141.112345.400"]`,
			`"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-11-03T00:00:00Z","bizStep":"shipping","epcList":["`+pallet+`"],"bizLocation":{"id":"urn:epc:id:sgln:0614141.11111.0"}`)
		// The follower has not run: a way is told from the events themselves.
		way := func(id, more string) reply {
			return s.do(t, call{path: "/traces/way?id=" + url.QueryEscape(id) + more})
		}
		for _, id := range []string{"urn:epc:id:sgtin:0614141.112345.400", "(01)10614141123459(21)400", "https://brand.example/01/10614141123459/21/400", "01/10614141123459/21/400"} {
			var w supply.TraceWay
			way(id, "").into(t, 200, &w)
			if w.ID != "https://id.gs1.org/01/10614141123459/21/400" || w.GTIN != "10614141123459" || w.Serial != "400" || len(w.Entries) != 3 {
				t.Fatalf("%s: %+v", id, w)
			}
			last := w.Entries[0]
			if last.Step != "shipping" || len(last.Via) != 1 || last.Via[0] != "https://id.gs1.org/00/106141412345678908" || last.Place != "https://id.gs1.org/414/0614141111114" {
				t.Errorf("the newest first, via the pallet: %+v", last)
			}
			if w.State.Lot != "L1" || w.State.ShippedAt == nil || w.State.Place != last.Place || len(w.State.Container) != 1 || w.Entries[1].Parent == "" {
				t.Errorf("%+v", w.State)
			}
		}
		var before supply.TraceWay
		way("urn:epc:id:sgtin:0614141.112345.400", "&at=2026-11-02T12:00:00Z").into(t, 200, &before)
		if len(before.Entries) != 2 || before.State.ShippedAt != nil {
			t.Errorf("a day before: %+v", before)
		}
		way("urn:epc:id:sgtin:0614141.112345.400", "&at=2026-10-01T00:00:00Z").problem(t, 404, "not-found")
		way("urn:epc:id:sgtin:0614141.112345.401", "").problem(t, 404, "not-found")
		way("(01)10614141123450(21)400", "").problem(t, 400, "invalid")
		s.do(t, call{path: "/traces/way"}).problem(t, 400, "invalid")
		s.do(t, call{path: "/traces/lot?gtin=123&lot=L1"}).problem(t, 400, "invalid")

		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.back.Journeys.Follow(ctx) }()
		var lot struct{ Items []supply.TraceItem }
		for len(lot.Items) == 0 {
			s.do(t, call{path: "/traces/lot?gtin=10614141123459&lot=L1"}).into(t, 200, &lot)
		}
		stop()
		<-done
		if len(lot.Items) != 1 || lot.Items[0].Key != "01/10614141123459/21/400" || lot.Items[0].State.ShippedAt == nil {
			t.Errorf("%+v", lot)
		}
		for role, status := range map[access.Role]int{access.Partner: 403, access.Auditor: 200, access.PR: 200} {
			if got := s.do(t, call{path: "/traces/way?id=" + url.QueryEscape(pallet), key: s.key(t, role)}); got.status != status || status == 403 && !strings.Contains(string(got.body), "forbidden") {
				t.Errorf("%s: %d %s", role, got.status, got.body)
			}
		}
	})
}

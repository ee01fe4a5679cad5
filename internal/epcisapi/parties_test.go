package epcisapi_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"tagline/internal/access"
	"tagline/internal/bus"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

// A partner sees what it captured and what its parties take part in, in every answer:
// events, single events, the values of collections, named queries.
func TestAPartnerSeesWhatItsPartiesTakePartIn(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s := serve(t, db)
		doors := access.New(access.Config{DB: db, Ledger: ledger.New(db, s.clock, bus.New()), Clock: s.clock, IDs: ident.NewSource(s.clock, rand.Reader), Chance: rand.Reader})
		who, err := doors.ByKey(t.Context(), owner)
		if err != nil {
			t.Fatal(err)
		}
		_, hub, err := doors.MakeKey(t.Context(), who, access.NewKey{Name: "hub", Role: access.Partner, Parties: []string{"417/0614141000005", "414/0614141000012"}})
		if err != nil {
			t.Fatal(err)
		}
		event := func(id, step, more string) string {
			return `{"type":"ObjectEvent","eventID":"` + id + `","action":"OBSERVE","bizStep":"` + step + `","epcList":["urn:epc:id:sgtin:0614141.112345.1"],"eventTime":"2026-10-01T00:00:00Z","eventTimeZoneOffset":"+00:00"` + more + `}`
		}
		if a := s.capture(`{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-01T00:00:00Z","epcisBody":{"eventList":[` + strings.Join([]string{
			event("urn:x:to-hub", "shipping", `,"destinationList":[{"type":"possessing_party","destination":"urn:epc:id:pgln:0614141.00000"}]`),
			event("urn:x:from-hub", "departing", `,"sourceList":[{"type":"location","source":"https://id.gs1.org/414/0614141000012"}]`),
			event("urn:x:at-hub", "receiving", `,"bizLocation":{"id":"urn:epc:id:sgln:0614141.00001.0"}`),
			event("urn:x:elsewhere", "stocking", `,"bizLocation":{"id":"urn:epc:id:sgln:0614141.00002.0"}`),
			event("urn:x:nowhere", "inspecting", ""),
		}, ",") + `]}}`); a.StatusCode != 202 || !strings.Contains(s.ask("GET", "/capture", "").body, `"success":true`) {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
		as := []string{"Authorization", "Bearer " + hub}
		ids, _ := s.ids("/events?perPage=2", as...)
		slices.Sort(ids)
		if !slices.Equal(ids, []string{"urn:x:at-hub", "urn:x:from-hub", "urn:x:to-hub"}) {
			t.Errorf("the hub sees %v", ids)
		}
		if a := s.ask("GET", "/events/urn:x:elsewhere", "", as...); a.StatusCode != 404 {
			t.Errorf("an event of others is answered with %d", a.StatusCode)
		}
		if a := s.ask("GET", "/bizLocations", "", as...); strings.Contains(a.body, "0614141000029") || !strings.Contains(a.body, "0614141000012") {
			t.Errorf("the locations that it sees: %s", a.body)
		}
		if ids, _ := s.ids("/events", "Authorization", "Bearer "+s.partner); len(ids) != 0 {
			t.Errorf("a partner without parties sees %v", ids)
		}
	})
}

package api_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tagline/internal/access"
	"tagline/internal/api/wire"
	"tagline/internal/api/wire/supply"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/trace/journey"
)

// followed has the follower of ways take in all there is.
func (s *server) followed(t *testing.T) {
	t.Helper()
	wake, unlisten := s.back.Bus.Listen(ledger.Topic)
	defer unlisten()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.back.Journeys.Follow(ctx) }()
	defer func() { stop(); <-done }()
	for behind := true; behind; {
		if err := s.back.DB.View(t.Context(), func(tx *sqldb.Tx) error {
			cursors, err := s.back.Ledger.Cursors(tx)
			if err != nil {
				return err
			}
			head, err := s.back.Ledger.Head(tx)
			i := slices.IndexFunc(cursors, func(c ledger.Cursor) bool { return c.Name == journey.Cursor })
			behind = i < 0 || cursors[i].Pos < head
			return err
		}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-wake:
		default:
		}
	}
}

const (
	berlin = "9506000134369"
	tokyo  = "9506000134376"
	works  = "9506000134383"
)

// shipped brings a bottle of a lot from the works to Berlin and sells it in Tokyo.
func (s *server) shipped(t *testing.T) {
	t.Helper()
	s.stock(t)
	for _, p := range []supply.Place{
		{Key: works, Name: "Works", Kind: "plant", Country: "NO"},
		{Key: berlin, Name: "Berlin hub", Kind: "distributor", Country: "DE", Operator: "(417)" + berlin},
		{Key: tokyo, Name: "Shop Ginza", Kind: "shop", Country: "JP"},
		{Key: "(417)" + berlin, Class: "party", Name: "Hub GmbH", Kind: "distributor", Country: "DE"},
	} {
		var got supply.Place
		s.do(t, call{method: http.MethodPut, path: "/places/one", body: p}).into(t, 200, &got)
	}
	bottles := func(step, action, place, at, more string) string {
		return `"type":"ObjectEvent","action":"` + action + `","eventTime":"` + at + `","bizStep":"` + step + `","bizLocation":{"id":"https://id.gs1.org/414/` + place + `"},"epcList":["https://id.gs1.org/01/09506000134352/21/A1"]` + more
	}
	captured(t, s,
		bottles("commissioning", "ADD", works, "2026-05-01T08:00:00Z", `,"ilmd":{"cbvmda:lotNumber":"L1"}`),
		bottles("shipping", "OBSERVE", works, "2026-05-02T08:00:00Z", `,"destinationList":[{"type":"location","destination":"https://id.gs1.org/414/`+berlin+`"},{"type":"possessing_party","destination":"https://id.gs1.org/417/`+berlin+`"}]`),
		bottles("receiving", "OBSERVE", berlin, "2026-05-04T08:00:00Z", ""),
		bottles("retail_selling", "OBSERVE", tokyo, "2026-05-20T08:00:00Z", ""))
	s.followed(t)
}

func TestAnAlarmFromItsEvidenceToARecall(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.shipped(t)
		var list struct{ Items []supply.Alarm }
		s.do(t, call{path: "/alarms?state=open"}).into(t, 200, &list)
		if len(list.Items) != 1 {
			t.Fatalf("%+v", list)
		}
		a := list.Items[0]
		if a.Rule != "wrong-market" || a.Title != "Wrong market" || a.Severity != "high" || a.Country != "JP" || a.Expected != "to be sold in DE" || a.Seen != "sold in JP at Shop Ginza" ||
			a.Serial != "A1" || a.Party == nil || a.Party.Name != "Hub GmbH" || a.Product == "" || len(a.Evidence) != 2 {
			t.Errorf("%+v", a)
		}
		var one supply.AlarmDetail
		s.do(t, call{path: "/alarms/" + a.ID}).into(t, 200, &one)
		if len(one.Events) != 2 || one.Events[0]["bizStep"] != "shipping" || one.About.Open != 1 || one.Lot != "L1" || one.Others != 0 {
			t.Errorf("%+v", one)
		}
		for filter, n := range map[string]int{"rule=wrong-market": 1, "rule=sold-twice": 0, "country=JP": 1, "country=DE": 0, "gtin=9506000134352": 1, "party=" + url.QueryEscape(a.Party.Key): 1, "thing=" + url.QueryEscape("(01)09506000134352(21)A1"): 1, "severity=low": 0} {
			s.do(t, call{path: "/alarms?" + filter}).into(t, 200, &list)
			if len(list.Items) != n {
				t.Errorf("%s gives %d", filter, len(list.Items))
			}
		}
		decide := func(body supply.AlarmDecision) reply {
			return s.do(t, call{method: http.MethodPost, path: "/alarms/" + a.ID + "/decision", body: body})
		}
		decide(supply.AlarmDecision{Decision: "dismissed"}).problem(t, 400, "invalid")
		decide(supply.AlarmDecision{Decision: "dismissed", Reason: "a gift"}).into(t, 200, &a)
		if a.State != "dismissed" || a.Reason != "a gift" || a.DecidedBy == "" {
			t.Errorf("%+v", a)
		}
		decide(supply.AlarmDecision{Decision: "open"}).into(t, 200, &a)
		var over supply.AlarmOverview
		s.do(t, call{path: "/alarms/overview"}).into(t, 200, &over)
		if len(over.Rules) < 15 || over.Rules[0].Open != 1 || over.Markets[0].Country != "JP" || over.Parties[0].Party.Name != "Hub GmbH" || over.Rules[0].Wrong != nil {
			t.Errorf("%+v", over)
		}
		// Into a recall of the lot, which the resolver tells at once.
		recall := call{method: http.MethodPost, path: "/alarms/" + a.ID + "/recall", body: supply.AlarmRecall{Scope: "lot", Href: "nonsense"}}
		s.do(t, recall).problem(t, 400, "invalid")
		recall.body = supply.AlarmRecall{Scope: "lot", Href: "https://brand.example/recall", Title: "Do not sell it"}
		s.do(t, recall).into(t, 200, &a)
		if a.State != "recalled" {
			t.Errorf("%+v", a)
		}
		if got := s.do(t, call{path: "/links?q=recall&prefix=" + url.QueryEscape("/01/09506000134352/10/L1")}); !strings.Contains(string(got.body), "gs1:recallStatus") {
			t.Errorf("the links say %s", got.body)
		}
		s.do(t, call{path: "/alarms/alm_nobody"}).problem(t, 404, "not-found")
		// Settings.
		var set supply.AlarmSettings
		s.do(t, call{path: "/alarms/settings"}).into(t, 200, &set)
		set.Off, set.SpeedKMH = []string{"wrong-market"}, 800
		s.do(t, call{method: http.MethodPut, path: "/alarms/settings", body: set}).into(t, 200, &set)
		if set.Version != 1 || set.SpeedKMH != 800 || set.ChangedAt == nil {
			t.Errorf("%+v", set)
		}
		set.Version = 0
		s.do(t, call{method: http.MethodPut, path: "/alarms/settings", body: set}).problem(t, 409, "conflict")
		set.Version, set.SpeedKMH = 1, -1
		s.do(t, call{method: http.MethodPut, path: "/alarms/settings", body: set}).problem(t, 400, "invalid")
	})
}

func TestASurveyAddsUpWhereThingsAre(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.shipped(t)
		for _, query := range []string{"", "?gtin=9506000134352", "?gtin=09506000134352&lot=L1"} {
			var got supply.TraceSurvey
			s.do(t, call{path: "/traces/survey" + query}).into(t, 200, &got)
			if got.Items != 1 || got.States.Sold != 1 || len(got.Lanes) != 1 || got.Lanes[0].From.Name != "Works" || got.Lanes[0].To.Name != "Berlin hub" || got.Lanes[0].Hours == nil || *got.Lanes[0].Hours != 48 {
				t.Errorf("%s: %+v", query, got)
			}
			if len(got.Markets) != 1 || got.Markets[0].Country != "DE" || got.Markets[0].Steps[2].Count != 1 || got.Markets[0].Steps[4].Count != 1 || len(got.Holders) != 1 || got.Holders[0].State != "sold" || got.Holders[0].Holder.Key != "" {
				t.Errorf("%s: %+v %+v", query, got.Markets, got.Holders)
			}
		}
		var none supply.TraceSurvey
		s.do(t, call{path: "/traces/survey?gtin=09506000134352&lot=L2"}).into(t, 200, &none)
		if none.Items != 0 || none.Places == nil || none.Lanes == nil {
			t.Errorf("%+v", none)
		}
		s.do(t, call{path: "/traces/survey?lot=L1"}).problem(t, 400, "invalid")
		s.do(t, call{path: "/traces/survey?gtin=12"}).problem(t, 400, "invalid")
		var way supply.TraceWay
		s.do(t, call{path: "/traces/way?id=" + url.QueryEscape("(01)09506000134352(21)A1")}).into(t, 200, &way)
		if way.Thing == "" || way.State.PlaceName != "Shop Ginza" || way.State.Country != "JP" || !slices.ContainsFunc(way.Entries, func(e supply.TraceEntry) bool { return e.Kind == "moment" && e.Title != "" }) {
			t.Errorf("%+v", way)
		}
	})
}

func TestLocationsAndParties(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.shipped(t)
		var list struct{ Items []supply.Place }
		s.do(t, call{path: "/places?class=location&q=HUB"}).into(t, 200, &list)
		if len(list.Items) != 1 || list.Items[0].Key != "414/"+berlin || list.Items[0].Operator != "417/"+berlin {
			t.Errorf("%+v", list)
		}
		var p supply.Place
		s.do(t, call{path: "/places/one?key=urn:epc:id:sgln:9506000.13436.0"}).into(t, 200, &p)
		if p.Name != "Berlin hub" {
			t.Errorf("%+v", p)
		}
		s.do(t, call{path: "/places/one?key=417/" + berlin}).into(t, 200, &p)
		s.do(t, call{path: "/places/one?class=party&key=" + berlin}).into(t, 200, &p)
		if p.Name != "Hub GmbH" {
			t.Errorf("%+v", p)
		}
		s.do(t, call{method: http.MethodPut, path: "/places/one", body: supply.Place{Key: "9506000134377", Name: "x"}}).problem(t, 400, "invalid")
		s.do(t, call{path: "/places/one?key=9506000134406"}).problem(t, 404, "not-found")
		if got := s.do(t, call{method: http.MethodDelete, path: "/places/one?key=" + tokyo}); got.status != 204 {
			t.Errorf("%d %s", got.status, got.body)
		}
		csv := map[string]string{"Content-Type": "text/csv"}
		var done supply.PlaceImport
		s.do(t, call{method: http.MethodPost, path: "/places/import?dryRun=true", header: csv, body: "key,name\n" + tokyo + ",Ginza\nnonsense,x\n"}).into(t, 200, &done)
		if done.Created != 1 || len(done.Problems) != 1 || done.Problems[0].Where != "line 3" {
			t.Errorf("%+v", done)
		}
		got := s.do(t, call{method: http.MethodPost, path: "/places/import", header: csv, body: "key,name\n" + tokyo + ",Ginza\nnonsense,x\n"})
		if p := got.problem(t, 400, "invalid"); len(p.Errors) == 0 {
			t.Errorf("%+v", p)
		}
		signed := s.do(t, call{path: "/places/export?signed=true"})
		var key supply.PlaceKey
		s.do(t, call{path: "/places/key", key: "-"}).into(t, 200, &key)
		s.do(t, call{method: http.MethodPost, path: "/places/import?key=" + url.QueryEscape(key.Key), header: csv, body: string(signed.body)}).into(t, 200, &done)
		if done.Same != 3 {
			t.Errorf("%+v", done)
		}
		s.do(t, call{method: http.MethodPost, path: "/places/import?key=" + url.QueryEscape(key.Key), header: csv, body: strings.Replace(string(signed.body), "Works", "Wurks", 1)}).problem(t, 400, "invalid")
	})
}

// A partner is told whose events it sees; nobody else has parties, and nothing else of
// the house is open to it.
func TestPartnersActForParties(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		var made wire.NewKey
		s.do(t, call{method: http.MethodPost, path: "/keys", body: wire.KeyRequest{Name: "Hub", Role: "partner", Parties: []string{berlin, "(417)" + tokyo}}}).into(t, 201, &made)
		if want := []string{"417/" + berlin, "414/" + berlin, "417/" + tokyo}; !slices.Equal(made.Key.Parties, want) {
			t.Errorf("%v", made.Key.Parties)
		}
		s.do(t, call{method: http.MethodPost, path: "/keys", body: wire.KeyRequest{Name: "x", Role: "partner", Parties: []string{"9506000134360"}}}).problem(t, 400, "invalid")
		s.do(t, call{method: http.MethodPost, path: "/keys", body: wire.KeyRequest{Name: "x", Role: "pr", Parties: []string{berlin}}}).problem(t, 400, "invalid")
		var invited wire.Invited
		s.do(t, call{method: http.MethodPost, path: "/members", body: wire.Invitation{Name: "Hub", Role: "partner", Parties: []string{berlin}}}).into(t, 201, &invited)
		none := []string{}
		var m wire.Member
		s.do(t, call{method: http.MethodPatch, path: "/members/" + invited.Member.ID, body: wire.MemberChange{Parties: &none}}).into(t, 200, &m)
		if len(invited.Member.Parties) != 2 || len(m.Parties) != 0 {
			t.Errorf("%+v %+v", invited, m)
		}
		for _, path := range []string{"/places", "/places/export", "/alarms", "/alarms/overview", "/alarms/settings", "/traces/survey", "/traces/lot?gtin=09506000134352&lot=L1", "/things", "/taps", "/members", "/products"} {
			s.do(t, call{path: path, key: made.Secret}).problem(t, 403, "forbidden")
		}
		for role, status := range map[access.Role]int{access.PR: 403, access.Auditor: 403, access.Marketer: 200} {
			got := s.do(t, call{method: http.MethodPut, path: "/places/one", key: s.key(t, role), body: supply.Place{Key: works, Name: "Works"}})
			if got.status != status {
				t.Errorf("%s: %d %s", role, got.status, got.body)
			}
		}
	})
}

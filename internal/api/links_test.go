package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/links"
	"tagline/internal/api/wire"
	"tagline/internal/link/linkset"
	"tagline/internal/sqldb/sqldbtest"
)

const lotAnchor = "/01/09506000134352/10/L%2F3"

func at(path, anchor string) string { return path + "?anchor=" + url.QueryEscape(anchor) }

func ginLinks() wire.LinkEntry {
	return wire.LinkEntry{Anchor: "/01/9506000134352", ItemDescription: "Gin", Links: []wire.EntryLink{
		{LinkType: "https://gs1.org/voc/pip", Href: "https://halden.example/gin", Title: "Gin", Default: true, Multi: true},
		{LinkType: "gs1:pip", Href: "https://halden.example/de/gin", Title: "Gin auf Deutsch", Hreflang: []string{"DE"}, Multi: true},
		{LinkType: "gs1:recipeInfo", Href: "https://halden.example/drinks", Title: "Drinks", When: json.RawMessage(`{"fact":"seal","is":"opened"}`), Default: true},
	}}
}

func TestEntriesOfLinksAreReadChangedAndUndone(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		var e wire.LinkEntry
		made := s.do(t, call{method: "PUT", path: at("/links/entry", "/01/09506000134352"), body: ginLinks(), header: map[string]string{"If-None-Match": "*"}})
		made.into(t, 201, &e)
		if e.Anchor != "/01/09506000134352" || e.GTIN != "09506000134352" || e.Level != "01" || e.Links[0].LinkType != "gs1:pip" || e.Links[0].ID == "" ||
			e.Links[1].Hreflang[0] != "de" || !strings.Contains(e.Links[2].WhenWords, "opened") || made.header.Get("ETag") == "" {
			t.Fatalf("%s", made.body)
		}
		// What was read can be put back and changes nothing.
		again := s.do(t, call{method: "PUT", path: at("/links/entry", e.Anchor), body: e, header: map[string]string{"If-Match": made.header.Get("ETag")}})
		again.into(t, 200, nil)
		if again.header.Get("ETag") != made.header.Get("ETag") {
			t.Error("putting back what was read is a change")
		}
		s.do(t, call{method: "PUT", path: at("/links/entry", e.Anchor), body: e, header: map[string]string{"If-Match": `"999"`}}).problem(t, 409, "conflict")
		s.do(t, call{method: "PUT", path: at("/links/entry", e.Anchor), body: e, header: map[string]string{"If-Match": "old"}}).problem(t, 400, "invalid")
		s.do(t, call{method: "PUT", path: at("/links/entry", "/01/09506000164908"), body: e}).problem(t, 400, "invalid")

		lot := wire.LinkEntry{Anchor: lotAnchor, ItemDescription: "Gin, lot L/3", Links: []wire.EntryLink{{LinkType: "gs1:safetyInfo", Href: "https://halden.example/l3", Title: "About lot L/3"}}}
		s.do(t, call{method: "PUT", path: at("/links/entry", lotAnchor), body: lot}).into(t, 201, nil)
		s.do(t, call{path: at("/links/entry", lotAnchor)}).into(t, 200, &lot)
		if lot.Level != "01+10" || lot.Anchor != lotAnchor {
			t.Errorf("%+v", lot)
		}
		s.do(t, call{method: "PATCH", path: at("/links/entry", e.Anchor), body: wire.LinkMerge{Links: []wire.LinkPatch{
			{LinkType: "gs1:pip", Hreflang: []string{"de"}, Title: "Neu"}, {LinkType: "gs1:faqs", Href: "https://halden.example/faqs", Title: "Questions"}}}}).into(t, 200, &e)
		if len(e.Links) != 4 || e.Links[1].Title != "Neu" || e.Links[1].Href != "https://halden.example/de/gin" {
			t.Errorf("%+v", e.Links)
		}
		s.do(t, call{method: "DELETE", path: at("/links/entry", e.Anchor) + "&link=" + e.Links[3].ID}).into(t, 204, nil)
		// A lot without a default of its own leans on the product's.
		s.do(t, call{method: "DELETE", path: at("/links/entry", e.Anchor)}).problem(t, 400, "invalid")

		var changes frame.Page[wire.LinkChange]
		s.do(t, call{path: at("/links/history", e.Anchor) + "&limit=2"}).into(t, 200, &changes)
		if len(changes.Items) != 2 || changes.Next == "" || changes.Items[0].By == nil || len(changes.Items[0].Before.Links) != 4 || len(changes.Items[0].After.Links) != 3 {
			t.Fatalf("%+v", changes)
		}
		patched := changes.Items[1].Seq
		s.do(t, call{method: "POST", path: "/links/undo", body: wire.Undo{Seq: patched}}).problem(t, 409, "conflict")
		s.do(t, call{method: "POST", path: "/links/undo", body: wire.Undo{Seq: patched, ForgetLater: true}}).into(t, 204, nil)
		s.do(t, call{path: at("/links/entry", e.Anchor)}).into(t, 200, &e)
		if len(e.Links) != 3 || e.Links[1].Title != "Gin auf Deutsch" {
			t.Errorf("%+v", e.Links)
		}
		s.do(t, call{method: "POST", path: "/links/undo", body: wire.Undo{Seq: "99999"}}).problem(t, 404, "not-found")
		changes = frame.Page[wire.LinkChange]{}
		s.do(t, call{path: at("/links/history", e.Anchor)}).into(t, 200, &changes)
		if len(changes.Items) != 4 || changes.Items[0].Action != "restored" || changes.Items[3].Before != nil {
			t.Errorf("%+v", changes)
		}
	})
}

func TestListsOfLinksAreFilteredAndPaged(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.do(t, call{method: "PUT", path: at("/links/entry", "/01/09506000134352"), body: ginLinks()}).into(t, 201, nil)
		for _, a := range []string{"/414/9506000134352", "/01/09506000164908", lotAnchor} {
			e := wire.LinkEntry{Anchor: a, ItemDescription: "Something 100 %", Links: []wire.EntryLink{{LinkType: "gs1:homepage", Href: "https://halden.example", Title: "Home", Default: true}}}
			s.do(t, call{method: "PUT", path: at("/links/entry", a), body: e}).into(t, 201, nil)
		}
		for query, want := range map[string]string{
			"":                       "/01/09506000134352 " + lotAnchor + " /01/09506000164908 /414/9506000134352",
			"gtin=9506000134352":     "/01/09506000134352 " + lotAnchor,
			"prefix=/414/":           "/414/9506000134352",
			"q=DEUTSCH":              "/01/09506000134352",
			"q=100+%25":              lotAnchor + " /01/09506000164908 /414/9506000134352",
			"type=gs1:recipeInfo":    "/01/09506000134352",
			"type=gs1:safetyInfo":    "",
			"gtin=9506000134352&q=L": "/01/09506000134352 " + lotAnchor,
		} {
			var got []string
			for next := "&limit=1"; next != ""; {
				var page frame.Page[wire.LinkEntry]
				s.do(t, call{path: "/links?" + query + next}).into(t, 200, &page)
				for _, e := range page.Items {
					got = append(got, e.Anchor)
				}
				if next = ""; page.Next != "" {
					next = "&limit=1&cursor=" + url.QueryEscape(page.Next)
				}
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %v", query, got)
			}
		}
		s.do(t, call{path: "/links?gtin=123"}).problem(t, 400, "invalid")
		s.do(t, call{path: "/links/entry"}).problem(t, 400, "invalid")
		s.do(t, call{path: at("/links/entry", "/01/09506000134353")}).problem(t, 400, "invalid") // check digit
	})
}

func TestAMistakeInALinkIsShownWhereItStands(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	e := ginLinks()
	e.Links[1].Href = "ftp://halden.example"
	e.Links[2].When = json.RawMessage(`{"fact":"weather","is":"wet"}`)
	p := s.do(t, call{method: "PUT", path: at("/links/entry", e.Anchor), body: e}).problem(t, 400, "invalid")
	var places []string
	for _, f := range p.Errors {
		places = append(places, f.Location)
	}
	if got := strings.Join(places, " "); got != "body.links[1].href body.links[2].when.fact" {
		t.Errorf("%v", got)
	}
	e = ginLinks()
	e.Links = e.Links[2:]
	p = s.do(t, call{method: "PUT", path: at("/links/entry", e.Anchor), body: e}).problem(t, 400, "invalid")
	if len(p.Errors) != 1 || p.Errors[0].Location != "body.links" || p.Hint == "" {
		t.Errorf("%+v", p)
	}
	e.Links[0].When = json.RawMessage(`{"all":3}`)
	s.do(t, call{method: "PUT", path: at("/links/entry", e.Anchor), body: e}).problem(t, 400, "invalid")
}

func TestWhoMayChangeLinks(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	s.do(t, call{method: "PUT", path: at("/links/entry", "/01/09506000134352"), body: ginLinks()}).into(t, 201, nil)
	recall := wire.Recall{Href: "https://halden.example/recall", Title: "Recall of lot L/3"}
	for role, want := range map[access.Role][3]int{ // read, write, recall
		access.Marketer: {200, 200, 200}, access.Engineer: {200, 200, 200}, access.PR: {200, 403, 200},
		access.Auditor: {200, 403, 403}, access.Privacy: {200, 403, 403}, access.Partner: {403, 403, 403},
	} {
		key := s.key(t, role)
		got := [3]int{
			s.do(t, call{path: at("/links/entry", "/01/09506000134352"), key: key}).status,
			s.do(t, call{method: "PUT", path: at("/links/entry", "/01/09506000134352"), body: ginLinks(), key: key}).status,
			s.do(t, call{method: "PUT", path: at("/links/recall", lotAnchor), body: recall, key: key}).status,
		}
		if got != want {
			t.Errorf("%s: %v, want %v", role, got, want)
		}
	}
}

func TestARecallGoesBeforeEverythingAndEnds(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.do(t, call{method: "PUT", path: at("/links/entry", "/01/09506000134352"), body: ginLinks()}).into(t, 201, nil)
		try := func(q wire.LinkTry) (got wire.LinkTried) {
			s.do(t, call{method: "POST", path: "/links/try", body: q}).into(t, 200, &got)
			return got
		}
		opened := wire.LinkTry{Link: "/01/09506000134352/10/L%2F3", Seal: "opened"}
		if got := try(opened); got.LinkType != "gs1:recipeInfo" || got.Recall {
			t.Fatalf("%+v", got)
		}
		var e wire.LinkEntry
		s.do(t, call{method: "PUT", path: at("/links/recall", lotAnchor), body: wire.Recall{Href: "https://halden.example/recall", Title: "Recall of lot L/3"}}).into(t, 200, &e)
		if !e.Recalled || e.ItemDescription != "Gin" {
			t.Errorf("%+v", e)
		}
		got := try(opened)
		if got.LinkType != "gs1:recallStatus" || !got.Recall || got.Target != "https://halden.example/recall" {
			t.Errorf("%+v", got)
		}
		for _, r := range got.Why {
			if r.LinkType == "gs1:recipeInfo" && r.Code != "withheld" {
				t.Errorf("%+v", r)
			}
		}
		if got := try(wire.LinkTry{Link: "/01/09506000134352/10/OTHER", Seal: "opened"}); got.LinkType != "gs1:recipeInfo" {
			t.Errorf("another lot is recalled too: %+v", got)
		}
		s.do(t, call{method: "PUT", path: at("/links/recall", lotAnchor), body: wire.Recall{Href: "nowhere", Title: "Recall"}}).problem(t, 400, "invalid")
		s.do(t, call{method: "DELETE", path: at("/links/recall", lotAnchor)}).into(t, 204, nil)
		s.do(t, call{method: "DELETE", path: at("/links/recall", lotAnchor)}).problem(t, 404, "not-found")
		if got := try(opened); got.LinkType != "gs1:recipeInfo" {
			t.Errorf("%+v", got)
		}
	})
}

func TestATrySaysWhereAScanLeadsAndWhy(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	s.do(t, call{method: "POST", path: "/apply", body: brandFiles, header: asYAML}).into(t, 200, nil)
	for name, row := range map[string]struct {
		ask                       wire.LinkTry
		status                    int
		outcome, target, linkType string
		why                       string // of the first link
	}{
		"nothing":        {ask: wire.LinkTry{Link: "/414/9506000134352"}, status: 404, outcome: "nothing"},
		"an own page":    {ask: wire.LinkTry{Link: "https://id.gs1.org/01/09506000134352?utm=x"}, status: 307, outcome: "own-page", target: "https://tagline.example/p/01/09506000134352?utm=x", linkType: "gs1:pip", why: "chosen"},
		"no such type":   {ask: wire.LinkTry{Link: "/01/09506000134352", LinkType: "gs1:faqs"}, status: 404, outcome: "no-such-type", why: "other-type"},
		"all":            {ask: wire.LinkTry{Link: "/01/09506000134352?linkType=linkset"}, status: 200, outcome: "linkset"},
		"not at the key": {ask: wire.LinkTry{Link: "01/09506000134352/21/S1/"}, status: 307, outcome: "own-page", target: "https://tagline.example/p/01/09506000134352", linkType: "gs1:pip", why: "chosen"},
	} {
		t.Run(name, func(t *testing.T) {
			var got wire.LinkTried
			s.do(t, call{method: "POST", path: "/links/try", body: row.ask}).into(t, 200, &got)
			if got.Status != row.status || got.Outcome != row.outcome || got.Target != row.target || got.LinkType != row.linkType || got.Words == "" {
				t.Errorf("%+v", got)
			}
			if row.why != "" && (len(got.Why) == 0 || got.Why[0].Code != row.why || got.Why[0].Reason == "") {
				t.Errorf("%+v", got.Why)
			}
		})
	}
	s.do(t, call{method: "PUT", path: at("/links/entry", "/01/09506000134352"), body: ginLinks()}).into(t, 201, nil)
	var got wire.LinkTried
	s.do(t, call{method: "POST", path: "/links/try", body: wire.LinkTry{Link: "/01/09506000134352", AcceptLanguage: "fr, de;q=0.5", Seal: "sealed"}}).into(t, 200, &got)
	if got.Target != "https://halden.example/de/gin" || !strings.Contains(got.Why[2].Reason, "it is sealed") || !strings.Contains(string(got.Linkset), "defaultLinkMulti") {
		t.Errorf("%+v\n%s", got, got.Linkset)
	}
	p := s.do(t, call{method: "POST", path: "/links/try", body: wire.LinkTry{Link: "/01/09506000134353"}}).problem(t, 400, "invalid")
	if p.Errors[0].Location != "body.link" {
		t.Errorf("%+v", p)
	}
	var sums wire.LinkTallies
	s.do(t, call{path: "/links/tallies?by=type"}).into(t, 200, &sums)
	if sums.Total != 0 || len(sums.Items) != 0 {
		t.Errorf("a try counts: %+v", sums)
	}
	s.do(t, call{path: "/links/tallies?by=colour"}).problem(t, 400, "invalid")
}

func TestEveryLinkTypeHasATitle(t *testing.T) {
	titles := map[string]string{}
	for _, l := range links.Types() {
		if titles[l.Type] != "" || l.Title == "" || l.Group == "" {
			t.Errorf("%+v", l)
		}
		titles[l.Type] = l.Title
	}
	for _, name := range linkset.Types() {
		if titles["gs1:"+name] == "" {
			t.Errorf("%s has no title", name)
		}
		delete(titles, "gs1:"+name)
	}
	if len(titles) != 0 {
		t.Errorf("GS1 has no %v", titles)
	}
	s := start(t, sqldbtest.SQLite(t))
	var got wire.LinkTypes
	s.do(t, call{path: "/links/types"}).into(t, 200, &got)
	if len(got.Types) != 60 || len(got.Facts) != len(linkset.Facts().Facts) {
		t.Errorf("%d types, %d facts", len(got.Types), len(got.Facts))
	}
}

func TestFilesOfLinksAreRehearsedImportedAndExported(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		const csv = "anchor,itemDescription,linktype,href,title,default\n/01/09506000134352,Gin,gs1:pip,https://halden.example/gin,Gin,yes\n" +
			"/01/09506000134352/10/{lot},Gin by lot,gs1:traceability,https://halden.example/lot/{lot},Lot {lot},\n"
		send := func(query, body, media string) reply {
			return s.do(t, call{method: "POST", path: "/links/import" + query, body: body, header: map[string]string{"Content-Type": media}})
		}
		var got wire.LinkImport
		send("?dryRun=true", csv, "text/csv; charset=utf-8").into(t, 200, &got)
		if !got.DryRun || got.Created != 2 || got.Links != 2 || len(got.Changes) != 2 {
			t.Fatalf("%+v", got)
		}
		s.do(t, call{path: at("/links/entry", "/01/09506000134352")}).problem(t, 404, "not-found")
		send("", csv, "text/csv").into(t, 200, &got)
		for _, format := range []string{"json", "csv"} {
			file := s.do(t, call{path: "/links/export?format=" + format})
			if file.status != 200 || !strings.Contains(file.header.Get("Content-Disposition"), "links."+format) {
				t.Fatalf("%d %v", file.status, file.header)
			}
			got = wire.LinkImport{}
			send("", string(file.body), file.header.Get("Content-Type")).into(t, 200, &got)
			if got.Same != 2 || len(got.Changes) != 0 {
				t.Errorf("an export, imported again, is %+v\n%s", got, file.body)
			}
		}
		wrong := strings.Replace(csv, "https://halden.example/lot/{lot}", "https://halden.example/{batch}", 1)
		got = wire.LinkImport{}
		send("?dryRun=true", wrong, "text/csv").into(t, 200, &got)
		if len(got.Problems) != 1 || got.Problems[0].Row != 3 || got.Problems[0].Column != "href" || got.Entries != 0 {
			t.Errorf("%+v", got)
		}
		if p := send("", wrong, "text/csv").problem(t, 400, "invalid"); len(p.Errors) != 1 || p.Errors[0].Location != "row 3, href" {
			t.Errorf("%+v", p)
		}
		send("", "\xff\xfe", "application/json").problem(t, 400, "invalid")
		send("", "PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet").problem(t, 400, "invalid")
		send("", csv, "text/plain").problem(t, 415, "unsupported")
	})
}

func TestLinksAreCheckedOnDemand(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/gone" {
				w.WriteHeader(http.StatusNotFound)
			}
		}))
		t.Cleanup(web.Close)
		e := wire.LinkEntry{Anchor: "/01/09506000134352", ItemDescription: "Gin", Links: []wire.EntryLink{
			{LinkType: "gs1:pip", Href: web.URL + "/gin", Title: "Gin", Default: true}, {LinkType: "gs1:faqs", Href: web.URL + "/gone", Title: "Gone"}}}
		s.do(t, call{method: "PUT", path: at("/links/entry", e.Anchor), body: e}).into(t, 201, nil)
		var found wire.LinkChecks
		s.do(t, call{method: "POST", path: at("/links/checks", e.Anchor)}).into(t, 200, &found)
		if len(found.Items) != 2 {
			t.Fatalf("%+v", found)
		}
		s.do(t, call{path: "/links/checks"}).into(t, 200, &found)
		if len(found.Items) != 1 || found.Items[0].Status != 404 || found.Items[0].Trouble == "" {
			t.Errorf("%+v", found)
		}
		s.do(t, call{path: at("/links/entry", e.Anchor)}).into(t, 200, &e)
		if e.Links[0].Health == nil || !e.Links[0].Health.OK || e.Links[1].Health == nil || e.Links[1].Health.OK {
			t.Errorf("%+v", e.Links)
		}
	})
}

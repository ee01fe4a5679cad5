package resolver_test

import (
	"net/http"
	"strings"
	"testing"

	"tagline/internal/link"
	"tagline/internal/link/linkset"
	"tagline/internal/sqldb/sqldbtest"
)

func TestARecallTakesOverThePages(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	b := w.bottle(gin)
	p := w.adult("Accept-Language", "en")
	if page := p.follow(b.url()); !page.has("Genuine and sealed", "Taste it in the distillery") {
		t.Fatalf("before: %s", page.main())
	}
	_, err := w.links.SetRecall(t.Context(), "/01/"+gin+"/21/"+b.ref.Serial, "https://www.norrvik.example/recall", "Glass may splinter: bring it back", link.Change{By: "test"})
	w.must(err)
	for name, page := range map[string]answer{
		"the page of the session": p.get(b.path()),
		"a new tap":               p.follow(b.url()),
	} {
		if !page.has("Glass may splinter: bring it back", "https://www.norrvik.example/recall") || page.has("Taste it in the distillery", "How it is made") {
			t.Errorf("%s: %s", name, page.main())
		}
	}
	if a := w.phone().get(b.path()); a.StatusCode != http.StatusTemporaryRedirect || a.Header.Get("Location") != "https://www.norrvik.example/recall" {
		t.Errorf("a scan of the code: %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	if page := p.follow(w.bottle(gin).url()); !page.has("Genuine and sealed", "Taste it in the distillery") {
		t.Errorf("another bottle: %s", page.main())
	}
	w.must(w.links.EndRecall(t.Context(), "/01/"+gin+"/21/"+b.ref.Serial, link.Change{By: "test"}))
	if page := p.follow(b.url()); !page.has("Genuine and sealed", "Taste it in the distillery") {
		t.Errorf("after the recall: %d %s", page.StatusCode, page.main())
	}
}

func TestScansOfLinksAreRecordedWithTheirChoice(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	_, err := w.links.PutAll(t.Context(), []linkset.Entry{
		{Anchor: "/01/" + brush, ItemDescription: "Brush", Links: []linkset.Link{
			{ID: "page", LinkType: "gs1:pip", Href: "https://brand.example/brush", Title: "Brush", Default: true},
			{ID: "care", LinkType: "gs1:instructions", Href: "https://brand.example/care", Title: "Care"}}},
		{Anchor: "/414/9506000134345", ItemDescription: "Shop", Links: []linkset.Link{
			{ID: "way", LinkType: "gs1:locationInfo", Href: "https://brand.example/shop", Title: "The way", Default: true}}},
	}, link.Change{By: "test"})
	w.must(err)
	p := w.phone()
	for _, row := range []struct{ path, decision, link string }{
		{"/01/" + brush, "link:01:gs1:pip:page", ""},
		{"/01/" + brush + "?linkType=gs1:instructions", "link:01:gs1:instructions:care", ""},
		{"/414/9506000134345", "link:414:gs1:locationInfo:way", "/414/9506000134345"},
	} {
		before := len(w.events("tap.plain"))
		if a := p.get(row.path); a.StatusCode != http.StatusTemporaryRedirect {
			t.Fatalf("%s: %d", row.path, a.StatusCode)
		}
		events := w.events("tap.plain")
		if len(events) != before+1 || w.recorded(events[before], "decision") != row.decision || w.recorded(events[before], "link") != row.link {
			t.Errorf("%s: %d events, the last is %s", row.path, len(events)-before, events[len(events)-1].Body)
		}
	}
	before := len(w.events("tap.plain"))
	p.get("/01/"+brush, "Accept", "application/linkset+json")
	p.do("HEAD", "/01/"+brush, nil)
	p.get("/01/"+brush, "Purpose", "preview")
	p.get("/01/" + brush + "?linkType=gs1:nosuchlt")
	if n := len(w.events("tap.plain")) - before; n > 1 {
		t.Errorf("%d scans of what was none", n)
	}
}

// The page under /p is the target of the redirect that has counted the scan.
func TestTheOwnPageCountsNothing(t *testing.T) {
	w := newWorld(t, sqldbtest.SQLite(t))
	p := w.phone()
	a := p.get("/01/"+brush+"/21/7?utm=x", "Accept", "*/*")
	if a.StatusCode != http.StatusTemporaryRedirect || !strings.HasSuffix(a.Header.Get("Location"), "/p/01/"+brush+"?utm=x") {
		t.Fatalf("%d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	before := len(w.events("tap.plain", "tap.refused"))
	page := p.get("/p/01/" + brush + "?utm=x")
	if page.StatusCode != http.StatusOK || !page.has("Birch Brush") {
		t.Errorf("%d %s", page.StatusCode, page.main())
	}
	if n := len(w.events("tap.plain", "tap.refused")); n != before {
		t.Errorf("%d scans", n-before)
	}
	if a := p.get("/p/01/" + gin); !a.has("/p/01/"+gin+"/age") && a.StatusCode == 200 {
		t.Errorf("the age question does not lead back: %s", a.main())
	}
}

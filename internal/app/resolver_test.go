package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tagline/internal/link"
	"tagline/internal/passport"
	"tagline/internal/passport/sheet"
	"tagline/internal/rule"
)

// What GS1-Conformant Resolver demands and the official suite does not test, and
// the faults that were seen in the reference resolver.
func TestBeyondTheSuite(t *testing.T) {
	r := serveTLS(t)
	r.stock()
	german, french := []string{"Accept-Language", "de-AT,de;q=0.9,en;q=0.1"}, []string{"Accept-Language", "fr;q=1, de;q=0"}
	for _, row := range []struct {
		name, path string
		header     []string
		status     int
		location   string
	}{
		{"compressed", "/CwFMfUkIQA", nil, 400, ""}, // too short for what it says
		{"a language by look-up", full, german, 307, "https://brand.example/de/pip"},
		{"a weight of zero excludes", full, french, 307, "https://brand.example/pip?a=1#top"},
		{"weights, not places", full, []string{"Accept-Language", "en;q=0.2, de;q=0.8"}, 307, "https://brand.example/de/pip"},
		{"a media type", full + "?linkType=gs1:pip", []string{"Accept", "text/html;q=0.1, application/ld+json"}, 307, "https://brand.example/pip.json?linkType=gs1:pip"},
		{"a link type as a full URI", full + "?linkType=https://ref.gs1.org/voc/recipeInfo", nil, 307, "https://brand.example/recipes?linkType=https://ref.gs1.org/voc/recipeInfo"},
		{"the older namespace, escaped", full + "?linkType=https%3A%2F%2Fgs1.org%2Fvoc%2FrecipeInfo", nil, 307, "https://brand.example/recipes?linkType=https%3A%2F%2Fgs1.org%2Fvoc%2FrecipeInfo"},
		{"a parameter in lower case", full + "?linktype=gs1:recipeInfo", nil, 307, "https://brand.example/recipes?linktype=gs1:recipeInfo"},
		{"the default by name", full + "?linkType=gs1:defaultLink", nil, 307, "https://brand.example/pip?a=1&linkType=gs1:defaultLink#top"},
		{"one question mark, before the fragment", full + "?foo=bar&17=271231&x", nil, 307, "https://brand.example/pip?a=1&foo=bar&17=271231&x#top"},
		{"twins", full + "?linkType=gs1:epil", nil, 300, ""},
		{"the lot in the address, escaped", full + "/10/A%2FB%3F", nil, 307, "https://brand.example/lots/A%2FB%3F"},
		{"a type that only the level above has", full + "/10/LOT1/21/S1?linkType=gs1:certificationInfo", nil, 307, "https://brand.example/cert?linkType=gs1:certificationInfo"},
		{"a trailing slash behind qualifiers", full + "/10/LOT1/21/S1/", nil, 307, "https://brand.example/s1.json"},
		{"an unknown lot", full + "/10/NOBODY", nil, 307, "https://brand.example/lots/NOBODY"},
		{"a path before the key", "/some/where" + full, nil, 307, "https://brand.example/pip?a=1#top"},
		{"a prefix", asset, nil, 307, "https://assets.example/0950600/0134352ABC1"},
		{"another resolver", "/01/09521321000018/10/A%2FB?linkType=gs1:pip", nil, 307, "https://other.example/01/09521321000018/10/A%2FB?linkType=gs1:pip"},
		{"a recall stands before promotion", recalled + "?linkType=gs1:promotion", nil, 307, "https://brand.example/recall?linkType=gs1:promotion"},
		{"a recall of the product counts for its lots", recalled + "/10/X", nil, 307, "https://brand.example/recall"},
		{"safety stays silent where there is none", recalled + "?linkType=gs1:safetyInfo", nil, 404, ""},
		{"a product sent on", sentOn, nil, 307, "https://shop.example/p?id=7"},
		{"an unknown key", "/01/09506000139999", nil, 404, ""},
		{"an unknown place", "/414/9506000134376", nil, 404, ""},

		{"a wrong check digit", "/01/09506000134353", nil, 400, ""},
		{"a wrong check digit of a pallet", "/00/106141412345678909", nil, 400, ""},
		{"identifiers in a wrong order", full + "/21/S1/10/LOT1", nil, 400, ""},
		{"a qualifier of another key", "/414/9506000134345/10/LOT", nil, 400, ""},
		{"two keys", full + "?01=09506000134369", nil, 400, ""},
		{"an identifier twice", full + "/10/A?10=B", nil, 400, ""},
		{"a qualifier in the query", full + "?21=1", nil, 400, ""},
		{"an identifier that nobody knows", full + "?9999=1", nil, 400, ""},
		{"an impossible date", full + "?17=271332", nil, 400, ""},
		{"13 digits", "/01/9506000134352", nil, 400, ""},
		{"a character that is none", full + "/10/%00", nil, 400, ""},
		{"no UTF-8", full + "/10/%ff%fe", nil, 400, ""},
		{"an escape too many", full + "/10/%25%32%66", nil, 307, "https://brand.example/lots/%252f"},
		{"a long path", full + "/10/" + strings.Repeat("A", 2000), nil, 400, ""},
		{"a longer one", full + "/10/" + strings.Repeat("A", 5000), nil, 414, ""},
		{"compressed garbage", "/" + strings.Repeat("AQH45Zey", 40), nil, 400, ""},
		{"compressed zeros are the parcel without a number", "/AAAAAAAAAAAA", nil, 404, ""},
		{"a list of 200 types", full, []string{"Accept", strings.Repeat("application/x;q=0.1,", 200) + "*/*"}, 307, "https://brand.example/pip?a=1#top"},
		{"a list of 200 languages", full, []string{"Accept-Language", strings.Repeat("xx;q=0.1,", 200) + "de"}, 307, ""},
		{"a header that is no list", full, []string{"Accept", ";;;,,,=,", "Accept-Language", "\"\";q=x"}, 307, "https://brand.example/pip?a=1#top"},
		{"a redirect elsewhere", full + "?//evil.example=@evil.example/%0d%0aSet-Cookie:x", nil, 307, "https://brand.example/pip?a=1&//evil.example=@evil.example/%0d%0aSet-Cookie:x#top"},
		{"a type that is none", full + "?linkType=%zz", nil, 404, ""},
		{"no type", full + "?linkType=", nil, 307, ""},
		{"nowhere", "/about", nil, 404, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			header := row.header
			if !slices.Contains(header, "Accept") {
				header = append(slices.Clone(header), "Accept", "*/*")
			}
			a := r.ask("GET", r.base+row.path, header...)
			if a.StatusCode != row.status || row.location != "" && a.Header.Get("Location") != row.location {
				t.Fatalf("%d to %q, want %d to %q: %s", a.StatusCode, a.Header.Get("Location"), row.status, row.location, a.body)
			}
			if a.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Error("another origin may not read this")
			}
			if row.status >= 400 {
				var p struct {
					Status       int
					Code, Detail string
				}
				if a.Header.Get("Content-Type") != "application/problem+json" || json.Unmarshal(a.body, &p) != nil || p.Status != row.status || p.Detail == "" {
					t.Errorf("no problem: %q %s", a.Header.Get("Content-Type"), a.body)
				}
				page := r.ask("GET", r.base+row.path, append(slices.Clone(row.header), "Accept", "text/html,*/*;q=0.5")...)
				if page.StatusCode != row.status || !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
					t.Errorf("a browser gets %d %q", page.StatusCode, page.Header.Get("Content-Type"))
				}
			}
			if row.status == 307 && (a.Header.Get("Cache-Control") != "no-store" || len(a.body) > 0) {
				t.Errorf("a redirect: %q, %d bytes", a.Header.Get("Cache-Control"), len(a.body))
			}
			h := r.ask("HEAD", r.base+row.path, header...)
			for _, name := range []string{"Location", "Link", "Content-Type", "Content-Length", "Vary", "Cache-Control"} {
				if h.Header.Get(name) != a.Header.Get(name) {
					t.Errorf("HEAD: %s is %q, for GET %q", name, h.Header.Get(name), a.Header.Get(name))
				}
			}
			if h.StatusCode != a.StatusCode || len(h.body) > 0 {
				t.Errorf("HEAD: %d, %d bytes", h.StatusCode, len(h.body))
			}
		})
	}
}

func TestACompressedLinkIsAnsweredAsItself(t *testing.T) {
	r := serveTLS(t)
	r.stock()
	// (01)01084257720668(10)Wd,h9HTDG
	r.put(at("/01/01084257720668", to("gs1:pip", "https://brand.example/plain", deflt)))
	const uri = "/01/01084257720668/10/Wd%2Ch9HTDG"
	for _, path := range []string{"/CwH45ZeyuRNfIs0OZFSJH", "/AQH45ZeyuCETXyLNDmRUiRw"} {
		a := r.ask("GET", r.base+path, "Accept", "*/*")
		if a.StatusCode != 307 || a.Header.Get("Location") != "https://brand.example/plain" {
			t.Errorf("%s: %d to %q", path, a.StatusCode, a.Header.Get("Location"))
		}
		if link := a.Header.Get("Link"); !strings.Contains(link, "<"+r.base+uri+`>; rel="owl:sameAs"`) || !strings.Contains(link, "<"+r.base+uri+`?linkType=linkset>; rel="linkset"`) {
			t.Errorf("Link: %s", link)
		}
		set, err := readLinkset(r.ask("GET", r.base+path+"?linkType=linkset").body)
		if err != nil || !strings.Contains(string(set[0]["anchor"]), r.base+"/01/01084257720668") {
			t.Errorf("%v: %s", err, set)
		}
	}
}

// All levels of an item stand in its linkset, the narrowest first.
func TestTheLinksetOfAnItemHasEveryLevel(t *testing.T) {
	r := serveTLS(t)
	r.stock()
	set, err := readLinkset(r.ask("GET", r.base+full+"/10/LOT1/21/S1?linkType=all").body)
	if err != nil {
		t.Fatal(err)
	}
	var anchors []string
	for _, o := range set {
		var a string
		if err := json.Unmarshal(o["anchor"], &a); err != nil {
			t.Fatal(err)
		}
		anchors = append(anchors, strings.TrimPrefix(a, r.base))
	}
	if want := []string{full + "/10/LOT1/21/S1", full + "/10/LOT1", full}; !slices.Equal(anchors, want) {
		t.Errorf("%q, want %q", anchors, want)
	}
}

// A link may depend on the item's seal, on a market and on the time; each change is
// answered at once.
func TestLinksFollowStateMarketAndTime(t *testing.T) {
	r := serveTLS(t)
	r.stock()
	opened := rule.Is("seal", rule.Text("opened"))
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	e := at("/01/09506000134369",
		to("gs1:pip", "https://brand.example/before", deflt),
		to("gs1:recipeInfo", "https://brand.example/recipes"),
		to("gs1:promotion", "https://brand.example/over"),
		to("gs1:promotion", "https://brand.example/now"),
		to("gs1:promotion", "https://brand.example/sweden"))
	e.Links[1].When, e.Links[1].Default = opened, true
	e.Links[2].Until = past
	e.Links[3].From, e.Links[3].Until = past, future
	e.Links[4].Markets, e.Links[4].From = []string{"SE"}, past
	r.put(e)
	get := func(path string, header ...string) string {
		t.Helper()
		return r.ask("GET", r.base+path, append([]string{"Accept", "*/*"}, header...)...).Header.Get("Location")
	}
	if got := get("/01/09506000134369/21/X"); got != "https://brand.example/before" {
		t.Errorf("of an unknown item: %q", got)
	}
	if got := get("/01/09506000134369?linkType=gs1:promotion"); got != "https://brand.example/now?linkType=gs1:promotion" {
		t.Errorf("promotion: %q", got)
	}
	if got := get("/01/09506000134369?linkType=gs1:promotion", "Accept-Language", "sv-SE"); got != "https://brand.example/sweden?linkType=gs1:promotion" {
		t.Errorf("promotion in Sweden: %q", got)
	}
	if _, err := r.links.SetRecall(t.Context(), "/01/09506000134369/10/BAD", "https://brand.example/recall", "Bring it back", link.Change{By: "test"}); err != nil {
		t.Fatal(err)
	}
	if got := get("/01/09506000134369/10/BAD/21/X"); got != "https://brand.example/recall" {
		t.Errorf("of the recalled lot: %q", got)
	}
	if got := get("/01/09506000134369/10/GOOD/21/X"); got != "https://brand.example/before" {
		t.Errorf("of another lot: %q", got)
	}
	if err := r.links.EndRecall(t.Context(), "/01/09506000134369/10/BAD", link.Change{By: "test"}); err != nil {
		t.Fatal(err)
	}
	if got := get("/01/09506000134369/10/BAD/21/X"); got != "https://brand.example/before" {
		t.Errorf("after the recall: %q", got)
	}
}

func TestTheDescriptionFileIsValidByItsSchema(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "data", "gs1", "resolver-description-file.schema.json")
	if dir := os.Getenv("TAGLINE_SHARED"); dir != "" {
		path = filepath.Join(dir, "data", "gs1", "resolver-description-file.schema.json")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Skip("NOT TESTED AGAINST GS1'S SCHEMA: no data/gs1 in ../../../shared or $TAGLINE_SHARED")
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("description.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("description.json")
	if err != nil {
		t.Fatal(err)
	}
	r := serveTLS(t)
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(r.ask("GET", r.base+"/.well-known/gs1resolver").body)))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Error(err)
	}
}

// A passport that stands is found by its link type and in the linkset, at its own
// level, without anybody writing a link.
func TestAPublishedPassportHasItsLink(t *testing.T) {
	r := serveTLS(t)
	r.stock()
	publish := func(lot string) passport.Anchor {
		t.Helper()
		d := passport.Document{GTIN: strings.TrimPrefix(bare, "/01/"), Lot: lot, Name: passport.Localized{"en": "Bare"}, Operator: &sheet.Operator{Name: "B Ltd", Address: "Here"},
			Sections: []sheet.Section{{Name: "contents", Label: passport.Localized{"en": "Contents"}, Attributes: []sheet.Attribute{
				{Name: "glass", Label: passport.Localized{"en": "Glass"}, Text: passport.Localized{"en": "GL 70"}}}}}}
		p, _, err := r.passports.Put(t.Context(), d, passport.Change{By: "test"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.passports.Publish(t.Context(), p.Anchor, passport.Change{By: "test"}); err != nil {
			t.Fatal(err)
		}
		return p.Anchor
	}
	get := func(path string) string {
		t.Helper()
		return r.ask("GET", r.base+path+"?linkType=gs1:dpp", "Accept", "*/*").Header.Get("Location")
	}
	if got := get(bare); got != "" {
		t.Errorf("before there is one: %q", got)
	}
	a := publish("")
	publish("L1")
	if got, want := get(bare+"/21/7"), r.base+"/passport"+bare+"?linkType=gs1:dpp"; got != want {
		t.Errorf("of an item: %q, want %q", got, want)
	}
	if got, want := get(bare+"/10/L1/21/7"), r.base+"/passport"+bare+"/10/L1?linkType=gs1:dpp"; got != want {
		t.Errorf("of an item of the lot: %q, want %q", got, want)
	}
	if page := r.ask("GET", get(bare), "Accept", "text/html"); page.StatusCode != 200 || !strings.Contains(string(page.body), "GL 70") {
		t.Errorf("the page behind it: %d %s", page.StatusCode, page.body)
	}
	shown := func() bool {
		return strings.Contains(string(r.ask("GET", r.base+bare, "Accept", "text/html").body), `href="/passport`+bare+`"`)
	}
	if !shown() {
		t.Error("the product's page does not lead to it")
	}
	set, err := readLinkset(r.ask("GET", r.base+bare+"/10/L1?linkType=linkset").body)
	if err != nil || len(set) != 2 || set[0][voc+"dpp"] == nil || set[1][voc+"dpp"] == nil || set[1][voc+"defaultLink"] == nil {
		t.Errorf("%v: %s", err, set)
	}
	if got := r.ask("GET", r.base+bare, "Accept", "*/*").Header.Get("Location"); got != r.base+"/p"+bare {
		t.Errorf("the default is now %q", got)
	}
	if _, err := r.passports.Withdraw(t.Context(), a, "A figure was wrong.", passport.Change{By: "test"}); err != nil {
		t.Fatal(err)
	}
	if got := get(bare); got != "" || shown() {
		t.Errorf("once it is withdrawn: %q, shown %v", got, shown())
	}
}

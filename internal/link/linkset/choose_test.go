package linkset_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/gs1"
	"tagline/internal/link/anchor"
	"tagline/internal/link/linkset"
	"tagline/internal/rule"
)

const gtin = "/01/09506000164908"

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// entry makes a stored entry and fails on what Check finds.
func entry(t testing.TB, anchor string, links ...linkset.Link) linkset.Record {
	t.Helper()
	e := linkset.Entry{Anchor: anchor, ItemDescription: "Item at " + anchor, Links: links}.Normalize()
	if ps := e.Check(); len(ps) > 0 {
		t.Fatalf("%s: %v", anchor, ps)
	}
	return linkset.Record{Entry: e, Version: 1, Changed: noon}
}

// to makes a link whose address and id are its name, with changes.
func to(name, linkType string, change ...func(*linkset.Link)) linkset.Link {
	l := linkset.Link{ID: name, LinkType: linkType, Href: "https://brand.example/" + name, Title: "To " + name}
	for _, c := range change {
		c(&l)
	}
	return l
}

func asDefault(l *linkset.Link) { l.Default = true }
func inMulti(l *linkset.Link)   { l.Multi = true }
func hidden(l *linkset.Link)    { no := false; l.Public = &no }
func in(langs ...string) func(*linkset.Link) {
	return func(l *linkset.Link) { l.Hreflang = langs }
}
func as(media string) func(*linkset.Link)       { return func(l *linkset.Link) { l.MediaType = media } }
func about(words ...string) func(*linkset.Link) { return func(l *linkset.Link) { l.Context = words } }
func at(markets ...string) func(*linkset.Link)  { return func(l *linkset.Link) { l.Markets = markets } }
func when(c rule.Condition) func(*linkset.Link) { return func(l *linkset.Link) { l.When = c } }
func until(at time.Time) func(*linkset.Link)    { return func(l *linkset.Link) { l.Until = at } }
func from(at time.Time) func(*linkset.Link)     { return func(l *linkset.Link) { l.From = at } }
func href(s string) func(*linkset.Link)         { return func(l *linkset.Link) { l.Href = s } }
func titled(s string) func(*linkset.Link)       { return func(l *linkset.Link) { l.Title = s } }

func parse(t testing.TB, path string) gs1.Link {
	t.Helper()
	path, query, _ := strings.Cut(path, "?")
	l, err := gs1.ParseLinkPath(path, query)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return l
}

// answer says what a choice is in a word: the id of a link, or of several.
func answer(c linkset.Choice) string {
	switch c.Outcome {
	case linkset.One:
		return c.One.ID
	case linkset.Several:
		var ids []string
		for _, s := range c.Several {
			ids = append(ids, s.ID)
		}
		return "300 " + strings.Join(ids, " ")
	case linkset.NoSuchType:
		return "404 type"
	case linkset.HandedOver:
		return "to " + c.HandOver()
	}
	return "404"
}

func TestTheNarrowestEntryAnswers(t *testing.T) {
	sealed := rule.Is("seal", rule.Text("opened"))
	records := []linkset.Record{
		entry(t, gtin, to("pip", "gs1:pip", asDefault), to("help", "gs1:support"), to("epil", "gs1:epil")),
		entry(t, gtin+"/10/LOT1", to("lot", "gs1:pip", asDefault), to("lothelp", "gs1:support")),
		entry(t, gtin+"/10/{lot}", to("anylot", "gs1:pip", asDefault, href("https://brand.example/lots/{lot}?l={lot}"))),
		entry(t, gtin+"/10/LOT1/21/{s}", to("lotserial", "gs1:pip", asDefault)),
		entry(t, gtin+"/10/{lot}/21/S9", to("serialanylot", "gs1:traceability")),
		entry(t, gtin+"/21/S1", to("serial", "gs1:registerProduct", asDefault)),
		entry(t, gtin+"/21/S2", to("opened", "gs1:recipeInfo", asDefault, when(sealed)), to("closed", "gs1:pip", asDefault)),
		entry(t, gtin+"/22/V1", to("variant", "gs1:pip", asDefault)),
	}
	set := linkset.Compile(records)
	opened := &linkset.Situation{Seal: "opened"}
	for _, row := range []struct {
		name, path, linkType string
		facts                rule.Facts
		want                 string
	}{
		{"the key", gtin, "", nil, "pip"},
		{"an exact lot", gtin + "/10/LOT1", "", nil, "lot"},
		{"any lot", gtin + "/10/X", "", nil, "anylot"},
		{"a lot in other letters is another lot", gtin + "/10/lot1", "", nil, "anylot"},
		{"more levels beat fewer", gtin + "/10/LOT1/21/S7", "", nil, "lotserial"},
		{"the more exact inside", gtin + "/10/LOT1/21/S9", "gs1:traceability", nil, "serialanylot"},
		{"all qualifiers of an entry must be there", gtin + "/10/X/21/S7", "", nil, "anylot"},
		{"a serial is narrower than a lot", gtin + "/10/X/21/S1", "", nil, "serial"},
		{"an unknown qualifier walks up", gtin + "/21/S77", "", nil, "pip"},
		{"a type is taken where it is first met", gtin + "/10/LOT1", "gs1:support", nil, "lothelp"},
		{"or from further up", gtin + "/10/LOT1", "gs1:epil", nil, "epil"},
		{"an unknown type", gtin, "gs1:nosuchlt", nil, "404 type"},
		{"no type at all", gtin, "!!", nil, "404 type"},
		{"the default by its name", gtin + "/10/LOT1", "gs1:defaultLink", nil, "lot"},
		{"before the condition holds", gtin + "/21/S2", "", nil, "closed"},
		{"and when it does", gtin + "/21/S2", "", opened, "opened"},
		{"the variant", gtin + "/22/V1/21/S7", "", nil, "variant"},
		{"a step in a path is no lot", gtin + "/10/..", "", nil, "pip"},
		{"every spelling", gtin, "https://ref.gs1.org/voc/support", nil, "help"},
		{"older", gtin, "https://gs1.org/voc/support", nil, "help"},
		{"oldest", gtin, "https://www.gs1.org/voc/support", nil, "help"},
		{"escaped twice", gtin, "gs1%3Asupport", nil, "help"},
	} {
		c := set.Levels(parse(t, row.path), noon, row.facts).Choose(linkset.Ask{LinkType: row.linkType})
		if got := answer(c); got != row.want {
			t.Errorf("%s: %s gives %s, not %s", row.name, row.path, got, row.want)
		}
	}
	c := set.Levels(parse(t, gtin+"/10/A%2FB%3D"), noon, nil).Choose(linkset.Ask{})
	if got := c.One.Target("a=1"); got != "https://brand.example/lots/A%2FB%3D?l=A%2FB%3D&a=1" {
		t.Errorf("substituted: %s", got)
	}
	slices.Reverse(records)
	for _, path := range []string{gtin, gtin + "/10/LOT1/21/S9", gtin + "/10/LOT1"} {
		l := parse(t, path)
		a, b := set.Levels(l, noon, nil).Linkset("https://x.example"), linkset.Compile(records).Levels(l, noon, nil).Linkset("https://x.example")
		if string(a) != string(b) {
			t.Errorf("the order of entries matters:\n%s\n%s", a, b)
		}
	}
}

func TestARequestChoosesAmongLinksOfOneType(t *testing.T) {
	set := linkset.Compile([]linkset.Record{entry(t, gtin,
		to("en", "gs1:pip", asDefault, inMulti, in("en"), as("text/html")),
		to("de", "gs1:pip", inMulti, in("de"), as("text/html")),
		to("pdf", "gs1:pip", inMulti, in("de"), as("application/pdf")),
		to("ld", "gs1:masterData", as("application/ld+json")),
		to("csv", "gs1:masterData", as("text/csv")),
		to("twin1", "gs1:faqs", in("en")), to("twin2", "gs1:faqs", in("en")),
		to("shopde", "gs1:hasRetailers", at("DE", "AT")), to("shopgb", "gs1:hasRetailers", at("GB")), to("shop", "gs1:hasRetailers"),
		to("pro", "gs1:support", about("professionals")), to("folk", "gs1:support"),
		to("gone", "gs1:dpp", until(noon)), to("soon", "gs1:dpp", from(noon.Add(time.Hour))), to("hid", "gs1:dpp", hidden),
		to("only", "gs1:epil", about("DE")), to("only2", "gs1:epil", about("FR")),
	)})
	for _, row := range []struct {
		name string
		ask  linkset.Ask
		want string
	}{
		{"nothing asked", linkset.Ask{}, "en"},
		{"anything is welcome", linkset.Ask{Accept: "*/*"}, "en"},
		{"a language of the default's set", linkset.Ask{AcceptLanguage: "de-AT,de;q=0.9", Accept: "text/html"}, "de"},
		{"a language and a type", linkset.Ask{AcceptLanguage: "de", Accept: "application/pdf"}, "pdf"},
		{"never several without a type", linkset.Ask{AcceptLanguage: "de"}, "en"},
		{"an unknown language", linkset.Ask{AcceptLanguage: "fr", Accept: "text/html,*/*;q=0.8"}, "en"},
		{"the default by name is not negotiated", linkset.Ask{LinkType: "gs1:defaultLink", AcceptLanguage: "de", Accept: "text/html"}, "en"},
		{"the set by name", linkset.Ask{LinkType: "gs1:defaultLinkMulti", AcceptLanguage: "de", Accept: "text/html"}, "de"},
		{"of one type, several", linkset.Ask{LinkType: "gs1:pip", AcceptLanguage: "de"}, "300 de pdf"},
		{"weights decide", linkset.Ask{LinkType: "gs1:pip", AcceptLanguage: "de;q=0.1,en;q=0.2"}, "en"},
		{"the tester's space", linkset.Ask{LinkType: "gs1:masterData", Accept: "application/ld json"}, "ld"},
		{"the tester's undefined", linkset.Ask{LinkType: "gs1:masterData", Accept: "undefined"}, "300 ld csv"},
		{"twins", linkset.Ask{LinkType: "gs1:faqs", AcceptLanguage: "en"}, "300 twin1 twin2"},
		{"the market", linkset.Ask{LinkType: "gs1:hasRetailers", Market: "AT"}, "shopde"},
		{"another market", linkset.Ask{LinkType: "gs1:hasRetailers", Market: "US"}, "shop"},
		{"no market", linkset.Ask{LinkType: "gs1:hasRetailers"}, "shop"},
		{"a market as context", linkset.Ask{LinkType: "gs1:hasRetailers", Context: "gb"}, "shopgb"},
		{"a context", linkset.Ask{LinkType: "gs1:support", Context: "professionals"}, "pro"},
		{"an unknown context", linkset.Ask{LinkType: "gs1:support", Context: "pets"}, "folk"},
		{"no context", linkset.Ask{LinkType: "gs1:support"}, "folk"},
		{"only with context", linkset.Ask{LinkType: "gs1:epil"}, "300 only only2"},
		{"over, not yet, and hidden", linkset.Ask{LinkType: "gs1:dpp"}, "404 type"},
	} {
		if got := answer(set.Levels(parse(t, gtin), noon, nil).Choose(row.ask)); got != row.want {
			t.Errorf("%s: %+v gives %s, not %s", row.name, row.ask, got, row.want)
		}
	}
	if got := answer(set.Levels(parse(t, gtin), noon.Add(time.Hour), nil).Choose(linkset.Ask{LinkType: "gs1:dpp"})); got != "soon" {
		t.Errorf("an hour later: %s", got)
	}
	if got := answer(linkset.Compile(nil).Levels(parse(t, gtin), noon, nil).Choose(linkset.Ask{})); got != "404" {
		t.Errorf("nothing there: %s", got)
	}
}

func TestPrefixesAnswerWhereNothingElseDoes(t *testing.T) {
	other := entry(t, "/*/9506*", to("x", "gs1:pip", asDefault))
	other.HandledBy, other.Links = "https://other.example/gs1/", nil
	set := func(paths ...string) *linkset.Set {
		var all []linkset.Record
		for _, r := range []linkset.Record{
			entry(t, "/8003/095060001343*", to("crate", "gs1:pip", asDefault, href("https://brand.example/{0}/{1}"), titled("Crate {1}"))),
			entry(t, "/8003/09506000134352*", to("closer", "gs1:pip", asDefault)), other,
		} {
			if slices.Contains(paths, r.Anchor) {
				all = append(all, r)
			}
		}
		return linkset.Compile(all)
	}
	ask := func(path, linkType string) (string, string) {
		l := parse(t, path)
		c := set(anchor.Prefixes(l.Key())...).Levels(l, noon, nil).Choose(linkset.Ask{LinkType: linkType})
		if c.Outcome == linkset.One {
			return answer(c), c.One.Target("") + " " + c.One.Text()
		}
		return answer(c), ""
	}
	if id, target := ask("/8003/09506000134376A%2F1", ""); id != "crate" || target != "https://brand.example/095060001343/76A%2F1 Crate 76A/1" {
		t.Error(id, target)
	}
	if id, _ := ask("/8003/09506000134352X", ""); id != "closer" {
		t.Error("the longest prefix:", id)
	}
	want := "to https://other.example/gs1/01/09506000134352/10/A%2FB?17=271231&linkType=gs1:pip&x=1"
	if id, _ := ask("/01/09506000134352/10/A%2FB?x=1&17=271231&linkType=gs1:pip", "gs1:pip"); id != want {
		t.Error("handed over:", id)
	}
	if id, _ := ask("/01/04012345123456", ""); id != "404" {
		t.Error("another company:", id)
	}
}

func TestARecallGoesBeforeEverything(t *testing.T) {
	recall := to("recall", "gs1:recallStatus")
	base := []linkset.Record{
		entry(t, gtin, to("pip", "gs1:pip", asDefault, inMulti, in("en")), to("pipde", "gs1:pip", inMulti, in("de")),
			to("offer", "gs1:promotion"), to("shop", "gs1:hasRetailers"), to("help", "gs1:support")),
		entry(t, gtin+"/21/S1", to("mine", "gs1:registerProduct", asDefault)),
	}
	for _, row := range []struct {
		name, where, path string
		ask               linkset.Ask
		want              string
	}{
		{"the lot", gtin + "/10/BAD", gtin + "/10/BAD", linkset.Ask{}, "recall"},
		{"whatever the language", gtin + "/10/BAD", gtin + "/10/BAD", linkset.Ask{AcceptLanguage: "de"}, "recall"},
		{"another lot", gtin + "/10/BAD", gtin + "/10/GOOD", linkset.Ask{AcceptLanguage: "de"}, "pipde"},
		{"an item of the lot", gtin + "/10/BAD", gtin + "/10/BAD/21/S1", linkset.Ask{}, "recall"},
		{"an offer", gtin + "/10/BAD", gtin + "/10/BAD", linkset.Ask{LinkType: "gs1:promotion"}, "recall"},
		{"a shop", gtin + "/10/BAD", gtin + "/10/BAD/21/S1", linkset.Ask{LinkType: "gs1:hasRetailers"}, "recall"},
		{"help stays help", gtin + "/10/BAD", gtin + "/10/BAD", linkset.Ask{LinkType: "gs1:support"}, "help"},
		{"the whole product", gtin, gtin + "/10/GOOD/21/S1", linkset.Ask{}, "recall"},
	} {
		records := slices.Clone(base)
		if row.where == gtin {
			records[0].Links = append(slices.Clone(records[0].Links), recall)
		} else {
			records = append(records, entry(t, row.where, recall))
		}
		levels := linkset.Compile(records).Levels(parse(t, row.path), noon, nil)
		if got := answer(levels.Choose(row.ask)); got != row.want {
			t.Errorf("%s: %s, not %s", row.name, got, row.want)
		}
		if set := string(levels.Linkset("https://id.example")); levels.Recalled() && (strings.Contains(set, "promotion") || strings.Contains(set, "defaultLinkMulti") || strings.Contains(set, "registerProduct")) {
			t.Errorf("%s: withheld links in %s", row.name, set)
		}
	}
	over := recall
	over.Until = noon
	records := append(slices.Clone(base), entry(t, gtin+"/10/BAD", over))
	if got := answer(linkset.Compile(records).Levels(parse(t, gtin+"/10/BAD"), noon, nil).Choose(linkset.Ask{})); got != "pip" {
		t.Errorf("a recall that is over: %s", got)
	}
}

func TestTheQueryIsPassedOn(t *testing.T) {
	for _, row := range []struct{ name, target, query, want string }{
		{"none", "https://b.example/p", "", "https://b.example/p"},
		{"an empty one adds nothing", "https://b.example/p", "&&", "https://b.example/p"},
		{"one question mark", "https://b.example/p?a=1", "b=2", "https://b.example/p?a=1&b=2"},
		{"before the fragment", "https://b.example/p#top", "b=2", "https://b.example/p?b=2#top"},
		{"a question mark in the fragment", "https://b.example/p#a?b", "b=2", "https://b.example/p?b=2#a?b"},
		{"behind a bare question mark", "https://b.example/p?", "b=2", "https://b.example/p?b=2"},
		{"behind a bare ampersand", "https://b.example/p?a&", "b=2", "https://b.example/p?a&b=2"},
		{"linkType first, the rest as it came", "https://b.example/p", "z=%2f&17=271231&linkType=gs1:pip&a", "https://b.example/p?linkType=gs1:pip&z=%2f&17=271231&a"},
		{"an empty fragment stays", "https://b.example/p#", "b=2", "https://b.example/p?b=2#"},
	} {
		if got := linkset.Target(&linkset.Link{Href: row.target}, nil, row.query); got != row.want {
			t.Errorf("%s: %s", row.name, got)
		}
	}
	no := false
	l := &linkset.Link{Href: "https://b.example/{lot}#{lot}", FWQS: &no}
	if got := linkset.Target(l, []linkset.Value{{Name: "lot", Text: "a/b#?&ü"}}, "b=2"); got != "https://b.example/a%2Fb%23%3F%26%C3%BC#a%2Fb%23%3F%26%C3%BC" {
		t.Errorf("without query, escaped: %s", got)
	}
}

func TestCheckNamesEveryFault(t *testing.T) {
	ok := to("a", "gs1:pip", asDefault)
	for _, row := range []struct {
		path  string
		entry linkset.Entry
	}{
		{"anchor", linkset.Entry{Anchor: "/01/1", Links: []linkset.Link{ok}}},
		{"links", linkset.Entry{}},
		{"handledBy", linkset.Entry{HandledBy: "ftp://x.example"}},
		{"links[0].linktype", linkset.Entry{Links: []linkset.Link{to("a", "gs1:nosuch", asDefault)}}},
		{"links[0].linktype", linkset.Entry{Links: []linkset.Link{to("a", "gs1:defaultLink", asDefault)}}},
		{"links[0].linktype", linkset.Entry{Links: []linkset.Link{to("a", "https://brand.example/voc/Pip", asDefault)}}},
		{"links[0].linktype", linkset.Entry{Links: []linkset.Link{to("a", "https://brand.example/my-type", asDefault)}}},
		{"links[0].linktype", linkset.Entry{Links: []linkset.Link{to("a", "pip", asDefault)}}},
		{"links[0].href", linkset.Entry{Links: []linkset.Link{to("a", "gs1:pip", asDefault, href("app://x"))}}},
		{"links[0].href", linkset.Entry{Links: []linkset.Link{to("a", "gs1:pip", asDefault, href("https://{lot}.example/"))}}},
		{"links[0].href", linkset.Entry{Links: []linkset.Link{to("a", "gs1:pip", asDefault, href("https://x.example/{lot}"))}}},
		{"links[0].href", linkset.Entry{Links: []linkset.Link{to("a", "gs1:pip", asDefault, href("https://me:pw@x.example/"))}}},
		{"links[0].href", linkset.Entry{Links: []linkset.Link{to("a", "gs1:pip", asDefault, href("https://x.example/ü"))}}},
		{"links[0].title", linkset.Entry{Links: []linkset.Link{to("a", "gs1:pip", asDefault, titled(" "))}}},
		{"links[0].title", linkset.Entry{Links: []linkset.Link{to("a", "gs1:pip", asDefault, titled("{lot}"))}}},
		{"links[0].type", linkset.Entry{Links: []linkset.Link{to("a", "gs1:pip", asDefault, as("text/html; charset=utf-8"))}}},
		{"links[0].hreflang[1]", linkset.Entry{Links: []linkset.Link{to("a", "gs1:pip", asDefault, in("en", "zh-Hans"))}}},
		{"links[0].markets[0]", linkset.Entry{Links: []linkset.Link{to("a", "gs1:pip", asDefault, at("DEU"))}}},
		{"links[0].until", linkset.Entry{Links: []linkset.Link{ok, to("b", "gs1:pip", from(noon), until(noon))}[1:]}},
		{"links[0].when.fact", linkset.Entry{Links: []linkset.Link{to("b", "gs1:pip", when(rule.Is("weather", rule.Text("wet"))))}}},
		{"links[1].default", linkset.Entry{Links: []linkset.Link{ok, to("b", "gs1:faqs", asDefault)}}},
		{"links[1].multi", linkset.Entry{Links: []linkset.Link{ok, to("b", "gs1:faqs", inMulti)}}},
		{"links[1].multi", linkset.Entry{Links: []linkset.Link{to("a", "gs1:pip", inMulti), to("b", "gs1:pip", inMulti)}}},
		{"links[1].id", linkset.Entry{Links: []linkset.Link{ok, to("a", "gs1:faqs")}}},
	} {
		if row.entry.Anchor == "" {
			row.entry.Anchor = gtin
		}
		row.entry.ItemDescription = "x"
		ps := row.entry.Normalize().Check()
		if len(ps) != 1 || ps[0].Path.String() != row.path {
			t.Errorf("want one fault at %s: %v", row.path, ps)
		}
	}
}

func TestIDsStayWithTheirLinks(t *testing.T) {
	plain := func(l linkset.Link) linkset.Link { l.ID = ""; return l }
	before := linkset.Entry{Anchor: gtin, Links: []linkset.Link{plain(to("a", "gs1:pip", in("en"))), plain(to("b", "gs1:pip", in("de")))}}.Normalize()
	again := linkset.Entry{Anchor: gtin, Links: []linkset.Link{plain(to("b", "gs1:pip", in("de"))), plain(to("a", "gs1:pip", in("en")))}}.Normalize()
	if before.Links[0].ID == "" || before.Links[0].ID == before.Links[1].ID || before.Links[0].ID != again.Links[1].ID {
		t.Fatalf("%s %s %s", before.Links[0].ID, before.Links[1].ID, again.Links[1].ID)
	}
	moved := linkset.Entry{Anchor: gtin, Links: []linkset.Link{plain(to("elsewhere", "gs1:pip", in("de")))}}.KeepIDs(before)
	if moved.Links[0].ID != before.Links[1].ID {
		t.Error("a link whose address changed is the same link")
	}
}

func TestReferencesAreRead(t *testing.T) {
	set := linkset.Compile([]linkset.Record{
		entry(t, gtin, to("pip", "gs1:pip", asDefault), to("t1", "https://brand.example/voc/x"), to("t2", "https://brand.example/voc/x")),
		entry(t, gtin+"/10/{lot}", to("lot", "gs1:pip", asDefault)),
	})
	for path, want := range map[string]linkset.Ref{
		gtin:              {Level: "01", Type: "gs1:pip", ID: "pip"},
		gtin + "/10/SEC;": {Level: "01+10", Type: "gs1:pip", ID: "lot"},
		gtin + "?linkType=https://brand.example/voc/x": {Level: "01", Type: "https://brand.example/voc/x"},
	} {
		l := parse(t, path)
		linkType, _ := linkset.Asked(l)
		s := linkset.Reference(set.Levels(l, noon, nil).Choose(linkset.Ask{LinkType: linkType}))
		got, ok := linkset.ParseReference(s)
		if !ok || got != want || strings.Contains(s, "SEC") {
			t.Errorf("%s: %q %+v", path, s, got)
		}
	}
	for _, s := range []string{"", "gin-story", "link:", "link:01:gs1:pip", "link:a:gs1:pip:x", "link:01:gs1:pip:X Y", "link::gs1:pip:x"} {
		if r, ok := linkset.ParseReference(s); ok {
			t.Errorf("%q was read as %+v", s, r)
		}
	}
}

// The types of the vocabulary that is beside the checkout, when it is there.
func TestAllLinkTypesOfTheVocabularyAreKnown(t *testing.T) {
	b := shared(t, "link-types.json")
	var voc struct{ LinkTypes []struct{ Name string } }
	if err := json.Unmarshal(b, &voc); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, v := range voc.LinkTypes {
		names = append(names, v.Name)
	}
	if !slices.Equal(names, linkset.Types()) {
		t.Errorf("%v\n%v", names, linkset.Types())
	}
}

func shared(t testing.TB, name string) []byte {
	t.Helper()
	for _, dir := range []string{os.Getenv("TAGLINE_SHARED"), filepath.Join("..", "..", "..", "..", "shared")} {
		if dir == "" {
			continue
		}
		if b, err := os.ReadFile(filepath.Join(dir, "data", "gs1", name)); err == nil {
			return b
		}
	}
	t.Skipf("NOT TESTED AGAINST GS1'S %s: no data/gs1 in ../../../../shared or $TAGLINE_SHARED", name)
	return nil
}

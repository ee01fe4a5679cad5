package linkset_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tagline/internal/link/anchor"
	"tagline/internal/link/linkset"
	"tagline/internal/rule"
)

// What GS1's schema of a linkset asks for, in our words, so that it is tested
// without the schema too.
var (
	relationForm = regexp.MustCompile(`^([a-z-]+|https?://[a-zA-Z0-9./]+)$`)
	webForm      = regexp.MustCompile(`^https?://[a-zA-Z0-9./]+`)
	languageForm = regexp.MustCompile(`^[A-Za-z]{2}(-[A-Za-z]{2})?$`)
	typeForm     = regexp.MustCompile(`^\w+/[-+.\w]+$`)
)

type target struct {
	Href     string   `json:"href"`
	Title    string   `json:"title"`
	Type     *string  `json:"type"`
	Hreflang []string `json:"hreflang"`
	Context  []string `json:"context"`
	FWQS     *bool    `json:"fwqs"`
}

// assertLinkset checks a document by hand and gives its objects.
func assertLinkset(t testing.TB, doc []byte) []map[string][]target {
	t.Helper()
	var top map[string][]map[string]json.RawMessage
	if err := json.Unmarshal(doc, &top); err != nil || len(top) != 1 || top["linkset"] == nil {
		t.Fatalf("no linkset: %v\n%s", err, doc)
	}
	var all []map[string][]target
	for _, object := range top["linkset"] {
		relations := map[string][]target{}
		var anchor, description string
		if json.Unmarshal(object["anchor"], &anchor) != nil || !webForm.MatchString(anchor) ||
			json.Unmarshal(object["itemDescription"], &description) != nil || description == "" {
			t.Errorf("anchor %q, description %q", anchor, description)
		}
		for name, raw := range object {
			if name == "anchor" || name == "itemDescription" {
				continue
			}
			if !relationForm.MatchString(name) {
				t.Errorf("relation %s", name)
			}
			var links []target
			d := json.NewDecoder(strings.NewReader(string(raw)))
			d.DisallowUnknownFields()
			if err := d.Decode(&links); err != nil || len(links) == 0 || strings.Contains(string(raw), "null") {
				t.Errorf("%s: %v %s", name, err, raw)
			}
			for _, l := range links {
				if !webForm.MatchString(l.Href) || l.Title == "" || l.Type != nil && !typeForm.MatchString(*l.Type) {
					t.Errorf("%s: %+v", name, l)
				}
				for _, h := range l.Hreflang {
					if !languageForm.MatchString(h) {
						t.Errorf("%s: hreflang %s", name, h)
					}
				}
			}
			relations[name] = links
		}
		all = append(all, relations)
	}
	return all
}

// expression adds to Go's expressions the one look ahead of GS1's schema.
type expression struct {
	*regexp.Regexp
	ahead bool
}

func (e expression) MatchString(s string) bool {
	return !(e.ahead && (strings.HasPrefix(s, "anchor") || strings.HasPrefix(s, "itemDescription"))) && e.Regexp.MatchString(s)
}

// schema gives GS1's schema when it is beside the checkout, else nil.
func schema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(shared(t, "linkset.schema.json"))))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.UseRegexpEngine(func(pattern string) (jsonschema.Regexp, error) {
		rest, ahead := strings.CutPrefix(pattern, `(?!(anchor|itemDescription))`)
		re, err := regexp.Compile(rest)
		return expression{re, ahead}, err
	})
	if err := c.AddResource("linkset.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("linkset.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestALinksetHasOneObjectForEachLevel(t *testing.T) {
	yes := true
	set := linkset.Compile([]linkset.Record{
		entry(t, gtin, to("en", "gs1:pip", asDefault, inMulti, in("en", "en-GB"), as("text/html"), about("DE")),
			to("de", "gs1:pip", inMulti, in("de"), at("DE", "AT"), func(l *linkset.Link) { l.FWQS = &yes }),
			to("own", "https://brand.example/voc/story", titled(`Öl & <b>"Salz"</b>`)), to("iana", "license"), to("no", "gs1:dpp", hidden)),
		entry(t, gtin+"/10/{lot}", to("lot", "gs1:epil", asDefault, href("https://brand.example/{lot}"), titled("Lot {lot}"))),
		entry(t, gtin+"/21/S1", to("later", "gs1:pip", asDefault, when(rule.Is("seal", rule.Text("opened")))), to("last", "gs1:faqs", asDefault)),
	})
	got := set.Levels(parse(t, gtin+"/10/A%2FB/21/S1"), noon, nil).Linkset("https://id.example/")
	const want = `{"linkset":[` +
		`{"anchor":"https://id.example/01/09506000164908/21/S1","itemDescription":"Item at /01/09506000164908/21/S1",` +
		`"https://ref.gs1.org/voc/defaultLink":[{"href":"https://brand.example/last","title":"To last"}],` +
		`"https://ref.gs1.org/voc/faqs":[{"href":"https://brand.example/last","title":"To last"}]},` +
		`{"anchor":"https://id.example/01/09506000164908/10/A%2FB","itemDescription":"Item at /01/09506000164908/10/{lot}",` +
		`"https://ref.gs1.org/voc/defaultLink":[{"href":"https://brand.example/A%2FB","title":"Lot A/B"}],` +
		`"https://ref.gs1.org/voc/epil":[{"href":"https://brand.example/A%2FB","title":"Lot A/B"}]},` +
		`{"anchor":"https://id.example/01/09506000164908","itemDescription":"Item at /01/09506000164908",` +
		`"https://ref.gs1.org/voc/defaultLink":[{"href":"https://brand.example/en","title":"To en"}],` +
		`"https://ref.gs1.org/voc/pip":[{"href":"https://brand.example/en","title":"To en","type":"text/html","hreflang":["en","en-GB"],"context":["DE"]},` +
		`{"href":"https://brand.example/de","title":"To de","hreflang":["de"],"context":["DE","AT"],"fwqs":true}],` +
		`"https://brand.example/voc/story":[{"href":"https://brand.example/own","title":"Öl & <b>\"Salz\"</b>"}],` +
		`"license":[{"href":"https://brand.example/iana","title":"To iana"}]}]}`
	// Own addresses sort before gs1: by what is written, so compare without an order of members.
	if !sameJSON(t, string(got), want) {
		t.Errorf("%s\n%s", got, want)
	}
	assertLinkset(t, got)
	twins := linkset.Compile([]linkset.Record{entry(t, gtin, to("a", "gs1:pip", asDefault), to("b", "gs1:faqs"), to("c", "gs1:faqs"))})
	body := twins.Levels(parse(t, gtin), noon, nil).Choose(linkset.Ask{LinkType: "gs1:faqs"}).Linkset("https://id.example")
	if objects := assertLinkset(t, body); len(objects) != 1 || len(objects[0]) != 1 || len(objects[0]["https://ref.gs1.org/voc/faqs"]) != 2 {
		t.Errorf("the body of a 300: %s", body)
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

// chance makes entries that Check finds nothing wrong with.
type chance struct{ *rand.Rand }

func (r chance) pick(list ...string) string { return list[r.IntN(len(list))] }

func (r chance) entry(path string) linkset.Entry {
	e := linkset.Entry{Anchor: path, ItemDescription: r.pick("A \"thing\"", "Ding <ä>", "a\u2028b")}
	a, err := anchor.Parse(path)
	if err != nil {
		panic(err)
	}
	place := ""
	if p := a.Places(); len(p) > 0 {
		place = "{" + p[r.IntN(len(p))] + "}"
	}
	for range 1 + r.IntN(5) {
		l := linkset.Link{
			LinkType: r.pick("gs1:pip", "gs1:faqs", "gs1:promotion", "gs1:recallStatus", "license", "https://brand.example/voc/a"),
			Href:     r.pick("https://brand.example/", "http://1.example/?a=b") + r.pick("", "x", place), Title: r.pick("Title", "A "+place, "\\\"<&>"),
			MediaType: r.pick("", "text/html", "application/ld+json"), Multi: r.IntN(2) == 0,
		}
		for _, lang := range []string{"en", "de", "de-AT"} {
			if r.IntN(4) == 0 {
				l.Hreflang = append(l.Hreflang, lang)
			}
		}
		if r.IntN(4) == 0 {
			l.Markets, l.Context = []string{r.pick("DE", "GB")}, []string{r.pick("DE", "a b")}
		}
		if r.IntN(4) == 0 {
			l.When = rule.Is("seal", rule.Text(r.pick("opened", "sealed")))
		}
		if r.IntN(4) == 0 {
			l.Until = noon.Add(time.Duration(r.IntN(3)-1) * time.Hour)
		}
		if r.IntN(6) == 0 {
			hidden(&l)
		}
		e.Links = append(e.Links, l)
	}
	e.Links = append(e.Links, linkset.Link{LinkType: "gs1:pip", Href: "https://brand.example/d", Title: "D", Default: true})
	if r.IntN(3) == 0 {
		e.Links[0].Default = e.Links[0].IsPublic() && !e.Links[0].Always()
	}
	multis := 0
	for _, l := range e.Links {
		if l.Multi {
			multis++
		}
	}
	if multis == 1 {
		e.Links[len(e.Links)-1].Multi = true
	}
	return e.Normalize()
}

func TestEveryLinksetIsValidAndEveryAnswerStandsInIt(t *testing.T) {
	anchors := []string{gtin, gtin + "/10/L", gtin + "/10/{lot}", gtin + "/21/S", gtin + "/10/{lot}/21/{s}", gtin + "/22/V"}
	paths := []string{gtin, gtin + "/10/L", gtin + "/10/M%2F", gtin + "/10/L/21/S", gtin + "/22/V/21/T"}
	var s *jsonschema.Schema
	t.Run("schema", func(t *testing.T) { s = schema(t) })
	r := chance{rand.New(rand.NewPCG(1, 2))}
	for range 500 {
		var records []linkset.Record
		for _, a := range anchors {
			if a != gtin && r.IntN(2) == 0 {
				continue
			}
			e := r.entry(a)
			if ps := e.Check(); len(ps) > 0 {
				t.Fatal(ps)
			}
			records = append(records, linkset.Record{Entry: e})
		}
		levels := linkset.Compile(records).Levels(parse(t, r.pick(paths...)), noon, &linkset.Situation{Seal: r.pick("", "sealed", "opened")})
		doc := levels.Linkset("https://id.example")
		objects := assertLinkset(t, doc)
		if s != nil {
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(doc)))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(v); err != nil {
				t.Fatalf("%v\n%s", err, doc)
			}
		}
		var first *target
		for _, o := range objects {
			d := o[linkset.Vocabulary+"defaultLink"]
			if len(d) > 1 {
				t.Errorf("several defaults: %s", doc)
			}
			if len(d) == 1 && first == nil {
				first = &d[0]
			}
			for _, of := range [][]target{d, o[linkset.Vocabulary+"defaultLinkMulti"]} {
				for _, l := range of {
					if !listed(o, l.Href) {
						t.Errorf("%s stands under no type of its own: %s", l.Href, doc)
					}
				}
			}
			if m := o[linkset.Vocabulary+"defaultLinkMulti"]; len(m) == 1 {
				t.Errorf("a set of one: %s", doc)
			}
		}
		c := levels.Choose(linkset.Ask{Accept: "*/*"})
		if first == nil || c.Outcome != linkset.One || c.One.Target("") != first.Href {
			t.Errorf("the default answers %s, the linkset says %+v: %s", c.One.Target(""), first, doc)
		}
		for _, lang := range []string{"en", "de", "de-AT;q=0.1, en"} {
			if c := levels.Choose(linkset.Ask{AcceptLanguage: lang, Accept: "text/html"}); c.Outcome != linkset.One {
				t.Errorf("without a type: %+v", c.Outcome)
			}
		}
	}
}

func listed(o map[string][]target, href string) bool {
	for name, links := range o {
		for _, l := range links {
			if l.Href == href && !strings.Contains(name, "/defaultLink") {
				return true
			}
		}
	}
	return false
}

func FuzzTypes(f *testing.F) {
	for _, s := range []string{"gs1:pip", "https://www.gs1.org/voc/pip", "gs1%3Apip", "license", "link:01+10:gs1:pip:a1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := linkset.ParseType(s); err == nil {
			if again, err := linkset.ParseType(c); err != nil || again != c || !relationForm.MatchString(linkset.TypeURI(c)) {
				t.Errorf("%q gives %q, and that %q: %v", s, c, again, err)
			}
		}
		if r, ok := linkset.ParseReference(s); ok && r.String() != s {
			t.Errorf("%q gives %q", s, r.String())
		}
	})
}

func BenchmarkLevelsAndChoose(b *testing.B) {
	set := linkset.Compile([]linkset.Record{
		entry(b, gtin, to("en", "gs1:pip", asDefault, inMulti, in("en"), as("text/html")), to("de", "gs1:pip", inMulti, in("de"), as("text/html")), to("help", "gs1:support")),
		entry(b, gtin+"/10/{lot}", to("lot", "gs1:epil", asDefault, href("https://brand.example/{lot}"))),
		entry(b, gtin+"/21/S1", to("mine", "gs1:registerProduct")),
	})
	l := parse(b, gtin+"/21/S2")
	ask := linkset.Ask{Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", AcceptLanguage: "de-AT,de;q=0.9,en;q=0.8"}
	b.ReportAllocs()
	for b.Loop() {
		if c := set.Levels(l, noon, nil).Choose(ask); c.One.ID != "de" {
			b.Fatal(c.One.ID)
		}
	}
}

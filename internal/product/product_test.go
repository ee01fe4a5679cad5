package product_test

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"tagline/internal/manifest"
	"tagline/internal/model"
	"tagline/internal/product"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGTINsOfAllLengthsBecomeFourteenDigits(t *testing.T) {
	for _, row := range []struct{ name, in, want, hint string }{
		{"14", "09506000134352", "09506000134352", ""},
		{"13", "9506000134352", "09506000134352", ""},
		{"12", "950600013439", "00950600013439", ""},
		{"8", "95060002", "00000095060002", ""},
		{"wrong check digit", "09506000134353", "", "Its check digit would be 2."},
		{"letters", "0950600013435X", "", "A GTIN has 8"},
		{"empty", "", "", "A GTIN has 8"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := product.ParseGTIN(row.in)
			if got != row.want {
				t.Errorf("got %q, %v", got, err)
			}
			if row.hint == "" && err != nil {
				t.Error(err)
			}
			var ps manifest.Problems
			if row.hint != "" {
				ps = product.Product{GTIN: row.in, Brand: "b", Name: product.Localized{"en": "x"}}.Check()
				if len(ps) != 1 || !strings.HasPrefix(ps[0].Hint, row.hint) {
					t.Errorf("told %v", ps)
				}
			}
		})
	}
}

// The golden file shows what the author of a wrong document is told.
func TestMistakesAreTold(t *testing.T) {
	data, err := os.ReadFile("testdata/mistakes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	docs, ps := manifest.Parse(manifest.File{Name: "mistakes.yaml", Data: data})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	var told strings.Builder
	for _, d := range docs {
		var wrong manifest.Problems
		switch d.Kind {
		case "Brand":
			var b product.Brand
			wrong = append(d.Decode(&b), d.Place(b.Check())...)
		case "Model":
			var m model.Model
			wrong = append(d.Decode(&m), d.Place(m.Check())...)
		case "Product":
			var p product.Product
			wrong = append(d.Decode(&p), d.Place(p.Check())...)
		}
		if len(wrong) == 0 {
			t.Errorf("%s: nothing found", d.At)
		}
		for _, p := range wrong.Sort() {
			told.WriteString(p.String() + "\n")
		}
	}
	golden(t, "testdata/mistakes.golden", told.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil || got != string(want) {
		t.Errorf("%s differs (%v; run with -update, then review):\n%s", name, err, got)
	}
}

func TestTheModelOfTheSmartBottleIsAccepted(t *testing.T) {
	const text = `kind: Model
name: smart-bottle
properties: {seal: {enum: [sealed, opened]}, fill: {unit: "%", min: 0, max: 100}, temperature: {unit: Cel}}
detect:
  - {moment: opened,  when: {property: seal, becomes: opened}, once: per-thing}
  - {moment: poured,  when: {property: fill, falls-by: 3, within: 2m}}
  - {moment: low,     when: {property: fill, below: 20, for: 2}, once: per-epoch}
placements: [{slot: tap-page}, {slot: e-mail}]
`
	docs, ps := manifest.Parse(manifest.File{Name: "m.yaml", Data: []byte(text)})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	var m model.Model
	if ps := append(docs[0].Decode(&m), m.Check()...); len(ps) > 0 {
		t.Fatal(ps)
	}
	if got := m.Detect[1].When.Words(m.Schema()); got != "fill falls by 3 % within 2m" {
		t.Errorf("in words: %s", got)
	}
	// Through JSON, as the store and the API keep it, and back into the same file.
	body, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back model.Model
	if err := json.Unmarshal(body, &back); err != nil {
		t.Fatal(err)
	}
	one, err1 := manifest.Encode("Model", m)
	two, err2 := manifest.Encode("Model", back)
	if err1 != nil || err2 != nil || string(one) != string(two) {
		t.Errorf("changed on the way:\n%s\n%s", one, two)
	}
	golden(t, "testdata/model.golden", string(one))
}

func TestPickFollowsTheReader(t *testing.T) {
	for _, row := range []struct {
		name         string
		have, wanted string
		want         string
	}{
		{"exact", "de en fr", "fr", "fr"},
		{"first wish wins", "de en fr", "fr de", "fr"},
		{"a region falls back to its language", "de en", "de-AT", "de"},
		{"the first wish by its parent beats the second", "en fr", "fr-CA en", "fr"},
		{"script before language", "zh-Hans zh-Hant", "zh-Hant-TW", "zh-Hant"},
		{"a region tells the script", "en zh-Hans zh-Hant", "zh-TW", "zh-Hant"},
		{"one Norwegian for another", "en no", "nb", "no"},
		{"one Portuguese for another", "en pt-BR", "pt-PT", "pt-BR"},
		{"English when nothing fits", "de en fr", "tr", "en"},
		{"English of any region", "de en-GB fr", "ko", "en-GB"},
		{"the first by name without English", "fr de", "ko", "de"},
		{"no wish", "fr en", "", "en"},
		{"nonsense is no wish", "fr en", "x!", "en"},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := product.Localized{}
			for _, tag := range strings.Fields(row.have) {
				l[tag] = "text " + tag
			}
			text, locale := l.In(strings.Fields(row.wanted)...)
			if locale != row.want || text != "text "+row.want {
				t.Errorf("got %s %q, want %s", locale, text, row.want)
			}
		})
	}
	if text, locale := (product.Localized{}).In("en"); text != "" || locale != "" {
		t.Errorf("from nothing came %q %q", text, locale)
	}
}

func TestLocalesReadsTheHeader(t *testing.T) {
	for _, row := range []struct{ name, header, want string }{
		{"by quality", "en;q=0.5, de-DE;q=0.9,fr", "fr de-DE en"},
		{"none", "", ""},
		{"any is no wish", "*", ""},
		{"broken", "de;q=x", ""},
		{"canonical", "iw, EN-gb", "he en-GB"},
		{"bounded", strings.Repeat("aa,ab,ae,af,ak,am,an,ar,as,", 2), "aa ab ae af ak am an ar"},
		{"too long", strings.Repeat("en,", 400), ""},
	} {
		if got := strings.Join(product.Locales(row.header), " "); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

func TestPicturesHoldNothingThatRuns(t *testing.T) {
	svg := func(inside string) string {
		return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 800">` + inside + `</svg>`
	}
	for _, row := range []struct{ name, file, data, wrong string }{
		{"plain shapes", "a.svg", svg(`<defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs><rect fill="url(#g)" width="3"/><use href="#g"/>`), ""},
		{"script", "a.svg", svg(`<script>alert(1)</script>`), "element \"script\""},
		{"handler", "a.svg", svg(`<rect onclick="x()"/>`), "attribute \"onclick\""},
		{"handler on the root", "a.svg", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" onload="x()"></svg>`, "attribute \"onload\""},
		{"foreign object", "a.svg", svg(`<foreignObject/>`), "element"},
		{"another namespace", "a.svg", svg(`<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>`), "element"},
		{"link out", "a.svg", svg(`<use href="https://evil.example/x.svg#a"/>`), "links to something outside"},
		{"link out, xlink", "a.svg", svg(`<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="data:text/html,x"/>`), "links to something outside"},
		{"animation", "a.svg", svg(`<animate attributeName="href" values="javascript:x"/>`), "element"},
		{"style that loads", "a.svg", svg(`<rect style="fill:url( 'https://evil.example' )"/>`), "loads something"},
		{"style that hides", "a.svg", svg(`<rect style="fill:u\72l(x)"/>`), "hide an address"},
		{"style element", "a.svg", svg(`<style>@import url(x)</style>`), "element \"style\""},
		{"entities", "a.svg", `<!DOCTYPE svg [<!ENTITY a "b">]>` + svg(""), "document type"},
		{"stylesheet", "a.svg", `<?xml-stylesheet href="x.css"?>` + svg(""), "processing instruction"},
		{"not XML", "a.svg", svg(`<rect>`), "well-formed"},
		{"no size", "a.svg", `<svg xmlns="http://www.w3.org/2000/svg"></svg>`, "viewBox"},
		{"cut off", "a.svg", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">`, "XML"},
		{"nothing", "a.svg", ``, "viewBox"},
		{"a page called a picture", "a.png", "<html></html>", "not a picture"},
		{"a way out of the folder", "../a.svg", svg(""), "name"},
		{"heavy", "a.svg", strings.Repeat(" ", product.MaxImageBytes+1), "at most 204800"},
	} {
		t.Run(row.name, func(t *testing.T) {
			img, ps := product.ReadImage(row.file, []byte(row.data))
			if row.wrong == "" {
				if len(ps) > 0 || img.Width != 300 || img.Height != 800 || img.Type != "image/svg+xml" || len(img.Hash) != 32 {
					t.Errorf("%+v %v", img, ps)
				}
				return
			}
			if len(ps) == 0 || !strings.Contains(ps[0].Message, row.wrong) {
				t.Errorf("want %q, told %v", row.wrong, ps)
			}
		})
	}
}

func TestLinksLeadSomewhereHarmless(t *testing.T) {
	for link, want := range map[string]bool{
		"https://a.example/x?y=1": true, "http://a.example": true, "/01/09506000134352": true, "/": true,
		"//evil.example": false, "javascript:alert(1)": false, "data:text/html,x": false, "a/b": false, "": false,
		"https://": false, "https://user:pw@a.example": false, "/\\evil.example": false, "mailto:x@y.example": false,
	} {
		if got := product.IsLink(link); got != want {
			t.Errorf("%q: %v", link, got)
		}
	}
}

func TestCountriesAreThoseOfISO3166(t *testing.T) {
	var n int
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if product.IsCountry(string([]rune{a, b})) {
				n++
			}
		}
	}
	if n != 249+1 { // and Kosovo
		t.Errorf("%d countries", n)
	}
	for code, want := range map[string]bool{"GB": true, "XK": true, "UK": false, "EU": false, "SU": false, "gb": false, "GBR": false, "ZZ": false, "": false} {
		if product.IsCountry(code) != want {
			t.Errorf("%q", code)
		}
	}
}

func FuzzReadImage(f *testing.F) {
	f.Add([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 800"><rect fill="url(#g)"/></svg>`))
	f.Add([]byte(`<?xml version="1.0"?><svg viewBox="0,0,1,1"/>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, ps := product.ReadImage("a.svg", data)
		low := strings.ToLower(string(data))
		if len(ps) == 0 && (img.Width < 1 || strings.Contains(low, "<script") && !strings.Contains(low, "<!--") && !strings.Contains(low, "cdata")) {
			t.Fatalf("accepted %q", data)
		}
	})
}

package sheet_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tagline/internal/fault"
	"tagline/internal/passport/sheet"
)

const gin = "09506000134352"

func en(text string) sheet.Localized { return sheet.Localized{"en": text} }

func model() sheet.Document {
	return sheet.Document{
		GTIN: gin, Name: en("High Water Gin"),
		Operator: &sheet.Operator{Name: "Ferrow Spirits Ltd", GLN: "9506000134376", EORI: "GB123456789000", Country: "GB", Email: "passports@ferrow.example"},
		Sections: []sheet.Section{
			{Name: "contents", Label: en("Contents"), Attributes: []sheet.Attribute{{Name: "energy", Label: en("Energy"), Number: new(996.5), Unit: "KJO"}}},
			{Name: "packaging", Label: en("Packaging"), Attributes: []sheet.Attribute{{Name: "materials", Label: en("Materials"), List: []sheet.Localized{en("Glass")}}}},
		},
	}
}

func TestAnchorsAreCanonicalDigitalLinks(t *testing.T) {
	for _, row := range []struct{ gtin, lot, serial, path string }{
		{"9506000134352", "", "", "/01/09506000134352"},
		{gin, "L7", "", "/01/09506000134352/10/L7"},
		{gin, "", "A/B", "/01/09506000134352/21/A%2FB"},
	} {
		a, err := sheet.NewAnchor(row.gtin, row.lot, row.serial)
		if err != nil || a.Path() != row.path {
			t.Errorf("%v: %q, %v", row, a.Path(), err)
			continue
		}
		if back, _, err := sheet.ParsePath(a.Path()); err != nil || back != a {
			t.Errorf("%s reads back as %+v, %v", row.path, back, err)
		}
	}
	if a, lot, err := sheet.ParsePath("/01/09506000134352/10/L7/21/S1"); err != nil || a.Serial != "S1" || a.Lot != "" || lot != "L7" {
		t.Errorf("%+v of lot %q, %v", a, lot, err)
	}
	for _, row := range [][3]string{{"9506000134353", "", ""}, {gin, "L", "S"}, {gin, strings.Repeat("x", 21), ""}, {gin, "", "ä"}, {"", "", ""}} {
		if a, err := sheet.NewAnchor(row[0], row[1], row[2]); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v makes %+v, %v", row, a, err)
		}
	}
	for _, path := range []string{"/00/195060001343521996", "/01/09506000134352/22/2A", "/01/1", "/", "/414/9506000134352"} {
		if a, _, err := sheet.ParsePath(path); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s is %+v, %v", path, a, err)
		}
	}
}

func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{"/01/09506000134352", "/01/09506000134352/10/L7/21/S%2F1", "/01/9506000134352/21/%", "/x/01/09506000134352"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		a, _, err := sheet.ParsePath(path)
		if err != nil {
			return
		}
		if back, _, err := sheet.ParsePath(a.Path()); err != nil || back != a {
			t.Errorf("%q is %+v, which reads back as %+v, %v", path, a, back, err)
		}
	})
}

// The example of RFC 8785 3.2.2, and the order of 3.2.3.
func TestCanonicalJSON(t *testing.T) {
	for in, want := range map[string]string{
		`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`: `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji","\u0080":"Control","\u00f6":"O"}`:           "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"O\",\"€\":\"Euro Sign\",\"😀\":\"Emoji\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
		`[-0, 1.0, "<&>"]`: `[0,1,"<&>"]`,
	} {
		got, err := sheet.Canonical(json.RawMessage(in))
		if err != nil || string(got) != want {
			t.Errorf("%s\n gives %s, %v\n  want %s", in, got, err, want)
		}
	}
}

func TestProblemsAreNamedAtTheirPlace(t *testing.T) {
	attribute := func(a sheet.Attribute) func(*sheet.Document) {
		return func(d *sheet.Document) { d.Sections[0].Attributes[0] = a }
	}
	for place, spoil := range map[string]func(*sheet.Document){
		"gtin":                              func(d *sheet.Document) { d.GTIN = "12" },
		"serial":                            func(d *sheet.Document) { d.Serial = "ä" },
		"ofLot":                             func(d *sheet.Document) { d.OfLot = "L7" },
		"name.xx_":                          func(d *sheet.Document) { d.Name = sheet.Localized{"xx_": "n"} },
		"operator.gln":                      func(d *sheet.Document) { d.Operator.GLN = "9506000134353" },
		"operator.eori":                     func(d *sheet.Document) { d.Operator.EORI = "gb1" },
		"operator.country":                  func(d *sheet.Document) { d.Operator.Country = "UK" },
		"operator.email":                    func(d *sheet.Document) { d.Operator.Email = "Ferrow <x@y.example>" },
		"operator.url":                      func(d *sheet.Document) { d.Operator.URL = "javascript:alert(1)" },
		"sections[1].name":                  func(d *sheet.Document) { d.Sections[1].Name = "contents" },
		"sections[1].attributes[0].name":    func(d *sheet.Document) { d.Sections[1].Attributes[0].Name = "energy" },
		"sections[0].attributes[0]":         attribute(sheet.Attribute{Name: "x", Label: en("x")}),
		"sections[0].attributes[0].tier":    attribute(sheet.Attribute{Name: "x", Label: en("x"), Text: en("x"), Tier: "secret"}),
		"sections[0].attributes[0].unit":    attribute(sheet.Attribute{Name: "x", Label: en("x"), Text: en("x"), Unit: "g"}),
		"sections[0].attributes[0].term":    attribute(sheet.Attribute{Name: "x", Label: en("x"), Text: en("x"), Term: "@id"}),
		"sections[0].attributes[0].link":    attribute(sheet.Attribute{Name: "x", Label: en("x"), Link: "http://x.example"}),
		"sections[0].attributes[0].text.en": attribute(sheet.Attribute{Name: "x", Label: en("x"), Text: en("a\x01")}),
		"documents[0].name":                 func(d *sheet.Document) { d.Documents[0].Name = "../x" },
		"documents[0].type":                 func(d *sheet.Document) { d.Documents[0].Type = "pdf" },
	} {
		d := model()
		d.Documents = []sheet.File{{Name: "a.txt", Title: en("A"), Type: "text/plain", SHA256: strings.Repeat("a", 64), Bytes: 1}}
		if ps := d.Check(); len(ps) > 0 {
			t.Fatalf("the sample is wrong: %v", ps)
		}
		spoil(&d)
		ps := d.Check()
		if len(ps) != 1 || ps[0].Path.String() != place || ps[0].Message == "" {
			t.Errorf("%s: %v", place, ps)
		}
	}
}

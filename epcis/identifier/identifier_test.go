package identifier_test

import (
	"strings"
	"testing"

	"tagline/epcis/identifier"
	"tagline/gs1/epc"
)

func TestEverySpellingHasOneKey(t *testing.T) {
	for key, spellings := range map[string][]string{
		"01/10614141123459/21/400": {
			"urn:epc:id:sgtin:0614141.112345.400", " https://id.gs1.org/01/10614141123459/21/400\n", "https://brand.example/shop/01/10614141123459/22/A/10/L/21/400?17=271231#x",
			"HTTP://example.org/gtin/10614141123459/ser/400", "https://id.gs1.org/01/10614141123459/10/L/21/400",
		},
		"01/09506000134352":                 {"urn:epc:idpat:sgtin:9506000.013435.*", "https://id.gs1.org/01/9506000134352", "https://id.gs1.org/01/09506000134352/22/A"},
		"01/04012345123456/10/998877":       {"urn:epc:class:lgtin:4012345.012345.998877", "https://id.gs1.org/01/04012345123456/10/998877"},
		"01/10614141123459/21/a%2Fb%21":     {"urn:epc:id:sgtin:0614141.112345.a%2Fb!", "https://id.gs1.org/01/10614141123459/21/a%2Fb!"},
		"00/106141412345678908":             {"urn:epc:id:sscc:0614141.1234567890", "https://id.gs1.org/00/106141412345678908", "https://id.gs1.org/sscc/106141412345678908"},
		"414/0614141111114":                 {"urn:epc:id:sgln:0614141.11111.0", "https://id.gs1.org/414/0614141111114"},
		"414/0614141111114/254/40":          {"urn:epc:id:sgln:0614141.11111.40", "https://id.gs1.org/414/0614141111114/254/40"},
		"417/4012345000016":                 {"urn:epc:id:pgln:4012345.00001", "https://id.gs1.org/417/4012345000016"},
		"8003/00614141123452400":            {"urn:epc:id:grai:0614141.12345.400"},
		"8006/040123451234560102/21/987":    {"urn:epc:id:itip:4012345.012345.01.02.987"},
		"urn:epc:id:gid:95100000.12345.400": {"urn:epc:id:gid:95100000.12345.400"},
		"https://example.com/location/7":    {"https://example.com/location/7", "  https://example.com/location/7"},
		"urn:epc:id:sgtin:0614141.1.400":    {"urn:epc:id:sgtin:0614141.1.400"}, // too short: its own
		"warehouse 7":                       {"warehouse 7"},
	} {
		for _, text := range spellings {
			if got := identifier.Key(text); got != key {
				t.Errorf("%q has the key %q, not %q", text, got, key)
			}
		}
		if want := key[0] >= '0' && key[0] <= '9'; identifier.IsKey(key) != want {
			t.Errorf("IsKey(%q) is %v", key, !want)
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern string
		yes, no []string
	}{
		{"urn:epc:idpat:sgtin:0614141.112345.*",
			[]string{"urn:epc:id:sgtin:0614141.112345.400", "https://id.gs1.org/01/10614141123459/21/400", "urn:epc:idpat:sgtin:0614141.112345.*", "https://id.gs1.org/01/10614141123459"},
			[]string{"urn:epc:id:sgtin:0614141.112346.400", "https://id.gs1.org/01/10614141123459/10/L", "urn:epc:class:lgtin:0614141.112345.400", "urn:epc:id:sscc:0614141.1234567890"}},
		{"urn:epc:idpat:sgtin:0614141.112345.400",
			[]string{"urn:epc:id:sgtin:0614141.112345.400", "https://id.gs1.org/01/10614141123459/21/400"},
			[]string{"urn:epc:idpat:sgtin:0614141.112345.*", "urn:epc:id:sgtin:0614141.112345.4001", "https://id.gs1.org/01/10614141123459/21/4001"}},
		{"urn:epc:idpat:sgtin:0614141.*.*",
			[]string{"urn:epc:id:sgtin:0614141.112345.400", "urn:epc:idpat:sgtin:0614141.*.*", "https://id.gs1.org/01/10614141123459/21/400", "urn:epc:idpat:sgtin:0614141.112345.*"},
			[]string{"urn:epc:id:sgtin:0614142.112345.400", "urn:epc:id:sgtin:06141411.12345.400", "urn:epc:idpat:sgtin:*.*.*"}},
		{"urn:epc:idpat:sscc:0614141.*",
			[]string{"urn:epc:id:sscc:0614141.1234567890", "https://id.gs1.org/00/106141412345678908"},
			[]string{"urn:epc:id:sscc:0614142.1234567890"}},
		{"urn:epc:idpat:sgln:0614141.11111.*",
			[]string{"urn:epc:id:sgln:0614141.11111.0", "urn:epc:id:sgln:0614141.11111.40", "https://id.gs1.org/414/0614141111114/254/x", "https://id.gs1.org/414/0614141111114"},
			[]string{"urn:epc:id:sgln:0614141.11112.0"}},
		{"urn:epc:idpat:giai:4000001.*", []string{"urn:epc:id:giai:4000001.12345", "https://id.gs1.org/8004/400000112345"}, []string{"urn:epc:id:giai:4000002.12345"}},
		{"urn:epc:idpat:grai:0614141.12345.*", []string{"urn:epc:id:grai:0614141.12345.400", "https://id.gs1.org/8003/00614141123452400"}, []string{"urn:epc:id:grai:0614141.12346.400"}},
		{"urn:epc:idpat:sgtin:*.*.*", []string{"urn:epc:id:sgtin:0614141.112345.400", "https://id.gs1.org/01/10614141123459/21/400"}, []string{"urn:epc:id:sscc:0614141.1234567890"}},
		{"urn:epc:idpat:gid:95100000.12345.*", []string{"urn:epc:id:gid:95100000.12345.400"}, []string{"urn:epc:id:gid:95100000.12346.400"}},
		{"urn:epc:idpat:sgtin:0614141.112345.%", nil, []string{"urn:epc:id:sgtin:0614141.112345.400", "https://id.gs1.org/01/10614141123459/21/400"}},
		{"urn:epc:idpat:itip:4012345.012345.01.02.*", []string{"urn:epc:id:itip:4012345.012345.01.02.987", "https://id.gs1.org/8006/040123451234560102/21/987"}, nil},
	} {
		p, ok := identifier.ParsePattern(c.pattern)
		if !ok {
			t.Errorf("%s is no pattern", c.pattern)
			continue
		}
		held := func(text string) bool {
			key := identifier.Key(text)
			for _, r := range p.Ranges() {
				if r.Holds(key) {
					return true
				}
			}
			return false
		}
		for _, text := range c.yes {
			if !p.Match(text, identifier.Key(text)) {
				t.Errorf("%s does not match %s", c.pattern, text)
			}
			if identifier.IsKey(identifier.Key(text)) && !held(text) {
				t.Errorf("%s matches %s, whose key %s lies in none of its stretches %v", c.pattern, text, identifier.Key(text), p.Ranges())
			}
		}
		for _, text := range c.no {
			if p.Match(text, identifier.Key(text)) {
				t.Errorf("%s matches %s", c.pattern, text)
			}
		}
	}
	for _, text := range []string{"urn:epc:id:sgtin:0614141.112345.*", "*", "", "urn:epc:idpat:", "urn:epc:idpat:sgtin", "urn:epc:idpat:sgtin:"} {
		if _, ok := identifier.ParsePattern(text); ok {
			t.Errorf("%q is a pattern", text)
		}
	}
}

func TestTranslate(t *testing.T) {
	held := epc.Prefixes("0614141", "4012345")
	for _, c := range []struct {
		text string
		form identifier.Form
		want string
	}{
		{"urn:epc:id:sgtin:0614141.112345.400", identifier.Link, "https://id.gs1.org/01/10614141123459/21/400"},
		{"urn:epc:id:sgtin:0614141.112345.400", identifier.URN, "urn:epc:id:sgtin:0614141.112345.400"},
		{"urn:epc:id:sgtin:0614141.112345.400", identifier.Captured, "urn:epc:id:sgtin:0614141.112345.400"},
		{"https://brand.example/01/10614141123459/21/400", identifier.Link, "https://brand.example/01/10614141123459/21/400"},
		{"https://brand.example/01/10614141123459/21/400", identifier.URN, "urn:epc:id:sgtin:0614141.112345.400"},
		{"https://id.gs1.org/01/09506000134352/21/1", identifier.URN, "https://id.gs1.org/01/09506000134352/21/1"}, // nobody knows the prefix
		{"https://id.gs1.org/414/4012345000016", identifier.URN, "urn:epc:id:sgln:4012345.00001.0"},
		{"urn:epc:id:gid:95100000.12345.400", identifier.Link, "urn:epc:id:gid:95100000.12345.400"},
		{"https://example.com/location/7", identifier.URN, "https://example.com/location/7"},
		{"urn:epc:id:sgtin:0614141.1.400", identifier.Link, "urn:epc:id:sgtin:0614141.1.400"},
	} {
		if got := identifier.Translate(c.text, c.form, held); got != c.want {
			t.Errorf("%s in form %d is %s, not %s", c.text, c.form, got, c.want)
		}
	}
	for text, want := range map[string]string{"urn:epc:id:sgtin:0614141.112345.400": "0614141", "urn:epc:id:gid:95100000.12345.400": "", "https://id.gs1.org/00/106141412345678908": "", "urn:epc:id:sgtin:": ""} {
		if got := identifier.CompanyPrefix(text); got != want {
			t.Errorf("the prefix of %s is %q", text, got)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, text := range []string{
		"urn:epc:id:sgtin:0614141.112345.400", "urn:epc:idpat:sgtin:0614141.*.*", "urn:epc:id:gid:1.2.3", "https://id.gs1.org/01/10614141123459/21/400",
		"https://id.gs1.org/gtin/10614141123459", "https://example.com/01/10614141123450", "warehouse", "urn:uuid:4a2b1c3d",
	} {
		if err := identifier.Check(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{"urn:epc:id:sgtin:0614141.1.400", "urn:epc:id:sgtin:0614141.112345", "https://id.gs1.org/01/10614141123450/21/400", "https://id.gs1.org/nothing"} {
		if identifier.Check(text) == nil {
			t.Errorf("%s was let through", text)
		}
	}
}

func FuzzKey(f *testing.F) {
	for _, s := range []string{"urn:epc:id:sgtin:0614141.112345.400", "https://id.gs1.org/01/10614141123459/22/A/10/L/21/400?17=271231", "http://x/gtin/95060001343/ser/1", "urn:epc:idpat:sgtin:0614141.*.*", "urn:epc:id:sgln:123456789012..0", "https://x/414/0614141111114/254/a%2Fb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key := identifier.Key(text)
		if identifier.IsKey(key) && epc.Is(strings.TrimSpace(text)) {
			if again := identifier.Key("https://id.gs1.org/" + key); again != key {
				t.Errorf("%q has the key %q, whose link has the key %q", text, key, again)
			}
			if link := identifier.Translate(strings.TrimSpace(text), identifier.Link, nil); identifier.Key(link) != key {
				t.Errorf("%q as a link, %q, has another key than %q", text, link, key)
			}
		}
		if p, ok := identifier.ParsePattern(text); ok {
			p.Match(text, key)
		}
		_ = identifier.Check(text)
	})
}

func BenchmarkKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		identifier.Key("urn:epc:id:sgtin:0614141.112345.400")
	}
}

package epc_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tagline/gs1"
	"tagline/gs1/epc"
)

// pairs are examples of the EPC Tag Data Standard and the Core Business Vocabulary,
// with element strings.
var pairs = []struct{ urn, elements string }{
	{"urn:epc:id:sgtin:0614141.112345.400", "(01)10614141123459(21)400"},
	{"urn:epc:id:sgtin:0614141.112345.32a%2Fb", "(01)10614141123459(21)32a/b"},
	{"urn:epc:id:sgtin:0614141.812345.6.7*", "(01)80614141123458(21)6.7*"},
	{"urn:epc:id:sscc:0614141.1234567890", "(00)106141412345678908"},
	{"urn:epc:id:sgln:0614141.12345.400", "(414)0614141123452(254)400"},
	{"urn:epc:id:sgln:0614141.12345.0", "(414)0614141123452"},
	{"urn:epc:id:sgln:061414112345..0", "(414)0614141123452"},
	{"urn:epc:id:grai:0614141.12345.400", "(8003)00614141123452400"},
	{"urn:epc:id:giai:0614141.12345400", "(8004)061414112345400"},
	{"urn:epc:id:giai:0614141.12.A%3F", "(8004)061414112.A?"},
	{"urn:epc:id:gsrn:0614141.1234567890", "(8018)061414112345678902"},
	{"urn:epc:id:gsrnp:0614141.1234567890", "(8017)061414112345678902"},
	{"urn:epc:id:gdti:0614141.12345.400", "(253)0614141123452400"},
	{"urn:epc:id:gdti:0614141.12345.006847", "(253)0614141123452006847"},
	{"urn:epc:id:cpi:0614141.123ABC.123456789", "(8010)0614141123ABC(8011)123456789"},
	{"urn:epc:id:cpi:0614141.123%23ABC.9", "(8010)0614141123#ABC(8011)9"},
	{"urn:epc:id:sgcn:4012345.67890.04711", "(255)401234567890104711"},
	{"urn:epc:id:ginc:0614141.xyz47%2F11", "(401)0614141xyz47/11"},
	{"urn:epc:id:gsin:0614141.123456789", "(402)06141411234567890"},
	{"urn:epc:id:itip:4012345.012345.01.02.987", "(8006)040123451234560102(21)987"},
	{"urn:epc:id:upui:1234567.089456.51qIgY)%3C%26Jp3*j7'SDB", "(01)01234567894560(235)51qIgY)<&Jp3*j7'SDB"},
	{"urn:epc:id:pgln:1234567.89012", "(417)1234567890128"},
	{"urn:epc:id:pgln:123456789012.", "(417)1234567890128"},
	{"urn:epc:class:lgtin:4012345.012345.998877", "(01)04012345123456(10)998877"},
	{"urn:epc:idpat:sgtin:4012345.012345.*", "(01)04012345123456"},
	{"urn:epc:idpat:itip:4012345.012345.01.02.*", "(8006)040123451234560102"},
	{"urn:epc:idpat:grai:0614141.12345.*", "(8003)00614141123452"},
	{"urn:epc:idpat:gdti:0614141.12345.*", "(253)0614141123452"},
	{"urn:epc:idpat:sgcn:4012345.67890.*", "(255)4012345678901"},
	{"urn:epc:idpat:cpi:0614141.123ABC.*", "(8010)0614141123ABC"},
}

func TestURNAndLinkSayTheSame(t *testing.T) {
	for _, row := range pairs {
		link, err := epc.ToLink(row.urn)
		if err != nil {
			t.Errorf("%s: %v", row.urn, err)
			continue
		}
		if got := gs1.FormatElements(link.Elements()); strings.ReplaceAll(got, `\(`, "(") != row.elements {
			t.Errorf("%s is %s, want %s", row.urn, got, row.elements)
		}
		u, err := epc.Parse(row.urn)
		if err != nil || u.String() != row.urn || len(u.Names()) != len(u.Components) {
			t.Errorf("%s is written %s, %v", row.urn, u, err)
		}
		n := len(u.Components[0])
		back, err := epc.FromLink(link, func(string) (int, bool) { return n, true })
		if err != nil || back != row.urn {
			t.Errorf("%s becomes %s and that %s, %v", row.urn, link.Path(), back, err)
		}
	}
}

// A key splits wherever its company prefix ends, from 6 digits to 12.
func TestEveryLengthOfACompanyPrefix(t *testing.T) {
	for n, want := range map[int]string{
		6:  "urn:epc:id:sgtin:061414.1112345.400",
		7:  "urn:epc:id:sgtin:0614141.112345.400",
		8:  "urn:epc:id:sgtin:06141411.12345.400",
		12: "urn:epc:id:sgtin:061414112345.1.400",
	} {
		link, err := gs1.ParseLink("https://a/01/10614141123459/21/400")
		if err != nil {
			t.Fatal(err)
		}
		got, err := epc.FromLink(link, func(string) (int, bool) { return n, true })
		if err != nil || got != want {
			t.Errorf("%d: %s, %v, want %s", n, got, err, want)
		}
		back, err := epc.ToLink(want)
		if err != nil || back.Canonical() != link.Canonical() {
			t.Errorf("%s: %s, %v", want, back.Canonical(), err)
		}
	}
}

func TestThePrefixIsAskedWithoutTheIndicator(t *testing.T) {
	for uri, want := range map[string]string{
		"https://a/01/10614141123459/21/400":   "061414112345",
		"https://a/00/106141412345678908":      "0614141234567890",
		"https://a/8003/00614141123452400":     "061414112345",
		"https://a/8004/0614141AB12":           "0614141",
		"https://a/8006/040123451234560102":    "401234512345",
		"https://a/402/06141411234567890":      "0614141123456789",
		"https://a/8018/061414112345678902":    "06141411234567890",
		"https://a/414/0614141123452/254/A%2F": "061414112345",
	} {
		link, err := gs1.ParseLink(uri)
		if err != nil {
			t.Fatal(uri, err)
		}
		asked := ""
		_, err = epc.FromLink(link, func(digits string) (int, bool) { asked = digits; return 7, true })
		if err != nil || asked != want {
			t.Errorf("%s: asked with %s, want %s, %v", uri, asked, want, err)
		}
	}
}

func TestWhatALinkLeavesOut(t *testing.T) {
	for _, row := range []struct{ uri, want string }{
		{"https://a/01/10614141123459/22/V/10/L/21/400?17=271231&x=y", "urn:epc:id:sgtin:0614141.112345.400"},
		{"https://a/01/10614141123459/22/V/10/L", "urn:epc:class:lgtin:0614141.112345.L"},
		{"https://a/01/10614141123459/22/V", "urn:epc:idpat:sgtin:0614141.112345.*"},
		{"https://a/8006/040123451234560102/10/L/21/9", "urn:epc:id:itip:4012345.012345.01.02.9"},
	} {
		link, err := gs1.ParseLink(row.uri)
		if err != nil {
			t.Fatal(err)
		}
		got, err := epc.FromLink(link, epc.Prefixes("0614141", "4012345"))
		if err != nil || got != row.want {
			t.Errorf("%s: %s, %v, want %s", row.uri, got, err, row.want)
		}
	}
}

func TestWhatNoURNSaysIsRefused(t *testing.T) {
	seven := epc.Prefixes("0614141")
	for _, row := range []struct {
		name, uri string
		prefix    epc.PrefixLength
		code, ai  string
	}{
		{"a prefix nobody knows", "https://a/01/09506000134352/21/1", seven, "EPC_PREFIX_UNKNOWN", "01"},
		{"nobody to ask", "https://a/01/09506000134352/21/1", nil, "EPC_PREFIX_UNKNOWN", "01"},
		{"a prefix of 13", "https://a/01/10614141123459/21/1", func(string) (int, bool) { return 13, true }, "EPC_PREFIX_LENGTH", "01"},
		{"a prefix of 5", "https://a/01/10614141123459/21/1", func(string) (int, bool) { return 5, true }, "EPC_PREFIX_LENGTH", "01"},
		{"a prefix in letters", "https://a/8004/06141AB", func(string) (int, bool) { return 6, true }, "EPC_PREFIX_LENGTH", "8004"},
		{"no reference behind the prefix", "https://a/8004/0614141", seven, "EPC_PREFIX_LENGTH", "8004"},
		{"no scheme", "https://a/8013/1987654Ad4X4bL5ttr2310c2K", seven, "EPC_NO_URN", ""},
		{"a lot of a piece", "https://a/8006/106141411234590102/10/L", seven, "EPC_NO_URN", "10"},
		{"an importer", "https://a/414/0614141123452/7040/1AB1", seven, "EPC_NO_URN", "7040"},
		{"a service instance", "https://a/8018/061414112345678902/8019/1", seven, "EPC_NO_URN", "8019"},
		{"an extension that means none", "https://a/414/0614141123452/254/0", seven, "EPC_NO_URN", "254"},
	} {
		link, err := gs1.ParseLink(row.uri)
		if err != nil {
			t.Fatal(row.name, err)
		}
		got, err := epc.FromLink(link, row.prefix)
		if e := errorOf(t, err); e.Code != row.code || e.AI != row.ai {
			t.Errorf("%s: %q, %+v", row.name, got, e)
		}
	}
	if _, err := epc.FromLink(gs1.Link{}, seven); errorOf(t, err).Code != "EPC_NO_URN" {
		t.Error(err)
	}
}

func errorOf(t testing.TB, err error) *gs1.Error {
	t.Helper()
	var e *gs1.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *gs1.Error", err)
	}
	return e
}

func TestErrorsNameComponentAndPosition(t *testing.T) {
	for _, row := range []struct {
		name, urn, code string
		position        int
		says            string
	}{
		{"nothing", "", "EPC_NO_URN", 0, "begins with urn:epc:"},
		{"another namespace", "urn:isbn:x:y:z", "EPC_NO_URN", 0, ""},
		{"a tag", "urn:epc:tag:sgtin-96:3.0614141.112345.400", "EPC_NO_URN", 8, "urn:epc:tag is none"},
		{"no scheme", "urn:epc:id:moon:1.2", "EPC_UNKNOWN_SCHEME", 11, `"moon"`},
		{"a class that is an id", "urn:epc:class:sgtin:0614141.112345.400", "EPC_UNKNOWN_SCHEME", 14, ""},
		{"an id that is a class", "urn:epc:id:lgtin:0614141.112345.400", "EPC_UNKNOWN_SCHEME", 11, ""},
		{"no key", "urn:epc:id:gid:95100000.12345.400", "EPC_NO_KEY", 11, "gid has no GS1 key"},
		{"two components", "urn:epc:id:sgtin:0614141.112345", "EPC_COMPONENT_COUNT", 17, "3 components between dots (company prefix, item reference, serial number), not 2"},
		{"three components", "urn:epc:id:sscc:0614141.12345.67890", "EPC_COMPONENT_COUNT", 16, "2 components"},
		{"a letter", "urn:epc:id:sgtin:061414A.112345.400", "EPC_COMPONENT", 23, "Component 1 (company prefix) of sgtin: 'A' may not"},
		{"a short prefix", "urn:epc:id:sgtin:06141.11123456.4", "EPC_COMPONENT", 17, "5 characters, and must have 6 to 12"},
		{"no serial", "urn:epc:id:sgtin:0614141.112345.", "EPC_COMPONENT", 32, "Component 3 (serial number)"},
		{"a long serial", "urn:epc:id:sgtin:0614141.112345.123456789012345678901", "EPC_COMPONENT", 32, "21 characters"},
		{"a broken escape", "urn:epc:id:sgtin:0614141.112345.4%2", "EPC_COMPONENT", 33, "percent sign"},
		{"an escaped character that may not stand", "urn:epc:id:sgtin:0614141.112345.%2F%20", "EPC_COMPONENT", 35, `' ' may not`},
		{"total", "urn:epc:id:sgtin:0614141.12345.400", "EPC_TOTAL_LENGTH", 25, "Component 2 (item reference) of sgtin: with the company prefix it has 12 digits, and must have 13"},
		{"too long an asset", "urn:epc:id:giai:0614141.123456789012345678901234", "EPC_TOTAL_LENGTH", 24, "31 characters, and may have 30"},
		{"a pattern of one thing", "urn:epc:idpat:sgtin:0614141.112345.400", "EPC_COMPONENT", 35, "a star"},
		{"a pattern without a serial", "urn:epc:idpat:sscc:0614141.*", "EPC_COMPONENT", 27, "a star"},
		{"a pattern of locations", "urn:epc:idpat:sgln:0614141.12345.*", "EPC_COMPONENT", 33, "a star"},
		{"a wider pattern", "urn:epc:idpat:sgtin:0614141.*.*", "EPC_COMPONENT", 28, "Component 2"},
	} {
		_, err := epc.Parse(row.urn)
		e := errorOf(t, err)
		if e.Code != row.code || e.Position != row.position || !strings.Contains(e.Message, row.says) {
			t.Errorf("%s: %+v, want %s at %d, %q", row.name, e, row.code, row.position, row.says)
		}
	}
	// The key itself is judged by package gs1.
	if _, err := epc.ToLink("urn:epc:id:cpi:0614141.A.007"); errorOf(t, err).Code != "ILLEGAL_ZERO_PREFIX" {
		t.Error(err)
	}
}

func TestTheLongerPrefixCounts(t *testing.T) {
	held := []string{"0614141", "06141411"}
	p := epc.Prefixes(held...)
	held[0], held[1] = "9", "9"
	for digits, want := range map[string]int{"061414112345": 8, "061414199999": 7, "950600013435": 0} {
		if n, ok := p(digits); n != want || ok != (want > 0) {
			t.Errorf("%s: %d, %t", digits, n, ok)
		}
	}
}

// FuzzParse holds that a URN becomes a link and the same URN again.
func FuzzParse(f *testing.F) {
	for _, row := range pairs {
		f.Add(row.urn)
	}
	f.Add("URN:EPC:id:sgtin:0614141.112345.%41")
	f.Add("urn:epc:id:gid:1.2.3")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := epc.Parse(s)
		if err != nil {
			if e := errorOf(t, err); e.Code == "" || e.Message == "" || e.Position < 0 || e.Position > len(s) {
				t.Fatalf("%q: %+v", s, e)
			}
			return
		}
		again, err := epc.Parse(u.String())
		if err != nil || again.String() != u.String() || !slices.Equal(again.Components, u.Components) {
			t.Fatalf("%q is written %q and read %v, %v", s, u, again, err)
		}
		link, err := u.Link()
		if err != nil {
			errorOf(t, err)
			return
		}
		back, err := epc.FromLink(link, func(string) (int, bool) { return len(u.Components[0]), true })
		if want := strings.Replace(u.String(), "idpat:upui", "idpat:sgtin", 1); err != nil || back != want {
			t.Fatalf("%q becomes %s and that %q, %v", u, link.Path(), back, err)
		}
	})
}

func ExampleToLink() {
	link, err := epc.ToLink("urn:epc:id:sgtin:0614141.112345.400")
	fmt.Println(link.Canonical(), err)
	// Output: https://id.gs1.org/01/10614141123459/21/400 <nil>
}

// The holder of a prefix knows its length.
func ExampleFromLink() {
	link, err := gs1.ParseLink("https://id.example/01/10614141123459/10/L1/21/400")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(epc.FromLink(link, epc.Prefixes("0614141")))
	fmt.Println(epc.FromLink(link, epc.Prefixes("4012345")))
	// Output:
	// urn:epc:id:sgtin:0614141.112345.400 <nil>
	//  gs1: Where the company prefix ends in 061414112345 is not known
}

func ExampleParse() {
	u, err := epc.Parse("urn:epc:class:lgtin:4012345.012345.998877")
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, name := range u.Names() {
		fmt.Println(name, u.Components[i])
	}
	// Output:
	// company prefix 4012345
	// item reference 012345
	// lot 998877
}

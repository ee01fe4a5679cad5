package gs1_test

import (
	"slices"
	"strings"
	"testing"

	"tagline/gs1"
)

// links are published examples and one of every key.
var links = []struct {
	name      string
	uri       string
	elements  string
	canonical string // behind https://id.gs1.org
}{
	{"a product", "https://id.gs1.org/01/09520123456788", "(01)09520123456788", "/01/09520123456788"},
	{"a variant", "https://id.gs1.org/01/09520123456788/22/2A", "(01)09520123456788(22)2A", "/01/09520123456788/22/2A"},
	{"batch, serial, expiry", "https://id.gs1.org/01/09520123456788/10/ABC1/21/12345?17=180426", "(01)09520123456788(10)ABC1(21)12345(17)180426", "/01/09520123456788/10/ABC1/21/12345?17=180426"},
	{"all qualifiers", "https://a/01/12312312312333/22/TEST/10/ABC/21/XYZ", "(01)12312312312333(22)TEST(10)ABC(21)XYZ", "/01/12312312312333/22/TEST/10/ABC/21/XYZ"},
	{"the other qualifier", "https://a/01/12312312312333/235/TEST", "(01)12312312312333(235)TEST", "/01/12312312312333/235/TEST"},
	{"predefined lengths first", "https://example.com/01/09520123456788?3103=000195&3922=0299&17=201225", "(01)09520123456788(3103)000195(3922)0299(17)201225", "/01/09520123456788?3103=000195&17=201225&3922=0299"},
	{"an escaped slash", "https://id.gs1.org/414/9520123456788/254/32a%2Fb", "(414)9520123456788(254)32a/b", "/414/9520123456788/254/32a%2Fb"},
	{"a path before the key", "https://brand.example/some-extra/pathinfo/01/09520123456788", "(01)09520123456788", "/01/09520123456788"},
	{"what looks like a key before the key", "https://a/00/faux/00/006141411234567890", "(00)006141411234567890", "/00/006141411234567890"},
	{"scheme in capitals", "HTTPS://a/00/006141411234567890", "(00)006141411234567890", "/00/006141411234567890"},
	{"plain http", "http://a/00/006141411234567890", "(00)006141411234567890", "/00/006141411234567890"},
	{"a port", "https://a.example:8443/00/006141411234567890", "(00)006141411234567890", "/00/006141411234567890"},
	{"an IPv6 host", "https://[2001:db8::1]/01/12312312312333", "(01)12312312312333", "/01/12312312312333"},
	{"an empty query", "https://a/01/12312312312333?", "(01)12312312312333", "/01/12312312312333"},
	{"a surplus of separators", "https://a/01/12312312312333?&&&99=ABC&&98=XYZ&&", "(01)12312312312333(99)ABC(98)XYZ", "/01/12312312312333?99=ABC&98=XYZ"},
	{"a fragment", "https://a/00/006141411234567890?99=ABC#17=1", "(00)006141411234567890(99)ABC", "/00/006141411234567890?99=ABC"},
	{"plus in a path stays", "https://a/01/12312312312333/10/A+B", "(01)12312312312333(10)A+B", "/01/12312312312333/10/A%2BB"},
	{"a key in the query of another", "https://a/8004/9520614141234567?01=12312312312333", "(8004)9520614141234567(01)12312312312333", "/8004/9520614141234567?01=12312312312333"},
	{"document", "https://a/253/9526064000028000001", "(253)9526064000028000001", "/253/9526064000028000001"},
	{"coupon", "https://a/255/9526064000028", "(255)9526064000028", "/255/9526064000028"},
	{"consignment", "https://a/401/9526064ABC", "(401)9526064ABC", "/401/9526064ABC"},
	{"location with UIC", "https://a/414/9526064000028/7040/1ABC", "(414)9526064000028(7040)1ABC", "/414/9526064000028/7040/1ABC"},
	{"payment", "https://a/415/9526064000028/8020/REF", "(415)9526064000028(8020)REF", "/415/9526064000028/8020/REF"},
	{"party", "https://a/417/9526064000028", "(417)9526064000028", "/417/9526064000028"},
	{"returnable asset", "https://a/8003/09526064000028X", "(8003)09526064000028X", "/8003/09526064000028X"},
	{"piece of a product", "https://a/8006/095060001343520102/21/S", "(8006)095060001343520102(21)S", "/8006/095060001343520102/21/S"},
	{"component", "https://a/8010/9526064A/8011/12", "(8010)9526064A(8011)12", "/8010/9526064A/8011/12"},
	{"model", "https://a/8013/1987654Ad4X4bL5ttr2310c2K", "(8013)1987654Ad4X4bL5ttr2310c2K", "/8013/1987654Ad4X4bL5ttr2310c2K"},
	{"provider of a service", "https://a/8017/795260646688514634/8019/1", "(8017)795260646688514634(8019)1", "/8017/795260646688514634/8019/1"},
	{"recipient of a service", "https://a/8018/123456789012345675/8019/123", "(8018)123456789012345675(8019)123", "/8018/123456789012345675/8019/123"},
}

func TestLinksAreReadAndWrittenCanonically(t *testing.T) {
	for _, row := range links {
		t.Run(row.name, func(t *testing.T) {
			l, err := gs1.ParseLink(row.uri)
			if err != nil {
				t.Fatal(err)
			}
			if got := gs1.FormatElements(l.Elements()); got != row.elements {
				t.Errorf("elements %s, want %s", got, row.elements)
			}
			if got := l.Canonical(); got != "https://id.gs1.org"+row.canonical {
				t.Errorf("canonical %s, want …%s", got, row.canonical)
			}
			// A server that sees path and query only reads the same.
			path, query, _ := strings.Cut(row.canonical, "?")
			p, err := gs1.ParseLinkPath(path, query)
			if err != nil || p.Canonical() != l.Canonical() || p.Stem() != "" {
				t.Errorf("as a path: %v, %v", p, err)
			}
			// Made of its elements, in any order, it is the same.
			elements := slices.Clone(l.Elements())
			uri, err := gs1.FormatLink(gs1.CanonicalStem, elements)
			if err != nil || uri != l.Canonical() {
				t.Errorf("made anew: %s, %v", uri, err)
			}
		})
	}
}

func TestWrongLinksAreRefusedWithTheRuleAndThePlace(t *testing.T) {
	rows := []struct {
		name, uri, code string
		position        int
		message         string
	}{
		{"no URI", "09520123456788", "URI_CONTAINS_ILLEGAL_SCHEME", 0, "Scheme must be http:// or HTTP:// or https:// or HTTPS://"},
		{"mixed scheme", "HtTp://a/00/006141411234567890", "URI_CONTAINS_ILLEGAL_SCHEME", 0, "Scheme must be http:// or HTTP:// or https:// or HTTPS://"},
		{"scheme alone", "http://", "URI_MISSING_DOMAIN_AND_PATH_INFO", 7, "URI must contain a domain and path info"},
		{"no host", "http:///01/12312312312333", "URI_MISSING_DOMAIN_AND_PATH_INFO", 7, "URI must contain a domain and path info"},
		{"bad host", "https://a$/00/006141411234567890", "DOMAIN_CONTAINS_ILLEGAL_CHARACTERS", 9, "Domain contains illegal characters"},
		{"no URI character", "https://a/01/12312312312333<b", "URI_CONTAINS_ILLEGAL_CHARACTERS", 27, "URI contains illegal characters"},
		{"no key", "https://a/b/c", "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO", 9, "No GS1 DL keys found in path info"},
		{"a slash at the end", "https://a/01/12312312312333/", "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO", 9, "No GS1 DL keys found in path info"},
		{"more behind the value", "https://a/01/12312312312333/foo", "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO", 9, "No GS1 DL keys found in path info"},
		{"alpha name", "https://a/gtin/12312312312333", "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO", 9, "No GS1 DL keys found in path info"},
		{"empty value", "https://a/01/12312312312333/10/", "AI_VALUE_PATH_ELEMENT_IS_EMPTY", 31, "AI (10) value path element is empty"},
		{"NUL in the path", "https://a/01/12312312312333/10/A%00", "DECODED_AI_FROM_DL_PATH_INFO_CONTAINS_ILLEGAL_NULL", 31, "Decoded AI (10) from DL path info contains illegal null character"},
		{"13 digits", "https://a/01/2112345678900", "AI_VALUE_IS_TOO_SHORT", 13, "AI (01) value is too short"},
		{"qualifiers out of order", "https://a/01/12312312312333/21/A/10/B", "INVALID_KEY_QUALIFIER_SEQUENCE", 9, "The AIs in the path are not a valid key-qualifier sequence for the key"},
		{"qualifiers of two alternatives", "https://a/01/12312312312333/22/A/235/B", "INVALID_KEY_QUALIFIER_SEQUENCE", 9, "The AIs in the path are not a valid key-qualifier sequence for the key"},
		{"foreign qualifier", "https://a/00/006141411234567890/21/A", "INVALID_KEY_QUALIFIER_SEQUENCE", 9, "The AIs in the path are not a valid key-qualifier sequence for the key"},
		{"repeated qualifier", "https://a/01/12312312312333/10/A/10/A", "INVALID_KEY_QUALIFIER_SEQUENCE", 9, "The AIs in the path are not a valid key-qualifier sequence for the key"},
		{"unknown number in the query", "https://a/01/12312312312333?999=x", "UNKNOWN_AI_IN_QUERY_PARAMS", 28, "Unknown AI (999) in query parameters"},
		{"empty value in the query", "https://a/01/12312312312333?99=", "AI_VALUE_QUERY_ELEMENT_IN_EMPTY", 31, "AI (99) value query element is empty"},
		{"NUL in the query", "https://a/01/12312312312333?99=A%00", "DECODED_AI_VALUE_FROM_QUERY_PARAMS_CONTAINS_ILLEGAL_NULL", 31, "Decoded AI (99) value from DL query params contains illegal null character"},
		{"twice in the query", "https://a/01/12312312312333?99=A&99=A", "DUPLICATE_AI", 36, "AI (99) is duplicated"},
		{"path and query", "https://a/01/12312312312333/10/A?10=A", "DUPLICATE_AI", 36, "AI (10) is duplicated"},
		{"serial in the query", "https://a/01/12312312312333?21=A", "AI_IS_NOT_VALID_DATA_ATTRIBUTE", 31, "AI (21) is not a valid DL URI data attribute"},
		{"batch in the query", "https://a/01/12312312312333/21/A?10=B", "AI_SHOULD_BE_IN_PATH_INFO", 36, "AI (10) from query params should be in the path info"},
		{"check digit", "https://a/01/12312312312334", "INCORRECT_CHECK_DIGIT", 26, "AI (01): The numeric check digit is incorrect."},
		{"no digit", "https://a/01/1231231231233X", "NON_DIGIT_CHARACTER", 26, "AI (01): A non-digit character was found where a digit is expected."},
		{"a flaw behind escapes", "https://a/01/12312312312333/10/%41%42%20C", "INVALID_CSET82_CHARACTER", 37, "AI (10): A non-CSET 82 character was found where a CSET 82 character is expected."},
		{"a day that is none", "https://a/01/12312312312333?99=A&17=270230", "ILLEGAL_DAY", 40, "AI (17): The date contains an illegal day of the month."},
		{"an escaped caret", "https://a/01/12312312312333/10/A%5EB", "AI_CONTAINS_ILLEGAL_CARAT_CHARACTER", 32, "AI (10) contains illegal ^ character"},
		{"what must not stand together", "https://a/01/12312312312333?37=1", "INVALID_AI_PAIRS", 13, "It is invalid to pair AI (01) with AI (37)"},
		{"what cannot stand alone", "https://a/414/9526064000028?17=270101", "REQUIRED_AIS_NOT_SATISFIED", 31, "Required AIs for AI (17) are not satisfied: 01,02,03,255,8006,8026"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, err := gs1.ParseLink(row.uri)
			e := errorOf(t, err)
			if e.Code != row.code || e.Message != row.message || e.Position != row.position {
				t.Errorf("%s: got %s at %d: %q; want %s at %d: %q", row.uri, e.Code, e.Position, e.Message, row.code, row.position, row.message)
			}
		})
	}
}

// In a path and a query, positions count as if a question mark joined them.
func TestPositionsInAPathAndAQueryCountAsJoined(t *testing.T) {
	path, query := "/p/01/12312312312333/10/A", "x=1&17=270230"
	_, err := gs1.ParseLinkPath(path, query)
	if e := errorOf(t, err); (path + "?" + query)[e.Position:] != "30" {
		t.Errorf("%v at %d", e, e.Position)
	}
	if _, err := gs1.ParseLinkPath(path, "a b"); errorOf(t, err).Position != len(path)+2 {
		t.Errorf("%v at %d", err, errorOf(t, err).Position)
	}
	if _, err := gs1.ParseLinkPath("/01/12312312312333^", ""); errorOf(t, err).Code != "URI_CONTAINS_ILLEGAL_CHARACTERS" {
		t.Error(err)
	}
}

func TestForeignParametersStayByteForByteAndInOrder(t *testing.T) {
	query := "b=%7e+x&linkType=gs1%3Apip&17=270101&flag&&=v&17x=1&b=2"
	l, err := gs1.ParseLinkPath("/01/09506000134352", query)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"b=%7e+x", "linkType=gs1%3Apip", "flag", "=v", "17x=1", "b=2"}
	if got := l.Others(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for name, want := range map[string]string{"linkType": "gs1:pip", "b": "~ x", "flag": "", "": "v"} {
		if got, ok := l.Other(name); !ok || got != want {
			t.Errorf("Other(%q) = %q, %t; want %q", name, got, ok, want)
		}
	}
	if _, ok := l.Other("17"); ok {
		t.Error("17 is GS1's")
	}
	if strings.Contains(l.Canonical(), "linkType") {
		t.Errorf("canonical %s", l.Canonical())
	}
}

func TestStemIsWhatStandsBeforeTheKey(t *testing.T) {
	for path, want := range map[string]string{"/t/k1/01/09506000134352/21/A": "/t/k1", "/01/09506000134352": ""} {
		l, err := gs1.ParseLinkPath(path, "")
		if err != nil || l.Stem() != want {
			t.Errorf("%s: stem %q, %v; want %q", path, l.Stem(), err, want)
		}
	}
	l, err := gs1.ParseLink("https://brand.example:8443/x/01/09506000134352?17=270101")
	if err != nil || l.Stem() != "https://brand.example:8443/x" {
		t.Errorf("stem %q, %v", l.Stem(), err)
	}
	if got := l.URI(l.Stem()); got != "https://brand.example:8443/x/01/09506000134352?17=270101" {
		t.Errorf("written back %s", got)
	}
}

func TestPartsOfALink(t *testing.T) {
	l, err := gs1.ParseLinkPath("/01/09506000134352/10/A/21/B", "17=270101&99=C")
	if err != nil {
		t.Fatal(err)
	}
	if l.Key() != (gs1.Element{AI: "01", Value: "09506000134352"}) {
		t.Errorf("key %v", l.Key())
	}
	if want := []gs1.Element{{AI: "10", Value: "A"}, {AI: "21", Value: "B"}}; !slices.Equal(l.Qualifiers(), want) {
		t.Errorf("qualifiers %v", l.Qualifiers())
	}
	if want := []gs1.Element{{AI: "17", Value: "270101"}, {AI: "99", Value: "C"}}; !slices.Equal(l.Attributes(), want) {
		t.Errorf("attributes %v", l.Attributes())
	}
	if l.Value("21") != "B" || l.Value("22") != "" {
		t.Errorf("values %q %q", l.Value("21"), l.Value("22"))
	}
}

func TestTheZeroLinkIsEmpty(t *testing.T) {
	var l gs1.Link
	if l.Key() != (gs1.Element{}) || l.Qualifiers() != nil || l.Attributes() != nil || l.Elements() != nil ||
		l.Value("01") != "" || l.Path() != "" || l.Stem() != "" || l.Others() != nil || l.URI("x") != "x" {
		t.Errorf("%+v", l)
	}
}

func TestNewLinkRefusesWhatNoURICanSay(t *testing.T) {
	gtin := gs1.Element{AI: "01", Value: "12312312312326"}
	rows := []struct {
		name     string
		elements []gs1.Element
		code     string
	}{
		{"nothing", nil, "CANNOT_CREATE_DL_URI_WITHOUT_PRIMARY_KEY_AI"},
		{"no key", []gs1.Element{{AI: "99", Value: "X"}}, "CANNOT_CREATE_DL_URI_WITHOUT_PRIMARY_KEY_AI"},
		{"qualifiers of two alternatives", []gs1.Element{gtin, {AI: "235", Value: "T"}, {AI: "22", Value: "A"}}, "AI_IS_NOT_VALID_DATA_ATTRIBUTE"},
		{"unknown", []gs1.Element{gtin, {AI: "89", Value: "T"}}, "AI_UNRECOGNISED"},
		{"empty value", []gs1.Element{gtin, {AI: "10"}}, "AI_VALUE_IS_TOO_SHORT"},
		{"two values", []gs1.Element{gtin, {AI: "10", Value: "A"}, {AI: "10", Value: "B"}}, "INSTANCES_OF_AI_HAVE_DIFFERENT_VALUES"},
		{"wrong check digit", []gs1.Element{{AI: "01", Value: "12312312312327"}}, "INCORRECT_CHECK_DIGIT"},
		{"too many", make([]gs1.Element, 65), "TOO_MANY_AIS"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, err := gs1.NewLink(row.elements)
			if e := errorOf(t, err); e.Code != row.code || e.Position != -1 {
				t.Errorf("got %s at %d, want %s at -1", e.Code, e.Position, row.code)
			}
		})
	}
}

func TestNewLinkTakesEqualRepeatsOnceAndSortsThePath(t *testing.T) {
	got, err := gs1.FormatLink("https://example.com/", []gs1.Element{
		{AI: "99", Value: "A B"}, {AI: "21", Value: "XYZ"}, {AI: "01", Value: "12312312312326"},
		{AI: "10", Value: "ABC"}, {AI: "10", Value: "ABC"}, {AI: "17", Value: "270101"}, {AI: "99", Value: "A B"},
	})
	if err == nil || errorOf(t, err).Code != "INVALID_CSET82_CHARACTER" {
		t.Errorf("a space passed: %s, %v", got, err)
	}
	got, err = gs1.FormatLink("https://example.com/", []gs1.Element{
		{AI: "99", Value: "A&B"}, {AI: "21", Value: "XYZ"}, {AI: "01", Value: "12312312312326"},
		{AI: "10", Value: "ABC"}, {AI: "10", Value: "ABC"}, {AI: "17", Value: "270101"}, {AI: "99", Value: "A&B"},
	})
	if want := "https://example.com/01/12312312312326/10/ABC/21/XYZ?17=270101&99=A%26B"; err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func TestDialectsLoosenOneRuleEach(t *testing.T) {
	rows := []struct {
		name, uri, canonical string
		dialect              gs1.Dialect
	}{
		{"alpha names", "https://a/gtin/12312312312333/ser/ABC123", "/01/12312312312333/21/ABC123", gs1.Dialect{AlphaNames: true}},
		{"short GTIN in the path", "https://a/01/416000336108", "/01/00416000336108", gs1.Dialect{ShortGTINs: true}},
		{"short GTIN under an alpha name", "https://a/gtin/416000336108", "/01/00416000336108", gs1.Dialect{ShortGTINs: true, AlphaNames: true}},
		{"short GTIN in the query", "https://a/8004/9520614141234567?01=02345673", "/8004/9520614141234567?01=00000002345673", gs1.Dialect{ShortGTINs: true}},
		{"unknown attribute", "https://a/01/12312312312333?89=ABC123", "/01/12312312312333?89=ABC123", gs1.Dialect{UnknownAIs: true, UnknownAttributes: true}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if _, err := gs1.ParseLink(row.uri); err == nil {
				t.Error("the standard takes it")
			}
			l, err := row.dialect.ParseLink(row.uri)
			if err != nil || l.Canonical() != gs1.CanonicalStem+row.canonical {
				t.Errorf("got %s, %v", l.Canonical(), err)
			}
		})
	}
	_, err := gs1.Dialect{UnknownAIs: true}.ParseLink("https://a/01/12312312312333?89=ABC123")
	if e := errorOf(t, err); e.Code != "AI_IS_NOT_VALID_DATA_ATTRIBUTE" {
		t.Errorf("unknown AI in a query: %v", err)
	}
}

func TestInputIsBounded(t *testing.T) {
	many := strings.Repeat("&a=1", 100)
	long := strings.Repeat("x", gs1.MaxLength)
	deep := strings.Repeat("/10/A", 200)
	for name, parse := range map[string]func() error{
		"TOO_MANY_AIS parameters": func() error { _, err := gs1.ParseLinkPath("/01/09506000134352", many); return err },
		"TOO_MANY_AIS qualifiers": func() error { _, err := gs1.ParseLinkPath("/01/09506000134352"+deep, ""); return err },
		"TOO_MANY_AIS elements":   func() error { _, err := gs1.ParseElements(strings.Repeat("(99)A", 100)); return err },
		"TOO_MANY_AIS separated":  func() error { _, err := gs1.ParseElements(strings.Repeat("^99A", 100)); return err },
		"DATA_TOO_LONG link":      func() error { _, err := gs1.ParseLink("https://a/" + long); return err },
		"DATA_TOO_LONG path":      func() error { _, err := gs1.ParseLinkPath("/"+long, ""); return err },
		"DATA_TOO_LONG elements":  func() error { _, err := gs1.ParseElements("(99)" + long); return err },
	} {
		code, _, _ := strings.Cut(name, " ")
		if e := errorOf(t, parse()); e.Code != code {
			t.Errorf("%s: got %s", name, e.Code)
		}
	}
}

package compression_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tagline/gs1"
	"tagline/gs1/compression"
)

// published are results of GS1's own toolkit.
var published = []struct{ name, uri, full, plain string }{
	{"a lot as ASCII", "https://id.gs1.org/01/01084257720668/10/Wd%2Ch9HTDG", "/CwH45ZeyuRNfIs0OZFSJH", "/AQH45ZeyuCETXyLNDmRUiRw"},
	{"a key alone", "https://id.gs1.org/01/07817874357436", "/AQ44ez95eA", "/AQ44ez95eA"},
	{"17 digits", "https://id.gs1.org/402/00166618895764454", "/QCAEvE_gwl8w", "/QCAEvE_gwl8w"},
	{"a coupon's serial component", "https://id.gs1.org/255/3870074550063737712336704", "/JVOFEms3L8q8MU70A", "/JVOFEms3L8q8MU70A"},
	{"a code of nibbles", "https://id.gs1.org/01/00763941927583?3202=660448&240=xYcvhRfr2", "/PAFjvPl1P0J8BIDTiw5fCi_Xs", "/AQFjvPl1PkgNOLDl8KL9exkBUJ8A"},
	{"a code with a letter first", "https://id.gs1.org/8010/970755%23DMQ8P/8011/167101", "/moxy3YN2rVHEm0XFBijL0", "/gBCMct2Ddq1RxJtFxQgBFijL0"},
	{"two qualifiers, two attributes", "https://id.gs1.org/01/08412150946763/22/EEB2bL/10/Qi2?3360=072900&710=AA7a.R8D2J", "/Cg9NNom3lswggOzZYgxoRbGbAI5iOIRUGC3wrqTiIylA", ""},
}

func TestLinksAreCompressedAsTheToolkitDoes(t *testing.T) {
	for _, row := range published {
		t.Run(row.name, func(t *testing.T) {
			link, err := gs1.ParseLink(row.uri)
			if err != nil {
				t.Fatal(err)
			}
			wantPath(t, link, compression.Options{}, row.full)
			if row.plain != "" {
				wantPath(t, link, compression.Options{Plain: true}, row.plain)
			}
		})
	}
}

func wantPath(t *testing.T, link gs1.Link, o compression.Options, want string) {
	t.Helper()
	if got, err := compression.Compress(link, o); err != nil || got != want {
		t.Errorf("%+v: %s, %v, want %s", o, got, err, want)
	}
	back, err := compression.Decompress(want, "")
	if err != nil || !sameElements(back, link) {
		t.Errorf("%s is read %v, %v, want %v", want, back.Elements(), err, link.Elements())
	}
}

// sameElements compares two links but for the order of their attributes.
func sameElements(a, b gs1.Link) bool {
	return a.Path() == b.Path() && slices.Equal(byAI(a.Attributes()), byAI(b.Attributes())) && slices.Equal(a.Others(), b.Others())
}

func byAI(elements []gs1.Element) []gs1.Element {
	return slices.SortedFunc(slices.Values(elements), func(a, b gs1.Element) int { return strings.Compare(a.AI+a.Value, b.AI+b.Value) })
}

func TestVectorsOfTheToolkit(t *testing.T) {
	vectors := vectors(t)
	differ := 0
	for _, v := range vectors {
		link, err := gs1.ParseLink(v.Uncompressed)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct {
			o    compression.Options
			path string
		}{{compression.Options{}, v.Full.Compressed}, {compression.Options{Plain: true}, v.NoOpt.Compressed}} {
			back, form, err := compression.ParseLink(row.path)
			if err != nil || form != compression.Compressed || !sameElements(back, link) {
				t.Errorf("%s is read %v, %s, %v, want %v", row.path, back.Elements(), form, err, link.Elements())
			}
			got, err := compression.Compress(link, row.o)
			if err != nil {
				t.Errorf("%s: %v", v.Uncompressed, err)
				continue
			}
			if gs1.CanonicalStem+got != row.path {
				// Only the two codes that are never written make a difference.
				if sign := firstByte(row.path[len(gs1.CanonicalStem)+1:]); row.o.Plain || sign != 0x1A && sign != 0x9D {
					t.Errorf("%s %+v: %s, want %s", v.Uncompressed, row.o, got, row.path)
				}
				differ++
			}
			if back, err := compression.Decompress(got, ""); err != nil || !sameElements(back, link) {
				t.Errorf("%s is read %v, %v", got, back.Elements(), err)
			}
		}
	}
	t.Logf("%d vectors, %d of 1A and 9D, which are only read", len(vectors), differ)
}

// firstByte gives the first code of a segment.
func firstByte(segment string) byte {
	b, _ := base64.RawURLEncoding.DecodeString(segment[:2])
	c := strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", segment[1])
	return b[0]&^3 | byte(c>>4)
}

type vector struct {
	Uncompressed string
	Full         struct{ Compressed string }
	NoOpt        struct{ Compressed string } `json:"no_opt"`
}

func vectors(t testing.TB) []vector {
	shared := os.Getenv("TAGLINE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	text, err := os.ReadFile(filepath.Join(shared, "data", "gs1", "compression.json"))
	if err != nil {
		t.Skipf("NOT TESTED AGAINST THE VECTORS OF GS1'S TOOLKIT: %v", err)
	}
	var set struct {
		Count   int
		Vectors []vector
	}
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Vectors) == 0 || len(set.Vectors) != set.Count {
		t.Fatalf("%d vectors, announced are %d", len(set.Vectors), set.Count)
	}
	return set.Vectors
}

// What the published toolkit loses: each row is read back whole, in all forms.
func TestNothingIsLost(t *testing.T) {
	for _, row := range []struct{ name, uri string }{
		{"18 digits beyond a double", "https://a/00/999999999999999995"},
		{"leading zeros of a lot and a serial", "https://a/01/09506000134352/10/000/21/007"},
		{"a serial of 20 digits", "https://a/01/09506000134352/21/00000000000000000001"},
		{"90 digits", "https://a/01/09506000134352?91=" + strings.Repeat("09", 45)},
		{"the second component of 253", "https://a/253/9526064000028A01"},
		{"the second component of 8003", "https://a/8003/09526064000028000x"},
		{"no second component", "https://a/253/9526064000028"},
		{"countries", "https://a/01/09506000134352?423=276040"},
		{"one country", "https://a/01/09506000134352?423=276"},
		{"a post code behind a country", "https://a/00/006141411234567890?421=27601069"},
		{"a processor", "https://a/01/09506000134352?7030=276DE-NW1"},
		{"a lot of capital hex", "https://a/01/09506000134352/10/0AF"},
		{"a lot of small hex", "https://a/01/09506000134352/10/0af"},
		{"a lot of both", "https://a/01/09506000134352/10/Aaf_-"},
		{"the codes never written", "https://a/01/09506000134352/10/L1/21/A?17=271231"},
		{"a location with an extension", "https://a/414/9526064000028/254/32a%2Fb"},
		{"an attribute that is a key", "https://a/01/09506000134352?414=9526064000028&17=271231"},
		{"an attribute without a compressed form", "https://a/00/006141411234567890?4300=ACME&420=10115"},
		{"foreign parameters", "https://a/01/09506000134352?linkType=gs1%3Apip&e=&p=EF96&n=01&17=271231"},
		{"a flag keeps its place", "https://a/01/09506000134352?a=1&flag&b=2"},
	} {
		link, err := gs1.ParseLink(row.uri)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		for _, o := range []compression.Options{{}, {Plain: true}, {Partial: true}, {Partial: true, Plain: true}} {
			whole, err := compression.Compress(link, o)
			if err != nil {
				t.Errorf("%s: %v", row.name, err)
				continue
			}
			path, query, _ := strings.Cut(whole, "?")
			back, form, err := compression.ParseLinkPath("/shop"+path, query)
			if err != nil || form != compression.Compressed || !sameElements(back, link) || back.Stem() != "/shop" {
				t.Errorf("%s %+v: %s is read %v %v behind %q, %v", row.name, o, whole, back.Elements(), back.Others(), back.Stem(), err)
			}
		}
	}
}

func TestTheKeyStaysReadableInThePartialForm(t *testing.T) {
	link, err := gs1.ParseLink("https://a/8004/9506%2FA?91=X")
	if err != nil {
		t.Fatal(err)
	}
	got, err := compression.Compress(link, compression.Options{Partial: true})
	if err != nil || !strings.HasPrefix(got, "/8004/9506%2FA/") {
		t.Errorf("%s, %v", got, err)
	}
}

func TestTheQueryOfARequestJoinsTheSegment(t *testing.T) {
	// /01/01084257720668/10/Wd,h9HTDG
	const path = "/CwH45ZeyuRNfIs0OZFSJH"
	link, form, err := compression.ParseLinkPath(path, "linkType=gs1:pip&17=271231")
	if err != nil || form != compression.Compressed || link.Value(gs1.AIExpiry) != "271231" || !slices.Equal(link.Others(), []string{"linkType=gs1:pip"}) {
		t.Errorf("%v %v, %s, %v", link.Elements(), link.Others(), form, err)
	}
	for _, row := range []struct {
		query, code string
		position    int
	}{
		{"10=X", "DUPLICATE_AI", 1},
		{"linkType=x&17=271331", "ILLEGAL_MONTH", len(path) + 17},
		{"21=X", "AI_IS_NOT_VALID_DATA_ATTRIBUTE", len(path) + 4},
	} {
		_, _, err := compression.ParseLinkPath(path, row.query)
		if e := errorOf(t, err); e.Code != row.code || row.code != "DUPLICATE_AI" && e.Position != row.position {
			t.Errorf("%s: %+v", row.query, e)
		}
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

func TestBothOrdersOfTheCodesInDoubtAreRead(t *testing.T) {
	for _, row := range []struct{ name, segment, want string }{
		{"9D as the toolkit does", "nYlClcReLXC5kGEQnfnLY", "/414/3335124930139/254/%21%258Eq5a9H"},
		// 9D, then 414 = 9526064000028 in 44 bits, then 254 = "7": 3 bits 0, 5 bits length 1, 4 bits.
		{"9D as its text says", segment("10011101", fmt.Sprintf("%044b", 9526064000028), "000", "00001", "0111"), "/414/9526064000028/254/7"},
		// 1A: 01 in 47 bits, 10 = "A", 21 = "B", 17 in 20 bits.
		{"1A as its text says", segment("00011010", fmt.Sprintf("%047b", 9506000134352), "010", "00001", "1010", "010", "00001", "1011", fmt.Sprintf("%020b", 271231)), "/01/09506000134352/10/A/21/B"},
		{"1A as the toolkit does", segment("00011010", fmt.Sprintf("%047b", 9506000134352), "010", "00001", "1010", fmt.Sprintf("%020b", 271231), "010", "00001", "1011"), "/01/09506000134352/10/A/21/B"},
	} {
		link, err := compression.Decompress("/"+row.segment, "")
		if err != nil || link.Path() != row.want {
			t.Errorf("%s: %s, %v", row.name, link.Path(), err)
		}
	}
}

// segment packs bits, written as text, into base64url.
func segment(bits ...string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	all := strings.Join(bits, "")
	all += strings.Repeat("0", (6-len(all)%6)%6)
	var b strings.Builder
	for i := 0; i < len(all); i += 6 {
		var n int
		fmt.Sscanf(all[i:i+6], "%b", &n)
		b.WriteByte(alphabet[n])
	}
	return b.String()
}

func TestWhatIsNoCompressedLinkIsRefusedWithItsBit(t *testing.T) {
	gtin := "00000001" + fmt.Sprintf("%047b", 9506000134352)
	for _, row := range []struct {
		name, path string
		code       string
		position   int
		says       string
	}{
		{"no segment", "/", "NO_COMPRESSED_SEGMENT", 1, ""},
		{"another sign", "/AQ44ez95eA.", "NO_COMPRESSED_SEGMENT", 1, ""},
		{"no slash", "AQ44ez95eA", "NO_COMPRESSED_SEGMENT", 0, ""},
		{"an AI that is none", "/" + segment("00000101", "0000"), "NOT_COMPRESSED", 1, "Bit 0 of"},
		{"an AI without a compressed form", "/" + segment("00000011", gtin), "NOT_COMPRESSED", 1, "Bit 0 of"},
		{"a code that is none", "/" + segment("10111010", gtin), "NOT_COMPRESSED", 1, "Bit 0 of"},
		{"a second AI that is none", "/" + segment(gtin, "00000101", "00000"), "NOT_COMPRESSED", 1 + 55/6, "Bit 55 of"},
		{"an AI that breaks off", "/" + segment(gtin, "001100011"), "NOT_COMPRESSED", 1 + 63/6, "Bit 63 of"},
		{"a value that breaks off", "/" + segment("00000001", "0000"), "NOT_COMPRESSED", 2, "Bit 8 of"},
		{"too great a number", "/" + segment("00000001", strings.Repeat("1", 47)), "NOT_COMPRESSED", 2, "Bit 8 of the compressed segment: the value of (01) is a number of more than 14"},
		{"a lot of 31", "/" + segment(gtin, "00010000", "100", "11111", "1"), "NOT_COMPRESSED", 1 + 63/6, "segment: a component of (10) has 31"},
		{"an encoding that does not exist", "/" + segment(gtin, "00010000", "111", "00001", "1111"), "NOT_COMPRESSED", 1 + 71/6, "Bit 71 of"},
		{"something behind the end", "/" + segment(gtin, "00001"), "NOT_COMPRESSED", 1 + 55/6, "segment: something stands behind"},
		{"no key", "/" + segment("00010000", "000", "00001", "0001"), "NOT_COMPRESSED", 1, "there is no key"},
		{"two keys", "/" + segment(gtin, gtin), "NOT_COMPRESSED", 1 + 63/6, "this is a second key"},
		{"a parameter like an AI", "/" + segment(gtin, "1111", "0000010", "110100", "110101", "000", "0000001", "0001"), "NOT_COMPRESSED", 1 + 59/6, "Bit 59 of"},
		{"a wrong check digit", "/" + segment("00000001", fmt.Sprintf("%047b", 9506000134353)), "INCORRECT_CHECK_DIGIT", 2, ""},
		{"a key without its companion", "/" + segment(gtin, "00010111", fmt.Sprintf("%020b", 271331)), "ILLEGAL_MONTH", 1 + 63/6, ""},
		{"a wrong key before the segment", "/01/09506000134353/" + segment("00010000", "000", "00001", "0001"), "INCORRECT_CHECK_DIGIT", 1, ""},
	} {
		_, err := compression.Decompress(row.path, "")
		e := errorOf(t, err)
		if e.Code != row.code || e.Position != row.position || !strings.Contains(e.Message, row.says) {
			t.Errorf("%s: %+v, want %s at %d, %q", row.name, e, row.code, row.position, row.says)
		}
	}
}

func TestWordsAreNeitherForm(t *testing.T) {
	for path, code := range map[string]string{
		"/about":                      "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO",
		"/":                           "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO",
		"/index.html":                 "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO",
		"/01/09506000134353":          "INCORRECT_CHECK_DIGIT",
		"/01/09506000134352/products": "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO",
	} {
		_, _, err := compression.ParseLinkPath(path, "")
		if e := errorOf(t, err); e.Code != code {
			t.Errorf("%s: %+v", path, e)
		}
		_, _, err = compression.ParseLink("https://a" + path + "#x")
		if e := errorOf(t, err); e.Code != code {
			t.Errorf("%s: %+v", path, e)
		}
	}
}

func TestWhatHasNoCompressedFormIsSaid(t *testing.T) {
	for uri, ai := range map[string]string{
		"https://a/417/9526064000028":           "417",
		"https://a/01/09506000134352/235/X":     "235",
		"https://a/414/9526064000028/7040/1AB1": "7040",
	} {
		link, err := gs1.ParseLink(uri)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = compression.Compress(link, compression.Options{}); errorOf(t, err).AI != ai {
			t.Errorf("%s: %v", uri, err)
		}
	}
	if _, err := compression.Compress(gs1.Link{}, compression.Options{}); err == nil {
		t.Error("the zero link was compressed")
	}
}

// FuzzDecompress holds that what is read is written and read again as the same.
func FuzzDecompress(f *testing.F) {
	for _, row := range published {
		f.Add(row.full, "")
		f.Add("/x"+row.full, "linkType=all&17=271231")
	}
	f.Add("/nYlClcReLXC5kGEQnfnLY", "")
	f.Add("/01/09506000134352/"+segment("00010000", "000", "00001", "0001"), "")
	f.Add("/"+segment("00000001", fmt.Sprintf("%047b", 9506000134352), "1111", "0000001", "110101", "100", "0000001", "0000000"), "")
	f.Fuzz(func(t *testing.T, path, query string) {
		if strings.Contains(query, "#") {
			return // no client sends it
		}
		link, err := compression.Decompress(path, query)
		if err != nil {
			e := errorOf(t, err)
			if e.Code == "" || e.Message == "" || e.Position < -1 || e.Position > len(path)+1+len(query) {
				t.Fatalf("%q: %+v", path, e)
			}
			return
		}
		for _, o := range []compression.Options{{}, {Plain: true}, {Partial: true}} {
			whole, err := compression.Compress(link, o)
			if err != nil {
				continue // the request's query may have added what has no compressed form
			}
			path, query, _ := strings.Cut(whole, "?")
			back, err := compression.Decompress(path, query)
			if err != nil || !sameElements(back, link) {
				t.Fatalf("%q %+v is written %q and read %v %q, %v", path, o, whole, back.Elements(), back.Others(), err)
			}
		}
	})
}

// FuzzCompress holds that every link that has a compressed form comes back whole.
func FuzzCompress(f *testing.F) {
	for _, row := range published {
		f.Add(row.uri)
	}
	f.Add("https://a/01/09506000134352/10/00?a=%26+x&flag&17=270101#17")
	f.Add("https://a/8003/0952606400002800?91=" + strings.Repeat("0", 90))
	f.Fuzz(func(t *testing.T, uri string) {
		link, err := gs1.ParseLink(uri)
		if err != nil {
			return
		}
		for _, o := range []compression.Options{{}, {Plain: true}, {Partial: true}} {
			whole, err := compression.Compress(link, o)
			if err != nil {
				errorOf(t, err)
				continue
			}
			if len(whole) >= gs1.MaxLength {
				continue
			}
			path, query, _ := strings.Cut(whole, "?")
			back, err := compression.Decompress(path, query)
			if err != nil || !sameElements(back, link) {
				t.Fatalf("%q %+v is written %q and read %v %q, %v", uri, o, whole, back.Elements(), back.Others(), err)
			}
		}
	})
}

func BenchmarkCompress(b *testing.B) {
	link, err := gs1.ParseLink("https://id.example/01/09506000134352/10/ABC/21/12345?17=271231")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := compression.Compress(link, compression.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseCompressedPath(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := compression.ParseLinkPath("/CwH45ZeyuRNfIs0OZFSJH", ""); err != nil {
			b.Fatal(err)
		}
	}
}

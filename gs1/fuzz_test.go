package gs1_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tagline/gs1"
)

// seed adds the inputs of a vector file, if it is there.
func seed(f *testing.F, file string) {
	text, err := os.ReadFile(filepath.Join(vectors(), file))
	if err != nil {
		return
	}
	var set struct{ Vectors []struct{ Input string } }
	if err := json.Unmarshal(text, &set); err != nil {
		f.Fatal(err)
	}
	for _, v := range set.Vectors {
		f.Add(v.Input)
	}
}

// sane wants an error to be an *Error that points into the input.
func sane(t *testing.T, input string, err error) {
	t.Helper()
	e := errorOf(t, err)
	if e.Code == "" || e.Message == "" || e.Position < -1 || e.Position > len(input) {
		t.Errorf("%q: %+v", input, e)
	}
}

// FuzzParseLink holds that what was read is written and read again as the same,
// with the stem and without.
func FuzzParseLink(f *testing.F) {
	for _, row := range links {
		f.Add(row.uri)
	}
	f.Add("https://a/01/12312312312333/10/%41%2f%zz%?99=%26+x&flag&17=270101#17")
	f.Add("http://x")
	seed(f, "dl-uri-parse.json")
	seed(f, "oracle-dl.json")
	f.Fuzz(func(t *testing.T, uri string) {
		for _, d := range []gs1.Dialect{{}, {AlphaNames: true, ShortGTINs: true, UnknownAIs: true, UnknownAttributes: true}} {
			l, err := d.ParseLink(uri)
			if err != nil {
				sane(t, uri, err)
				continue
			}
			canonical := l.Canonical()
			again, err := d.ParseLink(canonical)
			if err != nil || again.Canonical() != canonical || again.Path() != l.Path() {
				t.Fatalf("%q is written %q and read %q, %v", uri, canonical, again.Canonical(), err)
			}
			whole := l.URI(l.Stem()) // which takes one slash from a stem's end
			back, err := d.ParseLink(whole)
			if len(whole) <= gs1.MaxLength && (err != nil || back.Stem() != strings.TrimSuffix(l.Stem(), "/")) {
				t.Fatalf("%q: behind its stem %q: %v", uri, whole, err)
			}
			// Two query attributes of different kinds may change places, no more.
			if !slices.Equal(byAI(again.Elements()), byAI(l.Elements())) {
				t.Fatalf("%q: elements %v became %v", uri, l.Elements(), again.Elements())
			}
			begin := len(l.Stem())
			path, query, _ := strings.Cut(strings.SplitN(uri[begin:], "#", 2)[0], "?")
			if p, err := d.ParseLinkPath(path, query); err != nil || !slices.Equal(p.Elements(), l.Elements()) || !slices.Equal(p.Others(), l.Others()) {
				t.Fatalf("%q: as a path %v, %v", uri, p, err)
			}
			for _, o := range l.Others() {
				if !strings.Contains(uri, o) {
					t.Fatalf("%q: parameter %q was changed", uri, o)
				}
			}
		}
	})
}

func byAI(elements []gs1.Element) []gs1.Element {
	return slices.SortedFunc(slices.Values(elements), func(a, b gs1.Element) int { return strings.Compare(a.AI, b.AI) })
}

// FuzzParseLinkPath holds that no path and no query does harm.
func FuzzParseLinkPath(f *testing.F) {
	f.Add("/01/09506000134352/21/12%2F345", "p=EF96&17=270101")
	f.Add("/t/k1/01/09506000134352/21/A", "")
	f.Add("01/09506000134352", "?")
	f.Add("//", "=&=")
	f.Fuzz(func(t *testing.T, path, query string) {
		l, err := gs1.ParseLinkPath(path, query)
		if err != nil {
			sane(t, path+"?"+query, err)
			return
		}
		if again, err := gs1.ParseLink(l.Canonical()); err != nil || again.Path() != l.Path() {
			t.Fatalf("%q %q: %v", path, query, err)
		}
	})
}

// FuzzParseElements holds that both forms say the same, and so does a link if one
// can be made.
func FuzzParseElements(f *testing.F) {
	for _, s := range []string{`(01)12345678901231(10)12\(45(11)991225`, "^0112345678901231235XYZ^10BATCH", "\x1d10A\x1d", "(7007)21122521", "(8110)106141416543213150110120", "(", "(01", "^"} {
		f.Add(s)
	}
	seed(f, "oracle-ai.json")
	seed(f, "ai-bracketed-parse.json")
	seed(f, "ai-unbracketed-parse.json")
	f.Fuzz(func(t *testing.T, s string) {
		elements, err := gs1.ParseElements(s)
		if err != nil {
			sane(t, s, err)
			return
		}
		for _, written := range []string{gs1.FormatElements(elements), gs1.FormatSeparated(elements, '^'), gs1.FormatSeparated(elements, 0x1D)} {
			again, err := gs1.ParseElements(written)
			if err != nil || !slices.Equal(again, elements) {
				t.Fatalf("%q is written %q and read %v, %v", s, written, again, err)
			}
		}
		l, err := gs1.NewLink(elements)
		if err != nil {
			errorOf(t, err)
			return
		}
		again, err := gs1.ParseLink(l.Canonical())
		if err != nil || again.Canonical() != l.Canonical() {
			t.Fatalf("%q as a link %q: %v", s, l.Canonical(), err)
		}
	})
}

package manifest_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"tagline/internal/fault"
	"tagline/internal/manifest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

type bottle struct {
	Name    string            `json:"name"`
	Texts   map[string]string `json:"texts,omitempty"`
	Strong  bool              `json:"strong,omitempty"`
	Volume  int               `json:"volume,omitempty"`
	ABV     float64           `json:"abv,omitempty"`
	Markets []string          `json:"markets,omitempty"`
	From    time.Time         `json:"from,omitzero"`
	Next    *bottle           `json:"next,omitempty"`
	Parts   []part            `json:"parts,omitempty"`
	When    echo              `json:"when,omitzero"`
}

type part struct {
	Label string `json:"label"`
	Of    string `json:"of,omitempty"`
}

// echo keeps what it was given, and dislikes the field "bad".
type echo struct{ tree any }

func (e *echo) DecodeTree(tree any) manifest.Problems {
	e.tree = tree
	var ps manifest.Problems
	if m, ok := tree.(map[string]any); ok {
		if list, ok := m["all"].([]any); ok {
			for i, entry := range list {
				if entry == "bad" {
					ps.Add(manifest.Path{"all", i}, "bad is not good", "Leave it out")
				}
			}
		}
	}
	return ps
}

func (e echo) MarshalJSON() ([]byte, error) { return json.Marshal(e.tree) }

func one(t *testing.T, text string) manifest.Document {
	t.Helper()
	docs, ps := manifest.Parse(manifest.File{Name: "a.yaml", Data: []byte(text)})
	if len(ps) > 0 || len(docs) != 1 {
		t.Fatalf("%d documents, problems %v", len(docs), ps)
	}
	return docs[0]
}

func TestADocumentIsReadIntoItsStruct(t *testing.T) {
	doc := one(t, `
# a comment
kind: Bottle
name: 09506000134352
texts: {de: "Grüße", en: no}
strong: true
volume: 700
abv: 41.5
markets: [GB, NO]
from: 2026-05-01
next:
  name: "007"
parts:
  - label: neck
  - {label: foot, of: glass}
when: {all: [{fact: seal, is: opened}, 3.5, true, null, 2026-01-01]}
`)
	var got bottle
	if ps := doc.Decode(&got); len(ps) > 0 {
		t.Fatal(ps)
	}
	want := bottle{
		Name: "09506000134352", Texts: map[string]string{"de": "Grüße", "en": "no"}, Strong: true, Volume: 700, ABV: 41.5,
		Markets: []string{"GB", "NO"}, From: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), Next: &bottle{Name: "007"},
		Parts: []part{{Label: "neck"}, {Label: "foot", Of: "glass"}},
		When: echo{map[string]any{"all": []any{
			map[string]any{"fact": "seal", "is": "opened"}, json.Number("3.5"), true, nil, "2026-01-01"}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

// The golden file shows, for each broken input, what its author is told.
func TestProblemsAreNamedAtTheirPlace(t *testing.T) {
	inputs, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil || len(inputs) < 10 {
		t.Fatalf("%d inputs, %v", len(inputs), err)
	}
	var told strings.Builder
	for _, name := range inputs {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		docs, ps := manifest.Parse(manifest.File{Name: filepath.Base(name), Data: data})
		for _, d := range docs {
			var b bottle
			ps = append(ps, d.Decode(&b)...)
		}
		told.WriteString("== " + filepath.Base(name) + "\n")
		if len(ps) == 0 {
			t.Errorf("%s: nothing found", name)
		}
		for _, p := range ps.Sort() {
			told.WriteString(p.String() + "\n")
		}
	}
	golden(t, "testdata/broken.golden", told.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (run with -update, then review):\n%s", name, got)
	}
}

func TestErrOrdersBoundsAndLocatesProblems(t *testing.T) {
	var text strings.Builder
	text.WriteString("kind: Bottle\nname: x\n")
	for range manifest.MaxProblems + 5 {
		text.WriteString("---\nkind: Bottle\nnmae: y\n")
	}
	docs, ps := manifest.Parse(manifest.File{Name: "b.yaml", Data: []byte(text.String())})
	for i := len(docs) - 1; i >= 0; i-- {
		var b bottle
		ps = append(ps, docs[i].Decode(&b)...)
	}
	f := fault.From(ps.Err())
	if f.Code != fault.Invalid || len(f.Fields) != manifest.MaxProblems+1 {
		t.Fatalf("code %s, %d fields", f.Code, len(f.Fields))
	}
	if f.Fields[0].Location != "b.yaml:5:1" || f.Fields[1].Location != "b.yaml:8:1" {
		t.Fatalf("first at %s, then %s", f.Fields[0].Location, f.Fields[1].Location)
	}
	if !strings.HasPrefix(f.Message, "105 things are wrong") || f.Fields[manifest.MaxProblems].Message != "5 more are not listed" {
		t.Fatalf("%q, %q", f.Message, f.Fields[manifest.MaxProblems].Message)
	}
	if manifest.Problems(nil).Err() != nil {
		t.Fatal("nothing wrong is an error")
	}
}

func TestLimits(t *testing.T) {
	deep := "kind: Bottle\nwhen: " + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "\n"
	bomb := "kind: Bottle\nwhen:\n  a: &a [x, x]\n  b: &b [*a, *a]\n  c: [*b, *b]\n"
	for _, row := range []struct{ name, data, want string }{
		{"file too large", "kind: Bottle\nname: " + strings.Repeat("x", manifest.MaxFileBytes), "8388608 are read"},
		{"nested too deep", deep, "nested more than"},
		{"nested too deep for the reader", strings.Repeat("[", 20000), "max depth"},
		{"alias bomb", bomb, "aliases"},
		{"too many values", "kind: Bottle\nmarkets: [" + strings.Repeat("x,", manifest.MaxNodes) + "]\n", "more than 100000 values"},
		{"too many documents", strings.Repeat("---\nkind: B\n", manifest.MaxDocuments+2), "more than 5000 documents"},
		{"utf-16", "\xff\xfek\x00i\x00", "not UTF-8"},
		{"NUL in a quoted text", "kind: Bottle\nname: \"a\\0b\"\n", "control character (U+0000)"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, ps := manifest.Parse(manifest.File{Name: "x.yaml", Data: []byte(row.data)})
			if len(ps) == 0 || !strings.Contains(ps[0].Message, row.want) {
				t.Fatalf("want %q, got %.300v", row.want, ps)
			}
		})
	}
	many := make([]manifest.File, manifest.MaxFiles+1)
	if _, ps := manifest.Parse(many...); len(ps) != 1 {
		t.Fatalf("too many files: %v", ps)
	}
}

func TestNearestFindsWhatWasMeant(t *testing.T) {
	known := []string{"tagline", "name", "market", "markets", "in", "is"}
	for _, row := range []struct{ typed, want string }{
		{"nmae", "name"}, {"Name", "name"}, {"tag-line", "tagline"}, {"marketes", "markets"}, {"ins", "in"},
		{"colour", ""}, {"x", ""}, {strings.Repeat("x", 100), ""},
	} {
		if got := manifest.Nearest(row.typed, known); got != row.want {
			t.Errorf("%q: got %q, want %q", row.typed, got, row.want)
		}
	}
}

func TestEncodeGivesTheStableForm(t *testing.T) {
	b := bottle{
		Name: "Harbour Gin", Strong: true, ABV: 43, Volume: 700, Markets: []string{"GB", "NO", "08"},
		From:  time.Date(2026, 5, 1, 18, 30, 0, 0, time.UTC),
		Texts: map[string]string{"de": "zwei\nZeilen", "en": "yes", "fr": " vor", "ja": "塩: 海", "es": "- no lista", "pt": "#x"},
		Parts: []part{{Label: "neck", Of: strings.Repeat("long text ", 12) + "end"}},
		When:  echo{map[string]any{"fact": "seal", "in": []string{"opened", "no"}}},
	}
	got, err := manifest.Encode("Bottle", b)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/encode.golden", string(got))
	var back bottle
	if ps := one(t, string(got)).Decode(&back); len(ps) > 0 {
		t.Fatal(ps)
	}
	again, err := manifest.Encode("Bottle", back)
	if err != nil || string(again) != string(got) {
		t.Fatalf("read and written again: %v\n%s", err, again)
	}
}

func TestLeavesListValuesByPath(t *testing.T) {
	leaves, err := manifest.Leaves(bottle{Name: "x", Markets: []string{"GB", "DE"}, Parts: []part{{Label: "a"}, {Label: "b"}},
		When: echo{map[string]any{"above": 3}}})
	if err != nil {
		t.Fatal(err)
	}
	want := []manifest.Leaf{{Path: "name", Text: "x"}, {Path: "markets", List: []string{"GB", "DE"}},
		{Path: "parts[0].label", Text: "a"}, {Path: "parts[1].label", Text: "b"}, {Path: "when.above", Text: "3"}}
	if !reflect.DeepEqual(leaves, want) {
		t.Fatalf("%+v", leaves)
	}
}

func FuzzParse(f *testing.F) {
	inputs, _ := filepath.Glob("testdata/broken/*.yaml")
	for _, name := range inputs {
		data, _ := os.ReadFile(name)
		f.Add(data)
	}
	f.Add([]byte("kind: Bottle\nname: a\nwhen: {all: [bad]}\n---\nkind: Bottle\nname: \"\\u00e9\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, ps := manifest.Parse(manifest.File{Name: "f.yaml", Data: data})
		lines := strings.Count(string(data), "\n") + strings.Count(string(data), "\r") + strings.Count(string(data), "\u2028") +
			strings.Count(string(data), "\u2029") + strings.Count(string(data), "\u0085") + 1
		for _, d := range docs {
			var b bottle
			wrong := d.Decode(&b)
			if len(ps) == 0 && len(wrong) == 0 {
				again(t, b)
			}
			ps = append(ps, wrong...)
		}
		for _, p := range ps {
			if p.At.Line < 1 || p.At.Line > lines+1 || p.At.Column < 1 {
				t.Fatalf("%v stands outside a file of %d lines", p, lines)
			}
		}
	})
}

// again writes a value and reads it back.
func again(t *testing.T, b bottle) {
	t.Helper()
	text, err := manifest.Encode("Bottle", b)
	if err != nil {
		t.Fatal(err)
	}
	docs, ps := manifest.Parse(manifest.File{Name: "again.yaml", Data: text})
	if len(docs) != 1 || len(ps) > 0 {
		t.Fatalf("what was written is not read: %v\n%s", ps, text)
	}
	var back bottle
	if ps := docs[0].Decode(&back); len(ps) > 0 {
		t.Fatalf("what was written is not read: %v\n%s", ps, text)
	}
	second, err := manifest.Encode("Bottle", back)
	if err != nil || string(second) != string(text) || back.Name != b.Name || !reflect.DeepEqual(back.Texts, b.Texts) && len(b.Texts) > 0 {
		t.Fatalf("changed on the way (%v):\n%s\n%s\n%+v\n%+v", err, text, second, b, back)
	}
}

func FuzzEncode(f *testing.F) {
	for _, s := range []string{"", " a", "a ", "a\nb", "a\n", "\na", "a\n\n", "a \nb", "\tx", "yes", "0o7", "1e3", "2026-01-01", "~", "- a", "#a", "a #b",
		"a: b", "'", "\"", "塩", "\u2028", "\u00a0", "|", ">", "? x", "...", "---", "---\na", "%a", "@a", "<<", "=", "a\n  b\n c", "{", "[a]", "!x", "&x", "*x", "0x1F", "1_000", ".5", "+1", ".inf"} {
		f.Add(s, s+"x")
	}
	f.Fuzz(func(t *testing.T, key, s string) {
		if strings.ToValidUTF8(s, "") != s || strings.ToValidUTF8(key, "") != key || len(key) > 100 || len(s) > 1000 || strings.ContainsFunc(s+key, control) {
			t.Skip()
		}
		again(t, bottle{Name: s, Texts: map[string]string{key: s}, Parts: []part{{Label: s, Of: key}}, Markets: []string{s, key},
			When: echo{map[string]any{"x": []any{s, map[string]any{"y": key}}}}})
	})
}

func control(r rune) bool {
	return r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0xfeff || r == 0xfffe || r == 0xffff
}

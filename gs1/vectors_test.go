package gs1_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tagline/gs1"
)

// The vectors of the standard's own tools lie outside of the repository. coverage
// says which files of them are tested, by what, and what is left out of each.
var coverage = []struct {
	file   string
	run    func(t *testing.T, v vector)
	reason string // why a file is not covered
}{
	{file: "ai-component-linters.json", reason: "tested in internal/dictionary"},
	{file: "ai-bracketed-parse.json", run: checkBracketed},
	{file: "ai-bracketed-lint.json", run: checkBracketedLint},
	{file: "ai-unbracketed-parse.json", run: checkUnbracketed},
	{file: "ai-associations.json", run: checkAssociation},
	{file: "oracle-ai.json", run: checkOracleAI},
	{file: "dl-uri-parse.json", run: checkLinkParse},
	{file: "dl-uri-generate.json", run: checkLinkGenerate},
	{file: "dl-uri-escape.json", run: checkEscape},
	{file: "dl-path-ai-sequences.json", run: checkSequence},
	{file: "oracle-dl.json", run: checkOracleLink},
	{file: "scan-data.json", reason: "tested in package scan"},
	{file: "compression.json", reason: "tested in package compression"},
}

// vector is a record of any of the files.
type vector struct {
	Input         json.RawMessage
	Valid         bool
	Expect        *string
	Options       map[string]bool
	Error         *string
	Rule          string
	Stem          *string
	Op            string
	ExpectPath    string `json:"expect_path"`
	ExpectQuery   string `json:"expect_query"`
	Unbracketed   string
	DLURI         *string `json:"dl_uri"`
	HRI           []string
	Message       *string
	Markup        *string // in oracle-ai only
	AI, Canonical string
	Ignored       []string
}

func (v vector) text(t *testing.T) string {
	t.Helper()
	var s string
	if err := json.Unmarshal(v.Input, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (v vector) dialect() gs1.Dialect {
	notAttribute, given := v.Options["validation:UNKNOWN_AI_NOT_DL_ATTR"]
	return gs1.Dialect{
		AlphaNames:        v.Options["PermitConvenienceAlphas"],
		ShortGTINs:        v.Options["PermitZeroSuppressedGTINinDLuris"],
		UnknownAIs:        v.Options["PermitUnknownAIs"],
		UnknownAttributes: given && !notAttribute,
	}
}

// part is the dialect for vectors of a single step, before the rules about which AIs
// stand together.
func (v vector) part() gs1.Dialect {
	d := v.dialect()
	d.Part = true
	return d
}

// vectors is where the files lie, or empty.
func vectors() string {
	for _, dir := range []string{os.Getenv("TAGLINE_SHARED"), filepath.Join("..", "..", "shared")} {
		dir = filepath.Join(dir, "data", "gs1")
		if _, err := os.Stat(filepath.Join(dir, "ai-dictionary.json")); err == nil {
			return dir
		}
	}
	return ""
}

func TestVectors(t *testing.T) {
	dir := vectors()
	if dir == "" {
		t.Skip("NOT TESTED AGAINST THE VECTORS OF GS1'S TOOLS: no data/gs1 in ../../shared or $TAGLINE_SHARED")
	}
	for _, c := range coverage {
		t.Run(c.file, func(t *testing.T) {
			if c.run == nil {
				t.Skip(c.reason)
			}
			text, err := os.ReadFile(filepath.Join(dir, c.file))
			if err != nil {
				t.Fatal(err)
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
			for _, v := range set.Vectors {
				t.Run("", func(t *testing.T) { c.run(t, v) })
			}
			t.Logf("%d vectors", len(set.Vectors))
		})
	}
}

// wantValid compares the verdict; it reports whether there is more to compare.
func wantValid(t *testing.T, v vector, err error) bool {
	t.Helper()
	if (err == nil) != v.Valid {
		t.Errorf("%s: valid should be %t, got %v", v.Input, v.Valid, err)
	}
	return v.Valid && err == nil
}

// latin1 turns the characters of ISO 8859-1 by which some files spell bytes into
// those bytes.
func latin1(s string) string {
	var b []byte
	for _, c := range s {
		b = append(b, byte(c))
	}
	return string(b)
}

func checkBracketed(t *testing.T, v vector) {
	elements, err := v.part().ParseElements(v.text(t))
	if wantValid(t, v, err) {
		if got := gs1.FormatSeparated(elements, '^'); got != *v.Expect {
			t.Errorf("%s: got %s, want %s", v.Input, got, *v.Expect)
		}
	}
}

func checkBracketedLint(t *testing.T, v vector) {
	_, err := v.part().ParseElements(v.text(t))
	if !wantValid(t, v, err) && errorOf(t, err).Code != *v.Error {
		t.Errorf("%s: got %v, want %s", v.Input, err, *v.Error)
	}
}

func errorOf(t *testing.T, err error) *gs1.Error {
	t.Helper()
	var e *gs1.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *gs1.Error", err)
	}
	return e
}

func checkUnbracketed(t *testing.T, v vector) {
	s := v.text(t)
	elements, err := v.part().ParseElements(s)
	if wantValid(t, v, err) {
		if got := gs1.FormatSeparated(elements, '^'); got != s {
			t.Errorf("%s is written %s", s, got)
		}
	}
}

func checkAssociation(t *testing.T, v vector) {
	wantValid(t, v, v.dialect().CheckRule(v.Rule, v.text(t)))
}

func checkOracleAI(t *testing.T, v vector) {
	elements, err := gs1.ParseElements(v.text(t))
	if !wantValid(t, v, err) {
		wantMessage(t, v, err)
		return
	}
	if got := gs1.FormatSeparated(elements, '^'); got != v.Unbracketed {
		t.Errorf("%s: unbracketed %s, want %s", v.Input, got, v.Unbracketed)
	}
	if got := gs1.HRI(elements); !slices.Equal(got, v.HRI) {
		t.Errorf("%s: HRI %q, want %q", v.Input, got, v.HRI)
	}
	uri, err := gs1.FormatLink(gs1.CanonicalStem, elements)
	if (err == nil) != (v.DLURI != nil) || err == nil && uri != *v.DLURI {
		t.Errorf("%s: link %s, %v, want %v", v.Input, uri, err, v.DLURI)
	}
	back, err := gs1.ParseElements(v.Unbracketed)
	if err != nil || !slices.Equal(back, elements) {
		t.Errorf("%s: read back %v, %v", v.Unbracketed, back, err)
	}
}

func wantMessage(t *testing.T, v vector, err error) {
	t.Helper()
	if v.Message == nil || err == nil {
		return
	}
	e := errorOf(t, err)
	if e.Message != *v.Message {
		t.Errorf("%s: got %q, want %q", v.Input, e.Message, *v.Message)
	}
	if v.Markup != nil && e.Markup != *v.Markup {
		t.Errorf("%s: got markup %q, want %q", v.Input, e.Markup, *v.Markup)
	}
}

func checkLinkParse(t *testing.T, v vector) {
	l, err := v.part().ParseLink(v.text(t))
	if wantValid(t, v, err) {
		if got := gs1.FormatSeparated(l.Elements(), '^'); got != *v.Expect {
			t.Errorf("%s: got %s, want %s", v.Input, got, *v.Expect)
		}
	}
}

func checkLinkGenerate(t *testing.T, v vector) {
	elements, err := v.part().ParseElements(v.text(t))
	if err != nil {
		t.Fatal(err)
	}
	stem := gs1.CanonicalStem
	if v.Stem != nil {
		stem = *v.Stem
	}
	got, err := gs1.FormatLink(stem, elements)
	if wantValid(t, v, err) && got != *v.Expect {
		t.Errorf("%s: got %s, want %s", v.Input, got, *v.Expect)
	}
}

func checkEscape(t *testing.T, v vector) {
	do := gs1.Escape
	if v.Op == "unescape" {
		do = gs1.Unescape
	}
	s := v.text(t)
	if got := do(s, false); got != latin1(v.ExpectPath) {
		t.Errorf("%s %q in a path: got %q, want %q", v.Op, s, got, v.ExpectPath)
	}
	if got := do(s, true); got != latin1(v.ExpectQuery) {
		t.Errorf("%s %q in a query: got %q, want %q", v.Op, s, got, v.ExpectQuery)
	}
}

func checkSequence(t *testing.T, v vector) {
	var ais []string
	if err := json.Unmarshal(v.Input, &ais); err != nil {
		t.Fatal(err)
	}
	path := ""
	for _, ai := range ais {
		path += "/" + ai + "/" + sample[ai]
	}
	_, err := gs1.Dialect{Part: true}.ParseLink("https://id.example" + path)
	wantValid(t, v, err)
}

func checkOracleLink(t *testing.T, v vector) {
	l, err := gs1.ParseLink(v.text(t))
	if !wantValid(t, v, err) {
		wantMessage(t, v, err)
		return
	}
	if got := gs1.FormatElements(l.Elements()); got != v.AI {
		t.Errorf("%s: elements %s, want %s", v.Input, got, v.AI)
	}
	if got := l.Canonical(); got != v.Canonical {
		t.Errorf("%s: canonical %s, want %s", v.Input, got, v.Canonical)
	}
	if got := l.Others(); !slices.Equal(got, v.Ignored) {
		t.Errorf("%s: others %q, want %q", v.Input, got, v.Ignored)
	}
	if back, err := gs1.ParseLink(l.Canonical()); err != nil || back.Canonical() != l.Canonical() {
		t.Errorf("%s: read back %v", l.Canonical(), err)
	}
}

// sample holds a valid value of every AI that stands in a path.
var sample = map[string]string{
	"00": "006141411234567890", "01": "09506000134352", "253": "9526064000028000001", "255": "9526064000028",
	"401": "9526064ABC", "402": "95260640000000004", "414": "9526064000028", "415": "9526064000028", "417": "9526064000028",
	"8003": "09526064000028X", "8004": "9526064ABC", "8006": "095060001343520102", "8010": "9526064A", "8013": "1987654Ad4X4bL5ttr2310c2K",
	"8017": "795260646688514634", "8018": "123456789012345675",
	"22": "V2", "10": "LOT", "21": "S%2F1", "235": "TPX", "254": "EXT", "7040": "1ABC", "8011": "12", "8019": "1", "8020": "REF",
}

package dictionary_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tagline/gs1/internal/dictionary"
)

// published writes the dictionary that was turned into JSON back into its text.
func published(t *testing.T) string {
	shared := os.Getenv("TAGLINE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared")
	}
	data, err := os.ReadFile(filepath.Join(shared, "data", "gs1", "ai-dictionary.json"))
	if err != nil {
		t.Skipf("NOT COMPARED WITH THE DICTIONARY: %v", err)
	}
	var d struct {
		Release string
		AIs     []struct {
			AI, Title  string
			FNC1       bool
			Attribute  bool `json:"dl_data_attribute"`
			Components []struct {
				Type     string
				Min, Max int
				Optional bool
				Linters  []string
			}
			Attributes struct {
				Ex, Req []string
				Key     []any `json:"dlpkey"`
			}
		}
	}
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Syntax Dictionary\n#\n# Release: %s\n\n", d.Release)
	for _, a := range d.AIs {
		flags := ""
		if !a.FNC1 {
			flags += "*"
		}
		if a.Attribute {
			flags += "?"
		}
		fmt.Fprintf(&b, "%-10s%-3s", a.AI, flags)
		for _, c := range a.Components {
			form := fmt.Sprintf("%s..%d", c.Type, c.Max)
			if c.Min == c.Max {
				form = fmt.Sprintf("%s%d", c.Type, c.Max)
			}
			form = strings.Join(append([]string{form}, c.Linters...), ",")
			if c.Optional {
				form = "[" + form + "]"
			}
			b.WriteString(form + " ")
		}
		for _, r := range a.Attributes.Req {
			b.WriteString("req=" + r + " ")
		}
		if len(a.Attributes.Ex) > 0 {
			b.WriteString("ex=" + strings.Join(a.Attributes.Ex, ",") + " ")
		}
		for _, k := range a.Attributes.Key {
			if q, ok := k.(string); ok {
				b.WriteString("dlpkey=" + q + " ")
			} else {
				b.WriteString("dlpkey ")
			}
		}
		b.WriteString("# " + a.Title + "\r\n")
	}
	return b.String()
}

func TestTheReleaseLoadedAsTextIsTheOneThatIsCompiledIn(t *testing.T) {
	loaded, fault := dictionary.Parse(published(t))
	if fault != nil {
		t.Fatal(fault.Text)
	}
	if diff := dictionary.Difference(loaded, dictionary.Standard()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNotUnderstoodIsRefusedWithItsLine(t *testing.T) {
	for _, row := range []struct{ name, text, says string }{
		{"nothing", "# only a comment\n", "line 1: there is no AI"},
		{"no component", "01 *? # GTIN", "line 1: a component is missing"},
		{"no AI", "0 N1", `line 1: "0" is no AI`},
		{"range backwards", "\n3105-3100 N6", `line 2: "3105-3100" is no AI`},
		{"another set", "01 Q14", `line 1: "Q14" is no component`},
		{"no length", "01 N..", `line 1: "N.." has no length`},
		{"length of zero", "01 N0", `line 1: "N0" has no length`},
		{"too long", "01 N200 N200", "line 1: a value of more than 255"},
		{"another check", "10 X..20\n01 N14,csum,moon", `line 2: the check "moon" is not known here`},
		{"four checks", "01 N14,csum,zero,yesno,hh", "line 1: a component has three checks"},
		{"variable before the last", "01 N..3 N1", "line 1: only the last component"},
		{"mandatory behind optional", "01 [N1] N1", "line 1: a component that must be there"},
		{"another attribute", "01 N14 glow=1", `line 1: the attribute "glow=1"`},
		{"empty requirement", "01 N14 req=", `line 1: the attribute "req="`},
		{"no pattern", "01 N14 ex=nn", `line 1: "nn" is no AI`},
		{"twice", "01 N14\n01 N14", "line 2: AI 01 stands there twice"},
		{"two lengths", "31 N14\n310 N14", "line 2: AI 310 and others that begin with 31 differ"},
		{"qualifier that is not there", "01 N14 dlpkey=10", "line 1: the qualifier 10 of AI 01 is no AI"},
		{"too many", "0000-9999 N1", "line 1: a dictionary has 4096 AIs"},
		{"too many named", "01 N14 ex=" + strings.Repeat("02,", 101), "line 1: a line names 100 AIs"},
	} {
		_, fault := dictionary.Parse(row.text)
		if fault == nil || !strings.HasPrefix(fault.Text, row.says) || fault.At < 0 || fault.At > len(row.text) {
			t.Errorf("%s: %+v, want %q", row.name, fault, row.says)
		}
	}
}

// FuzzParse holds that a table that was read can be used.
func FuzzParse(f *testing.F) {
	f.Add("# Release: 2027-01-01\n01 *? N14,csum,gcppos2 ex=02 dlpkey=10,21|235 # GTIN\n02 * N14 req=01+10,21 # CONTENT\n10 ? X..20\n21 X..20\n235 X..28")
	f.Add("3100-3105 *? N6 ex=310n req=01,02\n01 N14\n253 N13,csum [X..17] dlpkey")
	f.Fuzz(func(t *testing.T, text string) {
		table, fault := dictionary.Parse(text)
		if fault != nil {
			if fault.Text == "" || fault.At < 0 || fault.At > len(text) {
				t.Fatalf("%+v", fault)
			}
			return
		}
		for r := dictionary.Ref(0); table.Known(r); r++ {
			e := table.Entry(r)
			if table.Lookup(e.AI) != r || table.LookupPrefix(e.AI+"0") != len(e.AI) {
				t.Fatalf("%s is not found", e.AI)
			}
			e.Check(strings.Repeat("1", int(e.Max)))
		}
	})
}

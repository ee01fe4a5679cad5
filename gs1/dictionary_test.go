package gs1_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"tagline/gs1"
)

const newer = `# Release: 2030-01-31
01         *?  N14,csum,gcppos2   ex=02 dlpkey=22,10,21 # GTIN
10          ?  X..20              req=01                # BATCH/LOT
21             X..20              req=01                # SERIAL
22             X..20              req=01                # CPV
4400-4402   ?  N6,yymmdd [N4,hhmi] req=01 ex=440n       # REFILL BY
`

func TestANewerDictionaryTakesEffectInADialect(t *testing.T) {
	d, err := gs1.LoadDictionary(strings.NewReader(newer))
	if err != nil {
		t.Fatal(err)
	}
	if ai, ok := d.Lookup("4401"); !ok || ai.Title != "REFILL BY" || ai.Max != 10 || d.Release() != "2030-01-31" {
		t.Errorf("%+v, release %q", ai, d.Release())
	}
	if _, err := gs1.ParseLink("https://a/01/09506000134352?4401=301224"); err == nil {
		t.Error("the dictionary that is compiled in knows 4401")
	}
	dialect := gs1.Dialect{Dictionary: d}
	for _, row := range []struct{ uri, code string }{
		{"https://a/01/09506000134352/10/L?4401=3012241530", ""},
		{"https://a/01/09506000134352?4401=3012242530", "ILLEGAL_HOUR"},
		{"https://a/01/09506000134352?4401=301224&4402=301224", "INVALID_AI_PAIRS"},
		{"https://a/01/09506000134352?17=301224", "UNKNOWN_AI_IN_QUERY_PARAMS"},
		{"https://a/00/006141411234567890", "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO"},
	} {
		_, err := dialect.ParseLink(row.uri)
		if row.code == "" && err != nil || row.code != "" && errorOf(t, err).Code != row.code {
			t.Errorf("%s: %v, want %s", row.uri, err, row.code)
		}
	}
	elements, err := dialect.ParseElements("^0109506000134352440130122410L")
	if err == nil {
		t.Errorf("a value that runs on was taken: %v", elements)
	}
	elements, err = dialect.ParseElements("^01095060001343524401301224^10L")
	if err != nil {
		t.Fatal(err)
	}
	link, err := dialect.NewLink(elements)
	if err != nil || link.Canonical() != "https://id.gs1.org/01/09506000134352/10/L?4401=301224" {
		t.Errorf("%s, %v", link.Canonical(), err)
	}
}

func TestOneElementIsCheckedForItself(t *testing.T) {
	loaded, err := gs1.LoadDictionary(strings.NewReader(newer))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		ai, value, code string
		position        int
	}{
		{"01", "09506000134352", "", 0},
		{"10", "ABC", "", 0}, // what has to stand beside it is no question here
		{"01", "09506000134353", "INCORRECT_CHECK_DIGIT", 13},
		{"17", "271331", "ILLEGAL_MONTH", 2},
		{"17", "2713", "AI_VALUE_IS_TOO_SHORT", 0},
		{"10", "A B", "INVALID_CSET82_CHARACTER", 1},
		{"10", "A^B", "AI_CONTAINS_ILLEGAL_CARAT_CHARACTER", 1},
		{"423", "2760", "AI_DATA_HAS_INCORRECT_LENGTH", 3},
		{"4400", "271231", "AI_UNRECOGNISED", -1},
	} {
		err := gs1.CheckElement(gs1.Element{AI: row.ai, Value: row.value})
		if row.code == "" && err != nil {
			t.Errorf("(%s)%s: %v", row.ai, row.value, err)
		} else if row.code != "" {
			if e := errorOf(t, err); e.Code != row.code || e.Position != row.position {
				t.Errorf("(%s)%s: %+v", row.ai, row.value, e)
			}
		}
	}
	if err := (gs1.Dialect{Dictionary: loaded}).CheckElement(gs1.Element{AI: "4400", Value: "271231"}); err != nil {
		t.Error(err)
	}
}

func TestADictionaryThatIsNotUnderstoodIsRefused(t *testing.T) {
	_, err := gs1.LoadDictionary(strings.NewReader("01 N14\n10 X..20,taste # BATCH"))
	if e := errorOf(t, err); e.Code != "DICTIONARY_NOT_UNDERSTOOD" || e.Position != 16 || e.Message != `line 2: the check "taste" is not known here` {
		t.Errorf("%+v", e)
	}
	_, err = gs1.LoadDictionary(strings.NewReader(strings.Repeat("# a very long text\n", gs1.MaxDictionary/10)))
	if e := errorOf(t, err); e.Code != "DICTIONARY_TOO_LONG" {
		t.Errorf("%+v", e)
	}
	broken := errors.New("broken")
	if _, err = gs1.LoadDictionary(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// A release that came out after this program knows an AI more.
func ExampleLoadDictionary() {
	d, err := gs1.LoadDictionary(strings.NewReader(`
01 *? N14,csum,gcppos2 dlpkey=10 # GTIN
10  ? X..20   req=01             # BATCH/LOT
4400 ? N6,yymmdd req=01          # REFILL BY
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	link, err := gs1.Dialect{Dictionary: d}.ParseLink("https://id.example/01/09506000134352?4400=301224")
	fmt.Println(link.Value("4400"), err)
	// Output: 301224 <nil>
}

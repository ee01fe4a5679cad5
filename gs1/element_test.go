package gs1_test

import (
	"slices"
	"testing"

	"tagline/gs1"
)

func TestElementStringsAreReadInBothForms(t *testing.T) {
	rows := []struct{ name, bracketed, separated string }{
		{"one", "(01)12345678901231", "^0112345678901231"},
		{"no FNC1 behind a predefined length", "(01)12345678901231(10)12345", "^01123456789012311012345"},
		{"FNC1 behind others", "(01)12345678901231(10)12345(11)991225", "^01123456789012311012345^11991225"},
		{"a bracket in a value", `(01)12345678901231(10)12\(45`, "^01123456789012311012(45"},
		{"a bracket at the end", `(01)12345678901231(10)1\(`, "^0112345678901231101("},
		{"four digits", "(01)12345678901231(3103)000195(3922)0299", "^0112345678901231310300019539220299"},
		{"an optional component", "(01)12345678901231(7007)211225211231(10)A", "^01123456789012317007211225211231^10A"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			a, err := gs1.ParseElements(row.bracketed)
			if err != nil {
				t.Fatal(err)
			}
			b, err := gs1.ParseElements(row.separated)
			if err != nil || !slices.Equal(a, b) {
				t.Errorf("%v differs from %v, %v", b, a, err)
			}
			if got := gs1.FormatElements(b); got != row.bracketed {
				t.Errorf("bracketed %s", got)
			}
			if got := gs1.FormatSeparated(a, '^'); got != row.separated {
				t.Errorf("separated %s", got)
			}
		})
	}
}

func TestSurplusSeparatorsAreTolerated(t *testing.T) {
	got, err := gs1.ParseElements("\x1d0112345678901231\x1d10A\x1d")
	if want := []gs1.Element{{AI: "01", Value: "12345678901231"}, {AI: "10", Value: "A"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestWrongElementStringsAreRefusedWithTheRuleAndThePlace(t *testing.T) {
	rows := []struct {
		name, input, code string
		position          int
	}{
		{"nothing", "", "AI_DATA_EMPTY", 0},
		{"FNC1 alone", "^", "AI_DATA_EMPTY", 1},
		{"neither form", "0112345678901231", "AI_PARSE_FAILED", 0},
		{"a bracket alone", "(", "AI_PARSE_FAILED", 0},
		{"text between", "(01)12345678901231(10", "AI_PARSE_FAILED", 18},
		{"no value at the end", "(01)12345678901231(10)", "AI_PARSE_FAILED", 22},
		{"no value between", "(10)(01)12345678901231", "AI_VALUE_IS_TOO_SHORT", 4},
		{"unknown", "(01)12345678901231(89)1", "AI_UNRECOGNISED", 19},
		{"no digits", "(1A)1", "AI_UNRECOGNISED", 1},
		{"too long", "(01)123456789012312", "AI_VALUE_IS_TOO_LONG", 4},
		{"a caret", "(10)12^45", "AI_CONTAINS_ILLEGAL_CARAT_CHARACTER", 6},
		{"half a component", "(7007)21122521", "AI_DATA_HAS_INCORRECT_LENGTH", 12},
		{"a flaw behind a bracket", `(10)A\(B\( C`, "INVALID_CSET82_CHARACTER", 10},
		{"a second component", "(8003)01234567890129", "INCORRECT_CHECK_DIGIT", 19},
		{"no such prefix", "^891234", "NO_AI_FOR_PREFIX", 1},
		{"half an AI", "^0112345678901231310", "NO_AI_FOR_PREFIX", 17},
		{"empty behind FNC1", "^10^1012", "AI_DATA_IS_EMPTY", 3},
		{"longer than its AI", "^8111123456", "AI_DATA_IS_TOO_LONG", 9},
		{"shorter than its AI", "^011234567890123", "AI_DATA_HAS_INCORRECT_LENGTH", 3},
		{"pair", "(01)12345678901231(37)1", "INVALID_AI_PAIRS", 4},
		{"pair by pattern", "(01)12345678901231(3103)000195(3102)000195", "INVALID_AI_PAIRS", 36},
		{"requisite", "(01)12345678901231(250)A", "REQUIRED_AIS_NOT_SATISFIED", 23},
		{"requisite group", "(8020)A(8030)ABCDEF(415)9526064000028(01)12345678901231", "REQUIRED_AIS_NOT_SATISFIED", 13},
		{"different values", "(01)12345678901231(10)A(10)B", "INSTANCES_OF_AI_HAVE_DIFFERENT_VALUES", 27},
		{"signature of a key without a serial", "(253)9526064000028(8030)ABCDEF", "SERIAL_NOT_PRESENT", 5},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, err := gs1.ParseElements(row.input)
			if e := errorOf(t, err); e.Code != row.code || e.Position != row.position {
				t.Errorf("%s: got %s at %d, want %s at %d", row.input, e.Code, e.Position, row.code, row.position)
			}
		})
	}
}

func TestUnknownAIsAreTakenWhereAsked(t *testing.T) {
	d := gs1.Dialect{UnknownAIs: true}
	for _, s := range []string{"(89)ABC(89)ABC", "(236)XYZ", "(4199)", "(04)1"} {
		_, strict := gs1.ParseElements(s)
		_, err := d.ParseElements(s)
		if strict == nil || (err == nil) != (s != "(4199)") {
			t.Errorf("%s: %v, %v", s, strict, err)
		}
	}
	// In a bar code the length of an AI shows in its leading digits, or not at all.
	if _, err := d.ParseElements("^236XYZ"); err != nil {
		t.Error(err)
	}
	if _, err := d.ParseElements("^89XYZ"); err == nil {
		t.Error("an AI of unknown length passed")
	}
}

func TestKeysAndTheirCheckDigits(t *testing.T) {
	for key, data := range map[string]string{
		"GTIN-8": "02345673", "GTIN-12": "416000336108", "GTIN-13": "9520123456788", "GTIN-14": "09506000134352",
		"SSCC": "006141411234567890", "GLN": "9526064000028", "GSRN": "795260646688514634",
	} {
		last := len(data) - 1
		if d, err := gs1.CheckDigit(data[:last]); err != nil || d != data[last] {
			t.Errorf("%s %s: got %c, %v", key, data, d, err)
		}
	}
	for in, want := range map[string]string{
		"02345673": "00000002345673", "416000336108": "00416000336108",
		"9520123456788": "09520123456788", "09506000134352": "09506000134352",
	} {
		if got, err := gs1.NormalizeGTIN(in); err != nil || got != want {
			t.Errorf("%s: got %s, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{
		"": "GTIN_LENGTH", "123": "GTIN_LENGTH", "950600013435": "INCORRECT_CHECK_DIGIT",
		"950600013435A": "NON_DIGIT_CHARACTER", "095060001343520": "GTIN_LENGTH",
	} {
		if _, err := gs1.NormalizeGTIN(in); errorOf(t, err).Code != want {
			t.Errorf("%q: got %v, want %s", in, err, want)
		}
	}
	if _, err := gs1.CheckDigit(""); errorOf(t, err).Code != "TOO_SHORT_FOR_CHECK_DIGIT" {
		t.Error(err)
	}
	if _, err := gs1.CheckDigit("12x"); errorOf(t, err).Position != 2 {
		t.Error(err)
	}
}

// The example of the GS1 General Specifications.
func TestCheckPairOfAModelNumber(t *testing.T) {
	if got, err := gs1.CheckPair("1987654Ad4X4bL5ttr2310c"); err != nil || got != "2K" {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := gs1.CheckPair("19876 4"); errorOf(t, err).Position != 5 {
		t.Error(err)
	}
}

package scan_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tagline/gs1"
	"tagline/gs1/scan"
)

func errorOf(t *testing.T, err error) *gs1.Error {
	t.Helper()
	var e *gs1.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *gs1.Error", err)
	}
	return e
}

// content is a reading in the form in which Format takes it.
func content(r scan.Reading) string {
	switch {
	case r.Symbology == scan.EAN13 || r.Symbology == scan.EAN8:
		if len(r.Elements) > 1 {
			return r.Text + "|" + gs1.FormatSeparated(r.Elements[1:], '^')
		}
		return r.Text
	case r.Text == "" && r.Elements != nil:
		return gs1.FormatSeparated(r.Elements, '^')
	case strings.HasPrefix(strings.TrimLeft(r.Text, `\`), "^"):
		return `\` + r.Text
	}
	return r.Text
}

func TestTransmissionsAreReadAndWritten(t *testing.T) {
	const gs = "\x1d"
	rows := []struct {
		name         string
		symbology    scan.Symbology
		content      string
		transmission string
	}{
		{"plain QR", scan.QRCode, "TESTING", "]Q1TESTING"},
		{"plain data that look like GS1 data", scan.QRCode, `\^TESTING`, "]Q1^TESTING"},
		{"GS1 QR", scan.QRCode, "^011231231231233310ABC123^99TESTING", "]Q3011231231231233310ABC123" + gs + "99TESTING"},
		{"a Digital Link", scan.QRCode, "https://example.com/01/12312312312333?99=TEST", "]Q1https://example.com/01/12312312312333?99=TEST"},
		{"GS1 DataMatrix", scan.DataMatrix, "^011231231231233310ABC123^99TESTING", "]d2011231231231233310ABC123" + gs + "99TESTING"},
		{"plain DataMatrix", scan.DataMatrix, "TESTING", "]d1TESTING"},
		{"DotCode", scan.DotCode, "^011231231231233310ABC123^99TESTING", "]J1011231231231233310ABC123" + gs + "99TESTING"},
		{"GS1-128", scan.GS1128, "^0112312312312333235XYZ^10ABC", "]C10112312312312333235XYZ" + gs + "10ABC"},
		{"DataBar", scan.DataBarExpanded, "^011231231231233310ABC123^99TESTING", "]e0011231231231233310ABC123" + gs + "99TESTING"},
		{"EAN-13", scan.EAN13, "2112345678900", "]E02112345678900"},
		{"EAN-13 with a composite component", scan.EAN13, "2112345678900|^99COMPOSITE^98XYZ", "]E02112345678900|]e099COMPOSITE" + gs + "98XYZ"},
		{"a component that needs the GTIN", scan.EAN13, "2112345678900|^10LOT", "]E02112345678900|]e010LOT"},
		{"EAN-8", scan.EAN8, "02345673", "]E402345673"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, err := scan.Format(row.symbology, row.content)
			if err != nil || got != row.transmission {
				t.Errorf("transmits %q, %v; want %q", got, err, row.transmission)
			}
			r, err := scan.Parse(row.transmission)
			if err != nil || r.Symbology != row.symbology || content(r) != row.content {
				t.Errorf("read as %s %q, %v", r.Symbology, content(r), err)
			}
		})
	}
}

func TestOtherSymbolsTransmitAsAnother(t *testing.T) {
	rows := []struct {
		symbology             scan.Symbology
		content, transmission string
	}{
		{scan.UPCA, "^0100416000336108", "]E00416000336108"},
		{scan.UPCE, "001234000057", "]E00001234000057"},
		{scan.EAN13, "^0102112345678900", "]E02112345678900"},
		{scan.EAN8, "^0100000002345673", "]E402345673"},
		{scan.DataBarOmni, "^0124012345678905|^99COMPOSITE^98XYZ", "]e0012401234567890599COMPOSITE\x1d98XYZ"},
		{scan.DataBarLimited, "15012345678907", "]e00115012345678907"},
		{scan.GS1128CCC, "^011231231231233310ABC123|^98COMPOSITE", "]e0011231231231233310ABC123\x1d98COMPOSITE"},
	}
	for _, row := range rows {
		got, err := scan.Format(row.symbology, row.content)
		if err != nil || got != row.transmission {
			t.Errorf("%s %s: got %q, %v", row.symbology, row.content, got, err)
		}
	}
}

func TestWrongTransmissionsAreRefusedWithTheRuleAndThePlace(t *testing.T) {
	rows := []struct {
		name, transmission, code string
		position                 int
	}{
		{"nothing", "", "MISSING_SYMBOLOGY_IDENTIFIER", 0},
		{"no identifier", "TESTING", "MISSING_SYMBOLOGY_IDENTIFIER", 0},
		{"another identifier", "]XX1", "UNSUPPORTED_SYMBOLOGY_IDENTIFIER", 0},
		{"GS1 data that are none", "]Q3", "AI_DATA_EMPTY", 3},
		{"a caret", "]d210A^17270101", "SCAN_DATA_CONTAINS_ILLEGAL_CARAT", 6},
		{"a wrong value", "]d20112312312312334", "INCORRECT_CHECK_DIGIT", 18},
		{"a pair", "]d2011231231231233337100", "INVALID_AI_PAIRS", 5},
		{"a link without a key", "]Q1https://a/NOPRIMARYAI", "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO", 12},
		{"too many", "]E09506000134352|]e0" + strings.Repeat("99A\x1d", 64), "TOO_MANY_AIS", -1},
		{"too long", "]Q1" + strings.Repeat("x", gs1.MaxLength), "DATA_TOO_LONG", gs1.MaxLength},
		{"short", "]E0123456789012", "PRIMARY_SCAN_DATA_IS_TOO_SHORT", 15},
		{"long", "]E021123456789001", "PRIMARY_MESSAGE_IS_TOO_LONG", 16},
		{"letters", "]E0211234567890X", "PRIMARY_MESSAGE_MAY_ONLY_CONTAIN_DIGITS", 15},
		{"check digit", "]E02112345678901", "PRIMARY_MESSAGE_CHECK_DIGIT_IS_INCORRECT", 15},
		{"component", "]E02112345678900|]e0", "AI_DATA_EMPTY", 20},
		{"pair of symbol and component", "]E02112345678900|]e0371", "INVALID_AI_PAIRS", -1},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, err := scan.Parse(row.transmission)
			if e := errorOf(t, err); e.Code != row.code || e.Position != row.position {
				t.Errorf("%q: got %s at %d, want %s at %d", row.transmission, e.Code, e.Position, row.code, row.position)
			}
		})
	}
}

func TestWrongContentIsRefused(t *testing.T) {
	rows := []struct {
		name      string
		symbology scan.Symbology
		content   string
		code      string
	}{
		{"no symbology", "NONE", "TESTING", "UNKNOWN_SYMBOLOGY"},
		{"plain data in GS1-128", scan.GS1128, "PLAINDATA", "MISSING_FNC1_IN_FIRST_POSITION"},
		{"plain component", scan.GS1128, "^0112312312312333|X", "MISSING_FNC1_IN_FIRST_POSITION"},
		{"length", scan.EAN13, "2112345678", "PRIMARY_DATA_MUST_BE_N_DIGITS"},
		{"letters", scan.EAN13, "ABCDEFGHIJKLM", "PRIMARY_DATA_MUST_BE_ALL_DIGITS"},
		{"check digit", scan.EAN13, "2112345678901", "PRIMARY_DATA_CHECK_DIGIT_IS_INCORRECT"},
		{"too large", scan.DataBarLimited, "24012345678905", "PRIMARY_DATA_IS_TOO_LARGE"},
		{"a wrong value", scan.QRCode, "^0112312312312334", "INCORRECT_CHECK_DIGIT"},
		{"a pair", scan.DataMatrix, "^011231231231233337100", "INVALID_AI_PAIRS"},
		{"a pair across the parts", scan.EAN13, "2112345678900|^371", "INVALID_AI_PAIRS"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, err := scan.Format(row.symbology, row.content)
			if e := errorOf(t, err); e.Code != row.code || got != "" {
				t.Errorf("got %q, %s; want %s", got, e.Code, row.code)
			}
		})
	}
}

type vector struct {
	Op, Input string
	Symbology scan.Symbology
	Valid     bool
	Expect    string
}

// vectors reads the unit tests of the Syntax Engine; none if they are not there.
func vectors() []vector {
	shared := os.Getenv("TAGLINE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	text, err := os.ReadFile(filepath.Join(shared, "data", "gs1", "scan-data.json"))
	if err != nil {
		return nil
	}
	var set struct{ Vectors []vector }
	if err := json.Unmarshal(text, &set); err != nil {
		panic(err)
	}
	return set.Vectors
}

func TestVectorsOfScanData(t *testing.T) {
	list := vectors()
	if list == nil {
		t.Skip("NOT TESTED AGAINST THE VECTORS OF GS1'S TOOLS: no data/gs1/scan-data.json in ../../../shared or $TAGLINE_SHARED")
	}
	for _, v := range list {
		var got string
		var err error
		if v.Op == "generate" {
			got, err = scan.Format(v.Symbology, v.Input)
		} else {
			var r scan.Reading
			r, err = scan.Parse(v.Input)
			if got = content(r); err == nil && r.Symbology != v.Symbology {
				t.Errorf("%q: symbology %s, want %s", v.Input, r.Symbology, v.Symbology)
			}
		}
		if (err == nil) != v.Valid || v.Valid && got != v.Expect {
			t.Errorf("%s %s %q: got %q, %v; want %q", v.Op, v.Symbology, v.Input, got, err, v.Expect)
		}
	}
	t.Logf("%d vectors", len(list))
}

// FuzzScan holds that a symbol's content is transmitted and read as the same. A
// surplus FNC1 is lost in reading.
func FuzzScan(f *testing.F) {
	for _, s := range []string{"]E09506000134352", "]E02112345678900|]e099COMPOSITE\x1d98XYZ", "]d2010950600013435210ABC\x1d17270101", "]Q1https://a/01/09506000134352", `]J0\^`, "]", "]e0"} {
		f.Add(s)
	}
	for _, v := range vectors() {
		f.Add(v.Input)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, sym := range []scan.Symbology{scan.QRCode, scan.GS1128, scan.EAN13, scan.UPCA, scan.EAN8, scan.DataBarLimited} {
			transmitted, err := scan.Format(sym, s)
			if err != nil {
				errorOf(t, err)
				continue
			}
			if strings.Contains(s, "://") || len(transmitted) > gs1.MaxLength {
				continue // the link may be wrong
			}
			if _, err := scan.Parse(transmitted); err != nil {
				t.Fatalf("%s %q transmits %q: %v", sym, s, transmitted, err)
			}
		}
		r, err := scan.Parse(s)
		if err != nil {
			if e := errorOf(t, err); e.Code == "" || e.Position < -1 || e.Position > len(s) {
				t.Errorf("%q: %+v", s, e)
			}
			return
		}
		transmitted, err := scan.Format(r.Symbology, content(r))
		if err != nil {
			t.Fatalf("%q is read %+v: %v", s, r, err)
		}
		again, err := scan.Parse(transmitted)
		if err != nil || again.Text != r.Text || !slices.Equal(again.Elements, r.Elements) {
			t.Fatalf("%q is transmitted %q: %+v, %v", s, transmitted, again, err)
		}
	})
}

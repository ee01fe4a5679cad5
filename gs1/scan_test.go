package gs1_test

import (
	"testing"

	"tagline/gs1"
)

func TestTransmissionsAreReadAndWritten(t *testing.T) {
	const gs = "\x1d"
	rows := []struct {
		name         string
		symbology    gs1.Symbology
		content      string
		transmission string
	}{
		{"plain QR", gs1.QRCode, "TESTING", "]Q1TESTING"},
		{"plain data that look like GS1 data", gs1.QRCode, `\^TESTING`, "]Q1^TESTING"},
		{"GS1 QR", gs1.QRCode, "^011231231231233310ABC123^99TESTING", "]Q3011231231231233310ABC123" + gs + "99TESTING"},
		{"a Digital Link", gs1.QRCode, "https://example.com/01/12312312312333?99=TEST", "]Q1https://example.com/01/12312312312333?99=TEST"},
		{"GS1 DataMatrix", gs1.DataMatrix, "^011231231231233310ABC123^99TESTING", "]d2011231231231233310ABC123" + gs + "99TESTING"},
		{"plain DataMatrix", gs1.DataMatrix, "TESTING", "]d1TESTING"},
		{"DotCode", gs1.DotCode, "^011231231231233310ABC123^99TESTING", "]J1011231231231233310ABC123" + gs + "99TESTING"},
		{"GS1-128", gs1.GS1128, "^0112312312312333235XYZ^10ABC", "]C10112312312312333235XYZ" + gs + "10ABC"},
		{"DataBar", gs1.DataBarExpanded, "^011231231231233310ABC123^99TESTING", "]e0011231231231233310ABC123" + gs + "99TESTING"},
		{"EAN-13", gs1.EAN13, "2112345678900", "]E02112345678900"},
		{"EAN-13 with a composite component", gs1.EAN13, "2112345678900|^99COMPOSITE^98XYZ", "]E02112345678900|]e099COMPOSITE" + gs + "98XYZ"},
		{"a component that needs the GTIN", gs1.EAN13, "2112345678900|^10LOT", "]E02112345678900|]e010LOT"},
		{"EAN-8", gs1.EAN8, "02345673", "]E402345673"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, err := gs1.FormatScan(row.symbology, row.content)
			if err != nil || got != row.transmission {
				t.Errorf("transmits %q, %v; want %q", got, err, row.transmission)
			}
			scan, err := gs1.ParseScan(row.transmission)
			if err != nil || scan.Symbology != row.symbology || content(scan) != row.content {
				t.Errorf("read as %s %q, %v", scan.Symbology, content(scan), err)
			}
		})
	}
}

func TestOtherSymbolsTransmitAsAnother(t *testing.T) {
	rows := []struct {
		symbology             gs1.Symbology
		content, transmission string
	}{
		{gs1.UPCA, "^0100416000336108", "]E00416000336108"},
		{gs1.UPCE, "001234000057", "]E00001234000057"},
		{gs1.EAN13, "^0102112345678900", "]E02112345678900"},
		{gs1.EAN8, "^0100000002345673", "]E402345673"},
		{gs1.DataBarOmni, "^0124012345678905|^99COMPOSITE^98XYZ", "]e0012401234567890599COMPOSITE\x1d98XYZ"},
		{gs1.DataBarLimited, "15012345678907", "]e00115012345678907"},
		{gs1.GS1128CCC, "^011231231231233310ABC123|^98COMPOSITE", "]e0011231231231233310ABC123\x1d98COMPOSITE"},
	}
	for _, row := range rows {
		got, err := gs1.FormatScan(row.symbology, row.content)
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
		{"short", "]E0123456789012", "PRIMARY_SCAN_DATA_IS_TOO_SHORT", 15},
		{"long", "]E021123456789001", "PRIMARY_MESSAGE_IS_TOO_LONG", 16},
		{"letters", "]E0211234567890X", "PRIMARY_MESSAGE_MAY_ONLY_CONTAIN_DIGITS", 15},
		{"check digit", "]E02112345678901", "PRIMARY_MESSAGE_CHECK_DIGIT_IS_INCORRECT", 15},
		{"component", "]E02112345678900|]e0", "AI_DATA_EMPTY", 20},
		{"pair of symbol and component", "]E02112345678900|]e0371", "INVALID_AI_PAIRS", 3},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, err := gs1.ParseScan(row.transmission)
			if e := errorOf(t, err); e.Code != row.code || e.Position != row.position {
				t.Errorf("%q: got %s at %d, want %s at %d", row.transmission, e.Code, e.Position, row.code, row.position)
			}
		})
	}
}

func TestWrongContentIsRefused(t *testing.T) {
	rows := []struct {
		name      string
		symbology gs1.Symbology
		content   string
		code      string
	}{
		{"no symbology", "NONE", "TESTING", "UNKNOWN_SYMBOLOGY"},
		{"plain data in GS1-128", gs1.GS1128, "PLAINDATA", "MISSING_FNC1_IN_FIRST_POSITION"},
		{"plain component", gs1.GS1128, "^0112312312312333|X", "MISSING_FNC1_IN_FIRST_POSITION"},
		{"length", gs1.EAN13, "2112345678", "PRIMARY_DATA_MUST_BE_N_DIGITS"},
		{"letters", gs1.EAN13, "ABCDEFGHIJKLM", "PRIMARY_DATA_MUST_BE_ALL_DIGITS"},
		{"check digit", gs1.EAN13, "2112345678901", "PRIMARY_DATA_CHECK_DIGIT_IS_INCORRECT"},
		{"too large", gs1.DataBarLimited, "24012345678905", "PRIMARY_DATA_IS_TOO_LARGE"},
		{"a wrong value", gs1.QRCode, "^0112312312312334", "INCORRECT_CHECK_DIGIT"},
		{"a pair", gs1.DataMatrix, "^011231231231233337100", "INVALID_AI_PAIRS"},
		{"a pair across the parts", gs1.EAN13, "2112345678900|^371", "INVALID_AI_PAIRS"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, err := gs1.FormatScan(row.symbology, row.content)
			if e := errorOf(t, err); e.Code != row.code || got != "" {
				t.Errorf("got %q, %s; want %s", got, e.Code, row.code)
			}
		})
	}
}

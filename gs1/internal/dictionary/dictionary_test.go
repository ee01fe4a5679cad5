package dictionary_test

import (
	"fmt"
	"strings"
	"testing"

	"tagline/gs1/internal/dictionary"
)

func TestSetsHoldTheirCharacters(t *testing.T) {
	const digits, capitals, small = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
	for name, members := range map[string]string{
		"digits":     digits,
		"cset82":     digits + capitals + small + `!"%&'()*+,-./:;<=>?_`,
		"cset39":     digits + capitals + "#-/",
		"cset64":     digits + capitals + small + "-_",
		"uri":        digits + capitals + small + "-._~:/?#[]@!$&'()*+,;=%",
		"unreserved": digits + capitals + small + "-._~",
		"notHost":    "_~?#@!$&'()*+,;=%",
	} {
		for c := range 256 {
			if got, want := dictionary.InSet(name, byte(c)), strings.IndexByte(members, byte(c)) >= 0; got != want {
				t.Errorf("%s: %q is %t", name, byte(c), got)
			}
		}
	}
}

func TestEveryAIIsFoundAndNoOther(t *testing.T) {
	const all = 541
	found := 0
	for digits, limit := range map[int]int{2: 100, 3: 1000, 4: 10000} {
		for n := range limit {
			ai := fmt.Sprintf("%0*d", digits, n)
			r := dictionary.Standard().Lookup(ai)
			if r == dictionary.None {
				continue
			}
			found++
			e := dictionary.Standard().Entry(r)
			if e.AI != ai || dictionary.Standard().LookupPrefix(ai+"12345") != len(ai) {
				t.Errorf("%s is found as %s, as a prefix of length %d", ai, e.AI, dictionary.Standard().LookupPrefix(ai+"12345"))
			}
			if e.Min > e.Max || e.Max == 0 {
				t.Errorf("%s takes %d to %d characters", ai, e.Min, e.Max)
			}
		}
	}
	if found != all {
		t.Errorf("%d AIs, want %d", found, all)
	}
	for _, none := range []string{"", "0", "1", "23", "234", "2345", "0a", "a0", "01 ", "011", "80", "800", "99999", "09"} {
		if r := dictionary.Standard().Lookup(none); r != dictionary.None {
			t.Errorf("%q is found as %s", none, dictionary.Standard().Entry(r).AI)
		}
	}
}

func TestTheTableIsSortedByAI(t *testing.T) {
	for r := dictionary.Ref(1); dictionary.Standard().Known(r); r++ {
		if before := dictionary.Standard().Entry(r - 1).AI; before >= dictionary.Standard().Entry(r).AI {
			t.Errorf("%s stands before %s", before, dictionary.Standard().Entry(r).AI)
		}
	}
}

// One row for each linter, of the vectors of GS1: a good value and a flawed one,
// with the faulty part between asterisks.
func TestLintersFindTheirFlaws(t *testing.T) {
	rows := []struct{ linter, good, marked, code string }{
		{"csetnumeric", "0123", "0*a*", "NON_DIGIT_CHARACTER"},
		{"cset82", "ABC", "ABC* *", "INVALID_CSET82_CHARACTER"},
		{"cset39", "AB-1", "ABC*_*", "INVALID_CSET39_CHARACTER"},
		{"cset64", "12=", "12*==*", "INVALID_CSET64_PADDING"},
		{"cset64", "DIGSIG", "1*=*3", "INVALID_CSET64_CHARACTER"},
		{"csum", "123456789012345675", "12345678901234567*0*", "INCORRECT_CHECK_DIGIT"},
		{"csumalpha", "1987654Ad4X4bL5ttr2310c2K", "1987654Ad4X4bL5ttr2310c*XK*", "INCORRECT_CHECK_PAIR"},
		{"csumalpha", "22", "*2*", "TOO_SHORT_FOR_CHECK_PAIR"},
		{"gcppos1", "0123", "*012*", "TOO_SHORT_FOR_GCP"},
		{"gcppos1", "0123A", "01*A*3", "INVALID_GCP_PREFIX"},
		{"gcppos2", "I0123", "I*012*", "TOO_SHORT_FOR_GCP"},
		{"gcppos2", "I01234", "*I*", "TOO_SHORT_FOR_GCP"},
		{"gcppos2", "I0123A", "I01*A*3", "INVALID_GCP_PREFIX"},
		{"yymmd0", "200200", "20*13*10", "ILLEGAL_MONTH"},
		{"yymmdd", "000229", "2002*30*", "ILLEGAL_DAY"},
		{"yymmdd", "720229", "2002*00*", "ILLEGAL_DAY"},
		{"yymmdd", "240229", "2302*29*", "ILLEGAL_DAY"},
		{"yyyymmdd", "20000229", "190002*29*", "ILLEGAL_DAY"},
		{"yyyymmd0", "19000200", "*1111*", "DATE_TOO_SHORT"},
		{"hh", "23", "*24*", "ILLEGAL_HOUR"},
		{"mi", "59", "*60*", "ILLEGAL_MINUTE"},
		{"ss", "59", "*60*", "ILLEGAL_SECOND"},
		{"hhmi", "2359", "00*60*", "ILLEGAL_MINUTE"},
		{"hhmi", "0000", "*11111*", "HOUR_WITH_MINUTE_TOO_LONG"},
		{"iso3166", "276", "*000*", "NOT_ISO3166"},
		{"iso3166", "004", "*004 008*", "NOT_ISO3166"},
		{"iso3166999", "999", "*998*", "NOT_ISO3166_OR_999"},
		{"iso3166alpha2", "DE", "*AA*", "NOT_ISO3166_ALPHA2"},
		{"iso4217", "978", "*000*", "NOT_ISO4217"},
		{"iso5218", "9", "*3*", "INVALID_BIOLOGICAL_SEX_CODE"},
		{"iban", "BE71096123456769", "BE*71*096123456760", "INCORRECT_IBAN_CHECKSUM"},
		{"packagetype", "1A", "*00*", "INVALID_PACKAGE_TYPE"},
		{"mediatype", "80", "*0*", "INVALID_MEDIA_TYPE"},
		{"latitude", "1800000000", "*1800000001*", "INVALID_LATITUDE"},
		{"longitude", "3600000000", "*9999999999*", "INVALID_LONGITUDE"},
		{"pieceoftotal", "0102", "*00*00", "ZERO_PIECE_NUMBER"},
		{"pieceoftotal", "11", "*21*", "PIECE_NUMBER_EXCEEDS_TOTAL"},
		{"posinseqslash", "1/1", "*9/8*", "POSITION_EXCEEDS_END"},
		{"posinseqslash", "9/10", "1/*02*", "ILLEGAL_ZERO_PREFIX"},
		{"pcenc", "A%20B", "ABC*%fg*XYZ", "INVALID_PERCENT_SEQUENCE"},
		{"yesno", "1", "*2*", "NOT_ZERO_OR_ONE"},
		{"zero", "0", "*01*", "NOT_ZERO"},
		{"nonzero", "0001", "*000*", "ILLEGAL_ZERO_VALUE"},
		{"nozeroprefix", "0", "*0*12", "ILLEGAL_ZERO_PREFIX"},
		{"winding", "9", "*2*", "INVALID_WINDING_DIRECTION"},
		{"hyphen", "-", "*X*", "NOT_HYPHEN"},
		{"hasnondigit", "1a", "*1*", "REQUIRES_NON_DIGIT_CHARACTER"},
		{"importeridx", "_", "*AA*", "IMPORTER_IDX_MUST_BE_ONE_CHARACTER"},
		{"couponcode", "012345612345611110123", "012345612345611110123*0*", "COUPON_EXCESS_DATA"},
		{"couponcode", "0123456123456111101233500607", "012345612345611110123*35006064500607*", "COUPON_EXPIRATION_BEFORE_START"},
		{"couponcode", "012345612345611110123101101230123456", "01234561234561111012310110123*8*12345678901234", "COUPON_INVALID_2ND_PURCHASE_GCP_LENGTH"},
		{"couponcode", "012345612345611110123101101239", "0123456123456111101231011*5*", "COUPON_INVALID_2ND_PURCHASE_REQUIREMENT_CODE"},
		{"couponcode", "01234561234561111012321101239", "012345612345611110123211*7*", "COUPON_INVALID_3RD_PURCHASE_REQUIREMENT_CODE"},
		{"couponcode", "0123456123456111101233200630", "0123456123456111101233*200631*", "COUPON_INVALID_EXIPIRATION_DATE"},
		{"couponcode", "01234561234561111012335006074500606", "0123456123456111101234*12345*", "COUPON_TOO_SHORT_FOR_START_DATE"},
		{"couponcode", "01234561234561111012339912314720101", "*0123456123456111101235*", "COUPON_MISSING_SERIAL_NUMBER_VLI"},
		{"couponcode", "012345612345611110123611234567", "01234561234561111012361*12345*", "COUPON_TRUNCATED_RETAILER_GCP_OR_GLN"},
		{"couponcode", "01234561234561111012390001", "0123456123456111101239000*2*", "COUPON_INVALID_DONT_MULTIPLY_FLAG"},
		{"couponcode", "01234561234561111012390001", "0123456123456111101239*4*", "COUPON_INVALID_SAVE_VALUE_CODE"},
		{"couponposoffer", "001234561234560123456", "*3*01234561234560123456", "COUPON_INVALID_FORMAT_CODE"},
	}
	for _, row := range rows {
		if code, at, _ := dictionary.Lint(row.linter, row.good); code != "" {
			t.Errorf("%s %s: %s at %d", row.linter, row.good, code, at)
		}
		bad := strings.ReplaceAll(row.marked, "*", "")
		code, at, n := dictionary.Lint(row.linter, bad)
		if marked := bad[:at] + "*" + bad[at:at+n] + "*" + bad[at+n:]; code != row.code || marked != row.marked {
			t.Errorf("%s %s: got %s %s, want %s %s", row.linter, bad, code, marked, row.code, row.marked)
		}
	}
}

// FuzzLinters holds that a flaw lies within the value, whatever the value.
func FuzzLinters(f *testing.F) {
	for _, s := range []string{"", "0", "01234561234561111012310110123", "12=", "BE71096123456769", "2/3", "%4", "001234561234560123456", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, name := range dictionary.LinterNames() {
			code, at, n := dictionary.Lint(name, s)
			if code != "" && (at < 0 || n < 0 || at+n > len(s)) {
				t.Errorf("%s %q: %s at %d, %d bytes", name, s, code, at, n)
			}
		}
	})
}

package dictionary

import "strings"

// Flaw is what a check of a value, or of a part of one, finds: N bytes at a place
// are at fault.
type Flaw struct {
	Code, Text string
	At, N      int
}

// Check takes a value of an AI apart into its components and checks each. It tells
// how many bytes they took, and finds the first flaw, counted from the value's
// beginning. The component at fault has so many bytes; it is the last one that was
// taken into account.
func (e *Entry) Check(value string) (taken, component int, f *Flaw) {
	for i := range e.parts {
		p := &e.parts[i]
		rest := value[taken:]
		if rest == "" && p.optional {
			continue
		}
		if len(rest) > int(p.max) {
			rest = rest[:p.max]
		}
		if len(rest) < int(p.min) {
			return taken, len(rest), &Flaw{Code: WrongLength, At: taken}
		}
		f := characters(rest, p.set)
		for _, l := range p.checks {
			if f != nil || l == lintNone {
				break
			}
			f = l.check(rest)
		}
		if f != nil {
			f.At += taken
			return taken, len(rest), f
		}
		taken += len(rest)
	}
	return taken, 0, nil
}

// WrongLength is the code of a flaw that is not in a component's bytes but in how
// many there are.
const WrongLength = "AI_DATA_HAS_INCORRECT_LENGTH"

// linter is a check that the dictionary names for a component. Every value counts
// as set by its component's character set before.
type linter uint8

const (
	lintNone linter = iota
	lintCsum
	lintCsumalpha
	lintGcppos1
	lintGcppos2
	lintYymmd0
	lintYymmdd
	lintYyyymmd0
	lintYyyymmdd
	lintHh
	lintMi
	lintSs
	lintHhmi
	lintIso3166
	lintIso3166999
	lintIso3166alpha2
	lintIso4217
	lintIso5218
	lintIban
	lintPackagetype
	lintMediatype
	lintLatitude
	lintLongitude
	lintPieceoftotal
	lintPosinseqslash
	lintPcenc
	lintYesno
	lintZero
	lintNonzero
	lintNozeroprefix
	lintWinding
	lintHyphen
	lintHasnondigit
	lintImporteridx
	lintCouponcode
	lintCouponposoffer
)

// check finds the first flaw of a component, or nil.
func (l linter) check(s string) *Flaw {
	switch l {
	case lintNone:
		return nil
	case lintCsum:
		return csum(s)
	case lintCsumalpha:
		return csumalpha(s)
	case lintGcppos1:
		return companyPrefix(s, 0)
	case lintGcppos2:
		return companyPrefix(s, 1)
	case lintYymmd0, lintYymmdd:
		return date(s, 2, l == lintYymmd0)
	case lintYyyymmd0, lintYyyymmdd:
		return date(s, 4, l == lintYyyymmd0)
	case lintHh:
		return clock(s, "HOUR")
	case lintMi:
		return clock(s, "MINUTE")
	case lintSs:
		return clock(s, "SECOND")
	case lintHhmi:
		return clock(s, "HOUR_WITH_MINUTE")
	case lintIso3166:
		return listed(s, countries, "NOT_ISO3166", "A valid ISO 3166 three-digit country code is required.")
	case lintIso3166999:
		if s == "999" {
			return nil
		}
		return listed(s, countries, "NOT_ISO3166_OR_999", `A valid ISO 3166 three-digit country code or "999" is required.`)
	case lintIso3166alpha2:
		return listed(s, countriesAlpha2, "NOT_ISO3166_ALPHA2", "A valid ISO 3166 two-character country code is required.")
	case lintIso4217:
		return listed(s, currencies, "NOT_ISO4217", "A valid ISO 4217 three-digit currency code is required.")
	case lintPackagetype:
		return listed(s, packageTypes, "INVALID_PACKAGE_TYPE", "A valid PackageTypeCode is required.")
	case lintMediatype:
		return listed(s, mediaTypes, "INVALID_MEDIA_TYPE", "A valid AIDC media type is required.")
	case lintIso5218:
		return listed(s, " 0 1 2 9 ", "INVALID_BIOLOGICAL_SEX_CODE", "A valid ISO/IEC 5218 biological sex code required.")
	case lintWinding:
		return listed(s, " 0 1 9 ", "INVALID_WINDING_DIRECTION", `The winding direction must be either "0", "1" or "9".`)
	case lintYesno:
		return listed(s, " 0 1 ", "NOT_ZERO_OR_ONE", `A "0" or "1" is required.`)
	case lintIban:
		return iban(s)
	case lintLatitude:
		return degrees(s, "1800000000", "LATITUDE")
	case lintLongitude:
		return degrees(s, "3600000000", "LONGITUDE")
	case lintPieceoftotal:
		return pieceOfTotal(s)
	case lintPosinseqslash:
		return positionInSequence(s)
	case lintPcenc:
		return percentSequences(s)
	case lintZero, lintNonzero, lintNozeroprefix:
		return zeros(s, l)
	case lintHyphen:
		return whole(s, strings.Trim(s, "-") != "", "NOT_HYPHEN", "Only hyphens are permitted.")
	case lintHasnondigit:
		return whole(s, Outside(s, Digits) < 0, "REQUIRES_NON_DIGIT_CHARACTER", "A non-digit character is required.")
	case lintImporteridx:
		if len(s) != 1 {
			return whole(s, true, "IMPORTER_IDX_MUST_BE_ONE_CHARACTER", "The Importer Index must be a single character.")
		}
		return whole(s, Outside(s, Set64) >= 0, "INVALID_IMPORT_IDX_CHARACTER", "The Importer Index is an invalid character.")
	case lintCouponcode:
		return couponCode(s)
	default:
		return couponPositiveOffer(s)
	}
}

// whole finds fault with all of s, if it is bad.
func whole(s string, bad bool, code, text string) *Flaw {
	if !bad {
		return nil
	}
	return &Flaw{code, text, 0, len(s)}
}

// listed wants s in a list of codes between spaces.
func listed(s, list, code, text string) *Flaw {
	for at := 0; s != "" && strings.IndexByte(s, ' ') < 0; {
		i := strings.Index(list[at:], s)
		if i < 0 {
			break
		}
		at += i
		if list[at-1] == ' ' && list[at+len(s)] == ' ' {
			return nil
		}
		at++
	}
	return whole(s, true, code, text)
}

func nonDigit(at int) *Flaw {
	return &Flaw{"NON_DIGIT_CHARACTER", "A non-digit character was found where a digit is expected.", at, 1}
}

func notCset82(at int) *Flaw {
	return &Flaw{"INVALID_CSET82_CHARACTER", "A non-CSET 82 character was found where a CSET 82 character is expected.", at, 1}
}

// characters checks the character set of a component.
func characters(s string, set byte) *Flaw {
	switch set {
	case 'N':
		if at := Outside(s, Digits); at >= 0 {
			return nonDigit(at)
		}
	case 'X':
		if at := Outside(s, Set82); at >= 0 {
			return notCset82(at)
		}
	case 'Y':
		if at := Outside(s, Set39); at >= 0 {
			return &Flaw{"INVALID_CSET39_CHARACTER", "A non-CSET 39 character was found where a CSET 39 character is expected.", at, 1}
		}
	case 'Z':
		return base64url(s)
	}
	return nil
}

// base64url checks character set 64: the padding at the end, if there is any,
// makes the length divisible by three.
func base64url(s string) *Flaw {
	at := Outside(s, Set64)
	if at < 0 {
		return nil
	}
	if padding := len(s) - at; strings.Trim(s[at:], "=") != "" {
		return &Flaw{"INVALID_CSET64_CHARACTER", "A non-CSET 64 character was found where a CSET 64 character is expected.", at, 1}
	} else if padding > 2 || len(s)%3 != 0 {
		return &Flaw{"INVALID_CSET64_PADDING", "Incorrect number of CSET 64 pad characters.", at, padding}
	}
	return nil
}

func tooShortForCheckDigit(s string) *Flaw {
	return whole(s, true, "TOO_SHORT_FOR_CHECK_DIGIT", "The component is too short to perform a numeric check digit calculation.")
}

func csum(s string) *Flaw {
	if s == "" {
		return tooShortForCheckDigit(s)
	}
	if at := Outside(s, Digits); at >= 0 {
		return nonDigit(at)
	}
	last := len(s) - 1
	if checkDigit(s[:last]) != s[last] {
		return &Flaw{"INCORRECT_CHECK_DIGIT", "The numeric check digit is incorrect.", last, 1}
	}
	return nil
}

func tooLongForCheckPair(s string) *Flaw {
	return whole(s, true, "TOO_LONG_FOR_CHECK_PAIR_IMPLEMENTATION", "The component is too long to perform an alphanumeric check character pair calculation.")
}

func csumalpha(s string) *Flaw {
	if len(s) < 2 {
		return whole(s, true, "TOO_SHORT_FOR_CHECK_PAIR", "The component is too short to perform an alphanumeric check character pair calculation.")
	}
	if len(s) > maxPaired {
		return tooLongForCheckPair(s)
	}
	last := len(s) - 2
	if at := Outside(s[:last], Set82); at >= 0 {
		return notCset82(at)
	}
	if pair := checkPair(s[:last]); string(pair[:]) != s[last:] {
		return &Flaw{"INCORRECT_CHECK_PAIR", "The alphanumeric check-character pair are incorrect.", last, 2}
	}
	return nil
}

// companyPrefix wants the shortest GS1 company prefix, four digits, from a place
// on.
func companyPrefix(s string, from int) *Flaw {
	if len(s) <= from {
		from = 0
	}
	if len(s) < from+4 {
		return &Flaw{"TOO_SHORT_FOR_GCP", "The component is shorter than the minimum length GS1 Company Prefix.", from, len(s) - from}
	}
	if at := Outside(s[from:from+4], Digits); at >= 0 {
		return &Flaw{"INVALID_GCP_PREFIX", "The GS1 Company Prefix is invalid.", from + at, 1}
	}
	return nil
}

// zeros checks what has to be zero, must not be, or must not begin so.
func zeros(s string, l linter) *Flaw {
	if l == lintZero {
		return whole(s, s == "" || strings.Trim(s, "0") != "", "NOT_ZERO", "A zero is required.")
	}
	if at := Outside(s, Digits); at >= 0 {
		return nonDigit(at)
	}
	if l == lintNonzero {
		return whole(s, strings.Trim(s, "0") == "", "ILLEGAL_ZERO_VALUE", "A non-zero value is required.")
	}
	if len(s) > 1 && s[0] == '0' {
		return zeroPrefix(0, 1)
	}
	return nil
}

func zeroPrefix(at, n int) *Flaw {
	return &Flaw{"ILLEGAL_ZERO_PREFIX", "A zero prefix is not permitted.", at, n}
}

package dictionary

import "strings"

// date checks a date whose year has so many digits: a year of two lies between
// 1972 and 2071, so that it leaps if it divides by four. Day 00, where it is
// allowed, stands for the last day of the month.
func date(s string, year int, dayZero bool) *Flaw {
	if len(s) < year+4 {
		return whole(s, true, "DATE_TOO_SHORT", "The date is too short.")
	}
	if len(s) > year+4 {
		return whole(s, true, "DATE_TOO_LONG", "The date is too long.")
	}
	if at := Outside(s, Digits); at >= 0 {
		return nonDigit(at)
	}
	y, month, day := number(s[:year]), number(s[year:year+2]), number(s[year+2:])
	if month < 1 || month > 12 {
		return &Flaw{"ILLEGAL_MONTH", "The date contains an illegal month of the year.", year, 2}
	}
	last := 31
	switch month {
	case 4, 6, 9, 11:
		last = 30
	case 2:
		last = 28
		if y%4 == 0 && (year == 2 || y%100 != 0 || y%400 == 0) {
			last = 29
		}
	}
	if day > last || day == 0 && !dayZero {
		return &Flaw{"ILLEGAL_DAY", "The date contains an illegal day of the month.", year + 2, 2}
	}
	return nil
}

// number reads a few digits.
func number(digits string) int {
	n := 0
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}

// clock checks an hour, a minute, a second or an hour with its minute.
func clock(s, unit string) *Flaw {
	length, format := 2, "HH"
	switch unit {
	case "MINUTE":
		format = "MI"
	case "SECOND":
		format = "SS"
	case "HOUR_WITH_MINUTE":
		length, format = 4, "HHMI"
	}
	name := strings.ToLower(strings.ReplaceAll(unit, "_", " "))
	if len(s) < length {
		return whole(s, true, unit+"_TOO_SHORT", "The "+name+" is too short for "+format+" format.")
	}
	if len(s) > length {
		return whole(s, true, unit+"_TOO_LONG", "The "+name+" is too long for "+format+" format.")
	}
	if at := Outside(s, Digits); at >= 0 {
		return nonDigit(at)
	}
	switch {
	case unit == "MINUTE" && s > "59":
		return illegalMinute(0)
	case unit == "SECOND" && s > "59":
		return &Flaw{"ILLEGAL_SECOND", "The time contains an illegal seconds.", 0, 2}
	case format[0] == 'H' && s[:2] > "23":
		return &Flaw{"ILLEGAL_HOUR", "The time contains an illegal hour.", 0, 2}
	case length == 4 && s[2:] > "59":
		return illegalMinute(2)
	}
	return nil
}

func illegalMinute(at int) *Flaw {
	return &Flaw{"ILLEGAL_MINUTE", "The time contains an illegal minute.", at, 2}
}

// degrees checks a latitude or longitude, ten digits as text: the highest does not
// fit into 32 bits.
func degrees(s, highest, name string) *Flaw {
	lower := strings.ToLower(name)
	if len(s) != len(highest) {
		return whole(s, true, name+"_INVALID_LENGTH", "The "+lower+" must be 10 digits.")
	}
	if at := Outside(s, Digits); at >= 0 {
		return nonDigit(at)
	}
	return whole(s, s > highest, "INVALID_"+name, "The "+lower+` is outside of the range "0000000000" to "`+highest+`".`)
}

// iban checks the country and the checksum of ISO 13616.
func iban(s string) *Flaw {
	switch {
	case len(s) < 4:
		return ibanTooShort(s)
	case listed(s[:2], countriesAlpha2, "", "") != nil:
		return &Flaw{"ILLEGAL_IBAN_COUNTRY_CODE", "The IBAN must start with a valid ISO 3166 two-character country code.", 0, 2}
	case len(s) > 34:
		return whole(s, true, "IBAN_TOO_LONG", "The IBAN is too long.")
	case len(s) <= 10:
		return ibanTooShort(s)
	}
	sum := 0
	for i := range len(s) {
		// The first four characters count last.
		at := (i + 4) % len(s)
		switch c := s[at]; {
		case IsDigit(c):
			sum = sum*10 + int(c-'0')
		case 'A' <= c && c <= 'Z':
			sum = sum*100 + int(c-'A') + 10
		default:
			return &Flaw{"INVALID_IBAN_CHARACTER", "The IBAN contains an invalid character.", at, 1}
		}
		sum %= 97
	}
	if sum != 1 {
		return &Flaw{"INCORRECT_IBAN_CHECKSUM", "The IBAN is invalid since the check characters are incorrect.", 2, 2}
	}
	return nil
}

func ibanTooShort(s string) *Flaw {
	return whole(s, true, "IBAN_TOO_SHORT", "The IBAN is too short.")
}

// pieceOfTotal checks two numbers of the same length, the piece and how many
// there are.
func pieceOfTotal(s string) *Flaw {
	if s == "" || len(s)%2 != 0 {
		return whole(s, true, "INVALID_LENGTH_FOR_PIECE_OF_TOTAL", "The piece with total must have an even length, having equal-length components.")
	}
	if at := Outside(s, Digits); at >= 0 {
		return nonDigit(at)
	}
	half := len(s) / 2
	zero := strings.Repeat("0", half)
	if s[:half] == zero {
		return &Flaw{"ZERO_PIECE_NUMBER", "The piece number must not have a value of zero.", 0, half}
	}
	if s[half:] == zero {
		return &Flaw{"ZERO_TOTAL_PIECES", "The piece total must not have a value of zero.", half, half}
	}
	return whole(s, s[:half] > s[half:], "PIECE_NUMBER_EXCEEDS_TOTAL", "The piece number must not exceed the piece total.")
}

// positionInSequence checks "2/3".
func positionInSequence(s string) *Flaw {
	position, end, _ := strings.Cut(s, "/")
	if position == "" || end == "" || Outside(position, Digits) >= 0 || Outside(end, Digits) >= 0 {
		return whole(s, true, "POSITION_IN_SEQUENCE_MALFORMED", `The data must have the format "<pos>/<end>".`)
	}
	if position[0] == '0' {
		return zeroPrefix(0, len(position))
	}
	if end[0] == '0' {
		return zeroPrefix(len(position)+1, len(end))
	}
	exceeds := len(position) > len(end) || len(position) == len(end) && position > end
	return whole(s, exceeds, "POSITION_EXCEEDS_END", "The position number must not exceed the end number.")
}

// percentSequences wants two hexadecimal digits behind every percent sign.
func percentSequences(s string) *Flaw {
	for i := range len(s) {
		if s[i] == '%' && (i+2 >= len(s) || HexValue(s[i+1]) < 0 || HexValue(s[i+2]) < 0) {
			return &Flaw{"INVALID_PERCENT_SEQUENCE", `The input contains an invalid percent hex-encoding "%hh" sequence.`, i, min(3, len(s)-i)}
		}
	}
	return nil
}

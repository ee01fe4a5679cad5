package inspect

import (
	_ "embed"
	"strings"
)

// countries has a line for each country: its numeric code, its letters and its
// English name (ISO 3166-1; the names are those of Unicode CLDR).
//
//go:embed codes/countries.txt
var countries string

// currencies has a line for each currency: its numeric code and its letters (ISO
// 4217).
//
//go:embed codes/currencies.txt
var currencies string

// country gives the English name for a code of three digits or two letters, or the
// code itself.
func country(code string) string {
	for line := range strings.Lines(countries) {
		number, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		letters, name, _ := strings.Cut(rest, " ")
		if code == number || code == letters {
			return name
		}
	}
	return code
}

// currency gives the letters of a numeric code, or the code itself.
func currency(code string) string {
	for line := range strings.Lines(currencies) {
		if number, letters, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " "); number == code {
			return letters
		}
	}
	return code
}

// restricted tells what is special about a GTIN of 14 digits by its leading digits,
// in a sentence, or nothing (GS1 General Specifications, section 1.4).
func restricted(gtin string) string {
	if strings.HasPrefix(gtin, "000000") {
		return "" // a GTIN-8 has prefixes of its own
	}
	switch prefix := gtin[1:4]; {
	case between(prefix, "020", "029"), between(prefix, "200", "299"):
		return "Numbers that begin so are given out within a store or a company: elsewhere they mean something else or nothing."
	case between(prefix, "040", "049"):
		return "Numbers that begin so are given out within a company: elsewhere they mean nothing."
	case prefix == "952":
		return "Numbers that begin so are for demonstrations and examples."
	case prefix == "977":
		return "It stands for a serial publication (ISSN)."
	case strings.HasPrefix(gtin[1:], "9790"):
		return "It stands for printed music (ISMN)."
	case between(prefix, "978", "979"):
		return "It stands for a book (ISBN)."
	case prefix == "980":
		return "It stands for a refund receipt."
	case between(prefix, "981", "984"), between(prefix, "990", "999"):
		return "It stands for a coupon."
	}
	return ""
}

// barCode names the symbol in which a GTIN of so many digits stands at the till, in a
// sentence; one of 14 digits stands in none.
func barCode(digits int) string {
	switch digits {
	case 8:
		return "In print it is an EAN-8."
	case 12:
		return "In print it is a UPC-A."
	case 13:
		return "In print it is an EAN-13."
	}
	return ""
}

func between(s, first, last string) bool { return first <= s && s <= last }

// level tells what the first digit of a GTIN of 14 digits says, or nothing.
func level(gtin string) string {
	switch c := gtin[0]; c {
	case '0':
		return ""
	case '9':
		return "It is a trade item of variable measure."
	default:
		return "It is a case or pallet of items, packaging level " + string(c) + "."
	}
}

package inspect

import (
	"strconv"
	"strings"

	"tagline/gs1"
)

// meaning says an element in words, as part of a sentence: "best before 31 December
// 2027", "net weight 0.500 kg". The value is valid.
func meaning(e gs1.Element) string {
	if s := measure(e); s != "" {
		return s
	}
	if s := dated(e); s != "" {
		return s
	}
	if s := located(e); s != "" {
		return s
	}
	v := e.Value
	switch e.AI {
	case "01", "03":
		return "trade item (GTIN) " + v
	case "02":
		return "containing trade items (GTIN) " + v
	case "253":
		return "document (GDTI) " + serialised(v, 13)
	case "255":
		return "coupon (GCN) " + serialised(v, 13)
	case "8003":
		return "returnable asset (GRAI) " + serialised(v, 14)
	case "8006", "8026":
		return "piece " + count(v[14:16]) + " of " + count(v[16:]) + " of trade item (GTIN) " + v[:14]
	case "30", "37":
		if e.AI == "37" {
			return plural(count(v), "trade item") + " inside"
		}
		return plural(count(v), "item")
	case "7030", "7031", "7032", "7033", "7034", "7035", "7036", "7037", "7038", "7039":
		if v[:3] == "999" {
			return "processor " + v[3:]
		}
		return "processor " + v[3:] + " in " + country(v[:3])
	case "7023":
		return "asset of the assembly (GIAI) " + v
	case "4321":
		return yes(v, "dangerous goods", "no dangerous goods")
	case "4322":
		return yes(v, "may be left without a signature", "must not be left without a signature")
	case "4323":
		return yes(v, "a signature is required", "no signature is required")
	case "4330", "4331", "4332", "4333":
		return temperature(e)
	}
	if noun := nouns(e.AI); noun != "" {
		return noun + " " + v
	}
	return title(e.AI) + " " + v
}

// nouns names what a value stands for, where it speaks for itself.
func nouns(ai string) string {
	switch ai {
	case "00":
		return "logistic unit (SSCC)"
	case "10":
		return "lot"
	case "20":
		return "internal variant"
	case "21":
		return "serial number"
	case "22":
		return "consumer product variant"
	case "235":
		return "third-party extension"
	case "240":
		return "additional number"
	case "241":
		return "customer's part number"
	case "250":
		return "secondary serial number"
	case "254":
		return "extension"
	case "400":
		return "order number"
	case "401":
		return "consignment (GINC)"
	case "402":
		return "shipment (GSIN)"
	case "403":
		return "route"
	case "8004":
		return "asset (GIAI)"
	case "8010":
		return "component (CPID)"
	case "8011":
		return "serial number"
	case "8013":
		return "model (GMN)"
	case "8017":
		return "service provider (GSRN)"
	case "8018":
		return "service recipient (GSRN)"
	case "8019":
		return "service instance"
	case "8020":
		return "payment reference"
	case "8110":
		return "North American coupon"
	case "8112":
		return "positive offer"
	case "8200":
		return "product page"
	case "90", "91", "92", "93", "94", "95", "96", "97", "98", "99":
		return "the company's own data (" + ai + ")"
	}
	return ""
}

// serialised takes a serial component off a key of so many digits.
func serialised(v string, n int) string {
	if len(v) == n {
		return v
	}
	return v[:n] + ", serial number " + v[n:]
}

func yes(v, one, zero string) string {
	if v == "1" {
		return one
	}
	return zero
}

// count drops leading zeros.
func count(digits string) string {
	if s := strings.TrimLeft(digits, "0"); s != "" {
		return s
	}
	return "0"
}

// decimal puts a point before the last so many digits.
func decimal(digits string, places int) string {
	if n := places + 1 - len(digits); n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	whole, fraction := count(digits[:len(digits)-places]), digits[len(digits)-places:]
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

// measure says weights, lengths, areas, volumes, prices and amounts: the last digit
// of the AI is the number of decimal places.
func measure(e gs1.Element) string {
	if e.AI == "8005" {
		return "price per unit of measure " + e.Value
	}
	if len(e.AI) != 4 || e.AI[0] != '3' {
		return ""
	}
	places, v := int(e.AI[3]-'0'), e.Value
	switch e.AI[:3] {
	case "390":
		return "amount to pay " + decimal(v, places) + " in the local currency"
	case "391":
		return "amount to pay " + decimal(v[3:], places) + " " + currency(v[:3])
	case "392":
		return "price " + decimal(v, places) + " in the local currency"
	case "393":
		return "price " + decimal(v[3:], places) + " " + currency(v[:3])
	case "394":
		return decimal(v, places) + " % off"
	case "395":
		return "price per unit of measure " + decimal(v, places)
	case "337":
		return decimal(v, places) + " kg per m²"
	}
	// "VOLUME (gal (US)), log": what is measured, in which unit, and whether of the
	// logistic unit.
	name, rest, _ := strings.Cut(title(e.AI), " (")
	rest, logistic := strings.CutSuffix(rest, ", log")
	unit := strings.TrimSuffix(rest, ")")
	if unit == "" {
		return ""
	}
	name = strings.ToLower(name)
	if logistic {
		name += " as packed"
	}
	return name + " " + decimal(v, places) + " " + unit
}

// temperature says a temperature in hundredths of a degree, with a minus behind it.
func temperature(e gs1.Element) string {
	limit, unit := "or less", "°F"
	if e.AI >= "4332" {
		limit = "or more"
	}
	if e.AI == "4331" || e.AI == "4333" {
		unit = "°C"
	}
	digits, below := strings.CutSuffix(e.Value, "-")
	sign := ""
	if below {
		sign = "-"
	}
	return "kept at " + sign + decimal(digits, 2) + " " + unit + " " + limit
}

// dated says dates and times.
func dated(e gs1.Element) string {
	v := e.Value
	switch e.AI {
	case "11":
		return "produced " + on(v)
	case "12":
		return "to be paid by " + day(v)
	case "13":
		return "packed " + on(v)
	case "15":
		return "best before " + day(v)
	case "16":
		return "to be sold by " + day(v)
	case "17":
		return "use by " + day(v)
	case "7003":
		return "expires on " + day(v[:6]) + " at " + hour(v[6:])
	case "7006":
		return "first frozen " + on(v)
	case "7007":
		if len(v) == 12 {
			return "harvested from " + day(v[:6]) + " to " + day(v[6:])
		}
		return "harvested " + on(v)
	case "7011":
		return "to be tested by " + moment(v)
	case "7250", "7251":
		return "born on " + count(v[6:8]) + " " + month(v[4:6]) + " " + v[:4] + at(v[8:])
	case "8008":
		return "produced on " + moment(v)
	case "4324":
		return "not to be delivered before " + window(v)
	case "4325":
		return "to be delivered by " + window(v)
	case "4326":
		return "to be released on " + day(v)
	}
	return ""
}

// day writes YYMMDD out. The years are 1972 to 2071, as the General Specifications'
// rule gives for this half of the century; day 00 is the end of the month.
func day(v string) string {
	century := "20"
	if v[:2] >= "72" {
		century = "19"
	}
	if v[4:] == "00" {
		return "the end of " + month(v[2:4]) + " " + century + v[:2]
	}
	return count(v[4:]) + " " + month(v[2:4]) + " " + century + v[:2]
}

// on writes YYMMDD as the day of something past; day 00 is any day of the month.
func on(v string) string {
	if v[4:] == "00" {
		return "in " + strings.TrimPrefix(day(v), "the end of ")
	}
	return "on " + day(v)
}

func month(v string) string {
	names := [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > len(names) {
		return v
	}
	return names[n-1]
}

// hour writes HH, HHMM or HHMMSS.
func hour(v string) string {
	switch len(v) {
	case 2:
		return v + ":00"
	case 4:
		return v[:2] + ":" + v[2:]
	}
	return v[:2] + ":" + v[2:4] + ":" + v[4:]
}

// at writes a time that may be missing.
func at(v string) string {
	if v == "" {
		return ""
	}
	return " at " + hour(v)
}

// moment writes YYMMDD and a time, if there is one.
func moment(v string) string { return day(v[:6]) + at(v[6:]) }

// window writes YYMMDDHHMM, in which 9999 is no time.
func window(v string) string {
	if v[6:] == "9999" {
		return day(v[:6])
	}
	return moment(v)
}

// located says places, parties and countries.
func located(e gs1.Element) string {
	v := e.Value
	switch e.AI {
	case "410":
		return "to be shipped to location (GLN) " + v
	case "411":
		return "to be billed to party (GLN) " + v
	case "412":
		return "bought from party (GLN) " + v
	case "413":
		return "to be forwarded to location (GLN) " + v
	case "414":
		return "location (GLN) " + v
	case "415":
		return "invoicing party (GLN) " + v
	case "416":
		return "production or service location (GLN) " + v
	case "417":
		return "party (GLN) " + v
	case "420":
		return "ship to post code " + v
	case "421":
		return "ship to post code " + v[3:] + " in " + country(v[:3])
	case "422":
		return "from " + country(v)
	case "423":
		return "first processed in " + countryList(v)
	case "424":
		return "processed in " + country(v)
	case "425":
		return "cut up in " + countryList(v)
	case "426":
		return "wholly processed in " + country(v)
	case "427":
		return "region of origin " + v
	case "4307":
		return "ship to " + country(v)
	case "4317":
		return "return to " + country(v)
	case "4309":
		return "ship to latitude " + degrees(v[:10], 90) + ", longitude " + degrees(v[10:], 180)
	}
	return ""
}

// countryList writes out codes of three digits that stand one behind another.
func countryList(v string) string {
	var names []string
	for ; len(v) >= 3; v = v[3:] {
		names = append(names, country(v[:3]))
	}
	return list(names)
}

// list joins words as a sentence does.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// degrees writes a coordinate in ten-millionths of a degree. A latitude counts from
// the south pole, a longitude eastwards once round the earth.
func degrees(v string, half int64) string {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return v
	}
	const unit = 10_000_000
	switch {
	case half == 90:
		n -= 90 * unit
	case n > 180*unit:
		n -= 360 * unit
	}
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return sign + decimal(strconv.FormatInt(n, 10), 7) + "°"
}

// plural counts things.
func plural(n, noun string) string {
	if n == "1" {
		return n + " " + noun
	}
	return n + " " + noun + "s"
}

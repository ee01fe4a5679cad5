package inspect_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"tagline/gs1"
	"tagline/internal/inspect"
)

// What a value means, as part of a sentence.
func TestValuesInWords(t *testing.T) {
	const item, unit = "(01)09506000134352", "(00)006141411234567890"
	for _, row := range []struct{ elements, want string }{
		{item + "(15)271231", "best before 31 December 2027"},
		{item + "(17)280229", "use by 29 February 2028"},
		{item + "(11)720100", "produced in January 1972"},
		{item + "(13)710101", "packed on 1 January 2071"},
		{item + "(16)271205", "to be sold by 5 December 2027"},
		{item + "(7003)2712311530", "expires on 31 December 2027 at 15:30"},
		{item + "(7007)271001271005", "harvested from 1 October 2027 to 5 October 2027"},
		{item + "(8008)27123115", "produced on 31 December 2027 at 15:00"},
		{item + "(8008)271231153045", "produced on 31 December 2027 at 15:30:45"},
		{item + "(3103)001250", "net weight 1.250 kg"},
		{item + "(3100)000012", "net weight 12 kg"},
		{item + "(3205)000001", "net weight 0.00001 lb"},
		{item + "(3302)012345", "gross weight 123.45 kg"},
		{item + "(3631)000155", "volume as packed 15.5 gal (US)"},
		{item + "(3601)000155", "net volume 15.5 qt (US)"},
		{item + "(3372)000155", "1.55 kg per m²"},
		{item + "(30)12(3922)1299", "price 12.99 in the local currency"},
		{item + "(30)00012(3932)9781299", "price 12.99 EUR"},
		{"(8020)REF(415)9526064000028(3912)840001299", "amount to pay 12.99 USD"},
		{"(255)9526064000028(3941)0125", "12.5 % off"},
		{item + "(422)276", "from Germany"},
		{item + "(423)276040756", "first processed in Germany, Austria and Switzerland"},
		{item + "(7030)276DENW1", "processor DENW1 in Germany"},
		{item + "(7030)999DENW1", "processor DENW1"},
		{unit + "(421)27610115", "ship to post code 10115 in Germany"},
		{unit + "(4307)MK", "ship to North Macedonia"},
		{unit + "(4333)001800-", "kept at -18.00 °C or more"},
		{unit + "(4330)000850", "kept at 8.50 °F or less"},
		{unit + "(4309)14250000001880000000", "ship to latitude 52.5000000°, longitude -172.0000000°"},
		{unit + "(4322)1", "may be left without a signature"},
		{"(8006)095060001343520102", "piece 1 of 2 of trade item (GTIN) 09506000134352"},
		{"(253)9526064000028A1", "document (GDTI) 9526064000028, serial number A1"},
		{"(8003)09526064000028", "returnable asset (GRAI) 09526064000028"},
		{"(02)09506000134352(37)0024" + unit, "24 trade items inside"},
	} {
		r := inspect.Explain(row.elements)
		found := false
		for _, e := range r.Elements {
			found = found || e.Means == row.want
		}
		if !r.Valid || !found || !strings.Contains(r.Words, row.want) {
			t.Errorf("%s: no %q in %q %+v", row.elements, row.want, r.Words, r.Error)
		}
	}
}

// Every country and currency that the linters take has a name, and no other.
func TestEveryCodeHasAName(t *testing.T) {
	for n := range 1000 {
		code := string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
		_, err := gs1.ParseElements("(01)09506000134352(422)" + code)
		if got := inspect.Country(code); (got != code) != (err == nil) {
			t.Errorf("country %s is called %s, and the dictionary says %v", code, got, err)
		}
		_, err = gs1.ParseElements("(01)09506000134352(30)1(3930)" + code + "1")
		if got := inspect.Currency(code); (got != code) != (err == nil) || len(got) != 3 {
			t.Errorf("currency %s is called %s, and the dictionary says %v", code, got, err)
		}
	}
}

// The names of countries are those of Unicode CLDR, but for two that are newer.
func TestCountriesAreThoseOfCLDR(t *testing.T) {
	names := display.English.Regions()
	for n := range 1000 {
		code := fmt.Sprintf("%03d", n)
		got := inspect.Country(code)
		if got == code {
			continue
		}
		region, err := language.EncodeM49(n)
		if err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		want := names.Name(region)
		switch region.String() {
		case "MK":
			want = "North Macedonia"
		case "SZ":
			want = "Eswatini"
		}
		if got != want || inspect.Country(region.String()) != want {
			t.Errorf("%s is called %s and by its letters %s, want %s", code, got, inspect.Country(region.String()), want)
		}
	}
}

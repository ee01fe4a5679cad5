package pages_test

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"tagline/internal/pages"
)

// The lists of countries are made from the names of Unicode CLDR, in the order of
// each language; -update makes them again.
func TestCountriesAreThoseOfCLDRInTheOrderOfTheLanguage(t *testing.T) {
	for _, lang := range pages.Languages() {
		tag := language.MustParse(lang)
		namer := display.Regions(tag)
		type row struct{ code, name string }
		var rows []row
		for a := 'A'; a <= 'Z'; a++ {
			for b := 'A'; b <= 'Z'; b++ {
				code := string([]rune{a, b})
				region, err := language.ParseRegion(code)
				if err != nil || !region.IsCountry() || region.Canonicalize().String() != code || uninhabited(code) {
					continue
				}
				name := namer.Name(region)
				if newer := renamed(code)[lang]; newer != "" {
					name = newer
				}
				if name != "" { // states that are no more, and have no one successor, have none
					rows = append(rows, row{code, name})
				}
			}
		}
		order := collate.New(tag)
		slices.SortFunc(rows, func(x, y row) int { return order.CompareString(x.name, y.name) })
		var want bytes.Buffer
		for _, r := range rows {
			want.WriteString(r.code + " " + r.name + "\n")
		}
		path := "countries/" + lang + ".txt"
		if *update {
			if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s differs from CLDR; run the test with -update and read the difference", path)
		}
		if len(rows) < 230 {
			t.Errorf("only %d countries in %s", len(rows), lang)
		}
	}
}

// uninhabited are codes that nobody lives under, or that are no place of their own.
func uninhabited(code string) bool {
	return slices.Contains([]string{"AC", "AQ", "BV", "CP", "DG", "EA", "EU", "EZ", "GS", "HM", "IC", "IO", "QO", "TA", "TF", "UM", "UN", "XA", "XB", "ZZ"}, code)
}

// renamed are countries that took a new name after the release of CLDR that the
// text module carries (32, of 2017).
func renamed(code string) map[string]string {
	switch code {
	case "MK":
		return map[string]string{"en": "North Macedonia", "de": "Nordmazedonien", "fr": "Macédoine du Nord", "es": "Macedonia del Norte", "ja": "北マケドニア"}
	case "SZ":
		return map[string]string{"en": "Eswatini", "de": "Eswatini", "fr": "Eswatini", "es": "Esuatini", "ja": "エスワティニ"}
	}
	return nil
}

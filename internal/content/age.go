package content

import (
	"strings"
	"time"
)

// floor is the least age at which content about alcohol is shown anywhere. Where
// the law sets a lower one or none, the industry's own code (IARD) sets 18.
const floor = 18

// LegalAge tells from which age somebody may buy spirits in a country (ISO 3166-1
// alpha-2), and whether they may at all. For a country that the table does not
// know, it is the highest age of the table.
func LegalAge(country string) (years int, allowed, known bool) {
	strictest := floor
	for _, row := range lawful {
		if strings.Contains(row.countries, " "+country+" ") && len(country) == 2 {
			return max(row.years, floor), !row.banned, true
		}
		strictest = max(strictest, row.years)
	}
	return strictest, true, false
}

// OldEnough says whether somebody born on a day is of age in a country now. Of
// birth only the date counts. The day counted is the one that has begun everywhere
// on earth, twelve hours behind UTC, so that nobody is let in a few hours early. A
// birth date that cannot be true gives UnderAge. Who was born on 29 February is a
// year older on 1 March of other years.
func OldEnough(birth, now time.Time, country string) Age {
	years, allowed, _ := LegalAge(country)
	by, bm, bd := birth.Date()
	ty, tm, td := now.UTC().Add(-12 * time.Hour).Date()
	age := ty - by
	if tm < bm || tm == bm && td < bd {
		age--
	}
	const oldest = 120
	if !allowed || age < years || age > oldest {
		return UnderAge
	}
	return OfAge
}

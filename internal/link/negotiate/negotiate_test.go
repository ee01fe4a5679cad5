package negotiate_test

import (
	"strings"
	"testing"

	"tagline/internal/link/negotiate"
)

// best names what has the highest grade, all of them when several have it.
func best(grade func(string) int, all ...string) string {
	top := -2
	var names []string
	for _, a := range all {
		g := grade(a)
		if g > top {
			top, names = g, nil
		}
		if g == top {
			names = append(names, a)
		}
	}
	return strings.Join(names, " ")
}

func TestTheLanguageThatWasWishedMostIsBest(t *testing.T) {
	for _, row := range []struct{ name, header, have, want string }{
		{"the first of equals", "de, en", "en de fr", "de"},
		{"weights before places", "de;q=0.5, en;q=0.9", "en de", "en"},
		{"a region falls back to its language", "de-AT", "en de", "de"},
		{"the region itself is closer", "de-AT, en", "de de-AT", "de-AT"},
		{"the first wish is looked up whole before the second", "de-AT, en", "en de", "de"},
		{"a language takes a region of it when there is nothing better", "de", "fr de-AT", "de-AT"},
		{"but only then", "de, en", "en de-AT", "en"},
		{"zero excludes", "de;q=0, *", "de en", "en"},
		{"zero excludes regions too", "de;q=0, *", "de-AT en", "en"},
		{"zero of a region leaves the language", "de-AT;q=0, de", "de en", "de"},
		{"a star takes any", "fr, *;q=0.1", "de en", "de en"},
		{"no language is better than an unwanted one", "fr", "- en", "-"},
		{"a star wishes for a language", "fr, *", "- en", "en"},
		{"whoever wishes nothing gets what is for everybody", "", "en -", "-"},
		{"what cannot be read is left out", "d€, de;q=x, en;q=0.2", "de en", "en"},
		{"case does not matter", "DE-at", "en de-AT", "de-AT"},
		{"a weight above one cannot be read", "de;q=1.5, en;q=0.1", "de en", "en"},
		{"all excluded is all alike", "*;q=0", "de en", "de en"},
	} {
		l := negotiate.ParseLanguages(row.header)
		got := best(func(tag string) int {
			if tag == "-" {
				return l.Grade(nil)
			}
			return l.Grade([]string{tag})
		}, strings.Fields(row.have)...)
		if got != row.want {
			t.Errorf("%s: %q of %s gives %s, not %s", row.name, row.header, row.have, got, row.want)
		}
	}
	if g := negotiate.ParseLanguages("de, fr").Grade([]string{"fr", "de"}); g != negotiate.ParseLanguages("de, fr").Grade([]string{"de"}) {
		t.Error("several languages count as the best of them")
	}
}

func TestTheMediaTypeThatWasWishedMostIsBest(t *testing.T) {
	for _, row := range []struct{ name, header, have, want string }{
		{"by name", "application/pdf", "text/html application/pdf", "application/pdf"},
		{"by weight", "text/html;q=0.4, application/pdf;q=0.5", "text/html application/pdf", "application/pdf"},
		{"a name is closer than a family", "text/*, text/html", "text/plain text/html", "text/html"},
		{"the closest range has the say", "text/*;q=1, text/html;q=0.1", "text/plain text/html", "text/plain"},
		{"a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "application/pdf text/html", "text/html"},
		{"anything is anything", "*/*", "application/pdf text/html -", "application/pdf text/html -"},
		{"nothing wished", "", "application/pdf text/html -", "application/pdf text/html -"},
		{"no type is better than an unwanted one", "image/png", "text/html -", "-"},
		{"zero excludes", "text/html;q=0, */*", "text/html application/pdf", "application/pdf"},
		{"the tester's word for nothing", "undefined", "text/html -", "text/html -"},
		{"a space is a plus sign", "application/ld json", "application/json application/ld+json", "application/ld+json"},
		{"parameters are no matter", "text/html;level=1;q=0.3, text/plain;q=0.2", "text/plain text/html", "text/html"},
		{"no half stars", "*/html, text/plain", "text/html text/plain", "text/plain"},
	} {
		m := negotiate.ParseMedia(row.header)
		got := best(func(s string) int { return m.Grade(strings.Trim(s, "-")) }, strings.Fields(row.have)...)
		if got != row.want {
			t.Errorf("%s: %q of %s gives %s, not %s", row.name, row.header, row.have, got, row.want)
		}
	}
}

func TestALinksetIsPreferredOnlyByItsName(t *testing.T) {
	const set = "application/linkset+json"
	for header, want := range map[string]bool{
		set: true, "application/linkset json": true, "*/*": false, "": false, "application/*": false,
		set + ";q=0.5, text/html": false, "text/html;q=0.5, " + set: true, set + ";q=0": false,
	} {
		if got := negotiate.ParseMedia(header).Prefers(set, "text/html"); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

func TestALongHeaderIsReadInPart(t *testing.T) {
	long := strings.Repeat("fr,", negotiate.MaxRanges) + "de"
	if g := negotiate.ParseLanguages(long).Grade([]string{"de"}); g != negotiate.Unwanted {
		t.Errorf("the range behind the last one that is read counts: %d", g)
	}
}

func FuzzHeaders(f *testing.F) {
	for _, s := range []string{"de-AT,de;q=0.9,*;q=0", "text/html,*/*;q=0.8", "application/ld json", ";;q=,=,q", "*;q=0.0001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if g := negotiate.ParseLanguages(s).Grade([]string{"de"}); g < negotiate.Excluded {
			t.Error(g)
		}
		if g := negotiate.ParseMedia(s).Grade("text/html"); g < negotiate.Excluded {
			t.Error(g)
		}
	})
}

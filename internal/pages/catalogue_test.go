package pages_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/internal/pages"
)

func words(t *testing.T, lang string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("words/" + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]string
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// A language may have more variants that speak of a bottle (its grammar may need
// them), but no text may be missing, and no slot of a text.
func TestEveryLanguageSaysEverything(t *testing.T) {
	slot := regexp.MustCompile(`\{[a-z]+\}`)
	slots := func(s string) []string {
		found := slot.FindAllString(s, -1)
		slices.Sort(found)
		return found
	}
	english := words(t, "en")
	for _, lang := range pages.Languages() {
		theirs := words(t, lang)
		for key, text := range english {
			base, isVariant := strings.CutSuffix(key, ".bottle")
			got, ok := theirs[key]
			if !ok && isVariant {
				got, ok = theirs[base]
			}
			if !ok || strings.TrimSpace(got) == "" {
				t.Errorf("%s says nothing for %q", lang, key)
				continue
			}
			if want := slots(text); !slices.Equal(slots(got), want) {
				t.Errorf("%s %q has the slots %v, want %v", lang, key, slots(got), want)
			}
		}
		for key := range theirs {
			base, _ := strings.CutSuffix(key, ".bottle")
			if _, ok := english[base]; !ok && key != "first" {
				t.Errorf("%s has %q, which nobody asks for", lang, key)
			}
		}
	}
}

// A text that no template uses is a text that nobody keeps right.
func TestEveryTextIsUsed(t *testing.T) {
	var source strings.Builder
	for _, f := range []string{"templates/layout.html", "pages.go", "age.go", "catalogue.go"} {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(raw)
	}
	for key := range words(t, "en") {
		base, _ := strings.CutSuffix(key, ".bottle")
		kind, part, _ := strings.Cut(base, ".")
		if slices.Contains(pages.Kinds(), pages.Kind(kind)) && (part == "title" || part == "text") && kind != "age" {
			continue // asked for by W
		}
		if name, ok := strings.CutPrefix(base, "age.wrong."); ok {
			base = "age.wrong"
			if name != pages.AgeCountry && name != pages.AgeDate {
				t.Errorf("no answer can be wrong as %q", name)
			}
		}
		if last := base[strings.LastIndexByte(base, '.')+1:]; !strings.Contains(source.String(), `"`+base+`"`) &&
			!strings.Contains(words(t, "en")["age.order"], last) {
			t.Errorf("nothing uses %q", base)
		}
	}
}

func TestLanguageIsTheLinksThenTheBrowsers(t *testing.T) {
	for _, c := range []struct{ name, link, accept, want string }{
		{"nothing said", "", "", "en"},
		{"the link wins", "fr", "de", "fr"},
		{"a region finds its language", "", "de-AT,de;q=0.9,en;q=0.8", "de"},
		{"the link may carry a region", "ES-mx", "", "es"},
		{"an unknown link falls to the browser", "tlh", "ja", "ja"},
		{"weights count, not places", "", "en;q=0.3, fr;q=0.7, de;q=0.5", "fr"},
		{"of equal weights the first", "", "es;q=0.5,de;q=0.5", "es"},
		{"zero means never", "", "de;q=0", "en"},
		{"an unspoken first choice", "", "sv, da;q=0.9, fr;q=0.1", "fr"},
		{"a broken weight weighs nothing", "", "de;q=abc, fr;q=0.1", "fr"},
		{"a weight above one is broken", "", "de;q=7, fr;q=0.1", "fr"},
		{"not a number is broken", "", "de;q=NaN, fr;q=0.1", "fr"},
		{"a header without end is read only so far", "", strings.Repeat("xx,", 5000) + "de", "en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := pages.Language(c.link, c.accept); got != c.want {
				t.Errorf("Language(%q, %q) = %s, want %s", c.link, c.accept, got, c.want)
			}
		})
	}
}

func TestDatesAreWrittenAsEachLanguageDoes(t *testing.T) {
	p := newPages(t)
	day := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for lang, want := range map[string]string{
		"en": "1 March 2026", "de": "1. März 2026", "fr": "1er mars 2026", "es": "1 de marzo de 2026", "ja": "2026年3月1日", "": "1 March 2026",
	} {
		if got := p.Date(lang, day); got != want {
			t.Errorf("%s: %s, want %s", lang, got, want)
		}
	}
}

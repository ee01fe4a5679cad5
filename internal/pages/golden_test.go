package pages_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"tagline/internal/pages"
)

// Every page in English, and the most telling ones in every language, as they go
// out. Style and list of countries have files of their own and are left out here.
func TestGoldenPages(t *testing.T) {
	p := newPages(t)
	for _, kind := range pages.Kinds() {
		for _, lang := range pages.Languages() {
			if lang != "en" && kind != pages.Opened && kind != pages.AgeQuestion {
				continue
			}
			name := string(kind) + "." + lang + ".html"
			t.Run(name, func(t *testing.T) {
				got := render(t, p, sample(p, kind, lang))
				got = regexp.MustCompile(`(?s)(<style>):root\{--bg.*?(</style>)`).ReplaceAllString(got, "$1 style.css $2")
				got = regexp.MustCompile(`(?s)(<option value="..">[^\n]*\n)+`).ReplaceAllString(got, "countries\n")
				path := filepath.Join("testdata", name)
				if *update {
					if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("%s differs; run with -update and read the difference", path)
				}
			})
		}
	}
}

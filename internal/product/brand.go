package product

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/text/language"

	"tagline/internal/manifest"
)

// Brand groups products and what is said about them.
type Brand struct {
	Slug     string `json:"slug"`               // lower case, 63 characters at most
	Name     string `json:"name"`               //
	Country  string `json:"country,omitempty"`  // ISO 3166-1 alpha-2, where it comes from
	Homepage string `json:"homepage,omitempty"` // https
	Accent   string `json:"accent,omitempty"`   // "#rrggbb"
}

// The bounds of texts, in characters.
const (
	maxName  = 120
	maxLine  = 240
	maxStory = 2000
	maxItems = 50 // entries of any list
)

var (
	accentForm = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
)

// Check finds what is wrong with the brand by itself.
func (b Brand) Check() manifest.Problems {
	var ps manifest.Problems
	ps.Slug(manifest.Path{"slug"}, b.Slug)
	ps.Line(manifest.Path{"name"}, b.Name, maxName)
	if b.Country != "" {
		checkCountry(&ps, manifest.Path{"country"}, b.Country)
	}
	if b.Homepage != "" && !httpURL(b.Homepage, "https") {
		ps.Add(manifest.Path{"homepage"}, "the homepage is not an https address", "Write https://www.name.example/.")
	}
	if b.Accent != "" && !accentForm.MatchString(b.Accent) {
		ps.Add(manifest.Path{"accent"}, "the accent is not a colour", "Write it as \"#1A5C4A\", in quotes.")
	}
	return ps
}

func checkCountry(ps *manifest.Problems, at manifest.Path, code string) {
	if IsCountry(code) {
		return
	}
	hint := "Write the two capital letters of ISO 3166-1: GB, DE, JP."
	if up := strings.ToUpper(code); IsCountry(up) {
		hint = "Write " + up + "."
	} else if up == "UK" {
		hint = "The United Kingdom is GB."
	}
	ps.Add(at, "there is no country "+quote(code), hint)
}

// notCountries are codes that CLDR knows and ISO 3166-1 has withdrawn, or reserved
// for something else than a country.
const notCountries = " AC AN CP CQ CS DG EA EU EZ FQ IC NT PC SU TA UN YU "

// IsCountry reports whether a code is a country's of ISO 3166-1 alpha-2, or XK,
// under which Kosovo is known.
func IsCountry(code string) bool {
	if len(code) != 2 || strings.Contains(notCountries, " "+code+" ") {
		return false
	}
	r, err := language.ParseRegion(code)
	return err == nil && r.IsCountry() && r.Canonicalize().String() == code
}

// httpURL reports whether an address is absolute, of one of the schemes, and
// without a user or a password in it.
func httpURL(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || len(s) > 500 {
		return false
	}
	for _, want := range schemes {
		if u.Scheme == want {
			return true
		}
	}
	return false
}

// IsLink reports whether an address may stand in a link of a page: http, https,
// or a path of our own.
func IsLink(s string) bool {
	if strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") && !strings.ContainsAny(s, "\\ ") && len(s) <= 500 {
		_, err := url.Parse(s)
		return err == nil
	}
	return httpURL(s, "https", "http")
}

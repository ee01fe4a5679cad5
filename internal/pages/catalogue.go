package pages

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

//go:embed words/*.json
var wordFiles embed.FS

//go:embed countries/*.txt
var countryFiles embed.FS

// catalogue is every word of the pages in one language.
type catalogue struct {
	lang      string
	words     map[string]string
	months    []string
	datePart  []string // the pattern of a date, cut into {slots} and what stands between
	countries []country
	languages []language // the switch, as this language shows it
}

type country struct{ code, name string }

// Languages lists the languages of the pages, the first one standing in for all
// others. The order is that of the switch on the page.
func Languages() []string { return []string{"en", "de", "fr", "es", "ja"} }

func loadCatalogues() (map[string]*catalogue, error) {
	all := map[string]*catalogue{}
	for _, lang := range Languages() {
		c := &catalogue{lang: lang}
		raw, err := wordFiles.ReadFile("words/" + lang + ".json")
		if err != nil {
			return nil, fmt.Errorf("pages: words of %s: %w", lang, err)
		}
		if err := json.Unmarshal(raw, &c.words); err != nil {
			return nil, fmt.Errorf("pages: words of %s: %w", lang, err)
		}
		if c.months = strings.Fields(c.words["months"]); len(c.months) != 12 {
			return nil, fmt.Errorf("pages: words of %s: %d months", lang, len(c.months))
		}
		c.datePart = cutPattern(c.words["date"])
		names, err := countryFiles.ReadFile("countries/" + lang + ".txt")
		if err != nil {
			return nil, fmt.Errorf("pages: countries of %s: %w", lang, err)
		}
		for line := range strings.Lines(string(names)) {
			code, name, ok := strings.Cut(strings.TrimSpace(line), " ")
			if !ok || len(code) != 2 {
				return nil, fmt.Errorf("pages: countries of %s: %q is not a code and a name", lang, line)
			}
			c.countries = append(c.countries, country{code, name})
		}
		all[lang] = c
	}
	for _, c := range all {
		for _, lang := range Languages() {
			c.languages = append(c.languages, language{lang, all[lang].words["name"], lang == c.lang})
		}
	}
	return all, nil
}

// say gives a text of the catalogue with its {slots} filled from pairs of name and
// value. With bottle, the variant of the key that speaks of a bottle is preferred.
func (c *catalogue) say(bottle variant, key string, pairs ...string) (string, error) {
	text, ok := "", false
	if bottle {
		text, ok = c.words[key+".bottle"]
	}
	if !ok {
		if text, ok = c.words[key]; !ok {
			return "", fmt.Errorf("pages: no words for %q in %s", key, c.lang)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text, nil
}

// variant says whether the words may speak of a bottle.
type variant bool

// date writes a day. It is asked for on every page after a tap, so the pattern is
// not searched anew each time.
func (c *catalogue) date(t time.Time) string {
	year, month, day := t.Date()
	out := make([]byte, 0, 32)
	for _, part := range c.datePart {
		switch part {
		case "{day}":
			if first := c.words["first"]; first != "" && day == 1 {
				out = append(out, first...)
			} else {
				out = strconv.AppendInt(out, int64(day), 10)
			}
		case "{month}":
			out = append(out, c.months[month-1]...)
		case "{year}":
			out = strconv.AppendInt(out, int64(year), 10)
		default:
			out = append(out, part...)
		}
	}
	return string(out)
}

// cutPattern cuts "{day}. {month}" into {day}, ". " and {month}.
func cutPattern(pattern string) (parts []string) {
	for pattern != "" {
		n := strings.IndexByte(pattern, '{')
		if n == 0 {
			n = strings.IndexByte(pattern, '}') + 1
		}
		if n <= 0 {
			n = len(pattern)
		}
		parts, pattern = append(parts, pattern[:n]), pattern[n:]
	}
	return parts
}

// number writes a quantity with one decimal at most, as the language does.
func (c *catalogue) number(f float64) string {
	s := strconv.FormatFloat(f, 'f', 1, 64)
	s = strings.TrimSuffix(s, ".0")
	return strings.Replace(s, ".", c.words["decimal"], 1)
}

// CountryKnown says whether the age question lists a country (alpha-2, upper case).
func (p *Pages) CountryKnown(code string) bool {
	for _, c := range p.catalogues[Languages()[0]].countries {
		if c.code == code {
			return true
		}
	}
	return false
}

// Language chooses the language of a page: the link's (?lang=) if it is spoken
// here, else the best of Accept-Language by RFC 4647 lookup (de-AT finds de; of
// equal weights the first), else English.
func Language(link, acceptLanguage string) string {
	if lang := spoken(link); lang != "" {
		return lang
	}
	best, bestQ := Languages()[0], 0.0
	// A header is worth reading only so far; browsers send a handful.
	for n := 0; n < 20 && acceptLanguage != ""; n++ {
		var part string
		part, acceptLanguage, _ = strings.Cut(acceptLanguage, ",")
		tag, params, _ := strings.Cut(part, ";")
		q := quality(params)
		if q <= bestQ {
			continue
		}
		if lang := spoken(strings.TrimSpace(tag)); lang != "" {
			best, bestQ = lang, q
		}
	}
	return best
}

// spoken gives the language of Languages that a tag means, or "".
func spoken(tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	for _, lang := range Languages() {
		if strings.EqualFold(base, lang) {
			return lang
		}
	}
	return ""
}

// quality reads the weight of an Accept-Language element; a broken one weighs
// nothing.
func quality(params string) float64 {
	params = strings.TrimSpace(params)
	if params == "" {
		return 1
	}
	value, ok := strings.CutPrefix(params, "q=")
	if !ok {
		return 0
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}

// CountryName gives a country in the words of a language; "" if it is not known.
func (p *Pages) CountryName(lang, code string) string {
	for _, c := range p.catalogue(lang).countries {
		if c.code == code {
			return c.name
		}
	}
	return ""
}

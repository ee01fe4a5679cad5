package pages_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"tagline/internal/pages"
)

// What a screen reader needs, checked by structure on every page in every
// language. The browser tests run axe on the same pages.
func TestEveryPageIsAccessibleByStructure(t *testing.T) {
	p := newPages(t)
	for _, kind := range pages.Kinds() {
		for _, lang := range pages.Languages() {
			v := sample(p, kind, lang)
			if kind == pages.AgeQuestion {
				v.Age.Wrong = []string{pages.AgeCountry, pages.AgeDate}
			}
			for _, problem := range audit(render(t, p, v), lang) {
				t.Errorf("%s in %s: %s", kind, lang, problem)
			}
		}
	}
}

func TestTheAuditFindsWhatIsWrong(t *testing.T) {
	sound := `<html lang="en" dir="ltr"><head><title>A</title></head><body><header></header><main><h1>A</h1><label for="a">A</label><input id="a"></main><footer></footer></body></html>`
	if problems := audit(sound, "en"); len(problems) != 0 {
		t.Fatalf("a sound page has problems: %v", problems)
	}
	for name, change := range map[string][2]string{
		"two h1":          {"<h1>A</h1>", "<h1>A</h1><h1>B</h1>"},
		"no h1":           {"<h1>A</h1>", ""},
		"no language":     {` lang="en"`, ""},
		"an empty title":  {"<title>A</title>", "<title></title>"},
		"no main":         {"main>", "div>"},
		"no label":        {`<label for="a">A</label>`, ""},
		"a lost label":    {`for="a"`, `for="b"`},
		"one id twice":    {"<h1>", `<h1 id="a">`},
		"a mute picture":  {"<h1>", `<img src="x"><h1>`},
		"a lost anchor":   {"<h1>", `<a href="#nowhere">x</a><h1>`},
		"an empty link":   {"<h1>", `<a href="/x"></a><h1>`},
		"a jump of level": {"</h1>", "</h1><h3>B</h3>"},
		"a lost relation": {"<h1>", `<h1 aria-labelledby="nowhere">`},
	} {
		if broken := strings.ReplaceAll(sound, change[0], change[1]); len(audit(broken, "en")) == 0 {
			t.Errorf("%s goes unseen", name)
		}
	}
}

// audit lists what is wrong with a page. It reads our own markup, so regular
// expressions are parser enough.
func audit(html, lang string) (problems []string) {
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	all := func(re string) [][]string { return regexp.MustCompile(`(?s)`+re).FindAllStringSubmatch(html, -1) }

	if !strings.Contains(html, `<html lang="`+lang+`" dir="`) {
		say("no lang and dir on html")
	}
	if m := all(`<title>([^<]+)</title>`); len(m) != 1 {
		say("%d titles with text", len(m))
	}
	if m := all(`<h1[ >]`); len(m) != 1 {
		say("%d h1", len(m))
	}
	for _, landmark := range []string{"header", "main", "footer"} {
		if len(all("<"+landmark+`[ >]`)) != 1 {
			say("not one %s", landmark)
		}
	}
	ids := map[string]int{}
	for _, m := range all(`\sid="([^"]*)"`) {
		if ids[m[1]]++; ids[m[1]] > 1 || m[1] == "" {
			say("the id %q stands twice or is empty", m[1])
		}
	}
	for _, m := range all(`(?:aria-labelledby|aria-describedby|for|href)="#?([a-z-]+)"`) {
		if ids[m[1]] == 0 {
			say("nothing has the id %q that %s names", m[1], m[0])
		}
	}
	for _, m := range all(`<(?:input|select)([^>]*)>`) {
		id := regexp.MustCompile(`\sid="([^"]*)"`).FindStringSubmatch(m[1])
		if strings.Contains(m[1], `type="checkbox"`) {
			if !regexp.MustCompile(`(?s)<label[^>]*><input type="checkbox"[^>]*>\s*<span>[^<]+</span></label>`).MatchString(html) {
				say("a checkbox without a label")
			}
			continue
		}
		if id == nil || !strings.Contains(html, `<label for="`+id[1]+`">`) {
			say("a field without a label: %s", m[0])
		}
	}
	for _, m := range all(`<img([^>]*)>`) {
		if !strings.Contains(m[1], "alt=") {
			say("a picture without alt")
		}
	}
	for _, m := range all(`<svg([^>]*)>`) {
		if !strings.Contains(m[1], `aria-hidden="true"`) {
			say("a drawing that is read out")
		}
	}
	for _, m := range all(`<(a|button)(?:\s[^>]*)?>([^<]*)</(?:a|button)>`) {
		if strings.TrimSpace(m[2]) == "" {
			say("an empty %s", m[1])
		}
	}
	level := byte('1')
	body := html[max(strings.Index(html, "<main"), 0):]
	if i := strings.Index(body, "<h1"); i >= 0 { // the summary of errors stands before the h1
		for _, m := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(body[i:], -1) {
			if m[1][0] > level+1 {
				say("a heading jumps from %c to %s", level, m[1])
			}
			level = m[1][0]
		}
	}
	return problems
}

// What a machine reads of the product must be JSON and say what the page says.
func TestLinkedDataIsTheProduct(t *testing.T) {
	p := newPages(t)
	v := sample(p, pages.Plain, "en")
	v.Product.Name = `Quote " and </script>`
	html := render(t, p, v)
	_, rest, ok := strings.Cut(html, `<script type="application/ld+json">`)
	if !ok {
		t.Fatal("no linked data")
	}
	raw, _, _ := strings.Cut(rest, "</script>")
	var got struct {
		Context string `json:"@context"`
		Type    string `json:"@type"`
		Name    string
		GTIN    string
		Brand   struct{ Name string }
	}
	if err := json.Unmarshal([]byte(raw), &got); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	if got.Context != "https://schema.org" || got.Type != "Product" || got.Name != v.Product.Name || got.GTIN != v.Product.GTIN || got.Brand.Name != "Norrvik" {
		t.Errorf("%+v", got)
	}
}

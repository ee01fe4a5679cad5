package pages_test

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"

	"tagline/internal/pages"
)

// Whatever accent a brand picks, text in it and on it keeps 4.5 : 1 on every
// ground of its scheme (WCAG 2.2, 1.4.3). The ratio is computed here anew.
func TestEveryAccentIsReadable(t *testing.T) {
	p := newPages(t)
	vars := regexp.MustCompile(`--accent:(#[0-9a-fA-F]{6});--on:(#[0-9a-fA-F]{6})`)
	brands := []string{"", "nonsense"}
	for r := 0; r <= 255; r += 51 {
		for g := 0; g <= 255; g += 51 {
			for b := 0; b <= 255; b += 51 {
				brands = append(brands, fmt.Sprintf("#%02x%02x%02x", r, g, b))
			}
		}
	}
	grounds := [2][]string{{"#F7F6F2", "#FFFFFF", "#EFEDE6"}, {"#121513", "#1A1E1B", "#222724"}}
	for _, brand := range brands {
		html := render(t, p, pages.View{Kind: pages.Plain, Lang: "en", Product: pages.Product{Name: "x", Brand: pages.Brand{Accent: brand}}})
		found := vars.FindAllStringSubmatch(html, -1)
		if len(found) != 2 {
			t.Fatalf("%q: %d schemes", brand, len(found))
		}
		for scheme, m := range found {
			for _, ground := range grounds[scheme] {
				if c := ratio(t, m[1], ground); c < 4.5 {
					t.Errorf("%q: accent %s on %s has %.2f", brand, m[1], ground, c)
				}
			}
			if c := ratio(t, m[1], m[2]); c < 4.5 {
				t.Errorf("%q: %s on a button of %s has %.2f", brand, m[2], m[1], c)
			}
		}
	}
}

func TestAReadableAccentIsLeftAlone(t *testing.T) {
	html := render(t, newPages(t), pages.View{Kind: pages.Plain, Lang: "en", Product: pages.Product{Name: "x", Brand: pages.Brand{Accent: "#8A3B1E"}}})
	if !regexp.MustCompile(`:root\{--accent:#8a3b1e;`).MatchString(html) {
		t.Error("the brand's own colour was changed")
	}
}

// The words and edges of the style sheet, on every ground that they may stand on.
func TestTheTokensAreReadable(t *testing.T) {
	raw, err := os.ReadFile("templates/style.css")
	if err != nil {
		t.Fatal(err)
	}
	roots := regexp.MustCompile(`:root\{(--bg[^}]*)\}`).FindAllStringSubmatch(string(raw), -1)
	if len(roots) != 3 { // light, dark, print
		t.Fatalf("%d sets of tokens", len(roots))
	}
	for _, root := range roots[:2] {
		token := map[string]string{}
		for _, m := range regexp.MustCompile(`--(\w+):(#\w+)`).FindAllStringSubmatch(root[1], -1) {
			value := m[2]
			if len(value) == 4 {
				value = "#" + value[1:2] + value[1:2] + value[2:3] + value[2:3] + value[3:4] + value[3:4]
			}
			token[m[1]] = value
		}
		for _, ground := range []string{"bg", "card"} {
			for _, text := range []string{"text", "text2", "good", "warn", "bad"} {
				if c := ratio(t, token[text], token[ground]); c < 4.5 {
					t.Errorf("%s on %s has %.2f", text, ground, c)
				}
			}
			if c := ratio(t, token["edge"], token[ground]); c < 3 {
				t.Errorf("the edge of a field on %s has %.2f", ground, c)
			}
		}
	}
}

func ratio(t *testing.T, a, b string) float64 {
	t.Helper()
	light := func(s string) float64 {
		if len(s) != 7 {
			t.Fatalf("%q is no colour", s)
		}
		sum := 0.0
		for i, w := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(s[1+2*i:3+2*i], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			c := float64(n) / 255
			if c <= 0.04045 {
				c /= 12.92
			} else {
				c = math.Pow((c+0.055)/1.055, 2.4)
			}
			sum += w * c
		}
		return sum + 0.05
	}
	x, y := light(a), light(b)
	return max(x, y) / min(x, y)
}

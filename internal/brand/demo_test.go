package brand_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"tagline/demo"
	"tagline/internal/brand"
	"tagline/internal/content"
	"tagline/internal/fault"
	"tagline/internal/product"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

// The languages of the consumer pages.
var languages = []string{"en", "de", "fr", "es", "ja"}

func today() time.Time { return time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC) }

func ferrow(t *testing.T) []brand.File {
	t.Helper()
	files, err := demo.Files()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestTheBrandStandsByItself(t *testing.T) {
	if err := brand.Check(ferrow(t)); err != nil {
		for _, f := range fault.From(err).Fields {
			t.Errorf("%s: %s", f.Location, f.Message)
		}
	}
}

// The folder, the files in the binary and what a server exports are the same brand.
func TestTheBrandAppliesOnceAndComesBackTheSame(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		first, err := h.Apply(t.Context(), ferrow(t), brand.Options{By: "demo"})
		if err != nil {
			t.Fatal(err, fault.From(err).Fields)
		}
		if first.Changed() != len(first.Changes) || first.Changed() < 25 {
			t.Fatalf("applied to nothing:\n%s", first.Words())
		}
		folder, err := brand.ReadDir(os.DirFS("../../demo"))
		if err != nil {
			t.Fatal(err)
		}
		exported, err := h.Export(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		for name, set := range map[string][]brand.File{"binary": ferrow(t), "folder": folder, "export": exported} {
			d, err := h.Apply(t.Context(), set, brand.Options{Prune: true})
			if err != nil || d.Changed() > 0 || len(d.Changes) != len(first.Changes) {
				t.Errorf("%s: %v\n%s", name, err, d.Words())
			}
		}
	})
}

func stock(t *testing.T) (*product.Catalogue, []content.Item) {
	t.Helper()
	h := open(t, sqldbtest.SQLite(t))
	if _, err := h.Apply(t.Context(), ferrow(t), brand.Options{}); err != nil {
		t.Fatal(err)
	}
	c, err := h.goods.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	items, err := h.says.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c, items
}

func TestEveryTextSpeaksEveryLanguage(t *testing.T) {
	c, items := stock(t)
	complete := func(what string, l product.Localized) {
		for _, lang := range languages {
			if l[lang] == "" {
				t.Errorf("%s says nothing in %s", what, lang)
			}
		}
	}
	for _, st := range c.Products() {
		if st.Value.Brand != "ferrow" {
			continue // the other brand has no tags
		}
		p := st.Value
		complete(p.GTIN+" name", p.Name)
		complete(p.GTIN+" kicker", p.Kicker)
		complete(p.GTIN+" tagline", p.Tagline)
		complete(p.GTIN+" description", p.Description)
		complete(p.GTIN+" imageAlt", p.ImageAlt)
		for _, f := range p.Origin {
			complete(p.GTIN+" origin", f.Label)
			complete(p.GTIN+" origin", f.Value)
		}
	}
	for _, i := range items {
		english := i.Texts["en"]
		for _, lang := range languages {
			text, ok := i.Texts[lang]
			if !ok || len(text.Body) != len(english.Body) || (text.Action == nil) != (english.Action == nil) {
				t.Errorf("%s says less or more in %s than in English", i.Name, lang)
				continue
			}
			for n, b := range text.Body {
				e := english.Body[n]
				if len(b.Items) != len(e.Items) || len(b.Steps) != len(e.Steps) || len(b.Facts) != len(e.Facts) || (b.Heading == "") != (e.Heading == "") {
					t.Errorf("%s, block %d: other parts in %s than in English", i.Name, n, lang)
				}
			}
		}
	}
}

// The house style of the copy: calm, and nothing left to be filled in.
func TestTheCopyIsCalm(t *testing.T) {
	for _, f := range ferrow(t) {
		if !strings.HasSuffix(f.Name, ".yaml") {
			continue
		}
		for n, line := range strings.Split(string(f.Data), "\n") {
			for _, sign := range []string{"!", "！", "TODO", "lorem", "Lorem", "XXX", "…"} {
				if strings.Contains(line, sign) {
					t.Errorf("%s:%d holds %q", f.Name, n+1, sign)
				}
			}
		}
	}
}

func TestEveryBottleIsSpokenToInEveryState(t *testing.T) {
	c, items := stock(t)
	for _, st := range c.Products() {
		if st.Value.Brand != "ferrow" {
			continue // the other brand has no tags
		}
		p := &st.Value
		for _, state := range []struct {
			name      string
			facts     content.Facts
			from      []string // the files that must have a say
			least     int
			atCounter string
		}{
			{"sealed", content.Facts{Seal: "sealed", Life: "sold", Result: "genuine"}, []string{"-made", "counter-"}, 2, "counter-"},
			{"opened", content.Facts{Seal: "opened", Life: "opened", Result: "genuine", Opened: today().AddDate(0, 0, -3)}, []string{"recipe-", "keep-"}, 3, ""},
			{"drained", content.Facts{Seal: "opened", Life: "drained", Result: "genuine", Opened: today().AddDate(0, 0, -60)}, []string{"next-", "empty-"}, 2, ""},
			{"a printed code", content.Facts{Result: "plain"}, []string{"-made"}, 1, ""},
		} {
			for _, market := range []string{"GB", "DE", "FR", "US", "JP", ""} {
				for _, lang := range languages {
					f := state.facts
					f.Product, f.Market, f.Locales, f.Age = p, market, []string{lang}, content.OfAge
					choice := content.Choose(f, items, today())
					if len(choice.Items) < state.least {
						t.Errorf("%s, %s, %s, %s: only %q", p.Name["en"], state.name, market, lang, choice.Ref())
					}
					for _, part := range state.from {
						if !strings.Contains(choice.Ref(), part) {
							t.Errorf("%s, %s, %s, %s: nothing of %s in %q", p.Name["en"], state.name, market, lang, part, choice.Ref())
						}
					}
					if strings.Count(choice.Ref(), "counter-") > 1 || state.atCounter == "" && strings.Contains(choice.Ref(), "counter-") {
						t.Errorf("%s, %s: at the counter stand %q", p.Name["en"], state.name, choice.Ref())
					}
					for _, chosen := range choice.Items {
						if chosen.Locale != lang {
							t.Errorf("%s: %s speaks %s to a reader of %s", p.Name["en"], chosen.Item.Name, chosen.Locale, lang)
						}
					}
				}
			}
		}
	}
}

// Before the age is known, an alcoholic product says only what is for everyone.
func TestAlcoholWaitsForTheAge(t *testing.T) {
	c, items := stock(t)
	for _, st := range c.Products() {
		if st.Value.Brand != "ferrow" {
			continue // the other brand has no tags
		}
		p := &st.Value
		for _, life := range []string{"sold", "opened", "drained"} {
			choice := content.Choose(content.Facts{Product: p, Seal: "sealed", Life: life, Result: "genuine", Market: "GB"}, items, today())
			if choice.AskAge != p.Alcohol && life == "sold" {
				t.Errorf("%s: ask for the age: %v", p.Name["en"], choice.AskAge)
			}
			for _, chosen := range choice.Items {
				if p.Alcohol && !chosen.Item.AllAges {
					t.Errorf("%s: %s is said before the age is known", p.Name["en"], chosen.Item.Name)
				}
			}
		}
	}
}

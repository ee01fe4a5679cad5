package brand_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/gs1"
	"tagline/internal/brand"
	"tagline/internal/content"
	"tagline/internal/manifest"
	"tagline/internal/model"
	"tagline/internal/product"
	"tagline/internal/rule"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

// world makes random brands. What it makes is valid; what it says is full of what
// YAML and JSON find hard.
type world struct{ *rand.Rand }

func (w world) pick(list ...string) string { return list[w.IntN(len(list))] }

func (w world) line() string {
	return w.pick("Gin", "no", "y", "null", "~", "0x1F", "1e3", "2026-05-01", "- a", "# b", "a: b", "a #b", "'", "\"q\"", "塩とレモン", "Ça va", "{x}", "[x]", "*x", "&x", "!x", "%x", "@x", "`x`",
		"|", ">", "?", "a\u00a0b", "\u2028x", "007", "1_000", ".5", "=", "<<", "true ", " lead", "-", "--- x", "<b>&amp;", "emoji 🍋", "\\n", "\u200b x")
}

func (w world) text() string {
	return w.pick(w.line(), "two\nlines", "trailing\n", "\nleading", "  indented\n  text", "a\n\nb", "tab\tin", "end \n of", "a\n  b\n c\n\n")
}

func (w world) localized(line func() string) product.Localized {
	l := product.Localized{"en": line()}
	for _, tag := range []string{"de", "fr", "ja", "pt-BR", "no", "zh-Hant"} {
		if w.IntN(3) == 0 {
			l[tag] = line()
		}
	}
	return l
}

func (w world) gtin(n int) string {
	body := fmt.Sprintf("0950600%06d", n)
	digit, err := gs1.CheckDigit(body)
	if err != nil {
		panic(err)
	}
	return body + string(digit)
}

func (w world) condition(depth int) rule.Condition {
	switch n := w.IntN(7); {
	case depth > 0 && n == 0:
		return rule.All(w.condition(depth-1), w.condition(depth-1))
	case depth > 0 && n == 1:
		return rule.Any(w.condition(depth-1), w.condition(depth-1), w.condition(depth-1))
	case depth > 0 && n == 2:
		return rule.Not(w.condition(depth - 1))
	case n == 3:
		return rule.Compare("days-open", "between", rule.Number(float64(w.IntN(9))/4), rule.Number(12.5))
	case n == 4:
		return rule.Compare("time", w.pick("before", "after"), rule.Time(w.time()))
	case n == 5:
		return rule.Is("market", rule.Text("NO"), rule.Text(w.pick("y", "1", "null", "GB")))
	}
	return rule.Is("seal", rule.Text(w.pick("sealed", "opened")))
}

func (w world) time() time.Time {
	t := time.Date(2026, time.Month(1+w.IntN(12)), 1+w.IntN(28), 0, 0, 0, 0, time.UTC)
	if w.IntN(2) == 0 {
		t = t.Add(time.Duration(w.IntN(86_400_000_000)) * time.Microsecond)
	}
	return t
}

func (w world) block() content.Block {
	b := content.Block{}
	if w.IntN(2) == 0 {
		b.Heading = w.line()
	}
	switch w.IntN(4) {
	case 0:
		b.Text = w.text()
	case 1:
		b.Items = []string{w.line(), w.line()}
	case 2:
		b.Steps = []string{w.line()}
	default:
		b.Facts = []content.Fact{{Label: w.line(), Value: w.line()}}
	}
	return b
}

// files makes a whole brand as files.
func (w world) files(t *testing.T) []brand.File {
	t.Helper()
	var docs [][]byte
	add := func(kind string, v any) {
		doc, err := manifest.Encode(kind, v)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc)
	}
	brands := []string{"one", "two"}
	for _, slug := range brands {
		add("Brand", product.Brand{Slug: slug, Name: w.line(), Country: w.pick("", "NO", "GB"), Accent: w.pick("", "#000000", "#1e5aff")})
	}
	low, high := 0.5, 1e6
	add("Model", model.Model{Name: "m", Title: w.line(), Properties: map[string]model.Property{
		"seal": {Enum: []string{"sealed", "opened", "no"}}, "fill": {Unit: "%", Min: &low, Max: &high},
	}, Detect: []model.Detector{{Moment: "low", When: rule.Condition{}}}[:0], Placements: []model.Placement{{Slot: "tap-page"}, {Slot: "n"}}})
	n := 1 + w.IntN(4)
	var gtins []string
	for i := range n {
		gtins = append(gtins, w.gtin(i))
	}
	for i, gtin := range gtins {
		p := product.Product{GTIN: gtin, Brand: brands[i%len(brands)], Model: w.pick("", "m"), Name: w.localized(w.line), Category: w.pick("", "gin", "no"),
			ABV: float64(w.IntN(3)) * 12.35, Volume: w.pick("", "70 cl", "1.5 l"), Markets: []string{"NO", "GB", "JP"}[:w.IntN(4)], LastsDays: w.IntN(3)}
		p.Alcohol = p.ABV > 0
		if w.IntN(2) == 0 {
			p.Description = w.localized(w.text)
			p.Origin = []product.Fact{{Label: w.localized(w.line), Value: w.localized(w.line)}}
			p.Offer = &product.Link{Label: w.localized(w.line), Href: "/01/" + gtin}
		}
		if i > 0 && w.IntN(2) == 0 {
			p.Next = gtins[w.IntN(i)]
		}
		add("Product", p)
	}
	for i := range w.IntN(5) {
		c := content.Item{Name: fmt.Sprintf("c-%d", i), Placement: w.pick("tap-page", "n"), When: w.condition(3), Priority: w.IntN(5) - 2,
			AgeGated: w.IntN(4) == 0, Group: w.pick("", "g"), Texts: map[string]content.Text{}}
		for _, tag := range []string{"en", "no", "ja"}[:1+w.IntN(3)] {
			text := content.Text{Title: w.line()}
			for range w.IntN(3) {
				text.Body = append(text.Body, w.block())
			}
			if w.IntN(2) == 0 {
				text.Lead, text.Action = w.line(), &content.Action{Label: w.line(), Href: "https://a.example/?x=1&y=2#z"}
			}
			c.Texts[tag] = text
		}
		switch w.IntN(3) {
		case 0:
			c.Products = gtins[:1+w.IntN(len(gtins))]
		case 1:
			c.Brands = brands
		}
		if w.IntN(3) == 0 {
			c.ValidFrom = w.time()
		}
		add("Content", c)
	}
	w.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
	return []brand.File{{Name: "a.yaml", Data: manifest.Join(docs...)}}
}

// One random brand after another is applied to the same server, pruning what is not
// in it: each must end in exactly what its files say.
func TestApplyThenExportIsTheSameBrand(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		h := open(t, db)
		rounds := 30
		if testing.Short() || db.Engine() == "postgres" {
			rounds = 8
		}
		for seed := range rounds {
			w := world{rand.New(rand.NewPCG(uint64(seed), 7))}
			files := w.files(t)
			// Pruning by brand keeps what belongs to others: it is whole when all brands are named.
			d, err := h.Apply(t.Context(), files, brand.Options{Prune: true})
			if err != nil {
				t.Fatalf("seed %d: %s\n%s", seed, told(err), files[0].Data)
			}
			again(t, h, files, brand.Options{})
			plan, err := h.Plan(t.Context(), files, brand.Options{Prune: true})
			if err != nil || plan.Changed() > 0 {
				t.Fatalf("seed %d: %v\n%s", seed, err, plan.Words())
			}
			fresh := open(t, sqldbtest.SQLite(t))
			fresh.apply(t, files, brand.Options{})
			wanted, got := sections(fresh.state(t)), sections(h.state(t))
			for _, s := range wanted {
				if !slices.Contains(got, s) {
					t.Fatalf("seed %d, after\n%s\nthis is missing:\n%s", seed, d.Words(), s)
				}
			}
		}
	})
}

// sections cuts an export into documents.
func sections(text string) (list []string) {
	for _, s := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if len(list) == 0 || s == "---" || len(s) > 3 && s[:3] == "-- " {
			list = append(list, "")
			continue
		}
		list[len(list)-1] += s + "\n"
	}
	return list
}

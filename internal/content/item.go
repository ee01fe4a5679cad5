package content

import (
	"fmt"
	"slices"
	"time"

	"tagline/internal/manifest"
	"tagline/internal/product"
	"tagline/internal/rule"
)

// Item is one thing that can be said, in several languages.
type Item struct {
	Name       string          `json:"name"`
	Placement  string          `json:"placement"`            // a slot of the model: tap-page
	Products   []string        `json:"products,omitempty"`   // GTINs; with no products, brands or categories: any product
	Brands     []string        `json:"brands,omitempty"`     // slugs; a product of one of them
	Categories []string        `json:"categories,omitempty"` // a product of one of them
	When       rule.Condition  `json:"when,omitzero"`        // about facts, see Schema
	ValidFrom  time.Time       `json:"validFrom,omitzero"`
	ValidUntil time.Time       `json:"validUntil,omitzero"` // the first moment at which it is over
	Priority   int             `json:"priority,omitempty"`  // higher comes first
	Group      string          `json:"group,omitempty"`     // of one group only the first is said
	AgeGated   bool            `json:"ageGated,omitempty"`  // for adults even if the product is not alcoholic
	AllAges    bool            `json:"allAges,omitempty"`   // for everyone even if it is
	Texts      map[string]Text `json:"texts"`               // by locale
}

// Text is what an item says in one language.
type Text struct {
	Kicker string  `json:"kicker,omitempty"` // a word or two above the title: "Recipe"
	Title  string  `json:"title"`
	Lead   string  `json:"lead,omitempty"`
	Body   []Block `json:"body,omitempty"`
	Action *Action `json:"action,omitempty"`
}

// Block is a part of a text: a heading, if any, over one of the rest.
type Block struct {
	Heading string   `json:"heading,omitempty"`
	Text    string   `json:"text,omitempty"`
	Items   []string `json:"items,omitempty"` // what is needed
	Steps   []string `json:"steps,omitempty"` // in order
	Facts   []Fact   `json:"facts,omitempty"`
}

// Fact is a label and its value.
type Fact struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Action is a link that asks to be followed.
type Action struct {
	Label string `json:"label"`
	Href  string `json:"href"` // http, https, or a path of our own
}

// TapPage is the placement of the page that a tap opens.
const TapPage = "tap-page"

// The bounds of an item, so that a page stays within what one round trip carries.
const (
	maxTargets = 200
	maxLocales = 40
	maxBlocks  = 12
	maxEntries = 20
	maxTitle   = 120
	maxLead    = 300
	maxText    = 1500
	maxEntry   = 300
)

// Normalize brings GTINs into their one form.
func (i Item) Normalize() Item {
	if len(i.Products) > 0 {
		i.Products = slices.Clone(i.Products)
		for n, p := range i.Products {
			if gtin, err := product.ParseGTIN(p); err == nil {
				i.Products[n] = gtin
			}
		}
	}
	i.ValidFrom, i.ValidUntil = utc(i.ValidFrom), utc(i.ValidUntil)
	return i
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// Check finds what is wrong with the item by itself.
func (i Item) Check() manifest.Problems {
	var ps manifest.Problems
	ps.Slug(manifest.Path{"name"}, i.Name)
	ps.Slug(manifest.Path{"placement"}, i.Placement)
	if i.Group != "" {
		ps.Slug(manifest.Path{"group"}, i.Group)
	}
	targets(&ps, "products", i.Products, func(at manifest.Path, s string) {
		if _, err := product.ParseGTIN(s); err != nil {
			ps.Add(at, err.Error(), "Put it into quotes.")
		}
	})
	targets(&ps, "brands", i.Brands, func(at manifest.Path, s string) { ps.Slug(at, s) })
	targets(&ps, "categories", i.Categories, func(at manifest.Path, s string) { ps.Slug(at, s) })
	ps.Under(manifest.Path{"when"}, Schema().Check(i.When))
	if !i.ValidFrom.IsZero() && !i.ValidUntil.IsZero() && !i.ValidFrom.Before(i.ValidUntil) {
		ps.Add(manifest.Path{"validUntil"}, "it is over before it begins", "Swap the two times.")
	}
	if i.Priority < -1000 || i.Priority > 1000 {
		ps.Add(manifest.Path{"priority"}, "a priority is -1000 to 1000", "")
	}
	if i.AgeGated && i.AllAges {
		ps.Add(manifest.Path{"allAges"}, "an item is either for adults or for all ages", "Leave one of ageGated and allAges out.")
	}
	if len(i.Texts) == 0 {
		ps.Add(manifest.Path{"texts"}, "the item says nothing", "Write texts: {en: {title: …}}.")
	}
	if len(i.Texts) > maxLocales {
		ps.Add(manifest.Path{"texts"}, fmt.Sprintf("%d languages, at most %d are kept", len(i.Texts), maxLocales), "")
		return ps
	}
	for locale, text := range i.Texts {
		at := manifest.Path{"texts", locale}
		product.CheckLocale(&ps, at, locale)
		text.check(&ps, at)
	}
	return ps
}

func targets(ps *manifest.Problems, field string, list []string, check func(at manifest.Path, s string)) {
	if len(list) > maxTargets {
		ps.Add(manifest.Path{field}, fmt.Sprintf("%d %s, at most %d are kept", len(list), field, maxTargets), "Use a brand or a category.")
		return
	}
	for n, s := range list {
		at := manifest.Path{field, n}
		check(at, s)
		if slices.Contains(list[:n], s) {
			ps.Add(at, "it stands twice", "Leave one out.")
		}
	}
}

func (t Text) check(ps *manifest.Problems, at manifest.Path) {
	product.CheckLine(ps, at.With("title"), t.Title, maxTitle)
	if t.Kicker != "" {
		product.CheckLine(ps, at.With("kicker"), t.Kicker, maxTitle)
	}
	if t.Lead != "" {
		product.CheckLine(ps, at.With("lead"), t.Lead, maxLead)
	}
	if len(t.Body) > maxBlocks {
		ps.Add(at.With("body"), fmt.Sprintf("%d blocks, at most %d are kept", len(t.Body), maxBlocks), "Make two items of it.")
		return
	}
	for n, b := range t.Body {
		b.check(ps, at.With("body", n))
	}
	if t.Action != nil {
		product.CheckLine(ps, at.With("action", "label"), t.Action.Label, maxTitle)
		if !product.IsLink(t.Action.Href) {
			ps.Add(at.With("action", "href"), "this is no address for a link", "Write https://…, or a path that begins with /.")
		}
	}
}

func (b Block) check(ps *manifest.Problems, at manifest.Path) {
	kinds := 0
	if b.Text != "" {
		kinds++
		product.CheckText(ps, at.With("text"), b.Text, maxText)
	}
	for _, list := range []struct {
		name    string
		entries []string
	}{{"items", b.Items}, {"steps", b.Steps}} {
		if len(list.entries) == 0 {
			continue
		}
		kinds++
		if len(list.entries) > maxEntries {
			ps.Add(at.With(list.name), fmt.Sprintf("%d entries, at most %d are kept", len(list.entries), maxEntries), "")
			continue
		}
		for n, e := range list.entries {
			product.CheckLine(ps, at.With(list.name, n), e, maxEntry)
		}
	}
	if len(b.Facts) > 0 {
		kinds++
		if len(b.Facts) > maxEntries {
			ps.Add(at.With("facts"), fmt.Sprintf("%d facts, at most %d are kept", len(b.Facts), maxEntries), "")
		} else {
			for n, f := range b.Facts {
				product.CheckLine(ps, at.With("facts", n, "label"), f.Label, maxTitle)
				product.CheckLine(ps, at.With("facts", n, "value"), f.Value, maxEntry)
			}
		}
	}
	if b.Heading != "" {
		product.CheckLine(ps, at.With("heading"), b.Heading, maxTitle)
	}
	if kinds != 1 {
		ps.Add(at, "a block holds one of text, items, steps and facts", "Split it into several blocks, or fill one in.")
	}
}

// about reports whether the item is about a product.
func (i *Item) about(p *product.Product) bool {
	if len(i.Products)+len(i.Brands)+len(i.Categories) == 0 {
		return true
	}
	return slices.Contains(i.Products, p.GTIN) || slices.Contains(i.Brands, p.Brand) ||
		p.Category != "" && slices.Contains(i.Categories, p.Category)
}

// narrow says how closely the item is made for a product: for it, for its kind,
// for its house, for anything.
func (i *Item) narrow(p *product.Product) int {
	switch {
	case slices.Contains(i.Products, p.GTIN):
		return 3
	case p.Category != "" && slices.Contains(i.Categories, p.Category):
		return 2
	case slices.Contains(i.Brands, p.Brand):
		return 1
	}
	return 0
}

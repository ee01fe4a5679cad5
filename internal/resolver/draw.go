package resolver

import (
	"hash/fnv"
	"strings"
	"sync"

	"tagline/internal/content"
	"tagline/internal/pages"
	"tagline/internal/passport"
	"tagline/internal/passport/sheet"
	"tagline/internal/product"
)

// drawing names a page among all that could be drawn. Two visits with the same
// drawing get the same page, but for what is filled in for the unit.
type drawing struct {
	kind    pages.Kind
	lang    string
	verdict pages.Kind // of the tap, above the age question
	country string     // preselected in the age question
	tapped  bool
	status  int  // if it is not the kind's own
	retry   bool // with a button to try again

	version int64  // of the catalogue
	gtin    string // of the product, "" for pages of none
	locale  string // of the product's texts
	choice  string // what content was chosen, in which languages
	action  string // label and address of a recall
	passed  bool   // with a link to the product's passport
	unit    uint8  // which fields of the unit are filled
}

// drawn is a page with the parts of its headers that are its own.
type drawn struct {
	page   *pages.Page
	policy []string
	lang   []string
	tag    uint64 // of the page without its slots, for ETag
}

// drawings keeps the pages that were drawn lately: two generations of a map, of
// which the older falls when the younger is full. A page takes some 30 kB.
type drawings struct {
	mu         sync.RWMutex
	young, old map[drawing]*drawn
}

const drawingsGeneration = 256

func (d *drawings) get(key drawing) *drawn {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if page := d.young[key]; page != nil {
		return page
	}
	return d.old[key]
}

func (d *drawings) put(key drawing, page *drawn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.young == nil || len(d.young) >= drawingsGeneration {
		d.old, d.young = d.young, map[drawing]*drawn{}
	}
	d.young[key] = page
}

// draw gives the page of a drawing; fill completes the view when it must be drawn.
func (r *Resolver) draw(key drawing, fill func(*pages.View)) (*drawn, error) {
	if page := r.drawn.get(key); page != nil {
		return page, nil
	}
	view := pages.View{Kind: key.kind, Lang: key.lang, Host: r.baseURL, Tapped: key.tapped}
	if key.retry {
		view.Action.Href = "?"
	}
	if fill != nil {
		fill(&view)
	}
	page, err := r.render(view)
	if err != nil {
		return nil, err
	}
	r.drawn.put(key, page)
	return page, nil
}

func (r *Resolver) render(view pages.View) (*drawn, error) {
	page, err := r.pages.Render(view)
	if err != nil {
		return nil, err
	}
	h := fnv.New64a()
	h.Write(page.Append(nil, &pages.Unit{}))
	return &drawn{page: page, policy: []string{page.Policy()}, lang: []string{page.Lang()}, tag: h.Sum64()}, nil
}

// fields says which fields of a unit are filled.
func fields(u *pages.Unit) (bits uint8) {
	for i, f := range []string{u.Path, u.Serial, u.Lot, u.Read, u.Opened, u.OpenedAfter} {
		if f != "" {
			bits |= 1 << i
		}
	}
	return bits
}

// show finds or draws the page and answers with it.
func (r *Resolver) show(v *visit, s shop, key drawing, gtin string, choice content.Choice, u *pages.Unit) {
	key.lang, key.unit = v.speech.Lang, fields(u)
	p, known := s.catalogue.Product(gtin)
	if known {
		key.gtin, key.version = gtin, s.catalogue.Version()
		_, key.locale = p.Name.In(v.speech.Locales...)
		key.choice = signature(choice)
		if r.passports != nil {
			var err error
			if key.passed, err = r.passports.HasPassport(v.q.Context(), gtin); err != nil {
				r.fail(v.q.Context(), v, err)
				return
			}
		}
	} else if key.kind.Status() == 200 && gtin != "" {
		key.gtin = gtin
	}
	page, err := r.draw(key, func(view *pages.View) {
		view.Unit = *u
		switch {
		case known:
			r.tell(view, s, p, key, choice)
		case key.gtin != "":
			// The tag is genuine, the product is not written down yet: its number is
			// all that can be said.
			view.Product = pages.Product{GTIN: gtin, Name: gtin}
		}
	})
	if err != nil {
		r.fail(v.q.Context(), v, err)
		return
	}
	r.send(v, page, u, key.status)
}

// signature tells one choice from another: items and languages. What an item says
// changes with the version of the catalogue.
func signature(c content.Choice) string {
	if len(c.Items) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(c.Ref())
	for _, item := range c.Items {
		b.WriteByte(' ')
		b.WriteString(item.Locale)
	}
	return b.String()
}

// tell puts a product and the chosen content into a view. Texts of the product
// are in the language in which it has a name for this reader.
func (r *Resolver) tell(view *pages.View, s shop, p *product.Product, key drawing, choice content.Choice) {
	say := func(l product.Localized) string { text, _ := l.In(key.locale); return text }
	brief := pages.Product{
		GTIN: p.GTIN, Name: say(p.Name), Lang: key.locale, Volume: p.Volume, ABV: p.ABV, Alcohol: p.Alcohol, Bottle: p.Alcohol,
	}
	if b, ok := s.catalogue.Brand(p.Brand); ok {
		brief.Brand = pages.Brand{Name: b.Name, Country: r.pages.CountryName(key.lang, b.Country), Homepage: b.Homepage, Accent: b.Accent}
	}
	if language(key.locale) == key.lang {
		brief.Lang = ""
	}
	view.Product = brief
	public := "/01/" + p.GTIN
	switch key.kind {
	case pages.UnderAge:
		view.Product.Name, view.Product.Volume, view.Product.ABV = "", "", 0
		return
	case pages.AgeQuestion:
		view.Canonical = public
		view.Product.Tagline, view.Product.Image = say(p.Tagline), picture(s, p, say)
		view.Product.Volume, view.Product.ABV = "", 0
		view.Age = pages.Age{Country: key.country, Verdict: key.verdict}
		return
	case pages.Replayed, pages.NotVerified, pages.Blocked, pages.Recalled:
		view.Action = pages.Action{Href: public}
		if key.action != "" {
			view.Action = recallAction(key.action)
		}
		return
	}
	view.Canonical = public
	if key.passed {
		view.Product.Passport = sheet.PagePath(passport.Anchor{GTIN: p.GTIN})
	}
	view.Product.Kicker, view.Product.Tagline, view.Product.Description = say(p.Kicker), say(p.Tagline), say(p.Description)
	view.Product.Image = picture(s, p, say)
	for _, f := range p.Origin {
		view.Product.Facts = append(view.Product.Facts, pages.Fact{Label: say(f.Label), Value: say(f.Value)})
	}
	for _, item := range choice.Items {
		view.Stories = append(view.Stories, story(item, key.lang))
	}
	switch key.kind {
	case pages.Sealed, pages.Genuine:
		// An offer stands on a page after a fresh tap only.
		if p.Offer != nil {
			view.Action = pages.Action{Label: say(p.Offer.Label), Href: p.Offer.Href, Lang: view.Product.Lang}
		}
	case pages.Opened, pages.OpenedBefore:
		view.AskEmpty = true
	case pages.Drained:
		if next, ok := s.catalogue.Product(p.Next); ok {
			view.Next = pages.Next{Name: say(next.Name), Tagline: say(next.Tagline), Href: "/01/" + next.GTIN, Image: picture(s, next, say)}
		}
	}
	if view.Action.Href == "" && len(view.Stories) > 0 {
		// The first story's action is the page's one action, and moves there.
		view.Action = view.Stories[0].Action
		view.Action.Lang, view.Stories[0].Action = view.Stories[0].Lang, pages.Action{}
	}
}

// picture finds the picture of a product. One from elsewhere is left out: a page
// asks nobody but this server for anything.
func picture(s shop, p *product.Product, say func(product.Localized) string) pages.Image {
	src, width, height := s.catalogue.ImageURL(p.Image)
	if !strings.HasPrefix(src, "/") {
		return pages.Image{}
	}
	return pages.Image{Src: src, Alt: say(p.ImageAlt), Width: width, Height: height}
}

func story(item content.Chosen, lang string) pages.Story {
	t := item.Text
	st := pages.Story{Kicker: t.Kicker, Title: t.Title, Lead: t.Lead}
	if language(item.Locale) != lang {
		st.Lang = item.Locale
	}
	for _, b := range t.Body {
		block := pages.Block{Heading: b.Heading, Text: b.Text, Items: b.Items, Steps: b.Steps}
		for _, f := range b.Facts {
			block.Facts = append(block.Facts, pages.Fact{Label: f.Label, Value: f.Value})
		}
		st.Blocks = append(st.Blocks, block)
	}
	if t.Action != nil {
		st.Action = pages.Action{Label: t.Action.Label, Href: t.Action.Href}
	}
	return st
}

// language is the first part of a locale.
func language(locale string) string {
	l, _, _ := strings.Cut(locale, "-")
	return l
}

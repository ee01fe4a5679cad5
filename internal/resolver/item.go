package resolver

import (
	"context"
	"net/http"
	"strings"

	"tagline/internal/content"
	"tagline/internal/digital"
	"tagline/internal/life"
	"tagline/internal/link/linkset"
	"tagline/internal/pages"
	"tagline/internal/product"
	"tagline/internal/thing"
	"tagline/internal/visitor"
)

// shop is what is sold and said at one moment, from memory.
type shop struct {
	catalogue *product.Catalogue
	items     []content.Item // candidates for a visit
}

// open reads what is sold, and what may be said of a product; of an unknown one,
// everything that may be said of any: a tag's URL need not name its product.
func (r *Resolver) open(ctx context.Context, gtin string) (s shop, err error) {
	if s.catalogue, err = r.products.Catalogue(ctx); err != nil {
		return s, err
	}
	if p, ok := s.catalogue.Product(gtin); ok {
		s.items, err = r.contents.For(ctx, p, content.TapPage)
	} else {
		s.items, err = r.contents.All(ctx)
	}
	return s, err
}

// The ways to a page, as content may ask for them.
const (
	byTag  = "nfc"
	byCode = "qr"
	byLink = "link"
)

// choose decides what content fits a tap or a scan. It is pure.
func (s shop) choose(v *visit, gtin string, result thing.TapResult, channel string) content.Choice {
	p, ok := s.catalogue.Product(gtin)
	if !ok {
		return content.Choice{}
	}
	f := content.Facts{
		Product: p, Result: string(result.Verdict.Result()), Tier: result.Tier.String(),
		Market: v.market, Locales: v.speech.Locales, Channel: channel,
	}
	if result.Verdict.Live() {
		// Whoever only knows a serial must not learn from what is said whether the
		// bottle is open.
		f.Seal, f.Life, f.Opened = string(result.Item.Seal), string(result.Item.Stage), result.Item.Life.Opened.At
	}
	switch v.age {
	case visitor.OfAge:
		f.Age = content.OfAge
	case visitor.UnderAge:
		f.Age = content.UnderAge
	}
	return content.Choose(f, s.items, v.now)
}

// reference names a choice for the record of a tap.
func reference(c content.Choice) string {
	ref := c.Ref()
	if ref == "" && c.AskAge {
		return "ask-age"
	}
	if len(ref) > maxReference {
		ref = ref[:maxReference]
	}
	return ref
}

const maxReference = 200

// item answers a Digital Link without a tag's message: the page after a tap if the
// visitor's session is of this item, else a plain scan.
func (r *Resolver) item(ctx context.Context, v *visit, path string) {
	d, ok := r.parse(v, path)
	if !ok {
		return
	}
	v.way, v.gtin = "item", d.GTIN
	switch {
	case d.GTIN == "":
		v.way = "key"
	case d.Serial == "":
		v.way = "product"
	}
	r.announce(v, digital.LinkHeader(r.base(v.q), d))
	shop, err := r.open(ctx, d.GTIN)
	if err != nil {
		r.fail(ctx, v, err)
		return
	}
	w := digital.WishesOf(d, v.q.Header, v.market)
	if d.Serial != "" && v.session.IsOf(d.GTIN, d.Serial) && w.Plainly() {
		r.tapped(ctx, v, shop, d)
		return
	}
	set, err := r.links.Lookup(ctx, d.Link.Key())
	if err != nil {
		r.fail(ctx, v, err)
		return
	}
	if !d.Own && (d.GTIN == "" || !set.Empty() || !w.Plainly()) {
		r.resolve(ctx, v, shop, d, set, w)
		return
	}
	p, known := shop.catalogue.Product(d.GTIN)
	if !known {
		v.verdict = string(thing.Unknown)
		r.refuse(v, pages.Unknown, 0, "This resolver knows no such product.", "Ask the resolver at id.gs1.org, which knows who does.")
		return
	}
	if d.Own {
		var known thing.TapResult
		if d.Serial != "" {
			if known, err = r.things.Peek(ctx, d.GTIN, d.Serial); err != nil {
				r.fail(ctx, v, err)
				return
			}
		}
		if r.recalled(ctx, v, shop, d, known) {
			return
		}
	}
	var (
		choice   content.Choice
		recalled bool
	)
	decide := func(result thing.TapResult) string {
		if recalled = result.Known && result.Item.Life.Recalled.Is(); recalled {
			return recallReference
		}
		if p.Redirect != "" && !d.Own {
			return redirectReference
		}
		choice = shop.choose(v, d.GTIN, result, byCode)
		return reference(choice)
	}
	if v.verdict, err = r.scan(ctx, v, d, w, decide); err != nil {
		r.fail(ctx, v, err)
		return
	}
	switch {
	case recalled && w.HTML:
		r.tellRecall(v, shop, d.GTIN, "")
	case recalled: // the page of the item tells it, that of the product would not
		v.w.Header()["Cache-Control"] = r.is.scanNoStore
		r.redirect(v, http.StatusTemporaryRedirect, r.base(v.q)+digital.OwnPage+itemPath(d.GTIN, d.Serial))
	case d.Own:
		r.plain(v, shop, d.GTIN, d.Serial, choice)
	case p.Redirect != "":
		v.w.Header()["Cache-Control"] = r.is.scanNoStore // so that scans are counted
		r.redirect(v, http.StatusTemporaryRedirect, linkset.Merge(p.Redirect, v.q.URL.RawQuery))
	case !w.HTML:
		r.toOwnPage(v, d)
	default:
		r.plain(v, shop, d.GTIN, d.Serial, choice)
	}
}

// recallReference names that a recall was told, and nothing chosen.
const recallReference = "recall"

// redirectReference names the choice of a product's own redirect.
var redirectReference = linkset.Ref{Level: "01", Type: "gs1:pip", ID: "redirect"}.String()

// tapped shows the page of an item to a visitor whose session is of it. The item
// is read afresh: what happened since the tap shows.
func (r *Resolver) tapped(ctx context.Context, v *visit, s shop, d digital.Request) {
	gtin, serial := v.session.GTIN, v.session.Serial
	v.verdict = "session"
	if v.session.Outcome == visitor.Replayed {
		v.verdict = string(thing.Replay)
		r.brief(v, s, pages.Replayed, gtin)
		return
	}
	result, err := r.things.Peek(ctx, gtin, serial)
	if err != nil {
		r.fail(ctx, v, err)
		return
	}
	if !result.Known {
		r.brief(v, s, pages.NotVerified, gtin)
		return
	}
	result.Verdict = thing.Repeat
	if r.recalled(ctx, v, s, d, result) {
		return
	}
	kind := stateOf(result.Item, v.session.Outcome)
	if r.ask(v, s, gtin, kind) {
		return
	}
	choice := s.choose(v, gtin, result, byTag)
	u := r.unit(v, result.Item)
	r.show(v, s, drawing{kind: kind, tapped: true}, gtin, choice, &u)
}

// stateOf is the page that an item's state asks for after a genuine tap.
func stateOf(item thing.Item, o visitor.Outcome) pages.Kind {
	switch {
	case item.Stage == thing.StageDrained:
		return pages.Drained
	case item.Seal == thing.Opened:
		// Only the very first tap warns: later ones would frighten an owner for ever.
		if o == visitor.First && hasAlarm(item, life.AlarmOpenedUnseen) {
			return pages.OpenedBefore
		}
		return pages.Opened
	case item.Seal == thing.Sealed:
		return pages.Sealed
	}
	return pages.Genuine
}

func hasAlarm(item thing.Item, code life.AlarmCode) bool {
	for _, a := range item.Alarms {
		if a.Code == code {
			return true
		}
	}
	return false
}

// plain shows the public page of a product. Of the item only the address is on it.
func (r *Resolver) plain(v *visit, s shop, gtin, serial string, choice content.Choice) {
	if r.ask(v, s, gtin, "") {
		return
	}
	u := pages.Unit{}
	if serial != "" {
		u.Path = itemPath(gtin, serial)
	}
	r.show(v, s, drawing{kind: pages.Plain}, gtin, choice, &u)
}

// ask puts the age question, or its refusal, before a page about alcohol, and says
// whether it has answered. The verdict of a tap is said above the question.
func (r *Resolver) ask(v *visit, s shop, gtin string, verdict pages.Kind) bool {
	p, ok := s.catalogue.Product(gtin)
	if !ok || !p.Alcohol || v.age == visitor.OfAge {
		return false
	}
	d := drawing{kind: pages.AgeQuestion, verdict: verdict}
	if v.age == visitor.UnderAge {
		d = drawing{kind: pages.UnderAge}
	} else if r.pages.CountryKnown(v.market) {
		d.country = v.market
	}
	u := pages.Unit{Path: strings.TrimSuffix(v.q.URL.EscapedPath(), "/")}
	if v.way == "tap" { // a look at a tap's URL: the question is asked at the clean link
		u.Path = "/01/" + gtin
	}
	r.show(v, s, d, gtin, content.Choice{}, &u)
	return true
}

// brief shows a page that says one thing about a tap and no more of the product
// than its name: no advertising where something is wrong, so no age question.
func (r *Resolver) brief(v *visit, s shop, kind pages.Kind, gtin string) {
	r.show(v, s, drawing{kind: kind}, gtin, content.Choice{}, &pages.Unit{})
}

// unit is what a tapped page tells of the one item.
func (r *Resolver) unit(v *visit, item thing.Item) pages.Unit {
	lang := v.speech.Lang
	u := pages.Unit{
		Path: itemPath(item.GTIN, item.Serial), Serial: item.Serial, Lot: item.Lot,
		Read: r.pages.Date(lang, v.session.Began()),
	}
	if opened := item.Life.Opened; opened.Is() {
		u.Opened = r.pages.Date(lang, opened.At)
		if after := opened.NotBefore; !after.IsZero() {
			if u.OpenedAfter = r.pages.Date(lang, after); u.OpenedAfter == u.Opened {
				u.OpenedAfter = ""
			}
		}
	}
	return u
}

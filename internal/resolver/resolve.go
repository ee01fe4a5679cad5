package resolver

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"tagline/internal/content"
	"tagline/internal/digital"
	"tagline/internal/keyset"
	"tagline/internal/link/anchor"
	"tagline/internal/link/linkset"
	"tagline/internal/pages"
	"tagline/internal/passport"
	"tagline/internal/passport/sheet"
	"tagline/internal/product"
	"tagline/internal/thing"
	"tagline/internal/visitor"
)

// resolve answers a Digital Link from the links that stand at its key.
func (r *Resolver) resolve(ctx context.Context, v *visit, s shop, d digital.Request, set *linkset.Set, w digital.Wishes) {
	p, known := s.catalogue.Product(d.GTIN)
	if known && !set.HasKey() {
		set = r.withProduct(v, set, s, p)
	}
	if known && asksForPassport(w) {
		var err error
		if set, err = r.withPassports(ctx, v, set, p, d); err != nil {
			r.fail(ctx, v, err)
			return
		}
	}
	if set.Empty() {
		v.verdict = string(thing.Unknown)
		r.refuse(v, pages.Unknown, 0, "This resolver knows nothing about this key.", "Ask the resolver at id.gs1.org, which knows who does.")
		return
	}
	var (
		levels *linkset.Levels
		choice linkset.Choice
		says   content.Choice // on the product's own page, if that is the default
	)
	ownPage := r.base(v.q) + digital.OwnPage + "/01/" + d.GTIN
	atOwnPage := func() bool {
		return w.HTML && known && choice.Outcome == linkset.One && choice.Default && choice.One.Href == ownPage
	}
	decide := func(result thing.TapResult) string {
		facts := situation(v, result)
		if result.Known && result.Item.Life.Recalled.Is() {
			set = r.withRecall(v, set, d)
		}
		levels = set.Levels(d.Link, v.now, facts)
		if levels.Recalled() { // what depends on that is asked again
			facts.Recalled = true
			levels = set.Levels(d.Link, v.now, facts)
		}
		if w.Linkset {
			return ""
		}
		choice = levels.Choose(w.Ask)
		if atOwnPage() {
			says = s.choose(v, d.GTIN, result, byCode)
			return reference(says)
		}
		return linkset.Reference(choice)
	}
	verdict, err := r.scan(ctx, v, d, w, decide)
	if err != nil {
		r.fail(ctx, v, err)
		return
	}
	v.verdict = verdict
	if w.Linkset {
		if !levels.Found() {
			r.refuse(v, pages.Unknown, 0, "This resolver knows nothing about this key.", "")
			return
		}
		r.linkset(v, d, http.StatusOK, levels.Linkset(r.base(v.q)))
		return
	}
	if atOwnPage() { // a browser gets it without the detour
		r.plain(v, s, d.GTIN, d.Serial, says)
		return
	}
	switch choice.Outcome {
	case linkset.One:
		v.w.Header()["Cache-Control"] = r.is.scanNoStore // so that scans are counted
		r.redirect(v, http.StatusTemporaryRedirect, choice.One.Target(v.q.URL.RawQuery))
	case linkset.Several:
		r.linkset(v, d, http.StatusMultipleChoices, choice.Linkset(r.base(v.q)))
	case linkset.HandedOver:
		r.announce(v, digital.HandedOverHeader(r.base(v.q), d, choice.HandOver()))
		v.w.Header()["Cache-Control"] = r.is.scanNoStore
		r.redirect(v, http.StatusTemporaryRedirect, choice.HandOver())
	case linkset.NoSuchType:
		r.refuse(v, pages.Unknown, 0, "There is no link of this type here.", "Ask with linkType=linkset for those there are.")
	default:
		r.refuse(v, pages.Unknown, 0, "There is no link for this item.", "")
	}
}

// scan records a scan and decides in the same transaction; what is no scan is only
// decided: a look, a linkset, a step from one of our own pages, and the page that a
// scan was sent to.
func (r *Resolver) scan(ctx context.Context, v *visit, d digital.Request, w digital.Wishes, decide func(thing.TapResult) string) (verdict string, err error) {
	result := thing.TapResult{Verdict: thing.Plain}
	if v.looks || w.Linkset || d.Own || v.speech.Asked || visitor.FromOwnPage(v.q) {
		if d.Serial != "" {
			if result, err = r.things.Peek(ctx, d.GTIN, d.Serial); err != nil {
				return "", err
			}
		}
		decide(result)
		return string(result.Verdict), nil
	}
	if d.Serial == "" || d.GTIN == "" {
		q := thing.Scan{GTIN: d.GTIN, Market: v.market, Locale: v.speech.Locale(), Decision: decide(result)}
		if d.GTIN == "" {
			q.Link = string(anchor.AppendPair(nil, d.Link.Key().AI, d.Link.Key().Value))
		}
		return string(thing.Plain), r.things.Scan(ctx, q)
	}
	result, err = r.things.Tap(ctx, thing.TapRequest{
		Reading: keyset.Reading{Code: keyset.NotATag, Path: keyset.Ref{GTIN: d.GTIN, Serial: d.Serial}},
		Op:      r.ids.Operation(), Market: v.market, Locale: v.speech.Locale(), Decide: decide,
	})
	return string(result.Verdict), err
}

// situation is what the condition of a link may ask. A code says which item it is
// on, so the state of the item counts here; that it is opened is told to whoever
// has its serial, if the brand has written a link that says so.
func situation(v *visit, result thing.TapResult) *linkset.Situation {
	s := &linkset.Situation{Known: true, Market: v.market, Language: v.speech.Locale(), Channel: byCode, Result: string(result.Verdict.Result())}
	if result.Known {
		s.Seal, s.Stage = string(result.Item.Seal), string(result.Item.Stage)
	}
	return s
}

// withProduct adds what a known product says of itself where nobody has written
// links for it: its page here, or where its scans are sent on to.
func (r *Resolver) withProduct(v *visit, set *linkset.Set, s shop, p *product.Product) *linkset.Set {
	return linkset.Compile(append(set.Records(), linkset.Record{Entry: r.productEntry(v, s, p)}))
}

func (r *Resolver) productEntry(v *visit, _ shop, p *product.Product) linkset.Entry {
	name, _ := p.Name.In("en")
	path := "/01/" + p.GTIN
	l := linkset.Link{ID: "page", LinkType: "gs1:pip", Href: r.base(v.q) + digital.OwnPage + path, Title: name, MediaType: "text/html", Default: true}
	if p.Redirect != "" {
		l.ID, l.Href = "redirect", p.Redirect
	}
	return linkset.Entry{Anchor: path, ItemDescription: name, Links: []linkset.Link{l}}
}

// passportType is the link type of a digital product passport.
const passportType = "gs1:dpp"

func asksForPassport(w digital.Wishes) bool {
	if w.Linkset {
		return true
	}
	t, err := linkset.ParseType(w.Ask.LinkType)
	return err == nil && t == passportType
}

// withPassports adds a link to each passport that stands at a level of the link,
// where the brand has written none.
func (r *Resolver) withPassports(ctx context.Context, v *visit, set *linkset.Set, p *product.Product, d digital.Request) (*linkset.Set, error) {
	if r.passports == nil {
		return set, nil
	}
	levels := []passport.Anchor{{GTIN: d.GTIN}}
	if d.Lot != "" {
		levels = append(levels, passport.Anchor{GTIN: d.GTIN, Lot: d.Lot})
	}
	if d.Serial != "" {
		levels = append(levels, passport.Anchor{GTIN: d.GTIN, Serial: d.Serial})
	}
	standing, err := r.passports.Standing(ctx, levels...)
	if err != nil || len(standing) == 0 {
		return set, err
	}
	name, _ := p.Name.In("en")
	records := set.Records()
	for _, a := range standing {
		l := linkset.Link{ID: "passport", LinkType: passportType, Href: r.base(v.q) + sheet.PagePath(a), Title: name + ": digital product passport", MediaType: "text/html"}
		at := slices.IndexFunc(records, func(e linkset.Record) bool { return e.Anchor == a.Path() })
		switch {
		case at < 0:
			records = append(records, linkset.Record{Entry: linkset.Entry{Anchor: a.Path(), ItemDescription: name, Links: []linkset.Link{l}}})
		case !slices.ContainsFunc(records[at].Links, func(o linkset.Link) bool { return o.LinkType == passportType }):
			records[at].Links = append(slices.Clone(records[at].Links), l)
		}
	}
	return linkset.Compile(records), nil
}

// linkset writes links as data.
func (r *Resolver) linkset(v *visit, d digital.Request, status int, body []byte) {
	r.announce(v, digital.LinksetHeader(r.base(v.q), d))
	v.w.Header()["Cache-Control"] = r.is.dataNoCache
	r.data(v, status, r.is.linkset, body)
}

// toOwnPage sends a program that takes anything to the product's page: what stands
// at the Digital Link itself is a redirect for all but browsers, which get the page
// without the detour.
func (r *Resolver) toOwnPage(v *visit, d digital.Request) {
	v.w.Header()["Cache-Control"] = r.is.scanNoStore
	r.redirect(v, http.StatusTemporaryRedirect, linkset.Merge(r.base(v.q)+digital.OwnPage+"/01/"+d.GTIN, v.q.URL.RawQuery))
}

// recalled answers a look at an item that is recalled with the recall, and nothing
// else: no offer, no recipe. False when there is none.
func (r *Resolver) recalled(ctx context.Context, v *visit, s shop, d digital.Request, item thing.TapResult) (answered bool) {
	set, err := r.links.Lookup(ctx, d.Link.Key())
	if err != nil {
		r.fail(ctx, v, err)
		return true
	}
	reported := item.Known && item.Item.Life.Recalled.Is()
	if set.Empty() && !reported {
		return false
	}
	levels := set.Levels(d.Link, v.now, situation(v, item))
	if !levels.Recalled() && reported {
		r.tellRecall(v, s, d.GTIN, "")
		return true
	}
	if !levels.Recalled() {
		return false
	}
	choice := levels.Choose(linkset.Ask{LinkType: linkset.RecallStatus, AcceptLanguage: v.q.Header.Get("Accept-Language"), Market: v.market})
	if choice.Outcome != linkset.One {
		return false
	}
	href, text := choice.One.Target(""), choice.One.Text()
	r.tellRecall(v, s, d.GTIN, text+"\n"+href)
	return true
}

// tellRecall shows the page of a recall, with the way to more if there is one.
func (r *Resolver) tellRecall(v *visit, s shop, gtin, action string) {
	v.verdict = "recalled"
	r.show(v, s, drawing{kind: pages.Recalled, action: action}, gtin, content.Choice{}, &pages.Unit{})
}

// withRecall adds the recall of an item that only the supply chain has told, where
// nobody has written a link that says what to do: it leads to the item's page here,
// which tells it.
func (r *Resolver) withRecall(v *visit, set *linkset.Set, d digital.Request) *linkset.Set {
	path := itemPath(d.GTIN, d.Serial)
	l := linkset.Link{ID: "recall", LinkType: linkset.RecallStatus, Href: r.base(v.q) + digital.OwnPage + path, Title: "Recall", MediaType: "text/html"}
	return linkset.Compile(append(set.Records(), linkset.Record{Entry: linkset.Entry{Anchor: path, Links: []linkset.Link{l}}}))
}

// recallAction is the way to the recall on its page.
func recallAction(text string) pages.Action {
	label, href, _ := strings.Cut(text, "\n")
	return pages.Action{Label: label, Href: href}
}

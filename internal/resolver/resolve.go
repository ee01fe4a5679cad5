package resolver

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"tagline/internal/content"
	"tagline/internal/keyset"
	"tagline/internal/link/anchor"
	"tagline/internal/link/linkset"
	"tagline/internal/link/negotiate"
	"tagline/internal/pages"
	"tagline/internal/product"
	"tagline/internal/thing"
	"tagline/internal/visitor"
)

// linksetType is the media type of a linkset (RFC 9264).
const linksetType = "application/linkset+json"

// wishes is what a request for a Digital Link asks besides its path.
type wishes struct {
	ask     linkset.Ask
	linkset bool // all links, as data
	html    bool // a browser asks, by name
}

func wishesOf(v *visit, d digital) (w wishes) {
	w.ask.LinkType, w.ask.Context = linkset.Asked(d.link)
	w.ask.Accept, w.ask.AcceptLanguage = v.q.Header.Get("Accept"), v.q.Header.Get("Accept-Language")
	w.ask.Market = v.market
	media := negotiate.ParseMedia(w.ask.Accept)
	w.html = takesHTML(media)
	w.linkset = linkset.AsksLinkset(w.ask.LinkType) || media.Prefers(linksetType, "text/html")
	return w
}

// takesHTML says whether a client names HTML, or its family, among what it takes.
// Browsers do; programs that take anything do not.
func takesHTML(media negotiate.Media) bool {
	weight, precision := media.Quality("text/html")
	return weight > 0 && precision >= 2
}

// plainly reports whether nothing but the default is asked for.
func (w wishes) plainly() bool { return !w.linkset && w.ask.LinkType == "" && w.ask.Context == "" }

// resolve answers a Digital Link from the links that stand at its key.
func (r *Resolver) resolve(ctx context.Context, v *visit, s shop, d digital, set *linkset.Set, w wishes) {
	p, known := s.catalogue.Product(d.gtin)
	if known && !set.HasKey() {
		set = r.withProduct(v, set, s, p)
	}
	if set.Empty() {
		v.verdict = string(thing.Unknown)
		r.refuse(v, pages.Unknown, 0, "This resolver knows nothing about this key.", "Ask the resolver at id.gs1.org, which knows who does.")
		return
	}
	var (
		levels *linkset.Levels
		choice linkset.Choice
	)
	decide := func(result thing.TapResult) string {
		facts := situation(v, result)
		levels = set.Levels(d.link, v.now, facts)
		if levels.Recalled() { // what depends on that is asked again
			facts.Recalled = true
			levels = set.Levels(d.link, v.now, facts)
		}
		if w.linkset {
			return ""
		}
		choice = levels.Choose(w.ask)
		return linkset.Reference(choice)
	}
	verdict, err := r.scan(ctx, v, d, w, decide)
	if err != nil {
		r.fail(ctx, v, err)
		return
	}
	v.verdict = verdict
	if w.linkset {
		if !levels.Found() {
			r.refuse(v, pages.Unknown, 0, "This resolver knows nothing about this key.", "")
			return
		}
		r.linkset(v, d, http.StatusOK, levels.Linkset(r.base(v.q)), contextLink)
		return
	}
	switch choice.Outcome {
	case linkset.One:
		v.w.Header()["Cache-Control"] = r.is.scanNoStore // so that scans are counted
		r.redirect(v, http.StatusTemporaryRedirect, choice.One.Target(v.q.URL.RawQuery))
	case linkset.Several:
		r.linkset(v, d, http.StatusMultipleChoices, choice.Linkset(r.base(v.q)), contextLink)
	case linkset.HandedOver:
		r.announce(v, d, ", <"+choice.HandOver()+`>; rel="`+linkset.TypeURI(linkset.HandledBy)+`"`)
		v.w.Header()["Cache-Control"] = r.is.scanNoStore
		r.redirect(v, http.StatusTemporaryRedirect, choice.HandOver())
	case linkset.NoSuchType:
		r.refuse(v, pages.Unknown, 0, "There is no link of this type here.", "Ask with linkType=linkset for those there are.")
	default:
		r.refuse(v, pages.Unknown, 0, "There is no link for this item.", "")
	}
}

// scan records a scan and decides in the same transaction; what is no scan is only
// decided.
func (r *Resolver) scan(ctx context.Context, v *visit, d digital, w wishes, decide func(thing.TapResult) string) (verdict string, err error) {
	result := thing.TapResult{Verdict: thing.Plain}
	if v.looks || w.linkset || v.speech.Asked || visitor.FromOwnPage(v.q) {
		if d.serial != "" {
			if result, err = r.things.Peek(ctx, d.gtin, d.serial); err != nil {
				return "", err
			}
		}
		decide(result)
		return string(result.Verdict), nil
	}
	q := thing.TapRequest{
		Reading: keyset.Reading{Code: keyset.NotATag, Path: keyset.Ref{GTIN: d.gtin, Serial: d.serial}},
		Op:      r.ids.Operation(), Market: v.market, Locale: v.speech.Locale(), Decide: decide,
	}
	if d.gtin == "" {
		q.Link = string(anchor.AppendPair(nil, d.link.Key().AI, d.link.Key().Value))
	}
	result, err = r.things.Tap(ctx, q)
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
	l := linkset.Link{ID: "page", LinkType: "gs1:pip", Href: r.base(v.q) + ownPage + path, Title: name, MediaType: "text/html", Default: true}
	if p.Redirect != "" {
		l.ID, l.Href = "redirect", p.Redirect
	}
	return linkset.Entry{Anchor: path, ItemDescription: name, Links: []linkset.Link{l}}
}

// linkset writes links as data.
func (r *Resolver) linkset(v *visit, d digital, status int, body []byte, more string) {
	r.announce(v, d, more)
	h := v.w.Header()
	h["Content-Type"] = r.is.linkset
	h["Cache-Control"] = r.is.dataNoCache
	h["X-Content-Type-Options"] = r.is.noSniff
	r.write(v, status, body)
}

// refuse answers with a page for people and a problem (RFC 9457) for programs.
func (r *Resolver) refuse(v *visit, kind pages.Kind, status int, detail, hint string) {
	if takesHTML(negotiate.ParseMedia(v.q.Header.Get("Accept"))) {
		r.notice(v, kind, status)
		return
	}
	if status == 0 {
		status = kind.Status()
	}
	problem := struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Code   string `json:"code"`
		Detail string `json:"detail"`
		Hint   string `json:"hint,omitempty"`
	}{"about:blank", http.StatusText(status), status, string(kind), detail, hint}
	body, err := json.Marshal(problem)
	if err != nil { // texts always can be written
		r.notice(v, kind, status)
		return
	}
	h := v.w.Header()
	h["Content-Type"] = r.is.problem
	h["Vary"] = r.is.vary
	h["Cache-Control"] = r.is.scanNoStore
	h["X-Content-Type-Options"] = r.is.noSniff
	r.write(v, status, append(body, '\n'))
}

// describe is the resolver description file (GS1-Conformant Resolver 1.2.0).
func (r *Resolver) describe(v *visit) {
	v.way = "description"
	type vocabulary struct {
		Namespace string `json:"namespace"`
		Prefix    string `json:"prefix"`
	}
	body, err := json.Marshal(struct {
		Name        string       `json:"name"`
		Root        string       `json:"resolverRoot"`
		Keys        []string     `json:"supportedPrimaryKeys"`
		LinkTypes   []vocabulary `json:"supportedLinkType"`
		Linkset     bool         `json:"linkTypeDefaultCanBeLinkset"`
		JSONLD      string       `json:"jsonLdContextLocation"`
		Description string       `json:"description"`
	}{
		"Tagline", r.base(v.q), []string{"all"}, []vocabulary{{linkset.Vocabulary, "gs1:"}}, false,
		"https://ref.gs1.org/standards/resolver/linkset-context",
		"A GS1-Conformant Resolver: plain and compressed GS1 Digital Link URIs, linksets, and links that follow the item's state.",
	})
	if err != nil {
		r.fail(v.q.Context(), v, err)
		return
	}
	h := v.w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["Cache-Control"] = []string{"public, max-age=3600"}
	r.write(v, http.StatusOK, append(body, '\n'))
}

// toOwnPage sends a program that takes anything to the product's page: what stands
// at the Digital Link itself is a redirect for all but browsers, which get the page
// without the detour.
func (r *Resolver) toOwnPage(v *visit, d digital) {
	v.w.Header()["Cache-Control"] = r.is.scanNoStore
	target := r.base(v.q) + ownPage + "/01/" + d.gtin
	if d.serial != "" {
		target = r.base(v.q) + ownPage + itemPath(d.gtin, d.serial)
	}
	r.redirect(v, http.StatusTemporaryRedirect, linkset.Merge(target, v.q.URL.RawQuery))
}

// recalled answers a look at an item that is recalled with the recall, and nothing
// else: no offer, no recipe. False when there is none.
func (r *Resolver) recalled(ctx context.Context, v *visit, s shop, d digital, item thing.TapResult) (answered bool) {
	set, err := r.links.Lookup(ctx, d.link.Key())
	if err != nil {
		r.fail(ctx, v, err)
		return true
	}
	if set.Empty() {
		return false
	}
	levels := set.Levels(d.link, v.now, situation(v, item))
	if !levels.Recalled() {
		return false
	}
	choice := levels.Choose(linkset.Ask{LinkType: linkset.RecallStatus, AcceptLanguage: v.q.Header.Get("Accept-Language"), Market: v.market})
	if choice.Outcome != linkset.One {
		return false
	}
	href, text := choice.One.Target(""), choice.One.Text()
	v.verdict = "recalled"
	r.show(v, s, drawing{kind: pages.Recalled, action: text + "\n" + href}, d.gtin, content.Choice{}, &pages.Unit{})
	return true
}

// recallAction is the way to the recall on its page.
func recallAction(text string) pages.Action {
	label, href, _ := strings.Cut(text, "\n")
	return pages.Action{Label: label, Href: href}
}

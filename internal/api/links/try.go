package links

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"tagline/gs1"
	"tagline/gs1/compression"
	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/fault"
	"tagline/internal/link/linkset"
)

// try answers what the resolver would answer. It asks the same pure functions.
func (d *Desk) try(ctx context.Context, _ access.Actor, in *struct{ Body wire.LinkTry }) (*frame.Answer[wire.LinkTried], error) {
	q := in.Body
	l, query, err := parse(q.Link)
	if err != nil {
		return nil, err
	}
	set, own, err := d.set(ctx, l)
	if err != nil {
		return nil, err
	}
	ask := linkset.Ask{LinkType: q.LinkType, Context: q.Context, Accept: q.Accept, AcceptLanguage: q.AcceptLanguage, Market: q.Market}
	linkType, about := linkset.Asked(l)
	if ask.LinkType == "" {
		ask.LinkType = linkType
	}
	if ask.Context == "" {
		ask.Context = about
	}
	facts := &linkset.Situation{Known: true, Seal: q.Seal, Stage: q.Stage, Result: or(q.Result, "plain"), Channel: or(q.Channel, "qr"),
		Market: q.Market, Language: firstLanguage(q.AcceptLanguage)}
	now := wire.OrNow(q.At, d.Clock.Now())
	levels := set.Levels(l, now, facts)
	if levels.Recalled() { // what depends on that is asked again, as the resolver does
		facts.Recalled = true
		levels = set.Levels(l, now, facts)
	}
	out := wire.LinkTried{Path: l.Path(), Recall: levels.Recalled(), Why: []wire.LinkReason{}}
	if levels.Found() {
		out.Linkset = json.RawMessage(levels.Linkset(d.BaseURL))
	}
	choice := levels.Choose(ask)
	if linkset.AsksLinkset(ask.LinkType) {
		out.Status, out.Outcome, out.Words = http.StatusOK, "linkset", "200 with all links as a linkset."
		if !levels.Found() {
			out.Status, out.Outcome, out.Words = http.StatusNotFound, "nothing", "404: nothing is known of this key."
		}
		return frame.Say(out, nil)
	}
	describe(&out, choice, query, own)
	for _, r := range set.Explain(levels, ask, choice, now, facts) {
		out.Why = append(out.Why, shapeReason(r))
	}
	return frame.Say(out, nil)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// firstLanguage is the language of a reader by the header.
func firstLanguage(header string) string {
	first, _, _ := strings.Cut(header, ",")
	first, _, _ = strings.Cut(first, ";")
	if first = strings.TrimSpace(first); first == "*" {
		return ""
	}
	return first
}

// parse reads a Digital Link: a path of this server, or a whole address of any.
func parse(s string) (l gs1.Link, query string, err error) {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "#")
	if _, rest, ok := strings.Cut(s, "://"); ok && !strings.HasPrefix(s, "/") {
		_, path, _ := strings.Cut(rest, "/")
		s = "/" + path
	}
	path, query, _ := strings.Cut(s, "?")
	if path = strings.TrimSuffix(path, "/"); !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	l, _, err = compression.ParseLinkPath(path, query)
	if err != nil {
		return l, "", fault.Wrap(fault.Invalid, err, "this is no GS1 Digital Link: "+strings.TrimSuffix(err.Error(), "."),
			"Write /01/09506000134352, or paste the address of a code. The resolver would answer 400.").At("body.link", err.Error())
	}
	return l, query, nil
}

// ownLink is the id of the link that a known product has by itself.
const ownLink = "page"

// set gives the links that may answer; a product for which nobody has written any
// answers with its page, or with its own redirect.
func (d *Desk) set(ctx context.Context, l gs1.Link) (set *linkset.Set, own bool, err error) {
	if set, err = d.Links.Lookup(ctx, l.Key()); err != nil || set.HasKey() || l.Key().AI != gs1.AIGTIN {
		return set, false, err
	}
	c, err := d.Products.Catalogue(ctx)
	if err != nil {
		return nil, false, err
	}
	p, known := c.Product(l.Key().Value)
	if !known {
		return set, false, nil
	}
	name, _ := p.Name.In("en")
	href := d.BaseURL + "/p/01/" + p.GTIN
	if p.Redirect != "" {
		href = p.Redirect
	}
	e := linkset.Entry{Anchor: "/01/" + p.GTIN, ItemDescription: name,
		Links: []linkset.Link{{ID: ownLink, LinkType: "gs1:pip", Href: href, Title: name, MediaType: "text/html", Default: true}}}
	return linkset.Compile(append(set.Records(), linkset.Record{Entry: e})), true, nil
}

func describe(out *wire.LinkTried, c linkset.Choice, query string, own bool) {
	switch c.Outcome {
	case linkset.One:
		out.Status, out.Outcome = http.StatusTemporaryRedirect, "link"
		out.Target, out.Title, out.LinkType, out.Link, out.Anchor = c.One.Target(query), c.One.Text(), c.One.LinkType, c.One.ID, c.One.Anchor()
		switch {
		case own && c.One.ID == ownLink:
			out.Outcome, out.Words = "own-page", "Nobody has written links for this product: its own page answers."
		case c.Recall && c.One.LinkType == linkset.RecallStatus:
			out.Words = "307 to the recall, which goes before everything."
		case c.Default:
			out.Words = "307 to the default link of " + out.Anchor + "."
		default:
			out.Words = "307 to the best link of this type, at " + out.Anchor + "."
		}
	case linkset.Several:
		out.Status, out.Outcome = http.StatusMultipleChoices, "several"
		out.Words = fmt.Sprintf("300 with %d links that fit alike: the reader has to choose.", len(c.Several))
	case linkset.HandedOver:
		out.Status, out.Outcome, out.Target = http.StatusTemporaryRedirect, "other-resolver", c.HandOver()
		out.Words = "307 to another resolver, which knows more."
	case linkset.NoSuchType:
		out.Status, out.Outcome, out.Words = http.StatusNotFound, "no-such-type", "404: there is no link of this type here."
	default:
		out.Status, out.Outcome, out.Words = http.StatusNotFound, "nothing", "404: nothing answers for this key now."
	}
}

func shapeReason(r linkset.Reason) wire.LinkReason {
	shape := wire.LinkReason{Anchor: r.Anchor, Link: r.Link.ID, LinkType: r.Link.LinkType, Title: r.Link.Title,
		Chosen: r.Why == linkset.Chosen || r.Why == linkset.Equal, Code: string(r.Why), Reason: words(r.Why)}
	var parts []string
	for _, f := range r.Findings {
		parts = append(parts, f.Words(linkset.Facts()))
	}
	if len(parts) > 0 {
		shape.Reason = "Its condition does not hold. " + strings.ToUpper(parts[0][:1]) + strings.Join(parts, "; ")[1:] + "."
	}
	return shape
}

// words says a reason in a sentence.
func words(w linkset.Why) string {
	switch w {
	case linkset.Chosen:
		return "It is the answer."
	case linkset.Equal:
		return "It is one of several that fit alike."
	case linkset.OtherItem:
		return "Its entry is about another lot, serial or variant, or about one that the request does not name."
	case linkset.LessExact:
		return "Another entry of this level names the very value; this one stands for any."
	case linkset.OnlyPrefix:
		return "A prefix counts only where no other entry does."
	case linkset.NotPublic:
		return "It is kept, but not public."
	case linkset.TooEarly:
		return "Its time has not come."
	case linkset.TooLate:
		return "Its time is over."
	case linkset.Unmet:
		return "Its condition does not hold."
	case linkset.Withheld:
		return "It promotes, and while a recall is in force that is withheld."
	case linkset.RecallFirst:
		return "The recall goes before it."
	case linkset.NotDefault:
		return "No type was asked for, and this is no default."
	case linkset.OtherType:
		return "Another type was asked for."
	case linkset.NarrowerLevel:
		return "A narrower level has the answer."
	case linkset.OtherContext:
		return "Another link fits the context better."
	case linkset.OtherMarket:
		return "Another link fits the market better."
	case linkset.OtherLanguage:
		return "Another link fits the language better."
	case linkset.OtherMedia:
		return "Another link fits the media type better."
	case linkset.AnotherDefault:
		return "Another default of the entry goes first."
	case linkset.OtherResolver:
		return "Another resolver is asked."
	}
	return string(w)
}

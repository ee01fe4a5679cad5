package resolver

import (
	"context"
	"net/http"

	"tagline/gs1"
	"tagline/internal/content"
	"tagline/internal/life"
	"tagline/internal/pages"
	"tagline/internal/tag"
	"tagline/internal/thing"
	"tagline/internal/visitor"
)

// tap answers a URL that carries a tag's message.
func (r *Resolver) tap(ctx context.Context, v *visit, reading tag.Reading) {
	v.way, v.set, v.code, v.gtin = "tap", reading.Set, reading.Code, reading.Path.GTIN
	if v.looks {
		r.look(ctx, v, reading)
		return
	}
	if !reading.OK() {
		// Refused before it costs anything: what is over the limit is counted, and no more.
		v.verdict = string(thing.NotVerified)
		if !r.allow(v) {
			r.things.Overlook(reading)
			return
		}
	}
	shop, err := r.open(ctx, reading.Path.GTIN)
	if err != nil {
		r.fail(ctx, v, err)
		return
	}
	op := v.session.Op
	if op == "" {
		op = r.ids.Operation()
	}
	var choice content.Choice
	result, err := r.things.Tap(ctx, thing.TapRequest{
		Reading: reading, Op: op, Market: v.market, Locale: v.speech.Locale(),
		Decide: func(result thing.TapResult) string {
			choice = shop.choose(v, result.Item.GTIN, result, byTag)
			return reference(choice)
		},
	})
	if err != nil {
		r.fail(ctx, v, err)
		return
	}
	v.verdict, v.code = string(result.Verdict), result.Code
	if result.Known {
		v.gtin = result.Item.GTIN
	}
	switch {
	case result.Verdict.Live():
		r.live(v, result, reading)
	case result.Verdict.Result() == life.ResultReplayed:
		if r.allow(v) {
			r.replayed(v, result, reading)
		}
	case result.Verdict == thing.Blocked:
		r.brief(v, shop, pages.Blocked, v.gtin)
	case result.Verdict == thing.Plain:
		// A message without a counter proves nothing that a copy would not.
		r.plain(v, shop, result.Item.GTIN, result.Item.Serial, choice)
	default:
		// A reading that did not hold was counted above.
		if !reading.OK() || r.allow(v) {
			r.brief(v, shop, pages.NotVerified, v.gtin)
		}
	}
}

// look shows the public page to whoever may not consume the tap. A message that
// does not hold looks to them as it does to people.
func (r *Resolver) look(ctx context.Context, v *visit, reading tag.Reading) {
	shop, err := r.open(ctx, reading.Path.GTIN)
	if err != nil {
		r.fail(ctx, v, err)
		return
	}
	if !reading.OK() {
		v.verdict = string(thing.NotVerified)
		r.brief(v, shop, pages.NotVerified, reading.Path.GTIN)
		return
	}
	v.verdict = "preview"
	if _, ok := shop.catalogue.Product(reading.Path.GTIN); !ok {
		// The URL names no product, and whose tag it is only the tap may ask.
		r.brief(v, shop, pages.Replayed, "")
		return
	}
	choice := shop.choose(v, reading.Path.GTIN, thing.TapResult{Verdict: thing.Plain}, byLink)
	r.plain(v, shop, reading.Path.GTIN, reading.Path.Serial, choice)
}

// live sends the phone from the tap's URL, which is spent, to the item's clean
// link, with a session that says so. A repeat keeps the session that it came with,
// end and all; if the browser has tapped something else since, the session begins
// anew at the tap's own time.
func (r *Resolver) live(v *visit, result thing.TapResult, reading tag.Reading) {
	gtin, serial, began := result.Item.GTIN, result.Item.Serial, v.now
	if result.Verdict == thing.Repeat {
		began = result.Item.LastTap
	}
	if result.Verdict != thing.Repeat || !v.session.IsOf(gtin, serial) {
		s := visitor.Session{Op: result.Op, Outcome: visitor.Live, GTIN: gtin, Serial: serial}
		if result.First {
			s.Outcome = visitor.First
		}
		if !r.cookies.KeepTap(v.w.Header(), s, began, v.now) {
			r.replayed(v, result, reading)
			return
		}
	}
	r.seeOther(v, withOthers(itemPath(gtin, serial), reading))
}

// withOthers keeps what stood beside the tag's message: a campaign's parameters, a
// language. The message itself stays behind.
func withOthers(location string, reading tag.Reading) string {
	if reading.Others == "" {
		return location
	}
	return location + "?" + reading.Others
}

// replayed sends a spent link to the same clean page, where the session makes it
// say what it is. It takes the place of an older session of the same browser: who
// opens an old link is told that it is old.
func (r *Resolver) replayed(v *visit, result thing.TapResult, reading tag.Reading) {
	gtin, serial := result.Item.GTIN, result.Item.Serial
	if !result.Known {
		gtin, serial = reading.Path.GTIN, reading.Path.Serial
	}
	if gtin == "" {
		r.notice(v, pages.Replayed, 0)
		return
	}
	r.cookies.KeepTap(v.w.Header(), visitor.Session{Op: result.Op, Outcome: visitor.Replayed, GTIN: gtin, Serial: serial}, v.now, v.now)
	r.seeOther(v, withOthers(itemPath(gtin, serial), reading))
}

// allow counts a refused tap of the visitor's address. When the address is over
// its limit, it answers and gives false. A genuine tap never asks: a neighbour
// behind the same address must not take it away.
func (r *Resolver) allow(v *visit) bool {
	wait, ok := r.refused.Take(visitor.Address(v.q, r.addressHeader), v.now)
	if ok {
		return true
	}
	v.verdict = "limited"
	v.w.Header()["Retry-After"] = []string{decimal(int(wait.Seconds()) + 1)}
	r.notice(v, pages.RateLimited, 0)
	return false
}

// itemPath is the clean link of an item.
func itemPath(gtin, serial string) string {
	elements := []gs1.Element{{AI: gs1.AIGTIN, Value: gtin}}
	if serial != "" {
		elements = append(elements, gs1.Element{AI: gs1.AISerial, Value: serial})
	}
	path, err := gs1.FormatLink("", elements)
	if err != nil { // an item of an older check: its page is then that of the product
		return "/01/" + gtin
	}
	return path
}

func (r *Resolver) seeOther(v *visit, location string) {
	v.w.Header()["Cache-Control"] = r.is.noStore
	r.redirect(v, http.StatusSeeOther, location)
}

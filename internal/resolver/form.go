package resolver

import (
	"context"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tagline/internal/content"
	"tagline/internal/fault"
	"tagline/internal/pages"
	"tagline/internal/thing"
	"tagline/internal/visitor"
)

// post answers the two forms of the pages.
func (r *Resolver) post(ctx context.Context, v *visit, path string) {
	page, form := path, ""
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		page, form = path[:i], path[i+1:]
	}
	if form != "age" && form != "empty" {
		r.notAllowed(v)
		return
	}
	v.way = form
	if !visitor.OwnForm(v.q) {
		r.notice(v, pages.BadRequest, http.StatusForbidden)
		return
	}
	d, ok := r.parse(v, page)
	if !ok {
		return
	}
	if d.GTIN == "" {
		r.notice(v, pages.Unknown, 0)
		return
	}
	gtin, serial := d.GTIN, d.Serial
	v.gtin = gtin
	if form == "empty" {
		r.empty(ctx, v, page, gtin, serial)
		return
	}
	if kind, _, err := mime.ParseMediaType(v.q.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		r.notice(v, pages.BadRequest, http.StatusUnsupportedMediaType)
		return
	}
	v.q.Body = http.MaxBytesReader(v.w, v.q.Body, maxBody)
	if err := v.q.ParseForm(); err != nil {
		if v.q.ContentLength > maxBody || strings.Contains(err.Error(), "too large") {
			r.notice(v, pages.TooLarge, 0)
			return
		}
		r.notice(v, pages.BadRequest, 0)
		return
	}
	r.answerAge(ctx, v, page, gtin, v.q.PostForm)
}

// answerAge takes country and birth date, compares, and keeps the outcome alone.
func (r *Resolver) answerAge(ctx context.Context, v *visit, page, gtin string, form url.Values) {
	if v.age == visitor.UnderAge { // the back button does not open the question again
		r.seeOther(v, page+v.keepLang())
		return
	}
	land := strings.ToUpper(form.Get("country"))
	answer := pages.Age{Day: typed(form, "day", 2), Month: typed(form, "month", 2), Year: typed(form, "year", 4)}
	if r.pages.CountryKnown(land) {
		answer.Country = land
	} else {
		answer.Wrong = append(answer.Wrong, pages.AgeCountry)
	}
	birth, ok := birthDate(answer.Day, answer.Month, answer.Year, v.now)
	if !ok {
		answer.Wrong = append(answer.Wrong, pages.AgeDate)
	}
	if len(answer.Wrong) > 0 {
		v.verdict = "asked-again"
		r.askAgain(ctx, v, page, gtin, answer)
		return
	}
	outcome := visitor.UnderAge
	if content.OldEnough(birth, v.now, land) == content.OfAge {
		outcome = visitor.OfAge
	}
	v.verdict = "answered"
	r.cookies.KeepAge(v.w.Header(), outcome, visitor.Remember(form.Get("remember") == "yes"), v.now)
	r.seeOther(v, page+v.keepLang())
}

// askAgain shows the question with what was typed and what is wrong with it. Such
// a page is for one visitor: it is not kept.
func (r *Resolver) askAgain(ctx context.Context, v *visit, page, gtin string, answer pages.Age) {
	s, err := r.open(ctx, gtin)
	if err != nil {
		r.fail(ctx, v, err)
		return
	}
	u := pages.Unit{Path: page}
	view := pages.View{Kind: pages.AgeQuestion, Lang: v.speech.Lang, Host: r.baseURL, Unit: u}
	if p, ok := s.catalogue.Product(gtin); ok {
		key := drawing{kind: view.Kind, lang: view.Lang, gtin: gtin}
		_, key.locale = p.Name.In(v.speech.Locales...)
		r.tell(&view, s, p, key, content.Choice{})
	}
	view.Age = answer
	d, err := r.render(view)
	if err != nil {
		r.fail(ctx, v, err)
		return
	}
	r.send(v, d, &u, http.StatusUnprocessableEntity)
}

// typed gives what was typed into a field, as far as the field would let it.
func typed(form url.Values, name string, most int) string {
	s := strings.TrimSpace(form.Get(name))
	if len(s) > most {
		return ""
	}
	return s
}

// birthDate reads a date that somebody alive can have been born on.
func birthDate(day, month, year string, now time.Time) (time.Time, bool) {
	var n [3]int
	for i, s := range []string{year, month, day} {
		value, err := strconv.ParseUint(s, 10, 16)
		if err != nil {
			return time.Time{}, false
		}
		n[i] = int(value)
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, time.UTC)
	if t.Day() != n[2] || int(t.Month()) != n[1] { // 31 February
		return time.Time{}, false
	}
	return t, t.Before(now) && t.Year() > now.Year()-130
}

// empty takes the owner's word that the item is empty. It needs the session of a
// live tap of that very item, and counts once for it.
func (r *Resolver) empty(ctx context.Context, v *visit, page, gtin, serial string) {
	if serial == "" || !v.session.IsOf(gtin, serial) || v.session.Outcome == visitor.Replayed {
		s, err := r.open(ctx, gtin)
		if err != nil {
			r.fail(ctx, v, err)
			return
		}
		v.verdict = "no-session"
		r.show(v, s, drawing{kind: pages.Replayed, status: http.StatusForbidden}, gtin, content.Choice{}, &pages.Unit{})
		return
	}
	_, err := r.things.Report(ctx, thing.Report{
		Source: "consumer", SourceID: "empty/" + string(v.session.Op) + "/" + gtin + "/" + serial,
		GTIN: gtin, Serial: serial, Moment: thing.MomentDrained, Kind: thing.Claimed, Market: v.market,
		Reason: "said on the item's page",
	})
	if err != nil && !fault.Is(err, fault.Conflict) {
		r.fail(ctx, v, err)
		return
	}
	v.verdict = "reported"
	r.seeOther(v, page+v.keepLang())
}

// keepLang carries a language that the link chose through a redirect.
func (v *visit) keepLang() string {
	if !v.speech.Asked {
		return ""
	}
	return "?lang=" + v.speech.Lang
}

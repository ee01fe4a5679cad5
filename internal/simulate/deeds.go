package simulate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"tagline/internal/api/wire"
)

// perform does one act. Deeds of one bottle wait for one another.
func (w *world) perform(ctx context.Context, a act, chance *rand.Rand) {
	if a.bottle < 0 { // a made-up code
		w.note(func(t *Truth) { t.Acts, t.Scans = t.Acts+1, t.Scans+1 })
		got, err := w.doors.visitor(a.place).tap(ctx, w.supply.made[a.bottle])
		w.expect(ctx, a, got, err, public, used, refused)
		return
	}
	tag := w.tags[a.bottle]
	tag.mu.Lock()
	defer tag.mu.Unlock()
	w.note(func(t *Truth) { t.Acts++ })
	switch a.deed {
	case shopCheck, browse:
		w.tap(ctx, a, tag, w.doors.visitor(a.place), chance)
	case recipe:
		if tag.visitor == nil { // the owner's first tap of this bottle
			tag.visitor = w.doors.visitor(a.place)
		}
		w.tap(ctx, a, tag, tag.visitor, chance)
	case open, tear:
		tag.chip.Open()
		w.note(func(t *Truth) { t.Opened++ })
		w.tap(ctx, a, tag, w.doors.visitor(a.place), chance)
	case reload:
		if tag.visitor == nil {
			return
		}
		got, err := tag.visitor.tap(ctx, tag.lastURL)
		w.expect(ctx, a, got, err, live)
	case share, clone:
		if tag.lastURL == "" {
			return
		}
		got, err := w.doors.visitor(a.place).tap(ctx, tag.lastURL)
		w.note(func(t *Truth) { t.Replays++ })
		w.expect(ctx, a, got, err, used, public)
	case preview:
		if tag.lastURL == "" {
			return
		}
		messenger := w.doors.visitor(a.place)
		messenger.agent = previewAgent
		got, err := messenger.tap(ctx, tag.lastURL)
		w.note(func(t *Truth) { t.Previews++ })
		w.expect(ctx, a, got, err, used, public)
	case scan:
		b := w.plan.bottles[a.bottle]
		got, err := w.doors.visitor(a.place).tap(ctx, "/01/"+b.gtin+"/21/"+b.serial)
		w.note(func(t *Truth) { t.Scans++ })
		w.expect(ctx, a, got, err, public, used)
	case sell:
		w.sell(ctx, a)
	case empty:
		w.empty(ctx, a, tag, chance)
	case forge, unreadable:
		target, err := w.crooked(a, tag, chance)
		if err != nil {
			w.expect(ctx, a, "", err)
			return
		}
		got, err := w.doors.visitor(a.place).tap(ctx, target)
		w.note(func(t *Truth) { t.Forgeries++ })
		w.expect(ctx, a, got, err, refused)
	case unlisted:
		w.unlisted(ctx, a, chance)
	}
}

// tap reads the bottle's chip with a phone and opens its URL.
func (w *world) tap(ctx context.Context, a act, tag *tagOf, v *visitor, chance *rand.Rand) {
	target, err := tag.chip.Tap()
	if err != nil {
		w.expect(ctx, a, "", err)
		return
	}
	tag.lastURL, tag.visitor = w.doors.line.local(target), v
	got, err := v.tap(ctx, tag.lastURL)
	w.note(func(t *Truth) { t.Taps++ })
	w.expect(ctx, a, got, err, live)
	if err == nil && got == live && chance.Float64() < 0.6 {
		born := time.Date(1960+chance.IntN(40), time.Month(1+chance.IntN(12)), 1+chance.IntN(28), 0, 0, 0, 0, time.UTC)
		if err := v.saysAge(ctx, born); err != nil {
			w.expect(ctx, a, "", err)
		}
	}
}

// sell lets the till report a sale.
func (w *world) sell(ctx context.Context, a act) {
	b := w.plan.bottles[a.bottle]
	_, err := w.client.Report(ctx, wire.MomentReport{
		Source: "till-" + strings.ToLower(a.place.market), SourceID: fmt.Sprintf("%s-%s", w.set, b.serial),
		GTIN: b.gtin, Serial: b.serial, Moment: "sold", Market: a.place.market,
	})
	w.note(func(t *Truth) { t.Sold++ })
	w.expect(ctx, a, thanked, err, thanked)
	if err := w.tellSale(ctx, a); err != nil {
		w.expect(ctx, a, "", err)
	}
}

// empty taps a last time and says that the bottle is empty.
func (w *world) empty(ctx context.Context, a act, tag *tagOf, chance *rand.Rand) {
	if tag.visitor == nil {
		tag.visitor = w.doors.visitor(a.place)
	}
	v := tag.visitor
	w.tap(ctx, a, tag, v, chance)
	if err := v.saysAge(ctx, time.Date(1980, 5, 17, 0, 0, 0, 0, time.UTC)); err != nil {
		w.expect(ctx, a, "", err)
		return
	}
	got, err := v.submit(ctx, "/empty", map[string][]string{})
	if errors.Is(err, errNoForm) && ctx.Err() == nil {
		w.expect(ctx, a, public, nil, thanked)
		return
	}
	if err == nil {
		w.note(func(t *Truth) { t.Drained++ })
	}
	w.expect(ctx, a, got, err, thanked)
}

// crooked makes a URL that no chip has written: a made-up MAC, or one that was
// damaged on its way.
func (w *world) crooked(a act, tag *tagOf, chance *rand.Rand) (string, error) {
	b := w.plan.bottles[a.bottle]
	hexOf := func(n int) string {
		var s strings.Builder
		for range n {
			fmt.Fprintf(&s, "%X", chance.UintN(16))
		}
		return s.String()
	}
	target := fmt.Sprintf("/t/%s/01/%s/21/%s?p=%s&e=%s&m=%s", w.set, b.gtin, b.serial, hexOf(32), hexOf(32), hexOf(16))
	if a.deed == unreadable {
		real, err := tag.chip.Tap()
		if err != nil {
			return "", err
		}
		target = w.doors.line.local(real)
		target = target[:len(target)-1-chance.IntN(8)] // cut by a careless copy
	}
	return target, nil
}

// unlisted taps a chip with the right keys whose UID was never registered: stock
// that was encoded twice, or stolen before it was booked in.
func (w *world) unlisted(ctx context.Context, a act, chance *rand.Rand) {
	b := w.plan.bottles[a.bottle]
	for i := 1; i < len(b.uid); i++ {
		b.uid[i] = byte(chance.UintN(256))
	}
	chip, err := w.doors.line.chip(b)
	if err != nil {
		w.expect(ctx, a, "", err)
		return
	}
	target, err := chip.Tap()
	if err != nil {
		w.expect(ctx, a, "", err)
		return
	}
	got, err := w.doors.visitor(a.place).tap(ctx, w.doors.line.local(target))
	w.note(func(t *Truth) { t.Forgeries++ })
	w.expect(ctx, a, got, err, refused)
}

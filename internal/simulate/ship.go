package simulate

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"tagline/internal/fault"
)

// graceHours is how long the rules wait for news that are under way: five seconds.
const graceHours = 5.0 / 3600

// atOnce is how many events go into one document.
const atOnce = 200

// ship tells the server how the bottles came where they are: places first, then the
// events before the beginning of the world, in documents as partners send them.
func (w *world) ship(ctx context.Context) error {
	if _, err := w.client.ImportPlaces(ctx, placesCSV(), "", false); err != nil {
		return err
	}
	settings, err := w.client.AlarmSettings(ctx)
	if err != nil {
		return err
	}
	// An hour of the world is a second of the clock: nothing is left of the minutes
	// that clocks may differ by, and what is late is waited for a moment only.
	if settings.SkewMinutes != 0 || settings.GraceHours > graceHours {
		settings.SkewMinutes, settings.GraceHours = 0, graceHours
		if err := w.client.SetAlarmSettings(ctx, settings); err != nil {
			return err
		}
	}
	w.begin = w.config.Clock.Now()
	n := 0
	for chunk := range slices.Chunk(w.supply.events, atOnce) {
		doc, err := document(w.config.Seed, w.begin, chunk)
		if err != nil {
			return err
		}
		times := 1
		if n++; n%10 == 0 {
			times = 2 // a partner that sends again what it had no answer to
		}
		for range times {
			job, err := w.client.Capture(ctx, "application/json", bytes.NewReader(doc), false, nil)
			if err != nil {
				return err
			}
			if !job.Success {
				return fault.Newf(fault.Internal, "the server refused events of the simulated supply chain: %+v", job.Errors)
			}
		}
	}
	return nil
}

// tellSale tells the supply chain that a till has sold a bottle.
func (w *world) tellSale(ctx context.Context, a act) error {
	if w.supply == nil || w.supply.untold[a.bottle] {
		return nil
	}
	b := w.plan.bottles[a.bottle]
	now := w.config.Clock.Now().Sub(w.begin)
	where := map[string]any{"id": locationOf(w.supply.shops[a.bottle])}
	sale := map[string]any{"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "retail_selling", "disposition": "retail_sold", "epcList": []string{epc(b)}, "readPoint": where, "bizLocation": where}
	events := []happening{{1_000_000 + 2*a.bottle, now, sale}}
	if w.supply.twice[a.bottle] {
		events = append(events, happening{1_000_001 + 2*a.bottle, now - time.Hour, sale})
	}
	doc, err := document(w.config.Seed, w.begin, events)
	if err != nil {
		return err
	}
	job, err := w.client.Capture(ctx, "application/json", bytes.NewReader(doc), false, nil)
	if err == nil && !job.Success {
		err = fmt.Errorf("the sale was refused: %+v", job.Errors)
	}
	return err
}

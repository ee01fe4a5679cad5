package watch

import (
	"context"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/keyset"
	"tagline/internal/life"
	"tagline/internal/story"
)

type overviewIn struct {
	Period string `query:"period" enum:"24h,7d,30d,90d" default:"7d"`
	Market string `query:"market" maxLength:"2" doc:"Taps in this country"`
	GTIN   string `query:"gtin" maxLength:"14" doc:"Of this product"`
}

// topProducts is how many products the overview names.
const topProducts = 10

// span is a period and the one before it. Both have gone on for as long: the day
// that has only begun is compared with as much of the day before the period.
type span struct {
	from, to, previousFrom, previousTo time.Time
	bucket                             time.Duration
}

func spanOf(period string, now time.Time) span {
	to := now.Truncate(time.Hour).Add(time.Hour)
	days := map[string]int{"7d": 7, "30d": 30, "90d": 90}[period]
	s := span{to: to, bucket: 24 * time.Hour}
	if days == 0 {
		days, s.bucket, s.from = 1, time.Hour, to.Add(-24*time.Hour)
	} else {
		s.from = now.Truncate(24*time.Hour).AddDate(0, 0, 1-days)
	}
	s.previousFrom, s.previousTo = s.from.AddDate(0, 0, -days), s.to.AddDate(0, 0, -days)
	return s
}

func (d *Desk) overview(ctx context.Context, _ access.Actor, in *overviewIn) (*frame.Answer[wire.Overview], error) {
	now := d.Clock.Now()
	s := spanOf(in.Period, now)
	f := story.StatsFilter{From: s.from, To: s.to, Bucket: s.bucket, GTIN: wire.GTIN(in.GTIN), Market: in.Market}
	stats, err := d.Stories.Stats(ctx, f)
	if err != nil {
		return nil, err
	}
	f.From, f.To = s.previousFrom, s.previousTo
	before, err := d.Stories.Stats(ctx, f)
	if err != nil {
		return nil, err
	}
	counts, err := d.Things.Counts(ctx, f.GTIN)
	if err != nil {
		return nil, err
	}
	label, err := wire.LabelsFrom(ctx, d.Products)
	if err != nil {
		return nil, err
	}
	o := wire.Overview{From: s.from, To: s.to, PreviousFrom: s.previousFrom, Bucket: "day", UpdatedAt: now, Series: wire.SeriesOf(stats.Buckets), Alarms: counts.Alarmed}
	if s.bucket == time.Hour {
		o.Bucket = "hour"
	}
	if o.Totals, err = d.totals(ctx, counts.Made); err != nil {
		return nil, err
	}
	compare := func(of func(story.Stats) int64) wire.Compared {
		return wire.Compared{Value: of(stats), Previous: of(before)}
	}
	result := func(all ...life.Result) wire.Compared {
		return compare(func(s story.Stats) (n int64) {
			for _, r := range all {
				n += s.Results[r]
			}
			return n
		})
	}
	o.Taps = compare(wire.AllTaps)
	o.Genuine, o.Replayed = result(life.ResultGenuine, life.ResultRepeat), result(life.ResultReplayed)
	o.Refused, o.Plain = result(life.ResultRefused), result(life.ResultPlain)
	step := func(total int64, m life.Moment) wire.Step {
		return wire.Step{Total: total, During: compare(func(s story.Stats) int64 { return s.Moments[m] })}
	}
	o.Funnel = wire.Funnel{Made: step(counts.Made, life.MomentMade), Sold: step(counts.Sold, life.MomentPurchased),
		Opened: step(counts.Opened, life.MomentOpened), Drained: step(counts.Drained, life.MomentDrained)}
	earlier := index(before.Markets)
	o.Countries = wire.Each(stats.Markets, func(c story.Counted) wire.CountryTaps {
		return wire.CountryTaps{Country: c.Name, Taps: c.N, Previous: earlier[story.Counted{Name: c.Name}]}
	})
	earlier = index(before.GTINs)
	o.Products = []wire.ProductTaps{}
	for _, c := range stats.GTINs {
		if c.Name != "" && len(o.Products) < topProducts {
			o.Products = append(o.Products, wire.ProductTaps{GTIN: c.Name, Name: label.Named(c.Name).Name, Taps: c.N, Previous: earlier[story.Counted{Name: c.Name}]})
		}
	}
	o.Results = results(stats, before)
	return frame.Say(o, nil)
}

// results splits the taps by result and code; what has no code is a row of its
// own, so that the rows add up to all taps.
func results(now, before story.Stats) []wire.ResultTaps {
	earlier, rest := index(before.Codes), map[life.Result]wire.ResultTaps{}
	for _, r := range []life.Result{life.ResultGenuine, life.ResultRepeat, life.ResultReplayed, life.ResultRefused, life.ResultPlain} {
		rest[r] = wire.ResultTaps{Result: string(r), Taps: now.Results[r], Previous: before.Results[r]}
	}
	rows := []wire.ResultTaps{}
	for _, c := range now.Codes {
		was := earlier[story.Counted{Name: c.Name, Result: c.Result}]
		rows = append(rows, wire.ResultTaps{Result: string(c.Result), Code: c.Name, Taps: c.N, Previous: was})
		r := rest[c.Result]
		r.Taps, r.Previous = r.Taps-c.N, r.Previous-was
		rest[c.Result] = r
	}
	for _, r := range []life.Result{life.ResultPlain, life.ResultRefused, life.ResultReplayed, life.ResultRepeat, life.ResultGenuine} {
		if row := rest[r]; row.Taps > 0 || row.Previous > 0 {
			rows = append([]wire.ResultTaps{row}, rows...)
		}
	}
	return rows
}

func index(counted []story.Counted) map[story.Counted]int64 {
	m := map[story.Counted]int64{}
	for _, c := range counted {
		m[story.Counted{Name: c.Name, Result: c.Result}] = c.N
	}
	return m
}

// totals counts everything there is.
func (d *Desk) totals(ctx context.Context, things int64) (t wire.Totals, err error) {
	t.Things = things
	c, err := d.Products.Catalogue(ctx)
	if err != nil {
		return t, err
	}
	t.Products = int64(len(c.Products()))
	contents, err := d.Contents.All(ctx)
	if err != nil {
		return t, err
	}
	t.Contents = int64(len(contents))
	sets, err := d.everyKeyset(ctx)
	t.KeySets = int64(len(sets))
	for _, k := range sets {
		chips, err := d.Tags.CountChips(ctx, k.Name)
		if err != nil {
			return t, err
		}
		for _, n := range chips {
			t.Chips += n
		}
	}
	return t, err
}

// everyKeyset lists the key sets; there are few.
func (d *Desk) everyKeyset(ctx context.Context) ([]keyset.KeySet, error) {
	return d.Keysets.List(ctx, "", 1000)
}

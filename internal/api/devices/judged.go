package devices

import (
	"context"
	"net/http"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire/connected"
	"tagline/internal/device"
	"tagline/internal/fault"
	"tagline/internal/habit"
	"tagline/internal/product"
	"tagline/internal/reading"
	"tagline/internal/score"
	"tagline/internal/sqldb"
)

// judging adds the operations about how well a thing is cared for, and its rhythm.
func (d *Desk) judging(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "get-care-score", Method: http.MethodGet, Path: "/devices/{brand}/{name}/score", Action: access.DeviceRead, Group: group,
		Summary: "How well a device is cared for, why, how that went, and which products fit", Words: "By the formulas of its model, over its sessions. Each part's points add up to the score. Only what may be looked at is: until consents are kept, made-up devices."}, d.careScore)
	frame.Handle(f, frame.Op{ID: "get-habit", Method: http.MethodGet, Path: "/devices/{brand}/{name}/habit", Action: access.DeviceRead, Group: group,
		Summary: "The weekly rhythm of a device", Words: "By the moments that its model counts as uses, in the time zone of its home. Fewer than 14 uses in two weeks are no habit. Only what may be looked at is: until consents are kept, made-up devices."}, d.rhythm)
}

// mayLook is where consent will be asked: until it is kept, only made-up devices may be
// looked at for anything but their service.
func mayLook(x device.Device) error {
	if x.Demo {
		return nil
	}
	return fault.New(fault.Forbidden, "nobody has agreed to this being looked at", "Habits and scores need a consent of the owner.")
}

// lookBack is how many sessions are looked at.
const lookBack = 1000

func (d *Desk) careScore(ctx context.Context, _ access.Actor, in *Named) (*frame.Answer[connected.CareScore], error) {
	x, m, err := d.find(ctx, *in)
	if err != nil {
		return nil, err
	}
	p, err := score.For(*m)
	if err != nil {
		return nil, err
	}
	if err := mayLook(x); err != nil {
		return nil, err
	}
	found, err := d.Readings.Moments(ctx, x.No, m.Score.From, -1<<62, lookBack)
	if err != nil {
		return nil, err
	}
	now := d.Clock.Now().UnixMicro()
	out := connected.CareScore{Name: m.Score.Name, Title: m.Score.Title, Sessions: []connected.ScoredSession{}, Parts: []connected.ScorePart{}, Needs: []connected.ScoreNeed{}, Products: []connected.FittingProduct{}, Missing: []string{}}
	var scored []score.Scored
	var sessions []score.Session
	for i := len(found) - 1; i >= 0; i-- { // the oldest first
		r := p.Of(found[i].Values, nil)
		scored = append(scored, score.Scored{At: found[i].At, Score: r.Score})
		sessions = append(sessions, score.Session{At: found[i].At, Features: found[i].Values})
		if i == 0 {
			out.Latest, out.Band, out.BandTitle, out.Missing = &r.Score, r.Band, r.BandTitle, append(out.Missing, r.Missing...)
			for _, c := range r.Contributions {
				out.Parts = append(out.Parts, connected.ScorePart{Part: c.Part, Title: c.Title, Points: c.Points, Max: c.Max, Advice: c.Advice})
			}
		}
	}
	for _, s := range scored[max(0, len(scored)-60):] {
		out.Sessions = append(out.Sessions, connected.ScoredSession{At: sqldb.Time(s.At), Score: s.Score})
	}
	t := p.TrendOf(scored, now)
	out.Mean, out.Slope, out.Margin, out.Trend = t.Now, t.Slope, t.Margin, t.Words
	needs := p.NeedsOf(sessions[max(0, len(sessions)-30):], now)
	for _, n := range needs {
		out.Needs = append(out.Needs, connected.ScoreNeed{Name: n.Name, Title: n.Title, Strength: n.Strength, Because: n.Because})
	}
	c, err := d.Products.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range score.Recommend(needs, candidates(c, x.Brand)) {
		out.Products = append(out.Products, connected.FittingProduct{GTIN: r.GTIN, Name: r.Name, Fit: r.Fit, Reasons: r.Reasons})
	}
	return frame.Say(out, nil)
}

// candidates are the products of a brand that are made for something.
func candidates(c *product.Catalogue, brand string) (list []score.Candidate) {
	for _, p := range c.Products() {
		if p.Value.Brand == brand && len(p.Value.Fits) > 0 {
			list = append(list, score.Candidate{GTIN: p.Value.GTIN, Name: nameOf(p.Value), Fits: p.Value.Fits})
		}
	}
	return list
}

func (d *Desk) rhythm(ctx context.Context, _ access.Actor, in *Named) (*frame.Answer[connected.Habits], error) {
	x, m, err := d.find(ctx, *in)
	if err != nil {
		return nil, err
	}
	if m.Habit == nil {
		return nil, fault.New(fault.NotFound, "the model counts nothing as a use", "Write habit: {moment: …} into the model.")
	}
	if err := mayLook(x); err != nil {
		return nil, err
	}
	found, err := d.Readings.Moments(ctx, x.No, m.Habit.Moment, -1<<62, lookBack)
	if err != nil {
		return nil, err
	}
	r := habit.Of(uses(found), x.Location())
	out := connected.Habits{Moment: m.Habit.Moment, Uses: r.Uses, Weeks: r.Weeks, Enough: r.Enough, PerWeek: r.PerWeek, Evening: r.Evening, Weekend: r.Weekend, Regularity: r.Regularity, UsualHour: r.UsualHour, Spread: r.Spread,
		TypicalSeconds: r.Typical.Seconds(), Counts: r.Counts, Words: r.Words, Changes: []connected.HabitChange{}}
	if out.Counts == nil {
		out.Counts = []int{}
	}
	if d := m.Detector(m.Habit.Moment); d != nil {
		out.Title = d.Title
	}
	for day := range r.Hours {
		out.Hours = append(out.Hours, r.Hours[day][:])
	}
	for _, c := range r.Changes {
		out.Changes = append(out.Changes, connected.HabitChange{From: c.From, Before: c.Before, Now: c.Now})
	}
	return frame.Say(out, nil)
}

func uses(found []reading.Moment) (list []habit.Use) {
	for _, m := range found {
		list = append(list, habit.Use{At: sqldb.Time(m.At), Duration: time.Duration(m.Values["duration"] * float64(time.Second))})
	}
	return list
}

func nameOf(p product.Product) string {
	name, _ := p.Name.In()
	return name
}

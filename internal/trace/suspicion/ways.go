package suspicion

import (
	"cmp"
	"fmt"
	"slices"

	"tagline/epcis"
	"tagline/internal/place"
	"tagline/internal/trace/chain"
)

// ways looks at what needs the whole story: speed, seals, numbers, sessions.
func (j *judge) ways() {
	if j.item() && j.Ours && !j.final.Born.Is() && len(j.Story)+len(j.Visits) > 0 && !j.madeOtherwise() {
		f := Finding{Rule: UnknownSerial, Expected: "a number that was made", Seen: "a number that nobody has made"}
		if len(j.Story) > 0 {
			e := j.event(j.Story[0].Fact)
			f.At, f.Evidence = e.At, []Evidence{e}
			f.Market, _ = j.countryOf(j.Story[0].Fact)
		}
		if len(j.Visits) > 0 && (f.At == 0 || j.Visits[0].From < f.At) {
			v := &j.Visits[0]
			f.At, f.Market, f.Evidence = v.From, v.Market, append([]Evidence{tap(v)}, f.Evidence...)
		}
		j.raise(f)
	}
	j.speed()
	j.seal()
	j.sessions()
	for _, in := range j.Held {
		if closed := j.rows[in.Closed]; closed != nil && closed.Action != epcis.Delete && closed.Parent != in.Parent {
			country, _ := j.countryOf(closed)
			ev := []Evidence{j.event(closed)}
			if opened := j.rows[in.Opened]; opened != nil {
				ev = append([]Evidence{j.event(opened)}, ev...)
			}
			j.raise(Finding{Rule: TwoContainers, Anchor: closed.EventID, At: closed.At, Market: country, Evidence: ev,
				Expected: "to be taken out of " + in.Parent + " first", Seen: "packed into " + closed.Parent})
		}
	}
}

func (j *judge) madeOtherwise() bool {
	made, _ := j.known()
	return made
}

// fix is where a thing was for certain at a time.
type fix struct {
	from, to int64
	at       place.Point
	country  string
	where    string
	fact     *chain.Fact
	visit    *Visit
}

// speed looks for two places that nothing travels between so fast.
func (j *judge) speed() {
	var fixes []fix
	for _, e := range j.Story {
		f := e.Fact
		for _, key := range []string{f.Place, f.Point} {
			if p := j.Places.Of(key); p != nil {
				if at, ok := p.Point(); ok {
					fixes = append(fixes, fix{f.At, f.At, at, p.Country, p.Name, f, nil})
					break
				}
			}
		}
	}
	if j.Located && j.item() {
		for i := range j.Visits {
			v := &j.Visits[i]
			if at, ok := place.Country(v.Market); ok {
				fixes = append(fixes, fix{v.From, v.To, at, v.Market, v.Market, nil, v})
			}
		}
	}
	slices.SortStableFunc(fixes, func(a, b fix) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(fixes); i++ {
		a, b := &fixes[i-1], &fixes[i]
		// A scan tells a country and no more: within it nothing is too far.
		if a.country != "" && a.country == b.country && (a.visit != nil || b.visit != nil) {
			continue
		}
		km := place.Distance(a.at, b.at)
		hours := float64(max(0, b.from-a.to)+j.skew()) / float64(60*minute)
		if km <= j.s.MinKM || km <= j.s.SpeedKMH*hours {
			continue
		}
		f := Finding{Rule: Clone, At: b.from, Evidence: []Evidence{j.evidence(a), j.evidence(b)},
			Expected: fmt.Sprintf("at least %.0f hours from %s to %s, %.0f km", km/j.s.SpeedKMH, a.where, b.where, km),
			Seen:     fmt.Sprintf("%.1f hours between them", max(0, float64(b.from-a.to))/float64(60*minute))}
		if b.visit != nil {
			f.Market = b.visit.Market
		} else {
			f.Market, _ = j.countryOf(b.fact)
		}
		if a.visit == nil && b.visit == nil {
			f.Rule, f.Anchor = Speed, b.fact.EventID
		}
		j.raise(f)
	}
}

func (j *judge) evidence(f *fix) Evidence {
	if f.visit != nil {
		return tap(f.visit)
	}
	return j.event(f.fact)
}

// seal looks at what tags and events tell of the seal.
func (j *judge) seal() {
	type opening struct {
		at int64
		by Evidence
	}
	var first opening
	see := func(at int64, by Evidence) {
		if at != 0 && (first.at == 0 || at < first.at) {
			first = opening{at, by}
		}
	}
	for i := range j.Visits {
		v := &j.Visits[i]
		see(v.Opened, Evidence{Tap: v.OpenedBy, At: v.Opened, Words: "the tag tells an opened seal, in " + v.Market})
		if v.Resealed != 0 {
			j.raise(Finding{Rule: Resealed, At: v.Resealed, Market: v.Market,
				Evidence: []Evidence{{Tap: v.ResealedBy, At: v.Resealed, Words: "the tag tells a closed seal, in " + v.Market}},
				Expected: "an opened seal to stay open", Seen: "a closed seal on " + date(v.Resealed)})
		}
	}
	for _, e := range j.Story {
		if f := e.Fact; len(e.Via) == 0 && j.item() && f.Disposition == "container_open" {
			see(f.At, j.event(f))
		}
	}
	if o := j.final.Opened; o.Is() && j.item() {
		for _, e := range j.mark(o) {
			see(o.At, e)
		}
	}
	if first.at == 0 {
		return
	}
	for _, e := range j.Story {
		f := e.Fact
		handled := isSale(f) || slices.Contains([]string{"shipping", "departing", "receiving", "accepting", "stocking", "packing", "loading"}, f.Step)
		if !handled || f.At <= first.at+j.skew() {
			continue
		}
		if sold := chain.At(j.Key, j.Story, first.at).Sold; sold.Is() { // it was the buyer who opened it
			return
		}
		country, _ := j.countryOf(f)
		j.raise(Finding{Rule: SealBroken, At: first.at, Market: country, Evidence: []Evidence{first.by, j.event(f)},
			Expected: "a closed seal until it is sold", Seen: "opened on " + date(first.at) + ", and handled by the trade after that"})
		return
	}
}

// sessions counts scans that are some time apart.
func (j *judge) sessions() {
	window := int64(j.s.SessionDays * float64(day))
	for i := range j.Visits {
		n := 0
		for k := i; k >= 0 && j.Visits[k].To >= j.Visits[i].To-window; k-- {
			n += j.Visits[k].Sessions
		}
		if n > j.s.Sessions {
			v := &j.Visits[i]
			j.raise(Finding{Rule: Sessions, At: v.To, Market: v.Market, Evidence: []Evidence{{Tap: v.Last, At: v.To, Words: "the last scan, in " + v.Market}},
				Expected: fmt.Sprintf("at most %d sessions in %g days", j.s.Sessions, j.s.SessionDays), Seen: fmt.Sprintf("%d sessions", n)})
			return
		}
	}
}

// contents compares what a container gave with what was put into it.
func (j *judge) contents() {
	var packed map[string]bool
	var lastOut *chain.Fact
	for _, e := range j.Story {
		f := e.Fact
		if len(e.Via) > 0 || f.Type != epcis.AggregationEvent || f.Parent != j.Key {
			continue
		}
		var extra, missing []string
		switch f.Action {
		case epcis.Add:
			if packed == nil {
				packed = map[string]bool{}
			}
			for _, c := range f.Children {
				packed[c] = true
			}
			continue
		case epcis.Delete:
			if len(f.Children) == 0 {
				packed, lastOut = nil, nil
				continue
			}
			for _, c := range f.Children {
				if packed != nil && !packed[c] {
					extra = append(extra, c)
				}
				delete(packed, c)
			}
			lastOut = f
		case epcis.Observe:
			if len(f.Children) == 0 || packed == nil {
				continue
			}
			for _, c := range f.Children {
				if !packed[c] {
					extra = append(extra, c)
				}
			}
			for c := range packed {
				if !slices.Contains(f.Children, c) {
					missing = append(missing, c)
				}
			}
		}
		j.differs(f, extra, missing)
	}
	if lastOut == nil || len(packed) == 0 {
		return
	}
	// Some were taken out: the others should follow, unless it travels on with them.
	limit := max(lastOut.At, lastOut.Recorded) + int64(j.s.GraceHours*float64(60*minute))
	for _, e := range j.Story {
		if f := e.Fact; f.At > lastOut.At && (f.Step == "shipping" || f.Step == "departing") {
			return
		}
	}
	if j.Now < limit {
		j.later(limit)
		return
	}
	var left []string
	for c := range packed {
		left = append(left, c)
	}
	j.differs(lastOut, nil, left)
}

func (j *judge) differs(f *chain.Fact, extra, missing []string) {
	if len(extra)+len(missing) == 0 {
		return
	}
	slices.Sort(extra)
	slices.Sort(missing)
	seen := ""
	if len(missing) > 0 {
		seen = fmt.Sprintf("%d missing, as %s", len(missing), missing[0])
	}
	if len(extra) > 0 {
		if seen != "" {
			seen += "; "
		}
		seen += fmt.Sprintf("%d that nobody packed, as %s", len(extra), extra[0])
	}
	country, _ := j.countryOf(f)
	j.raise(Finding{Rule: Quantity, Anchor: f.EventID, At: f.At, Market: country, Evidence: []Evidence{j.event(f)}, Expected: "what was packed into it", Seen: seen})
}

// pending looks for what should have come since.
func (j *judge) pending() {
	s := &j.final
	if !s.Shipped.Is() || len(s.Shipped.Via) > 0 || s.Received.Is() || s.Sold.Is() || s.Ended.Is() || s.Opened.Is() {
		return
	}
	f := j.rows[s.Shipped.Row]
	if f == nil {
		return
	}
	// What happened long ago may have become known just now, and its sequel with the
	// next message.
	limit := max(s.Shipped.At+int64(j.s.TransitDays*float64(day)), f.Recorded+int64(j.s.GraceHours*float64(60*minute)))
	if j.Now < limit {
		j.later(limit)
		return
	}
	country, _ := j.countryOf(f)
	j.raise(Finding{Rule: NotReceived, Anchor: f.EventID, At: s.Shipped.At + int64(j.s.TransitDays*float64(day)), Market: country, Evidence: []Evidence{j.event(f)},
		Expected: fmt.Sprintf("to arrive at %s within %g days", j.name(s.Destination), j.s.TransitDays), Seen: "nothing of it since " + date(s.Shipped.At)})
}

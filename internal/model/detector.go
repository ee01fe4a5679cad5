package model

import (
	"slices"

	"tagline/internal/manifest"
	"tagline/internal/rule"
)

// Detector says when readings become a moment. Exactly one of When, Session, Sum,
// Count, Idle, Absent and Enters is set.
type Detector struct {
	Moment string `json:"moment"`
	Title  string `json:"title,omitempty"` // for people: "The bottle is nearly empty"

	When    rule.Condition `json:"when,omitzero"`     // becomes true, or changes as it says
	Session *SessionOf     `json:"session,omitempty"` // a stretch of use, with its features
	Sum     *SumOf         `json:"sum,omitempty"`     // a number adds up
	Count   *CountOf       `json:"count,omitempty"`   // something happens often
	Idle    *IdleOf        `json:"idle,omitempty"`    // a state lasts
	Absent  Span           `json:"absent,omitempty"`  // no reading at all for so long
	Enters  *PlaceOf       `json:"enters,omitempty"`  // a place is reached

	Once  string `json:"once,omitempty"`  // Onces; every time when empty
	Every Span   `json:"every,omitempty"` // not again within so long
}

// Onces are the rules of how often a moment may come.
func Onces() []string { return []string{"per-thing", "per-epoch", "per-day"} }

// SessionOf is a stretch of use: it begins with a reading for which Starts holds
// and ends with one for which Ends holds, or when nothing came for Gap. The moment
// is told at the end.
type SessionOf struct {
	Starts   rule.Condition     `json:"starts"`
	Ends     rule.Condition     `json:"ends,omitzero"`
	Gap      Span               `json:"gap,omitempty"` // 5m when empty
	Min      Span               `json:"min,omitempty"` // shorter ones are none
	Features map[string]Feature `json:"features,omitempty"`
}

// Feature is one number of a session.
type Feature struct {
	Of  string `json:"of"`  // a property
	How string `json:"how"` // Hows
}

// Hows are the ways to make one number of many: share is the part of the readings
// (0 to 1) in which a flag is yes.
func Hows() []string {
	return []string{"mean", "min", "max", "sum", "count", "first", "last", "rise", "spread", "share"}
}

// SumOf is a number that adds up. Without Over it adds up from one moment to the
// next; with Over it is the sum of the readings of the last so long.
type SumOf struct {
	Of      string  `json:"of"` // a property
	Reaches float64 `json:"reaches"`
	Over    Span    `json:"over,omitempty"`
}

// CountOf is something that happens often: Of comes true Times times Within.
type CountOf struct {
	Of     rule.Condition `json:"of"`
	Times  int            `json:"times"`
	Within Span           `json:"within"`
}

// IdleOf is a state that lasts: While holds without a break for For.
type IdleOf struct {
	While rule.Condition `json:"while"`
	For   Span           `json:"for"`
}

// PlaceOf is a place that is reached: Of comes within Radius metres of Near, after
// having been farther than that, and a fifth, away.
type PlaceOf struct {
	Of     string  `json:"of"`   // a property of kind place
	Near   string  `json:"near"` // another one: where home is
	Radius float64 `json:"radius"`
}

func (d Detector) check(ps *manifest.Problems, at manifest.Path, m Model) {
	ps.Slug(at.With("moment"), d.Moment)
	if d.Title != "" {
		ps.Line(at.With("title"), d.Title, maxName)
	}
	ways := 0
	for _, is := range []bool{!d.When.IsZero(), d.Session != nil, d.Sum != nil, d.Count != nil, d.Idle != nil, d.Absent != 0, d.Enters != nil} {
		if is {
			ways++
		}
	}
	switch {
	case ways == 0:
		ps.Add(at, "the detector does not say when", "Write when: {property: seal, becomes: opened}, for example.")
	case ways > 1:
		ps.Add(at, "a detector looks for one thing: when, session, sum, count, idle, absent or enters", "Make two detectors of it.")
	}
	oneOf(ps, at.With("once"), "once:", d.Once, Onces())
	s := m.Schema()
	ps.Under(at.With("when"), s.Check(d.When))
	if x := d.Session; x != nil {
		here := at.With("session")
		if x.Starts.IsZero() {
			ps.Add(here, "the session does not say how it starts", "Write starts: {property: motor, is: true}, for example.")
		}
		ps.Under(here.With("starts"), s.Check(x.Starts))
		ps.Under(here.With("ends"), s.Check(x.Ends))
		if len(x.Features) > 20 {
			ps.Add(here.With("features"), "a session has at most 20 features", "")
		}
		for name, f := range x.Features {
			checkKey(ps, here.With("features", name), name)
			oneOf(ps, here.With("features", name, "how"), "way", f.How, Hows())
			if f.How == "" {
				ps.Add(here.With("features", name), "the feature does not say how", "Write how: mean.")
			}
			m.number(ps, here.With("features", name, "of"), f.Of, f.How == "share" || f.How == "count")
		}
	}
	if x := d.Sum; x != nil {
		m.number(ps, at.With("sum", "of"), x.Of, false)
		if !(x.Reaches > 0) {
			ps.Add(at.With("sum", "reaches"), "a number above 0 is needed here", "")
		}
	}
	if x := d.Count; x != nil {
		here := at.With("count")
		if x.Of.IsZero() {
			ps.Add(here, "nothing is counted", "Write of: {property: door, becomes: open}.")
		}
		ps.Under(here.With("of"), s.Check(x.Of))
		if x.Times < 2 || x.Times > 1000 {
			ps.Add(here.With("times"), "2 to 1000 times are counted", "")
		}
		if x.Within == 0 {
			ps.Add(here, "the count has no window", "Write within: 1h.")
		}
	}
	if x := d.Idle; x != nil {
		here := at.With("idle")
		still := s
		still.Change = false
		if x.While.IsZero() || x.For == 0 {
			ps.Add(here, "idle says what lasts, and how long", "Write {while: {property: door, is: open}, for: 10m}.")
		}
		ps.Under(here.With("while"), still.Check(x.While))
	}
	if x := d.Enters; x != nil {
		for _, end := range []struct{ field, name string }{{"of", x.Of}, {"near", x.Near}} {
			if p, ok := m.Properties[end.name]; !ok || !p.Place {
				ps.Add(at.With("enters", end.field), quote(end.name)+" is no property of kind place", "Write a property with place: true.")
			}
		}
		if !(x.Radius >= 10 && x.Radius <= 100_000) {
			ps.Add(at.With("enters", "radius"), "a radius is 10 to 100000 metres", "")
		}
	}
}

// number wants a property that is a number, or a flag where that may be.
func (m Model) number(ps *manifest.Problems, at manifest.Path, name string, flag bool) {
	p, ok := m.Properties[name]
	switch {
	case !ok:
		ps.Add(at, "there is no property "+quote(name), manifest.Known(name, m.names()))
	case p.Place || p.Kind() != "number" && !flag:
		ps.Add(at, quote(name)+" is not a number", "Name a property that is one.")
	}
}

func (m Model) names() []string {
	var names []string
	for name := range m.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

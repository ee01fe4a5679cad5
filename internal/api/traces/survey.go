package traces

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tagline/gs1"
	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire/supply"
	"tagline/internal/fault"
	"tagline/internal/place"
	"tagline/internal/sqldb"
	"tagline/internal/trace/chain"
	"tagline/internal/trace/journey"
)

type surveyIn struct {
	GTIN string `query:"gtin" maxLength:"14"`
	Lot  string `query:"lot" maxLength:"20" doc:"Of the product"`
}

// most is how many lanes and holders an answer names.
const most = 300

const hour = int64(time.Hour / time.Microsecond)

func (d *Desk) survey(ctx context.Context, _ access.Actor, in *surveyIn) (*frame.Answer[supply.TraceSurvey], error) {
	gtin := ""
	if in.GTIN != "" {
		var err error
		if gtin, err = gs1.NormalizeGTIN(in.GTIN); err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "this is not a GTIN", "Give 8, 12, 13 or 14 digits, the last being the check digit.").At("query.gtin", "not a GTIN")
		}
	}
	if in.Lot != "" && gtin == "" {
		return nil, fault.New(fault.Invalid, "a lot is one of a product", "Give its GTIN too.").At("query.gtin", "missing")
	}
	places, err := d.known(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := d.Alarms.Settings(ctx)
	if err != nil {
		return nil, err
	}
	now := d.Clock.Now()
	s := newSurvey(places, sqldb.Micros(now), int64(settings.TransitDays*24*float64(hour)))
	partial, err := d.Journeys.Survey(ctx, gtin, in.Lot, s.see)
	if err != nil {
		return nil, err
	}
	return frame.Say(s.tell(now.UTC(), partial), nil)
}

// survey adds up what is seen of things.
type survey struct {
	places  *place.Map
	now     int64
	late    int64 // microseconds after which something on its way is late
	items   int
	at      map[string]*supply.TracePlace
	lanes   map[[2]string]*lane
	markets map[string]*market
	holders map[[2]string]int
	states  supply.TraceCounts
}

type lane struct {
	items    int
	took     []int64
	underway []int64 // since when
}

// steps of the way, in their order.
var steps = [...]string{"commissioned", "shipped", "received", "onShelf", "sold", "opened", "drained"}

type market struct {
	count [len(steps)]int
	took  [len(steps)][]int64
}

func newSurvey(places *place.Map, now, late int64) *survey {
	return &survey{places: places, now: now, late: late, at: map[string]*supply.TracePlace{}, lanes: map[[2]string]*lane{}, markets: map[string]*market{}, holders: map[[2]string]int{}}
}

func (s *survey) place(key string) *supply.TracePlace {
	p := s.at[key]
	if p == nil {
		p = &supply.TracePlace{NamedPlace: named(s.places, key)}
		if known := s.places.Of(key); known != nil {
			p.Kind = known.Kind
			if at, ok := known.Point(); ok {
				p.Latitude, p.Longitude = &at.Lat, &at.Lng
			}
		}
		s.at[key] = p
	}
	return p
}

// see takes in one thing.
func (s *survey) see(i journey.Surveyed) {
	s.items++
	st := &i.State
	opened, drained := cmp.Or(i.Opened, st.Opened.At), cmp.Or(i.Drained, st.Ended.At)
	where := cmp.Or(st.Place, st.Point)
	holder := cmp.Or(st.Possessor, st.Owner)
	if p := s.places.Of(where); holder == "" && p != nil {
		holder = p.Operator
	}
	holder = cmp.Or(holder, where)
	state := s.count(st, opened, drained, where)
	switch state {
	case "sold", "ended":
		if where != "" && st.Sold.Is() {
			s.place(where).Sold++
		}
		holder = "" // a consumer, whom nobody knows
	case "underway":
		if st.Destination != "" {
			s.place(st.Destination).Arriving++
		}
	default:
		if where != "" {
			s.place(where).Stock++
		}
	}
	s.holders[[2]string{holder, state}]++
	for _, leg := range st.Legs {
		to := cmp.Or(leg.To, st.Destination)
		if leg.From == "" || to == "" {
			continue
		}
		ends := [2]string{leg.From, to}
		l := s.lanes[ends]
		if l == nil {
			l = &lane{}
			s.lanes[ends] = l
			s.place(leg.From)
			s.place(to)
		}
		l.items++
		switch {
		case leg.In != 0:
			l.took = append(l.took, leg.In-leg.Out)
		case state == "underway" && st.Shipped.At == leg.Out:
			l.underway = append(l.underway, leg.Out)
		}
	}
	s.step(st, opened, drained)
}

// count tells how far a thing got, and counts it.
func (s *survey) count(st *chain.State, opened, drained int64, where string) (state string) {
	if st.Recalled.Is() {
		s.states.Recalled++
	}
	switch {
	case drained != 0:
		s.states.Ended++
		return "ended"
	case opened != 0:
		s.states.Opened++
		return "sold"
	case st.Sold.Is():
		s.states.Sold++
		return "sold"
	case st.Shipped.Is() && !st.Received.Is():
		s.states.Underway++
		return "underway"
	case st.Stocked.Is():
		s.states.OnShelf++
		return "onShelf"
	case where == "":
		s.states.Unlocated++
		return "unlocated"
	}
	s.states.InStock++
	return "inStock"
}

// step adds a thing to the country for which it was shipped last.
func (s *survey) step(st *chain.State, opened, drained int64) {
	country, shipped, received := "", int64(0), int64(0)
	if n := len(st.Legs); n > 0 {
		if p := s.places.Of(st.Legs[n-1].To); p != nil {
			country = p.Country
		}
		shipped, received = st.Legs[0].Out, st.Legs[n-1].In
	}
	if p := s.places.Of(st.Place); country == "" && p != nil {
		country = p.Country
	}
	m := s.markets[country]
	if m == nil {
		m = &market{}
		s.markets[country] = m
	}
	before := int64(0)
	for n, at := range [len(steps)]int64{st.Born.At, shipped, received, st.Stocked.At, st.Sold.At, opened, drained} {
		if at == 0 {
			continue
		}
		m.count[n]++
		if before != 0 && at >= before {
			m.took[n] = append(m.took[n], at-before)
		}
		before = at
	}
}

// median gives hours, nil for nothing.
func median(took []int64) *float64 {
	if len(took) == 0 {
		return nil
	}
	slices.Sort(took)
	h := float64(took[len(took)/2]) / float64(hour)
	return &h
}

// tell gives what was seen.
func (s *survey) tell(at time.Time, partial bool) supply.TraceSurvey {
	out := supply.TraceSurvey{At: at, Items: s.items, Partial: partial, Places: []supply.TracePlace{}, Lanes: []supply.TraceLane{}, Markets: []supply.TraceMarket{}, Holders: []supply.TraceHolder{}, States: s.states}
	for _, p := range s.at {
		out.Places = append(out.Places, *p)
	}
	slices.SortFunc(out.Places, func(a, b supply.TracePlace) int {
		return cmp.Or(cmp.Compare(b.Stock+b.Arriving, a.Stock+a.Arriving), cmp.Compare(a.Key, b.Key))
	})
	for ends, l := range s.lanes {
		shape := supply.TraceLane{From: named(s.places, ends[0]), To: named(s.places, ends[1]), Items: l.items, Underway: len(l.underway), Hours: median(l.took)}
		limit := s.late
		if shape.Hours != nil {
			limit = min(limit, int64(2**shape.Hours*float64(hour)))
		}
		for _, since := range l.underway {
			if s.now-since > limit {
				shape.Late++
			}
		}
		out.Lanes = append(out.Lanes, shape)
	}
	slices.SortFunc(out.Lanes, func(a, b supply.TraceLane) int {
		return cmp.Or(cmp.Compare(b.Items, a.Items), cmp.Compare(a.From.Key, b.From.Key), cmp.Compare(a.To.Key, b.To.Key))
	})
	out.Lanes = out.Lanes[:min(len(out.Lanes), most)]
	for country, m := range s.markets {
		shape := supply.TraceMarket{Country: country}
		for n, step := range steps {
			shape.Steps = append(shape.Steps, supply.TraceStep{Step: step, Count: m.count[n], Hours: median(m.took[n])})
		}
		out.Markets = append(out.Markets, shape)
	}
	slices.SortFunc(out.Markets, func(a, b supply.TraceMarket) int {
		return cmp.Or(cmp.Compare(b.Steps[0].Count, a.Steps[0].Count), cmp.Compare(a.Country, b.Country))
	})
	for who, n := range s.holders {
		shape := supply.TraceHolder{State: who[1], Items: n}
		if who[0] != "" {
			shape.Holder = named(s.places, who[0])
		}
		out.Holders = append(out.Holders, shape)
	}
	slices.SortFunc(out.Holders, func(a, b supply.TraceHolder) int {
		return cmp.Or(cmp.Compare(b.Items, a.Items), cmp.Compare(a.Holder.Key, b.Holder.Key), cmp.Compare(a.State, b.State))
	})
	out.Holders = out.Holders[:min(len(out.Holders), most)]
	return out
}

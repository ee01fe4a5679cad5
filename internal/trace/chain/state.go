package chain

import (
	"slices"
	"strings"

	"tagline/epcis"
)

// Mark is when something became true, and by which event.
type Mark struct {
	At  int64    `json:"at,omitempty"` // microseconds since 1970; 0 is never
	Row int64    `json:"row,omitempty"`
	Via []string `json:"via,omitempty"`
}

// Is tells whether it ever became true.
func (m Mark) Is() bool { return m.Row != 0 }

// State is what is known of a thing at a time.
type State struct {
	Born        Mark     `json:"born,omitzero"`
	Shipped     Mark     `json:"shipped,omitzero"`  // the last shipment that was not voided
	Received    Mark     `json:"received,omitzero"` // after it
	Stocked     Mark     `json:"stocked,omitzero"`  // first offered for sale
	Sold        Mark     `json:"sold,omitzero"`     // and not returned
	Returned    Mark     `json:"returned,omitzero"` // the last time
	Opened      Mark     `json:"opened,omitzero"`
	Ended       Mark     `json:"ended,omitzero"` // used up, destroyed or taken out of service
	Recalled    Mark     `json:"recalled,omitzero"`
	Stolen      Mark     `json:"stolen,omitzero"`
	Seen        Mark     `json:"seen,omitzero"` // the last event
	Where       Mark     `json:"where,omitzero"`
	Place       string   `json:"place,omitempty"` // canonical key of the business location
	Point       string   `json:"point,omitempty"` // of the read point
	Step        string   `json:"step,omitempty"`
	Disposition string   `json:"disposition,omitempty"`
	Persistent  []string `json:"persistent,omitempty"`
	Owner       string   `json:"owner,omitempty"`
	Possessor   string   `json:"possessor,omitempty"`
	Destination string   `json:"destination,omitempty"` // where the last shipment is going
	Lot         string   `json:"lot,omitempty"`
	BestBefore  string   `json:"bestBefore,omitempty"`
	Container   []string `json:"container,omitempty"` // what holds it, the outermost last
	Legs        []Leg    `json:"legs,omitempty"`      // its shipments, the first first
}

// Leg is one shipment.
type Leg struct {
	From string `json:"from,omitempty"` // canonical key of where it was shipped
	To   string `json:"to,omitempty"`   // where it was to go, and once it is there, where it came
	Out  int64  `json:"out"`            // microseconds since 1970
	In   int64  `json:"in,omitempty"`   // 0 while it is on its way
}

// maxLegs bounds how many shipments of a thing are kept.
const maxLegs = 50

// At folds a thing's story up to a time, the time itself included.
func At(key string, story []Entry, until int64) State {
	var s State
	for _, e := range story {
		if e.Fact.At > until {
			break
		}
		s.Apply(key, e)
	}
	return s
}

// Apply takes in the next entry of a thing's story.
func (s *State) Apply(key string, e Entry) {
	f := e.Fact
	if f.Declares {
		return
	}
	mark := Mark{f.At, f.Row, e.Via}
	own := len(e.Via) == 0
	part := own && f.Parent == key && !slices.Contains(f.Things, key) && f.Type == epcis.AggregationEvent
	s.Seen = mark
	if own && f.Type == epcis.ObjectEvent && f.Action == epcis.Add || own && slices.Contains(f.Outputs, key) {
		if !s.Born.Is() {
			s.Born = mark
		}
		if f.Lot != "" {
			s.Lot = f.Lot
		}
		if f.BestBefore != "" {
			s.BestBefore = f.BestBefore
		}
	}
	if f.Place != "" && f.Place != s.Place || f.Point != "" && f.Point != s.Point {
		s.Where = mark
	}
	if f.Place != "" {
		s.Place = f.Place
	}
	if f.Point != "" {
		s.Point = f.Point
	}
	if f.Step != "" {
		s.Step = f.Step
	}
	if f.Disposition != "" && !part {
		s.Disposition = f.Disposition
	}
	for _, p := range f.Destinations {
		switch p.Type {
		case "owning_party":
			s.Owner = p.Key
		case "possessing_party":
			s.Possessor = p.Key
		}
	}
	s.steps(f, mark)
	s.dispositions(f, mark)
	if own && (f.Type == epcis.ObjectEvent && f.Action == epcis.Delete || slices.Contains(f.Inputs, key)) && !s.Ended.Is() {
		s.Ended = mark
	}
}

func (s *State) steps(f *Fact, mark Mark) {
	switch f.Step {
	case "shipping", "departing", "consigning":
		s.Shipped, s.Received = mark, Mark{}
		if f.Step == "shipping" && len(s.Legs) < maxLegs {
			leg := Leg{From: s.Place, Out: f.At}
			if leg.From == "" {
				leg.From = s.Point
			}
			for _, p := range f.Destinations {
				if p.Type == "location" {
					leg.To = p.Key
				}
			}
			s.Legs = append(slices.Clone(s.Legs), leg)
		}
		for _, p := range f.Destinations {
			if p.Type == "location" {
				s.Destination = p.Key
			}
		}
	case "void_shipping":
		s.Shipped, s.Destination = Mark{}, ""
		if n := len(s.Legs); n > 0 && s.Legs[n-1].In == 0 {
			s.Legs = s.Legs[: n-1 : n-1]
		}
	case "receiving", "accepting", "arriving":
		if f.Step == "arriving" {
			break
		}
		s.Received, s.Destination = mark, ""
		if n := len(s.Legs); n > 0 && s.Legs[n-1].In == 0 {
			s.Legs = slices.Clone(s.Legs)
			s.Legs[n-1].In = f.At
			if f.Place != "" {
				s.Legs[n-1].To = f.Place
			}
		}
	case "stocking":
		first(&s.Stocked, mark)
	case "retail_selling":
		first(&s.Sold, mark)
	case "destroying":
		first(&s.Ended, mark)
	default:
		// A step of one's own says "opening" with its last word.
		if at := strings.LastIndexAny(f.Step, "/#:-"); at > 0 && f.Step[at+1:] == "opening" {
			first(&s.Opened, mark)
		}
	}
}

func (s *State) dispositions(f *Fact, mark Mark) {
	for _, d := range slices.Concat([]string{f.Disposition}, f.Set) {
		switch d {
		case "retail_sold":
			first(&s.Sold, mark)
		case "returned":
			s.Returned, s.Sold = mark, Mark{}
		case "sellable_accessible":
			first(&s.Stocked, mark)
		case "recalled":
			first(&s.Recalled, mark)
		case "stolen":
			first(&s.Stolen, mark)
		case "destroyed", "dispensed", "disposed":
			first(&s.Ended, mark)
		default:
			if at := strings.LastIndexAny(d, "/#:-"); at > 0 && d[at+1:] == "opened" {
				first(&s.Opened, mark)
			}
		}
	}
	for _, d := range f.Set {
		if !slices.Contains(s.Persistent, d) {
			s.Persistent = append(s.Persistent, d)
			slices.Sort(s.Persistent)
		}
	}
	for _, d := range f.Unset {
		s.Persistent = slices.DeleteFunc(s.Persistent, func(p string) bool { return p == d })
		switch d {
		case "recalled":
			s.Recalled = Mark{}
		case "stolen":
			s.Stolen = Mark{}
		}
	}
}

func first(m *Mark, mark Mark) {
	if !m.Is() {
		*m = mark
	}
}

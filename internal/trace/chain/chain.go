package chain

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"tagline/epcis"
	"tagline/epcis/identifier"
	"tagline/epcis/unit"
)

// Party is a source or a destination by its canonical key.
type Party struct {
	Type string // owning_party, possessing_party, location or a URI
	Key  string
}

// Fact is what matters of one event for the way of things. Keys are canonical.
type Fact struct {
	Row          int64
	EventID      string
	At, Recorded int64 // microseconds since 1970
	Type         string
	Action       string
	Step         string // bare words
	Disposition  string
	Set, Unset   []string // persistent dispositions
	Point, Place string
	Things       []string // of epcList
	Parent       string
	Children     []string
	Inputs       []string
	Outputs      []string
	Sources      []Party
	Destinations []Party
	Lot          string // of ilmd
	BestBefore   string
	Temperatures []Temperature
	// Declares tells that the event only says that another is wrong.
	Declares bool
}

// Temperature is what a sensor told, in degrees Celsius.
type Temperature struct {
	At        int64 // microseconds since 1970
	Low, High float64
}

// FactOf takes from an event what matters.
func FactOf(row int64, e *epcis.Event) Fact {
	f := Fact{
		Row: row, EventID: e.EventID, At: e.EventTime.Micro, Recorded: e.RecordTime.Micro, Type: e.Type, Action: e.Action,
		Step: epcis.Word(epcis.BizSteps, e.BizStep, e.Context), Disposition: epcis.Word(epcis.Dispositions, e.Disposition, e.Context),
		Things: keys(e.EPCList), Children: keys(e.ChildEPCs), Inputs: keys(e.InputEPCList), Outputs: keys(e.OutputEPCList),
		Declares: e.ErrorDeclaration != nil,
	}
	if e.ParentID != "" {
		f.Parent = identifier.Key(e.ParentID)
	}
	if p := e.PersistentDisposition; p != nil {
		for _, d := range p.Set {
			f.Set = append(f.Set, epcis.Word(epcis.Dispositions, d, e.Context))
		}
		for _, d := range p.Unset {
			f.Unset = append(f.Unset, epcis.Word(epcis.Dispositions, d, e.Context))
		}
	}
	if e.ReadPoint != nil {
		f.Point = identifier.Key(e.ReadPoint.ID)
	}
	if e.BizLocation != nil {
		f.Place = identifier.Key(e.BizLocation.ID)
	}
	for _, p := range e.SourceList {
		f.Sources = append(f.Sources, Party{epcis.Word(epcis.SourceTypes, p.Type, e.Context), identifier.Key(p.ID)})
	}
	for _, p := range e.DestinationList {
		f.Destinations = append(f.Destinations, Party{epcis.Word(epcis.SourceTypes, p.Type, e.Context), identifier.Key(p.ID)})
	}
	for _, field := range e.ILMD {
		switch strings.ToLower(field.Name.Local) {
		case "lotnumber", "lot":
			f.Lot = field.Value.Text
		case "bestbeforedate", "bestbefore":
			f.BestBefore = field.Value.Text
		}
	}
	for i := range e.SensorElementList {
		f.Temperatures = append(f.Temperatures, temperatures(&e.SensorElementList[i], e)...)
	}
	return f
}

// temperatures reads the reports of a temperature, whatever its unit.
func temperatures(s *epcis.SensorElement, e *epcis.Event) (out []Temperature) {
	for i := range s.Reports {
		r := &s.Reports[i]
		if epcis.Word(epcis.MeasurementTypes, r.Type, e.Context) != "Temperature" {
			continue
		}
		t := Temperature{At: e.EventTime.Micro}
		switch {
		case r.Time.Text != "":
			t.At = r.Time.Micro
		case s.Metadata != nil && s.Metadata.Time.Text != "":
			t.At = s.Metadata.Time.Micro
		}
		found := false
		for _, text := range []string{r.Value, r.MinValue, r.MaxValue, r.MeanValue} {
			v, err := strconv.ParseFloat(text, 64)
			kelvin, dimension := unit.Canonical(v, r.UOM)
			if text == "" || err != nil || dimension != "KEL" {
				continue
			}
			c := kelvin - 273.15
			if !found {
				t.Low, t.High, found = c, c, true
			}
			t.Low, t.High = min(t.Low, c), max(t.High, c)
		}
		if found {
			out = append(out, t)
		}
	}
	return out
}

func keys(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = identifier.Key(text)
	}
	return out
}

// Keys gives every thing that a fact names.
func (f *Fact) Keys() []string {
	out := slices.Concat(f.Things, f.Children, f.Inputs, f.Outputs)
	if f.Parent != "" {
		out = append(out, f.Parent)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Compare is the order in which facts count: by event time, then as recorded.
func Compare(a, b *Fact) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Recorded, b.Recorded), cmp.Compare(a.Row, b.Row))
}

// Open is the end of an interval that has none yet.
const Open = math.MaxInt64

// Interval says that a thing was in a container from a time to before another.
type Interval struct {
	Child, Parent string
	From, To      int64
	Opened        int64 // row of the event
	Closed        int64 // 0 while it is open
	// Inferred tells that nobody said when it began or ended: something else was
	// said that cannot be true otherwise.
	Inferred bool
}

// Intervals folds the aggregations of one thing. Facts are those that name it as a
// child, and those by which a container lost all its contents, in the order of
// Compare.
func Intervals(child string, facts []*Fact) []Interval {
	var out []Interval
	var now *Interval
	closeAt := func(f *Fact, inferred bool) {
		if now == nil {
			return
		}
		now.To, now.Closed, now.Inferred = f.At, f.Row, now.Inferred || inferred
		if now.To > now.From {
			out = append(out, *now)
		}
		now = nil
	}
	for _, f := range facts {
		if f.Type != epcis.AggregationEvent || f.Declares {
			continue
		}
		named := slices.Contains(f.Children, child)
		switch {
		case f.Action == epcis.Delete && (named || len(f.Children) == 0):
			if now != nil && now.Parent == f.Parent {
				closeAt(f, false)
			}
		case !named || f.Parent == "":
		case now != nil && now.Parent == f.Parent:
		default:
			closeAt(f, true)
			now = &Interval{Child: child, Parent: f.Parent, From: f.At, To: Open, Opened: f.Row, Inferred: f.Action == epcis.Observe}
		}
	}
	if now != nil {
		out = append(out, *now)
	}
	return out
}

// RollsDown tells whether what a container's event says holds for its contents too:
// where it is and what was done with it, not its own birth, death and packing.
func (f *Fact) RollsDown() bool {
	switch f.Type {
	case epcis.ObjectEvent:
		return f.Action == epcis.Observe && f.Step != "commissioning" && f.Step != "decommissioning" && f.Step != "encoding" &&
			f.Disposition != "active" && f.Disposition != "inactive" && f.Disposition != "encoded"
	case epcis.TransactionEvent:
		return true
	}
	return false
}

// Entry is one fact of a thing's way. Via is the containers through which it
// reached it, the outermost last; empty for the thing's own.
type Entry struct {
	Fact *Fact
	Via  []string
}

// Way is a thing's story, with what held it when.
type Way struct {
	Key     string
	Entries []Entry
	Held    []Interval
}

// Facts gives the facts that name a thing, in the order of Compare, without those
// that were declared wrong.
type Facts func(key string) []*Fact

// maxDepth bounds how deep containers stand in one another.
const maxDepth = 8

// Story tells a thing's way: its own facts and those of what held it while it did,
// in the order of Compare. Aggregations of a thing are folded with those of its
// containers, so facts must know these as well.
func Story(key string, facts Facts) []Entry {
	var out []Entry
	for _, f := range facts(key) {
		out = append(out, Entry{Fact: f})
	}
	out = append(out, above(key, facts, 0, Open, nil)...)
	slices.SortStableFunc(out, func(a, b Entry) int { return Compare(a.Fact, b.Fact) })
	return out
}

// above gives what containers of a thing bring it in a stretch of time.
func above(key string, facts Facts, from, to int64, via []string) (out []Entry) {
	if len(via) == maxDepth {
		return nil
	}
	for _, in := range Held(key, facts) {
		begin, end := max(in.From, from), min(in.To, to)
		if begin >= end || slices.Contains(via, in.Parent) || in.Parent == key {
			continue
		}
		chain := append(slices.Clone(via), in.Parent)
		for _, f := range facts(in.Parent) {
			if f.At >= begin && f.At < end && f.RollsDown() && slices.Contains(f.Things, in.Parent) {
				out = append(out, Entry{Fact: f, Via: chain})
			}
		}
		out = append(out, above(in.Parent, facts, begin, end, chain)...)
	}
	return out
}

// Held gives the intervals of a thing: what held it when.
func Held(key string, facts Facts) []Interval {
	var list []*Fact
	seen := map[string]bool{}
	for _, f := range facts(key) {
		if f.Type != epcis.AggregationEvent || !slices.Contains(f.Children, key) {
			continue
		}
		list = append(list, f)
		if f.Parent == "" || seen[f.Parent] {
			continue
		}
		seen[f.Parent] = true
		for _, g := range facts(f.Parent) {
			if g.Type == epcis.AggregationEvent && g.Action == epcis.Delete && g.Parent == f.Parent && len(g.Children) == 0 {
				list = append(list, g)
			}
		}
	}
	slices.SortStableFunc(list, Compare)
	return Intervals(key, list)
}

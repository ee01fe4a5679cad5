package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tagline/internal/fault"
	"tagline/internal/model"
	"tagline/internal/rule"
)

// Reading is one report of some properties at one time, or the beginning of an
// ownership period. Readings are ordered by (At, ID).
type Reading struct {
	At     int64                 // microseconds of UTC
	ID     string                //
	Values map[string]rule.Value // places as name.lat and name.lon
	Epoch  bool                  // a new ownership period begins: what comes once in each may come again
}

// Firing is a moment that a detector found.
type Firing struct {
	Moment   string
	Detector int                // its place in the model
	At       int64              // when it became true
	From     int64              // when it began: of a session, a window, a wait; At otherwise
	Cause    string             // ID of the reading that made it true, or began the wait or session
	Values   map[string]float64 // the numbers behind it
	Because  string             // a sentence for people
}

// Key identifies a firing among those of a thing.
func (f Firing) Key() string {
	return f.Moment + "@" + strconv.FormatInt(f.At, 10) + "/" + f.Cause
}

// Program is the detectors of a model, ready to run. It never changes, and may be
// shared.
type Program struct {
	detectors []detector
	schema    rule.Schema
	print     string
}

// detector is one of the model's, with its conditions taken apart.
type detector struct {
	model.Detector
	when, starts, ends, of, while cond
	features                      []feature
	gap, min                      int64 // microseconds
	uses                          map[string]bool
	against                       *against
}

// against watches a property that only rises, or only falls.
type against struct {
	name string
	model.Property
}

// Impossible is the moment of a value that goes against what its property allows: what
// was opened is closed, what was used up is full again. Models need no detector for it.
const Impossible = "impossible-state"

type feature struct {
	name string
	model.Feature
}

// cond is a condition with its leaves in order.
type cond struct {
	tree   rule.Condition
	leaves []rule.Leaf
	pulse  bool // has a test of a change
}

const defaultGap = model.Span(5 * time.Minute)

// Compile makes the program of a model. Errors: Invalid for a model that its own
// Check refuses.
func Compile(m model.Model) (*Program, error) {
	for _, d := range m.Detect {
		if d.Moment == "" {
			return nil, fault.New(fault.Invalid, "a detector of "+m.Name+" has no moment", "Check the model first.")
		}
	}
	p := &Program{schema: m.Schema()}
	kinds := map[string]rule.Kind{}
	for name, f := range p.schema.Facts {
		kinds[name] = f.Kind
	}
	only := map[string]string{}
	for name, prop := range m.Properties {
		if prop.Monotonic != "" {
			only[name] = prop.Monotonic
		}
	}
	print, err := json.Marshal(struct {
		Detect []model.Detector
		Kinds  map[string]rule.Kind
		Only   map[string]string
	}{m.Detect, kinds, only})
	if err != nil {
		return nil, fmt.Errorf("detect: fingerprint of %s: %w", m.Name, err)
	}
	sum := sha256.Sum256(print)
	p.print = hex.EncodeToString(sum[:8])
	defer func() { p.watch(m) }()
	for _, d := range m.Detect {
		x := detector{Detector: d, uses: map[string]bool{}}
		x.when = x.cond(d.When)
		if s := d.Session; s != nil {
			x.starts, x.ends = x.cond(s.Starts), x.cond(s.Ends)
			gap := s.Gap
			if gap == 0 {
				gap = defaultGap
			}
			x.gap, x.min = micros(gap), micros(s.Min)
			for name, f := range s.Features {
				x.features = append(x.features, feature{name, f})
				x.uses[f.Of] = true
			}
			slices.SortFunc(x.features, func(a, b feature) int { return compare(a.name, b.name) })
		}
		if s := d.Sum; s != nil {
			x.uses[s.Of] = true
		}
		if s := d.Count; s != nil {
			x.of = x.cond(s.Of)
		}
		if s := d.Idle; s != nil {
			x.while = x.cond(s.While)
		}
		if s := d.Enters; s != nil {
			for _, n := range []string{model.Lat(s.Of), model.Lon(s.Of), model.Lat(s.Near), model.Lon(s.Near)} {
				x.uses[n] = true
			}
		}
		p.detectors = append(p.detectors, x)
	}
	return p, nil
}

// watch adds the detectors that come with the properties.
func (p *Program) watch(m model.Model) {
	var names []string
	for name, prop := range m.Properties {
		if prop.Monotonic != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		p.detectors = append(p.detectors, detector{
			Detector: model.Detector{Moment: Impossible}, uses: map[string]bool{name: true}, against: &against{name, m.Properties[name]},
		})
	}
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func micros(s model.Span) int64 { return time.Duration(s).Microseconds() }

func (d *detector) cond(c rule.Condition) cond {
	out := cond{tree: c}
	c.Leaves(func(_ []any, l rule.Leaf) {
		out.leaves = append(out.leaves, l)
		out.pulse = out.pulse || changes(l.Test)
		d.uses[l.Name] = true
	})
	return out
}

func changes(test string) bool {
	switch test {
	case "becomes", "crosses-above", "crosses-below", "rises-by", "falls-by":
		return true
	}
	return false
}

// Fingerprint changes when the detectors do.
func (p *Program) Fingerprint() string { return p.print }

// Empty reports whether there is nothing to detect.
func (p *Program) Empty() bool { return len(p.detectors) == 0 }

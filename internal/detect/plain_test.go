package detect_test

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"tagline/internal/detect"
	"tagline/internal/model"
	"tagline/internal/rule"
)

// plain finds the moments of sorted readings by looking at all of them again and
// again: no memory, no cleverness, nothing of the package's own code but its shapes.
type plain struct {
	m        model.Model
	readings []detect.Reading
	until    int64
	asked    map[string]bool // answers of change: it asks itself about all that came before
}

func (p plain) all() []detect.Firing {
	var out []detect.Firing
	for i, d := range p.m.Detect {
		for _, f := range p.of(d) {
			f.Moment, f.Detector = d.Moment, i
			out = append(out, f)
		}
	}
	return out
}

// value is the last one known at reading i, -1 being before all.
func (p plain) value(name string, i int) (rule.Value, bool) {
	for ; i >= 0; i-- {
		if v, ok := p.readings[i].Values[name]; ok {
			return v, true
		}
	}
	return rule.Value{}, false
}

func isChange(test string) bool {
	return slices.Contains([]string{"becomes", "crosses-above", "crosses-below", "rises-by", "falls-by"}, test)
}

func (p plain) change(l *rule.Leaf, i int) bool {
	v, carried := p.readings[i].Values[l.Name]
	if !carried {
		return false
	}
	was, known := p.value(l.Name, i-1)
	a, _ := was.Float()
	b, _ := v.Float()
	bound, _ := l.Args[0].Float()
	switch l.Test {
	case "becomes":
		return known && was != v && v == l.Args[0]
	case "crosses-above":
		return known && a <= bound && b > bound
	case "crosses-below":
		return known && a >= bound && b < bound
	}
	key := fmt.Sprint(l.Name, l.Test, bound, l.Within, i)
	if yes, known := p.asked[key]; known {
		return yes
	}
	p.asked[key] = p.moved(l, i, b, bound)
	return p.asked[key]
}

func (p plain) moved(l *rule.Leaf, i int, b, bound float64) bool {
	// The window begins after the reading that last told a fall, with that reading.
	start := 0
	for j := i - 1; j >= 0; j-- {
		if _, ok := p.readings[j].Values[l.Name]; ok && p.change(l, j) {
			start = j
			break
		}
	}
	for j := start; j < i; j++ {
		o, ok := p.readings[j].Values[l.Name]
		if !ok || l.Within > 0 && p.readings[j].At < p.readings[i].At-l.Within.Microseconds() {
			continue
		}
		from, _ := o.Float()
		if l.Test == "falls-by" && from-b >= bound-1e-9 || l.Test == "rises-by" && b-from >= bound-1e-9 {
			return true
		}
	}
	return false
}

func (p plain) truth(c rule.Condition, i int) (yes, changed bool) {
	t := c.Judge(func(_ int, l *rule.Leaf) rule.Truth {
		if isChange(l.Test) {
			if p.change(l, i) {
				changed = true
				return rule.Yes
			}
			return rule.No
		}
		v, known := p.value(l.Name, i)
		t := l.Holds(v, known)
		if t == rule.Yes && l.For > 1 {
			run := 0
			for j := i; j >= 0; j-- {
				o, ok := p.readings[j].Values[l.Name]
				if !ok {
					continue
				}
				if l.Holds(o, true) != rule.Yes {
					break
				}
				run++
			}
			if run < l.For {
				return rule.No
			}
		}
		return t
	})
	return t == rule.Yes, changed
}

func (p plain) touching(names ...string) []int {
	var list []int
	for i, r := range p.readings {
		if slices.ContainsFunc(names, func(n string) bool { _, ok := r.Values[n]; return ok }) {
			list = append(list, i)
		}
	}
	return list
}

// pulses are the readings at which a condition fires.
func (p plain) pulses(c rule.Condition) []int {
	var list []int
	was := false
	for _, i := range p.touching(c.Names()...) {
		yes, changed := p.truth(c, i)
		if yes && (!was || changed) {
			list = append(list, i)
		}
		was = yes
	}
	return list
}

func (p plain) of(d model.Detector) []detect.Firing {
	var found []detect.Firing // before the rules of how often
	at := func(i int) detect.Firing {
		r := p.readings[i]
		return detect.Firing{At: r.At, From: r.At, Cause: r.ID}
	}
	switch {
	case d.Session != nil:
		found = p.sessions(d.Session)
	case d.Sum != nil:
		sum, above := 0.0, false
		for _, i := range p.touching(d.Sum.Of) {
			v, _ := p.readings[i].Values[d.Sum.Of].Float()
			if d.Sum.Over == 0 {
				if sum += v; sum >= d.Sum.Reaches {
					found = append(found, at(i))
					sum = math.Mod(sum, d.Sum.Reaches)
				}
				continue
			}
			total := 0.0
			for j := range i + 1 {
				if o, ok := p.readings[j].Values[d.Sum.Of]; ok && p.readings[j].At > p.readings[i].At-time.Duration(d.Sum.Over).Microseconds() {
					f, _ := o.Float()
					total += f
				}
			}
			if total >= d.Sum.Reaches && !above {
				found = append(found, at(i))
			}
			above = total >= d.Sum.Reaches
		}
	case d.Count != nil:
		var times []int
		for _, i := range p.pulses(d.Count.Of) {
			times = append(times, i)
			if n := len(times); n >= d.Count.Times && p.readings[i].At-p.readings[times[n-d.Count.Times]].At <= time.Duration(d.Count.Within).Microseconds() {
				found = append(found, at(i))
				times = nil
			}
		}
	case d.Idle != nil:
		touching := p.touching(d.Idle.While.Names()...)
		span := time.Duration(d.Idle.For).Microseconds()
		for k := 0; k < len(touching); k++ {
			if yes, _ := p.truth(d.Idle.While, touching[k]); !yes {
				continue
			}
			begin := p.readings[touching[k]]
			end := p.until + 1
			for ; k < len(touching); k++ {
				if yes, _ := p.truth(d.Idle.While, touching[k]); !yes {
					end = p.readings[touching[k]].At
					break
				}
			}
			if due := begin.At + span; due <= end && due <= p.until {
				found = append(found, detect.Firing{At: due, From: begin.At, Cause: begin.ID})
			}
		}
	case d.Absent != 0:
		span := time.Duration(d.Absent).Microseconds()
		for i, r := range p.readings {
			if r.Epoch {
				continue
			}
			next := p.until + 1
			for _, o := range p.readings[i+1:] {
				if !o.Epoch {
					next = o.At
					break
				}
			}
			if r.At+span <= next && r.At+span <= p.until {
				found = append(found, detect.Firing{At: r.At + span, From: r.At, Cause: r.ID})
			}
		}
	default:
		for _, i := range p.pulses(d.When) {
			found = append(found, at(i))
		}
	}
	return p.often(d, found)
}

func (p plain) sessions(s *model.SessionOf) (found []detect.Firing) {
	names := append(s.Starts.Names(), s.Ends.Names()...)
	for _, f := range s.Features {
		names = append(names, f.Of)
	}
	gap := time.Duration(s.Gap).Microseconds()
	list := p.touching(names...)
	for k := 0; k < len(list); k++ {
		if yes, _ := p.truth(s.Starts, list[k]); !yes {
			continue
		}
		inside, ended := []int{list[k]}, false
		for k+1 < len(list) && p.readings[list[k+1]].At < p.readings[list[k]].At+gap {
			k++
			inside = append(inside, list[k])
			if s.Ends.IsZero() {
				continue
			}
			if yes, _ := p.truth(s.Ends, list[k]); yes {
				ended = true
				break
			}
		}
		first, last := p.readings[inside[0]], p.readings[inside[len(inside)-1]]
		if !ended && last.At+gap > p.until {
			break // still under way
		}
		if last.At-first.At < time.Duration(s.Min).Microseconds() {
			continue
		}
		f := detect.Firing{At: last.At, From: first.At, Cause: first.ID, Values: map[string]float64{"duration": float64(last.At-first.At) / 1e6}}
		for name, feat := range s.Features {
			var vs []float64
			for _, i := range inside {
				if v, ok := p.readings[i].Values[feat.Of].Float(); ok {
					vs = append(vs, v)
				}
			}
			if v, ok := oneOf(vs, feat.How); ok {
				f.Values[name] = v
			}
		}
		found = append(found, f)
	}
	return found
}

func oneOf(vs []float64, how string) (float64, bool) {
	if how == "count" {
		return float64(len(vs)), true
	}
	if len(vs) == 0 {
		return 0, false
	}
	sum := 0.0
	for _, v := range vs {
		sum += v
	}
	mean := sum / float64(len(vs))
	switch how {
	case "min":
		return slices.Min(vs), true
	case "max":
		return slices.Max(vs), true
	case "sum":
		return sum, true
	case "first":
		return vs[0], true
	case "last":
		return vs[len(vs)-1], true
	case "rise":
		return vs[len(vs)-1] - vs[0], true
	case "spread":
		d := 0.0
		for _, v := range vs {
			d += (v - mean) * (v - mean)
		}
		return math.Sqrt(d / float64(len(vs))), true
	}
	return mean, true
}

// often keeps the firings that the rules of how often permit.
func (p plain) often(d model.Detector, found []detect.Firing) (kept []detect.Firing) {
	day := int64(24 * time.Hour / time.Microsecond)
	for _, f := range found {
		ok := true
		for _, o := range kept {
			switch d.Once {
			case "per-thing":
				ok = false
			case "per-day":
				ok = ok && o.At/day != f.At/day
			case "per-epoch":
				ok = ok && p.epochs(o, f) > 0
			}
			if d.Every != 0 && f.At-o.At < time.Duration(d.Every).Microseconds() {
				ok = false
			}
		}
		if ok {
			kept = append(kept, f)
		}
	}
	return kept
}

// epochs counts the beginnings of ownership periods between the knowing of two
// firings. Tests place them apart from everything else.
func (p plain) epochs(a, b detect.Firing) int {
	n := 0
	for _, r := range p.readings {
		if r.Epoch && r.At > a.At && r.At <= b.At {
			n++
		}
	}
	return n
}

func sorted(all []detect.Firing) []detect.Firing {
	all = slices.Clone(all)
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].Detector != all[j].Detector {
			return all[i].Detector < all[j].Detector
		}
		return all[i].At < all[j].At
	})
	return all
}

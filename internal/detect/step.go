package detect

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"tagline/internal/model"
	"tagline/internal/rule"
)

// Step takes a reading in, which must not be older than the one before. Waits that
// have ended by its time are told first.
func (p *Program) Step(s *State, r Reading) []Firing {
	p.fit(s)
	out := p.pass(s, r.At)
	if r.Epoch {
		for i := range s.Parts {
			s.Parts[i].Epoch = false
		}
		s.At, s.ID, s.Seen = max(s.At, r.At), r.ID, true
		return out
	}
	for i := range p.detectors {
		d, x := &p.detectors[i], &s.Parts[i]
		if d.Absent != 0 {
			x.Open, x.Done, x.From, x.Cause = true, false, r.At, r.ID
			continue
		}
		if !touches(d.uses, r.Values) {
			continue
		}
		if f, ok := d.step(x, s.Values, r, p.schema); ok {
			f.Detector = i
			out = append(out, f)
		}
	}
	for name, v := range r.Values {
		s.Values[name] = v
	}
	s.At, s.ID, s.Seen = max(s.At, r.At), r.ID, true
	return out
}

// touches reports whether a reading carries anything that a detector looks at. Either
// may be the smaller one.
func touches(uses map[string]bool, values map[string]rule.Value) bool {
	if len(values) <= len(uses) {
		for name := range values {
			if uses[name] {
				return true
			}
		}
		return false
	}
	for name := range uses {
		if _, ok := values[name]; ok {
			return true
		}
	}
	return false
}

// step is the part of one detector in a reading. before are the values as they were.
func (d *detector) step(x *part, before map[string]rule.Value, r Reading, schema rule.Schema) (f Firing, fired bool) {
	f = Firing{Moment: d.Moment, At: r.At, From: r.At, Cause: r.ID}
	switch {
	case d.against != nil:
		return d.against.step(x, r, f)
	case d.Session != nil:
		return d.session(x, before, r)
	case d.Sum != nil:
		v, ok := number(r.Values[d.Sum.Of])
		if !ok {
			return f, false
		}
		return d.sum(x, v, f)
	case d.Count != nil:
		if !x.When.fires(&d.of, before, r) {
			return f, false
		}
		x.Window = append(x.Window, point{At: r.At})
		if n := len(x.Window); n > d.Count.Times {
			x.Window = slices.Delete(x.Window, 0, n-d.Count.Times)
		}
		first := x.Window[0].At
		if len(x.Window) < d.Count.Times || r.At-first > micros(d.Count.Within) {
			return f, false
		}
		x.Window, f.From = nil, first
		f.Values = map[string]float64{"times": float64(d.Count.Times)}
		f.Because = d.of.tree.Words(schema) + ", " + strconv.Itoa(d.Count.Times) + " times within " + d.Count.Within.String()
		return f, d.permit(x, r.At)
	case d.Idle != nil:
		switch holds := x.When.judge(&d.while, before, r) == rule.Yes; {
		case holds && !x.Open:
			x.Open, x.Done, x.From, x.Cause = true, false, r.At, r.ID
		case !holds:
			x.Open, x.Done = false, false
		}
		return f, false
	case d.Enters != nil:
		return d.enters(x, before, r, f)
	}
	if !x.When.fires(&d.when, before, r) {
		return f, false
	}
	f.Because = d.when.tree.Words(schema)
	f.Values = map[string]float64{}
	for i, l := range d.when.leaves {
		if v, ok := number(now(l.Name, before, r)); ok {
			f.Values[l.Name] = v
		}
		if l.Test == "falls-by" || l.Test == "rises-by" {
			if w := x.When.Windows[i]; len(w) == 1 { // the reading that told it has begun the window anew
				f.Because += fmt.Sprintf(" (now %s)", strconv.FormatFloat(w[0].Value, 'f', -1, 64))
			}
		}
	}
	return f, d.permit(x, r.At)
}

func now(name string, before map[string]rule.Value, r Reading) rule.Value {
	if v, ok := r.Values[name]; ok {
		return v
	}
	return before[name]
}

func number(v rule.Value) (float64, bool) { return v.Float() }

// permit asks the rules of how often, and takes note of a firing that is permitted.
func (d *detector) permit(x *part, at int64) bool {
	const day = int64(24 * time.Hour / time.Microsecond)
	switch {
	case d.Once == "per-thing" && x.Thing,
		d.Once == "per-epoch" && x.Epoch,
		d.Once == "per-day" && x.Thing && floor(x.Fired, day) == floor(at, day),
		d.Every != 0 && x.Thing && at-x.Fired < micros(d.Every):
		return false
	}
	x.Thing, x.Epoch, x.Fired = true, true, at
	return true
}

func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// fires reports whether a condition fires at a reading: it holds, and either did not
// before or has a test of a change, which holds at no other time.
func (m *memory) fires(c *cond, before map[string]rule.Value, r Reading) bool {
	was := m.Was
	changed := false
	yes := m.ask(c, before, r, &changed) == rule.Yes
	return yes && (!was || changed)
}

// judge gives the answer of a condition at a reading.
func (m *memory) judge(c *cond, before map[string]rule.Value, r Reading) rule.Truth {
	var changed bool
	return m.ask(c, before, r, &changed)
}

func (m *memory) ask(c *cond, before map[string]rule.Value, r Reading, changed *bool) rule.Truth {
	t := c.tree.Judge(func(i int, l *rule.Leaf) rule.Truth {
		v, carried := r.Values[l.Name]
		if changes(l.Test) {
			if !carried {
				return rule.No
			}
			was, known := before[l.Name]
			if !m.change(i, l, v, was, known, r.At) {
				return rule.No
			}
			*changed = true
			return rule.Yes
		}
		if !carried {
			var known bool
			if v, known = before[l.Name]; !known {
				return l.Holds(v, false)
			}
		}
		t := l.Holds(v, true)
		if carried {
			if t == rule.Yes {
				m.Runs[i]++
			} else {
				m.Runs[i] = 0
			}
		}
		if t == rule.Yes && l.For > 1 && m.Runs[i] < l.For {
			return rule.No
		}
		return t
	})
	m.Was = t == rule.Yes
	return t
}

// change answers a test of a change.
func (m *memory) change(i int, l *rule.Leaf, v, was rule.Value, known bool, at int64) bool {
	want := l.Args[0]
	if v.Kind() != want.Kind() {
		return false
	}
	switch l.Test {
	case "becomes":
		return known && was != want && v == want
	case "crosses-above", "crosses-below":
		bound, _ := want.Float()
		a, _ := was.Float()
		b, _ := v.Float()
		if !known || was.Kind() != want.Kind() {
			return false
		}
		if l.Test == "crosses-above" {
			return a <= bound && b > bound
		}
		return a >= bound && b < bound
	}
	value, _ := v.Float()
	amount, _ := want.Float()
	sign := 1.0 // falls: the greatest value of the window is what counts
	if l.Test == "rises-by" {
		sign = -1
	}
	w := m.Windows[i]
	if span := l.Within.Microseconds(); span > 0 {
		old := 0
		for old < len(w) && w[old].At < at-span {
			old++
		}
		w = slices.Delete(w, 0, old)
	}
	// What is not greater than the newest value can never again be the greatest.
	for len(w) > 0 && sign*w[len(w)-1].Value <= sign*value {
		w = w[:len(w)-1]
	}
	if w = append(w, point{at, value}); len(w) > maxWindow {
		w = slices.Delete(w, 0, len(w)-maxWindow)
	}
	moved := sign*(w[0].Value-value) >= amount-1e-9
	if moved {
		w = append(w[:0], point{at, value})
	}
	m.Windows[i] = w
	return moved
}

func (d *detector) sum(x *part, v float64, f Firing) (Firing, bool) {
	reaches := d.Sum.Reaches
	if d.Sum.Over == 0 {
		if x.Sum == 0 && x.From == 0 {
			x.From = f.At
		}
		if x.Sum += v; x.Sum < reaches {
			return f, false
		}
		f.From, f.Values = x.From, map[string]float64{"sum": x.Sum}
		f.Because = fmt.Sprintf("%s adds up to %s since the last time", d.Sum.Of, short(x.Sum))
		x.Sum, x.From = math.Mod(x.Sum, reaches), f.At
		return f, d.permit(x, f.At)
	}
	old := 0
	for old < len(x.Window) && x.Window[old].At <= f.At-micros(d.Sum.Over) {
		old++
	}
	x.Window = append(slices.Delete(x.Window, 0, old), point{f.At, v})
	if n := len(x.Window); n > maxWindow {
		x.Window = slices.Delete(x.Window, 0, n-maxWindow)
	}
	total := 0.0
	for _, p := range x.Window {
		total += p.Value
	}
	was := x.Above
	if x.Above = total >= reaches; !x.Above || was {
		return f, false
	}
	f.From, f.Values = x.Window[0].At, map[string]float64{"sum": total}
	f.Because = fmt.Sprintf("%s adds up to %s within %s", d.Sum.Of, short(total), d.Sum.Over)
	return f, d.permit(x, f.At)
}

func short(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

func (d *detector) session(x *part, before map[string]rule.Value, r Reading) (Firing, bool) {
	if !x.Open {
		if x.Starts.judge(&d.starts, before, r) != rule.Yes {
			x.Ends.judge(&d.ends, before, r) // its runs and windows go on
			return Firing{}, false
		}
		x.Ends.judge(&d.ends, before, r)
		x.Open, x.From, x.Last, x.Cause = true, r.At, r.At, r.ID
		clear(x.Tally)
		d.count(x, r)
		return Firing{}, false
	}
	x.Starts.judge(&d.starts, before, r)
	x.Last = r.At
	d.count(x, r)
	if len(d.ends.leaves) == 0 || x.Ends.judge(&d.ends, before, r) != rule.Yes {
		return Firing{}, false
	}
	return d.close(x)
}

func (d *detector) count(x *part, r Reading) {
	for i, f := range d.features {
		if v, ok := number(r.Values[f.Of]); ok {
			x.Tally[i].add(v)
		} else if r.Values[f.Of].Kind() == rule.TextKind && f.How == "count" {
			x.Tally[i].N++
		}
	}
}

// close ends a session.
func (d *detector) close(x *part) (Firing, bool) {
	x.Open = false
	f := Firing{Moment: d.Moment, At: x.Last, From: x.From, Cause: x.Cause, Values: map[string]float64{}}
	if x.Last-x.From < d.min {
		return f, false
	}
	f.Values["duration"] = float64(x.Last-x.From) / 1e6
	var told []string
	for i, feat := range d.features {
		if v, ok := x.Tally[i].number(feat.How); ok {
			f.Values[feat.name] = v
			told = append(told, feat.name+" "+short(v))
		}
	}
	f.Because = "a session of " + words(x.Last-x.From)
	if len(told) > 0 {
		f.Because += ": " + strings.Join(told, ", ")
	}
	return f, d.permit(x, f.At)
}

// words tells a length of time.
func words(us int64) string {
	d := time.Duration(us) * time.Microsecond
	switch {
	case d < 2*time.Minute:
		return strconv.Itoa(int(math.Round(d.Seconds()))) + " s"
	case d < 3*time.Hour:
		return strconv.Itoa(int(math.Round(d.Minutes()))) + " min"
	}
	return short(d.Hours()) + " h"
}

func (t tally) number(how string) (float64, bool) {
	if how == "count" {
		return float64(t.N), true
	}
	if t.N == 0 {
		return 0, false
	}
	switch how {
	case "mean", "share":
		return t.Mean, true
	case "min":
		return t.Min, true
	case "max":
		return t.Max, true
	case "sum":
		return t.Sum, true
	case "first":
		return t.First, true
	case "last":
		return t.Last, true
	case "rise":
		return t.Last - t.First, true
	case "spread":
		return math.Sqrt(t.M / float64(t.N)), true
	}
	return 0, false
}

func (d *detector) enters(x *part, before map[string]rule.Value, r Reading, f Firing) (Firing, bool) {
	var at [4]float64
	for i, name := range []string{model.Lat(d.Enters.Of), model.Lon(d.Enters.Of), model.Lat(d.Enters.Near), model.Lon(d.Enters.Near)} {
		v, ok := number(now(name, before, r))
		if !ok {
			return f, false
		}
		at[i] = v
	}
	away := Metres(at[0], at[1], at[2], at[3])
	inside := away <= d.Enters.Radius
	switch {
	case !x.Known:
		x.Known, x.Inside = true, inside
		return f, false
	case !x.Inside && inside:
		x.Inside = true
		f.Values = map[string]float64{"metres": math.Round(away)}
		f.Because = fmt.Sprintf("%s is %.0f m from %s", d.Enters.Of, away, d.Enters.Near)
		return f, d.permit(x, f.At)
	case x.Inside && away > 1.2*d.Enters.Radius:
		x.Inside = false
	}
	return f, false
}

// step compares with the farthest value so far. What has gone back once is told once,
// until it has caught up.
func (a *against) step(x *part, r Reading, f Firing) (Firing, bool) {
	v, ok := number(r.Values[a.name])
	if !ok {
		i := slices.Index(a.Enum, r.Values[a.name].String())
		if i < 0 {
			return f, false
		}
		v = float64(i)
	}
	sign := 1.0
	if a.Monotonic == "falls" {
		sign = -1
	}
	if !x.Known || sign*v >= sign*x.Sum {
		x.Known, x.Inside, x.Sum = true, false, v
		return f, false
	}
	if x.Inside {
		return f, false
	}
	x.Inside = true
	f.Because = fmt.Sprintf("%s only %s, and went back to %s", a.name, a.Monotonic, r.Values[a.name])
	return f, true
}

// Metres is the great-circle distance on a sphere of the Earth's mean radius.
func Metres(lat1, lon1, lat2, lon2 float64) float64 {
	const radius, rad = 6_371_008.8, math.Pi / 180
	a := math.Sin((lat2 - lat1) * rad / 2)
	b := math.Sin((lon2 - lon1) * rad / 2)
	h := a*a + math.Cos(lat1*rad)*math.Cos(lat2*rad)*b*b
	return 2 * radius * math.Asin(math.Min(1, math.Sqrt(h)))
}

// Pass lets time pass: waits that have ended by now are told.
func (p *Program) Pass(s *State, now int64) []Firing {
	p.fit(s)
	return p.pass(s, now)
}

func (p *Program) pass(s *State, now int64) []Firing {
	if !s.Seen {
		return nil
	}
	var out []Firing
	var ends []int64
	for i := range p.detectors {
		d, x := &p.detectors[i], &s.Parts[i]
		due, waits := d.due(x)
		if !waits || due > now {
			continue
		}
		f, fired := Firing{Moment: d.Moment, At: due, From: x.From, Cause: x.Cause}, false
		switch {
		case d.Session != nil:
			f, fired = d.close(x)
		case d.Idle != nil:
			x.Done = true
			f.Because = d.while.tree.Words(p.schema) + " for " + d.Idle.For.String()
			fired = d.permit(x, due)
		default:
			x.Done = true
			f.Because = "nothing was heard for " + d.Absent.String()
			fired = d.permit(x, due)
		}
		if fired {
			f.Detector = i
			out, ends = append(out, f), append(ends, due)
		}
	}
	if len(out) > 1 {
		order := make([]int, len(out))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case ends[a] < ends[b]:
				return -1
			case ends[a] > ends[b]:
				return 1
			}
			return 0
		})
		sorted := make([]Firing, len(out))
		for i, o := range order {
			sorted[i] = out[o]
		}
		out = sorted
	}
	return out
}

// due says when a detector's wait ends; false if it waits for nothing.
func (d *detector) due(x *part) (int64, bool) {
	switch {
	case !x.Open || x.Done:
		return 0, false
	case d.Session != nil:
		return x.Last + d.gap, true
	case d.Idle != nil:
		return x.From + micros(d.Idle.For), true
	case d.Absent != 0:
		return x.From + micros(d.Absent), true
	}
	return 0, false
}

// Due says when Pass has something to do next.
func (p *Program) Due(s *State) (at int64, ok bool) {
	if !s.Seen {
		return 0, false
	}
	p.fit(s)
	for i := range p.detectors {
		if due, waits := p.detectors[i].due(&s.Parts[i]); waits && (!ok || due < at) {
			at, ok = due, true
		}
	}
	return at, ok
}

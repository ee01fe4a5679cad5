package score

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"tagline/internal/fault"
	"tagline/internal/manifest"
	"tagline/internal/model"
)

// Program is a score, ready to run. It may be shared.
type Program struct {
	score model.Score
	parts []*vm.Program
	needs []*vm.Program
}

// The bounds of a formula.
const (
	maxNodes  = 200
	maxMemory = 1000
)

// Functions lists what may be called in a formula.
func Functions() []string { return []string{"abs", "clamp", "log", "max", "min", "near", "sqrt"} }

func near(x, low, high float64) float64 {
	width := high - low
	if width <= 0 {
		width = 1
	}
	switch {
	case math.IsNaN(x):
		return 0
	case x < low:
		return max(0, 1-(low-x)/width)
	case x > high:
		return max(0, 1-(x-high)/width)
	}
	return 1
}

func options(env map[string]any) []expr.Option {
	numbers := func(name string, n int, fn func(a []float64) float64) expr.Option {
		var shape any
		switch n {
		case 1:
			shape = new(func(float64) float64)
		case 2:
			shape = new(func(float64, float64) float64)
		default:
			shape = new(func(float64, float64, float64) float64)
		}
		return expr.Function(name, func(params ...any) (any, error) {
			a := make([]float64, len(params))
			for i, p := range params {
				f, ok := float(p)
				if !ok {
					return nil, fmt.Errorf("%s takes numbers", name)
				}
				a[i] = f
			}
			return fn(a), nil
		}, shape)
	}
	return []expr.Option{
		expr.Env(env), expr.DisableAllBuiltins(), expr.AsFloat64(), expr.MaxNodes(maxNodes),
		numbers("near", 3, func(a []float64) float64 { return near(a[0], a[1], a[2]) }),
		numbers("clamp", 3, func(a []float64) float64 { return math.Min(math.Max(a[0], a[1]), a[2]) }),
		numbers("min", 2, func(a []float64) float64 { return math.Min(a[0], a[1]) }),
		numbers("max", 2, func(a []float64) float64 { return math.Max(a[0], a[1]) }),
		numbers("abs", 1, func(a []float64) float64 { return math.Abs(a[0]) }),
		numbers("sqrt", 1, func(a []float64) float64 { return math.Sqrt(math.Max(a[0], 0)) }),
		numbers("log", 1, func(a []float64) float64 { return math.Log(math.Max(a[0], 1e-12)) }),
	}
}

func float(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	}
	return 0, false
}

// Compile makes a score ready to run over sessions with these numbers. Errors: Invalid
// with the place of each formula that cannot be read.
func Compile(s model.Score, features []string) (*Program, error) {
	env := map[string]any{}
	for _, f := range features {
		env[f] = 0.0
	}
	for _, in := range s.Inputs {
		env[in.Name] = 0.0
	}
	p := &Program{score: s}
	var ps manifest.Problems
	read := func(at manifest.Path, formula string) *vm.Program {
		if len(formula) > 500 || strings.ContainsAny(formula, "{}[]|#`\"';?") {
			ps.Add(at, "a formula is numbers, names, + - * / ( ) and functions", "Known functions: "+strings.Join(Functions(), ", ")+".")
			return nil
		}
		x, err := expr.Compile(formula, options(env)...)
		if err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n")
			ps.Add(at, "the formula cannot be read: "+first, "Known here: "+strings.Join(slices.Sorted(maps.Keys(env)), ", ")+".")
		}
		return x
	}
	for i, part := range s.Parts {
		p.parts = append(p.parts, read(manifest.Path{"parts", i, "formula"}, part.Formula))
	}
	for i, need := range s.Needs {
		p.needs = append(p.needs, read(manifest.Path{"needs", i, "formula"}, need.Formula))
	}
	return p, ps.Err()
}

// Features lists the numbers that a session of a model has for its score.
func Features(m model.Model) []string {
	if m.Score == nil {
		return nil
	}
	names := []string{"duration"}
	if d := m.Detector(m.Score.From); d != nil && d.Session != nil {
		for name := range d.Session.Features {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Contribution is what a part gives.
type Contribution struct {
	Part   string
	Title  string
	Points float64
	Max    float64
	Advice string // said when it gives less than half
}

// Result is a score with its reasons.
type Result struct {
	Score         float64 // 0 to 100
	Band          string
	BandTitle     string
	Contributions []Contribution
	Missing       []string // inputs for which the default stood in
}

// Of scores one session.
func (p *Program) Of(features, inputs map[string]float64) Result {
	env, missing := p.env(features, inputs)
	r := Result{Missing: missing}
	for i, part := range p.score.Parts {
		c := Contribution{Part: part.Name, Title: part.Title, Max: part.Max, Points: part.Max * eval(p.parts[i], env)}
		if c.Points < part.Max/2 {
			c.Advice = part.Advice
		}
		r.Contributions = append(r.Contributions, c)
		r.Score += c.Points
	}
	for _, b := range p.score.Bands {
		if r.Score >= b.From {
			r.Band, r.BandTitle = b.Name, b.Title
		}
	}
	return r
}

func (p *Program) env(features, inputs map[string]float64) (env map[string]any, missing []string) {
	env = make(map[string]any, len(features)+len(p.score.Inputs))
	for name, v := range features {
		env[name] = v
	}
	for _, in := range p.score.Inputs {
		v, ok := inputs[in.Name]
		if !ok {
			v = in.Default
			missing = append(missing, in.Name)
		}
		env[in.Name] = v
	}
	return env, missing
}

// eval gives a share of 0 to 1; what is no number is nothing.
func eval(x *vm.Program, env map[string]any) float64 {
	if x == nil {
		return 0
	}
	machine := vm.VM{MemoryBudget: maxMemory}
	out, err := machine.Run(x, env)
	if err != nil {
		return 0
	}
	v, ok := float(out)
	if !ok || math.IsNaN(v) {
		return 0
	}
	return math.Min(math.Max(v, 0), 1)
}

// Scored is a session with its score.
type Scored struct {
	At    int64 // microseconds of UTC
	Score float64
}

// Trend is how scores went.
type Trend struct {
	Now      float64 // the weighted mean
	Slope    float64 // points a week
	Margin   float64 // half of the 90 % interval
	Sessions int
	Words    string
}

const (
	week        = float64(7 * 24 * 3600 * 1e6)
	fewSessions = 5
	z90         = 1.645
)

// TrendOf weighs sessions by their age.
func (p *Program) TrendOf(sessions []Scored, now int64) Trend {
	half := week
	if p.score.Half != 0 {
		half = float64(micros(p.score.Half))
	}
	t := Trend{Sessions: len(sessions)}
	if len(sessions) == 0 {
		t.Words = "no session yet"
		return t
	}
	var sw, sx, sy, sxx, sxy, sw2 float64
	for _, s := range sessions {
		age := float64(now - s.At)
		w := math.Exp2(-math.Max(age, 0) / half)
		x := -age / week
		sw, sx, sy, sxx, sxy, sw2 = sw+w, sx+w*x, sy+w*s.Score, sxx+w*x*x, sxy+w*x*s.Score, sw2+w*w
	}
	t.Now = sy / sw
	d := sw*sxx - sx*sx
	if len(sessions) < fewSessions || d <= 1e-12 {
		t.Words = "too few sessions to tell"
		return t
	}
	t.Slope = (sw*sxy - sx*sy) / d
	at := (sy - t.Slope*sx) / sw
	var rest float64
	for _, s := range sessions {
		age := float64(now - s.At)
		w := math.Exp2(-math.Max(age, 0) / half)
		e := s.Score - at + t.Slope*age/week
		rest += w * e * e
	}
	n := sw * sw / sw2 // so many sessions of equal weight
	variance := rest / sw * n / math.Max(n-2, 1)
	t.Margin = z90 * math.Sqrt(variance*sw/d*sw/n)
	points := func(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }
	switch {
	case math.Abs(t.Slope) <= t.Margin:
		t.Words = "steady"
	case t.Slope > 0:
		t.Words = "rising by " + points(t.Slope) + " ± " + points(t.Margin) + " points a week"
	default:
		t.Words = "falling by " + points(-t.Slope) + " ± " + points(t.Margin) + " points a week"
	}
	return t
}

func micros(s model.Span) int64 { return int64(s) / 1000 }

// Session is one session for needs.
type Session struct {
	At       int64
	Features map[string]float64
	Inputs   map[string]float64
}

// Need is something that an owner needs.
type Need struct {
	Name     string
	Title    string
	Strength float64 // 0 to 1
	Because  string
}

// NeedsOf weighs what sessions tell of needs, the strongest first.
func (p *Program) NeedsOf(sessions []Session, now int64) []Need {
	half := week
	if p.score.Half != 0 {
		half = float64(micros(p.score.Half))
	}
	var out []Need
	for i, n := range p.score.Needs {
		var sum, weight float64
		seen := 0
		for _, s := range sessions {
			env, _ := p.env(s.Features, s.Inputs)
			v := eval(p.needs[i], env)
			w := math.Exp2(-math.Max(float64(now-s.At), 0) / half)
			sum, weight = sum+w*v, weight+w
			if v > 0.3 {
				seen++
			}
		}
		if weight == 0 {
			continue
		}
		out = append(out, Need{Name: n.Name, Title: n.Title, Strength: sum / weight, Because: fmt.Sprintf("%s in %d of %d sessions", n.Because, seen, len(sessions))})
	}
	slices.SortStableFunc(out, func(a, b Need) int {
		switch {
		case a.Strength > b.Strength:
			return -1
		case a.Strength < b.Strength:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}

// Candidate is a product that may fit.
type Candidate struct {
	GTIN string
	Name string
	Fits []string
}

// Recommendation is a product that fits, and why.
type Recommendation struct {
	GTIN    string
	Name    string
	Fit     float64 // 0 to 1
	Reasons []string
}

// enough is how strong a need must be before anything is recommended.
const enough = 0.3

// Recommend gives the products that are made for the needs, the best first. A product
// fits as well as the strongest need that it is made for, and a little better for each
// further one.
func Recommend(needs []Need, products []Candidate) []Recommendation {
	var out []Recommendation
	for _, c := range products {
		r := Recommendation{GTIN: c.GTIN, Name: c.Name}
		rest := 1.0
		for _, n := range needs {
			if n.Strength < enough || !slices.Contains(c.Fits, n.Name) {
				continue
			}
			rest *= 1 - n.Strength
			r.Reasons = append(r.Reasons, n.Title+": "+n.Because)
		}
		if r.Fit = 1 - rest; len(r.Reasons) > 0 {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b Recommendation) int {
		switch {
		case a.Fit > b.Fit:
			return -1
		case a.Fit < b.Fit:
			return 1
		}
		return strings.Compare(a.GTIN, b.GTIN)
	})
	return out
}

var errNone = fault.New(fault.NotFound, "the model has no score", "")

// For compiles the score of a model. Errors: NotFound for a model without one.
func For(m model.Model) (*Program, error) {
	if m.Score == nil {
		return nil, errNone
	}
	return Compile(*m.Score, Features(m))
}

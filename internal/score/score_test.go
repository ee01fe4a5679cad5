package score_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"tagline/demo"
	"tagline/internal/fault"
	"tagline/internal/manifest"
	"tagline/internal/model"
	"tagline/internal/score"
)

var care = model.Score{
	Name: "care", From: "brushed", Inputs: []model.Input{{Name: "humidity", Default: 50}},
	Parts: []model.Part{
		{Name: "gentle", Title: "Gentle pull", Max: 60, Formula: "near(force, 2, 10)", Advice: "Begin at the tips."},
		{Name: "moist", Title: "Moisture", Max: 40, Formula: "clamp(moisture / 50 + (humidity - 50) / 100, 0, 1)", Advice: "Use a mask."},
	},
	Bands: []model.Band{{From: 0, Name: "poor"}, {From: 50, Name: "fair"}, {From: 90, Name: "good"}},
	Needs: []model.NeedOf{
		{Name: "dry-hair", Title: "Dry hair", Formula: "clamp((40 - moisture) / 25, 0, 1)", Because: "the hair was dry"},
		{Name: "breakage", Title: "Breaking hair", Formula: "clamp(force / 30, 0, 1)", Because: "the pull was hard"},
	},
}

func compile(t testing.TB) *score.Program {
	t.Helper()
	p, err := score.Compile(care, []string{"force", "moisture", "duration"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAScoreWithItsReasons(t *testing.T) {
	p := compile(t)
	for _, c := range []struct {
		force, moisture float64
		inputs          map[string]float64
		score           float64
		band, advice    string
		missing         string
	}{
		{5, 50, nil, 100, "good", "", "[humidity]"},
		{14, 50, nil, 60*0.5 + 40, "fair", "", "[humidity]"},
		{18, 10, nil, 0 + 40*0.2, "poor", "Begin at the tips. Use a mask.", "[humidity]"},
		{5, 25, map[string]float64{"humidity": 100}, 100, "good", "", "[]"},
		{math.NaN(), 50, nil, 40, "poor", "Begin at the tips.", "[humidity]"},
	} {
		r := p.Of(map[string]float64{"force": c.force, "moisture": c.moisture}, c.inputs)
		var advice []string
		for _, x := range r.Contributions {
			if x.Advice != "" {
				advice = append(advice, x.Advice)
			}
		}
		if math.Abs(r.Score-c.score) > 1e-9 || r.Band != c.band || strings.Join(advice, " ") != c.advice || fmt.Sprint(r.Missing) != c.missing {
			t.Errorf("%+v: %+v", c, r)
		}
	}
}

func TestContributionsAddUp(t *testing.T) {
	p := compile(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		r := p.Of(map[string]float64{"force": rng.NormFloat64() * 20, "moisture": rng.NormFloat64() * 60}, map[string]float64{"humidity": rng.Float64() * 100})
		sum := 0.0
		for _, c := range r.Contributions {
			if c.Points < 0 || c.Points > c.Max {
				t.Fatalf("%+v", c)
			}
			sum += c.Points
		}
		if sum != r.Score || r.Score < 0 || r.Score > 100 {
			t.Fatalf("%v is not %v", sum, r.Score)
		}
	}
}

func TestFormulasThatAreRefused(t *testing.T) {
	for formula, words := range map[string]string{
		"strength":                            "unknown name strength",
		"near(force)":                         "not enough arguments",
		"exec(force)":                         "unknown name exec",
		"map([1,2], # * 2)":                   "a formula is numbers",
		`"a" + "b"`:                           "a formula is numbers",
		"force.real":                          "cannot be read",
		"force +":                             "cannot be read",
		"1" + strings.Repeat(" + 1", 120):     "cannot be read",
		strings.Repeat("(", 300) + "1":        "cannot be read",
		"let x = 1; x":                        "a formula is numbers",
		"force > 1":                           "cannot be read",
		strings.Repeat("force + ", 100) + "1": "a formula is numbers",
	} {
		s := care
		s.Parts = []model.Part{{Name: "a", Title: "A", Max: 100, Formula: formula}}
		_, err := score.Compile(s, []string{"force", "moisture"})
		f := fault.From(err)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(f.Message+fmt.Sprint(f.Fields), words) {
			t.Errorf("%.40s: %v", formula, err)
		}
	}
}

func TestTrends(t *testing.T) {
	p := compile(t)
	day := int64(24 * 3600 * 1e6)
	now := 100 * day
	line := func(n int, at func(i int) float64) (all []score.Scored) {
		for i := range n {
			all = append(all, score.Scored{At: now - int64(n-1-i)*day, Score: at(i)})
		}
		return all
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct {
		name, words string
		sessions    []score.Scored
	}{
		{"none", "no session yet", nil},
		{"few", "too few sessions to tell", line(4, func(i int) float64 { return float64(i) })},
		{"all at one time", "too few sessions to tell", []score.Scored{{At: now}, {At: now}, {At: now}, {At: now}, {At: now}, {At: now}}},
		{"a straight line", "rising by 7 ± 0 points a week", line(20, func(i int) float64 { return 40 + float64(i) })},
		{"down", "falling by 7 ± 0 points a week", line(20, func(i int) float64 { return 90 - float64(i) })},
		{"noise", "steady", line(30, func(int) float64 { return 60 + rng.NormFloat64()*8 })},
	} {
		if got := p.TrendOf(c.sessions, now); got.Words != c.words {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	noisy := p.TrendOf(line(30, func(i int) float64 { return 40 + float64(i)*1.5 + rng.NormFloat64()*4 }), now)
	if !strings.HasPrefix(noisy.Words, "rising by 1") || noisy.Margin < 0.5 || noisy.Margin > 6 || math.Abs(noisy.Slope-10.5) > noisy.Margin*2 {
		t.Errorf("%+v", noisy)
	}
	// Half a week ago weighs more than four weeks ago.
	if got := p.TrendOf([]score.Scored{{At: now - 28*day, Score: 0}, {At: now, Score: 100}}, now); math.Abs(got.Now-100/(1+1.0/16)) > 1e-9 {
		t.Errorf("%+v", got)
	}
}

func TestNeedsAndWhatFitsThem(t *testing.T) {
	p := compile(t)
	var sessions []score.Session
	for i := range 6 {
		sessions = append(sessions, score.Session{At: int64(i), Features: map[string]float64{"force": 6, "moisture": 20}})
	}
	needs := p.NeedsOf(sessions, 10)
	if len(needs) != 2 || needs[0].Name != "dry-hair" || math.Abs(needs[0].Strength-0.8) > 1e-6 || needs[0].Because != "the hair was dry in 6 of 6 sessions" {
		t.Fatalf("%+v", needs)
	}
	products := []score.Candidate{{GTIN: "2", Name: "Oil", Fits: []string{"dry-hair"}}, {GTIN: "1", Name: "Mask", Fits: []string{"dry-hair", "breakage"}}, {GTIN: "3", Name: "Shampoo", Fits: []string{"oily-hair"}}, {GTIN: "4", Name: "Serum", Fits: []string{"breakage"}}}
	got := score.Recommend(needs, products)
	if len(got) != 2 || got[0].GTIN != "1" || got[1].GTIN != "2" || got[0].Reasons[0] != "Dry hair: the hair was dry in 6 of 6 sessions" {
		t.Errorf("%+v", got)
	}
	if got := score.Recommend(p.NeedsOf([]score.Session{{Features: map[string]float64{"moisture": 60}}}, 0), products); len(got) != 0 {
		t.Errorf("nobody needs anything: %+v", got)
	}
	if got := p.NeedsOf(nil, 0); len(got) != 0 {
		t.Error(got)
	}
}

func TestTheScoresOfTheSampleBrandAreReady(t *testing.T) {
	files, err := demo.Files()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name, ".yaml") {
			continue
		}
		docs, _ := manifest.Parse(f)
		for _, d := range docs {
			var m model.Model
			if d.Kind != "Model" || len(d.Decode(&m)) > 0 || m.Score == nil {
				continue
			}
			found++
			p, err := score.For(m)
			if err != nil {
				t.Errorf("%s: %v", m.Name, err)
				continue
			}
			if r := p.Of(nil, nil); r.Band == "" {
				t.Errorf("%s: a session of which nothing is known has no band: %+v", m.Name, r)
			}
		}
	}
	if found < 3 {
		t.Errorf("only %d scores", found)
	}
	if _, err := score.For(model.Model{}); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{"near(force, 1, 2)", "force ** 99999", "-(((force)))", "1/0", "force % 0", "not force", "force in moisture", "clamp(1,2", "1e308*1e308", "force ?? 1", "0x7fffffffffffffff + 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, formula string) {
		s := care
		s.Parts = []model.Part{{Name: "a", Title: "A", Max: 100, Formula: formula}}
		p, err := score.Compile(s, []string{"force", "moisture"})
		if err != nil {
			return
		}
		if r := p.Of(map[string]float64{"force": 3, "moisture": 0}, nil); !(r.Score >= 0 && r.Score <= 100) {
			t.Fatalf("%q gives %v", formula, r.Score)
		}
	})
}

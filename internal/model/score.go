package model

import (
	"tagline/internal/manifest"
)

// Score says how well a thing is cared for: parts that add up to 100.
type Score struct {
	Name   string   `json:"name"`            // a slug: care
	Title  string   `json:"title,omitempty"` // for people: "Care score"
	From   string   `json:"from"`            // the moment whose numbers it is made of: a session
	Inputs []Input  `json:"inputs,omitempty"`
	Parts  []Part   `json:"parts"`
	Bands  []Band   `json:"bands"`
	Needs  []NeedOf `json:"needs,omitempty"`
	Half   Span     `json:"halfLife,omitempty"` // after so long a session weighs half; 7d when empty
}

// Input is a number that may be missing, with what stands for it then.
type Input struct {
	Name    string  `json:"name"`
	Default float64 `json:"default"`
}

// Part is one share of the score: a formula that gives 0 to 1, times Max points.
// Inside a formula stand the numbers of the session, the inputs, and the functions
// of package score.
type Part struct {
	Name    string  `json:"name"`
	Title   string  `json:"title"`
	Max     float64 `json:"max"`
	Formula string  `json:"formula"`
	Advice  string  `json:"advice,omitempty"` // said when the part gives less than half
}

// Band is a name for a stretch of the score, from its lower end on.
type Band struct {
	From  float64 `json:"from"`
	Name  string  `json:"name"`
	Title string  `json:"title,omitempty"`
}

// NeedOf is what somebody with such sessions needs: a product that is made for it
// fits.
type NeedOf struct {
	Name    string `json:"name"` // a slug: dry-hair
	Title   string `json:"title"`
	Formula string `json:"formula"` // 0 to 1: how strongly
	Because string `json:"because"` // for people
}

func (s *Score) check(ps *manifest.Problems, at manifest.Path, m Model) {
	if s == nil {
		return
	}
	ps.Slug(at.With("name"), s.Name)
	if m.Detector(s.From) == nil {
		ps.Add(at.With("from"), "no detector gives the moment "+quote(s.From), manifest.Known(s.From, m.Moments()))
	}
	if len(s.Parts) == 0 || len(s.Parts) > 20 || len(s.Bands) == 0 || len(s.Bands) > 10 || len(s.Inputs) > 20 || len(s.Needs) > 20 {
		ps.Add(at, "a score has 1 to 20 parts, 1 to 10 bands, and at most 20 inputs and needs", "")
		return
	}
	for i, x := range s.Inputs {
		checkKey(ps, at.With("inputs", i, "name"), x.Name)
	}
	total, seen := 0.0, map[string]bool{}
	for i, p := range s.Parts {
		here := at.With("parts", i)
		ps.Slug(here.With("name"), p.Name)
		ps.Line(here.With("title"), p.Title, maxName)
		if seen[p.Name] {
			ps.Add(here.With("name"), "the part "+quote(p.Name)+" stands twice", "Give each a name of its own.")
		}
		seen[p.Name] = true
		if !(p.Max > 0) {
			ps.Add(here.With("max"), "a number above 0 is needed here", "")
		}
		checkFormula(ps, here.With("formula"), p.Formula)
		if p.Advice != "" {
			ps.Line(here.With("advice"), p.Advice, 240)
		}
		total += p.Max
	}
	if total < 99.999 || total > 100.001 {
		ps.Add(at.With("parts"), "the parts add up to something else than 100 points", "Change their max.")
	}
	for i, b := range s.Bands {
		here := at.With("bands", i)
		ps.Slug(here.With("name"), b.Name)
		if i == 0 && b.From != 0 || i > 0 && b.From <= s.Bands[i-1].From || b.From > 100 {
			ps.Add(here.With("from"), "bands begin with 0 and rise up to 100", "Sort them.")
		}
	}
	for i, n := range s.Needs {
		here := at.With("needs", i)
		ps.Slug(here.With("name"), n.Name)
		ps.Line(here.With("title"), n.Title, maxName)
		ps.Line(here.With("because"), n.Because, 240)
		checkFormula(ps, here.With("formula"), n.Formula)
	}
}

func checkFormula(ps *manifest.Problems, at manifest.Path, f string) {
	if f == "" || len(f) > 500 {
		ps.Add(at, "a formula of 1 to 500 bytes is needed here", "Write near(force, 0.8, 1.6), for example.")
	}
}

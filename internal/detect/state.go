package detect

import (
	"encoding/json"
	"fmt"

	"tagline/internal/rule"
)

// maxWindow is the most readings that one window remembers.
const maxWindow = 512

// State is what must be remembered between readings. The zero value has seen none.
type State struct {
	At     int64                 `json:"at,omitempty"` // of the newest reading
	ID     string                `json:"id,omitempty"`
	Seen   bool                  `json:"seen,omitempty"`
	Values map[string]rule.Value `json:"values,omitempty"` // the last known ones
	Parts  []part                `json:"parts,omitempty"`  // one for each detector
}

// part is the memory of one detector.
type part struct {
	When   memory `json:"w,omitzero"`
	Starts memory `json:"s,omitzero"`
	Ends   memory `json:"e,omitzero"`

	Thing bool  `json:"1,omitempty"` // it has fired
	Epoch bool  `json:"2,omitempty"` // it has fired in this ownership period
	Fired int64 `json:"f,omitempty"` // when it last did

	Open  bool    `json:"o,omitempty"` // a session, or a wait, is under way
	Done  bool    `json:"d,omitempty"` // the wait has ended, and was told
	From  int64   `json:"b,omitempty"`
	Last  int64   `json:"l,omitempty"`
	Cause string  `json:"c,omitempty"`
	Tally []tally `json:"t,omitempty"` // of a session, one for each feature

	Sum    float64 `json:"x,omitempty"`
	Above  bool    `json:"a,omitempty"` // a windowed sum is over its bound
	Window []point `json:"p,omitempty"` // of a sum or a count
	Known  bool    `json:"k,omitempty"` // of a place: whether inside is known
	Inside bool    `json:"i,omitempty"`
}

// memory is that of a condition.
type memory struct {
	Was     bool      `json:"w,omitempty"` // it held at the last reading that touched it
	Runs    []int     `json:"r,omitempty"` // readings in a row, one for each leaf
	Windows [][]point `json:"p,omitempty"` // one for each leaf that looks at a fall or rise
}

type point struct {
	At    int64   `json:"t"`
	Value float64 `json:"v"`
}

// tally makes one number of many. M is the running sum of squared differences from
// the mean (Welford).
type tally struct {
	N     int     `json:"n"`
	Mean  float64 `json:"a"`
	M     float64 `json:"m"`
	Sum   float64 `json:"s"`
	Min   float64 `json:"l"`
	Max   float64 `json:"h"`
	First float64 `json:"f"`
	Last  float64 `json:"z"`
}

// Last gives the newest reading that the state knows.
func (s *State) Last() (at int64, id string) { return s.At, s.ID }

// Encode writes the state for a store.
func (s *State) Encode() ([]byte, error) { return json.Marshal(s) }

// Decode reads what Encode wrote.
func Decode(data []byte) (*State, error) {
	s := &State{}
	if err := json.Unmarshal(data, s); err != nil {
		return nil, fmt.Errorf("detect: stored state: %w", err)
	}
	return s, nil
}

// Clone gives a state of its own with the same memory.
func (s *State) Clone() (*State, error) {
	data, err := s.Encode()
	if err != nil {
		return nil, err
	}
	return Decode(data)
}

// fit gives the state a part for each detector, and each part its leaves. A stored
// state of another shape is read as far as it fits.
func (p *Program) fit(s *State) {
	if s.Values == nil {
		s.Values = map[string]rule.Value{}
	}
	if len(s.Parts) != len(p.detectors) {
		s.Parts = append(s.Parts[:0:0], s.Parts[:min(len(s.Parts), len(p.detectors))]...)
		s.Parts = append(s.Parts, make([]part, len(p.detectors)-len(s.Parts))...)
	}
	for i := range p.detectors {
		d, x := &p.detectors[i], &s.Parts[i]
		first := &d.when
		switch {
		case d.Count != nil:
			first = &d.of
		case d.Idle != nil:
			first = &d.while
		}
		x.When.fit(first)
		x.Starts.fit(&d.starts)
		x.Ends.fit(&d.ends)
		if len(x.Tally) != len(d.features) {
			x.Tally = make([]tally, len(d.features))
		}
	}
}

func (m *memory) fit(c *cond) {
	n := len(c.leaves)
	if n == 0 {
		return
	}
	if len(m.Runs) != n {
		m.Runs = make([]int, n)
	}
	if c.pulse && len(m.Windows) != n {
		m.Windows = make([][]point, n)
	}
}

func (t *tally) add(v float64) {
	if t.N == 0 {
		*t = tally{Min: v, Max: v, First: v}
	}
	t.N++
	d := v - t.Mean
	t.Mean += d / float64(t.N)
	t.M += d * (v - t.Mean)
	t.Sum += v
	t.Min, t.Max, t.Last = min(t.Min, v), max(t.Max, v), v
}

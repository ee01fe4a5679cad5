package rule

import (
	"fmt"
	"slices"
	"strconv"

	"tagline/internal/manifest"
)

// Schema says which subjects there are, so that a condition can be checked when
// it is saved rather than wondered about when it never holds.
type Schema struct {
	Subject string          // the word that its tests begin with, "fact" or "property"
	Facts   map[string]Fact // by name
	Change  bool            // whether changes over time may be asked for
}

// Fact describes one subject.
type Fact struct {
	Kind  Kind
	OneOf []string // the values that a text may have; nil: any
	Unit  string   // of a number, for people
	Says  string   // how a sentence names it, "the seal"; "": its name
}

// Check finds tests that this schema does not allow.
func (s Schema) Check(c Condition) manifest.Problems {
	var ps manifest.Problems
	c.Leaves(func(raw []any, l Leaf) {
		if l.Subject == "" {
			return // a test that could not be read, and was reported
		}
		at := manifest.Path(raw)
		if l.Subject != s.Subject {
			ps.Add(at.With(l.Subject), fmt.Sprintf("conditions here are about a %s, not a %s", s.Subject, l.Subject), "Begin with "+s.Subject+":.")
			return
		}
		f, ok := s.Facts[l.Name]
		if !ok {
			ps.Add(at.With(l.Subject), fmt.Sprintf("there is no %s %q here", l.Subject, clip(l.Name)), manifest.Known(l.Name, s.names()))
			return
		}
		t, ok := lookup(l.Test)
		if !ok {
			ps.Add(at, fmt.Sprintf("there is no test %q", clip(l.Test)), manifest.Known(l.Test, Tests()))
			return
		}
		here := at.With(l.Test)
		if (t.change || l.For > 1) && !s.Change {
			ps.Add(here, "changes over time cannot be asked for here", "Test the present value: is, in, above, below or between.")
			return
		}
		if !t.applies(f.Kind) {
			ps.Add(here, fmt.Sprintf("%q cannot be asked of %s, which is a %s", l.Test, l.Name, f.Kind), "Tests for it: "+testsFor(f.Kind, s.Change)+".")
			return
		}
		if l.Test == "exists" {
			return
		}
		for i, a := range l.Args {
			where := here
			if t.takes == list || t.takes == pair {
				where = here.With(i)
			}
			if a.kind != f.Kind {
				hint := ""
				if f.Kind == TextKind {
					hint = "Put it into quotes if it is meant as text."
				}
				ps.Add(where, fmt.Sprintf("%s is a %s, this is the %s %s", l.Name, f.Kind, a.kind, strconv.Quote(clip(a.String()))), hint)
				continue
			}
			if f.OneOf != nil && !slices.Contains(f.OneOf, a.text) {
				ps.Add(where, fmt.Sprintf("%s is never %s", l.Name, strconv.Quote(clip(a.String()))), manifest.Known(a.text, f.OneOf))
			}
		}
	})
	return ps
}

func (s Schema) names() []string {
	var names []string
	for n := range s.Facts {
		names = append(names, n)
	}
	return names
}

func testsFor(k Kind, change bool) string {
	list := ""
	for _, t := range tests {
		if t.applies(k) && (change || !t.change) {
			if list != "" {
				list += ", "
			}
			list += t.name
		}
	}
	return list
}

package rule

import (
	"tagline/internal/manifest"
)

// Facts answers what is known about one subject. The second result is false for
// a fact that is unknown.
type Facts interface {
	Fact(name string) (Value, bool)
}

// Map is Facts in a map.
type Map map[string]Value

// Fact implements Facts.
func (m Map) Fact(name string) (Value, bool) {
	v, ok := m[name]
	return v, ok && v.kind != ""
}

var _ Facts = Map(nil)

// Truth is the answer of a condition. Its order is that of certainty that the
// condition holds; the zero value is No.
type Truth int8

// The three answers.
const (
	No Truth = iota
	Unknown
	Yes
)

// String gives "no", "unknown" or "yes".
func (t Truth) String() string {
	switch t {
	case Yes:
		return "yes"
	case Unknown:
		return "unknown"
	}
	return "no"
}

// MarshalText writes the word, so that answers read well in JSON.
func (t Truth) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// Eval gives the answer of the condition and nothing else. It allocates nothing.
func (c Condition) Eval(f Facts) Truth {
	switch c.op {
	case all:
		t := Yes
		for i := range c.kids {
			if t = min(t, c.kids[i].Eval(f)); t == No {
				return No
			}
		}
		return t
	case any_:
		t := No
		for i := range c.kids {
			if t = max(t, c.kids[i].Eval(f)); t == Yes {
				return Yes
			}
		}
		return t
	case not:
		return Yes - c.kids[0].Eval(f)
	}
	if c.leaf == nil {
		return Yes
	}
	t, _, _ := c.test.eval(c.leaf, f)
	return t
}

// Judge gives the answer of the tree when somebody else answers its tests: judge is
// asked for every leaf, with its place in the order of Leaves, also for those that
// could not change the answer, so that it may keep what it has seen. The zero
// Condition is Yes.
func (c Condition) Judge(judge func(i int, l *Leaf) Truth) Truth {
	i := 0
	return c.judge(&i, judge)
}

func (c Condition) judge(i *int, ask func(i int, l *Leaf) Truth) Truth {
	switch c.op {
	case all:
		t := Yes
		for k := range c.kids {
			t = min(t, c.kids[k].judge(i, ask))
		}
		return t
	case any_:
		t := No
		for k := range c.kids {
			t = max(t, c.kids[k].judge(i, ask))
		}
		return t
	case not:
		return Yes - c.kids[0].judge(i, ask)
	}
	if c.leaf == nil {
		return Yes
	}
	t := ask(*i, c.leaf)
	*i++
	return t
}

// Holds gives the answer of a leaf's test for one value, without its For: Unknown
// for a value of another kind, and for a test of a change.
func (l *Leaf) Holds(seen Value, known bool) Truth {
	t, _ := lookup(l.Test)
	one := Leaf{Subject: l.Subject, Name: l.Name, Test: l.Test, Args: l.Args}
	truth, _, _ := t.eval(&one, fact{seen, known})
	return truth
}

// fact is Facts of one value, whatever its name.
type fact struct {
	value Value
	known bool
}

// Fact implements Facts.
func (f fact) Fact(string) (Value, bool) { return f.value, f.known }

// Matches reports whether the condition holds for sure.
func (c Condition) Matches(f Facts) bool { return c.Eval(f) == Yes }

// eval gives the answer of one test, the value it saw, and whether there was one.
func (t *test) eval(l *Leaf, f Facts) (Truth, Value, bool) {
	if t == nil || len(l.Args) == 0 {
		return Unknown, Value{}, false
	}
	seen, known := f.Fact(l.Name)
	known = known && seen.kind != ""
	if t.takes == flag {
		if known == (l.Args[0] == Bool(true)) {
			return Yes, seen, known
		}
		return No, seen, known
	}
	if !known || t.holds == nil || l.For > 1 || seen.kind != l.Args[0].kind {
		return Unknown, seen, known
	}
	if t.holds(seen, l.Args) {
		return Yes, seen, true
	}
	return No, seen, true
}

// Finding is what became of one leaf.
type Finding struct {
	Path  manifest.Path // in the tree
	Leaf  Leaf
	Truth Truth
	Saw   Value // no value when the fact was unknown
}

// Explanation is an answer with its reasons.
type Explanation struct {
	Truth  Truth
	Leaves []Finding // every leaf, in order
}

// Explain evaluates every leaf, also those that could not change the answer.
func (c Condition) Explain(f Facts) Explanation {
	e := Explanation{Truth: c.Eval(f)}
	c.Leaves(func(path []any, l Leaf) {
		row, _ := lookup(l.Test)
		t, seen, known := row.eval(&l, f)
		if !known {
			seen = Value{}
		}
		e.Leaves = append(e.Leaves, Finding{Path: path, Leaf: l, Truth: t, Saw: seen})
	})
	return e
}

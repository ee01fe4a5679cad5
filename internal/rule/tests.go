package rule

import (
	"slices"
	"strings"
)

// shape says what a test is given.
type shape int

const (
	single shape = iota // one value
	list                // values in a list
	pair                // two values, the lower first
	flag                // true or false
)

// test is one row of the table: everything that is known about a word.
type test struct {
	name   string
	takes  shape
	args   []Kind // the kinds its arguments may have
	facts  []Kind // the kinds of subject it applies to; nil: those of its arguments
	change bool   // looks at a change over time
	holds  func(seen Value, args []Value) bool
	words  func(args []Value, unit string) string // "is above 20 %"
	negate func(args []Value, unit string) string // "is not above 20 %"
}

var tests = []test{
	{
		name: "is", takes: single, args: []Kind{TextKind, NumberKind, BoolKind},
		holds:  func(seen Value, args []Value) bool { return seen == args[0] },
		words:  func(args []Value, unit string) string { return "is " + with(args[0], unit) },
		negate: func(args []Value, unit string) string { return "is not " + with(args[0], unit) },
	},
	{
		name: "in", takes: list, args: []Kind{TextKind, NumberKind},
		holds:  func(seen Value, args []Value) bool { return slices.Contains(args, seen) },
		words:  func(args []Value, unit string) string { return "is " + enumerate(args, unit, "or") },
		negate: func(args []Value, unit string) string { return "is neither " + enumerate(args, unit, "nor") },
	},
	{
		name: "above", takes: single, args: []Kind{NumberKind},
		holds:  func(seen Value, args []Value) bool { return seen.number > args[0].number },
		words:  func(args []Value, unit string) string { return "is above " + with(args[0], unit) },
		negate: func(args []Value, unit string) string { return "is not above " + with(args[0], unit) },
	},
	{
		name: "below", takes: single, args: []Kind{NumberKind},
		holds:  func(seen Value, args []Value) bool { return seen.number < args[0].number },
		words:  func(args []Value, unit string) string { return "is below " + with(args[0], unit) },
		negate: func(args []Value, unit string) string { return "is not below " + with(args[0], unit) },
	},
	{
		// Numbers count both ends; times are half-open, so that one period follows another.
		name: "between", takes: pair, args: []Kind{NumberKind, TimeKind},
		holds: func(seen Value, args []Value) bool {
			if seen.kind == TimeKind {
				return args[0].us <= seen.us && seen.us < args[1].us
			}
			return args[0].number <= seen.number && seen.number <= args[1].number
		},
		words: func(args []Value, unit string) string {
			return "is between " + args[0].String() + " and " + with(args[1], unit)
		},
		negate: func(args []Value, unit string) string {
			return "is not between " + args[0].String() + " and " + with(args[1], unit)
		},
	},
	{
		name: "before", takes: single, args: []Kind{TimeKind},
		holds:  func(seen Value, args []Value) bool { return seen.us < args[0].us },
		words:  func(args []Value, _ string) string { return "is before " + args[0].String() },
		negate: func(args []Value, _ string) string { return "is not before " + args[0].String() },
	},
	{
		name: "after", takes: single, args: []Kind{TimeKind},
		holds:  func(seen Value, args []Value) bool { return seen.us >= args[0].us },
		words:  func(args []Value, _ string) string { return "is " + args[0].String() + " or after" },
		negate: func(args []Value, _ string) string { return "is not " + args[0].String() + " or after" },
	},
	{
		// exists is decided in eval: it is the one test that an unknown fact can pass.
		name: "exists", takes: flag, args: []Kind{BoolKind}, facts: []Kind{TextKind, NumberKind, BoolKind, TimeKind},
		words:  func(args []Value, _ string) string { return known(args[0] == Bool(true)) },
		negate: func(args []Value, _ string) string { return known(args[0] != Bool(true)) },
	},
	{
		name: "becomes", takes: single, args: []Kind{TextKind, NumberKind, BoolKind}, change: true,
		words:  func(args []Value, unit string) string { return "becomes " + with(args[0], unit) },
		negate: func(args []Value, unit string) string { return "does not become " + with(args[0], unit) },
	},
	{
		name: "crosses-above", takes: single, args: []Kind{NumberKind}, change: true,
		words:  func(args []Value, unit string) string { return "rises above " + with(args[0], unit) },
		negate: func(args []Value, unit string) string { return "does not rise above " + with(args[0], unit) },
	},
	{
		name: "crosses-below", takes: single, args: []Kind{NumberKind}, change: true,
		words:  func(args []Value, unit string) string { return "falls below " + with(args[0], unit) },
		negate: func(args []Value, unit string) string { return "does not fall below " + with(args[0], unit) },
	},
	{
		name: "rises-by", takes: single, args: []Kind{NumberKind}, change: true,
		words:  func(args []Value, unit string) string { return "rises by " + with(args[0], unit) },
		negate: func(args []Value, unit string) string { return "does not rise by " + with(args[0], unit) },
	},
	{
		name: "falls-by", takes: single, args: []Kind{NumberKind}, change: true,
		words:  func(args []Value, unit string) string { return "falls by " + with(args[0], unit) },
		negate: func(args []Value, unit string) string { return "does not fall by " + with(args[0], unit) },
	},
}

// Tests lists the words of all tests.
func Tests() []string {
	var names []string
	for _, t := range tests {
		names = append(names, t.name)
	}
	return names
}

// lookup finds a row of the table by its word.
func lookup(name string) (*test, bool) {
	for i := range tests {
		if tests[i].name == name {
			return &tests[i], true
		}
	}
	return nil, false
}

// applies reports whether the test can be asked of a subject of a kind.
func (t *test) applies(k Kind) bool {
	if t.facts != nil {
		return slices.Contains(t.facts, k)
	}
	return slices.Contains(t.args, k)
}

func with(v Value, unit string) string {
	if unit == "" || v.kind != NumberKind {
		return v.String()
	}
	return v.String() + " " + unit
}

func known(yes bool) string {
	if yes {
		return "is known"
	}
	return "is not known"
}

func enumerate(args []Value, unit, last string) string {
	var b strings.Builder
	for i, a := range args {
		switch {
		case i == 0:
		case i == len(args)-1:
			b.WriteString(" " + last + " ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(with(a, unit))
	}
	return b.String()
}

package rule

import (
	"time"
)

// The bounds of a tree.
const (
	MaxDepth  = 12
	MaxLeaves = 200
	MaxList   = 200 // entries of all, any or in
)

// logic says how a node joins what is below it.
type logic string

const (
	all  logic = "all"
	any_ logic = "any"
	not  logic = "not"
	leaf logic = "" // a test
)

// Condition is a tree. The zero Condition always holds. A Condition is never
// changed once it is made; it may be shared.
type Condition struct {
	op   logic
	kids []Condition // of all, any; one of not
	leaf *Leaf       // nil in the zero Condition
	test *test       // the row of the leaf's test
}

// Leaf is one test of one subject.
type Leaf struct {
	Subject string        // "fact" or "property"
	Name    string        // which one
	Test    string        // a word of the table in tests.go
	Args    []Value       // one, a pair for between, any number for in
	Within  time.Duration // of rises-by and falls-by: the time in which the change happens
	For     int           // how many readings in a row must pass; 0 means one
}

// Subjects are the words that a test may begin with.
func Subjects() []string { return []string{"fact", "property"} }

// IsZero reports whether the condition always holds because it says nothing.
func (c Condition) IsZero() bool { return c.op == leaf && c.leaf == nil }

// All holds when every condition holds.
func All(conditions ...Condition) Condition { return Condition{op: all, kids: conditions} }

// Any holds when at least one condition holds.
func Any(conditions ...Condition) Condition { return Condition{op: any_, kids: conditions} }

// Not holds when the condition is known not to hold.
func Not(c Condition) Condition { return Condition{op: not, kids: []Condition{c}} }

// Is holds when the fact has one of the values.
func Is(fact string, values ...Value) Condition {
	test := "in"
	if len(values) == 1 {
		test = "is"
	}
	return one(Leaf{Subject: "fact", Name: fact, Test: test, Args: values})
}

// Compare makes any other test of a fact: above, below, between, exists, before, after.
func Compare(fact, test string, args ...Value) Condition {
	return one(Leaf{Subject: "fact", Name: fact, Test: test, Args: args})
}

// one makes the condition of a leaf. The leaf is looked up here, once, because a
// condition is evaluated far more often than it is made.
func one(l Leaf) Condition {
	t, _ := lookup(l.Test)
	return Condition{leaf: &l, test: t}
}

// Leaves calls visit for each leaf, with its path in the tree, in order.
func (c Condition) Leaves(visit func(path []any, l Leaf)) { c.walk(nil, visit) }

func (c Condition) walk(path []any, visit func(path []any, l Leaf)) {
	switch {
	case c.op == leaf:
		if c.leaf != nil {
			visit(path, *c.leaf)
		}
	case c.op == not:
		c.kids[0].walk(append(path[:len(path):len(path)], "not"), visit)
	default:
		for i, k := range c.kids {
			k.walk(append(path[:len(path):len(path)], string(c.op), i), visit)
		}
	}
}

// Names lists the subjects that the condition asks for, each once, in order.
func (c Condition) Names() []string {
	var names []string
	seen := map[string]bool{}
	c.Leaves(func(_ []any, l Leaf) {
		if !seen[l.Name] {
			seen[l.Name] = true
			names = append(names, l.Name)
		}
	})
	return names
}

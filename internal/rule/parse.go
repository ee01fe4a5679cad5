package rule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"tagline/internal/manifest"
)

// DecodeTree reads a condition from a plain tree (see manifest.TreeDecoder). What
// is wrong comes back with its path below the condition. The condition is set all
// the same, so that a Schema can find more that is wrong; a test that could not be
// read is Unknown in it, and so never makes it match.
func (c *Condition) DecodeTree(tree any) manifest.Problems {
	p := parser{}
	read := p.condition(tree, nil, 0)
	if len(p.problems) == 0 && p.leaves > MaxLeaves {
		p.problems.Add(nil, fmt.Sprintf("the condition has %d tests, at most %d are read", p.leaves, MaxLeaves), "Split it.")
	}
	*c = read
	return p.problems
}

// UnmarshalJSON reads the JSON form. Its error is a fault with a field for each problem.
func (c *Condition) UnmarshalJSON(data []byte) error {
	tree, err := treeOf(data)
	if err != nil {
		var ps manifest.Problems
		ps.Add(nil, "the condition is not JSON: "+err.Error(), "")
		return ps.Err()
	}
	var read Condition
	if err := read.DecodeTree(tree).Err(); err != nil {
		return err
	}
	*c = read
	return nil
}

// unreadable stands for a part that could not be read.
func unreadable() Condition { return Condition{leaf: &Leaf{}} }

type parser struct {
	problems manifest.Problems
	leaves   int
}

func (p *parser) condition(tree any, at manifest.Path, depth int) Condition {
	m, ok := tree.(map[string]any)
	if !ok {
		what, said := "nothing", tree
		switch said.(type) {
		case []any:
			what = "a list"
		case nil:
		default:
			what = fmt.Sprintf("the value %v", clip(fmt.Sprint(said)))
		}
		p.problems.Add(at, "a condition is a set of fields, this is "+what, "Write all: [...], any: [...], not: {...} or {fact: seal, is: opened}.")
		return unreadable()
	}
	if len(m) == 0 {
		return Condition{}
	}
	if depth >= MaxDepth {
		p.problems.Add(at, fmt.Sprintf("conditions are nested more than %d deep", MaxDepth), "Write it flatter.")
		return unreadable()
	}
	for _, op := range []logic{all, any_, not} {
		inner, has := m[string(op)]
		if !has {
			continue
		}
		if len(m) > 1 {
			p.problems.Add(at, fmt.Sprintf("%q stands alone in its set of fields, here it stands beside %s", op, others(m, string(op))),
				"Join the two in an all or any list.")
			return unreadable()
		}
		if op == not {
			kid := p.condition(inner, at.With("not"), depth+1)
			if kid.IsZero() && len(p.problems) == 0 {
				p.problems.Add(at.With("not"), "not of an empty condition never holds", "Say what must not be so.")
			}
			return Not(kid)
		}
		return p.group(op, inner, at.With(string(op)), depth)
	}
	return p.leaf(m, at)
}

func (p *parser) group(op logic, tree any, at manifest.Path, depth int) Condition {
	entries, ok := tree.([]any)
	if !ok || len(entries) == 0 {
		p.problems.Add(at, fmt.Sprintf("%q holds a list of conditions, at least one", op), "Write one condition a line, each after '- '.")
		return unreadable()
	}
	if len(entries) > MaxList {
		p.problems.Add(at, fmt.Sprintf("%d conditions in one list, at most %d are read", len(entries), MaxList), "Split it.")
		return unreadable()
	}
	c := Condition{op: op, kids: make([]Condition, len(entries))}
	for i, e := range entries {
		c.kids[i] = p.condition(e, at.With(i), depth+1)
		if c.kids[i].IsZero() && len(p.problems) == 0 {
			p.problems.Add(at.With(i), "an empty condition in a list", "Leave it out, or say what it tests.")
		}
	}
	return c
}

func (p *parser) leaf(m map[string]any, at manifest.Path) Condition {
	p.leaves++
	l := Leaf{}
	known := slices.Concat(Subjects(), Tests(), []string{"within", "for"})
	var t *test
	names := sortedKeys(m)
	for _, name := range names {
		switch found, isTest := lookup(name); {
		case slices.Contains(Subjects(), name):
			if l.Subject != "" {
				p.problems.Add(at.With(name), "a test has one subject, this has two", "Join two tests in an all list.")
			}
			s, ok := m[name].(string)
			if !ok || s == "" || len(s) > 100 {
				p.problems.Add(at.With(name), "a "+name+" is named by a word here", "Write "+name+": seal, for example.")
			}
			l.Subject, l.Name = name, s
		case isTest:
			if t != nil {
				p.problems.Add(at.With(name), fmt.Sprintf("a test says one thing, this says %q and %q", t.name, name),
					"Join two tests in an all list.")
			}
			t, l.Test = found, name
		case name == "within" || name == "for":
		case name == "all" || name == "any" || name == "not":
		default:
			p.problems.Add(at.With(name), fmt.Sprintf("%q is not a word of a condition", clip(name)), manifest.Known(name, append(known, "all", "any", "not")))
			return unreadable()
		}
	}
	if l.Subject == "" {
		p.problems.Add(at, "the test does not say what it is about", "Begin with fact: and its name, for example {fact: seal, is: opened}.")
		return unreadable()
	}
	if l.Test == "" {
		p.problems.Add(at, fmt.Sprintf("nothing is asked of %s %q", l.Subject, clip(l.Name)), "Add a test, for example is: opened, or in: [GB, DE].")
		return unreadable()
	}
	l.Args = p.args(t, m[t.name], at.With(t.name))
	p.modifiers(&l, t, m, at)
	if len(l.Args) == 0 {
		return unreadable()
	}
	return Condition{leaf: &l, test: t}
}

func (p *parser) modifiers(l *Leaf, t *test, m map[string]any, at manifest.Path) {
	if w, has := m["within"]; has {
		s, _ := w.(string)
		d, err := time.ParseDuration(s)
		switch {
		case t.name != "rises-by" && t.name != "falls-by":
			p.problems.Add(at.With("within"), `"within" belongs to rises-by and falls-by`, "Leave it out.")
		case err != nil || d <= 0 || d > 366*24*time.Hour || d%time.Second != 0:
			p.problems.Add(at.With("within"), "a time span of 1s to a year is needed here", "Write 90s, 2m or 12h.")
		default:
			l.Within = d
		}
	}
	if f, has := m["for"]; has {
		v, _ := parseValue(f)
		if v.kind != NumberKind || v.number < 1 || v.number > 1000 || v.number != float64(int(v.number)) {
			p.problems.Add(at.With("for"), `"for" counts readings in a row, 1 to 1000`, "Write for: 2.")
		} else if v.number > 1 {
			l.For = int(v.number)
		}
	}
}

func (p *parser) args(t *test, tree any, at manifest.Path) []Value {
	entries, isList := tree.([]any)
	switch {
	case (t.takes == single || t.takes == flag) && isList:
		hint := "Write a single value."
		if t.name == "is" {
			hint = "Write in: [...] for one of several."
		}
		p.problems.Add(at, fmt.Sprintf("%q takes one value, this is a list", t.name), hint)
		return nil
	case t.takes == single || t.takes == flag:
		entries = []any{tree}
	case t.takes == pair && len(entries) != 2:
		p.problems.Add(at, fmt.Sprintf("%q takes two values", t.name), "Write between: [5, 20].")
		return nil
	case t.takes == list && (len(entries) == 0 || len(entries) > MaxList):
		p.problems.Add(at, fmt.Sprintf("%q takes a list of 1 to %d values", t.name, MaxList), "Write in: [GB, DE].")
		return nil
	}
	args := make([]Value, len(entries))
	for i, e := range entries {
		here := at
		if isList {
			here = at.With(i)
		}
		v, wrong := parseValue(e)
		if wrong == "" && v.kind == TextKind && !slices.Contains(t.args, TextKind) && slices.Contains(t.args, TimeKind) {
			if when, ok := manifest.ParseTime(v.text); ok {
				v = Time(when)
			}
		}
		if wrong == "" && !slices.Contains(t.args, v.kind) {
			wrong = "the " + string(v.kind) + " " + strconv.Quote(clip(v.String()))
		}
		if wrong != "" {
			p.problems.Add(here, fmt.Sprintf("%q takes %s, this is %s", t.name, kinds(t.args), wrong), argHint(t))
			return nil
		}
		if i > 0 && args[0].kind != v.kind {
			p.problems.Add(here, "the values of one list are of one kind", "Write all as text in quotes, or all as numbers.")
			return nil
		}
		if t.takes == list && slices.Contains(args[:i], v) {
			p.problems.Add(here, "the value "+strconv.Quote(clip(v.String()))+" stands twice", "Leave one out.")
			return nil
		}
		args[i] = v
	}
	if t.takes == pair && (args[0].number > args[1].number || args[0].us > args[1].us) {
		p.problems.Add(at, "the lower value comes first", "Swap the two.")
		return nil
	}
	if (t.name == "rises-by" || t.name == "falls-by") && args[0].number <= 0 {
		p.problems.Add(at, fmt.Sprintf("%q takes a number above 0", t.name), "")
		return nil
	}
	return args
}

func argHint(t *test) string {
	if slices.Contains(t.args, TimeKind) && !slices.Contains(t.args, NumberKind) {
		return "Write 2026-05-01, or 2026-05-01T18:00:00Z."
	}
	if t.takes == flag {
		return "Write " + t.name + ": true, or " + t.name + ": false."
	}
	return ""
}

func kinds(list []Kind) string {
	s := ""
	for i, k := range list {
		if i > 0 {
			s += " or "
		}
		if k == BoolKind {
			s += "true or false"
		} else {
			s += "a " + string(k)
		}
	}
	return s
}

func sortedKeys(m map[string]any) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func others(m map[string]any, except string) string {
	for _, k := range sortedKeys(m) {
		if k != except {
			return strconv.Quote(clip(k))
		}
	}
	return ""
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// treeOf reads JSON into a plain tree. Unlike json.Unmarshal it refuses a field
// that is given twice, and depth beyond any tree.
func treeOf(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	tree, err := readTree(dec, 0)
	if err == nil {
		if _, more := dec.Token(); more != io.EOF {
			err = errors.New("something follows the value")
		}
	}
	return tree, err
}

func readTree(dec *json.Decoder, depth int) (any, error) {
	if depth > 4*MaxDepth {
		return nil, errors.New("nested too deep")
	}
	token, err := dec.Token()
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		m := map[string]any{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			if _, twice := m[name]; twice {
				return nil, fmt.Errorf("%q is given twice", clip(name))
			}
			if m[name], err = readTree(dec, depth+1); err != nil {
				return nil, err
			}
		}
		_, err := dec.Token()
		return m, err
	case json.Delim('['):
		entries := []any{}
		for dec.More() {
			e, err := readTree(dec, depth+1)
			if err != nil {
				return nil, err
			}
			entries = append(entries, e)
		}
		_, err := dec.Token()
		return entries, err
	}
	return token, nil
}

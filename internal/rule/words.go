package rule

import (
	"strconv"
	"strings"
	"time"
)

// Words puts the condition into an English clause: "the seal is opened and the
// market is GB or DE". The zero condition is "always".
func (c Condition) Words(s Schema) string { return c.words(s, false) }

func (c Condition) words(s Schema, inner bool) string {
	switch c.op {
	case not:
		if k := c.kids[0]; k.op == leaf && k.leaf != nil {
			return k.leaf.words(s, true)
		}
		return "it is not so that " + c.kids[0].words(s, true)
	case all, any_:
		if len(c.kids) == 0 {
			if c.op == all {
				return "always"
			}
			return "never"
		}
		if len(c.kids) == 1 {
			return c.kids[0].words(s, inner)
		}
		joint := " and "
		if c.op == any_ {
			joint = ", or "
		}
		parts := make([]string, len(c.kids))
		for i, k := range c.kids {
			parts[i] = k.words(s, true)
		}
		text := strings.Join(parts, joint)
		if inner {
			return "(" + text + ")"
		}
		return text
	}
	if c.leaf == nil {
		return "always"
	}
	return c.leaf.words(s, false)
}

func (l Leaf) words(s Schema, negated bool) string {
	name, unit := l.Name, ""
	if f, ok := s.Facts[l.Name]; ok {
		unit = f.Unit
		if f.Says != "" {
			name = f.Says
		}
	}
	t, ok := lookup(l.Test)
	if !ok || len(l.Args) == 0 {
		return name + " " + l.Test
	}
	say := t.words
	if negated {
		say = t.negate
	}
	text := name + " " + say(l.Args, unit)
	if l.Within > 0 {
		text += " within " + span(l.Within)
	}
	if l.For > 1 {
		text += " for " + strconv.Itoa(l.For) + " readings in a row"
	}
	return text
}

// Words says what became of the leaf: "the seal is opened: no, it is sealed".
func (f Finding) Words(s Schema) string {
	text := f.Leaf.words(s, false) + ": " + f.Truth.String()
	switch {
	case f.Saw.kind != "" && f.Truth == Unknown:
		return text + ", this cannot be told from one value (" + f.Saw.String() + ")"
	case f.Saw.kind != "":
		return text + ", it is " + f.Saw.String()
	case f.Truth == Unknown:
		return text + ", the value is not known"
	}
	return text
}

// span writes a duration in its largest whole unit, as files write it.
func span(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	case d%time.Minute == 0:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	}
	return strconv.Itoa(int(d/time.Second)) + "s"
}

// MarshalJSON writes the canonical form: one text for equal trees, the subject
// first, then the test, then within and for.
func (c Condition) MarshalJSON() ([]byte, error) { return c.appendJSON(nil), nil }

// String is the canonical JSON.
func (c Condition) String() string { return string(c.appendJSON(nil)) }

func (c Condition) appendJSON(b []byte) []byte {
	switch c.op {
	case not:
		return append(c.kids[0].appendJSON(append(b, `{"not":`...)), '}')
	case all, any_:
		b = append(b, `{"`+string(c.op)+`":[`...)
		for i, k := range c.kids {
			if i > 0 {
				b = append(b, ',')
			}
			b = k.appendJSON(b)
		}
		return append(b, `]}`...)
	}
	if c.leaf == nil {
		return append(b, `{}`...)
	}
	l := c.leaf
	b = append(b, `{"`+l.Subject+`":`...)
	b = appendText(b, l.Name)
	b = append(b, `,"`+l.Test+`":`...)
	if t := c.test; t != nil && (t.takes == list || t.takes == pair) {
		b = append(b, '[')
		for i, a := range l.Args {
			if i > 0 {
				b = append(b, ',')
			}
			b = a.appendJSON(b)
		}
		b = append(b, ']')
	} else if len(l.Args) > 0 {
		b = l.Args[0].appendJSON(b)
	}
	if l.Within > 0 {
		b = append(b, `,"within":"`+span(l.Within)+`"`...)
	}
	if l.For > 1 {
		b = append(b, `,"for":`+strconv.Itoa(l.For)...)
	}
	return append(b, '}')
}

package gs1

import (
	"slices"
	"strings"

	"tagline/gs1/internal/dictionary"
)

// maxElements is the number of elements that one input may have, foreign
// parameters of a link included.
const maxElements = 64

// MaxLength is the number of bytes that an input may have.
const MaxLength = 8191

// mark says where an element of an input was found and what its AI is.
type mark struct {
	ref dictionary.Ref
	at  uint16 // where the value begins; an input is shorter than 64 kB
}

// marks go along with the elements of an input, in the same order.
type marks [maxElements]mark

// checkLength is what can be said of a value before it is taken apart. The position
// of an error counts from the value's beginning.
func checkLength(ai, value string, e *dictionary.Entry) *Error {
	switch {
	case len(value) < int(e.Min):
		return about("AI_VALUE_IS_TOO_SHORT", "AI (", ai, ") value is too short", 0)
	case len(value) > int(e.Max):
		return about("AI_VALUE_IS_TOO_LONG", "AI (", ai, ") value is too long", 0)
	}
	if i := strings.IndexByte(value, '^'); i >= 0 {
		return about("AI_CONTAINS_ILLEGAL_CARAT_CHARACTER", "AI (", ai, ") contains illegal ^ character", i)
	}
	return nil
}

// checkValue checks a value component by component and tells how many bytes they
// took. The position of an error counts from the value's beginning.
func checkValue(ai, value string, e *dictionary.Entry) (taken int, err *Error) {
	taken, component, f := e.Check(value)
	if f == nil {
		return taken, nil
	}
	if f.Code == dictionary.WrongLength {
		return taken, about(f.Code, "AI (", ai, ") data has incorrect length", f.At)
	}
	// The markup ends where the engine's does: as many bytes from the value's
	// beginning as the component has.
	end := f.At + f.N
	err = about(f.Code, "AI (", ai, "): "+f.Text, f.At)
	err.Markup = "(" + ai + ")" + value[:f.At] + "|" + value[f.At:end] + "|" + value[end:max(end, component)]
	return taken, err
}

// checkAssociations checks which AIs stand together.
func checkAssociations(t *dictionary.Table, elements []Element, m *marks) *Error {
	s := sorted{table: t, elements: elements, marks: m}
	s.sort()
	if err := s.exclusive(); err != nil {
		return err
	}
	if err := s.required(); err != nil {
		return err
	}
	if err := s.repeated(); err != nil {
		return err
	}
	return s.signed()
}

// sorted is a view of elements in the order of their AIs, the order in which rules
// are applied. Elements with the same AI keep theirs.
type sorted struct {
	table    *dictionary.Table
	elements []Element
	marks    *marks
	order    [maxElements]uint8
}

func (s *sorted) sort() {
	for i := range s.elements {
		j := i
		for ; j > 0 && s.less(i, int(s.order[j-1])); j-- {
			s.order[j] = s.order[j-1]
		}
		s.order[j] = uint8(i)
	}
}

// less reports whether the AI of element i comes before that of element j.
func (s *sorted) less(i, j int) bool {
	a, b := s.marks[i].ref, s.marks[j].ref
	if s.table.Known(a) && s.table.Known(b) {
		return a < b // the table is sorted
	}
	return s.elements[i].AI < s.elements[j].AI
}

// ref gives the i-th AI.
func (s *sorted) ref(i int) dictionary.Ref { return s.marks[s.order[i]].ref }

// err makes an error about the i-th AI.
func (s *sorted) err(i int, code, before, after string) *Error {
	o := s.order[i]
	return about(code, before, s.elements[o].AI, after, int(s.marks[o].at))
}

// find looks for the first AI in a span that is not that which asks.
func (s *sorted) find(in dictionary.Span, asks dictionary.Ref) (i int, ok bool) {
	for i := range s.elements {
		r := s.ref(i)
		if in.First <= r && r <= in.Last && r != asks || !s.table.Known(r) && s.table.Holds(in, s.elements[s.order[i]].AI) {
			return i, true
		}
	}
	return 0, false
}

// exclusive refuses AIs that must not stand together.
func (s *sorted) exclusive() *Error {
	for i := range s.elements {
		r := s.ref(i)
		for _, in := range s.table.Entry(r).Ex {
			if other, ok := s.find(in, r); ok {
				return s.err(i, "INVALID_AI_PAIRS", "It is invalid to pair AI (", ") with AI ("+s.elements[s.order[other]].AI+")")
			}
		}
	}
	return nil
}

// required wants beside an AI what it cannot stand without.
func (s *sorted) required() *Error {
	for i := range s.elements {
		r := s.ref(i)
		for _, q := range s.table.Entry(r).Req {
			if !s.anyGroup(q.Groups, r) {
				return s.err(i, "REQUIRED_AIS_NOT_SATISFIED", "Required AIs for AI (", ") are not satisfied: "+q.Text)
			}
		}
	}
	return nil
}

// anyGroup reports whether all AIs of one of the groups are there.
func (s *sorted) anyGroup(groups [][]dictionary.Span, asks dictionary.Ref) bool {
	for _, group := range groups {
		all := true
		for _, in := range group {
			_, ok := s.find(in, asks)
			all = all && ok
		}
		if all {
			return true
		}
	}
	return false
}

// repeated refuses an AI that stands there twice with different values.
func (s *sorted) repeated() *Error {
	for i := 1; i < len(s.elements); i++ {
		if s.ref(i-1) != s.ref(i) {
			continue
		}
		a, b := &s.elements[s.order[i-1]], &s.elements[s.order[i]]
		if a.AI == b.AI && a.Value != b.Value {
			return s.err(i, "INSTANCES_OF_AI_HAVE_DIFFERENT_VALUES", "Multiple instances of AI (", ") have different values")
		}
	}
	return nil
}

// signed wants the serial component of a key to which a digital signature
// (AI 8030) belongs.
func (s *sorted) signed() *Error {
	if !slices.ContainsFunc(s.elements, func(e Element) bool { return e.AI == "8030" }) {
		return nil
	}
	for i := range s.elements {
		switch e := &s.elements[s.order[i]]; e.AI {
		case "253", "255", "8003":
			if len(e.Value) == int(s.table.Entry(s.ref(i)).Min) {
				return s.err(i, "SERIAL_NOT_PRESENT", "Serial component must be present for AI (", ") when used with AI (8030)")
			}
		}
	}
	return nil
}

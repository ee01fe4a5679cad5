package gs1

import "strings"

// maxElements is the number of elements that one input may have, foreign
// parameters of a link included.
const maxElements = 64

// MaxLength is the number of bytes that an input may have.
const MaxLength = 8191

// mark says where an element of an input was found and what its AI is.
type mark struct {
	ref ref
	at  uint16 // where the value begins; an input is shorter than 64 kB
}

// marks go along with the elements of an input, in the same order.
type marks [maxElements]mark

// checkLength is what can be said of a value before it is taken apart.
func checkLength(ai, value string, e *entry, at int) *Error {
	switch {
	case len(value) < int(e.min):
		return about("AI_VALUE_IS_TOO_SHORT", "AI (", ai, ") value is too short", at)
	case len(value) > int(e.max):
		return about("AI_VALUE_IS_TOO_LONG", "AI (", ai, ") value is too long", at)
	}
	if i := strings.IndexByte(value, '^'); i >= 0 {
		return about("AI_CONTAINS_ILLEGAL_CARAT_CHARACTER", "AI (", ai, ") contains illegal ^ character", at)
	}
	return nil
}

// checkValue takes a value apart into its components and checks each. It tells how
// many bytes they took. The position of an error counts from the value's
// beginning.
func checkValue(ai, value string, e *entry) (taken int, err *Error) {
	for i := range e.parts {
		p := &e.parts[i]
		rest := value[taken:]
		if rest == "" && p.optional {
			continue
		}
		if len(rest) > int(p.max) {
			rest = rest[:p.max]
		}
		if len(rest) < int(p.min) {
			return taken, about("AI_DATA_HAS_INCORRECT_LENGTH", "AI (", ai, ") data has incorrect length", taken)
		}
		f := characters(rest, p.set)
		for _, l := range p.checks {
			if f != nil || l == lintNone {
				break
			}
			f = l.check(rest)
		}
		if f != nil {
			return taken, valueError(ai, value, f, taken, len(rest))
		}
		taken += len(rest)
	}
	return taken, nil
}

// valueError makes an error of a flaw in a component that begins at a place of a
// value. The markup ends where the engine's does: as many bytes from the value's
// beginning as the component has.
func valueError(ai, value string, f *flaw, begin, length int) *Error {
	at := begin + f.at
	end := at + f.n
	e := about(f.code, "AI (", ai, "): "+f.text, at)
	e.Markup = "(" + ai + ")" + value[:at] + "|" + value[at:end] + "|" + value[end:max(end, length)]
	return e
}

// checkAssociations checks which AIs stand together.
func checkAssociations(elements []Element, m *marks) *Error {
	var s sorted
	s.sort(elements, m)
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
	elements []Element
	marks    *marks
	order    [maxElements]uint8
}

func (s *sorted) sort(elements []Element, m *marks) {
	s.elements, s.marks = elements, m
	for i := range elements {
		j := i
		for ; j > 0 && elements[s.order[j-1]].AI > elements[i].AI; j-- {
			s.order[j] = s.order[j-1]
		}
		s.order[j] = uint8(i)
	}
}

func (s *sorted) at(i int) (Element, *entry) {
	o := s.order[i]
	return s.elements[o], s.marks[o].ref.entry()
}

// err makes an error about the i-th AI.
func (s *sorted) err(i int, code, before, after string) *Error {
	e, _ := s.at(i)
	return about(code, before, e.AI, after, int(s.marks[s.order[i]].at))
}

// find looks for the first AI that fits a pattern ("01", "310n") and is not that
// which asks.
func (s *sorted) find(pattern, asks string) (ai string, ok bool) {
	digits, _, _ := strings.Cut(pattern, "n")
	for i := range s.elements {
		e := &s.elements[s.order[i]]
		if len(e.AI) == len(pattern) && strings.HasPrefix(e.AI, digits) && e.AI != asks {
			return e.AI, true
		}
	}
	return "", false
}

// exclusive refuses AIs that must not stand together.
func (s *sorted) exclusive() *Error {
	for i := range s.elements {
		e, entry := s.at(i)
		for _, list := range entry.ex {
			for pattern := range strings.SplitSeq(list, ",") {
				if other, ok := s.find(pattern, e.AI); ok {
					return s.err(i, "INVALID_AI_PAIRS", "It is invalid to pair AI (", ") with AI ("+other+")")
				}
			}
		}
	}
	return nil
}

// required wants beside an AI what it cannot stand without.
func (s *sorted) required() *Error {
	for i := range s.elements {
		e, entry := s.at(i)
		for _, list := range entry.req {
			if !s.anyGroup(list, e.AI) {
				return s.err(i, "REQUIRED_AIS_NOT_SATISFIED", "Required AIs for AI (", ") are not satisfied: "+list)
			}
		}
	}
	return nil
}

// anyGroup reports whether all AIs of one of the groups "01+21,02" are there.
func (s *sorted) anyGroup(list, asks string) bool {
	for group := range strings.SplitSeq(list, ",") {
		all := true
		for pattern := range strings.SplitSeq(group, "+") {
			_, ok := s.find(pattern, asks)
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
		a, _ := s.at(i - 1)
		b, _ := s.at(i)
		if a.AI == b.AI && a.Value != b.Value {
			return s.err(i, "INSTANCES_OF_AI_HAVE_DIFFERENT_VALUES", "Multiple instances of AI (", ") have different values")
		}
	}
	return nil
}

// signed wants the serial component of a key to which a digital signature
// (AI 8030) belongs.
func (s *sorted) signed() *Error {
	if _, ok := s.find("8030", ""); !ok {
		return nil
	}
	for i := range s.elements {
		switch e, entry := s.at(i); e.AI {
		case "253", "255", "8003":
			if len(e.Value) == int(entry.min) {
				return s.err(i, "SERIAL_NOT_PRESENT", "Serial component must be present for AI (", ") when used with AI (8030)")
			}
		}
	}
	return nil
}

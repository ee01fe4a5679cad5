package epc

import (
	"strings"

	"tagline/gs1"
	"tagline/gs1/internal/dictionary"
)

// FromLink gives the URN of a Digital Link. Attributes and foreign parameters, a
// consumer product variant (22), and a lot beside a serial number are no part of an
// EPC and are left out. A trade item with a lot alone is a class; a key alone whose
// scheme has a serial number is a pattern.
//
// The Code of its error is EPC_NO_URN if no URN can say what the link does,
// EPC_PREFIX_UNKNOWN if prefix does not know the length of the company prefix, and
// EPC_PREFIX_LENGTH if what it knows cannot be.
func FromLink(link gs1.Link, prefix PrefixLength) (string, error) {
	u, err := FromElements(link.Key(), link.Qualifiers(), prefix)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

// FromElements gives the URN of a key with its qualifiers, which are valid as those
// of a [gs1.Link] are. See [FromLink].
func FromElements(key gs1.Element, qualifiers []gs1.Element, prefix PrefixLength) (URN, error) {
	u, serial, err := choose(key, qualifiers)
	if err != nil {
		return URN{}, err
	}
	if err := u.split(key.Value, serial, prefix); err != nil {
		return URN{}, err
	}
	return u, nil
}

// choose finds the scheme for a key with its qualifiers, and the serial number that
// is among these.
func choose(key gs1.Element, qualifiers []gs1.Element) (u URN, serial string, err *gs1.Error) {
	value := func(ai string) string {
		for _, q := range qualifiers {
			if q.AI == ai {
				return q.Value
			}
		}
		return ""
	}
	for i := range schemes {
		s := &schemes[i]
		if s.key != key.AI {
			continue
		}
		if serial := value(s.serialAI); serial != "" && (!s.class || value("21") == "") {
			u = URN{Kind: ID, Scheme: s.name, scheme: s}
			if s.class {
				u.Kind = Class
			}
			return u, serial, u.checkQualifiers(qualifiers)
		}
		if u.scheme == nil {
			u = URN{Kind: ID, Scheme: s.name, scheme: s}
		}
	}
	if u.scheme == nil {
		return URN{}, "", fail("EPC_NO_URN", -1, "A key of AI (%s) has no EPC", key.AI)
	}
	return u, "", u.checkQualifiers(qualifiers)
}

// checkQualifiers refuses what a URN would leave out though it narrows what is named.
func (u *URN) checkQualifiers(qualifiers []gs1.Element) *gs1.Error {
	for _, q := range qualifiers {
		switch {
		case q.AI == u.scheme.serialAI:
		case q.AI == "22":
		case q.AI == "10" && u.scheme.serialAI == "21" && hasSerial(qualifiers):
		default:
			e := fail("EPC_NO_URN", -1, "No EPC says what AI (%s) does beside AI (%s)", q.AI, u.scheme.key)
			e.AI = q.AI
			return e
		}
		if q.AI == "254" && q.Value == noExtension {
			e := fail("EPC_NO_URN", -1, "In an EPC the extension 0 means that there is none")
			e.AI = q.AI
			return e
		}
	}
	return nil
}

func hasSerial(qualifiers []gs1.Element) bool {
	for _, q := range qualifiers {
		if q.AI == "21" {
			return true
		}
	}
	return false
}

// split takes the value of a key apart.
func (u *URN) split(value, serial string, prefix PrefixLength) *gs1.Error {
	s := u.scheme
	if s.zero {
		value = value[1:]
	}
	digits, tail := value, ""
	if s.digits > 0 {
		digits, tail = value[:s.digits], value[s.digits:]
		if s.check {
			tail = tail[1:]
		}
	}
	first := ""
	if s.first {
		first, digits = digits[:1], digits[1:]
	}
	leading := digits
	if at := dictionary.Outside(digits, dictionary.Digits); at >= 0 {
		leading = digits[:at]
	}
	n, known := 0, false
	if prefix != nil {
		n, known = prefix(leading)
	}
	if !known {
		e := fail("EPC_PREFIX_UNKNOWN", -1, "Where the company prefix ends in %s is not known", digits)
		e.AI = s.key
		return e
	}
	rest := s.reference.min
	if s.first {
		rest-- // the first digit of the reference stands before
	}
	if n < minPrefix || n > maxPrefix || n > len(leading) || n > len(digits)-rest {
		e := fail("EPC_PREFIX_LENGTH", -1, "A company prefix of %d digits cannot be in %s", n, digits)
		e.AI = s.key
		return e
	}
	u.Components = []string{digits[:n], first + digits[n:]}
	for _, p := range s.between {
		u.Components = append(u.Components, tail[:p.max])
		tail = tail[p.max:]
	}
	switch {
	case s.serial.name == "":
	case s.serialAI == "":
		u.Components = append(u.Components, tail)
	case serial == "" && s.name == "sgln":
		u.Components = append(u.Components, noExtension)
	default:
		u.Components = append(u.Components, serial)
	}
	last := len(u.Components) - 1
	if s.serial.name != "" && u.Components[last] == "" {
		u.Kind, u.Components[last] = Pattern, anySerial
	}
	return nil
}

// Is reports whether a text begins as an EPC does: urn:epc:, in any case.
func Is(text string) bool {
	const head = "urn:epc:"
	return len(text) >= len(head) && strings.EqualFold(text[:len(head)], head)
}

package epc

import (
	"fmt"
	"slices"
	"strings"

	"tagline/gs1"
	"tagline/gs1/internal/dictionary"
)

// Kind says what a URN names.
type Kind string

// The kinds, as they stand in a URN.
const (
	ID      Kind = "id"    // one thing, place, party or document
	Class   Kind = "class" // all things of a lot
	Pattern Kind = "idpat" // all things of a class, whatever their serial number
)

// anySerial stands in a pattern for a serial number.
const anySerial = "*"

// URN is an Electronic Product Code that has a GS1 key. The zero URN is none.
type URN struct {
	Kind   Kind
	Scheme string // "sgtin"
	// Components are the parts between dots, unescaped, the company prefix first;
	// the last of a Pattern is a star.
	Components []string
	scheme     *scheme
}

// Names are the names of the components, in English: "company prefix", "item
// reference", "serial number".
func (u URN) Names() []string {
	if u.scheme == nil {
		return nil
	}
	var names []string
	for _, p := range u.scheme.components() {
		names = append(names, p.name)
	}
	return names
}

// String writes the URN, with percent signs for the characters that cannot stand in
// it.
func (u URN) String() string {
	if u.scheme == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("urn:epc:" + string(u.Kind) + ":" + u.Scheme + ":")
	for i, c := range u.Components {
		if i > 0 {
			b.WriteByte('.')
		}
		if u.Kind == Pattern && i == len(u.Components)-1 {
			b.WriteString(c)
		} else {
			b.WriteString(escape(c))
		}
	}
	return b.String()
}

// escape writes a component. What else is in character sets 82 and 39 may stand in
// a URN as it is.
func escape(s string) string {
	const escaped = `"%&/<>?#`
	if !strings.ContainsAny(s, escaped) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(escaped, s[i]) >= 0 {
			fmt.Fprintf(&b, "%%%02X", s[i])
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// Parse reads a URN: urn:epc:id, urn:epc:class:lgtin or urn:epc:idpat.
//
// The Code of its error is EPC_NO_URN if the text is none, EPC_UNKNOWN_SCHEME,
// EPC_NO_KEY for a scheme that has no GS1 key, EPC_COMPONENT_COUNT, EPC_COMPONENT if
// one has a wrong length or character, EPC_TOTAL_LENGTH if the company prefix and
// the reference do not go together.
func Parse(text string) (URN, error) {
	u, err := parse(text)
	if err != nil {
		return URN{}, err
	}
	return u, nil
}

func parse(text string) (URN, *gs1.Error) {
	if len(text) > gs1.MaxLength {
		return URN{}, fail("DATA_TOO_LONG", gs1.MaxLength, "Maximum data length is 8191 characters")
	}
	// The first two fields of a URN may be written in capitals (RFC 8141).
	fields := strings.SplitN(text, ":", 5)
	if len(fields) < 5 || !strings.EqualFold(fields[0], "urn") || !strings.EqualFold(fields[1], "epc") {
		return URN{}, fail("EPC_NO_URN", 0, "An EPC begins with urn:epc: and a kind and a scheme, as urn:epc:id:sgtin:")
	}
	kindAt := len("urn:epc:")
	schemeAt := kindAt + len(fields[2]) + 1
	begin := schemeAt + len(fields[3]) + 1
	u := URN{Kind: Kind(fields[2]), Scheme: fields[3]}
	switch u.Kind {
	case ID, Class, Pattern:
	default:
		return URN{}, fail("EPC_NO_URN", kindAt, "urn:epc:%s is none of id, class and idpat, and names nothing by a GS1 key", u.Kind)
	}
	u.scheme = schemeNamed(u.Scheme, u.Kind == Class)
	if u.scheme == nil {
		if u.Kind != Class && strings.Contains(foreign, " "+u.Scheme+" ") {
			return URN{}, fail("EPC_NO_KEY", schemeAt, "The scheme %s has no GS1 key, so that there is no Digital Link for it", u.Scheme)
		}
		return URN{}, fail("EPC_UNKNOWN_SCHEME", schemeAt, "urn:epc:%s has no scheme %q", u.Kind, u.Scheme)
	}
	return u, u.parseComponents(fields[4], begin)
}

func fail(code string, at int, format string, args ...any) *gs1.Error {
	return &gs1.Error{Code: code, Message: fmt.Sprintf(format, args...), Position: at}
}

// parseComponents reads what stands behind the scheme, from a place of the URN.
func (u *URN) parseComponents(text string, begin int) *gs1.Error {
	parts := u.scheme.components()
	raw := strings.Split(text, ".")
	// A free text may have dots: the components before it have none.
	if n := len(parts); len(raw) > n && parts[n-1].set == 'X' {
		raw = append(raw[:n-1:n-1], strings.Join(raw[n-1:], "."))
	}
	if len(raw) != len(parts) {
		return fail("EPC_COMPONENT_COUNT", begin, "%s has %d components between dots (%s), not %d", u.Scheme, len(parts), strings.Join(u.Names(), ", "), len(raw))
	}
	at := begin
	for i, p := range parts {
		last := i == len(parts)-1
		if u.Kind == Pattern && last {
			if raw[i] != anySerial || !u.scheme.pattern {
				return u.fail(i, at, "a pattern that a Digital Link can say has a star for the serial number, and the scheme must have one")
			}
			u.Components = append(u.Components, anySerial)
			break
		}
		value, bad := unescape(raw[i])
		if bad >= 0 {
			return u.fail(i, at+bad, "a percent sign is not followed by two hexadecimal digits")
		}
		if bad := outside(value, p.set); bad >= 0 {
			return u.fail(i, at+rawOffset(raw[i], bad), "%q may not stand here", value[bad])
		}
		if len(value) < p.min || len(value) > p.max {
			return u.fail(i, at, "%q has %d characters, and must have %s", value, len(value), span(p))
		}
		u.Components = append(u.Components, value)
		at += len(raw[i]) + 1
	}
	return u.checkTotal(begin)
}

// fail makes an error about a component.
func (u *URN) fail(i, at int, format string, args ...any) *gs1.Error {
	p := u.scheme.components()[i]
	e := fail("EPC_COMPONENT", at, "Component %d (%s) of %s: ", i+1, p.name, u.Scheme)
	e.Message += fmt.Sprintf(format, args...)
	e.AI = u.scheme.key
	return e
}

// checkTotal wants the company prefix and the reference to fill the key.
func (u *URN) checkTotal(begin int) *gs1.Error {
	s := u.scheme
	total := len(u.Components[0]) + len(u.Components[1])
	at := begin + len(u.Components[0]) + 1
	if s.digits > 0 && total != s.digits {
		e := u.fail(1, at, "with the company prefix it has %d digits, and must have %d", total, s.digits)
		e.Code = "EPC_TOTAL_LENGTH"
		return e
	}
	if total > maxFree && s.digits == 0 {
		e := u.fail(1, at, "with the company prefix it has %d characters, and may have %d", total, maxFree)
		e.Code = "EPC_TOTAL_LENGTH"
		return e
	}
	return nil
}

func span(p part) string {
	if p.min == p.max {
		return fmt.Sprint(p.min)
	}
	return fmt.Sprintf("%d to %d", p.min, p.max)
}

// outside finds the first character that is not in a set, or -1.
func outside(s string, set byte) int {
	switch set {
	case 'N':
		return dictionary.Outside(s, dictionary.Digits)
	case 'Y':
		return dictionary.Outside(s, dictionary.Set39)
	}
	return dictionary.Outside(s, dictionary.Set82)
}

// unescape reverses percent-encoding; bad is where it is broken, or -1.
func unescape(s string) (value string, bad int) {
	if strings.IndexByte(s, '%') < 0 {
		return s, -1
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b = append(b, s[i])
			continue
		}
		if i+2 >= len(s) || dictionary.HexValue(s[i+1]) < 0 || dictionary.HexValue(s[i+2]) < 0 {
			return "", i
		}
		b = append(b, byte(dictionary.HexValue(s[i+1])<<4|dictionary.HexValue(s[i+2])))
		i += 2
	}
	return string(b), -1
}

// rawOffset gives the place of the n-th unescaped byte.
func rawOffset(s string, n int) int {
	at := 0
	for ; n > 0; n-- {
		if s[at] == '%' {
			at += 2
		}
		at++
	}
	return at
}

// Link gives the Digital Link that says the same: the key, and for a single thing or
// a lot its qualifier.
func (u URN) Link() (gs1.Link, error) {
	if u.scheme == nil {
		return gs1.Link{}, fail("EPC_NO_URN", -1, "The URN is empty")
	}
	s, c := u.scheme, u.Components
	prefix, reference := c[0], c[1]
	value := prefix + reference
	if s.first {
		value = reference[:1] + prefix + reference[1:]
	}
	if s.check {
		digit, err := gs1.CheckDigit(value)
		if err != nil {
			return gs1.Link{}, err
		}
		value += string(digit)
	}
	if s.zero {
		value = "0" + value
	}
	value += strings.Join(c[2:2+len(s.between)], "")
	elements := []gs1.Element{{AI: s.key, Value: value}}
	if serial := c[len(c)-1]; s.serial.name != "" && u.Kind != Pattern {
		switch {
		case s.serialAI == "":
			elements[0].Value += serial
		case s.name != "sgln" || serial != noExtension:
			elements = append(elements, gs1.Element{AI: s.serialAI, Value: serial})
		}
	}
	return gs1.NewLink(elements)
}

// ToLink gives the Digital Link of a URN. See [Parse] and [URN.Link].
func ToLink(urn string) (gs1.Link, error) {
	u, err := parse(urn)
	if err != nil {
		return gs1.Link{}, err
	}
	return u.Link()
}

// PrefixLength tells how many of the digits that a key begins with are the company
// prefix, between 6 and 12, if it knows. It is asked with all the digits in
// question, without an indicator or extension digit before them.
type PrefixLength func(digits string) (length int, ok bool)

// Prefixes makes a [PrefixLength] of the company prefixes that somebody holds. Of two
// that fit, the longer counts.
func Prefixes(held ...string) PrefixLength {
	held = slices.Clone(held)
	slices.SortStableFunc(held, func(a, b string) int { return len(b) - len(a) })
	return func(digits string) (int, bool) {
		for _, p := range held {
			if strings.HasPrefix(digits, p) {
				return len(p), true
			}
		}
		return 0, false
	}
}

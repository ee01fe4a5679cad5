package gs1

import (
	"strings"

	"tagline/gs1/internal/dictionary"
)

// Element is an application identifier with its value, unescaped.
type Element struct{ AI, Value string }

// Dialect loosens the rules for input from older or foreign systems. The zero
// Dialect is the standard; the functions of the package use it.
type Dialect struct {
	// AlphaNames takes "gtin", "lot", "ser" and the like for AIs in the path of
	// a link. They left the standard in 2022.
	AlphaNames bool
	// ShortGTINs pads AI 01 in a link from 8, 12 or 13 digits to 14.
	ShortGTINs bool
	// UnknownAIs takes AIs that the dictionary does not have, with up to 90
	// characters of value.
	UnknownAIs bool
	// UnknownAttributes takes them in the query of a link, too.
	UnknownAttributes bool
	// Dictionary takes the place of the one that is compiled in, if it is not nil.
	Dictionary *Dictionary
	// Part leaves out the rules about which AIs stand together: what is read is a
	// part, and they are a question to the whole.
	Part bool
}

// table is the dictionary in force.
func (d Dialect) table() *dictionary.Table {
	if d.Dictionary != nil {
		return d.Dictionary.table
	}
	return dictionary.Standard()
}

// lookup finds an AI, or a stand-in for it if unknown ones are taken.
func (d Dialect) lookup(ai string) dictionary.Ref {
	t := d.table()
	r := t.Lookup(ai)
	if r == dictionary.None && d.UnknownAIs {
		r = t.LookupUnknown(ai)
	}
	return r
}

// ParseElements reads an element string: bracketed, "(01)09506000134352(10)ABC",
// or as a bar code carries it, "^010950600013435210ABC" with ^ or the byte 1D for
// FNC1. It checks every value, and which AIs stand together.
func ParseElements(s string) ([]Element, error) { return Dialect{}.ParseElements(s) }

// ParseElements reads an element string in this dialect.
func (d Dialect) ParseElements(s string) ([]Element, error) {
	var m marks
	elements, err := d.parseElements(s, &m)
	if err == nil && !d.Part {
		err = checkAssociations(d.table(), elements, &m)
	}
	if err != nil {
		return nil, err
	}
	return elements, nil
}

// CheckElement checks one element for itself: the length of its value, characters,
// check digits, dates and codes, but not what has to stand beside it. The position
// of an error counts from the value's beginning.
func CheckElement(e Element) error { return Dialect{}.CheckElement(e) }

// CheckElement checks one element in this dialect.
func (d Dialect) CheckElement(e Element) error {
	r := d.lookup(e.AI)
	if r == dictionary.None {
		return &Error{Code: "AI_UNRECOGNISED", Message: "Unrecognised AI: " + e.AI, Position: -1}
	}
	entry := d.table().Entry(r)
	if err := checkLength(e.AI, e.Value, entry); err != nil {
		return err
	}
	taken, err := checkValue(e.AI, e.Value, entry)
	if err != nil {
		return err
	}
	if taken < len(e.Value) {
		return about("AI_DATA_IS_TOO_LONG", "AI (", e.AI, ") data is too long", taken)
	}
	return nil
}

func (d Dialect) parseElements(s string, m *marks) ([]Element, *Error) {
	switch {
	case len(s) > MaxLength:
		return nil, tooLong()
	case s == "":
		return nil, &Error{Code: "AI_DATA_EMPTY", Message: "The AI data is empty", Position: 0}
	case s[0] == '(':
		return d.parseBracketed(s, m)
	case s[0] == '^' || s[0] == groupSeparator:
		return d.parseSeparated(s, s[0], m)
	}
	return nil, notParsed(0)
}

func tooLong() *Error {
	return &Error{Code: "DATA_TOO_LONG", Message: "Maximum data length is 8191 characters", Position: MaxLength}
}

func tooMany(at int) *Error {
	return &Error{Code: "TOO_MANY_AIS", Message: "Too many AIs", Position: at}
}

func notParsed(at int) *Error {
	return &Error{Code: "AI_PARSE_FAILED", Message: "Failed to parse AI data", Position: at}
}

// parseBracketed reads "(AI)value…". A bracket that opens within a value has a
// backslash before it.
func (d Dialect) parseBracketed(s string, m *marks) ([]Element, *Error) {
	t, elements := d.table(), make([]Element, 0, min(strings.Count(s, "("), maxElements))
	for at := 0; at < len(s); {
		if s[at] != '(' {
			return nil, notParsed(at)
		}
		closing := strings.IndexByte(s[at:], ')')
		if closing < 0 {
			return nil, notParsed(at)
		}
		ai, begin := s[at+1:at+closing], at+closing+1
		r := d.lookup(ai)
		if r == dictionary.None {
			return nil, &Error{Code: "AI_UNRECOGNISED", Message: "Unrecognised AI: " + ai, Position: at + 1}
		}
		if begin == len(s) {
			return nil, notParsed(begin)
		}
		end := begin
		for end < len(s) && (s[end] != '(' || end > begin && s[end-1] == '\\') {
			end++
		}
		value := strings.ReplaceAll(s[begin:end], `\(`, "(")
		if err := checkLength(ai, value, t.Entry(r)); err != nil {
			err.Position = bracketedOffset(s, begin, err.Position)
			return nil, err
		}
		if len(elements) == maxElements {
			return nil, tooMany(at)
		}
		m[len(elements)] = mark{r, uint16(begin)}
		elements = append(elements, Element{ai, value})
		at = end
	}
	for i, e := range elements {
		if _, err := checkValue(e.AI, e.Value, t.Entry(m[i].ref)); err != nil {
			err.Position = bracketedOffset(s, int(m[i].at), err.Position)
			return nil, err
		}
	}
	return elements, nil
}

// bracketedOffset gives the place of the n-th byte of a value that begins at a
// place of s, where a bracket has a backslash before it.
func bracketedOffset(s string, begin, n int) int {
	at := begin
	for ; n > 0; n-- {
		if strings.HasPrefix(s[at:], `\(`) {
			at++
		}
		at++
	}
	return at
}

// groupSeparator stands for FNC1 in what a scanner transmits.
const groupSeparator = 0x1D

// parseSeparated reads what a bar code carries, FNC1 before it included. An AI
// shows where it ends by its leading digits, a value by its length or by FNC1.
func (d Dialect) parseSeparated(s string, fnc1 byte, m *marks) ([]Element, *Error) {
	if len(s) == 1 {
		return nil, &Error{Code: "AI_DATA_EMPTY", Message: "The AI data is empty", Position: 1}
	}
	t, elements := d.table(), make([]Element, 0, 4)
	for at := 1; at < len(s); {
		n := t.LookupPrefix(s[at:])
		r := d.lookup(s[at : at+n])
		if r == dictionary.None {
			return nil, &Error{Code: "NO_AI_FOR_PREFIX", Message: "No known AI is a prefix of: " + s[at:min(len(s), at+4)] + "...", Position: at}
		}
		ai, begin, e := s[at:at+n], at+n, t.Entry(r)
		end := strings.IndexByte(s[begin:], fnc1)
		if end < 0 {
			end = len(s)
		} else {
			end += begin
		}
		if begin == end {
			return nil, about("AI_DATA_IS_EMPTY", "AI (", ai, ") data is empty", begin)
		}
		taken, err := checkValue(ai, s[begin:end], e)
		if err != nil {
			err.Position += begin
			return nil, err
		}
		if len(elements) == maxElements {
			return nil, tooMany(at)
		}
		m[len(elements)] = mark{r, uint16(begin)}
		elements = append(elements, Element{ai, s[begin : begin+taken]})
		at = begin + taken
		if at < end && e.Separated {
			return nil, about("AI_DATA_IS_TOO_LONG", "AI (", ai, ") data is too long", at)
		}
		if at == end {
			at++ // FNC1 is tolerated after every value
		}
	}
	return elements, nil
}

// FormatElements writes elements in brackets, "(01)09506000134352(10)ABC". It
// checks nothing.
func FormatElements(elements []Element) string {
	var b strings.Builder
	for _, e := range elements {
		b.WriteString("(" + e.AI + ")" + strings.ReplaceAll(e.Value, "(", `\(`))
	}
	return b.String()
}

// FormatSeparated writes elements as a bar code carries them, with a byte for FNC1
// ('^', or 0x1D as scanners do): before the first, and after every value whose
// length is not predefined unless it is the last. It checks nothing.
func FormatSeparated(elements []Element, fnc1 byte) string {
	var b strings.Builder
	needed := true
	for _, e := range elements {
		if needed {
			b.WriteByte(fnc1)
		}
		b.WriteString(e.AI)
		b.WriteString(e.Value)
		needed = separated(e.AI)
	}
	return b.String()
}

// separated reports whether FNC1 has to follow a value. That is so for every AI which
// is not in the dictionary that is compiled in: the list of those whose length is
// predefined is closed.
func separated(ai string) bool {
	t := dictionary.Standard()
	r := t.Lookup(ai)
	return r == dictionary.None || t.Entry(r).Separated
}

// HRI writes elements as text for people beside a bar code, one line for each:
// "(01) 09506000134352".
func HRI(elements []Element) []string {
	lines := make([]string, len(elements))
	for i, e := range elements {
		lines[i] = "(" + e.AI + ") " + e.Value
	}
	return lines
}

package label

import (
	"errors"
	"slices"
	"strings"

	"tagline/gs1"
	"tagline/internal/fault"
)

// Data is what a symbol says. The zero Data says nothing and cannot be drawn.
type Data struct {
	uri      string
	elements []gs1.Element
	others   []string // parameters of the URI that are not GS1's
}

// ParseData reads a Digital Link URI, which is printed byte for byte, or an element
// string, bracketed or with FNC1. A stem such as "https://id.example" is where the
// links of an element string lead; it may be empty if only an element string will
// be printed. It fails with fault.Invalid.
func ParseData(text, stem string) (Data, error) {
	text = strings.TrimSpace(text)
	if lower := strings.ToLower(text); strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
		if stem != "" {
			return Data{}, fault.New(fault.Invalid, "the data are a URI, which has its own domain", "Leave out the domain, or give an element string such as (01)09506000164908.")
		}
		return FromURI(text)
	}
	elements, err := gs1.ParseElements(text)
	if err != nil {
		return Data{}, invalid(err, "the element string is not valid", "Write AIs in brackets, (01)09506000164908(21)A1, or give a whole Digital Link URI.")
	}
	return FromElements(elements, stem)
}

// FromURI takes a Digital Link as it stands.
func FromURI(uri string) (Data, error) {
	link, err := gs1.ParseLink(uri)
	if err != nil {
		return Data{}, invalid(err, "the URI is not a valid Digital Link", "`tagline inspect` shows the place and the reason.")
	}
	return Data{uri: uri, elements: link.Elements(), others: link.Others()}, nil
}

// FromLink writes a link behind a stem such as "https://id.example". Parameters
// that are not GS1's are left out.
func FromLink(link gs1.Link, stem string) (Data, error) {
	return FromElements(link.Elements(), stem)
}

// FromElements takes elements, and writes their Digital Link behind a stem if one is
// given. Each element counts once.
func FromElements(elements []gs1.Element, stem string) (Data, error) {
	var once []gs1.Element
	for _, e := range elements {
		if !slices.Contains(once, e) {
			once = append(once, e)
		}
	}
	if _, err := gs1.ParseElements(gs1.FormatElements(once)); err != nil {
		return Data{}, invalid(err, "the element string is not valid", "")
	}
	d := Data{elements: once}
	if stem == "" {
		return d, nil
	}
	uri, err := gs1.FormatLink(stem, once)
	if err != nil {
		return Data{}, invalid(err, "the elements make no Digital Link", "Print them as gs1-datamatrix, or leave out what stands in no link.")
	}
	if _, err := gs1.ParseLink(uri); err != nil {
		return Data{}, invalid(err, "the domain makes no valid Digital Link", "A domain is scheme and host, and perhaps a path: https://id.example")
	}
	d.uri = uri
	return d, nil
}

// URI is the Digital Link, or empty if the data came without a domain.
func (d Data) URI() string { return d.uri }

// Elements are the application identifiers and their values.
func (d Data) Elements() []gs1.Element { return slices.Clone(d.elements) }

// Compact writes scheme and host of the URI in capital letters, which mean the same.
// A QR code has a mode for capital letters and digits that takes a third less room.
func (d Data) Compact() Data {
	if d.uri == "" {
		return d
	}
	start := strings.Index(d.uri, "://") + len("://")
	end := len(d.uri)
	if i := strings.IndexAny(d.uri[start:], "/?#"); i >= 0 {
		end = start + i
	}
	d.uri = strings.ToUpper(d.uri[:end]) + d.uri[end:]
	return d
}

// printed are the elements in the order of a GS1 symbol: those of predefined
// length first, since they need no separator.
func (d Data) printed() []gs1.Element {
	out := slices.Clone(d.elements)
	slices.SortStableFunc(out, func(a, b gs1.Element) int { return separated(a) - separated(b) })
	return out
}

func separated(e gs1.Element) int {
	if ai, ok := gs1.Lookup(e.AI); ok && !ai.Separated {
		return 0
	}
	return 1
}

// invalid turns an error of gs1 into a fault that shows the faulty part.
func invalid(err error, what, hint string) error {
	message := what + ": " + strings.TrimSuffix(err.Error(), ".")
	var e *gs1.Error
	if errors.As(err, &e) {
		message = what + ": " + strings.TrimSuffix(e.Message, ".")
		if e.Markup != "" {
			message += " in " + e.Markup
		}
	}
	return fault.Wrap(fault.Invalid, err, message, hint)
}

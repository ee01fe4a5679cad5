package gs1

import (
	"strings"

	"tagline/gs1/internal/dictionary"
)

// CanonicalStem stands before the path of a canonical Digital Link URI.
const CanonicalStem = "https://id.gs1.org"

// Link is a valid Digital Link: a key, its qualifiers, and what stands in the
// query. It cannot be changed; the zero Link is none. Slices that it hands out
// are its own: read them, do not write to them.
type Link struct {
	stem       string
	elements   []Element // key, qualifiers, attributes
	qualifiers int
	others     []string
}

// Key is the primary key, such as {01 09506000134352}; empty in the zero Link.
func (l Link) Key() Element {
	if len(l.elements) == 0 {
		return Element{}
	}
	return l.elements[0]
}

// Qualifiers are what narrows the key in the path, such as variant, batch and
// serial.
func (l Link) Qualifiers() []Element {
	if len(l.elements) == 0 {
		return nil
	}
	return l.elements[1 : 1+l.qualifiers : 1+l.qualifiers]
}

// Attributes are the application identifiers of the query, in their order.
func (l Link) Attributes() []Element {
	if len(l.elements) == 0 {
		return nil
	}
	return l.elements[1+l.qualifiers:]
}

// Elements are key, qualifiers and attributes.
func (l Link) Elements() []Element { return l.elements }

// Value is the value of an application identifier, or empty if the link has none:
// no value of a link is empty.
func (l Link) Value(ai string) string {
	for i := range l.elements {
		if l.elements[i].AI == ai {
			return l.elements[i].Value
		}
	}
	return ""
}

// Others are the parameters that are not GS1's, byte for byte as they stood in the
// query, in their order: "linkType=gs1%3Apip", "flag".
func (l Link) Others() []string { return l.others }

// Other finds the first parameter of that name that is not GS1's and unescapes its
// value. The name is compared as it stands in the query.
func (l Link) Other(name string) (value string, ok bool) {
	for _, p := range l.others {
		if n, v, _ := strings.Cut(p, "="); n == name {
			return unescape(v, true), true
		}
	}
	return "", false
}

// Stem is what stood before the slash of the key: "https://host/some/path" in a
// whole URI, "/some/path" in a path, empty where nothing stood there.
func (l Link) Stem() string { return l.stem }

// Path is the escaped path of key and qualifiers, "/01/09506000134352/10/A%2FB".
func (l Link) Path() string { return string(l.appendPath(nil)) }

func (l Link) appendPath(b []byte) []byte {
	for _, e := range l.elements[:min(len(l.elements), 1+l.qualifiers)] {
		b = append(b, '/')
		b = append(b, e.AI...)
		b = append(b, '/')
		b = appendEscaped(b, e.Value, false)
	}
	return b
}

// URI writes the link behind a stem, such as "https://brand.example"; with an empty
// one it begins with the path. Attributes of predefined length stand first in the
// query, as the standard wants it. Parameters that are not GS1's are left out.
func (l Link) URI(stem string) string {
	b := make([]byte, 0, len(stem)+128)
	b = append(b, strings.TrimSuffix(stem, "/")...)
	b = l.appendPath(b)
	mark := byte('?')
	for _, wanted := range [...]bool{false, true} {
		for _, e := range l.Attributes() {
			if separated(e.AI) != wanted {
				continue
			}
			b = append(b, mark)
			b = append(b, e.AI...)
			b = append(b, '=')
			b = appendEscaped(b, e.Value, true)
			mark = '&'
		}
	}
	return string(b)
}

// Canonical is the URI behind [CanonicalStem]. Two links that say the same in the
// same order have the same canonical URI, however they were escaped.
func (l Link) Canonical() string { return l.URI(CanonicalStem) }

// FormatLink writes the Digital Link URI of elements behind a stem, such as
// "https://brand.example"; with an empty stem it begins with the path. See
// [NewLink].
func FormatLink(stem string, elements []Element) (string, error) {
	l, err := NewLink(elements)
	if err != nil {
		return "", err
	}
	return l.URI(stem), nil
}

// NewLink makes a link of elements. Its key is the first that can be one; the path
// takes all qualifiers of that key, in their order; the query takes the rest. A
// repeated element counts once.
//
// It fails as ParseElements would, if there is no key, and if an element can stand
// neither in the path nor in a query.
func NewLink(elements []Element) (Link, error) { return Dialect{}.NewLink(elements) }

// NewLink makes a link in this dialect.
func (d Dialect) NewLink(elements []Element) (Link, error) {
	l, err := d.newLink(elements)
	if err != nil {
		return Link{}, err
	}
	return l, nil
}

func (d Dialect) newLink(elements []Element) (Link, *Error) {
	t := d.table()
	var m marks
	if len(elements) > maxElements {
		return Link{}, tooMany(-1)
	}
	for i, e := range elements {
		r := d.lookup(e.AI)
		if r == dictionary.None {
			return Link{}, &Error{Code: "AI_UNRECOGNISED", Message: "Unrecognised AI: " + e.AI, Position: -1}
		}
		if err := checkLength(e.AI, e.Value, t.Entry(r)); err != nil {
			err.Position = -1
			return Link{}, err
		}
		m[i] = mark{ref: r}
	}
	for i, e := range elements {
		if _, err := checkValue(e.AI, e.Value, t.Entry(m[i].ref)); err != nil {
			err.Position = -1
			return Link{}, err
		}
	}
	if !d.Part {
		if err := checkAssociations(t, elements, &m); err != nil {
			err.Position = -1
			return Link{}, err
		}
	}
	return d.arrange(elements, &m)
}

// arrange finds the key, picks the alternative of its qualifiers of which most are
// there (the first of equals), and puts all in the order of a URI.
func (d Dialect) arrange(elements []Element, m *marks) (Link, *Error) {
	t := d.table()
	var key *dictionary.Entry
	var l Link
	for i, e := range elements {
		if entry := t.Entry(m[i].ref); entry.Key != nil {
			key, l.elements = entry, append(make([]Element, 0, len(elements)), e)
			break
		}
	}
	if key == nil {
		return Link{}, &Error{Code: "CANNOT_CREATE_DL_URI_WITHOUT_PRIMARY_KEY_AI", Message: "Cannot create a DL URI without a primary key AI", Position: -1}
	}
	for _, alternative := range key.Key {
		path := l.elements[:1:1]
		for _, q := range alternative {
			name := t.Entry(q).AI
			if v := (Link{elements: elements}).Value(name); v != "" {
				path = append(path, Element{name, v})
			}
		}
		if len(path)-1 > l.qualifiers {
			l.elements, l.qualifiers = path, len(path)-1
		}
	}
	for i, e := range elements {
		if l.Value(e.AI) != "" {
			continue
		}
		if r := m[i].ref; !t.Entry(r).Attribute && (t.Known(r) || !d.UnknownAttributes) {
			return Link{}, notAttribute(e.AI, -1)
		}
		l.elements = append(l.elements, e)
	}
	return l, nil
}

func notAttribute(ai string, at int) *Error {
	return about("AI_IS_NOT_VALID_DATA_ATTRIBUTE", "AI (", ai, ") is not a valid DL URI data attribute", at)
}

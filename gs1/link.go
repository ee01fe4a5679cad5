package gs1

import "strings"

// The application identifiers that a web server for products meets most.
const (
	AISSCC     = "00"
	AIGTIN     = "01"
	AIBatch    = "10"
	AIExpiry   = "17"
	AISerial   = "21"
	AIVariant  = "22"
	AILocation = "414"
)

// MaxLength is the number of bytes from which on an input is refused.
const MaxLength = 8192

// CanonicalStem stands before the path of a canonical Digital Link URI.
const CanonicalStem = "https://id.gs1.org"

// Element is an application identifier with its value, unescaped.
type Element struct{ AI, Value string }

// Link is a valid Digital Link: a key, its qualifiers, and what stands in the
// query. It cannot be changed; the zero Link is none. Slices that it hands out
// are its own: read them, do not write to them.
type Link struct {
	stem       string
	elements   []Element // key, qualifiers, attributes
	qualifiers int
	others     []string
}

// ParseLink reads a whole Digital Link URI, with scheme and host.
func ParseLink(uri string) (Link, error) {
	rest, ok := strings.CutPrefix(uri, "https://")
	if !ok {
		return Link{}, &Error{Code: "SCHEME", Message: "Scheme must be http:// or HTTP:// or https:// or HTTPS://", Position: 0}
	}
	slash := strings.IndexByte(rest, '/')
	if slash <= 0 {
		return Link{}, &Error{Code: "HOST", Message: "URI must contain a domain and path info", Position: len(uri)}
	}
	rest, _, _ = strings.Cut(rest[slash:], "#")
	path, query, _ := strings.Cut(rest, "?")
	return ParseLinkPath(path, query)
}

// ParseLinkPath reads a Digital Link as a web server meets it: the escaped path
// (net/url's EscapedPath, beginning with a slash) and the raw query. Any path may
// stand before the key; [Link.Stem] tells it. A server strips one trailing slash
// before it calls this.
func ParseLinkPath(escapedPath, rawQuery string) (Link, error) {
	seg := strings.Split(strings.TrimPrefix(escapedPath, "/"), "/")
	root := -1
	for i := len(seg) - 2; i >= 0; i -= 2 {
		if seg[i] == "01" {
			root = i
			break
		}
		if order(seg[i]) < 0 {
			break
		}
	}
	if root < 0 {
		return Link{}, &Error{Code: "NO_KEY", Message: "No GS1 DL keys found in path info", Position: -1}
	}
	l := Link{stem: strings.TrimSuffix("/"+strings.Join(seg[:root], "/"), "/")}
	last := -1
	for i := root; i < len(seg); i += 2 {
		ai, value := seg[i], unescape(seg[i+1])
		if value == "" {
			return Link{}, &Error{Code: "EMPTY_VALUE", Message: "AI (" + ai + ") value path element is empty", AI: ai, Position: -1}
		}
		if o := order(ai); o <= last {
			return Link{}, &Error{Code: "SEQUENCE", Message: "The AIs in the path are not a valid key-qualifier sequence for the key", AI: ai, Position: -1}
		} else {
			last = o
		}
		if ai == "01" {
			if len(value) != 14 {
				return Link{}, &Error{Code: "LENGTH", Message: "AI (01) value is too short", AI: ai, Position: -1}
			}
			if _, err := NormalizeGTIN(value); err != nil {
				return Link{}, err
			}
		}
		l.elements = append(l.elements, Element{ai, value})
	}
	l.qualifiers = len(l.elements) - 1
	for p := range strings.SplitSeq(rawQuery, "&") {
		if p == "" {
			continue
		}
		name, value, _ := strings.Cut(p, "=")
		if name != "" && strings.Trim(name, "0123456789") == "" {
			l.elements = append(l.elements, Element{name, unescape(value)})
			continue
		}
		l.others = append(l.others, p)
	}
	return l, nil
}

func order(ai string) int { return strings.Index("01 22 10 21", ai) }

// Key is the primary key, such as {01 09506000134352}.
func (l Link) Key() Element {
	if len(l.elements) == 0 {
		return Element{}
	}
	return l.elements[0]
}

// Qualifiers are what narrows the key in the path: variant, batch, serial.
func (l Link) Qualifiers() []Element {
	if len(l.elements) == 0 {
		return nil
	}
	return l.elements[1 : 1+l.qualifiers]
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

// Value is the value of an application identifier, or empty if the link has none.
func (l Link) Value(ai string) string {
	for _, e := range l.elements {
		if e.AI == ai {
			return e.Value
		}
	}
	return ""
}

// Others are the parameters that are not GS1's, as they stood in the query:
// "linkType=gs1:pip", "flag".
func (l Link) Others() []string { return l.others }

// Other finds the first parameter of that name that is not GS1's and unescapes its
// value.
func (l Link) Other(name string) (value string, ok bool) {
	for _, p := range l.others {
		n, v, _ := strings.Cut(p, "=")
		if n == name {
			return unescape(strings.ReplaceAll(v, "+", " ")), true
		}
	}
	return "", false
}

// Stem is what stood before the key: "https://host/some/path" in a whole URI,
// "/some/path" in a path, without a slash at its end.
func (l Link) Stem() string { return l.stem }

// Path is the escaped path of key and qualifiers, "/01/09506000134352/10/A%2FB".
func (l Link) Path() string {
	var b strings.Builder
	for _, e := range l.elements[:min(len(l.elements), 1+l.qualifiers)] {
		b.WriteString("/" + e.AI + "/" + escape(e.Value))
	}
	return b.String()
}

// URI writes the link behind a stem, such as "https://brand.example".
// Parameters that are not GS1's are left out.
func (l Link) URI(stem string) string {
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(stem, "/") + l.Path())
	for i, e := range l.Attributes() {
		b.WriteString(string("?&"[min(i, 1)]) + e.AI + "=" + escape(e.Value))
	}
	return b.String()
}

// Canonical is the URI behind [CanonicalStem]: equal for two links exactly if they
// say the same.
func (l Link) Canonical() string { return l.URI(CanonicalStem) }

// NewLink makes a link of elements, such as a key and its serial, in any order.
func NewLink(elements []Element) (Link, error) {
	var b strings.Builder
	for _, e := range elements {
		b.WriteString("/" + e.AI + "/" + escape(e.Value))
	}
	return ParseLinkPath(b.String(), "")
}

// FormatLink writes the Digital Link URI of elements behind a stem, such as
// "https://brand.example"; with an empty stem it is a path.
func FormatLink(stem string, elements []Element) (string, error) {
	l, err := NewLink(elements)
	if err != nil {
		return "", err
	}
	return l.URI(stem), nil
}

func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if 'a' <= c|0x20 && c|0x20 <= 'z' || isDigit(c) || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte("0123456789ABCDEF"[c>>4])
		b.WriteByte("0123456789ABCDEF"[c&15])
	}
	return b.String()
}

func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hex(s[i+1]) >= 0 && hex(s[i+2]) >= 0 {
			b = append(b, byte(hex(s[i+1])<<4|hex(s[i+2])))
			i += 2
			continue
		}
		b = append(b, s[i])
	}
	return string(b)
}

func hex(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

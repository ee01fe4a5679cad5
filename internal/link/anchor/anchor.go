package anchor

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"tagline/gs1"
	"tagline/internal/fault"
)

// Company is the AI of an anchor that stands for all keys of a company prefix.
const Company = "*"

// Anchor is what an entry is about. A qualifier's value may be a template,
// "{lot}"; no value of GS1 has such brackets.
type Anchor struct {
	Key        gs1.Element
	Qualifiers []gs1.Element
	Prefix     bool // Key.Value is the beginning of a value; there are no qualifiers
}

// The bounds of an anchor.
const (
	maxAnchor = 500
	minPrefix = 3 // characters
	maxPrefix = 20
)

var templateForm = regexp.MustCompile(`^\{[A-Za-z][A-Za-z0-9_]{0,31}\}$`)

// IsTemplate reports whether a qualifier stands for any value: "{lot}".
func IsTemplate(value string) bool { return templateForm.MatchString(value) }

// Parse reads the path of an entry. A GTIN of 8, 12 or 13 digits is brought to 14; a trailing slash is no
// matter. Errors: Invalid, with GS1's words for what is wrong.
func Parse(s string) (Anchor, error) {
	if len(s) > maxAnchor || !strings.HasPrefix(s, "/") {
		return Anchor{}, fault.New(fault.Invalid, "an anchor is a path of at most 500 bytes: "+clip(s), "Write /01/09506000134352, for example.")
	}
	if s = strings.TrimSuffix(s, "/"); s == "" {
		return Anchor{}, fault.New(fault.Invalid, "the anchor is empty", "Write /01/09506000134352, for example.")
	}
	if strings.HasSuffix(s, "*") {
		return parsePrefix(s)
	}
	parts := strings.Split(s[1:], "/")
	if len(parts)%2 != 0 {
		return Anchor{}, fault.New(fault.Invalid, "an anchor holds pairs of identifier and value: "+clip(s), "Write /01/09506000134352/10/LOT1, for example.")
	}
	templates := map[string]string{}
	for i := 3; i < len(parts); i += 2 {
		t := strings.NewReplacer("%7B", "{", "%7b", "{", "%7D", "}", "%7d", "}").Replace(parts[i])
		if !IsTemplate(t) {
			continue
		}
		for _, other := range templates {
			if other == t {
				return Anchor{}, fault.New(fault.Invalid, t+" stands twice in the anchor", "Name them apart.")
			}
		}
		templates[parts[i-1]] = t
		parts[i] = stand(parts[i-1])
	}
	l, err := gs1.Dialect{ShortGTINs: true}.ParseLinkPath("/"+strings.Join(parts, "/"), "")
	if err == nil && l.Stem() != "" {
		err = errors.New("something stands before the key")
	}
	if err != nil {
		return Anchor{}, fault.Wrap(fault.Invalid, err, "the anchor "+clip(s)+" is no Digital Link: "+strings.TrimSuffix(strings.TrimPrefix(err.Error(), "gs1: "), "."), "Write /01/09506000134352/10/LOT1, for example.")
	}
	a := Anchor{Key: l.Key(), Qualifiers: slices.Clone(l.Qualifiers())}
	for i, q := range a.Qualifiers {
		if t := templates[q.AI]; t != "" {
			a.Qualifiers[i].Value = t
		}
	}
	return a, nil
}

// stand gives a value that stands in for a template while an anchor is checked.
func stand(ai string) string {
	if ai == "7040" {
		return "1ABC"
	}
	return "1"
}

func parsePrefix(s string) (Anchor, error) {
	bad := func(what string) (Anchor, error) {
		return Anchor{}, fault.New(fault.Invalid, "the anchor "+clip(s)+" is no prefix: "+what, "Write /8003/095060001343*, or /*/9506000* for all keys of a company.")
	}
	ai, value, ok := strings.Cut(s[1:len(s)-1], "/")
	value, err := url.PathUnescape(value)
	if !ok || err != nil {
		return bad("it holds one identifier and the beginning of a value")
	}
	if len(value) < minPrefix || len(value) > maxPrefix {
		return bad("it has 3 to 20 characters before the star")
	}
	for i := range len(value) {
		if c := value[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("#$@[\\]^`{|}~", c) >= 0 {
			return bad("it holds what no value may hold")
		}
	}
	if ai == Company {
		if len(value) > 12 || strings.Trim(value, "0123456789") != "" {
			return bad("a company prefix has at most 12 digits")
		}
	} else if known, ok := gs1.Lookup(ai); !ok || !known.Key {
		return bad(clip(ai) + " is no key")
	} else if len(value) >= known.Max {
		return bad("nothing may follow it")
	}
	return Anchor{Key: gs1.Element{AI: ai, Value: value}, Prefix: true}, nil
}

// String gives the canonical form, which Parse reads.
func (a Anchor) String() string {
	b := AppendPair(make([]byte, 0, 64), a.Key.AI, a.Key.Value)
	if a.Prefix {
		return string(append(b, '*'))
	}
	for _, q := range a.Qualifiers {
		if IsTemplate(q.Value) {
			b = append(append(append(append(b, '/'), q.AI...), '/'), q.Value...)
		} else {
			b = AppendPair(b, q.AI, q.Value)
		}
	}
	return string(b)
}

// AppendPair writes an identifier and its value as a part of a path.
func AppendPair(b []byte, ai, value string) []byte {
	b = append(append(append(b, '/'), ai...), '/')
	return AppendEscaped(b, value)
}

// AppendEscaped appends a text and escapes all but the unreserved characters, as gs1 does in a path.
func AppendEscaped(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~' {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}

// KeyPath is the path of a key alone, "/01/09506000134352": what all entries of
// the key are stored under. A prefix is stored under its own anchor.
func (a Anchor) KeyPath() string {
	if a.Prefix {
		return a.String()
	}
	return string(AppendPair(nil, a.Key.AI, a.Key.Value))
}

// Level names the identifiers of the anchor without their values, "01+10"; with a
// star for a prefix, "8003*".
func (a Anchor) Level() string {
	if a.Prefix {
		return strings.TrimSuffix(a.Key.AI, Company) + "*"
	}
	name := a.Key.AI
	for _, q := range a.Qualifiers {
		name += "+" + q.AI
	}
	return name
}

// Places names what href and title may hold in brackets: the templates of the
// anchor, or 0 and 1 of a prefix.
func (a Anchor) Places() []string {
	if a.Prefix {
		return []string{"0", "1"}
	}
	var names []string
	for _, q := range a.Qualifiers {
		if IsTemplate(q.Value) {
			names = append(names, q.Value[1:len(q.Value)-1])
		}
	}
	return names
}

// Over reports whether the entry of this anchor counts for every item that the
// other anchor is about.
func (a Anchor) Over(other Anchor) bool {
	if a.Prefix || other.Prefix || a.Key != other.Key {
		return false
	}
	for _, q := range a.Qualifiers {
		i := slices.IndexFunc(other.Qualifiers, func(o gs1.Element) bool { return o.AI == q.AI })
		if i < 0 || q.Value != other.Qualifiers[i].Value && !IsTemplate(q.Value) {
			return false
		}
	}
	return true
}

// Rank orders the qualifiers of a key by how far they narrow it.
func Rank(ai string) int {
	switch ai {
	case "22":
		return 1
	case "10":
		return 2
	}
	return 3
}

// Prefixes lists the key paths of the prefix entries that may cover a key, and the
// key's own path first.
func Prefixes(key gs1.Element) []string {
	paths := []string{string(AppendPair(nil, key.AI, key.Value))}
	for n := minPrefix; n <= maxPrefix && n < len(key.Value); n++ {
		paths = append(paths, string(append(AppendPair(nil, key.AI, key.Value[:n]), '*')))
	}
	company := CompanyPart(key)
	for n := minPrefix; n <= 12 && n < len(company); n++ {
		if strings.Trim(company[:n], "0123456789") != "" {
			break
		}
		paths = append(paths, "/*/"+company[:n]+"*")
	}
	return paths
}

// CompanyPart is the value from where the company prefix begins: behind the
// indicator of a GTIN, the extension of an SSCC, the leading zero of a GRAI.
func CompanyPart(key gs1.Element) string {
	switch key.AI {
	case gs1.AIGTIN, gs1.AISSCC, "8003", "8006":
		return key.Value[min(1, len(key.Value)):]
	}
	return key.Value
}

// clip shortens what somebody wrote to what fits a message.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strings.ToValidUTF8(s, "?")
}

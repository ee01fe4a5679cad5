package identifier

import (
	"strings"

	"tagline/gs1/epc"
)

const patternStem = "urn:epc:idpat:"

// Pattern is a set of identifiers: urn:epc:idpat with stars (EPCIS 1.2, 8.2.7.1.1).
type Pattern struct {
	text       string
	scheme     string
	components []string
	ranges     []Range
}

// Range is a stretch of keys: from From on, and before To. When To is empty it is
// the one key From.
type Range struct {
	From, To string
}

// ParsePattern reads a pattern; false for every text that is none.
func ParsePattern(text string) (Pattern, bool) {
	text = strings.TrimSpace(text)
	if len(text) < len(patternStem) || !strings.EqualFold(text[:len(patternStem)], patternStem) {
		return Pattern{}, false
	}
	scheme, rest, found := strings.Cut(text[len(patternStem):], ":")
	if !found || rest == "" {
		return Pattern{}, false
	}
	p := Pattern{text: text, scheme: strings.ToLower(scheme), components: strings.Split(rest, ".")}
	if last := maxComponents(p.scheme); last > 0 && len(p.components) > last {
		// The last component, a serial number or a lot, may hold dots itself.
		p.components = append(p.components[:last-1:last-1], strings.Join(p.components[last-1:], "."))
	}
	p.ranges = p.stretch()
	return p, true
}

// String gives the pattern as it was written.
func (p Pattern) String() string { return p.text }

// Ranges gives the stretches of keys in which everything lies that the pattern can
// match. Inside them Match decides. No stretch means that nothing but an identical
// text can match.
func (p Pattern) Ranges() []Range { return p.ranges }

// Match tells whether an identifier is one of the pattern's: captured is its text,
// key its Key. A URN is compared component by component: there a star of the
// identifier is matched by a star only. A Digital Link does not tell where the
// company prefix ends: there the stretches of keys decide.
func (p Pattern) Match(captured, key string) bool {
	captured = strings.TrimSpace(captured)
	if epc.Is(captured) {
		return p.matchURN(captured)
	}
	for _, r := range p.ranges {
		if r.Holds(key) {
			return true
		}
	}
	return false
}

// Holds tells whether a key lies in the stretch.
func (r Range) Holds(key string) bool {
	if r.To == "" {
		return key == r.From
	}
	return key >= r.From && key < r.To
}

func (p Pattern) matchURN(urn string) bool {
	parts := strings.SplitN(urn, ":", 5)
	if len(parts) != 5 {
		return false
	}
	scheme, rest := strings.ToLower(parts[3]), parts[4]
	if scheme != p.scheme {
		return false
	}
	components := strings.SplitN(rest, ".", len(p.components))
	if len(components) != len(p.components) {
		return false
	}
	for i, c := range p.components {
		if c != "*" && c != components[i] {
			return false
		}
	}
	return true
}

// shape says where the parts of a scheme's URN stand in the key.
type shape struct {
	ai     string
	digits int    // of company prefix and reference; 0 for free text
	first  bool   // the first digit of the reference stands before the prefix
	zero   bool   // a zero stands before the prefix
	check  bool   // a check digit follows
	serial string // what stands between the reference and the serial number; "" at once
	parts  int    // components
}

func shapeOf(scheme string) (shape, bool) {
	switch scheme {
	case "sgtin":
		return shape{"01", 13, true, false, true, "/21/", 3}, true
	case "lgtin":
		return shape{"01", 13, true, false, true, "/10/", 3}, true
	case "upui":
		return shape{"01", 13, true, false, true, "/235/", 3}, true
	case "itip":
		return shape{"8006", 13, true, false, true, "", 5}, true
	case "sscc":
		return shape{"00", 17, true, false, true, "", 2}, true
	case "sgln":
		return shape{"414", 12, false, false, true, "/254/", 3}, true
	case "pgln":
		return shape{"417", 12, false, false, true, "", 2}, true
	case "grai":
		return shape{"8003", 12, false, true, true, "", 3}, true
	case "giai":
		return shape{"8004", 0, false, false, false, "", 2}, true
	case "gdti":
		return shape{"253", 12, false, false, true, "", 3}, true
	case "sgcn":
		return shape{"255", 12, false, false, true, "", 3}, true
	case "gsrn":
		return shape{"8018", 17, false, false, true, "", 2}, true
	case "gsrnp":
		return shape{"8017", 17, false, false, true, "", 2}, true
	case "gsin":
		return shape{"402", 16, false, false, true, "", 2}, true
	case "ginc":
		return shape{"401", 0, false, false, false, "", 2}, true
	case "cpi":
		return shape{"8010", 0, false, false, false, "/8011/", 3}, true
	}
	return shape{}, false
}

func maxComponents(scheme string) int {
	s, ok := shapeOf(scheme)
	if !ok {
		return 0
	}
	return s.parts
}

// stretch finds the stretches of keys. A company prefix that is a star leaves none
// of use: the whole AI then is the stretch.
func (p Pattern) stretch() []Range {
	s, ok := shapeOf(p.scheme)
	if !ok || len(p.components) != s.parts {
		return nil
	}
	stem := s.ai + "/"
	if s.zero {
		stem += "0"
	}
	prefix, reference := p.components[0], p.components[1]
	switch {
	case prefix == "*":
		return []Range{begin(s.ai + "/")}
	case !digits(prefix):
		return nil
	case reference == "*" && s.first:
		list := make([]Range, 10)
		for d := range list {
			list[d] = begin(stem + string(rune('0'+d)) + prefix)
		}
		return list
	case reference == "*":
		return []Range{begin(stem + prefix)}
	}
	if s.digits == 0 {
		key := stem + prefix + reference
		if s.parts == 2 {
			return []Range{{From: key}}
		}
		return []Range{{From: key}, begin(key + s.serial)}
	}
	// What is concrete up to here has a key of its own: that of the pattern whose
	// serial number alone is a star.
	concrete := "urn:epc:id:" + p.scheme + ":" + prefix + "." + reference
	switch p.scheme {
	case "sscc", "pgln", "gsrn", "gsrnp", "gsin":
		if key := Key(concrete); IsKey(key) {
			return []Range{{From: key}}
		}
		return nil
	case "sgln":
		key := Key(concrete + ".0")
		if !IsKey(key) {
			return nil
		}
		if serial := p.components[2]; serial != "*" {
			return []Range{{From: Key(concrete + "." + serial)}}
		}
		return []Range{{From: key}, begin(key + s.serial)}
	case "lgtin":
		key := Key("urn:epc:idpat:sgtin:" + prefix + "." + reference + ".*")
		if !IsKey(key) {
			return nil
		}
		if lot := p.components[2]; lot != "*" {
			return []Range{{From: Key("urn:epc:class:lgtin:" + prefix + "." + reference + "." + lot)}}
		}
		return []Range{begin(key + s.serial)}
	case "itip":
		head := "urn:epc:id:sgtin:" + prefix + "." + reference + ".1"
		key := Key(head)
		if !IsKey(key) {
			return nil
		}
		return []Range{begin("8006/" + strings.TrimSuffix(strings.TrimPrefix(key, "01/"), "/21/1"))}
	}
	if p.components[2] != "*" {
		return []Range{{From: Key(concrete + "." + p.components[2])}}
	}
	key := Key(patternStem + p.scheme + ":" + prefix + "." + reference + ".*")
	if !IsKey(key) {
		return nil
	}
	if s.serial == "" {
		return []Range{begin(key)}
	}
	return []Range{{From: key}, begin(key + s.serial)}
}

// begin is the stretch of all keys that begin so. No key holds the byte 0x7f.
func begin(prefix string) Range { return Range{prefix, prefix + "\x7f"} }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

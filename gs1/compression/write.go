package compression

import (
	"slices"
	"strings"

	"tagline/gs1"
	"tagline/gs1/internal/dictionary"
)

// Options say how a link is compressed. The zero Options make the shortest.
type Options struct {
	// Partial leaves the primary key readable before the compressed segment:
	// /01/09506000134352/{segment}.
	Partial bool
	// Plain writes each application identifier for itself, without the codes for
	// frequent combinations. It is longer.
	Plain bool
}

// Compress writes the path of a link in compressed form, "/CwH45ZeyuRNfIs0OZFSJH",
// with a query behind it if something does not fit into the segment: attributes
// that have no compressed form or are keys themselves, foreign parameters whose
// names or lengths have none. A stem goes before it as before any path.
//
// It fails if the key or a qualifier has no compressed form, as 417, 235 and 7040.
// A link that has nothing but its key is compressed as a whole also if Partial is
// set.
func Compress(l gs1.Link, o Options) (string, error) {
	key := l.Key()
	if key.AI == "" {
		return "", &gs1.Error{Code: "CANNOT_CREATE_DL_URI_WITHOUT_PRIMARY_KEY_AI", Message: "Cannot create a DL URI without a primary key AI", Position: -1}
	}
	packed := make([]gs1.Element, 0, len(l.Elements()))
	for _, e := range l.Qualifiers() {
		if formatOf(e.AI) == nil {
			return "", notCompressible(e.AI)
		}
		packed = append(packed, e)
	}
	var query []string
	for _, e := range l.Attributes() {
		if a, ok := gs1.Lookup(e.AI); !ok || a.Key || formatOf(e.AI) == nil {
			query = append(query, e.AI+"="+escape(e.Value))
			continue
		}
		packed = append(packed, e)
	}
	others, rest := splitOthers(l.Others())
	query = append(query, rest...)

	path := ""
	if o.Partial && len(packed)+len(others) > 0 {
		path = "/" + key.AI + "/" + escape(key.Value)
	} else {
		if formatOf(key.AI) == nil {
			return "", notCompressible(key.AI)
		}
		packed = append(packed, key)
	}
	var w writer
	w.elements(packed, o)
	for _, p := range others {
		w.pair(p)
	}
	path += "/" + w.segment()
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	return path, nil
}

func notCompressible(ai string) *gs1.Error {
	return &gs1.Error{Code: "AI_NOT_COMPRESSIBLE", Message: "AI (" + ai + ") has no compressed form", AI: ai, Position: -1}
}

// escape writes a value for a path or a query; a space is %20 in both.
func escape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; dictionary.Is(c, dictionary.Unreserved) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// splitOthers gives the foreign parameters that fit into the segment and, from the
// first that does not, those that stay in the query: so all keep their order.
func splitOthers(others []string) (packed, rest []string) {
	for i, p := range others {
		name, value, found := strings.Cut(p, "=")
		if !found || name == "" || len(name) > maxPair || len(value) > maxPair ||
			strings.Trim(name, alphabet) != "" || dictionary.Outside(name, dictionary.Digits) < 0 {
			return others[:i], others[i:]
		}
	}
	return others, nil
}

// elements writes application identifiers: first the codes, each time the one for
// the most digits of AIs, then what is left in the order of AIs.
func (w *writer) elements(list []gs1.Element, o Options) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b gs1.Element) int { return strings.Compare(a.AI, b.AI) })
	for !o.Plain {
		best, length := -1, 0
		for i := range codes {
			c := &codes[i]
			if n := c.length(); n > length && c.written == nil && containsAll(list, c.ais) {
				best, length = i, n
			}
		}
		if best < 0 {
			break
		}
		w.put(uint64(codes[best].sign), 8)
		for _, ai := range codes[best].ais {
			i := slices.IndexFunc(list, func(e gs1.Element) bool { return e.AI == ai })
			w.value(formatOf(ai), list[i].Value)
			list = slices.Delete(list, i, i+1)
		}
	}
	for _, e := range list {
		for i := range len(e.AI) {
			w.put(uint64(e.AI[i]-'0'), 4)
		}
		w.value(formatOf(e.AI), e.Value)
	}
}

// length is the number of digits that a code stands for.
func (c *code) length() (n int) {
	for _, ai := range c.ais {
		n += len(ai)
	}
	return n
}

func containsAll(list []gs1.Element, ais []string) bool {
	for _, ai := range ais {
		if !slices.ContainsFunc(list, func(e gs1.Element) bool { return e.AI == ai }) {
			return false
		}
	}
	return true
}

// value writes the components of a valid value.
func (w *writer) value(f *format, value string) {
	for _, p := range f.parts {
		n := p.fixed
		if n == 0 {
			n = min(len(value), p.maximum)
		}
		s := value[:n]
		value = value[n:]
		encoding := 0
		if p.set == 'X' {
			encoding = encodingOf(s)
			w.put(uint64(encoding), 3)
		}
		if p.fixed == 0 {
			w.put(uint64(n), lengthBits(p.maximum))
		}
		w.characters(encoding, s)
	}
}

// pair writes a foreign parameter.
func (w *writer) pair(p string) {
	name, value, _ := strings.Cut(p, "=")
	w.put(0xF, 4)
	w.put(uint64(len(name)), 7)
	w.characters(encodingBase64, name)
	encoding := encodingOf(value)
	w.put(uint64(encoding), 3)
	w.put(uint64(len(value)), 7)
	w.characters(encoding, value)
}

// encodingOf chooses the tightest encoding of a text.
func encodingOf(s string) int {
	if s == "" {
		return encodingASCII
	}
	for _, e := range [...]int{encodingDigits, encodingUpperHex, encodingLowerHex, encodingBase64} {
		if strings.Trim(s, signs(e)) == "" {
			return e
		}
	}
	return encodingASCII
}

// characters writes a text in an encoding.
func (w *writer) characters(encoding int, s string) {
	switch encoding {
	case encodingDigits:
		w.digits(s)
		return
	case encodingASCII:
		for i := range len(s) {
			w.put(uint64(s[i]), 7)
		}
		return
	}
	set := signs(encoding)
	for i := range len(s) {
		w.put(uint64(strings.IndexByte(set, s[i])), bitsOf(encoding))
	}
}

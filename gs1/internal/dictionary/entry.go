package dictionary

// Entry is an application identifier as the dictionary has it.
type Entry struct {
	AI, Title string
	Separated bool // FNC1 follows unless it is last
	Attribute bool // may stand in a query
	parts     []part
	Min, Max  uint8         // length of the whole value
	Ex        []Span        // what must not stand beside it
	Req       []Requirement // what must, all of them
	// Key lists the qualifiers of a primary key, in their order in a path, as
	// alternatives that are not mixed; nil if it is none.
	Key [][]Ref
}

// part is a component of a value.
type part struct {
	set      byte // N digits, X Set82, Y Set39, Z Set64
	min, max uint8
	optional bool
	checks   checks
}

type checks [3]linter

// Span is a run of places in a table, both ends included: of all AIs that fit a
// pattern such as 310n.
type Span struct{ First, Last Ref }

// Requirement is met if one of its groups is there as a whole.
type Requirement struct {
	Text   string // "01+21,02" in the dictionary's words
	Groups [][]Span
}

// Ref is an entry's place in a table, or in unknown behind it: two bytes, so that
// a parser keeps those of a whole input on its stack.
type Ref uint16

// None is the place of no entry.
const None Ref = 1<<16 - 1

// Table is a dictionary: the entries sorted by AI, and where those with two leading
// digits stand. Nobody changes it.
type Table struct {
	Release string
	entries []Entry
	lengths [100]uint8  // the length of AIs by their two leading digits, 0 for none
	starts  [101]uint16 // where they begin in entries
}

// standard is the release that is compiled in.
var standard = Table{Release: Release, entries: table[:], lengths: lengths, starts: starts}

// Standard gives the dictionary that is compiled in.
func Standard() *Table { return &standard }

// Entry gives the entry, which nobody may change. There is none for None.
func (t *Table) Entry(r Ref) *Entry {
	if int(r) < len(t.entries) {
		return &t.entries[r]
	}
	return &unknown[int(r)-len(t.entries)]
}

// Known reports whether the entry is that of one AI, not a stand-in.
func (t *Table) Known(r Ref) bool { return int(r) < len(t.entries) }

// Holds reports whether an AI that is not in the table fits the pattern of a span:
// several AIs have all digits in common but those that the pattern leaves open.
func (t *Table) Holds(in Span, ai string) bool {
	first, last := t.entries[in.First].AI, t.entries[in.Last].AI
	n := 0
	for n < len(first) && first[n] == last[n] {
		n++
	}
	return len(ai) == len(first) && ai[:n] == first[:n]
}

// Lookup finds the entry of an AI. All AIs with the same two leading digits have
// the same length, so that only a few entries come into question.
func (t *Table) Lookup(ai string) Ref {
	if len(ai) < 2 || !IsDigit(ai[0]) || !IsDigit(ai[1]) {
		return None
	}
	prefix := int(ai[0]-'0')*10 + int(ai[1]-'0')
	if int(t.lengths[prefix]) != len(ai) {
		return None
	}
	lo, hi := int(t.starts[prefix]), int(t.starts[prefix+1])
	if len(ai) == 2 {
		return Ref(lo) // two digits have one AI at most
	}
	for lo < hi {
		if mid := (lo + hi) / 2; t.entries[mid].AI < ai {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(t.entries) && t.entries[lo].AI == ai {
		return Ref(lo)
	}
	return None
}

// unknown holds entries for AIs that the dictionary does not have. Where other
// AIs with the same leading digits are of predefined length, so are these.
var unknown = [...]Entry{
	{Separated: true, parts: []part{{'X', 1, 90, false, checks{}}}, Min: 1, Max: 90},
	{parts: []part{{'X', 2, 2, false, checks{}}}, Min: 2, Max: 2},
	{parts: []part{{'X', 6, 6, false, checks{}}}, Min: 6, Max: 6},
	{parts: []part{{'X', 13, 13, false, checks{}}}, Min: 13, Max: 13},
	{parts: []part{{'X', 14, 14, false, checks{}}}, Min: 14, Max: 14},
	{parts: []part{{'X', 18, 18, false, checks{}}}, Min: 18, Max: 18},
}

// LookupPrefix finds the length of the AI that s begins with, or 0: it shows in the
// two leading digits.
func (t *Table) LookupPrefix(s string) int {
	if len(s) < 2 || !IsDigit(s[0]) || !IsDigit(s[1]) {
		return 0
	}
	if n := int(t.lengths[number(s[:2])]); n <= len(s) {
		return n
	}
	return 0
}

// LookupUnknown gives a stand-in for an AI of two to four digits that Lookup does
// not find, unless its length contradicts its leading digits.
func (t *Table) LookupUnknown(ai string) Ref {
	if len(ai) < 2 || len(ai) > 4 || Outside(ai, Digits) >= 0 {
		return None
	}
	prefix := int(ai[0]-'0')*10 + int(ai[1]-'0')
	if t.lengths[prefix] == 0 {
		return Ref(len(t.entries))
	}
	if int(t.lengths[prefix]) != len(ai) {
		return None
	}
	length := 0
	switch {
	case prefix == 0:
		length = 18
	case prefix <= 3:
		length = 14
	case 11 <= prefix && prefix <= 19:
		length = 6
	case prefix == 20:
		length = 2
	case 31 <= prefix && prefix <= 36:
		length = 6
	case prefix == 41:
		length = 13
	}
	for i := range unknown {
		if !unknown[i].Separated && int(unknown[i].Max) == length {
			return Ref(len(t.entries) + i)
		}
	}
	return Ref(len(t.entries))
}

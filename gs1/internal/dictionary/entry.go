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

// Span is a run of places in table, both ends included: of all AIs that fit a
// pattern such as 310n.
type Span struct{ First, Last Ref }

// Holds reports whether an AI that is not in the table fits the pattern of a span:
// several AIs have all digits in common but those that the pattern leaves open.
func (in Span) Holds(ai string) bool {
	first, last := table[in.First].AI, table[in.Last].AI
	n := 0
	for n < len(first) && first[n] == last[n] {
		n++
	}
	return len(ai) == len(first) && ai[:n] == first[:n]
}

// Requirement is met if one of its groups is there as a whole.
type Requirement struct {
	Text   string // "01+21,02" in the dictionary's words
	Groups [][]Span
}

// Ref is an entry's place in table, or in unknown behind it: two bytes, so that
// a parser keeps those of a whole input on its stack.
type Ref uint16

// None is the place of no entry.
const None Ref = 1<<16 - 1

// Entry gives the entry, which nobody may change. There is none for None.
func (r Ref) Entry() *Entry {
	if r.Known() {
		return &table[r]
	}
	return &unknown[int(r)-len(table)]
}

// Known reports whether the entry is that of one AI, not a stand-in.
func (r Ref) Known() bool { return int(r) < len(table) }

// Lookup finds the entry of an AI. All AIs with the same two leading digits have
// the same length, so that only a few entries come into question.
func Lookup(ai string) Ref {
	if len(ai) < 2 || !IsDigit(ai[0]) || !IsDigit(ai[1]) {
		return None
	}
	prefix := int(ai[0]-'0')*10 + int(ai[1]-'0')
	if int(lengths[prefix]) != len(ai) {
		return None
	}
	lo, hi := int(starts[prefix]), int(starts[prefix+1])
	if len(ai) == 2 {
		return Ref(lo) // two digits have one AI at most
	}
	for lo < hi {
		if mid := (lo + hi) / 2; table[mid].AI < ai {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(table) && table[lo].AI == ai {
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
func LookupPrefix(s string) int {
	if len(s) < 2 || !IsDigit(s[0]) || !IsDigit(s[1]) {
		return 0
	}
	if n := int(lengths[number(s[:2])]); n <= len(s) {
		return n
	}
	return 0
}

// LookupUnknown gives a stand-in for an AI of two to four digits that Lookup does
// not find, unless its length contradicts its leading digits.
func LookupUnknown(ai string) Ref {
	if len(ai) < 2 || len(ai) > 4 || Outside(ai, Digits) >= 0 {
		return None
	}
	prefix := int(ai[0]-'0')*10 + int(ai[1]-'0')
	if lengths[prefix] == 0 {
		return Ref(len(table))
	}
	if int(lengths[prefix]) != len(ai) {
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
			return Ref(len(table) + i)
		}
	}
	return Ref(len(table))
}

package gs1

//go:generate go run ./internal/aigen -from ../../shared/data/gs1

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

// AI describes an application identifier of the dictionary.
type AI struct {
	Code      string // "01"
	Title     string // "GTIN", the short text that stands in print
	Min, Max  int    // length of a value, in characters
	Separated bool   // varies in length: FNC1 follows unless it is last
	Attribute bool   // may stand in the query of a Digital Link
	Key       bool   // a primary key: a Digital Link may begin with it
}

// Lookup finds an application identifier in the dictionary.
func Lookup(code string) (AI, bool) {
	r := lookup(code)
	if r == none {
		return AI{}, false
	}
	e := r.entry()
	return AI{e.ai, e.title, int(e.min), int(e.max), e.separated, e.attribute, e.key != nil}, true
}

// entry is an application identifier as the dictionary has it.
type entry struct {
	ai, title string
	separated bool // FNC1 follows unless it is last
	attribute bool // may stand in a query
	parts     []part
	min, max  uint8         // of the whole value
	ex        []span        // what must not stand beside it
	req       []requirement // what must, all of them
	// key lists the qualifiers of a primary key, in their order in a path, as
	// alternatives that are not mixed; nil if it is none.
	key [][]ref
}

// part is a component of a value.
type part struct {
	set      byte // N digits, X cset82, Y cset39, Z cset64
	min, max uint8
	optional bool
	checks   checks
}

type checks [3]linter

// span is a run of places in table, both ends included: of all AIs that fit a
// pattern such as 310n.
type span struct{ first, last ref }

// requirement is met if one of its groups is there as a whole.
type requirement struct {
	text   string // "01+21,02" in the dictionary's words
	groups [][]span
}

// ref is an entry's place in table, or in unknown behind it: two bytes, so that
// a parser keeps those of a whole input on its stack.
type ref uint16

const none ref = 1<<16 - 1

func (r ref) entry() *entry {
	if r.known() {
		return &table[r]
	}
	return &unknown[int(r)-len(table)]
}

// known reports whether the entry is that of one AI, not a stand-in.
func (r ref) known() bool { return int(r) < len(table) }

// lookup finds the entry of an AI. All AIs with the same two leading digits have
// the same length, so that only a few entries come into question.
func lookup(ai string) ref {
	if len(ai) < 2 || !isDigit(ai[0]) || !isDigit(ai[1]) {
		return none
	}
	prefix := int(ai[0]-'0')*10 + int(ai[1]-'0')
	if int(lengths[prefix]) != len(ai) {
		return none
	}
	lo, hi := int(starts[prefix]), int(starts[prefix+1])
	if len(ai) == 2 {
		return ref(lo) // two digits have one AI at most
	}
	for lo < hi {
		if mid := (lo + hi) / 2; table[mid].ai < ai {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(table) && table[lo].ai == ai {
		return ref(lo)
	}
	return none
}

// unknown holds entries for AIs that the dictionary does not have. Where other
// AIs with the same leading digits are of predefined length, so are these.
var unknown = [...]entry{
	{separated: true, parts: []part{{'X', 1, 90, false, checks{}}}, min: 1, max: 90},
	{parts: []part{{'X', 2, 2, false, checks{}}}, min: 2, max: 2},
	{parts: []part{{'X', 6, 6, false, checks{}}}, min: 6, max: 6},
	{parts: []part{{'X', 13, 13, false, checks{}}}, min: 13, max: 13},
	{parts: []part{{'X', 14, 14, false, checks{}}}, min: 14, max: 14},
	{parts: []part{{'X', 18, 18, false, checks{}}}, min: 18, max: 18},
}

// lookupUnknown gives a stand-in for an AI of two to four digits that lookup does
// not find, unless its length contradicts its leading digits.
func lookupUnknown(ai string) ref {
	if len(ai) < 2 || len(ai) > 4 || outside(ai, digit) >= 0 {
		return none
	}
	prefix := int(ai[0]-'0')*10 + int(ai[1]-'0')
	if lengths[prefix] == 0 {
		return ref(len(table))
	}
	if int(lengths[prefix]) != len(ai) {
		return none
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
		if !unknown[i].separated && int(unknown[i].max) == length {
			return ref(len(table) + i)
		}
	}
	return ref(len(table))
}

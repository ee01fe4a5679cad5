package inspect

import (
	"errors"
	"strings"
	"unicode/utf8"

	"tagline/gs1"
	"tagline/gs1/epc"
)

// Report is what can be said of a code. Its JSON form is the output of the
// command `tagline inspect`.
type Report struct {
	Input     string     `json:"input"`
	Kind      Kind       `json:"kind"`
	Valid     bool       `json:"valid"`
	Says      string     `json:"says"`  // one sentence for people
	Words     string     `json:"words"` // all of it for people, in a few plain sentences
	Symbology *Symbology `json:"symbology,omitempty"`
	Canonical string     `json:"canonical,omitempty"`
	URN       *URN       `json:"urn,omitempty"`
	Elements  []Element  `json:"elements,omitempty"`
	Others    []string   `json:"others,omitempty"` // parameters that are not GS1's, as they stand
	Tag       *Tag       `json:"tag,omitempty"`
	Error     *Problem   `json:"error,omitempty"`

	notes []string // sentences that belong to Words
}

// Kind is the form of a code.
type Kind string

// The forms.
const (
	DigitalLink   Kind = "digital-link"
	Compressed    Kind = "compressed-link" // a Digital Link whose parts are one segment
	ElementString Kind = "element-string"
	TradeItem     Kind = "trade-item-number"
	LogisticUnit  Kind = "logistic-unit-number"
	EPC           Kind = "epc-urn"
	PlainText     Kind = "plain-text" // what a symbol carries that says nothing here
	TagURL        Kind = "tag-url"
	OtherURL      Kind = "other-url"
	Unknown       Kind = "unknown"
)

// Element is one application identifier with its value.
type Element struct {
	AI    string `json:"ai"`
	Title string `json:"title,omitempty"`
	Value string `json:"value"`
	Means string `json:"means,omitempty"` // "best before 31 December 2027"
	Role  string `json:"role,omitempty"`  // key, qualifier or attribute, in a Digital Link
}

// Problem is what is wrong, and where.
type Problem struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	AI       string `json:"ai,omitempty"`
	Field    string `json:"field,omitempty"`
	Position int    `json:"position"` // byte offset in the input; -1 = the whole of it
	Fix      string `json:"fix,omitempty"`
}

// MaxInput is the longest code that is looked at, in bytes.
const MaxInput = 8192

// Explain looks at one code. It never fails: what cannot be read is explained too.
func Explain(input string) Report {
	r := explain(input)
	r.Words = r.inWords()
	return r
}

// explain looks at one code and leaves its Words to be written.
func explain(input string) Report {
	r := Report{Input: input, Kind: Unknown}
	switch {
	case input == "":
		return r.refuse("empty", 0, "there is nothing to look at", "Give a code in quotes.")
	case len(input) > MaxInput:
		r.Input = ""
		return r.refuse("too_long", MaxInput, "the code is longer than 8,192 bytes", "No printed code or tag holds this much.")
	case !utf8.ValidString(input):
		r.Input = strings.ToValidUTF8(input, "\uFFFD")
		return r.refuse("bad_utf8", firstInvalid(input), "the code is not valid UTF-8 text", "Was it copied from a binary field?")
	}
	lower := strings.ToLower(input)
	switch {
	case strings.HasPrefix(lower, "http://"), strings.HasPrefix(lower, "https://"), strings.HasPrefix(input, "/"):
		return explainURL(r)
	case epc.Is(input):
		return explainURN(r)
	case input[0] == ']':
		return explainScan(r)
	case digitsOnly(input) && isGTINLength(len(input)):
		return explainGTIN(r)
	case digitsOnly(input) && len(input) == ssccLength:
		return explainSSCC(r)
	default:
		return explainElements(r)
	}
}

func explainURL(r Report) Report {
	tag, isTag := readTag(r.Input)
	link, err := parseLink(r.Input)
	switch {
	case err == nil:
		r.Kind, r.Valid = DigitalLink, true
		r.Canonical = link.Canonical()
		r.describe(link)
		r.Says = "A GS1 Digital Link to " + subject(link) + "."
	case r.readCompressed():
		if r.Error != nil {
			return r
		}
	case !isTag:
		var e *gs1.Error
		if errors.As(err, &e) && e.Code == noKey {
			r.Kind = OtherURL
			r.Says = "A web address that names no GS1 key and carries no tag message."
			r.Error = problemOf(err)
			return r
		}
		r.Kind = DigitalLink
		r.Error = problemOf(err)
		r.Says = "Meant as a GS1 Digital Link, but not valid: " + r.Error.Message + "."
		return r
	}
	if !isTag {
		return r
	}
	r.Tag = tag
	if r.Kind == Unknown {
		r.Kind, r.Valid = TagURL, true
		r.Says = "A URL that a tag has written"
	} else {
		r.Says = strings.TrimSuffix(r.Says, ".") + ", with a tag's message"
	}
	if tag.problem != nil {
		r.Valid, r.Error = false, tag.problem
		r.Says += ", but " + tag.problem.Message + "."
		return r
	}
	r.Says += " (" + tag.Summary + "). Only a server that holds the tag's keys can say whether it is genuine."
	return r
}

func explainGTIN(r Report) Report {
	r.Kind = TradeItem
	gtin, err := gs1.NormalizeGTIN(r.Input)
	if err != nil {
		r.Error = problemOf(err)
		if digit, e := gs1.CheckDigit(r.Input[:len(r.Input)-1]); e == nil {
			r.Error.Fix = "With the digits before it, the check digit is " + string(digit) + "."
		}
		r.Says = "Looks like a trade item number, but " + r.Error.Message + "."
		return r
	}
	r.Valid = true
	r.Elements = elementsOf("", gs1.Element{AI: gs1.AIGTIN, Value: gtin})
	r.note(barCode(len(r.Input)), restricted(gtin), level(gtin))
	if link, err := gs1.FormatLink(gs1.CanonicalStem, []gs1.Element{{AI: gs1.AIGTIN, Value: gtin}}); err == nil {
		r.Canonical = link
	}
	r.Says = "A trade item number with a right check digit; in 14 digits it is " + gtin + "."
	return r
}

// describe lists the parts of a link.
func (r *Report) describe(link gs1.Link) {
	r.Elements = append(r.Elements, elementsOf("key", link.Key())...)
	r.Elements = append(r.Elements, elementsOf("qualifier", link.Qualifiers()...)...)
	r.Elements = append(r.Elements, elementsOf("attribute", link.Attributes()...)...)
	r.Others = link.Others()
}

// elementsOf explains elements that have a role in a link, or none.
func elementsOf(role string, list ...gs1.Element) []Element {
	var all []Element
	for _, e := range list {
		all = append(all, Element{AI: e.AI, Title: title(e.AI), Value: e.Value, Means: meaning(e), Role: role})
	}
	return all
}

// subject names in words what a link points to.
func subject(link gs1.Link) string {
	key := link.Key()
	what := title(key.AI) + " " + key.Value
	if key.AI == gs1.AIGTIN {
		what = "product " + key.Value
		if lot := link.Value(gs1.AIBatch); lot != "" {
			what += ", lot " + lot
		}
		if serial := link.Value(gs1.AISerial); serial != "" {
			what += ", item " + serial
		}
	}
	return what
}

func (r Report) refuse(code string, position int, message, fix string) Report {
	r.Valid = false
	r.Error = &Problem{Code: code, Message: message, Position: position, Fix: fix}
	r.Says = "Not readable: " + message + "."
	return r
}

func digitsOnly(s string) bool { return strings.Trim(s, "0123456789") == "" }

func isGTINLength(n int) bool { return n == 8 || n == 12 || n == 13 || n == 14 }

func firstInvalid(s string) int {
	for i, c := range s {
		if c == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return 0
}

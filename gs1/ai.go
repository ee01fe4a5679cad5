package gs1

import "tagline/gs1/internal/dictionary"

// Release is the release of the GS1 Barcode Syntax Dictionary in force here.
const Release = dictionary.Release

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

// Lookup finds an application identifier in the dictionary that is compiled in.
func Lookup(code string) (AI, bool) { return lookup(dictionary.Standard(), code) }

func lookup(t *dictionary.Table, code string) (AI, bool) {
	r := t.Lookup(code)
	if r == dictionary.None {
		return AI{}, false
	}
	e := t.Entry(r)
	return AI{e.AI, e.Title, int(e.Min), int(e.Max), e.Separated, e.Attribute, e.Key != nil}, true
}

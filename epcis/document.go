package epcis

import (
	"fmt"
	"strings"
)

// StandardContext is the address of the context of EPCIS 2.0.
const StandardContext = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

// IsStandardContext tells whether an address is one of those under which the standard's
// context is known.
func IsStandardContext(url string) bool {
	return (strings.Contains(url, "ref.gs1.org/") || strings.Contains(url, "gs1.github.io/")) && strings.HasSuffix(url, "/epcis-context.jsonld")
}

// Document is everything of an EPCISDocument or EPCISQueryDocument but its events,
// which are read one at a time.
type Document struct {
	// Query tells an EPCISQueryDocument, the answer to a query.
	Query              bool
	Context            *Context
	SchemaVersion      string
	CreationDate       Time
	ID                 string
	InstanceIdentifier string
	Sender             string
	Receiver           string
	QueryName          string
	SubscriptionID     string
	Vocabularies       []Vocabulary
	Extensions         []Field
}

// Vocabulary is master data of one type, as in "urn:epcglobal:epcis:vtype:ReadPoint".
type Vocabulary struct {
	Type     string
	Elements []VocabularyElement
}

// VocabularyElement is the master data of one identifier, with what stands below it.
type VocabularyElement struct {
	ID         string
	Attributes []Attribute
	Children   []string
}

// Attribute is one attribute of master data; ID is its full URI where the prefix is
// known, as in "urn:epcglobal:cbv:mda:countryCode".
type Attribute struct {
	ID    string
	Value Value
}

// Problem is one thing that is wrong with a document or an event.
type Problem struct {
	// Pointer is a JSON pointer into the document or, for XML, the same path with
	// the names of the elements; Line and Column count from 1, 0 where unknown.
	Pointer string
	Line    int
	Column  int
	// Rule names the rule that is broken, in small words with hyphens:
	// "time-without-zone", "unknown-field", "check-digit".
	Rule string
	// Detail says what is wrong and what would be right.
	Detail string
	// Warning tells that the event is taken all the same.
	Warning bool
}

// Error gives the problem as one line of text.
func (p Problem) Error() string {
	switch {
	case p.Line > 0 && p.Pointer == "":
		return fmt.Sprintf("line %d: %s", p.Line, p.Detail)
	case p.Line > 0:
		return fmt.Sprintf("line %d, %s: %s", p.Line, p.Pointer, p.Detail)
	case p.Pointer == "":
		return p.Detail
	}
	return p.Pointer + ": " + p.Detail
}

// Item is one event of a document as a reader hands it out. Event is nil where it
// could not be read at all.
type Item struct {
	// Index counts the events of the document from 0.
	Index    int
	Line     int
	Event    *Event
	Problems []Problem
}

// Refused tells whether one of the problems is more than a warning.
func (i Item) Refused() bool {
	for _, p := range i.Problems {
		if !p.Warning {
			return true
		}
	}
	return false
}

// Limits bound what is read of a document. A zero means the default.
type Limits struct {
	MaxEvents int // default 50,000
	MaxDepth  int // of nesting, default 64
	// MaxEvent is the most bytes of one event, default 1 MiB.
	MaxEvent int
	// Strict refuses what the schemas forbid and others write all the same, and
	// turns the warnings of the ontology's rules into errors.
	Strict bool
}

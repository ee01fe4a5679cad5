package epcis

// Name is the name of something outside the standard. Space is its namespace URI;
// it is empty where the prefix is bound nowhere that can be read (a context behind
// a URL is not fetched), and then Prefix and Local are all that is known.
type Name struct {
	Space  string `json:",omitzero"`
	Local  string `json:",omitzero"`
	Prefix string `json:",omitzero"`
}

// Field is one named value outside the standard: an extension, a member of ILMD,
// or a part of one of these. A name may stand several times in a list of fields:
// so XML repeats an element.
type Field struct {
	Name  Name  `json:",omitzero"`
	Value Value `json:",omitzero"`
	// Attribute tells that XML wrote it as an attribute of the element around it.
	Attribute bool `json:",omitzero"`
}

// Kind is what a value looks like in JSON.
type Kind uint8

// The kinds of a value. XML without xsi:type gives Text for what has no children.
const (
	Text Kind = iota
	Number
	Bool
	Null
	Object
	List
)

// Value is a value outside the standard.
type Value struct {
	Kind Kind `json:",omitzero"`
	// Text is the text, the number as written, "true" or "false"; of an Object it
	// is the text that XML mixed with its children.
	Text   string  `json:",omitzero"`
	Fields []Field `json:",omitzero"` // of an Object
	Items  []Value `json:",omitzero"` // of a List
}

// Binding gives a prefix a meaning.
type Binding struct {
	Prefix string `json:",omitzero"`
	Space  string `json:",omitzero"`
}

// Context is what stood in @context, or in the namespace declarations around an
// event: addresses of contexts in their order, none of which is fetched, and the
// prefixes that were bound, the later of two with the same prefix in force.
type Context struct {
	URLs     []string  `json:",omitzero"`
	Bindings []Binding `json:",omitzero"`
}

// Space gives the namespace that a prefix is bound to. Without a binding of the
// document's own, the prefixes of the standard hold: epcis, cbv, gs1, cbvmda, rdfs,
// owl, xsd, dcterms.
func (c *Context) Space(prefix string) (string, bool) {
	if c != nil {
		for i := len(c.Bindings) - 1; i >= 0; i-- {
			if c.Bindings[i].Prefix == prefix {
				return c.Bindings[i].Space, true
			}
		}
	}
	switch prefix {
	case "epcis":
		return "https://ref.gs1.org/epcis/", true
	case "cbv":
		return "https://ref.gs1.org/cbv/", true
	case "gs1":
		return "https://gs1.org/voc/", true
	case "cbvmda":
		return "urn:epcglobal:cbv:mda:", true
	case "rdfs":
		return "http://www.w3.org/2000/01/rdf-schema#", true
	case "owl":
		return "http://www.w3.org/2002/07/owl#", true
	case "xsd":
		return "http://www.w3.org/2001/XMLSchema#", true
	case "dcterms":
		return "http://purl.org/dc/terms/", true
	}
	return "", false
}

package xmldoc

import (
	"encoding/xml"
	"strings"

	"tagline/epcis"
)

// nameOf gives a qualified name with the prefix that the document gave it.
func nameOf(n xml.Name, c *epcis.Context) epcis.Name {
	out := epcis.Name{Space: n.Space, Local: n.Local}
	if c != nil && n.Space != "" {
		for i := len(c.Bindings) - 1; i >= 0; i-- {
			if b := c.Bindings[i]; b.Space == n.Space {
				if space, _ := c.Space(b.Prefix); space == n.Space {
					out.Prefix = b.Prefix
					break
				}
			}
		}
	}
	return out
}

// fieldOf reads an extension.
func fieldOf(e *element, c *epcis.Context) epcis.Field {
	c = bind(c, e.attrs)
	return epcis.Field{Name: nameOf(e.name, c), Value: valueOf(e, c, "")}
}

// valueOf reads the value of an element; an attribute named skip is left out.
func valueOf(e *element, c *epcis.Context, skip string) epcis.Value {
	var fields []epcis.Field
	kind := epcis.Text
	for _, a := range e.attrs {
		switch {
		case a.Name.Space == "xmlns" || a.Name.Space == "" && (a.Name.Local == "xmlns" || skip != "" && a.Name.Local == skip):
		case a.Name.Space == SpaceXSI && a.Name.Local == "type" && len(e.children) == 0 && scalar(a.Value) != epcis.Text:
			kind = scalar(a.Value)
		case a.Name.Space == SpaceXSI && (a.Name.Local == "nil" || a.Name.Local == "type" && scalar(a.Value) == epcis.Text):
		default:
			fields = append(fields, epcis.Field{Name: nameOf(a.Name, c), Value: epcis.Value{Text: a.Value}, Attribute: true})
		}
	}
	for _, child := range e.children {
		fields = append(fields, fieldOf(child, c))
	}
	switch {
	case len(fields) > 0:
		return epcis.Value{Kind: epcis.Object, Text: e.text, Fields: fields}
	case e.isNil():
		return epcis.Value{Kind: epcis.Null}
	case kind == epcis.Bool && e.text == "1":
		return epcis.Value{Kind: kind, Text: "true"}
	case kind == epcis.Bool && e.text == "0":
		return epcis.Value{Kind: kind, Text: "false"}
	case kind == epcis.Bool && e.text != "true" && e.text != "false", kind == epcis.Number && !epcis.IsNumber(e.text):
		return epcis.Value{Text: e.text}
	}
	return epcis.Value{Kind: kind, Text: e.text}
}

// scalar gives the kind that a type of XML Schema stands for.
func scalar(name string) epcis.Kind {
	_, local, found := strings.Cut(name, ":")
	if !found {
		local = name
	}
	switch local {
	case "integer", "int", "long", "short", "byte", "decimal", "double", "float", "nonNegativeInteger", "positiveInteger", "negativeInteger",
		"nonPositiveInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte":
		return epcis.Number
	case "boolean":
		return epcis.Bool
	}
	return epcis.Text
}

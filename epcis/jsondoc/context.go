package jsondoc

import (
	"slices"
	"strings"

	"tagline/epcis"
)

// readContext adds what a @context says to what held before; false where it is
// none.
func readContext(n *node, before *epcis.Context) (*epcis.Context, bool) {
	c := &epcis.Context{}
	if before != nil {
		c.URLs, c.Bindings = slices.Clone(before.URLs), slices.Clone(before.Bindings)
	}
	parts := []node{*n}
	if n.kind == '[' {
		parts = n.items
	}
	for i := range parts {
		switch part := &parts[i]; part.kind {
		case '"':
			if !epcis.IsURI(part.text) {
				return nil, false
			}
			if !slices.Contains(c.URLs, part.text) {
				c.URLs = append(c.URLs, part.text)
			}
		case '{':
			for _, m := range part.members {
				value := &m.value
				if value.kind == '{' {
					value = value.get("@id")
				}
				if strings.HasPrefix(m.name, "@") || value == nil || value.kind != '"' {
					continue
				}
				c.Bindings = append(c.Bindings, epcis.Binding{Prefix: m.name, Space: value.text})
			}
		case 'n':
		default:
			return nil, false
		}
	}
	return c, true
}

// nameOf reads the name of a member that is none of the standard's.
func nameOf(text string, c *epcis.Context) epcis.Name {
	prefix, local, found := strings.Cut(text, ":")
	if !found || prefix == "" {
		return epcis.Name{Local: text}
	}
	if space, ok := c.Space(prefix); ok {
		return epcis.Name{Space: space, Local: local, Prefix: prefix}
	}
	if strings.HasPrefix(local, "//") || prefix == "urn" {
		if at := strings.LastIndexAny(text, "#/:"); at < len(text)-1 {
			return epcis.Name{Space: text[:at+1], Local: text[at+1:]}
		}
		return epcis.Name{Local: text}
	}
	return epcis.Name{Local: local, Prefix: prefix}
}

// expand gives the full URI of a name with a prefix.
func expand(text string, c *epcis.Context) string {
	prefix, local, found := strings.Cut(text, ":")
	if space, ok := c.Space(prefix); found && ok && !strings.HasPrefix(local, "//") {
		return space + local
	}
	return text
}

// field reads an extension.
func field(name string, n *node, c *epcis.Context) epcis.Field {
	return epcis.Field{Name: nameOf(name, c), Value: valueOf(n, c)}
}

func valueOf(n *node, c *epcis.Context) epcis.Value {
	switch n.kind {
	case '"':
		return epcis.Value{Kind: epcis.Text, Text: n.text}
	case '0':
		return epcis.Value{Kind: epcis.Number, Text: n.text}
	case 't', 'f':
		return epcis.Value{Kind: epcis.Bool, Text: n.text}
	case '{':
		v := epcis.Value{Kind: epcis.Object}
		if own := n.get("@context"); own != nil {
			if deeper, ok := readContext(own, c); ok {
				c = deeper
			}
		}
		for i := range n.members {
			v.Fields = append(v.Fields, field(n.members[i].name, &n.members[i].value, c))
		}
		return v
	case '[':
		v := epcis.Value{Kind: epcis.List}
		for i := range n.items {
			v.Items = append(v.Items, valueOf(&n.items[i], c))
		}
		return v
	}
	return epcis.Value{Kind: epcis.Null}
}

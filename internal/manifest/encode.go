package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Encode writes one document: kind first, then the fields of v in the order of
// its struct, empty optional fields left out, maps by key.
func Encode(kind string, v any) ([]byte, error) {
	n, err := encode(reflect.ValueOf(v))
	if err != nil {
		return nil, err
	}
	if n.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("manifest: a %T is not a document", v)
	}
	n.Style &^= yaml.FlowStyle
	n.Content = append([]*yaml.Node{text("kind"), text(kind)}, n.Content...)
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(n); err != nil {
		return nil, err
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Join makes one file of several documents.
func Join(documents ...[]byte) []byte { return bytes.Join(documents, []byte("---\n")) }

// Leaf is one value of a document and its path, as text.
type Leaf struct {
	Path string
	Text string   // of a single value
	List []string // of a list of single values; nil for a single value
}

// Leaves lists the values of v in the order in which Encode writes them. A list
// of single values is one leaf.
func Leaves(v any) ([]Leaf, error) {
	n, err := encode(reflect.ValueOf(v))
	if err != nil {
		return nil, err
	}
	var list []Leaf
	var walk func(n *yaml.Node, p Path)
	walk = func(n *yaml.Node, p Path) {
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				walk(n.Content[i+1], p.With(n.Content[i].Value))
			}
		case yaml.SequenceNode:
			if scalars(n) {
				leaf := Leaf{Path: p.String(), List: []string{}}
				for _, c := range n.Content {
					leaf.List = append(leaf.List, c.Value)
				}
				list = append(list, leaf)
				return
			}
			for i, c := range n.Content {
				walk(c, p.With(i))
			}
		default:
			list = append(list, Leaf{Path: p.String(), Text: n.Value})
		}
	}
	walk(n, nil)
	return list, nil
}

func scalars(n *yaml.Node) bool {
	return !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.Kind != yaml.ScalarNode })
}

func scalar(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

// text writes a string so that it reads back as the same string.
func text(s string) *yaml.Node {
	n := scalar("!!str", s)
	odd := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) && r != ' ' }
	switch {
	case strings.IndexFunc(s, odd) >= 0:
		n.Style = yaml.DoubleQuotedStyle
	case strings.Contains(s, "\n"):
		// The block form is for readers; what it would not keep is quoted instead.
		first, _ := utf8.DecodeRuneInString(s)
		if unicode.IsSpace(first) || strings.Contains(s, " \n") || strings.HasSuffix(s, "\n\n") ||
			strings.HasSuffix(s, " ") || strings.HasPrefix(s, "#") {
			n.Style = yaml.DoubleQuotedStyle
		} else {
			n.Style = yaml.LiteralStyle
		}
	case strings.HasPrefix(s, " ") || strings.HasSuffix(s, " "), looksOdd(s):
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// looksOdd reports whether a plain text would be taken for something else by
// YAML 1.1 readers that people may use on these files.
func looksOdd(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "":
		return true
	}
	return s[0] >= '0' && s[0] <= '9' && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && !strings.ContainsRune("_:.-+eETZ", r)
	})
}

func encode(v reflect.Value) (*yaml.Node, error) {
	if v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return scalar("!!null", "null"), nil
		}
		return encode(v.Elem())
	}
	if v.Type() == timeType {
		return scalar("!!timestamp", FormatTime(v.Interface().(time.Time))), nil
	}
	if m, ok := v.Interface().(json.Marshaler); ok {
		b, err := m.MarshalJSON()
		if err != nil {
			return nil, err
		}
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.UseNumber()
		return fromJSON(dec)
	}
	switch v.Kind() {
	case reflect.String:
		return text(v.String()), nil
	case reflect.Bool:
		return scalar("!!bool", strconv.FormatBool(v.Bool())), nil
	case reflect.Int, reflect.Int64, reflect.Int32:
		return scalar("!!int", strconv.FormatInt(v.Int(), 10)), nil
	case reflect.Float64:
		form := byte('f')
		if a := math.Abs(v.Float()); a != 0 && (a < 1e-6 || a >= 1e15) {
			form = 'e'
		}
		return numeral(strconv.FormatFloat(v.Float(), form, -1, 64)), nil
	case reflect.Slice:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for i := range v.Len() {
			c, err := encode(v.Index(i))
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, c)
		}
		return compact(n), nil
	case reflect.Map:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			c, err := encode(v.MapIndex(k))
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, text(k.String()), c)
		}
		return n, nil
	case reflect.Struct:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for _, f := range fieldsOf(v.Type()) {
			if f.omit && empty(v.Field(f.index)) {
				continue
			}
			c, err := encode(v.Field(f.index))
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, text(f.name), c)
		}
		return n, nil
	}
	return nil, fmt.Errorf("manifest: a %s cannot be written to a file", v.Type())
}

// numeral writes a number under the tag that it reads back with.
func numeral(s string) *yaml.Node {
	tag := "!!float"
	if !strings.ContainsAny(s, ".eE") {
		tag = "!!int"
	}
	return scalar(tag, s)
}

func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	}
	return v.IsZero()
}

// compact writes a short list of short values on one line.
func compact(n *yaml.Node) *yaml.Node {
	width := 0
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode || len(c.Value) > 24 || strings.Contains(c.Value, "\n") {
			return n
		}
		width += len(c.Value) + 2
	}
	if width <= 80 {
		n.Style = yaml.FlowStyle
	}
	return n
}

var errJSON = errors.New("manifest: a value wrote JSON that cannot be read")

// fromJSON reads the next value and keeps the order of its fields. A mapping of
// single values stands on one line.
func fromJSON(dec *json.Decoder) (*yaml.Node, error) {
	token, err := dec.Token()
	if err == io.EOF {
		return nil, errJSON
	} else if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		if t == '{' {
			n = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		}
		for dec.More() {
			c, err := fromJSON(dec)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, c)
		}
		if _, err := dec.Token(); err != nil {
			return nil, err
		}
		if n.Kind == yaml.SequenceNode {
			return compact(n), nil
		}
		flat := true
		for i := 1; i < len(n.Content); i += 2 {
			c := n.Content[i]
			flat = flat && (c.Kind == yaml.ScalarNode && !strings.Contains(c.Value, "\n") || c.Style&yaml.FlowStyle != 0 && c.Kind == yaml.SequenceNode)
		}
		if flat {
			n.Style = yaml.FlowStyle
		}
		return n, nil
	case string:
		return text(t), nil
	case json.Number:
		return numeral(t.String()), nil
	case bool:
		return scalar("!!bool", strconv.FormatBool(t)), nil
	}
	return scalar("!!null", "null"), nil
}

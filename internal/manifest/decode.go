package manifest

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// TreeDecoder is a value that reads itself from a plain tree of map[string]any,
// []any, string, json.Number, bool and nil. Its problems carry paths below itself.
type TreeDecoder interface {
	DecodeTree(tree any) Problems
}

// Decode reads the document into a struct, whose `json` tags name the fields. It
// sets what it can and reports everything else, with positions.
func (d Document) Decode(into any) Problems {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return Problems{{At: d.At, Message: fmt.Sprintf("a document cannot be read into a %T", into)}}
	}
	dec := decoder{file: d.file}
	dec.fields(d.root, nil, v.Elem(), "kind")
	return dec.problems.Sort()
}

type decoder struct {
	file     string
	problems Problems
}

func (d *decoder) fail(n *yaml.Node, p Path, message, hint string) {
	d.problems = append(d.problems, Problem{
		At: Position{File: d.file, Line: n.Line, Column: n.Column}, Path: p, Message: message, Hint: hint})
}

func (d *decoder) wrong(n *yaml.Node, p Path, want, hint string) {
	d.fail(n, p, want+" is needed here, this is "+describe(n), hint)
}

var timeType = reflect.TypeFor[time.Time]()

func (d *decoder) value(n *yaml.Node, p Path, v reflect.Value) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		return // refused by Parse already
	}
	if v.Kind() == reflect.Pointer {
		fresh := reflect.New(v.Type().Elem())
		d.value(n, p, fresh.Elem())
		v.Set(fresh)
		return
	}
	if v.CanAddr() {
		if td, ok := v.Addr().Interface().(TreeDecoder); ok {
			d.custom(n, p, td)
			return
		}
	}
	if v.Type() == timeType {
		d.time(n, p, v)
		return
	}
	switch v.Kind() {
	case reflect.String:
		if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
			d.wrong(n, p, "a text", "")
		} else if n.Tag == "!!bool" {
			d.wrong(n, p, "a text", "Put it into quotes if it is meant as text.")
		} else {
			v.SetString(n.Value)
		}
	case reflect.Bool:
		if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
			d.wrong(n, p, "true or false", "")
		} else {
			v.SetBool(strings.EqualFold(n.Value, "true"))
		}
	case reflect.Int, reflect.Int64, reflect.Int32:
		if !isNumber(n) {
			d.wrong(n, p, "a whole number", "")
			return
		}
		i, err := strconv.ParseInt(n.Value, 10, 64)
		if err != nil || v.OverflowInt(i) {
			d.wrong(n, p, "a whole number", "Write it in digits, without a fraction.")
			return
		}
		v.SetInt(i)
	case reflect.Float64:
		f, ok := number(n)
		if !ok {
			d.wrong(n, p, "a number", "")
			return
		}
		v.SetFloat(f)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			d.wrong(n, p, "a list", "Write [a, b], or one entry a line after '- '.")
			return
		}
		list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
		for i, c := range n.Content {
			d.value(c, p.With(i), list.Index(i))
		}
		v.Set(list)
	case reflect.Map:
		if n.Kind != yaml.MappingNode {
			d.wrong(n, p, "a set of fields", "Write name: value, one a line.")
			return
		}
		m := reflect.MakeMapWithSize(v.Type(), len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			elem := reflect.New(v.Type().Elem()).Elem()
			d.value(n.Content[i+1], p.With(n.Content[i].Value), elem)
			m.SetMapIndex(reflect.ValueOf(n.Content[i].Value).Convert(v.Type().Key()), elem)
		}
		v.Set(m)
	case reflect.Struct:
		if n.Kind != yaml.MappingNode {
			d.wrong(n, p, "a set of fields", "Write name: value, one a line.")
			return
		}
		d.fields(n, p, v)
	default:
		d.fail(n, p, "a "+v.Type().String()+" cannot be read from a file", "")
	}
}

// fields reads a mapping into a struct; the names in skip are read elsewhere.
func (d *decoder) fields(n *yaml.Node, p Path, v reflect.Value, skip ...string) {
	plan := fieldsOf(v.Type())
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		if slices.Contains(skip, k.Value) || k.Tag == "!!merge" {
			continue
		}
		at := slices.IndexFunc(plan, func(f structField) bool { return f.name == k.Value })
		if at < 0 {
			names := slices.Clone(skip)
			for _, f := range plan {
				names = append(names, f.name)
			}
			d.fail(k, p, fmt.Sprintf("%q is not a field here", clip(k.Value)), Known(k.Value, names))
			continue
		}
		d.value(c, p.With(k.Value), v.Field(plan[at].index))
	}
}

type structField struct {
	name  string
	index int
	omit  bool
}

// fieldsOf lists the fields of a struct in order, by their json names.
func fieldsOf(t reflect.Type) []structField {
	var list []structField
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" || name == "" {
			continue
		}
		list = append(list, structField{name: name, index: i, omit: strings.Contains(opts, "omit")})
	}
	return list
}

func (d *decoder) custom(n *yaml.Node, p Path, td TreeDecoder) {
	for _, wrong := range td.DecodeTree(tree(n)) {
		at := n
		for _, step := range wrong.Path {
			next := follow(at, step)
			if next == nil {
				break
			}
			at = next
		}
		d.fail(at, p.With(wrong.Path...), wrong.Message, wrong.Hint)
	}
}

// tree turns a checked node into plain values.
func tree(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = tree(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			list[i] = tree(c)
		}
		return list
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	}
	if isNumber(n) {
		return json.Number(n.Value)
	}
	return n.Value
}

var decimal = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$`)

// isNumber reports whether a scalar is a number as JSON writes them. Octal,
// hexadecimal, infinite and digit-grouped forms, and digits with leading zeros,
// which are codes rather than numbers, are not.
func isNumber(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.Tag == "!!int" || n.Tag == "!!float") && decimal.MatchString(n.Value)
}

func number(n *yaml.Node) (float64, bool) {
	if !isNumber(n) {
		return 0, false
	}
	f, err := strconv.ParseFloat(n.Value, 64)
	return f, err == nil && !math.IsInf(f, 0)
}

func (d *decoder) time(n *yaml.Node, p Path, v reflect.Value) {
	const hint = "Write 2026-05-01, or 2026-05-01T18:00:00Z."
	if n.Kind != yaml.ScalarNode {
		d.wrong(n, p, "a time", hint)
		return
	}
	t, ok := ParseTime(n.Value)
	if !ok {
		d.wrong(n, p, "a time", hint)
		return
	}
	v.Set(reflect.ValueOf(t))
}

// ParseTime reads the two forms of a time in files: a day (its midnight in UTC)
// and RFC 3339 to the microsecond, from 1970 to 9999. The result is UTC.
func ParseTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			t = t.UTC()
			return t, t.Year() >= 1970 && t.Year() <= 9999 && t.Equal(t.Truncate(time.Microsecond))
		}
	}
	return time.Time{}, false
}

// FormatTime writes a time as ParseTime reads it: a day where it is a midnight in UTC.
func FormatTime(t time.Time) string {
	t = t.UTC()
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}

package rule

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"tagline/internal/fault"
	"tagline/internal/manifest"
)

// Kind is the kind of a value.
type Kind string

// The kinds of value.
const (
	TextKind   Kind = "text"
	NumberKind Kind = "number"
	BoolKind   Kind = "yes or no"
	TimeKind   Kind = "time"
)

// Value is a fact's value, or what a test compares it with. Two values are equal
// under == when they are of one kind and say the same.
type Value struct {
	kind   Kind
	text   string
	number float64
	us     int64 // a time, in microseconds of UTC since 1970
}

// Text makes a text value; texts compare byte by byte.
func Text(s string) Value { return Value{kind: TextKind, text: s} }

// Number makes a number value; a NaN is no value.
func Number(f float64) Value {
	if math.IsNaN(f) {
		return Value{}
	}
	return Value{kind: NumberKind, number: f + 0} // + 0: there is no negative zero
}

// Bool makes a yes-or-no value.
func Bool(b bool) Value {
	v := Value{kind: BoolKind}
	if b {
		v.number = 1
	}
	return v
}

// Time makes a time value, cut to microseconds.
func Time(t time.Time) Value { return Value{kind: TimeKind, us: t.UnixMicro()} }

// Kind gives the kind, "" for no value.
func (v Value) Kind() Kind { return v.kind }

// Float gives a number, or 1 and 0 for yes and no; false for every other value.
func (v Value) Float() (float64, bool) {
	return v.number, v.kind == NumberKind || v.kind == BoolKind
}

// MarshalJSON writes the value as the plain JSON of its kind, null for no value.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.kind == "" {
		return []byte("null"), nil
	}
	return v.appendJSON(nil), nil
}

// UnmarshalJSON reads what MarshalJSON wrote; a time comes back as a text.
func (v *Value) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return err
	}
	if tree == nil {
		*v = Value{}
		return nil
	}
	read, wrong := parseValue(tree)
	if wrong != "" {
		return fault.New(fault.Invalid, "a value is a text, a number, or yes or no; this is "+wrong, "")
	}
	*v = read
	return nil
}

// Read makes a value of what encoding/json decodes into an any; false when it is
// none.
func Read(tree any) (Value, bool) {
	v, wrong := parseValue(tree)
	return v, wrong == ""
}

// String gives the value for people.
func (v Value) String() string {
	switch v.kind {
	case TextKind:
		return v.text
	case NumberKind:
		return strconv.FormatFloat(v.number, 'f', -1, 64)
	case BoolKind:
		if v.number == 1 {
			return "yes"
		}
		return "no"
	case TimeKind:
		return manifest.FormatTime(time.UnixMicro(v.us))
	}
	return "unknown"
}

func (v Value) appendJSON(b []byte) []byte {
	switch v.kind {
	case NumberKind:
		form := byte('f')
		if a := math.Abs(v.number); a != 0 && (a < 1e-6 || a >= 1e15) {
			form = 'e'
		}
		return strconv.AppendFloat(b, v.number, form, -1, 64)
	case BoolKind:
		return strconv.AppendBool(b, v.number == 1)
	default:
		return appendText(b, v.String())
	}
}

// appendText writes a JSON string without escaping what HTML would mind.
func appendText(b []byte, s string) []byte {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string into memory
	return append(b, strings.TrimSuffix(out.String(), "\n")...)
}

// exact reports whether a number can be compared without loss: integers beyond
// 2^53 cannot.
func exact(f float64) bool {
	return !math.IsInf(f, 0) && !math.IsNaN(f) && (f != math.Trunc(f) || math.Abs(f) < 1<<53)
}

// parseValue reads a single value of a tree. Times are texts until a test says
// that it wants a time.
func parseValue(tree any) (Value, string) {
	switch t := tree.(type) {
	case string:
		const most = 200
		if len(t) > most {
			return Value{}, "a text of more than 200 bytes"
		}
		return Text(t), ""
	case bool:
		return Bool(t), ""
	case json.Number:
		f, err := t.Float64()
		if err != nil || !exact(f) {
			return Value{}, "the number " + t.String() + ", which is too large to compare exactly"
		}
		return Number(f), ""
	case float64:
		if !exact(t) {
			return Value{}, "a number that is too large to compare exactly"
		}
		return Number(t), ""
	case int:
		return Number(float64(t)), ""
	case nil:
		return Value{}, "nothing"
	case []any:
		return Value{}, "a list"
	default:
		return Value{}, "a set of fields"
	}
}

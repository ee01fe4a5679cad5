package value

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tagline/internal/fault"
)

// maxValue bounds one argument in bytes. What is larger belongs in a file.
const maxValue = 16 << 20

// Bind turns arguments into what both drivers take alike, and appends them.
func Bind(into []driver.NamedValue, args []any) ([]driver.NamedValue, error) {
	for i, a := range args {
		v, err := bind(a)
		if err != nil {
			return nil, fmt.Errorf("argument $%d: %w", i+1, err)
		}
		into = append(into, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return into, nil
}

func bind(a any) (driver.Value, error) {
	switch x := a.(type) {
	case nil:
		return nil, nil
	case string:
		return text(x)
	case int64:
		return x, nil
	case int:
		return int64(x), nil
	case bool:
		return x, nil
	case float64:
		return x, nil
	case json.RawMessage: // JSON is TEXT on both engines; as bytes SQLite would keep a BLOB
		return text(string(x))
	case []byte:
		if len(x) > maxValue {
			return nil, tooLarge(len(x))
		}
		if x == nil {
			return []byte{}, nil
		}
		return x, nil
	case time.Time, *time.Time:
		return nil, fmt.Errorf("sqldb: a time.Time is no SQL value here: pass sqldb.Micros(t)")
	case driver.Valuer:
		v, err := x.Value()
		if err != nil {
			return nil, err
		}
		if _, again := v.(driver.Valuer); again {
			return nil, fmt.Errorf("sqldb: %T gives another Valuer", a)
		}
		return bind(v)
	}
	v := reflect.ValueOf(a)
	switch v.Kind() {
	case reflect.String:
		return text(v.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(v.Uint()), nil
	case reflect.Uint, reflect.Uint64:
		if u := v.Uint(); u <= 1<<63-1 {
			return int64(u), nil
		}
		return nil, fmt.Errorf("sqldb: %d does not fit BIGINT", v.Uint())
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	}
	return nil, fmt.Errorf("sqldb: %T is no SQL value", a)
}

func text(s string) (driver.Value, error) {
	if len(s) > maxValue {
		return nil, tooLarge(len(s))
	}
	if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
		return nil, fault.New(fault.Invalid, "a text is not valid UTF-8 or holds a zero byte",
			"Send text as UTF-8.")
	}
	return s, nil
}

func tooLarge(n int) error {
	return fault.New(fault.TooLarge, fmt.Sprintf("a value of %d bytes is larger than %d", n, maxValue),
		"Split it, or keep it as a file.")
}

// Convert stores what a driver gave into the destination of a Scan. It is one
// function for both engines, so that a scan that works on one works on the other.
func Convert(dest any, src driver.Value) error {
	switch d := dest.(type) {
	case *string:
		switch s := src.(type) {
		case string:
			*d = s
			return nil
		case []byte:
			*d = string(s)
			return nil
		}
	case *int64:
		if n, ok := src.(int64); ok {
			*d = n
			return nil
		}
	case *int:
		if n, ok := src.(int64); ok {
			*d = int(n)
			return nil
		}
	case *bool:
		switch s := src.(type) {
		case bool:
			*d = s
			return nil
		case int64: // SQLite has no booleans of its own
			if s == 0 || s == 1 {
				*d = s == 1
				return nil
			}
		}
	case *float64:
		switch s := src.(type) {
		case float64:
			*d = s
			return nil
		case int64:
			*d = float64(s)
			return nil
		}
	case *[]byte:
		switch s := src.(type) {
		case []byte:
			*d = append([]byte{}, s...)
			return nil
		case string:
			*d = []byte(s)
			return nil
		case nil:
			*d = nil
			return nil
		}
	case *json.RawMessage:
		switch s := src.(type) {
		case string:
			*d = json.RawMessage(s)
			return nil
		case []byte:
			*d = append(json.RawMessage{}, s...)
			return nil
		case nil:
			*d = nil
			return nil
		}
	case *any:
		*d = src
		return nil
	case *time.Time:
		return fmt.Errorf("sqldb: scan into an int64 and use sqldb.Time")
	case interface{ Scan(any) error }: // sql.Scanner
		return d.Scan(src)
	}
	return convertKind(dest, src)
}

// convertKind serves types of our own (ident.Thing, an enumeration) by their kind.
func convertKind(dest any, src driver.Value) error {
	p := reflect.ValueOf(dest)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("sqldb: scan destination %T is not a pointer", dest)
	}
	v := p.Elem()
	if v.Kind() == reflect.Pointer { // *T takes NULL as nil
		if src == nil {
			v.SetZero()
			return nil
		}
		v.Set(reflect.New(v.Type().Elem()))
		return Convert(v.Interface(), src)
	}
	switch v.Kind() {
	case reflect.String:
		switch s := src.(type) {
		case string:
			v.SetString(s)
			return nil
		case []byte:
			v.SetString(string(s))
			return nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, ok := whole(src)
		if ok && !v.OverflowInt(n) {
			v.SetInt(n)
			return nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, ok := whole(src)
		if ok && n >= 0 && !v.OverflowUint(uint64(n)) {
			v.SetUint(uint64(n))
			return nil
		}
	case reflect.Bool:
		switch s := src.(type) {
		case bool:
			v.SetBool(s)
			return nil
		case int64:
			if s == 0 || s == 1 {
				v.SetBool(s == 1)
				return nil
			}
		}
	case reflect.Float32, reflect.Float64:
		switch s := src.(type) {
		case float64:
			v.SetFloat(s)
			return nil
		case int64:
			v.SetFloat(float64(s))
			return nil
		case string: // NUMERIC of PostgreSQL, as avg gives it
			if f, err := strconv.ParseFloat(s, 64); err == nil {
				v.SetFloat(f)
				return nil
			}
		}
	}
	return fmt.Errorf("sqldb: cannot scan %s into %T", kindOf(src), dest)
}

// whole accepts the NUMERIC that PostgreSQL makes of sum(BIGINT).
func whole(src driver.Value) (int64, bool) {
	switch s := src.(type) {
	case int64:
		return s, true
	case string:
		n, err := strconv.ParseInt(s, 10, 64)
		return n, err == nil
	}
	return 0, false
}

// kindOf names a value's type without showing the value.
func kindOf(src driver.Value) string {
	if src == nil {
		return "NULL"
	}
	return fmt.Sprintf("a %T", src)
}

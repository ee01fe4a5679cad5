package value_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"tagline/internal/sqldb/value"
)

type (
	name  string
	level int
	tiny  uint8
)

func TestBind(t *testing.T) {
	for _, row := range []struct {
		what string
		in   any
		want any // an error when nil and in is not nil
	}{
		{"text", "ä", "ä"},
		{"a kind of text of ours", name("a"), "a"},
		{"int", 1, int64(1)},
		{"a kind of int of ours", level(-2), int64(-2)},
		{"uint32", uint32(math.MaxUint32), int64(math.MaxUint32)},
		{"uint64 that fits", uint64(math.MaxInt64), int64(math.MaxInt64)},
		{"uint64 that does not", uint64(math.MaxInt64) + 1, nil},
		{"bool", true, true},
		{"float32", float32(0.5), 0.5},
		{"bytes", []byte{1}, []byte{1}},
		{"no bytes are not NULL", []byte(nil), []byte{}},
		{"JSON is text", json.RawMessage(`{}`), `{}`},
		{"a Valuer", sql.NullInt64{Int64: 3, Valid: true}, int64(3)},
		{"a Valuer of a time", sql.NullTime{Time: time.Unix(1, 0), Valid: true}, nil},
		{"a time", time.Unix(1, 0), nil},
		{"a pointer", new(int), nil},
		{"a map", map[string]int{}, nil},
	} {
		got, err := value.Bind(nil, []any{row.in})
		if (err != nil) != (row.want == nil) || err == nil && !reflect.DeepEqual(got[0].Value, row.want) {
			t.Errorf("%s: %v, %v", row.what, got, err)
		}
	}
	if got, err := value.Bind(nil, []any{nil, sql.NullString{}}); err != nil || got[0].Value != nil || got[1].Value != nil || got[1].Ordinal != 2 {
		t.Errorf("NULL: %v, %v", got, err)
	}
}

func TestConvert(t *testing.T) {
	for _, row := range []struct {
		what string
		src  any
		dest any
		want any // what dest then points to; an error when nil
	}{
		{"text", "a", new(string), "a"},
		{"text into a kind of ours", "a", new(name), name("a")},
		{"NULL into text", nil, new(string), nil},
		{"a number into text", int64(1), new(string), nil},
		{"a number", int64(1), new(int64), int64(1)},
		{"a number that is too large for its kind", int64(300), new(tiny), nil},
		{"a negative number into an unsigned one", int64(-1), new(uint64), nil},
		{"text into a number", "x", new(int64), nil},
		{"a sum as PostgreSQL gives it", "12", new(int64), int64(12)},
		{"an average as PostgreSQL gives it", "1.5", new(float64), 1.5},
		{"a whole number into a float", int64(2), new(float64), 2.0},
		{"a boolean of PostgreSQL", true, new(bool), true},
		{"a boolean of SQLite", int64(1), new(bool), true},
		{"a number that is no boolean", int64(2), new(bool), nil},
		{"JSON", `{}`, new(json.RawMessage), json.RawMessage(`{}`)},
		{"NULL into a pointer", nil, new(*int64), (*int64)(nil)},
		{"NULL into bytes", nil, new([]byte), []byte(nil)},
		{"anything", int64(7), new(any), int64(7)},
		{"a time", time.Unix(1, 0), new(time.Time), nil},
		{"no pointer", "a", "b", nil},
	} {
		err := value.Convert(row.dest, row.src)
		if row.want == nil {
			if err == nil {
				t.Errorf("%s was taken", row.what)
			}
			continue
		}
		if got := reflect.ValueOf(row.dest).Elem().Interface(); err != nil || !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s: %v, %v", row.what, got, err)
		}
	}
	var p *int64
	if err := value.Convert(&p, int64(3)); err != nil || p == nil || *p != 3 {
		t.Errorf("a number into a pointer: %v, %v", p, err)
	}
	// What was scanned is the scanner's own: the next row must not change it.
	src := []byte("abc")
	var b []byte
	var j json.RawMessage
	if err := value.Convert(&b, src); err != nil {
		t.Fatal(err)
	}
	if err := value.Convert(&j, src); err != nil {
		t.Fatal(err)
	}
	src[0] = 'x'
	if string(b) != "abc" || string(j) != "abc" {
		t.Errorf("%s %s", b, j)
	}
}

func TestErrorsDoNotShowValues(t *testing.T) {
	var n int64
	if err := value.Convert(&n, "a@example.com"); err == nil || fmt.Sprint(err) != "sqldb: cannot scan a string into *int64" {
		t.Error(err)
	}
}

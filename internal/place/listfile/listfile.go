package listfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Row is one location or party as a file has it: fields by the names of Columns.
type Row struct {
	Line   int
	Fields map[string]string
}

// Columns are the names of the fields, in the order in which they are written.
func Columns() []string {
	return []string{"key", "class", "name", "kind", "country", "latitude", "longitude", "radius_km", "free_zone", "parent", "operator"}
}

// Error is a mistake at a line of a file, counted from 1.
type Error struct {
	Line int
	Says string
}

func (e *Error) Error() string { return "line " + strconv.Itoa(e.Line) + ": " + e.Says }

// Bounds of a file.
const (
	MaxBytes = 32 << 20
	MaxRows  = 100_000
)

// Parse reads CSV with a line of names at the top, separated by commas or semicolons.
// Columns may be missing but for key, and stand in any order; a name that nobody
// knows is a mistake. The error is an *Error.
func Parse(text []byte) ([]Row, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if len(text) > MaxBytes {
		return nil, &Error{1, fmt.Sprintf("the file has more than %d MB", MaxBytes>>20)}
	}
	if !utf8.Valid(text) {
		return nil, &Error{1, "the file is not UTF-8; save it as CSV UTF-8"}
	}
	head, _, _ := bytes.Cut(text, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(text))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		r.Comma = ';'
	}
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, &Error{1, "the file is empty; its first line names the columns, as in " + strings.Join(Columns(), ",")}
	}
	if err != nil {
		return nil, wrong(err)
	}
	for i, n := range names {
		names[i] = strings.ToLower(strings.TrimSpace(n))
		if !slices.Contains(Columns(), names[i]) {
			return nil, &Error{1, "there is no column " + strconv.Quote(n) + "; there are " + strings.Join(Columns(), ", ")}
		}
		if slices.Contains(names[:i], names[i]) {
			return nil, &Error{1, "the column " + names[i] + " stands there twice"}
		}
	}
	if !slices.Contains(names, "key") {
		return nil, &Error{1, "the column key is missing"}
	}
	var rows []Row
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, wrong(err)
		}
		line, _ := r.FieldPos(0)
		if len(record) > len(names) {
			return nil, &Error{line, fmt.Sprintf("there are %d fields, and %d columns", len(record), len(names))}
		}
		if len(rows) == MaxRows {
			return nil, &Error{line, fmt.Sprintf("a file has at most %d lines", MaxRows)}
		}
		row := Row{Line: line, Fields: map[string]string{}}
		for i, v := range record {
			if v = strings.TrimSpace(v); v != "" {
				row.Fields[names[i]] = v
			}
		}
		rows = append(rows, row)
	}
}

func wrong(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return &Error{p.Line, p.Err.Error()}
	}
	return &Error{1, err.Error()}
}

// Format writes rows as CSV.
func Format(rows []Row) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	write := func(fields []string) {
		_ = w.Write(fields) // a buffer takes everything
	}
	write(Columns())
	for _, r := range rows {
		fields := make([]string, len(Columns()))
		for i, c := range Columns() {
			fields[i] = r.Fields[c]
		}
		write(fields)
	}
	w.Flush()
	return b.Bytes()
}

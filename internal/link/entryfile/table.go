package entryfile

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"tagline/internal/fault"
	"tagline/internal/link/linkset"
	"tagline/internal/manifest"
)

// Columns lists the columns of a table in the order of an export.
func Columns() []string {
	return []string{"anchor", "itemDescription", "handledBy", "id", "linktype", "href", "title", "type", "hreflang", "context", "markets",
		"fwqs", "public", "from", "until", "when", "default", "multi"}
}

// partColumns may stand in place of anchor, with the identifier each stands for.
func partColumns() map[string]string {
	return map[string]string{"gtin": "01", "variant": "22", "lot": "10", "serial": "21"}
}

// table gathers the rows of a file.
type table struct {
	b       *batch
	columns map[string]int
	excel   bool
	rows    int
	groups  map[string]int // anchor as it was written -> item
	lines   [][]int        // for each item the rows of its links
	firsts  []int          // and its first row
	entries []linkset.Entry
}

func newTable(b *batch, header []string, row int, excel bool) (*table, error) {
	t := &table{b: b, columns: map[string]int{}, excel: excel, groups: map[string]int{}}
	names := Columns()
	for part := range partColumns() {
		names = append(names, part)
	}
	slices.Sort(names)
	for i, h := range header {
		h = strings.TrimSpace(h)
		if h == "" {
			continue
		}
		n := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, h) })
		if n < 0 {
			b.add(Problem{Row: row, Column: clip(h), Message: "there is no such column", Hint: manifest.Known(h, names)})
			continue
		}
		if _, twice := t.columns[names[n]]; twice {
			b.add(Problem{Row: row, Column: names[n], Message: "the column stands twice", Hint: "Leave one out."})
		}
		t.columns[names[n]] = i
	}
	_, whole := t.columns["anchor"]
	_, part := t.columns["gtin"]
	if !whole && !part {
		return nil, fault.New(fault.Invalid, "the first line has neither a column anchor nor gtin", "Begin with a line of names: anchor, itemDescription, linktype, href, title.")
	}
	return t, nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// line is one row with its number.
type line struct {
	t     *table
	cells []string
	row   int
}

func (l line) cell(name string) string {
	i, ok := l.t.columns[name]
	if !ok || i >= len(l.cells) {
		return ""
	}
	s := strings.TrimSpace(l.cells[i])
	if len(s) > 1 && s[0] == '\'' && isFormula(s[1:]) {
		return s[1:]
	}
	return s
}

func (l line) problem(column, message, hint string) {
	l.t.b.add(Problem{Row: l.row, Column: column, Message: message, Hint: hint})
}

func (l line) list(name string) (list []string) {
	for _, s := range strings.FieldsFunc(l.cell(name), func(r rune) bool { return r == '|' || r == ',' || r == ';' }) {
		if s = strings.TrimSpace(s); s != "" && s != "und" {
			list = append(list, s)
		}
	}
	return list
}

func (l line) flag(name string) *bool {
	switch strings.ToLower(l.cell(name)) {
	case "":
		return nil
	case "yes", "true", "1", "x":
		return flag(true)
	case "no", "false", "0":
		return flag(false)
	}
	l.problem(name, "this should be yes or no", "Leave it empty for the usual.")
	return nil
}

func (l line) time(name string) time.Time {
	s := l.cell(name)
	if s == "" {
		return time.Time{}
	}
	if t, ok := manifest.ParseTime(s); ok {
		return t
	}
	if days, err := strconv.ParseFloat(s, 64); err == nil && l.t.excel {
		if t, err := excelize.ExcelDateToTime(days, false); err == nil {
			return t.Round(time.Second)
		}
	}
	l.problem(name, "this is no time", "Write 2026-11-01 or 2026-11-01T12:00:00Z.")
	return time.Time{}
}

// anchor gives the anchor of a row, whole or of its parts.
func (l line) anchor() string {
	if a := l.cell("anchor"); a != "" {
		return a
	}
	gtin := l.cell("gtin")
	if gtin == "" {
		return ""
	}
	a := "/01/" + qualifierText(gtin)
	for _, part := range []string{"variant", "lot", "serial"} {
		if v := l.cell(part); v != "" {
			a += "/" + partColumns()[part] + "/" + qualifierText(v)
		}
	}
	return a
}

// add takes one row.
func (t *table) add(cells []string, row int) error {
	if !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
		return nil
	}
	if t.rows++; t.rows > MaxRows {
		return fault.Newf(fault.TooLarge, "the file has more than %d rows", MaxRows).WithHint("Split it.")
	}
	l := line{t, cells, row}
	path := l.anchor()
	if path == "" {
		l.problem("anchor", "the row has no anchor", "Write it on every row.")
		return nil
	}
	n, known := t.groups[path]
	if !known {
		n = len(t.entries)
		t.groups[path] = n
		t.entries, t.lines, t.firsts = append(t.entries, linkset.Entry{Anchor: path}), append(t.lines, nil), append(t.firsts, row)
	}
	e := &t.entries[n]
	for _, field := range []struct {
		column string
		into   *string
	}{{"itemDescription", &e.ItemDescription}, {"handledBy", &e.HandledBy}} {
		s := l.cell(field.column)
		if s != "" && *field.into != "" && s != *field.into {
			l.problem(field.column, "another row of the same anchor says otherwise", "Write the same, or leave it empty.")
		} else if s != "" {
			*field.into = s
		}
	}
	next := linkset.Link{
		ID: l.cell("id"), LinkType: l.cell("linktype"), Href: l.cell("href"), Title: l.cell("title"), MediaType: und(l.cell("type")),
		Hreflang: l.list("hreflang"), Context: l.list("context"), Markets: l.list("markets"),
		FWQS: l.flag("fwqs"), Public: l.flag("public"), From: l.time("from"), Until: l.time("until"),
	}
	is := func(b *bool) bool { return b != nil && *b }
	next.Default, next.Multi = is(l.flag("default")), is(l.flag("multi"))
	if when := l.cell("when"); when != "" {
		if err := json.Unmarshal([]byte(when), &next.When); err != nil {
			l.problem("when", "the condition cannot be read", `Write {"fact":"seal","is":"opened"}.`)
		}
	}
	if next.LinkType == "" && next.Href == "" && next.Title == "" && l.cell("handledBy") != "" {
		return nil
	}
	e.Links, t.lines[n] = append(e.Links, next), append(t.lines[n], row)
	return nil
}

// end hands the entries to the batch.
func (t *table) end() {
	if _, said := t.columns["default"]; !said {
		for i := range t.entries {
			if e := &t.entries[i]; !t.below(e.Anchor) {
				if n := slices.IndexFunc(e.Links, func(l linkset.Link) bool { return l.IsPublic() }); n >= 0 {
					e.Links[n].Default = true
				}
			}
		}
	}
	for i, e := range t.entries {
		lines, first := t.lines[i], t.firsts[i]
		t.b.items = append(t.b.items, item{e, func(p manifest.Path) Problem {
			at := Problem{Row: first}
			if n, ok := second(p); ok && p[0] == "links" && n < len(lines) {
				at.Row, p = lines[n], p[2:]
			}
			if len(p) > 0 {
				at.Column, _ = p[0].(string)
			}
			return at
		}})
	}
}

// below reports whether the file has another anchor that this one begins with.
func (t *table) below(path string) bool {
	for i := len(path) - 1; i > 0; i-- {
		if path[i] == '/' {
			if _, ok := t.groups[path[:i]]; ok {
				return true
			}
		}
	}
	return false
}

func (b *batch) readCSV(data []byte) error {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return fault.New(fault.Invalid, "the file is not UTF-8", "Save it as CSV UTF-8.")
	}
	header, _, _ := bytes.Cut(data, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	for _, comma := range []rune{';', '\t'} {
		if bytes.Count(header, []byte(string(comma))) > bytes.Count(header, []byte(string(r.Comma))) {
			r.Comma = comma
		}
	}
	var t *table
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var at *csv.ParseError
			if errors.As(err, &at) {
				b.add(Problem{Row: at.StartLine, Message: "the row cannot be read: " + at.Err.Error(), Hint: "Put a text with separators or quotes into quotes, and double the quotes in it."})
				break
			}
			return err
		}
		row, _ := r.FieldPos(0)
		if t == nil {
			if t, err = newTable(b, cells, row, false); err != nil {
				return err
			}
			continue
		}
		if err := t.add(cells, row); err != nil {
			return err
		}
	}
	if t != nil {
		t.end()
	}
	return nil
}

// maxUnzipped bounds what a workbook may unfold to; excelize then never writes to
// the disk.
const maxUnzipped = 64 << 20

func (b *batch) readExcel(data []byte) (err error) {
	unreadable := func(cause error) error {
		return fault.Wrap(fault.Invalid, cause, "the file cannot be read as a workbook", "Save it as .xlsx, without a password.")
	}
	// A damaged workbook may find a hole in the reader: it is the file's fault.
	defer func() {
		if r := recover(); r != nil {
			err = fault.New(fault.Invalid, "the file cannot be read as a workbook", "Save it as .xlsx anew.")
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, RawCellValue: true})
	if err != nil {
		return unreadable(err)
	}
	defer f.Close()
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		return unreadable(nil)
	}
	rows, err := f.Rows(sheets[0])
	if err != nil {
		return unreadable(err)
	}
	defer rows.Close()
	var t *table
	for row := 1; rows.Next(); row++ {
		if row > 4*MaxRows {
			return fault.Newf(fault.TooLarge, "the sheet has more than %d rows", MaxRows).WithHint("Split it.")
		}
		cells, err := rows.Columns()
		if err != nil {
			return unreadable(err)
		}
		if t == nil {
			if len(cells) == 0 {
				continue
			}
			if t, err = newTable(b, cells, row, true); err != nil {
				return err
			}
			continue
		}
		if err := t.add(cells, row); err != nil {
			return err
		}
	}
	if err := rows.Error(); err != nil {
		return unreadable(err)
	}
	if t != nil {
		t.end()
	}
	return nil
}

// isFormula reports whether a spreadsheet would take a cell for a formula, or for a
// text that was kept from being one.
func isFormula(s string) bool { return s != "" && strings.IndexByte("=+-@\t\r'", s[0]) >= 0 }

// writeCSV writes entries, one row for each link.
func writeCSV(w *csv.Writer, entries []linkset.Entry) error {
	for _, e := range entries {
		links := e.Links
		if len(links) == 0 {
			links = []linkset.Link{{}}
		}
		for i := range links {
			l := &links[i]
			when := ""
			if !l.When.IsZero() {
				b, err := l.When.MarshalJSON()
				if err != nil {
					return err
				}
				when = string(b)
			}
			row := []string{e.Anchor, e.ItemDescription, e.HandledBy, l.ID, l.LinkType, l.Href, l.Title, l.MediaType,
				strings.Join(l.Hreflang, "|"), strings.Join(l.Context, "|"), strings.Join(l.Markets, "|"), yesNo(l.FWQS), yesNo(l.Public),
				timeText(l.From), timeText(l.Until), when, yes(l.Default), yes(l.Multi)}
			for n, s := range row {
				if isFormula(s) {
					row[n] = "'" + s
				}
			}
			if err := w.Write(row); err != nil {
				return err
			}
		}
	}
	w.Flush()
	return w.Error()
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return manifest.FormatTime(t)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func yesNo(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}

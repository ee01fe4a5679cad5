package entryfile

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tagline/internal/fault"
	"tagline/internal/link"
	"tagline/internal/link/linkset"
	"tagline/internal/manifest"
)

// The limits of a file.
const (
	MaxBytes    = 10 << 20
	MaxRows     = 20_000
	MaxProblems = 500
)

// Format is the form of a file.
type Format string

// The formats. Excel is read only.
const (
	JSON  Format = "json"
	CSV   Format = "csv"
	Excel Format = "xlsx"
)

// FormatOf tells the format by a file's name. Errors: Unsupported.
func FormatOf(name string) (Format, error) {
	for _, f := range []Format{JSON, CSV, Excel} {
		if strings.HasSuffix(strings.ToLower(name), "."+string(f)) {
			return f, nil
		}
	}
	return "", fault.New(fault.Unsupported, "links are not read from such a file", "Bring a file that ends in .json, .csv or .xlsx.")
}

// Problem is one thing that is wrong with a file.
type Problem struct {
	Row     int    // of CSV and Excel, as the file counts it; 0 for JSON
	Column  string // name of the column
	Path    string // of JSON: "[2].links[0].href"
	Message string
	Hint    string
}

// String gives "row 3, href: message. hint".
func (p Problem) String() string {
	where := p.Path
	if p.Row > 0 {
		where = fmt.Sprintf("row %d", p.Row)
		if p.Column != "" {
			where += ", " + p.Column
		}
	}
	text := p.Message
	if where != "" {
		text = where + ": " + text
	}
	if p.Hint != "" {
		text += ". " + p.Hint
	}
	return text
}

// Report says what a file holds and what becomes of it.
type Report struct {
	Problems []Problem
	Changes  []Outcome // one for each anchor, in the order of the file; none when there are problems
	Links    int
}

// Outcome is what becomes of one entry.
type Outcome struct {
	Anchor string
	Action link.Action // link.Created, link.Replaced or link.Same
}

// Count says how many entries have an outcome.
func (r Report) Count(a link.Action) (n int) {
	for _, o := range r.Changes {
		if o.Action == a {
			n++
		}
	}
	return n
}

// Err is nil without problems, else a fault of code Invalid with a field for each,
// at most 100 of them.
func (r Report) Err() error {
	if len(r.Problems) == 0 {
		return nil
	}
	e := fault.Newf(fault.Invalid, "%d things are wrong in the file; nothing was changed", len(r.Problems)).WithHint("Put them right and bring the file again.")
	for _, p := range r.Problems[:min(len(r.Problems), 100)] {
		text := p.Message
		if p.Hint != "" {
			text += ". " + p.Hint
		}
		where := p.Path
		if p.Row > 0 {
			where = strings.TrimSuffix(fmt.Sprintf("row %d, %s", p.Row, p.Column), ", ")
		}
		e = e.At(where, text)
	}
	return e
}

// item is an entry and where its parts stand in the file.
type item struct {
	entry linkset.Entry
	place func(manifest.Path) Problem // with the place filled in
}

// batch is a file as it was read.
type batch struct {
	items    []item
	problems []Problem
}

func (b *batch) add(p Problem) {
	if len(b.problems) < MaxProblems {
		b.problems = append(b.problems, p)
	}
}

// Read reads a file and checks each entry by itself. The error is for a file that
// cannot be read at all: TooLarge, Unsupported or Invalid.
func Read(f Format, data []byte) ([]linkset.Entry, []Problem, error) {
	b, err := read(f, data)
	if err != nil {
		return nil, nil, err
	}
	var entries []linkset.Entry
	for _, it := range b.items {
		entries = append(entries, it.entry)
	}
	return entries, b.problems, nil
}

func read(f Format, data []byte) (*batch, error) {
	if len(data) > MaxBytes {
		return nil, fault.Newf(fault.TooLarge, "the file has %d bytes, at most %d are read", len(data), MaxBytes).WithHint("Split it.")
	}
	b := &batch{}
	var err error
	switch f {
	case JSON:
		err = b.readJSON(data)
	case CSV:
		err = b.readCSV(data)
	case Excel:
		err = b.readExcel(data)
	default:
		err = fault.New(fault.Unsupported, "links are not read in this format", "Use json, csv or xlsx.")
	}
	if err != nil {
		return nil, err
	}
	if len(b.items) == 0 && len(b.problems) == 0 {
		return nil, fault.New(fault.Invalid, "the file holds no links", "See the documentation for its columns.")
	}
	seen := map[string]bool{}
	for i := range b.items {
		it := &b.items[i]
		// Ids are given by the store, which knows those that are there already.
		checked := it.entry.Normalize()
		it.entry.Anchor = checked.Anchor
		for _, p := range checked.Check() {
			at := it.place(p.Path)
			at.Message, at.Hint = p.Message, p.Hint
			b.add(at)
		}
		if seen[checked.Anchor] {
			at := it.place(manifest.Path{"anchor"})
			at.Message, at.Hint = "the anchor stands twice in the file: "+checked.Anchor, "Put its links into one entry."
			b.add(at)
		}
		seen[checked.Anchor] = true
	}
	return b, nil
}

// Rehearse says what an import would do. The error is for a file that cannot be
// read, and for a store that cannot answer.
func Rehearse(ctx context.Context, s *link.Service, f Format, data []byte) (Report, error) {
	return run(f, data, func(entries []linkset.Entry) ([]link.Action, error) { return s.Rehearse(ctx, entries) })
}

// Import reads a file and puts its entries in place of those at their anchors: all
// of them in one transaction, or none when there is a problem; then the report has
// it. Other entries stay as they are.
func Import(ctx context.Context, s *link.Service, f Format, data []byte, c link.Change) (Report, error) {
	return run(f, data, func(entries []linkset.Entry) ([]link.Action, error) { return s.PutAll(ctx, entries, c) })
}

func run(f Format, data []byte, put func([]linkset.Entry) ([]link.Action, error)) (Report, error) {
	b, err := read(f, data)
	if err != nil {
		return Report{}, err
	}
	r := Report{Problems: b.problems}
	var entries []linkset.Entry
	for _, it := range b.items {
		r.Links += len(it.entry.Links)
		entries = append(entries, it.entry)
	}
	if len(r.Problems) > 0 {
		return r, nil
	}
	done, err := put(entries)
	if fault.Is(err, fault.Invalid) {
		r.Problems = append(r.Problems, b.locate(fault.From(err)))
		return r, nil
	}
	if err != nil {
		return r, err
	}
	for i, a := range done {
		r.Changes = append(r.Changes, Outcome{entries[i].Anchor, a})
	}
	return r, nil
}

// locate finds the entry that a fault of the store names.
func (b *batch) locate(e *fault.Error) Problem {
	at := Problem{}
	for _, f := range e.Fields {
		if i := slices.IndexFunc(b.items, func(it item) bool { return it.entry.Anchor == f.Location }); i >= 0 {
			at = b.items[i].place(manifest.Path{"default"})
		}
	}
	at.Message, at.Hint = e.Message, e.Hint
	return at
}

package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tagline/internal/fault"
)

// MaxProblems is the most problems that are reported at once.
const MaxProblems = 100

// Position is a place in a file. Line and Column count from 1; a column counts
// characters. The zero Position means that there is no file.
type Position struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// String gives "file:line:column", the form that editors and terminals follow.
func (p Position) String() string {
	if p == (Position{}) {
		return ""
	}
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// Path leads from the top of a document to a value: field names (string) and
// list indexes (int).
type Path []any

// With gives a longer path and leaves p alone.
func (p Path) With(steps ...any) Path {
	return append(slices.Clip(p), steps...)
}

// String gives the form "detect[1].when.all[0].is".
func (p Path) String() string {
	var b strings.Builder
	for i, step := range p {
		switch s := step.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(s) + "]")
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			fmt.Fprint(&b, s)
		}
	}
	return b.String()
}

// Problem is one thing that is wrong. A check that has no file at hand leaves At
// empty; Document.Place fills it in from the path.
type Problem struct {
	At      Position
	Path    Path
	Message string // what is wrong
	Hint    string // the way out; may be empty
}

// String gives "file:line:column: path: message. hint".
func (p Problem) String() string {
	var b strings.Builder
	if at := p.At.String(); at != "" {
		b.WriteString(at + ": ")
	}
	if len(p.Path) > 0 {
		b.WriteString(p.Path.String() + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString(". " + p.Hint)
	}
	return b.String()
}

// Problems is all that is wrong in one go.
type Problems []Problem

// Add notes one problem at a path.
func (ps *Problems) Add(path Path, message, hint string) {
	*ps = append(*ps, Problem{Path: path, Message: message, Hint: hint})
}

// Under notes the problems of a part that stands at a path.
func (ps *Problems) Under(path Path, part Problems) {
	for _, p := range part {
		p.Path = path.With(p.Path...)
		*ps = append(*ps, p)
	}
}

// Sort orders by file, line, column and path, and drops exact repeats.
func (ps Problems) Sort() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.At.File, b.At.File),
			cmp.Compare(a.At.Line, b.At.Line),
			cmp.Compare(a.At.Column, b.At.Column),
			cmp.Compare(a.Path.String(), b.Path.String()),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.CompactFunc(ps, func(a, b Problem) bool {
		return a.At == b.At && a.Message == b.Message && a.Path.String() == b.Path.String()
	})
}

// Err gives nil when nothing is wrong, else one fault of code Invalid with a
// field for each problem, sorted, at most MaxProblems of them.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	ps = ps.Sort()
	f := fault.New(fault.Invalid, ps[0].String(), ps[0].Hint)
	if len(ps) > 1 {
		f.Message = strconv.Itoa(len(ps)) + " things are wrong; the first: " + ps[0].String()
		f.Hint = "Correct them and apply again; nothing was changed."
	} else {
		f.Message = Problem{At: ps[0].At, Path: ps[0].Path, Message: ps[0].Message}.String()
	}
	for i, p := range ps {
		if i == MaxProblems {
			f = f.At("", strconv.Itoa(len(ps)-MaxProblems)+" more are not listed")
			break
		}
		location := p.At.String()
		text := Problem{Path: p.Path, Message: p.Message, Hint: p.Hint}
		if location == "" {
			location, text.Path = p.Path.String(), nil
		}
		f = f.At(location, text.String())
	}
	return f
}

package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// The objects that every file has, by their numbers.
const (
	catalog = 1 + iota
	root
	typeface
	info
	firstFree
)

// branch is how many pages a node of the page tree holds: readers find a page
// among a hundred thousand without reading all.
const branch = 256

// Writer writes one file. It keeps the first error and gives it in Close.
type Writer struct {
	w       io.Writer
	at      int64
	places  []int64 // of object i+1
	pages   int
	node    int   // the open node of the page tree
	kids    []int // its pages
	nodes   []int
	packer  *zlib.Writer
	packed  bytes.Buffer
	scratch bytes.Buffer
	err     error
}

// NewWriter begins a file with a title. Nothing is closed but the file itself.
func NewWriter(w io.Writer, title string) *Writer {
	f := &Writer{w: w, places: make([]int64, firstFree-1)}
	f.packer = zlib.NewWriter(&f.packed)
	f.write([]byte("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"))
	f.object(catalog, "<< /Type /Catalog /Pages %d 0 R >>", root)
	f.object(typeface, "<< /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding /WinAnsiEncoding >>")
	f.object(info, "<< /Title <%s> /Producer (Tagline) >>", utf16Hex(title))
	return f
}

// Page writes a page of width by height millimetres.
func (f *Writer) Page(width, height float64, content []byte) {
	if len(f.kids) == 0 {
		f.node = f.reserve()
	}
	stream, page := f.reserve(), f.reserve()
	const point = 72 / 25.4
	f.packed.Reset()
	f.packer.Reset(&f.packed)
	// From here on a unit is a millimetre and y grows downwards.
	_, err := fmt.Fprintf(f.packer, "%s cm\n", Numbers(point, 0, 0, -point, 0, height*point))
	f.keep(err)
	_, err = f.packer.Write(content)
	f.keep(err)
	f.keep(f.packer.Close())
	f.places[stream-1] = f.at
	f.write(fmt.Appendf(nil, "%d 0 obj\n<< /Length %d /Filter /FlateDecode >>\nstream\n", stream, f.packed.Len()))
	f.write(f.packed.Bytes())
	f.write([]byte("\nendstream\nendobj\n"))
	f.object(page, "<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s] /Resources << /Font << /F1 %d 0 R >> >> /Contents %d 0 R >>",
		f.node, Numbers(width*point, height*point), typeface, stream)
	f.kids = append(f.kids, page)
	f.pages++
	if len(f.kids) == branch {
		f.closeNode()
	}
}

// Close writes the page tree and the cross-reference table, and gives the first
// error of all. It does not close what lies below.
func (f *Writer) Close() error {
	if len(f.kids) > 0 {
		f.closeNode()
	}
	f.object(root, "<< /Type /Pages /Count %d /Kids [%s] >>", f.pages, references(f.nodes))
	table := f.at
	f.scratch.Reset()
	fmt.Fprintf(&f.scratch, "xref\n0 %d\n0000000000 65535 f \n", len(f.places)+1)
	for _, place := range f.places {
		fmt.Fprintf(&f.scratch, "%010d 00000 n \n", place)
	}
	fmt.Fprintf(&f.scratch, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(f.places)+1, catalog, info, table)
	f.write(f.scratch.Bytes())
	return f.err
}

// Err is the first error so far, so that long work can stop early.
func (f *Writer) Err() error { return f.err }

func (f *Writer) closeNode() {
	f.object(f.node, "<< /Type /Pages /Parent %d 0 R /Count %d /Kids [%s] >>", root, len(f.kids), references(f.kids))
	f.nodes = append(f.nodes, f.node)
	f.kids = f.kids[:0]
}

func (f *Writer) reserve() int {
	f.places = append(f.places, 0)
	return len(f.places)
}

func (f *Writer) object(number int, format string, args ...any) {
	f.places[number-1] = f.at
	f.write(fmt.Appendf(nil, "%d 0 obj\n"+format+"\nendobj\n", append([]any{number}, args...)...))
}

func (f *Writer) write(b []byte) {
	if f.err != nil {
		return
	}
	n, err := f.w.Write(b)
	f.at += int64(n)
	f.err = err
}

func (f *Writer) keep(err error) {
	if f.err == nil {
		f.err = err
	}
}

func references(objects []int) string {
	var b strings.Builder
	for i, n := range objects {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d 0 R", n)
	}
	return b.String()
}

// Numbers writes operands with up to six decimals.
func Numbers(values ...float64) string {
	var b []byte
	for i, v := range values {
		if i > 0 {
			b = append(b, ' ')
		}
		start := len(b)
		b = strconv.AppendFloat(b, math.Round(v*1e6)/1e6, 'f', 6, 64)
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
		if b[len(b)-1] == '.' {
			b = b[:len(b)-1]
		}
		if string(b[start:]) == "-0" {
			b = append(b[:start], '0')
		}
	}
	return string(b)
}

// Text writes a line that begins at x with its baseline at y, in letters of em
// millimetres; every letter is 0.6 em wide. If the typeface lacks a letter, it is
// given back and the line is empty.
func Text(line string, em, x, y float64) (content string, foreign rune) {
	var b strings.Builder
	fmt.Fprintf(&b, "BT /F1 %s Tf 1 0 0 -1 %s Tm (", Numbers(em), Numbers(x, y))
	for _, r := range line {
		c, ok := charmap.Windows1252.EncodeRune(r)
		if !ok || c < ' ' || c == 0x7f {
			return "", r
		}
		switch {
		case c == '(' || c == ')' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c > 0x7e:
			fmt.Fprintf(&b, "\\%03o", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteString(") Tj ET\n")
	return b.String(), 0
}

// Line writes a stroke of a width, in black.
func Line(x1, y1, x2, y2, width float64) string {
	return fmt.Sprintf("%s w %s m %s l S\n", Numbers(width), Numbers(x1, y1), Numbers(x2, y2))
}

// utf16Hex writes a text string of PDF.
func utf16Hex(s string) string {
	var b strings.Builder
	b.WriteString("FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

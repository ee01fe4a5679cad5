package batch

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"tagline/internal/fault"
	"tagline/internal/label"
	"tagline/internal/label/pdf"
)

// Page is a kind of paper.
type Page string

// The kinds of paper.
const (
	A4     Page = "a4"     // 210 by 297 mm
	Letter Page = "letter" // 215.9 by 279.4 mm
	Roll   Page = "roll"   // one label a page, the page as large as the label and its margin
)

// ParsePage reads the name of a paper.
func ParsePage(s string) (Page, error) {
	p := Page(strings.ToLower(s))
	switch p {
	case A4, Letter, Roll:
		return p, nil
	}
	return "", fault.Newf(fault.Invalid, "there is no paper %q here", s).WithHint("Take a4, letter or roll.").At("page", "is unknown")
}

// Sheet says how labels lie on paper. Lengths are millimetres.
type Sheet struct {
	Page       Page    // empty = A4
	Margin     float64 // at every edge of the page
	Gap        float64 // between labels
	CellWidth  float64 // of a label; 0 = what the first label needs
	CellHeight float64
	CropMarks  bool // marks in the margins where to cut; they need a margin of 5 mm
}

// Made says what became of a batch.
type Made struct {
	Labels                int
	Pages                 int
	Columns, Rows         int // of a page
	CellWidth, CellHeight float64
	XDimension            float64
	Identifier            string   // symbology identifier of all labels
	Warnings              []string // of the first label, which hold for all
}

// maxSide bounds a label and its page, in mm; PDF readers stop at 5,080.
const maxSide = 2000

// grid is a sheet with all lengths settled.
type grid struct {
	width, height         float64 // of the page
	left, top             float64 // of the first cell
	cellWidth, cellHeight float64
	gap                   float64
	columns, rows         int
}

// chunk is how many labels are drawn at a time: enough to keep the processors
// busy, few enough to forget at once.
const chunk = 128

// WritePDF writes the labels in their order, row by row, as PDF. Pages reach w while
// they are made; no page carries anything but labels and crop marks. It stops at
// the first error, which names the label, and when ctx ends.
func (b Batch) WritePDF(ctx context.Context, w io.Writer, s Sheet, progress Progress) (Made, error) {
	if err := b.Check(); err != nil {
		return Made{}, err
	}
	first, err := b.Label(0)
	if err != nil {
		return Made{}, err
	}
	g, err := s.grid(first)
	if err != nil {
		return Made{}, err
	}
	per := g.columns * g.rows
	made := Made{Labels: len(b.Serials), Pages: (len(b.Serials) + per - 1) / per, Columns: g.columns, Rows: g.rows,
		CellWidth: g.cellWidth, CellHeight: g.cellHeight, XDimension: first.XDimension, Identifier: first.Identifier, Warnings: first.Warnings}
	file := pdf.NewWriter(w, fmt.Sprintf("%d labels", len(b.Serials)))
	var content []byte
	for start := 0; start < len(b.Serials); start += chunk {
		end := min(start+chunk, len(b.Serials))
		drawn, err := b.draw(ctx, g, start, end)
		if err != nil {
			return Made{}, err
		}
		for i, part := range drawn {
			content = append(content, part...)
			if n := start + i + 1; n%per == 0 || n == len(b.Serials) {
				if s.CropMarks {
					content = append(content, g.cropMarks()...)
				}
				file.Page(g.width, g.height, content)
				content = content[:0]
			}
		}
		if err := file.Err(); err != nil {
			return Made{}, err
		}
		progress.tell(end, len(b.Serials))
	}
	return made, file.Close()
}

// draw draws some labels side by side on all processors, each at its place. Of
// several errors it gives that of the first label, however the processors ran.
func (b Batch) draw(ctx context.Context, g grid, start, end int) ([][]byte, error) {
	out, errs := make([][]byte, end-start), make([]error, end-start)
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i := range out {
		work.Go(func() error {
			if errs[i] = ctx.Err(); errs[i] == nil {
				out[i], errs[i] = b.drawOne(g, start+i)
			}
			return nil
		})
	}
	_ = work.Wait() // errors are in errs, in the order of the labels
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// drawOne draws label i in the middle of its cell.
func (b Batch) drawOne(g grid, i int) ([]byte, error) {
	l, err := b.Label(i)
	if err != nil {
		return nil, err
	}
	if l.Width > g.cellWidth+1e-6 || l.Height > g.cellHeight+1e-6 {
		return nil, fault.Newf(fault.Invalid, "label %d is %.1f by %.1f mm, and its cell %.1f by %.1f mm", i+1, l.Width, l.Height, g.cellWidth, g.cellHeight).
			WithHint("State a larger cell, or a smaller X-dimension.")
	}
	x, y := g.place(i)
	content, err := l.AppendPDF(nil, x+(g.cellWidth-l.Width)/2, y+(g.cellHeight-l.Height)/2)
	if err != nil {
		return nil, numbered(i, err)
	}
	return content, nil
}

// grid settles the lengths for labels of the size of the first.
func (s Sheet) grid(first *label.Label) (grid, error) {
	if s.Page == "" {
		s.Page = A4
	}
	page, err := ParsePage(string(s.Page))
	if err != nil {
		return grid{}, err
	}
	for _, length := range []struct {
		name  string
		value float64
	}{{"margin", s.Margin}, {"gap", s.Gap}, {"cell width", s.CellWidth}, {"cell height", s.CellHeight}} {
		if !(length.value >= 0 && length.value <= maxSide) {
			return grid{}, fault.Newf(fault.Invalid, "the %s is out of bounds", length.name).WithHint("Give millimetres, 0 to %d.", maxSide).At(length.name, "is out of bounds")
		}
	}
	g := grid{cellWidth: s.CellWidth, cellHeight: s.CellHeight, gap: s.Gap, columns: 1, rows: 1}
	if g.cellWidth == 0 {
		g.cellWidth = first.Width
	}
	if g.cellHeight == 0 {
		g.cellHeight = first.Height
	}
	switch page {
	case A4:
		g.width, g.height = 210, 297
	case Letter:
		g.width, g.height = 215.9, 279.4
	case Roll:
		g.width, g.height = g.cellWidth+2*s.Margin, g.cellHeight+2*s.Margin
	}
	if page != Roll {
		g.columns = int(math.Floor((g.width - 2*s.Margin + s.Gap + 1e-6) / (g.cellWidth + s.Gap)))
		g.rows = int(math.Floor((g.height - 2*s.Margin + s.Gap + 1e-6) / (g.cellHeight + s.Gap)))
	}
	if g.columns < 1 || g.rows < 1 || g.width > maxSide || g.height > maxSide {
		return grid{}, fault.Newf(fault.Invalid, "a label of %.1f by %.1f mm does not fit on %s with a margin of %.1f mm", g.cellWidth, g.cellHeight, page, s.Margin).
			WithHint("Take a smaller margin, cell or X-dimension, or the page roll, which is as large as the label.").At("page", "is too small")
	}
	g.left = (g.width - float64(g.columns)*g.cellWidth - float64(g.columns-1)*g.gap) / 2
	g.top = (g.height - float64(g.rows)*g.cellHeight - float64(g.rows-1)*g.gap) / 2
	if s.CropMarks && s.Margin < markEnd {
		return grid{}, fault.Newf(fault.Invalid, "crop marks need a margin of %d mm", markEnd).WithHint("Widen the margin, or leave out the marks.").At("margin", "is too small")
	}
	return g, nil
}

// place is the upper left corner of a label's cell on its page.
func (g grid) place(i int) (x, y float64) {
	i %= g.columns * g.rows
	return g.left + float64(i%g.columns)*(g.cellWidth+g.gap), g.top + float64(i/g.columns)*(g.cellHeight+g.gap)
}

// Crop marks stand from 1 to 4 mm outside of the grid: clear of every quiet zone.
const (
	markStart = 1
	markStop  = 4
	markEnd   = 5
	markWidth = 0.1
)

// cropMarks draws where the edges of the cells meet the margins.
func (g grid) cropMarks() string {
	var b strings.Builder
	right := g.width - g.left
	bottom := g.height - g.top
	for c := range g.columns {
		for _, x := range [2]float64{g.left + float64(c)*(g.cellWidth+g.gap), g.left + float64(c)*(g.cellWidth+g.gap) + g.cellWidth} {
			b.WriteString(pdf.Line(x, g.top-markStart, x, g.top-markStop, markWidth))
			b.WriteString(pdf.Line(x, bottom+markStart, x, bottom+markStop, markWidth))
		}
	}
	for r := range g.rows {
		for _, y := range [2]float64{g.top + float64(r)*(g.cellHeight+g.gap), g.top + float64(r)*(g.cellHeight+g.gap) + g.cellHeight} {
			b.WriteString(pdf.Line(g.left-markStart, y, g.left-markStop, y, markWidth))
			b.WriteString(pdf.Line(right+markStart, y, right+markStop, y, markWidth))
		}
	}
	return b.String()
}

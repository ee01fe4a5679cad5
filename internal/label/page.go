package label

import (
	"io"
	"strconv"

	"tagline/internal/label/pdf"
)

// writePDF writes one page of the size of the label.
func (l *Label) writePDF(w io.Writer) error {
	content, err := l.AppendPDF(nil, 0, 0)
	if err != nil {
		return err
	}
	file := pdf.NewWriter(w, describe(l.Symbology, l.spec.Data))
	file.Page(l.Width, l.Height, content)
	return file.Close()
}

// AppendPDF appends the drawing of the label to the content of a page of package
// pdf, with its upper left corner at x and y, in millimetres from the page's.
// Modules and letters are black, on whatever the paper is.
func (l *Label) AppendPDF(b []byte, x, y float64) ([]byte, error) {
	b = append(b, "q "...)
	b = append(b, pdf.Numbers(l.XDimension, 0, 0, l.XDimension, x+l.left, y+l.top)...)
	b = append(b, " cm\n"...)
	for _, polygon := range outline(l.Modules) {
		for i, p := range polygon {
			b = strconv.AppendInt(b, int64(p.x), 10)
			b = append(b, ' ')
			b = strconv.AppendInt(b, int64(p.y), 10)
			if i == 0 {
				b = append(b, " m "...)
			} else {
				b = append(b, " l "...)
			}
		}
		b = append(b, "h\n"...)
	}
	b = append(b, "f* Q\n"...)
	for i, line := range l.lines {
		text, foreign := pdf.Text(line, l.font, x+l.lineStart(line), y+l.baseline+float64(i)*lineHeight*l.font)
		if foreign != 0 {
			return nil, noGlyph(foreign, "a PDF")
		}
		b = append(b, text...)
	}
	return b, nil
}

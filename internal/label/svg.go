package label

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// writeSVG writes one path for all modules, in units of a module, and one text
// element for each line. The drawing is in millimetres.
func (l *Label) writeSVG(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="0 0 %[1]s %[2]s" role="img">`+"\n", mm(l.Width), mm(l.Height))
	fmt.Fprintf(&b, "<title>%s</title>\n", escape(describe(l.Symbology, l.spec.Data)))
	fmt.Fprintf(&b, `<rect width="%s" height="%s" fill="#fff"/>`+"\n", mm(l.Width), mm(l.Height))
	fmt.Fprintf(&b, `<path shape-rendering="crispEdges" fill="#000" fill-rule="evenodd" transform="translate(%s %s) scale(%s)" d="`,
		number(l.left), number(l.top), number(l.XDimension))
	for _, polygon := range outline(l.Modules) {
		b.WriteString(path(polygon))
	}
	b.WriteString("\"/>\n")
	for i, line := range l.lines {
		// textLength holds the line's width whatever monospaced font is found.
		fmt.Fprintf(&b, `<text x="%s" y="%s" font-family="'Courier New', Courier, monospace" font-weight="700" font-size="%s" textLength="%s" lengthAdjust="spacingAndGlyphs" fill="#000">%s</text>`+"\n",
			mm(l.lineStart(line)), mm(l.baseline+float64(i)*lineHeight*l.font), mm(l.font),
			mm(float64(utf8.RuneCountInString(line))*advance*l.font), escape(line))
	}
	b.WriteString("</svg>\n")
	_, err := w.Write(b.Bytes())
	return err
}

// path writes a polygon as M, then h and v in turn; z draws the last edge.
func path(polygon []point) string {
	b := make([]byte, 0, 8*len(polygon))
	b = append(b, 'M')
	b = strconv.AppendInt(b, int64(polygon[0].x), 10)
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(polygon[0].y), 10)
	for i := 1; i < len(polygon); i++ {
		if i%2 == 1 {
			b = append(b, 'h')
			b = strconv.AppendInt(b, int64(polygon[i].x-polygon[i-1].x), 10)
		} else {
			b = append(b, 'v')
			b = strconv.AppendInt(b, int64(polygon[i].y-polygon[i-1].y), 10)
		}
	}
	return string(append(b, 'z'))
}

func escape(s string) string {
	var b bytes.Buffer
	// A buffer takes all that is written to it.
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

// number writes a length exactly enough for a module of a big symbol.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 8, 64) }

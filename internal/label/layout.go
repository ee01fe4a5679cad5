package label

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"tagline/internal/fault"
)

// Label is a drawn label, ready to be written. Lengths are millimetres.
type Label struct {
	Symbology  Symbology
	Identifier string // the symbology identifier, such as "]d2"
	Payload    string // what a scanner sends behind the identifier; the byte 1D separates elements
	Modules    Matrix
	XDimension float64 // of what is drawn: with a stated resolution, whole dots
	QuietZone  int     // modules
	Width      float64
	Height     float64
	Warnings   []string // sentences for people; nothing here keeps a label from being printed

	spec     Spec
	left     float64 // of the first module
	top      float64
	font     float64 // em of all lines
	lines    []string
	baseline float64 // of the first line
}

// New draws a label. It fails with fault.Invalid or fault.Unsupported, and names
// what is wrong and the way out.
func New(spec Spec) (*Label, error) {
	spec, err := spec.check()
	if err != nil {
		return nil, err
	}
	var warnings []string
	if spec.Compact && spec.Symbology == QR {
		spec.Data = spec.Data.Compact()
	} else if spec.Compact {
		warnings = append(warnings, "Capital letters make only a QR code with a link smaller: all was left as it is.")
	}
	if spec.Symbology.elements() && len(spec.Data.others) > 0 {
		warnings = append(warnings, "Parameters that are not GS1's stand in no element string and were left out.")
	}
	if spec.Symbology == GS1QR {
		warnings = append(warnings, "A GS1 QR code is for scanners: a phone shows its data as text. For people, print a Digital Link as qr.")
	}
	m, payload, err := encode(spec)
	if err != nil {
		return nil, err
	}
	l := &Label{Symbology: spec.Symbology, Identifier: spec.Symbology.Identifier(), Payload: payload, Modules: m,
		QuietZone: spec.QuietZone, Warnings: warnings, spec: spec}
	return l, l.place()
}

// The measures of the lines, which are set in one monospaced face: all formats
// break and centre alike, whatever font they find.
const (
	advance    = 0.6  // em from one character to the next
	lineHeight = 1.15 // em
	ascent     = 0.75 // em above the baseline
	descent    = 0.25 // em below it
	preferEm   = 2.0  // mm: digits of 1.2 mm
	leastEm    = 1.3
	mostEm     = 4.0
	textMargin = 0.5 // mm at the sides, below, and between symbol and lines
	leastRow   = 8   // characters that a line must have room for
)

// place fixes the sizes.
func (l *Label) place() error {
	s := l.spec
	l.XDimension = s.XDimension
	if s.DPI > 0 {
		l.XDimension = float64(dots(s.XDimension, s.DPI)) * 25.4 / float64(s.DPI)
		if math.Abs(l.XDimension-s.XDimension) > 0.02*s.XDimension {
			l.Warnings = append(l.Warnings, fmt.Sprintf("At %d dpi a module is %s wide: the X-dimension is %s mm instead of %s mm.",
				s.DPI, countDots(dots(s.XDimension, s.DPI)), mm(l.XDimension), mm(s.XDimension)))
		}
	}
	if l.XDimension < RetailMinimum-1e-9 {
		l.Warnings = append(l.Warnings, fmt.Sprintf("An X-dimension of %s mm is below the %s mm that retail scanners want (%s mm is the target).",
			mm(l.XDimension), mm(RetailMinimum), mm(DefaultXDimension)))
	}
	box := float64(l.Modules.Size+2*l.QuietZone) * l.XDimension
	if s.MaxWidth > 0 && box > s.MaxWidth+1e-9 {
		return fault.Newf(fault.Invalid, "the symbol is %s mm wide with its quiet zone, and the label only %s mm", mm(box), mm(s.MaxWidth)).
			WithHint("Take a smaller X-dimension, shorter data or a wider label.").At("maxWidth", "is too narrow")
	}
	var hriLines, words []string
	if s.HRI {
		hriLines = hri(s.Data)
	}
	if text := strings.TrimSpace(s.Text); text != "" {
		words = strings.Fields(text)
	}
	l.Width, l.Height = box, box
	if len(hriLines)+len(words) > 0 {
		if err := l.set(box, hriLines, words); err != nil {
			return err
		}
	}
	l.left = (l.Width-box)/2 + float64(l.QuietZone)*l.XDimension
	l.top = float64(l.QuietZone) * l.XDimension
	return nil
}

// set breaks the lines and makes room for them.
func (l *Label) set(box float64, hriLines, words []string) error {
	longest := 0
	for _, line := range append([]string{strings.Join(words, " ")}, hriLines...) {
		longest = max(longest, utf8.RuneCountInString(line))
	}
	room := func(width float64) int { return int((width-2*textMargin)/(advance*l.font) + 1e-6) }
	// Beside a big symbol the lines grow with it; twenty characters are a GTIN.
	l.font = min(mostEm, max(preferEm, (box-2*textMargin)/(advance*20)))
	var row int
	if most := l.spec.MaxWidth; most > 0 {
		for row = room(most); row < longest && l.font > leastEm; row = room(most) {
			l.font = max(leastEm, l.font-0.1)
		}
		if row < leastRow {
			return fault.Newf(fault.Invalid, "a label of %s mm has no room for legible lines", mm(most)).
				WithHint("Widen the label, or print it without HRI and text.").At("maxWidth", "is too narrow")
		}
	} else {
		row = max(room(box), min(longest, 26)) // 26: a serial of full length in one line
	}
	for _, line := range hriLines {
		l.lines = append(l.lines, chop(line, row)...)
	}
	l.lines = append(l.lines, fill(words, row)...)
	widest := 0
	for _, line := range l.lines {
		widest = max(widest, utf8.RuneCountInString(line))
	}
	l.Width = max(box, float64(widest)*advance*l.font+2*textMargin)
	l.baseline = box + textMargin + ascent*l.font
	l.Height = l.baseline + (float64(len(l.lines)-1)*lineHeight+descent)*l.font + textMargin
	return nil
}

// chop breaks a line after so many characters.
func chop(line string, row int) []string {
	var out []string
	runes := []rune(line)
	for len(runes) > row {
		out = append(out, string(runes[:row]))
		runes = runes[row:]
	}
	return append(out, string(runes))
}

// fill sets words in lines, and breaks a word only if it is longer than a line.
func fill(words []string, row int) []string {
	var out []string
	for _, word := range words {
		if n := len(out); n > 0 && utf8.RuneCountInString(out[n-1])+1+utf8.RuneCountInString(word) <= row {
			out[n-1] += " " + word
			continue
		}
		out = append(out, chop(word, row)...)
	}
	return out
}

// dots is the whole number of printer's dots nearest to an X-dimension.
func dots(x float64, dpi int) int { return max(1, int(math.Round(x*float64(dpi)/25.4))) }

func countDots(n int) string {
	if n == 1 {
		return "one dot"
	}
	return fmt.Sprintf("%d dots", n)
}

// lineStart is where a centred line begins.
func (l *Label) lineStart(line string) float64 {
	return (l.Width - float64(utf8.RuneCountInString(line))*advance*l.font) / 2
}

package label

import (
	"errors"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/boombuler/barcode/qr"

	"tagline/gs1"
	"tagline/internal/fault"
)

// Matrix holds the modules of a square symbol, without quiet zone.
type Matrix struct {
	Size int // modules on a side
	dark []bool
}

// Dark reports whether the module in column x and row y is dark, counted from the
// upper left. Outside of the symbol all is light.
func (m Matrix) Dark(x, y int) bool {
	return x >= 0 && y >= 0 && x < m.Size && y < m.Size && m.dark[y*m.Size+x]
}

// maxDataMatrix is the largest Data Matrix that is drawn, in modules. The one size
// above, 144, interleaves its check words unlike all others, and what the encoder
// makes of it does not read back.
const maxDataMatrix = 132

const groupSeparator = 0x1d // what a scanner sends for FNC1 between elements

// encode computes the symbol of checked data. Payload is what a scanner sends
// behind the symbology identifier.
func encode(s Spec) (m Matrix, payload string, err error) {
	var code barcode.Barcode
	switch s.Symbology {
	case GS1DataMatrix:
		elements := s.Data.printed()
		payload = gs1.FormatSeparated(elements, groupSeparator)[1:]
		code, err = datamatrix.Encode(gs1.FormatSeparated(elements, datamatrix.FNC1))
	case DataMatrix:
		payload = s.Data.uri
		code, err = datamatrix.Encode(payload)
	default:
		payload = s.Data.uri
		mode := qr.Unicode
		if alphanumeric(payload) {
			mode = qr.AlphaNumeric
		}
		code, err = qr.Encode(payload, map[Level]qr.ErrorCorrectionLevel{L: qr.L, M: qr.M, Q: qr.Q, H: qr.H}[s.Level], mode)
	}
	if err == nil && s.Symbology != QR && code.Bounds().Dx() > maxDataMatrix {
		err = errors.New("more than 1,304 codewords")
	}
	if err != nil {
		hint := "Print fewer or shorter elements."
		if s.Symbology == QR && s.Level != L {
			hint = "Take a lower level of error correction, or print fewer or shorter elements."
		}
		return m, "", fault.Wrap(fault.Invalid, err, "the data are too long for a "+s.Symbology.Title(), hint).At("data", "are too long")
	}
	m.Size = code.Bounds().Dx()
	m.dark = make([]bool, m.Size*m.Size)
	for y := range m.Size {
		for x := range m.Size {
			m.dark[y*m.Size+x] = isDark(code.At(x, y))
		}
	}
	return m, payload, nil
}

func isDark(c color.Color) bool {
	r, _, _, _ := c.RGBA()
	return r < 0x8000
}

// hri are the lines for people.
func hri(d Data) []string { return gs1.HRI(d.printed()) }

// describe is one line about the symbol, for those who cannot see it.
func describe(s Symbology, d Data) string {
	return s.Title() + " " + strings.Join(hri(d), " ")
}

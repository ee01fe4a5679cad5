package label

import (
	"errors"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/datamatrix"

	"tagline/gs1"
	"tagline/internal/fault"
	"tagline/internal/label/qr"
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
	payload = s.Data.uri
	if s.Symbology.elements() {
		payload = gs1.FormatSeparated(s.Data.printed(), groupSeparator)[1:]
	}
	switch s.Symbology {
	case QR, GS1QR:
		m, err = encodeQR(payload, s.Level, s.Symbology == GS1QR)
	case DataMatrix:
		m, err = encodeDataMatrix(payload)
	default:
		m, err = encodeDataMatrix(gs1.FormatSeparated(s.Data.printed(), datamatrix.FNC1))
	}
	if err != nil {
		hint := "Print fewer or shorter elements."
		if s.Symbology.qr() && s.Level != L {
			hint = "Take a lower level of error correction, or print fewer or shorter elements."
		}
		return m, "", fault.Wrap(fault.Invalid, err, "the data are too long for a "+s.Symbology.Title(), hint).At("data", "are too long")
	}
	return m, payload, nil
}

func encodeQR(payload string, level Level, fnc1 bool) (Matrix, error) {
	code, err := qr.Encode(payload, map[Level]qr.Level{L: qr.L, M: qr.M, Q: qr.Q, H: qr.H}[level], fnc1)
	if err != nil {
		return Matrix{}, err
	}
	return matrix(code.Size, code.Dark), nil
}

func encodeDataMatrix(content string) (Matrix, error) {
	code, err := datamatrix.Encode(content)
	if err != nil {
		return Matrix{}, err
	}
	size := code.Bounds().Dx()
	if size > maxDataMatrix {
		return Matrix{}, errors.New("more than 1,304 codewords")
	}
	return matrix(size, func(x, y int) bool { return isDark(code.At(x, y)) }), nil
}

func matrix(size int, dark func(x, y int) bool) Matrix {
	m := Matrix{Size: size, dark: make([]bool, size*size)}
	for y := range size {
		for x := range size {
			m.dark[y*size+x] = dark(x, y)
		}
	}
	return m
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

package label

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"tagline/internal/fault"
)

// MaxPixels bounds a PNG.
const MaxPixels = 40_000_000

// Raster says how a label comes out in dots.
type Raster struct {
	DPI           int
	Dots          int     // of a module, on each side
	XDimension    float64 // mm that result
	Width, Height int     // dots
}

// Raster tells the dots of the PNG: at the stated resolution, or at DefaultDPI.
func (l *Label) Raster() Raster {
	dpi := l.spec.DPI
	if dpi == 0 {
		dpi = DefaultDPI
	}
	n := dots(l.spec.XDimension, dpi)
	scale := l.scale(dpi, n)
	return Raster{DPI: dpi, Dots: n, XDimension: float64(n) * 25.4 / float64(dpi),
		Width: int(math.Ceil(l.Width*scale - 1e-6)), Height: int(math.Ceil(l.Height*scale - 1e-6))}
}

// scale is dots for a millimetre of the layout. Without a stated resolution the
// whole layout grows or shrinks with the modules to whole dots.
func (l *Label) scale(dpi, n int) float64 {
	if l.spec.DPI == 0 {
		return float64(n) / l.XDimension
	}
	return float64(dpi) / 25.4
}

// writePNG draws in black and white: a label printer knows no grey.
func (l *Label) writePNG(w io.Writer) error {
	r := l.Raster()
	if r.Width*r.Height > MaxPixels {
		return fault.Newf(fault.Invalid, "the image would have %d by %d dots", r.Width, r.Height).
			WithHint("Take a lower resolution or a smaller X-dimension, or write SVG or PDF.")
	}
	scale := l.scale(r.DPI, r.Dots)
	img := image.NewPaletted(image.Rect(0, 0, r.Width, r.Height), color.Palette{color.White, color.Black})
	left, top := int(math.Round(l.left*scale)), l.QuietZone*r.Dots
	// Rounding may not eat into the quiet zone.
	left = max(left, l.QuietZone*r.Dots)
	for y := range l.Modules.Size * r.Dots {
		row := img.Pix[(top+y)*img.Stride:]
		for x := range l.Modules.Size {
			if l.Modules.Dark(x, y/r.Dots) {
				for i := range r.Dots {
					row[left+x*r.Dots+i] = 1
				}
			}
		}
	}
	if len(l.lines) > 0 {
		if err := l.drawLines(img, scale); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		return err
	}
	_, err := w.Write(withResolution(b.Bytes(), r.DPI))
	return err
}

// drawLines writes the lines in Go Mono, a typeface that tells 0 from O and 1 from l.
func (l *Label) drawLines(img *image.Paletted, scale float64) error {
	parsed, err := opentype.Parse(gomonobold.TTF)
	if err != nil {
		return err
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: l.font * scale, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return err
	}
	defer face.Close()
	pen := font.Drawer{Dst: img, Src: image.Black, Face: face}
	for i, line := range l.lines {
		x, y := l.lineStart(line)*scale, (l.baseline+float64(i)*lineHeight*l.font)*scale
		n := 0
		for _, r := range line {
			if glyph, err := parsed.GlyphIndex(nil, r); err != nil || glyph == 0 {
				return noGlyph(r, "a PNG")
			}
			pen.Dot = fixed.Point26_6{X: fixed.Int26_6((x + float64(n)*advance*l.font*scale) * 64), Y: fixed.Int26_6(y * 64)}
			pen.DrawString(string(r))
			n++
		}
	}
	return nil
}

// noGlyph refuses a text rather than print a box for a letter.
func noGlyph(r rune, format string) error {
	return fault.Newf(fault.Invalid, "the text has %q, which the typeface of %s does not have", string(r), format).
		WithHint("Write it in other letters, or write the label as SVG, which takes the fonts of the place where it is printed.").At("text", "has no glyph for "+string(r))
}

// withResolution puts a pHYs chunk, dots per metre, behind the header of a PNG.
func withResolution(file []byte, dpi int) []byte {
	const header = 8 + 12 + 13 // signature, and IHDR with length, type and checksum
	chunk := make([]byte, 0, 21)
	chunk = binary.BigEndian.AppendUint32(chunk, 9)
	chunk = append(chunk, "pHYs"...)
	perMetre := uint32(math.Round(float64(dpi) / 0.0254))
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	out := make([]byte, 0, len(file)+len(chunk))
	out = append(out, file[:header]...)
	out = append(out, chunk...)
	return append(out, file[header:]...)
}

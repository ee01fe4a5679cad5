package labeltest

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// Decode finds one symbol in a picture, and gives its data and its symbology
// identifier. The identifier that is expected, such as "]Q1", tells which reader to
// try. The picture is tried as a whole; then, as a scanner is aimed, the squarest
// band of it between white rows, which is the symbol and not a line of text.
func Decode(img image.Image, expect string) (data, identifier string, err error) {
	var reader gozxing.Reader = datamatrix.NewDataMatrixReader()
	if expect[:2] == "]Q" {
		reader = qrcode.NewQRCodeReader()
	}
	aimed := aim(img)
	for _, try := range []struct {
		img  image.Image
		hint gozxing.DecodeHintType
	}{{img, gozxing.DecodeHintType_TRY_HARDER}, {aimed, gozxing.DecodeHintType_TRY_HARDER}, {aimed, gozxing.DecodeHintType_PURE_BARCODE}} {
		var bitmap *gozxing.BinaryBitmap
		var result *gozxing.Result
		if bitmap, err = gozxing.NewBinaryBitmapFromImage(try.img); err != nil {
			return "", "", err
		}
		if result, err = reader.Decode(bitmap, map[gozxing.DecodeHintType]any{try.hint: true}); err == nil {
			identifier, _ = result.GetResultMetadata()[gozxing.ResultMetadataType_SYMBOLOGY_IDENTIFIER].(string)
			return result.GetText(), identifier, nil
		}
	}
	return "", "", fmt.Errorf("not decoded: %w", err)
}

// aim cuts the squarest band of rows with dark dots, with white round it.
func aim(img image.Image) image.Image {
	r := img.Bounds()
	var best, band image.Rectangle
	for y := r.Min.Y; y <= r.Max.Y; y++ {
		left, right := r.Max.X, r.Min.X
		for x := r.Min.X; x < r.Max.X && y < r.Max.Y; x++ {
			if color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128 {
				left, right = min(left, x), x+1
			}
		}
		if left < right {
			band = band.Union(image.Rect(left, y, right, y+1))
			continue
		}
		if ratio(band) > ratio(best) {
			best = band
		}
		band = image.Rectangle{}
	}
	border := 10 + best.Dy()/10
	out := image.NewGray(image.Rect(0, 0, best.Dx()+2*border, best.Dy()+2*border))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, image.Rect(border, border, border+best.Dx(), border+best.Dy()), img, best.Min, draw.Src)
	return out
}

// ratio is 1 for a square, and 0 for nothing.
func ratio(r image.Rectangle) float64 {
	if r.Empty() {
		return 0
	}
	return float64(min(r.Dx(), r.Dy())) / float64(max(r.Dx(), r.Dy()))
}

// Line is a line of text on a drawing: its baseline begins at X and Y.
type Line struct {
	Text     string
	X, Y, Em float64 // mm
}

// Drawing is a page or an image, in millimetres from its upper left corner.
type Drawing struct {
	Width, Height float64
	Lines         []Line
	shapes        [][][]corner // each filled by the even-odd rule
}

type corner struct{ x, y float64 }

// Picture draws at a number of dots for a millimetre.
func (d *Drawing) Picture(scale float64) image.Image {
	return d.Part(0, 0, d.Width, d.Height, scale)
}

// Part draws a rectangle of the drawing, with 2 mm of white round it, as paper has.
func (d *Drawing) Part(left, top, width, height, scale float64) image.Image {
	const paper = 2
	left, top, width, height = left-paper, top-paper, width+2*paper, height+2*paper
	img := image.NewGray(image.Rect(0, 0, int(math.Ceil(width*scale)), int(math.Ceil(height*scale))))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for _, shape := range d.shapes {
		fill(img, shape, left, top, scale)
	}
	for _, line := range d.Lines {
		for i := range []rune(line.Text) {
			x := line.X + 0.6*line.Em*float64(i)
			fill(img, [][]corner{box(x+0.1*line.Em, line.Y-0.6*line.Em, 0.4*line.Em, 0.6*line.Em)}, left, top, scale)
		}
	}
	return img
}

func box(x, y, w, h float64) []corner {
	return []corner{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}
}

// fill blackens the dots whose centres lie inside, for polygons of right angles.
func fill(img *image.Gray, shape [][]corner, left, top, scale float64) {
	type edge struct{ x, from, to float64 }
	var edges []edge
	for _, polygon := range shape {
		for i, a := range polygon {
			b := polygon[(i+1)%len(polygon)]
			if a.x == b.x && a.y != b.y {
				edges = append(edges, edge{(a.x - left) * scale, (min(a.y, b.y) - top) * scale, (max(a.y, b.y) - top) * scale})
			}
		}
	}
	var cuts []float64
	for y := range img.Rect.Max.Y {
		middle := float64(y) + 0.5
		cuts = cuts[:0]
		for _, e := range edges {
			if e.from <= middle && middle < e.to {
				cuts = append(cuts, e.x)
			}
		}
		slices.Sort(cuts)
		for i := 0; i+1 < len(cuts); i += 2 {
			for x := max(0, int(math.Ceil(cuts[i]-0.5))); x < img.Rect.Max.X && float64(x)+0.5 < cuts[i+1]; x++ {
				img.SetGray(x, y, color.Gray{})
			}
		}
	}
}

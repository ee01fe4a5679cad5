package label_test

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tagline/gs1"
	"tagline/gs1/scan"
	"tagline/internal/fault"
	"tagline/internal/label"
	"tagline/internal/label/labeltest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	stem = "https://id.example"
	gtin = "09506000164908"
)

func data(t testing.TB, text, stem string) label.Data {
	t.Helper()
	d, err := label.ParseData(text, stem)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func draw1(t testing.TB, s label.Spec) *label.Label {
	t.Helper()
	l, err := label.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func file(t testing.TB, l *label.Label, f label.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := l.Write(&b, f); err != nil {
		t.Fatalf("%s: %v", f, err)
	}
	return b.Bytes()
}

// onPaper puts white round a picture, as there is round a label.
func onPaper(img image.Image, border int) image.Image {
	r := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, r.Dx()+2*border, r.Dy()+2*border))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, r.Sub(r.Min).Add(image.Pt(border, border)), img, r.Min, draw.Src)
	return out
}

// pictures draws a label from each of its three files.
func pictures(t testing.TB, l *label.Label) map[label.Format]image.Image {
	t.Helper()
	scale := 6 / l.XDimension // six dots a module
	decoded := map[label.Format]image.Image{}
	img, err := png.Decode(bytes.NewReader(file(t, l, label.PNG)))
	if err != nil {
		t.Fatal(err)
	}
	decoded[label.PNG] = onPaper(img, 20)
	svg, err := labeltest.ReadSVG(file(t, l, label.SVG))
	if err != nil {
		t.Fatal(err)
	}
	decoded[label.SVG] = svg.Picture(scale)
	doc, err := labeltest.ReadPDF(file(t, l, label.PDF))
	if err != nil {
		t.Fatal(err)
	}
	if doc.Pages() != 1 {
		t.Fatalf("%d pages", doc.Pages())
	}
	page, err := doc.Page(0)
	if err != nil {
		t.Fatal(err)
	}
	decoded[label.PDF] = page.Picture(scale)
	return decoded
}

// reads fails unless all three files read back as the payload.
func reads(t testing.TB, l *label.Label) {
	t.Helper()
	for f, img := range pictures(t, l) {
		got, identifier, err := labeltest.Decode(img, l.Identifier)
		if err != nil {
			t.Errorf("%s of %s: %v", f, l.Payload, err)
			continue
		}
		// The decoder writes FNC1 in first place as a separator too.
		if l.Identifier == "]d2" {
			got = strings.TrimPrefix(got, "\x1d")
		}
		if got != l.Payload || identifier != l.Identifier {
			t.Errorf("%s: read %s%q, printed %s%q", f, identifier, got, l.Identifier, l.Payload)
		}
	}
}

func TestEveryCodeReadsBack(t *testing.T) {
	for _, c := range []struct {
		name string
		spec label.Spec
	}{
		{"qr", label.Spec{Symbology: label.QR, Data: data(t, "(01)09506000164908(21)A1", stem), HRI: true}},
		{"qr of a URI byte for byte", label.Spec{Symbology: label.QR, Data: data(t, "https://id.example/01/09506000164908/21/a%2fb?17=271231&utm=x", "")}},
		{"qr compact", label.Spec{Symbology: label.QR, Data: data(t, "(01)09506000164908(21)A1", stem), Compact: true}},
		{"qr L", label.Spec{Symbology: label.QR, Data: data(t, "(01)09506000164908(10)ab", stem), Level: label.L, Text: "Drink cold"}},
		{"qr H", label.Spec{Symbology: label.QR, Data: data(t, "(01)09506000164908(10)ab", stem), Level: label.H, QuietZone: 6, HRI: true}},
		{"data matrix", label.Spec{Symbology: label.DataMatrix, Data: data(t, "(01)09506000164908(10)L1(21)A1(17)271231", stem), HRI: true}},
		{"gs1", label.Spec{Symbology: label.GS1DataMatrix, Data: data(t, "(01)09506000164908(10)L1(17)271231(21)A1", ""), HRI: true, Text: "Halden & Söhne"}},
		{"gs1 qr", label.Spec{Symbology: label.GS1QR, Data: data(t, "(01)09506000164908(10)L1(17)271231(21)a/%1", ""), HRI: true}},
		{"gs1 of a URI", label.Spec{Symbology: label.GS1DataMatrix, Data: data(t, "https://id.example/01/09506000164908/21/A%2F1", "")}},
		{"gs1 at 203 dpi", label.Spec{Symbology: label.GS1DataMatrix, Data: data(t, "(01)09506000164908", ""), DPI: 203, HRI: true}},
		{"gs1 small", label.Spec{Symbology: label.GS1DataMatrix, Data: data(t, "(01)09506000164908", ""), XDimension: 0.1, DPI: 1200, HRI: true}},
		{"gs1 large", label.Spec{Symbology: label.GS1DataMatrix, Data: data(t, "(00)095060001649080000", ""), XDimension: 5, DPI: 72}},
		{"narrow label", label.Spec{Symbology: label.GS1DataMatrix, Data: data(t, "(01)09506000164908(21)ABCDEFGHIJKLMNOPQRST", ""), MaxWidth: 15, HRI: true, Text: "a text of more words than one line"}},
		{"sscc", label.Spec{Symbology: label.QR, Data: data(t, "(00)095060001649080000", stem), HRI: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := draw1(t, c.spec)
			reads(t, l)
			// What a scanner sends means the elements that were asked for.
			transmitted := l.Identifier + l.Payload
			reading, err := scan.Parse(transmitted)
			if err != nil {
				t.Fatalf("%q: %v", transmitted, err)
			}
			have := map[gs1.Element]bool{}
			for _, e := range reading.Elements {
				have[e] = true
			}
			for _, e := range c.spec.Data.Elements() {
				if !have[e] {
					t.Errorf("%q lacks (%s)%s", transmitted, e.AI, e.Value)
				}
			}
		})
	}
}

// TestRandomItemsReadBack draws serials and lots of all characters that GS1 knows,
// slashes and percent signs among them.
func TestRandomItemsReadBack(t *testing.T) {
	const charset = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
	chance := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		b := make([]byte, 1+chance.IntN(20))
		for i := range b {
			b[i] = charset[chance.IntN(len(charset))]
		}
		return string(b)
	}
	values := []string{"/", "%2F", "a/b", "%", "%%2F", "..", "//", "A+B", "(", "))"}
	symbologies := label.Symbologies()
	for i := range 30 {
		serial, lot := text(), text()
		if i < len(values) {
			serial, lot = values[i], values[len(values)-1-i]
		}
		d, err := label.FromElements([]gs1.Element{{AI: "01", Value: gtin}, {AI: "10", Value: lot}, {AI: "21", Value: serial}}, stem)
		if err != nil {
			t.Fatal(err)
		}
		for _, sym := range []label.Symbology{symbologies[i%4], symbologies[(i+1)%4]} {
			l := draw1(t, label.Spec{Symbology: sym, Data: d, HRI: i%2 == 0, XDimension: 0.4})
			reads(t, l)
			reading, err := scan.Parse(l.Identifier + l.Payload)
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, e := range reading.Elements {
				if e == (gs1.Element{AI: "10", Value: lot}) || e == (gs1.Element{AI: "21", Value: serial}) {
					found++
				}
			}
			if found != 2 {
				t.Errorf("%q lacks serial %q or lot %q", l.Payload, serial, lot)
			}
		}
	}
}

// TestEverySizeReadsBack goes through the sizes of both symbologies.
func TestEverySizeReadsBack(t *testing.T) {
	seen := map[string]bool{}
	for n := 1; n <= 1500; n += 1 + n/6 {
		uri := stem + "/01/" + gtin + "?x=" + strings.Repeat("a", n)
		for _, sym := range []label.Symbology{label.QR, label.DataMatrix} {
			l, err := label.New(label.Spec{Symbology: sym, Data: data(t, uri, ""), Level: label.L})
			if sym == label.DataMatrix && n > 1280 {
				if !fault.Is(err, fault.Invalid) {
					t.Errorf("%d characters in a Data Matrix: %v", n, err)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s of %d: %v", sym, n, err)
			}
			key := fmt.Sprint(sym, l.Modules.Size)
			if seen[key] {
				continue
			}
			seen[key] = true
			img, err := png.Decode(bytes.NewReader(file(t, l, label.PNG)))
			if err != nil {
				t.Fatal(err)
			}
			got, identifier, err := labeltest.Decode(onPaper(img, 20), l.Identifier)
			if err != nil || got != l.Payload || identifier != l.Identifier {
				t.Errorf("%s of %d modules: %s%q, %v", sym, l.Modules.Size, identifier, got, err)
			}
		}
	}
	if len(seen) < 35 {
		t.Errorf("only %d sizes were tried", len(seen))
	}
}

func TestQuietZoneIsWhite(t *testing.T) {
	for _, sym := range label.Symbologies() {
		for _, dpi := range []int{0, 203, 300, 600} {
			l := draw1(t, label.Spec{Symbology: sym, Data: data(t, "(01)09506000164908(21)A1", stem), HRI: true, DPI: dpi})
			img, err := png.Decode(bytes.NewReader(file(t, l, label.PNG)))
			if err != nil {
				t.Fatal(err)
			}
			r := l.Raster()
			if b := img.Bounds(); b.Dx() != r.Width || b.Dy() != r.Height {
				t.Errorf("the image has %v, announced were %d by %d", b, r.Width, r.Height)
			}
			dark := func(x, y int) bool { return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < 128 }
			quiet := sym.QuietZone() * r.Dots
			size := l.Modules.Size * r.Dots
			left := -1
			for x := 0; x < r.Width && left < 0; x++ {
				for y := quiet; y < quiet+size; y++ {
					if dark(x, y) {
						left = x
						break
					}
				}
			}
			if left < quiet || r.Width-left-size < quiet {
				t.Errorf("%s at %d dpi: %d dots of white at the left, %d at the right, %d wanted", sym, dpi, left, r.Width-left-size, quiet)
			}
			for y := range quiet {
				for x := range r.Width {
					if dark(x, y) || dark(x, quiet+size+y) {
						t.Fatalf("%s at %d dpi: a dark dot in the quiet zone above or below", sym, dpi)
					}
				}
			}
		}
	}
}

func TestResolutionIsWrittenAndReported(t *testing.T) {
	for _, c := range []struct {
		x         float64
		dpi, dots int
		x2        float64
		warnings  int
	}{
		{0.495, 0, 12, 0.508, 0},
		{0.495, 300, 6, 0.508, 1},
		{0.495, 203, 4, 0.5004926, 0},
		{0.3, 203, 2, 0.2502463, 2}, // other than asked, and below the retail minimum
		{0.1, 72, 1, 0.3527778, 2},
		{0.508, 600, 12, 0.508, 0},
	} {
		l := draw1(t, label.Spec{Symbology: label.GS1DataMatrix, Data: data(t, "(01)09506000164908", ""), XDimension: c.x, DPI: c.dpi})
		r := l.Raster()
		if r.Dots != c.dots || r.XDimension < c.x2-1e-6 || r.XDimension > c.x2+1e-6 || len(l.Warnings) != c.warnings {
			t.Errorf("%g mm at %d dpi: %+v, warnings %q", c.x, c.dpi, r, l.Warnings)
		}
		if c.dpi > 0 && l.XDimension != r.XDimension {
			t.Errorf("SVG and PDF have %g mm, PNG %g", l.XDimension, r.XDimension)
		}
		img := file(t, l, label.PNG)
		if string(img[37:41]) != "pHYs" {
			t.Fatalf("no pHYs chunk behind the header: %q", img[33:45])
		}
		want := map[int]uint32{0: 23622, 600: 23622, 300: 11811, 203: 7992, 72: 2835}[c.dpi]
		if got := binary.BigEndian.Uint32(img[41:]); got != want || img[49] != 1 {
			t.Errorf("%d dots a metre at %d dpi, not %d", got, c.dpi, want)
		}
	}
}

func TestLinesAreNeverCut(t *testing.T) {
	d := data(t, "(01)09506000164908(10)ABCDEFGHIJKLMNOPQRST(21)abcdefghijklmnopqrst(240)012345678901234567890123456789", stem)
	const text = "Keep cold, (drink) soon \\ <b>&amp; Grüße — a-word-that-is-much-longer-than-any-line-of-the-label"
	for _, width := range []float64{0, 30, 60} {
		l := draw1(t, label.Spec{Symbology: label.GS1DataMatrix, Data: d, HRI: true, Text: text, MaxWidth: width})
		if width > 0 && l.Width > width {
			t.Errorf("the label is %g mm wide, %g were asked", l.Width, width)
		}
		svg, err := labeltest.ReadSVG(file(t, l, label.SVG))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := labeltest.ReadPDF(file(t, l, label.PDF))
		if err != nil {
			t.Fatal(err)
		}
		page, err := doc.Page(0)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Join(gs1.HRI([]gs1.Element{{AI: "01", Value: gtin}, {AI: "10", Value: "ABCDEFGHIJKLMNOPQRST"},
			{AI: "21", Value: "abcdefghijklmnopqrst"}, {AI: "240", Value: "012345678901234567890123456789"}}), "") + text
		want = strings.ReplaceAll(want, " ", "")
		for name, d := range map[string]*labeltest.Drawing{"svg": svg, "pdf": page} {
			var all strings.Builder
			for _, line := range d.Lines {
				all.WriteString(strings.ReplaceAll(line.Text, " ", ""))
				right := line.X + 0.6*line.Em*float64(len([]rune(line.Text)))
				if line.X < 0 || right > d.Width+0.01 || line.Y+0.25*line.Em > d.Height+0.01 {
					t.Errorf("%s: the line %q runs out of the label", name, line.Text)
				}
				if bottom := float64(l.Modules.Size+2*l.QuietZone) * l.XDimension; line.Y-0.75*line.Em < bottom {
					t.Errorf("%s: the line %q stands in the quiet zone", name, line.Text)
				}
			}
			if all.String() != want {
				t.Errorf("%s: the lines say %q, not %q", name, all.String(), want)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	good := data(t, "(01)09506000164908", stem)
	for _, c := range []struct {
		name string
		spec label.Spec
		code fault.Code
		says string
	}{
		{"no data", label.Spec{Symbology: label.QR}, fault.Invalid, "no data"},
		{"no symbology", label.Spec{Data: good}, fault.Invalid, "symbology"},
		{"no domain", label.Spec{Symbology: label.QR, Data: data(t, "(01)09506000164908", "")}, fault.Invalid, "https://id.example"},
		{"thin modules", label.Spec{Symbology: label.QR, Data: good, XDimension: 0.09}, fault.Invalid, "0.1 to 5"},
		{"thick modules", label.Spec{Symbology: label.QR, Data: good, XDimension: 5.1}, fault.Invalid, "0.1 to 5"},
		{"narrow quiet zone", label.Spec{Symbology: label.QR, Data: good, QuietZone: 3}, fault.Invalid, "needs 4"},
		{"level", label.Spec{Symbology: label.QR, Data: good, Level: "X"}, fault.Invalid, "L, M, Q or H"},
		{"dpi", label.Spec{Symbology: label.QR, Data: good, DPI: 10}, fault.Invalid, "72 to 4800"},
		{"line break", label.Spec{Symbology: label.QR, Data: good, Text: "a\nb"}, fault.Invalid, "one line"},
		{"long text", label.Spec{Symbology: label.QR, Data: good, Text: strings.Repeat("a", 201)}, fault.Invalid, "200"},
		{"narrow label", label.Spec{Symbology: label.QR, Data: good, MaxWidth: 10}, fault.Invalid, "wider label"},
		{"too long for QR", label.Spec{Symbology: label.QR, Level: label.H, Data: data(t, stem+"/01/"+gtin+"?x="+strings.Repeat("a", 1300), "")}, fault.Invalid, "lower level"},
		{"too long for Data Matrix", label.Spec{Symbology: label.DataMatrix, Data: data(t, stem+"/01/"+gtin+"?x="+strings.Repeat("a", 1300), "")}, fault.Invalid, "too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := label.New(c.spec)
			f := fault.From(err)
			if f == nil || f.Code != c.code || !strings.Contains(f.Message+" "+f.Hint, c.says) {
				t.Errorf("got %v", f)
			}
		})
	}
	for input, says := range map[string]string{
		"(01)09506000164909":       "(01)0950600016490|9|",
		"(17)271231":               "Required AIs",
		"hello":                    "not valid",
		"https://id.example/about": "not a valid Digital Link",
		"https://id.example/01/09506000164908/17/1": "not a valid Digital Link",
	} {
		if _, err := label.ParseData(input, ""); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", input, err)
		}
	}
	if _, err := label.ParseData("(01)09506000164908", "id.example"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a domain without scheme: %v", err)
	}
	// A letter that the typeface lacks is refused, and named.
	l := draw1(t, label.Spec{Symbology: label.QR, Data: good, Text: "飲む"})
	for _, f := range []label.Format{label.PNG, label.PDF} {
		if err := l.Write(&bytes.Buffer{}, f); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "飲") {
			t.Errorf("%s: %v", f, err)
		}
	}
	file(t, l, label.SVG)
	big := draw1(t, label.Spec{Symbology: label.QR, Data: good, XDimension: 5, DPI: 4800})
	if err := big.Write(&bytes.Buffer{}, label.PNG); !fault.Is(err, fault.Invalid) {
		t.Errorf("an image of %+v: %v", big.Raster(), err)
	}
}

func TestCompactIsSmaller(t *testing.T) {
	d := data(t, "(01)09506000164908(21)AB7KQ2MX9RTZ", "https://id.brand.example")
	plain := draw1(t, label.Spec{Symbology: label.QR, Data: d})
	compact := draw1(t, label.Spec{Symbology: label.QR, Data: d, Compact: true})
	if compact.Payload != "HTTPS://ID.BRAND.EXAMPLE/01/09506000164908/21/AB7KQ2MX9RTZ" || compact.Modules.Size >= plain.Modules.Size {
		t.Errorf("%s has %d modules, plain %d", compact.Payload, compact.Modules.Size, plain.Modules.Size)
	}
	path := draw1(t, label.Spec{Symbology: label.QR, Data: data(t, "https://id.example/my/path/01/09506000164908?17=271231&x=y", ""), Compact: true})
	if path.Payload != "HTTPS://ID.EXAMPLE/my/path/01/09506000164908?17=271231&x=y" {
		t.Errorf("more than scheme and host was changed: %s", path.Payload)
	}
	matrix := draw1(t, label.Spec{Symbology: label.DataMatrix, Data: d, Compact: true})
	if matrix.Payload != d.URI() || len(matrix.Warnings) != 1 {
		t.Errorf("%s, warnings %q", matrix.Payload, matrix.Warnings)
	}
}

// TestGolden holds the files to the byte, PDF by its inflated content and PNG by
// its dots: how they are packed may change with the compiler.
func TestGolden(t *testing.T) {
	for name, spec := range map[string]label.Spec{
		"gs1-datamatrix": {Symbology: label.GS1DataMatrix, Data: data(t, "(01)09506000164908(17)271231(10)L1(21)A\\(1", ""), HRI: true, DPI: 203, Text: `Halden <&> "Söhne"`},
		"qr":             {Symbology: label.QR, Data: data(t, "(01)09506000164908(21)A1", stem), HRI: true, DPI: 300, Compact: true},
	} {
		l := draw1(t, spec)
		doc, err := labeltest.ReadPDF(file(t, l, label.PDF))
		if err != nil {
			t.Fatal(err)
		}
		content, err := doc.Content(0)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".svg", string(file(t, l, label.SVG)))
		golden(t, name+".pdf.txt", content)
		img, err := png.Decode(bytes.NewReader(file(t, l, label.PNG)))
		if err != nil {
			t.Fatal(err)
		}
		var dots strings.Builder
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				if r, _, _, _ := img.At(x, y).RGBA(); r < 0x8000 {
					dots.WriteByte('#')
				} else {
					dots.WriteByte('.')
				}
			}
			dots.WriteByte('\n')
		}
		golden(t, name+".png.txt", dots.String())
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs (-update rewrites it)", name)
	}
}

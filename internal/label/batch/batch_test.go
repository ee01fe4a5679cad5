package batch_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/gs1"
	"tagline/internal/fault"
	"tagline/internal/label"
	"tagline/internal/label/batch"
	"tagline/internal/label/labeltest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func chance(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

func serials(t testing.TB, n int) []string {
	t.Helper()
	out, err := batch.Serials(chance(1), n, batch.DefaultLength, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func some(t testing.TB, n int, sym label.Symbology) batch.Batch {
	return batch.Batch{GTIN: "9506000164908", Lot: "L/7%", Stem: "https://id.example", Serials: serials(t, n),
		Spec: label.Spec{Symbology: sym, HRI: true, Text: "Halden"}}
}

func TestSerialsAreUniqueAndUnmistakable(t *testing.T) {
	for _, forbidden := range "0O1Il" {
		if strings.ContainsRune(batch.Alphabet, forbidden) {
			t.Errorf("the alphabet has %c", forbidden)
		}
	}
	all := serials(t, 50_000)
	seen, letters := map[string]bool{}, map[rune]int{}
	for _, s := range all {
		if len(s) != batch.DefaultLength || strings.Trim(s, batch.Alphabet) != "" || seen[s] {
			t.Fatalf("serial %q", s)
		}
		seen[s] = true
		for _, r := range s {
			letters[r]++
		}
	}
	// 600,000 letters, 18,750 each; six standard deviations of 135.
	for _, r := range batch.Alphabet {
		if n := letters[r]; n < 18_750-810 || n > 18_750+810 {
			t.Errorf("%c stands %d times", r, n)
		}
	}
}

func TestKnownSerialsAreLeftOut(t *testing.T) {
	first := serials(t, 100)
	next, err := batch.Serials(chance(1), 100, batch.DefaultLength, func(s string) bool { return slices.Contains(first, s) })
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range next {
		if slices.Contains(first, s) {
			t.Fatalf("%s was issued before", s)
		}
	}
}

// same is a source that gives the same bytes for ever.
type same struct{}

func (same) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestBadSourcesAndBoundsAreRefused(t *testing.T) {
	for _, c := range []struct {
		name      string
		from      io.Reader
		n, length int
		code      fault.Code
	}{
		{"none", chance(1), 0, 12, fault.Invalid},
		{"too many", chance(1), batch.MaxCount + 1, 12, fault.Invalid},
		{"too short", chance(1), 1, 7, fault.Invalid},
		{"too long", chance(1), 1, 21, fault.Invalid},
		{"no chance", strings.NewReader("ab"), 1, 12, fault.Unavailable},
		{"a source that repeats", same{}, 2, 12, fault.Unavailable},
	} {
		if _, err := batch.Serials(c.from, c.n, c.length, nil); !fault.Is(err, c.code) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestNumbered(t *testing.T) {
	for _, c := range []struct {
		prefix          string
		first, n, width int
		want            string
	}{
		{"A-", 8, 3, 0, "A-08 A-09 A-10"},
		{"", 0, 2, 4, "0000 0001"},
		{"x/", 1, 1, 0, "x/1"},
	} {
		got, err := batch.Numbered(c.prefix, c.first, c.n, c.width)
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %v, %v", c, got, err)
		}
	}
	for _, prefix := range []string{"a b", "ü", strings.Repeat("a", 20)} {
		if _, err := batch.Numbered(prefix, 1, 1, 0); !fault.Is(err, fault.Invalid) {
			t.Errorf("prefix %q: %v", prefix, err)
		}
	}
	if _, err := batch.Numbered("a", -1, 1, 0); !fault.Is(err, fault.Invalid) {
		t.Errorf("from -1: %v", err)
	}
}

func TestCSVSaysWhatThePDFSays(t *testing.T) {
	for _, sym := range label.Symbologies() {
		b := some(t, 50, sym)
		b.More = []gs1.Element{{AI: gs1.AIExpiry, Value: "271231"}}
		var list, file bytes.Buffer
		if err := b.WriteCSV(t.Context(), &list, nil); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&list).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 51 || strings.Join(rows[0], ",") != "gtin,serial,lot,uri,element_string" {
			t.Fatalf("%d rows, the first %q", len(rows), rows[0])
		}
		made, err := b.WritePDF(t.Context(), &file, batch.Sheet{Page: batch.A4, Margin: 10, Gap: 3, CropMarks: true}, nil)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := labeltest.ReadPDF(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		per := made.Columns * made.Rows
		if doc.Pages() != made.Pages || made.Pages != (50+per-1)/per || made.Labels != 50 {
			t.Fatalf("%d pages, %+v", doc.Pages(), made)
		}
		for _, i := range []int{0, 1, made.Columns, per - 1, 49} {
			if i >= 50 {
				continue
			}
			row := rows[i+1]
			read := decodeCell(t, doc, made, 210, 297, 3, i)
			link, err := gs1.ParseLink(row[3])
			if err != nil {
				t.Fatal(err)
			}
			elements, err := gs1.ParseElements(row[4])
			if err != nil {
				t.Fatal(err)
			}
			if link.Value(gs1.AISerial) != b.Serials[i] || row[1] != b.Serials[i] || row[0] != "09506000164908" || row[2] != "L/7%" || link.Value(gs1.AIExpiry) != "271231" {
				t.Errorf("row %d is %q", i, row)
			}
			want := row[3]
			if sym == label.GS1DataMatrix || sym == label.GS1QR {
				slices.SortStableFunc(elements, func(a, b gs1.Element) int { return order(a.AI) - order(b.AI) })
				want = gs1.FormatSeparated(elements, 0x1d)[1:]
			}
			if read != want {
				t.Errorf("%s: label %d says %q, the list %q", sym, i, read, want)
			}
		}
	}
}

func order(ai string) int {
	if a, _ := gs1.Lookup(ai); a.Separated {
		return 1
	}
	return 0
}

// decodeCell reads label i from its cell alone, found by the announced sizes.
func decodeCell(t *testing.T, doc *labeltest.PDF, made batch.Made, width, height, gap float64, i int) string {
	t.Helper()
	per := made.Columns * made.Rows
	page, err := doc.Page(i / per)
	if err != nil {
		t.Fatal(err)
	}
	if d := page.Width - width; d > 0.01 || d < -0.01 || page.Height-height > 0.01 || height-page.Height > 0.01 {
		t.Fatalf("the page has %g by %g mm", page.Width, page.Height)
	}
	left := (width - float64(made.Columns)*(made.CellWidth+gap) + gap) / 2
	top := (height - float64(made.Rows)*(made.CellHeight+gap) + gap) / 2
	x := left + float64(i%per%made.Columns)*(made.CellWidth+gap)
	y := top + float64(i%per/made.Columns)*(made.CellHeight+gap)
	text, identifier, err := labeltest.Decode(page.Part(x, y, made.CellWidth, made.CellHeight, 6/made.XDimension), made.Identifier)
	if err != nil || identifier != made.Identifier {
		t.Fatalf("label %d: %s%q, %v", i, identifier, text, err)
	}
	return strings.TrimPrefix(text, "\x1d")
}

func TestRollHasOneLabelAPage(t *testing.T) {
	b := some(t, 300, label.GS1DataMatrix) // more than one node of the page tree
	var file bytes.Buffer
	made, err := b.WritePDF(t.Context(), &file, batch.Sheet{Page: batch.Roll, Margin: 2, CellWidth: 40, CellHeight: 30}, nil)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := labeltest.ReadPDF(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if doc.Pages() != 300 || made.Pages != 300 {
		t.Fatalf("%d pages", doc.Pages())
	}
	for _, i := range []int{0, 255, 256, 299} {
		if read := decodeCell(t, doc, made, 44, 34, 0, i); !strings.Contains(read, b.Serials[i]) {
			t.Errorf("page %d says %q", i, read)
		}
	}
}

// TestSameBatchSameBytes holds the whole file; only its packing may change with the
// compiler, so that the golden file is of the inflated pages.
func TestSameBatchSameBytes(t *testing.T) {
	b := some(t, 130, label.GS1DataMatrix)
	sheet := batch.Sheet{Page: batch.Letter, Margin: 8, Gap: 2, CropMarks: true}
	sum := func() [32]byte {
		var file bytes.Buffer
		if _, err := b.WritePDF(t.Context(), &file, sheet, nil); err != nil {
			t.Fatal(err)
		}
		return sha256.Sum256(file.Bytes())
	}
	before := runtime.GOMAXPROCS(1)
	one := sum()
	runtime.GOMAXPROCS(4)
	four := sum()
	runtime.GOMAXPROCS(before)
	if one != four {
		t.Error("one processor and four give other bytes")
	}
	small := some(t, 2, label.QR)
	var file, list bytes.Buffer
	if _, err := small.WritePDF(t.Context(), &file, sheet, nil); err != nil {
		t.Fatal(err)
	}
	if err := small.WriteCSV(t.Context(), &list, nil); err != nil {
		t.Fatal(err)
	}
	doc, err := labeltest.ReadPDF(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	content, err := doc.Content(0)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"sheet.pdf.txt": content, "list.csv": list.String()} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(path, []byte(got), 0o644)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != got {
			t.Errorf("%s differs (-update rewrites it)", name)
		}
	}
}

// TestPagesAreStreamed watches what has reached the reader while labels are made.
func TestPagesAreStreamed(t *testing.T) {
	b := some(t, 2000, label.GS1DataMatrix)
	var pages, rows counter
	var half, rowsHalf, most int64
	_, err := b.WritePDF(t.Context(), &pages, batch.Sheet{Margin: 10}, func(done, total int) {
		if done*2 <= total {
			half = int64(pages)
			return
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		most = max(most, int64(m.HeapAlloc))
	})
	if err != nil {
		t.Fatal(err)
	}
	if half < int64(pages)*4/10 {
		t.Errorf("half way %d of %d bytes were written", half, pages)
	}
	if err := b.WriteCSV(t.Context(), &rows, func(done, total int) {
		if done*2 == total {
			rowsHalf = int64(rows)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if rowsHalf < int64(rows)*4/10 {
		t.Errorf("half way %d of %d bytes of CSV were written", rowsHalf, rows)
	}
	if most > 30<<20 {
		t.Errorf("%d MB were in use", most>>20)
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

func TestRefusals(t *testing.T) {
	good := some(t, 3, label.QR)
	for _, c := range []struct {
		name  string
		batch func(*batch.Batch)
		sheet batch.Sheet
		code  fault.Code
		says  string
	}{
		{"wrong check digit", func(b *batch.Batch) { b.GTIN = "9506000164909" }, batch.Sheet{}, fault.Invalid, "GTIN"},
		{"wrong lot", func(b *batch.Batch) { b.Lot = "a b" }, batch.Sheet{}, fault.Invalid, "label 1"},
		{"serial twice", func(b *batch.Batch) { b.Serials = []string{"A", "B", "A"} }, batch.Sheet{}, fault.Conflict, "items 1 and 3"},
		{"no serials", func(b *batch.Batch) { b.Serials = nil }, batch.Sheet{}, fault.Invalid, "1 to 100000"},
		{"no domain", func(b *batch.Batch) { b.Stem = "" }, batch.Sheet{}, fault.Invalid, "https://id.example"},
		{"one label larger", func(b *batch.Batch) { b.Serials = []string{"A", "B", "ABCDEFGHIJKLMNOPQRST"} }, batch.Sheet{}, fault.Invalid, "label 3 is"},
		{"cell too small", func(*batch.Batch) {}, batch.Sheet{CellWidth: 5}, fault.Invalid, "label 1 is"},
		{"page too small", func(*batch.Batch) {}, batch.Sheet{Margin: 100}, fault.Invalid, "does not fit"},
		{"marks without margin", func(*batch.Batch) {}, batch.Sheet{CropMarks: true}, fault.Invalid, "5 mm"},
		{"negative gap", func(*batch.Batch) {}, batch.Sheet{Gap: -1}, fault.Invalid, "gap"},
		{"paper", func(*batch.Batch) {}, batch.Sheet{Page: "a5"}, fault.Invalid, "a4, letter or roll"},
		{"no glyph", func(b *batch.Batch) { b.Spec.Text = "飲む" }, batch.Sheet{}, fault.Invalid, "飲"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := good
			c.batch(&b)
			_, err := b.WritePDF(t.Context(), io.Discard, c.sheet, nil)
			f := fault.From(err)
			if f == nil || f.Code != c.code || !strings.Contains(f.Message+" "+f.Hint, c.says) {
				t.Errorf("got %v", f)
			}
		})
	}
}

func TestItEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b := some(t, 1000, label.GS1DataMatrix)
	done := 0
	_, err := b.WritePDF(ctx, io.Discard, batch.Sheet{}, func(n, _ int) { done = n; cancel() })
	if !errors.Is(err, context.Canceled) || done == 1000 {
		t.Errorf("after %d labels: %v", done, err)
	}
}

// full is a disk that fills up.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestAFullDiskIsAnError(t *testing.T) {
	b := some(t, 300, label.GS1DataMatrix)
	if _, err := b.WritePDF(t.Context(), &full{5000}, batch.Sheet{}, nil); err == nil {
		t.Error("the PDF claims to be whole")
	}
	if err := b.WriteCSV(t.Context(), &full{5000}, nil); err == nil {
		t.Error("the CSV claims to be whole")
	}
}

// BenchmarkLabels measures one label of a sheet.
func BenchmarkLabels(b *testing.B) {
	for _, sym := range label.Symbologies() {
		b.Run(fmt.Sprint(sym), func(b *testing.B) {
			all := some(b, 512, sym)
			for b.Loop() {
				if _, err := all.WritePDF(b.Context(), io.Discard, batch.Sheet{}, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(time.Microsecond)/float64(b.N)/512, "µs/label")
		})
	}
}

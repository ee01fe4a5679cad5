package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"tagline/internal/label/labeltest"
	"tagline/internal/label/pdf"
)

func write(t *testing.T, pages int) []byte {
	t.Helper()
	var b bytes.Buffer
	f := pdf.NewWriter(&b, "Größe (1) \\ 2")
	for i := range pages {
		text, foreign := pdf.Text(fmt.Sprintf("page (%d) \\ ü €", i), 3, 10, 20)
		if foreign != 0 {
			t.Fatalf("%q is foreign", foreign)
		}
		before := b.Len()
		f.Page(100, 50.5, []byte(text+pdf.Line(1, 2, 1, 9, 0.1)))
		if b.Len() == before {
			t.Fatalf("page %d is not with the reader", i)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestObjectsStandWhereTheTableSays reads files with none, one and several nodes of
// the page tree; the reader goes by the cross-reference table alone.
func TestObjectsStandWhereTheTableSays(t *testing.T) {
	for _, pages := range []int{0, 1, 256, 257, 600} {
		file := write(t, pages)
		doc, err := labeltest.ReadPDF(file)
		if err != nil {
			t.Fatalf("%d pages: %v", pages, err)
		}
		if doc.Pages() != pages {
			t.Fatalf("%d pages, not %d", doc.Pages(), pages)
		}
		if !bytes.Equal(file, write(t, pages)) {
			t.Error("the same pages give other bytes")
		}
		if pages == 0 {
			continue
		}
		last, err := doc.Page(pages - 1)
		if err != nil {
			t.Fatal(err)
		}
		line := last.Lines[0]
		if line.Text != fmt.Sprintf("page (%d) \\ ü €", pages-1) || math.Abs(line.X-10) > 1e-4 || math.Abs(line.Y-20) > 1e-4 || line.Em != 3 {
			t.Errorf("the last page says %+v", line)
		}
		if math.Abs(last.Width-100) > 1e-4 || math.Abs(last.Height-50.5) > 1e-4 {
			t.Errorf("the page has %g by %g mm", last.Width, last.Height)
		}
	}
}

func TestNumbers(t *testing.T) {
	for want, values := range map[string][]float64{
		"0 1 -1":           {0, 1, -1},
		"0.5 0.000001 0":   {0.5, 0.000001, 0.0000001},
		"0 100":            {-0.0000001, 100},
		"2.834646 1234567": {72 / 25.4, 1234567},
	} {
		if got := pdf.Numbers(values...); got != want {
			t.Errorf("%v: %q, not %q", values, got, want)
		}
	}
}

func TestForeignLettersAreNamed(t *testing.T) {
	for text, want := range map[string]rune{"Łódź": 'Ł', "a\nb": '\n', "飲む": '飲'} {
		if content, got := pdf.Text(text, 3, 0, 0); got != want || content != "" {
			t.Errorf("%q: %q, content %q", text, got, content)
		}
	}
}

// broken fails after some bytes.
type broken struct{ left int }

var errBroken = errors.New("broken")

func (b *broken) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestTheFirstErrorIsKept(t *testing.T) {
	whole := len(write(t, 3))
	for limit := 0; limit < whole; limit += 50 {
		f := pdf.NewWriter(&broken{limit}, strings.Repeat("t", 3))
		for range 3 {
			f.Page(10, 10, []byte(pdf.Line(0, 0, 1, 1, 1)))
		}
		if err := f.Close(); limit < whole/2 && !errors.Is(err, errBroken) {
			t.Fatalf("after %d bytes: %v", limit, err)
		}
	}
}

package label_test

import (
	"bytes"
	"strings"
	"testing"

	"tagline/internal/fault"
	"tagline/internal/label"
	"tagline/internal/label/labeltest"
)

// FuzzLabel draws whatever is valid: the lines say all of the text, the file is
// well formed, and what is refused is refused with a reason.
func FuzzLabel(f *testing.F) {
	for _, s := range []string{"(01)09506000164908(21)A1", "^010950600016490810L1^21A/1", "https://id.example/01/09506000164908/21/A%2F1?x=y",
		"HTTP://[::1]:80/00/095060001649080000", "(8200)http://a.example", "(01)", "https://", ""} {
		f.Add(s, "Halden <&> \"Söhne\"", uint8(0), 30.0)
	}
	f.Add("(01)09506000164908(10)ABCDEFGHIJKLMNOPQRST", "one-very-long-word-that-no-line-of-this-label-can-hold", uint8(2), 14.0)
	f.Fuzz(func(t *testing.T, text, words string, which uint8, width float64) {
		stem := "https://id.example"
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(text)), "http") {
			stem = ""
		}
		d, err := label.ParseData(text, stem)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		sym := label.Symbologies()[int(which)%4]
		l, err := label.New(label.Spec{Symbology: sym, Data: d, HRI: true, Text: words, MaxWidth: width})
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		var file bytes.Buffer
		if err := l.Write(&file, label.SVG); err != nil {
			t.Fatal(err)
		}
		drawing, err := labeltest.ReadSVG(file.Bytes())
		if err != nil {
			t.Fatalf("%v\n%s", err, file.Bytes())
		}
		var said strings.Builder
		for _, line := range drawing.Lines {
			said.WriteString(strings.ReplaceAll(line.Text, " ", ""))
		}
		if want := strings.Join(strings.Fields(words), ""); !strings.HasSuffix(said.String(), want) {
			t.Fatalf("the lines say %q, without %q", said.String(), want)
		}
		if width > 0 && l.Width > width+1e-6 {
			t.Fatalf("%g mm wide, %g were asked", l.Width, width)
		}
	})
}

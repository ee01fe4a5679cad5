package qr_test

import (
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"strings"
	"testing"

	"tagline/internal/label/labeltest"
	"tagline/internal/label/qr"
)

func picture(c *qr.Code) image.Image {
	const dots, quiet = 3, 4
	side := (c.Size + 2*quiet) * dots
	img := image.NewGray(image.Rect(0, 0, side, side))
	for i := range img.Pix {
		x, y := i%side/dots-quiet, i/side/dots-quiet
		if img.Pix[i] = 0xff; x >= 0 && y >= 0 && x < c.Size && y < c.Size && c.Dark(x, y) {
			img.Pix[i] = 0
		}
	}
	return img
}

func reads(t testing.TB, text string, level qr.Level, fnc1 bool) *qr.Code {
	t.Helper()
	c, err := qr.Encode(text, level, fnc1)
	if err != nil {
		t.Fatal(err)
	}
	want := "]Q1"
	if fnc1 {
		want = "]Q3"
	}
	got, identifier, err := labeltest.Decode(picture(c), want)
	if err != nil || got != text || identifier != want {
		t.Fatalf("version %d, level %d: printed %q, read %s%q: %v", c.Version, level, text, identifier, got, err)
	}
	return c
}

// TestEveryVersionReadsBack fills each version at each level to its last word; one
// character more takes the next version.
func TestEveryVersionReadsBack(t *testing.T) {
	for _, level := range []qr.Level{qr.L, qr.M, qr.Q, qr.H} {
		for version := 1; version <= 40; version++ {
			n := qr.DataWords(version, level) - 2 // mode, and a length of 8 bits
			if version >= 10 {
				n-- // or of 16
			}
			if c := reads(t, strings.Repeat("a", n), level, false); c.Version != version {
				t.Errorf("%d characters at level %d took version %d, not %d", n, level, c.Version, version)
			}
			c, err := qr.Encode(strings.Repeat("a", n+1), level, false)
			if version == 40 && !errors.Is(err, qr.ErrTooLong) || version < 40 && (err != nil || c.Version != version+1) {
				t.Errorf("%d characters at level %d: %v", n+1, level, err)
			}
		}
	}
}

// TestCapacities are those of table 7 of ISO/IEC 18004, for version 40 and for 1.
func TestCapacities(t *testing.T) {
	for _, c := range []struct {
		level   qr.Level
		char    string
		one, in int // characters in version 1, and in version 40
	}{
		{qr.L, "7", 41, 7089}, {qr.L, "A", 25, 4296}, {qr.L, "a", 17, 2953},
		{qr.M, "7", 34, 5596}, {qr.M, "A", 20, 3391}, {qr.M, "a", 14, 2331},
		{qr.Q, "7", 27, 3993}, {qr.Q, "A", 16, 2420}, {qr.Q, "a", 11, 1663},
		{qr.H, "7", 17, 3057}, {qr.H, "A", 10, 1852}, {qr.H, "a", 7, 1273},
	} {
		for n, version := range map[int]int{c.one: 1, c.one + 1: 2, c.in: 40} {
			code, err := qr.Encode(strings.Repeat(c.char, n), c.level, false)
			if err != nil || code.Version != version {
				t.Errorf("%d times %s at level %d: %v, %v", n, c.char, c.level, code, err)
			}
		}
		if _, err := qr.Encode(strings.Repeat(c.char, c.in+1), c.level, false); !errors.Is(err, qr.ErrTooLong) {
			t.Errorf("%d times %s at level %d: %v", c.in+1, c.char, c.level, err)
		}
	}
}

func TestMixedTextReadsBack(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 4))
	alphabets := []string{"0123456789", "ABCXYZ $%*+-./:", "abcxyz?=&_!"}
	for i := range 100 {
		var text strings.Builder
		for range 1 + chance.IntN(6) {
			alphabet := alphabets[chance.IntN(3)]
			for range 1 + chance.IntN(18) {
				text.WriteByte(alphabet[chance.IntN(len(alphabet))])
			}
		}
		reads(t, text.String(), qr.Level(i%4), false)
	}
}

func TestGS1DataReadBack(t *testing.T) {
	reads(t, "010950600016490810L1\x1d21A1", qr.M, true)
	reads(t, "0109506000164908", qr.M, true)
	// With FNC1 a percent sign in alphanumeric mode would mean a separator.
	reads(t, "010950600016490810ABCDEFG%2FHIJKL%%MNOPQ\x1d21ABCDEFG%HIJKLMNOP", qr.M, true)
}

// TestMixedModesAreSmaller: a link's digits go into numeric mode.
func TestMixedModesAreSmaller(t *testing.T) {
	link := "https://id.example/01/09506000164908/21/374021984502"
	if c := reads(t, link, qr.M, false); c.Version != 3 { // in bytes alone it needs version 4
		t.Errorf("version %d", c.Version)
	}
}

func FuzzEncode(f *testing.F) {
	for _, s := range []string{"", "1", "A", "a", "https://id.example/01/09506000164908", "1A1a1A1", "\x00\xff"} {
		f.Add(s, uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, level uint8) {
		c, err := qr.Encode(text, qr.Level(level%4), false)
		if err == nil && (c.Size != 17+4*c.Version || c.Version < 1 || c.Version > 40) {
			t.Fatalf("%+v", c)
		}
		for _, r := range text {
			if r < ' ' || r > '~' || err != nil || text == "" {
				return // what characters outside ASCII mean is up to the reader
			}
		}
		if text != "" {
			reads(t, text, qr.Level(level%4), false)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	for _, text := range []string{"https://id.example/01/09506000164908/10/L7/21/3FT2Z4HLMBQT"} {
		b.Run(fmt.Sprint(len(text)), func(b *testing.B) {
			for b.Loop() {
				if _, err := qr.Encode(text, qr.M, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

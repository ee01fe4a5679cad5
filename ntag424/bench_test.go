package ntag424_test

import (
	"crypto/aes"
	"fmt"
	"testing"

	"tagline/ntag424"
)

// uri cuts scheme and host off: what a server sees.
func uri(url string) string { return url[len("https://id.example"):] }

// bench is one kind of tap: many chips, each cached or never seen.
func bench(b *testing.B, pattern string, o ntag424.Options, mode ntag424.Mode, chips int, seen bool) {
	ks := house(b)
	tpl := compile(b, pattern, o)
	urls := make([]string, chips)
	for i := range urls {
		vars := map[string]string{}
		for _, name := range tpl.Variables() {
			vars[name] = fmt.Sprint(i)
		}
		chip, err := ntag424.NewChip(ks, tpl, ntag424.UID{4, byte(i), byte(i >> 8), byte(i >> 16)}, mode, vars)
		if err != nil {
			b.Fatal(err)
		}
		url, err := chip.Tap()
		if err != nil {
			b.Fatal(err)
		}
		urls[i] = uri(url)
	}
	v := verifier(b, ks, tpl)
	if seen {
		for _, u := range urls {
			if _, err := v.Verify(u); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if _, err := v.Verify(urls[i%len(urls)]); err != nil {
			b.Fatal(err)
		}
	}
}

const benchQuery = "https://id.example/t/k1?p={picc}&e={enc}&m={mac}"

func BenchmarkVerify(b *testing.B) {
	plain := ntag424.Options{}
	tamper := ntag424.Options{File: "{tt}--------------"}
	late := ntag424.Options{File: "{tt}--------------", MACFrom: "enc", Foreign: true}
	b.Run("AES/no-file/seen", func(b *testing.B) {
		bench(b, "https://id.example/t/k1?p={picc}&m={mac}", plain, ntag424.AES, 1, true)
	})
	b.Run("AES/tamper/seen", func(b *testing.B) { bench(b, benchQuery, tamper, ntag424.AES, 1, true) })
	b.Run("AES/tamper/an10922", func(b *testing.B) { bench(b, benchQuery, tamper, ntag424.AES, 20000, false) })
	b.Run("AES/tamper/mac-from-enc/an10922", func(b *testing.B) { bench(b, benchQuery, late, ntag424.AES, 20000, false) })
	b.Run("AES/digital-link/an10922", func(b *testing.B) { bench(b, housePattern, tamper, ntag424.AES, 20000, false) })
	b.Run("LRP/tamper/seen", func(b *testing.B) { bench(b, benchQuery, tamper, ntag424.LRP, 1, true) })
	b.Run("LRP/tamper/an10922", func(b *testing.B) { bench(b, benchQuery, tamper, ntag424.LRP, 6000, false) })
}

// What the machine needs for one AES key: a tap in AES mode sets up two or three of
// them, a tap in LRP mode some three hundred. Compare the others with it.
func BenchmarkKeySetUp(b *testing.B) {
	key := make([]byte, 16)
	b.ReportAllocs()
	for range b.N {
		if _, err := aes.NewCipher(key); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRefuse(b *testing.B) {
	ks := house(b)
	tpl := compile(b, benchQuery, ntag424.Options{File: "{tt}--------------"})
	good := uri(tapped(b, ks, tpl, ntag424.AES))
	v := verifier(b, ks, tpl)
	for _, row := range []struct{ name, url string }{
		{"mac", good[:len(good)-4] + "0000"},
		{"picc", good[:10] + "0000" + good[14:]},
		{"mismatch", good[:20]},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if _, err := v.Verify(row.url); err == nil {
					b.Fatal("accepted")
				}
			}
		})
	}
}

func BenchmarkChipTap(b *testing.B) {
	chip, err := ntag424.NewChip(house(b), houseTemplate(b), ntag424.UID{4}, ntag424.AES, map[string]string{"serial": "A1"})
	if err != nil {
		b.Fatal(err)
	}
	for range b.N {
		if _, err := chip.Tap(); err != nil {
			b.Fatal(err)
		}
	}
}

// A request must not cost the collector much: at most 6 allocations, whether the
// chip was seen lately or its key has to be derived.
func TestVerifyAllocatesLittle(t *testing.T) {
	ks, tpl := house(t), houseTemplate(t)
	var urls []string
	for i := range 101 {
		chip, err := ntag424.NewChip(ks, tpl, ntag424.UID{4, byte(i)}, ntag424.AES, map[string]string{"serial": "A1"})
		if err != nil {
			t.Fatal(err)
		}
		url, err := chip.Tap()
		if err != nil {
			t.Fatal(err)
		}
		urls = append(urls, uri(url))
	}
	v := verifier(t, ks, tpl)
	i := 0
	run := func() {
		if _, err := v.Verify(urls[i%len(urls)]); err != nil {
			t.Fatal(err)
		}
		i++
	}
	if n := testing.AllocsPerRun(100, run); n > 6 {
		t.Errorf("%v allocations for a chip not seen before", n)
	}
	if n := testing.AllocsPerRun(100, run); n > 4 {
		t.Errorf("%v allocations for a chip seen before", n)
	}
}

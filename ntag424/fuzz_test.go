package ntag424_test

import (
	"strings"
	"testing"

	"tagline/ntag424"
)

// Nobody without the keys finds a URL that is believed, whatever its text, and no
// text breaks the verifier or the diagnosis.
func FuzzVerify(f *testing.F) {
	ks, demo := house(f), factory()
	type door struct {
		tpl     *ntag424.Template
		v, open *ntag424.Verifier
	}
	var doors []door
	for _, s := range shapes() {
		tpl := compile(f, s.pattern, s.options)
		doors = append(doors, door{tpl, verifier(f, ks, tpl), verifier(f, demo, tpl)})
		f.Add(tapped(f, demo, tpl, ntag424.AES))
		f.Add(strings.ToLower(tapped(f, demo, tpl, ntag424.LRP)))
	}
	list, _ := readVectors()
	for _, v := range list {
		if v.Input.URL != "" {
			f.Add(v.Input.URL)
		}
	}
	f.Fuzz(func(t *testing.T, url string) {
		for _, d := range doors {
			if tap, err := d.v.Verify(url); err == nil {
				t.Fatalf("%s: believed %q: %v", d.tpl, url, tap)
			}
			tap, err := d.open.Verify(url) // keys that the seeds are signed with
			if err != nil {
				if code(err) != ntag424.ErrExhausted && (tap.HasUID || tap.File != nil) {
					t.Errorf("%s: %q: %v with %v", d.tpl, url, tap, err)
				}
				continue
			}
			if again := ntag424.Diagnose(demo, d.tpl, url); again.Err != nil || again.Tap.String() != tap.String() {
				t.Errorf("%s: %q: diagnosis %+v", d.tpl, url, again)
			}
		}
	})
}

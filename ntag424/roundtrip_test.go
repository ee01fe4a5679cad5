package ntag424_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tagline/ntag424"
)

// shape is a way of laying out a URL.
type shape struct {
	name, pattern string
	options       ntag424.Options
}

// shapes are those of the field, and the house's own.
func shapes() []shape {
	foreign := func(from, file string) ntag424.Options {
		return ntag424.Options{MACFrom: from, File: file, Foreign: true}
	}
	const tt = "{tt}--------------"
	return []shape{
		{"house", housePattern, ntag424.Options{File: tt, KeySet: "k1"}},
		{"without file", "https://id.example/t/k1/{serial}?p={picc}&m={mac}", ntag424.Options{KeySet: "k1"}},
		{"three names", "https://id.example/tagtt?picc_data={picc}&enc={enc}&cmac={mac}", foreign("enc", tt)},
		{"empty MAC input", "https://id.example/?e={picc}&c={mac}", foreign("mac", "")},
		{"no path", "https://id.example?p={picc}&c={mac}", foreign("", "")},
		{"in the open", "https://id.example/tagpt?uid={uid}&ctr={ctr}&cmac={mac}", foreign("mac", "")},
		{"in the open, with file", "https://id.example/tagpt?uid={uid}&ctr={ctr}&e={enc}&cmac={mac}", foreign("uid", tt)},
		{"in the open, with tamper", "https://id.example/tagpt?uid={uid}&ctr={ctr}&tt={tt}&cmac={mac}", foreign("query", "")},
		{"path segments", "https://id.example/v1/{picc}/{enc}/{mac}", foreign("path", tt)},
		{"path segments, MAC from the file", "https://id.example/{picc}/{enc}/{mac}", foreign("enc", tt)},
		{"one segment", "https://id.example/{uid}{ctr}{mac}", foreign("", "")},
		{"one parameter", "https://id.example/?d={picc}{enc}{mac}", foreign("", tt)},
		{"bare parameter", "https://id.example/?{picc}{enc}{mac}", foreign("", tt)},
		{"separator letters", "https://id.example/?m={picc}x{enc}x{mac}", foreign("", tt)},
		{"separator letters in a path", "https://id.example/a/{picc}x{mac}", foreign("picc", "")},
		{"static parameters", "https://id.example/x?v=1&p={picc}&m={mac}", ntag424.Options{}},
		{"several variables", "https://id.example/{a}/{picc}/x-{b}.html?c={c}&d={mac}", foreign("", "")},
		{"variable before a parameter", "https://id.example/01/{gtin}/21/{serial}?p={picc}&m={mac}", ntag424.Options{}},
		{"www abbreviated", "https://www.id.example/?p={picc}&m={mac}", ntag424.Options{Prefix: "https://www."}},
		{"nothing abbreviated", "https://id.example/?p={picc}&m={mac}", ntag424.Options{Prefix: "none"}},
		{"two blocks of file", "https://id.example/?p={picc}&e={enc}&m={mac}", ntag424.Options{File: "batch 4711, {tt} and some more txt"}},
		{"UID only", "https://id.example/?u={uid}&m={mac}", foreign("", "")},
	}
}

// What a chip signs, the verifier reads; what is changed on the way, it refuses.
func TestWhatAChipSignsVerifies(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, s := range shapes() {
		for _, mode := range []ntag424.Mode{ntag424.AES, ntag424.LRP} {
			t.Run(s.name+" "+mode.String(), func(t *testing.T) {
				ks := house(t)
				tpl := compile(t, s.pattern, s.options)
				v := verifier(t, ks, tpl)
				vars := map[string]string{}
				for _, name := range tpl.Variables() {
					vars[name] = fmt.Sprintf("%s%%2F%d", name, random.IntN(1000))
				}
				var u ntag424.UID
				for i := range u {
					u[i] = byte(random.Uint32())
				}
				chip, err := ntag424.NewChip(ks, tpl, u, mode, vars)
				if err != nil {
					t.Fatal(err)
				}
				chip.Counter = random.Uint32N(0xFFFF00)
				for _, step := range []struct {
					do   func()
					want ntag424.Tamper
				}{
					{func() {}, ntag424.TamperSealed}, {chip.Open, ntag424.TamperOpen}, {chip.Close, ntag424.TamperReclosed},
				} {
					step.do()
					url, err := chip.Tap()
					if err != nil {
						t.Fatal(err)
					}
					tap, err := v.Verify(url)
					if err != nil {
						t.Fatalf("%s: %v", url, err)
					}
					checkTap(t, tap, chip, tpl, step.want, vars)
					again, err := v.Verify(strings.TrimPrefix(strings.TrimPrefix(url, "https://"), hostOf(url)))
					if strings.Contains(url, "example/") && (err != nil || again.String() != tap.String()) {
						t.Errorf("request URI: %v, %v", again, err)
					}
					refuses(t, v, tpl, url)
				}
			})
		}
	}
}

func hostOf(url string) string {
	rest := strings.TrimPrefix(url, "https://")
	return rest[:strings.IndexAny(rest, "/?")]
}

func checkTap(t *testing.T, tap ntag424.Tap, chip *ntag424.Chip, tpl *ntag424.Template, seal ntag424.Tamper, vars map[string]string) {
	t.Helper()
	plainUIDOnly := !strings.Contains(tpl.String(), "{picc}") && !strings.Contains(tpl.String(), "{ctr}")
	want := ntag424.Tap{UID: chip.UID, HasUID: true, Counter: chip.Counter, HasCounter: true, Mode: chip.Mode, Tier: ntag424.TierLive}
	if tpl.Tampers() {
		want.Tamper, want.Tier = seal, ntag424.TierLiveTamper
	}
	if plainUIDOnly {
		want.Counter, want.HasCounter, want.Tier = 0, false, ntag424.TierNoReplay
	}
	if tap.String() != want.String() || tap.UID != want.UID {
		t.Errorf("%v, want %v", tap, want)
	}
	if n := tpl.FileLen(); n > 0 && (len(tap.File) != n || !bytes.Contains(tap.File, []byte(seal.Letters()))) {
		t.Errorf("file %q", tap.File)
	}
	for name, value := range vars {
		if tap.Var(name) != value {
			t.Errorf("%s = %q, want %q", name, tap.Var(name), value)
		}
	}
}

// refuses changes every character of the URL that the MAC covers or that carries the
// message, one by one.
func refuses(t *testing.T, v *ntag424.Verifier, tpl *ntag424.Template, url string) {
	t.Helper()
	f, err := tpl.Match(url)
	if err != nil {
		t.Fatal(err)
	}
	names := append(tpl.Variables(), "picc", "enc", "mac", "uid", "ctr")
	for _, name := range names {
		at := f.Offset(name)
		for i := range f.Get(name) {
			b := []byte(url)
			if b[at+i]++; b[at+i] == '9'+1 || b[at+i] == 'F'+1 {
				b[at+i] = '0'
			}
			if strings.ContainsAny(string(b[at+i:at+i+1]), "&#/?") {
				continue
			}
			switch tap, err := v.Verify(string(b)); code(err) {
			case ntag424.ErrPICC, ntag424.ErrMAC, ntag424.ErrBadHex:
			default:
				t.Errorf("%s changed at %d: %v, %v", name, i, tap, err)
			}
		}
	}
}

// A way may re-order parameters, add some, change the host and the case of digits.
func TestTheWayMayChangeWhatTheMACDoesNotNeed(t *testing.T) {
	ks, tpl := house(t), houseTemplate(t)
	v := verifier(t, ks, tpl)
	for _, mode := range []ntag424.Mode{ntag424.AES, ntag424.LRP} {
		chip, err := ntag424.NewChip(ks, tpl, uid(t, "04112233445566"), mode, map[string]string{"serial": "A1"})
		if err != nil {
			t.Fatal(err)
		}
		url, err := chip.Tap()
		if err != nil {
			t.Fatal(err)
		}
		path, query, _ := strings.Cut(strings.TrimPrefix(url, "https://id.example"), "?")
		p := strings.Split(query, "&")
		for _, row := range []struct{ name, url string }{
			{"as sent", url},
			{"request URI", path + "?" + query},
			{"other host and scheme", "http://10.0.0.1:8080" + path + "?" + query},
			{"re-ordered", path + "?" + p[2] + "&" + p[0] + "&" + p[1]},
			{"with a campaign", path + "?utm_source=nfc&" + query + "&fbclid=x&flag&&="},
			{"in between", path + "?" + p[0] + "&utm_medium=tag&" + p[1] + "&gclid=1&" + p[2]},
			{"lower case", path + "?" + strings.ToLower(query)},
			{"fragment", url + "#recipes"},
		} {
			if _, err := v.Verify(row.url); err != nil {
				t.Errorf("%v, %s: %v", mode, row.name, err)
			}
		}
		for _, row := range []struct {
			name, url string
			want      ntag424.Code
		}{
			{"other serial", strings.Replace(url, "/A1?", "/A2?", 1), ntag424.ErrMAC},
			{"other product", strings.Replace(url, "/09506000134352/", "/09506000134369/", 1), ntag424.ErrTemplateMismatch},
			{"parameter twice", url + "&" + p[0], ntag424.ErrTemplateMismatch},
			{"parameter missing", path + "?" + p[0] + "&" + p[1], ntag424.ErrTemplateMismatch},
		} {
			if _, err := v.Verify(row.url); code(err) != row.want {
				t.Errorf("%v, %s: %v", mode, row.name, err)
			}
		}
	}
}

// Some encoders sign the lower-case digits that they write.
func TestLowerCaseThatWasSigned(t *testing.T) {
	tpl := compile(t, "https://id.example/?p={picc}&m={mac}", ntag424.Options{})
	for _, url := range []string{
		"https://id.example/?p=ef963ff7828658a599f3041510671e88&m=",
		"https://id.example/?p=EF963FF7828658A599F3041510671E88&m=",
	} {
		// The session of AN12196, table 5, over this very text.
		mac := ntag424.CMAC(key(t, "3fb5f6e3a807a03d5e3570ace393776f"), []byte(strings.TrimPrefix(url, "https://")))
		signed := url
		for i := 1; i < 16; i += 2 {
			signed += fmt.Sprintf("%02x", mac[i])
		}
		if tap, err := verifier(t, factory(), tpl).Verify(signed); err != nil || tap.Counter != 61 {
			t.Errorf("%s: %v, %v", signed, tap, err)
		}
	}
}

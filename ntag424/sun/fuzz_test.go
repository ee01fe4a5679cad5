package sun_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tagline/ntag424/sun"
)

// published gives the URLs of the shared vectors, where they are.
func published() (urls []string) {
	dir := os.Getenv("TAGLINE_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(dir, "data", "ntag424", "vectors.json"))
	if err != nil {
		return nil
	}
	var file struct {
		Vectors []struct{ Input struct{ URL string } }
	}
	if json.Unmarshal(b, &file) != nil {
		return nil
	}
	for _, v := range file.Vectors {
		if v.Input.URL != "" {
			urls = append(urls, v.Input.URL)
		}
	}
	return urls
}

var patterns = []string{
	"https://id.example/t/k1/01/09506000134352/21/{serial}?p={picc}&e={enc}&m={mac}",
	"https://my424dna.com/?picc_data={picc}&enc={enc}&cmac={mac}",
	"https://sdm.nfcdeveloper.com/tagpt?uid={uid}&ctr={ctr}&tt={tt}&cmac={mac}",
	"https://ntag.nxp.com/424?e={picc}&c={mac}",
	"https://any.domain/?m={picc}x{enc}x{mac}",
	"https://x.example/{uid}{ctr}{mac}",
	"https://x.example/?{picc}{enc}{mac}",
	"https://x.example?a={a}z&{picc}&/{b}&{mac}",
	"http://x.example/a-{v}.html/{picc}/{mac}?x#",
}

// What compiles encodes to settings that the chip accepts, and its own URL matches.
func FuzzCompile(f *testing.F) {
	for _, p := range patterns {
		f.Add(p, "", "", "", true)
		f.Add(p, "{tt}--------------", "enc", "none", true)
		f.Add(p, "{tt}--------------", "", "", false)
	}
	for _, u := range published() {
		f.Add(u+"{picc}{mac}", "", "mac", "https://www.", true)
	}
	f.Fuzz(func(t *testing.T, pattern, file, from, prefix string, foreign bool) {
		tpl, err := sun.Compile(pattern, sun.Options{File: file, MACFrom: from, Prefix: prefix, Foreign: foreign})
		if err != nil {
			if e := problem(err); e.Rule == "" || e.Message == "" || e.Offset > len(pattern) {
				t.Errorf("%q: %#v", pattern, err)
			}
			return
		}
		vars := map[string]string{}
		for _, name := range tpl.Variables() {
			vars[name] = "v"
		}
		for _, mode := range []sun.Mode{sun.AES, sun.LRP} {
			e, err := tpl.Encode(sun.Slots{Meta: 1, File: 2}, mode, vars)
			if err != nil {
				continue // too long in LRP
			}
			back, err := sun.ParseSettings(e.Settings.Bytes())
			if err != nil || back != e.Settings {
				t.Fatalf("%q: settings %+v, %v", pattern, back, err)
			}
			if len(e.File) > sun.FileSize || !strings.HasSuffix(e.URL, string(e.File[sun.TextOffset:])) {
				t.Fatalf("%q: file %q, URL %q", pattern, e.File, e.URL)
			}
			url := []byte(e.URL) // what is not hex would be replaced by the chip
			shift := len(url) - len(e.File)
			if s := e.Settings; s.Enc {
				copy(url[s.EncOffset+shift:], bytes.Repeat([]byte("0"), s.EncLength))
			}
			f, err := tpl.Match(string(url))
			if err != nil {
				t.Fatalf("%q does not match its own %q: %v", pattern, url, err)
			}
			for _, name := range tpl.Variables() {
				if f.Get(name) != "v" {
					t.Errorf("%q: %s = %q", pattern, name, f.Get(name))
				}
			}
			input, _ := f.AppendMACInput(nil, "", true)
			if chip := url[e.Settings.MACInputOffset+shift : e.Settings.MACOffset+shift]; !e.Settings.Tamper && string(input) != string(chip) {
				t.Errorf("%q: MAC input %q, the chip's %q", pattern, input, chip)
			}
		}
	})
}

// Any text is taken apart or refused with a place inside it.
func FuzzMatch(f *testing.F) {
	var list []*sun.Template
	for _, p := range patterns[:8] {
		list = append(list, compile(f, p, sun.Options{Foreign: true}))
	}
	for _, u := range published() {
		f.Add(u)
		_, uri, _ := strings.Cut(strings.TrimPrefix(u, "https://"), "/")
		f.Add("/" + strings.ToLower(uri))
	}
	for _, tpl := range list {
		f.Add(strings.NewReplacer("{picc}", strings.Repeat("0", 48), "{enc}", strings.Repeat("F", 32), "{mac}", strings.Repeat("a", 16),
			"{uid}", "04112233445566", "{ctr}", "000001", "{tt}", "CC").Replace(tpl.String()))
	}
	f.Fuzz(func(t *testing.T, url string) {
		for _, tpl := range list {
			tpl.Explain(url)
			fields, err := tpl.Match(url)
			if err != nil {
				if e := problem(err); e.Offset < 0 || e.Offset > len(url) {
					t.Errorf("%s: %q: offset %d", tpl, url, e.Offset)
				}
				continue
			}
			for _, name := range []string{"picc", "enc", "mac", "uid", "ctr", "tt"} {
				if s := fields.Get(name); s != "" && url[fields.Offset(name):][:len(s)] != s {
					t.Errorf("%s: %q: %s is not at its offset", tpl, url, name)
				}
			}
			if input, _ := fields.AppendMACInput(nil, "", true); len(input) > len(url)+sun.FileSize {
				t.Errorf("%s: MAC input of %d bytes", tpl, len(input))
			}
		}
	})
}

// What is read is written again as it was, but for the size that an answer adds.
func FuzzParseSettings(f *testing.F) {
	for _, s := range []string{
		"4000E0C1F121200000430000430000", "0300E0", "401FE2E1FEE3100000200000080000280000FFFF00",
		"4000E0D9FF12200000440000440000440000200000690000", "004000E0000100C1F121200000430000430000",
	} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := sun.ParseSettings(data)
		if err != nil {
			if e := problem(err); e.Rule == "" || e.Offset < 0 || e.Offset > len(data) {
				t.Errorf("%X: %v", data, err)
			}
			return
		}
		want := data
		if s.FileSize > 0 || len(data) >= 7 && data[0] == 0 {
			want = append(append([]byte{}, data[1:4]...), data[7:]...)
		}
		if !bytes.Equal(s.Bytes(), want) {
			t.Errorf("%X became %X", data, s.Bytes())
		}
	})
}

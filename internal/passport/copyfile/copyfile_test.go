package copyfile_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"tagline/internal/fault"
	"tagline/internal/passport/copyfile"
	"tagline/internal/passport/sheet"
)

type entry struct {
	name string
	data []byte
}

func pack(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err == nil {
			_, err = f.Write(e.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sample is a copy of one version with a document. list changes its manifest.
func sample(t testing.TB, list func(*copyfile.Manifest)) []entry {
	t.Helper()
	m := copyfile.Manifest{Format: copyfile.Format, Passport: "https://id.example/01/09506000134352", Tier: sheet.Public, Exported: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		Versions: []copyfile.Version{{Version: 1, SHA256: strings.Repeat("ab", 32)}}}
	files := []entry{
		{"documents/a.txt", []byte("Keep it upright.")},
		{"passport.jsonld", []byte(`{"@id":"https://id.example/01/09506000134352","version":1,"sha256":"` + strings.Repeat("ab", 32) + `"}`)},
	}
	for _, f := range files {
		m.Files = append(m.Files, copyfile.File{Path: f.name, Bytes: int64(len(f.data)), SHA256: sheet.Hash(f.data)})
	}
	if list != nil {
		list(&m)
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return append(files, entry{"manifest.json", text})
}

func verify(b []byte) (copyfile.Manifest, error) {
	return copyfile.Verify(bytes.NewReader(b), int64(len(b)))
}

func TestWhatACopyMustBe(t *testing.T) {
	if m, err := verify(pack(t, sample(t, nil)...)); err != nil || len(m.Files) != 2 || m.Versions[0].Version != 1 {
		t.Fatalf("a whole copy: %+v, %v", m, err)
	}
	for name, b := range map[string][]byte{
		"a file twice":             pack(t, append(sample(t, nil), entry{"documents/a.txt", []byte("Keep it upright.")})...),
		"a file more":              pack(t, append(sample(t, nil), entry{"virus.exe", nil})...),
		"a file less":              pack(t, sample(t, nil)[1:]...),
		"no manifest":              pack(t, sample(t, nil)[:2]...),
		"listed twice":             pack(t, sample(t, func(m *copyfile.Manifest) { m.Files = append(m.Files, m.Files[0]) })...),
		"shorter than it says":     pack(t, sample(t, func(m *copyfile.Manifest) { m.Files[0].Bytes++ })...),
		"longer than it says":      pack(t, sample(t, func(m *copyfile.Manifest) { m.Files[0].Bytes-- })...),
		"a size below nothing":     pack(t, sample(t, func(m *copyfile.Manifest) { m.Files[0].Bytes = -1 << 62 })...),
		"another hash":             pack(t, sample(t, func(m *copyfile.Manifest) { m.Files[0].SHA256 = strings.Repeat("0", 64) })...),
		"another passport":         pack(t, sample(t, func(m *copyfile.Manifest) { m.Passport += "/10/L7" })...),
		"another version":          pack(t, sample(t, func(m *copyfile.Manifest) { m.Versions[0].Version = 2 })...),
		"no version":               pack(t, sample(t, func(m *copyfile.Manifest) { m.Versions = nil })...),
		"another form":             pack(t, sample(t, func(m *copyfile.Manifest) { m.Format = "zip" })...),
		"a manifest that is none":  pack(t, entry{"manifest.json", []byte("{")}),
		"not a ZIP":                []byte("PK"),
		"entries that share bytes": shared(t, 100),
	} {
		if _, err := verify(b); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	large := pack(t, append(sample(t, func(m *copyfile.Manifest) {
		m.Files = append(m.Files, copyfile.File{Path: "zeros", Bytes: 17 << 20})
	}), entry{"zeros", make([]byte, 17<<20)})...)
	if _, err := verify(large); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a file of 17 MiB: %v", err)
	}
}

// shared is a ZIP whose directory names one entry n times, under n names: each would
// be unpacked from the same bytes.
func shared(t testing.TB, n int) []byte {
	one := pack(t, entry{"00", bytes.Repeat([]byte("tide "), 10000)})
	end := len(one) - 22
	start := int(binary.LittleEndian.Uint32(one[end+16:]))
	record := one[start:end]
	b := append([]byte{}, one[:start]...)
	for i := range n {
		copied := bytes.Clone(record)
		copy(copied[46:48], []byte{byte('0' + i/10), byte('0' + i%10)})
		b = append(b, copied...)
	}
	tail := bytes.Clone(one[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(n))
	binary.LittleEndian.PutUint16(tail[10:], uint16(n))
	binary.LittleEndian.PutUint32(tail[12:], uint32(n*len(record)))
	b = append(b, tail...)
	if r, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err != nil || len(r.File) != n {
		t.Fatalf("the sample is no ZIP of %d entries: %v", n, err)
	} else if in, err := r.File[0].Open(); err != nil {
		t.Fatal(err)
	} else if data, err := io.ReadAll(in); err != nil || len(data) != 50000 {
		t.Fatalf("%d bytes, %v", len(data), err)
	}
	return b
}

func FuzzVerify(f *testing.F) {
	whole := pack(f, sample(f, nil)...)
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(pack(f, sample(f, nil)[:2]...))
	f.Add(shared(f, 3))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := verify(data)
		if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
			t.Errorf("not a fault of the copy: %v", err)
		}
		if err == nil && (m.Format != copyfile.Format || len(m.Versions) == 0) {
			t.Errorf("taken for a copy: %+v", m)
		}
	})
}

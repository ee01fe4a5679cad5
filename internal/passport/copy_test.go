package passport_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"tagline/internal/fault"
	"tagline/internal/passport"
	"tagline/internal/passport/copyfile"
	"tagline/internal/sqldb/sqldbtest"
)

func (h house) copy(t *testing.T, q passport.Query, all bool) []byte {
	t.Helper()
	c, err := h.Copy(t.Context(), q, all)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := c.Write(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verify(b []byte) (copyfile.Manifest, error) {
	return copyfile.Verify(bytes.NewReader(b), int64(len(b)))
}

// stocked is a passport of three versions with documents.
func stocked(t *testing.T, h house) {
	t.Helper()
	h.put(t, model())
	for name, tier := range map[string]passport.Tier{"care.txt": passport.Public, "report.txt": passport.Authority} {
		if _, err := h.AddFile(t.Context(), at, passport.File{Name: name, Title: en(name), Type: "text/plain", Tier: tier}, []byte("The text of "+name), passport.Change{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"One", "Two", "Three"} {
		p, err := h.Get(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		p.Draft.Name = en(name)
		h.clock.Advance(time.Hour)
		h.publish(t, p.Draft)
	}
}

func TestACopyStandsByItself(t *testing.T) {
	both(t, func(t *testing.T, h house) {
		stocked(t, h)
		b := h.copy(t, passport.Query{Anchor: at}, true)
		if again := h.copy(t, passport.Query{Anchor: at}, true); !bytes.Equal(b, again) {
			t.Error("the same copy at the same time has other bytes")
		}
		m, err := verify(b)
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Versions) != 3 || m.Versions[0].Version != 3 || m.Versions[2].Folder != "versions/1/" || m.Passport != "https://id.brand.example/01/"+gin {
			t.Errorf("manifest: %+v", m)
		}
		names := map[string]string{}
		for name, data := range entries(t, b) {
			names[name] = string(data)
		}
		if len(names) != 2+3*2+1 || !strings.Contains(names["versions/1/index.html"], `href="../../documents/`) || !strings.Contains(names["index.html"], `href="documents/`) {
			t.Errorf("files: %v", names)
		}
		for name, text := range names {
			if strings.Contains(text, "report.txt") || strings.Contains(text, "Norfolk Cullet") {
				t.Errorf("the public copy's %s holds what is for authorities", name)
			}
		}
		_, official := h.grant(t, passport.Authority)
		one := h.copy(t, passport.Query{Anchor: at, Token: official, Version: 2}, false)
		m, err = verify(one)
		if err != nil || len(m.Versions) != 1 || m.Versions[0].Version != 2 || m.Tier != passport.Authority || len(m.Files) != 5 {
			t.Errorf("manifest: %+v, %v", m, err)
		}
		uses, err := h.AccessLog(t.Context(), passport.UseFilter{Path: at.Path()})
		if err != nil || len(uses) != 1 || uses[0].Form != "copy" || uses[0].Version != 2 {
			t.Errorf("access log: %+v, %v", uses, err)
		}
	})
}

func entries(t *testing.T, b []byte) map[string][]byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(in); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func pack(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, data := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAChangedCopyIsFound(t *testing.T) {
	h := open(t, sqldbtest.SQLite(t))
	stocked(t, h)
	whole := h.copy(t, passport.Query{Anchor: at}, true)
	if _, err := verify(pack(t, entries(t, whole))); err != nil {
		t.Fatalf("packed again it is refused: %v", err)
	}
	for name, spoil := range map[string]func(files map[string][]byte){
		"a changed page":    func(f map[string][]byte) { f["index.html"] = append(f["index.html"], ' ') },
		"a missing file":    func(f map[string][]byte) { delete(f, "README.txt") },
		"a file more":       func(f map[string][]byte) { f["documents/virus.exe"] = []byte("x") },
		"no manifest":       func(f map[string][]byte) { delete(f, "manifest.json") },
		"a broken manifest": func(f map[string][]byte) { f["manifest.json"] = []byte("{") },
		"another version's JSON-LD": func(f map[string][]byte) {
			f["manifest.json"] = bytes.Replace(f["manifest.json"], []byte(`"version": 3`), []byte(`"version": 4`), 1)
		},
	} {
		files := entries(t, whole)
		spoil(files)
		if _, err := verify(pack(t, files)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := verify(whole[:len(whole)/2]); !fault.Is(err, fault.Invalid) {
		t.Errorf("half a copy: %v", err)
	}
}

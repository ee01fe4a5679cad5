package listfile_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"tagline/internal/place/listfile"
)

func rows() []listfile.Row {
	return []listfile.Row{
		{Fields: map[string]string{"key": "414/9506000134352", "name": `Works, "north"`, "kind": "plant", "country": "NO", "latitude": "59.12"}},
		{Fields: map[string]string{"key": "417/9506000134352", "name": "Halden Ærø", "class": "party"}},
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	got, err := listfile.Parse(listfile.Format(rows()))
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if got[i].Line != i+2 || !reflect.DeepEqual(got[i].Fields, rows()[i].Fields) {
			t.Errorf("line %d came back as %v", got[i].Line, got[i])
		}
	}
}

func TestMistakesAreToldWithTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "line 1: the file is empty",
		"name\nx":                    "line 1: the column key is missing",
		"key,colour\n1,2":            `line 1: there is no column "colour"`,
		"key,key\n1,2":               "line 1: the column key stands there twice",
		"key,name\na,b\nc,d,e":       "line 3: there are 3 fields, and 2 columns",
		"key,name\na,\"b":            "line 2:",
		"key\n\xff":                  "line 1: the file is not UTF-8",
		"key,name\n\"two\nlines\",b": "",
	} {
		_, err := listfile.Parse([]byte(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestASignedListProvesItself(t *testing.T) {
	secret, public, err := listfile.NewKey(rand.Reader, "id.example:8080")
	if err != nil {
		t.Fatal(err)
	}
	made := time.Date(2026, 11, 2, 3, 4, 5, 0, time.UTC)
	signed, err := listfile.Sign(rows(), made, secret)
	if err != nil {
		t.Fatal(err)
	}
	list, err := listfile.Verify(signed, public)
	if err != nil || list.Signer != "id.example:8080" || !list.Made.Equal(made) || len(list.Rows) != 2 || list.Rows[1].Fields["name"] != "Halden Ærø" || list.Rows[0].Line != 5 {
		t.Fatalf("%+v %v", list, err)
	}
	if !listfile.Signed(signed) || listfile.Signed(listfile.Format(rows())) {
		t.Error("a signed list is not told from another")
	}
	// Behind the text stands the signature, whose last character has bits to spare.
	for i := range bytes.LastIndex(signed, []byte("\n\n")) {
		changed := bytes.Clone(signed)
		changed[i] ^= 1
		if _, err := listfile.Verify(changed, public); err == nil {
			t.Errorf("byte %d (%q) was changed, and nobody noticed", i, signed[i])
		}
	}
	_, other, err := listfile.NewKey(rand.Reader, "id.example:8080")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := listfile.Verify(signed, other); !errors.Is(err, listfile.ErrNotSigned) {
		t.Errorf("another key of that name: %v", err)
	}
	if _, err := listfile.Verify(signed, "nonsense"); err == nil || errors.Is(err, listfile.ErrNotSigned) {
		t.Errorf("no key at all: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("key;name\n414/1;\"a;b\"\n"))
	f.Add(listfile.Format(rows()))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := listfile.Parse(text)
		if err != nil {
			return
		}
		back, err := listfile.Parse(listfile.Format(got))
		if err != nil || len(back) != len(got) {
			t.Fatalf("%d rows came back as %d: %v", len(got), len(back), err)
		}
	})
}

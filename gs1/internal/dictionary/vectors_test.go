package dictionary_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"tagline/gs1/internal/dictionary"
)

// TestVectorsOfTheLinters runs the unit tests of the dictionary's own linters: one
// component, the code of its flaw, and the bytes at fault between asterisks.
func TestVectorsOfTheLinters(t *testing.T) {
	shared := os.Getenv("TAGLINE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared")
	}
	text, err := os.ReadFile(filepath.Join(shared, "data", "gs1", "ai-component-linters.json"))
	if err != nil {
		t.Skipf("NOT TESTED AGAINST THE VECTORS OF GS1'S LINTERS: %v", err)
	}
	var set struct {
		Count   int
		Vectors []struct{ Linter, Input, Error, Highlight string }
	}
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Vectors) == 0 || len(set.Vectors) != set.Count {
		t.Fatalf("%d vectors, announced are %d", len(set.Vectors), set.Count)
	}
	for _, v := range set.Vectors {
		if !dictionary.HasLinter(v.Linter) {
			t.Fatalf("no linter %s", v.Linter)
		}
		s := latin1(v.Input)
		code, at, n := dictionary.Lint(v.Linter, s)
		if code != v.Error {
			t.Errorf("%s %q: got %q, want %q", v.Linter, s, code, v.Error)
		} else if marked := s[:at] + "*" + s[at:at+n] + "*" + s[at+n:]; code != "" && marked != latin1(v.Highlight) {
			t.Errorf("%s %q: %s marks %s, want %s", v.Linter, s, code, marked, v.Highlight)
		}
	}
	t.Logf("%d vectors", len(set.Vectors))
}

// latin1 turns the characters of ISO 8859-1 by which the file spells bytes into
// those bytes.
func latin1(s string) string {
	var b []byte
	for _, c := range s {
		b = append(b, byte(c))
	}
	return string(b)
}

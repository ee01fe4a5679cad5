package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// source is where the dictionary lies, if it is there.
func source(t *testing.T) string {
	shared := os.Getenv("TAGLINE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared")
	}
	dir := filepath.Join(shared, "data", "gs1")
	if _, err := os.Stat(filepath.Join(dir, "ai-dictionary.json")); err != nil {
		t.Skipf("NOT COMPARED WITH THE DICTIONARY: %v", err)
	}
	return dir
}

func TestTheCommittedTablesAreWhatTheDictionaryGives(t *testing.T) {
	to := t.TempDir()
	if err := run(source(t), to); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"table_ai.go", "table_lists.go"} {
		fresh, err := os.ReadFile(filepath.Join(to, name))
		if err != nil {
			t.Fatal(err)
		}
		committed, err := os.ReadFile(filepath.Join("..", "dictionary", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(fresh, committed) {
			t.Errorf("%s is stale: run go generate ./gs1/...", name)
		}
	}
}

func TestTheCommittedTableOfTheCompressionIsWhatItsDataGive(t *testing.T) {
	to := t.TempDir()
	if err := runCompression(source(t), to); err != nil {
		t.Fatal(err)
	}
	fresh, err := os.ReadFile(filepath.Join(to, "table.go"))
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile(filepath.Join("..", "..", "compression", "table.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(fresh, committed) {
		t.Error("table.go is stale: run go generate ./gs1/...")
	}
}

func TestWithoutADictionaryTheTablesStay(t *testing.T) {
	to := t.TempDir()
	if err := run(filepath.Join(to, "nowhere"), to); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(to)
	if err != nil || len(left) != 0 {
		t.Errorf("wrote %v, %v", left, err)
	}
}

func TestWhatTheTableCannotHoldIsRefused(t *testing.T) {
	for name, components := range map[string]string{
		"variable before the last":  `{"type":"N","min":1,"max":3},{"type":"N","min":1,"max":1}`,
		"mandatory behind optional": `{"type":"N","min":1,"max":1,"optional":true},{"type":"N","min":1,"max":1}`,
		"another character set":     `{"type":"Q","min":1,"max":1}`,
		"too many linters":          `{"type":"N","min":1,"max":1,"linters":["a","b","c","d"]}`,
	} {
		from := t.TempDir()
		files := map[string]string{"code-lists.json": `{}`, "ai-dictionary.json": `{"ais":[{"ai":"01","components":[` + components + `]}]}`}
		for file, text := range files {
			if err := os.WriteFile(filepath.Join(from, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := run(from, t.TempDir()); err == nil {
			t.Errorf("%s passed", name)
		}
	}
}

package epc_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"tagline/gs1/epc"
)

// Every EPC with a GS1 key in the published EPCIS documents becomes a link and the
// same URN again.
func TestURNsOfPublishedDocuments(t *testing.T) {
	shared := os.Getenv("TAGLINE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(shared, "data", "epcis", "documents")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("NOT TESTED AGAINST PUBLISHED DOCUMENTS: %v", err)
	}
	urn := regexp.MustCompile(`urn:epc:(id|class|idpat):[a-z]+:[^"<\s]*`)
	seen := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, u := range urn.FindAllString(string(text), -1) {
			seen[u] = d.Name()
		}
		return err
	})
	if err != nil || len(seen) == 0 {
		t.Fatalf("%d URNs, %v", len(seen), err)
	}
	for text, file := range seen {
		u, err := epc.Parse(text)
		if err != nil || u.String() != text {
			t.Errorf("%s: %s is read %s, %v", file, text, u, err)
			continue
		}
		link, err := u.Link()
		if err != nil {
			t.Errorf("%s: %s: %v", file, text, err)
			continue
		}
		if back, err := epc.FromLink(link, epc.Prefixes(u.Components[0])); err != nil || back != text {
			t.Errorf("%s: %s is %s and becomes %s, %v", file, text, link.Path(), back, err)
		}
	}
	t.Logf("%d URNs", len(seen))
}

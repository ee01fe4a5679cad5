package eventhash_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tagline/epcis"
	"tagline/epcis/eventhash"
	"tagline/epcis/jsondoc"
)

func shared(t testing.TB) string {
	t.Helper()
	root := os.Getenv("TAGLINE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "data", "epcis")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the published hashes are not there (folder shared beside the checkout, or TAGLINE_SHARED): only our own are tested")
	}
	return dir
}

// events reads all events of a file.
func events(t testing.TB, file string) ([]*epcis.Event, []epcis.Name) {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var next func() (epcis.Item, error)
	if strings.HasSuffix(file, ".xml") {
		return nil, nil
	}
	r, err := jsondoc.Open(bytes.NewReader(src), epcis.Limits{})
	if err != nil {
		item, err := jsondoc.ReadEvent(src, epcis.Limits{})
		if item.Event == nil {
			t.Fatal(file, err)
		}
		return []*epcis.Event{item.Event}, nil
	}
	next = r.Next
	var list []*epcis.Event
	for {
		item, err := next()
		if err == io.EOF {
			return list, eventhash.Ignored(r.Document())
		}
		if err != nil {
			t.Fatal(file, err)
		}
		list = append(list, item.Event)
	}
}

func TestPublishedHashes(t *testing.T) {
	dir := shared(t)
	var all struct {
		Vectors []struct {
			File, Grade, Hash, Prehash string
			Event                      int
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "hash", "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	met, count := map[string]int{}, map[string]int{}
	for _, v := range all.Vectors {
		list, ignored := events(t, filepath.Join(dir, v.File))
		if v.Event >= len(list) || list[v.Event] == nil {
			if len(list) > 0 && !strings.HasSuffix(v.File, "AssociationEvent-h.jsonld") { // has eventID twice: no event for us
				t.Errorf("%s has no event %d", v.File, v.Event)
			}
			continue
		}
		count[v.Grade]++
		if eventhash.Of(list[v.Event], ignored...) == v.Hash {
			met[v.Grade]++
			continue
		}
		if v.Grade == "A" || v.Grade == "B" {
			t.Errorf("%s %s, event %d:\n%s\nnot\n%s", v.Grade, v.File, v.Event, eventhash.Prehash(list[v.Event], ignored...), v.Prehash)
		}
	}
	t.Logf("met %v of %v", met, count)
}

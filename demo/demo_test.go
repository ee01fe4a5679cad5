package demo_test

import (
	"slices"
	"testing"

	"tagline/demo"
	"tagline/internal/detect"
	"tagline/internal/manifest"
	"tagline/internal/model"
)

func TestEveryModelOfTheDemoRuns(t *testing.T) {
	files, err := demo.Files()
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, f := range files {
		if len(f.Name) < 5 || f.Name[len(f.Name)-5:] != ".yaml" {
			continue
		}
		docs, ps := manifest.Parse(f)
		if len(ps) > 0 {
			t.Fatal(ps.Err())
		}
		for _, d := range docs {
			if d.Kind != "Model" {
				continue
			}
			var m model.Model
			if ps := append(d.Decode(&m), m.Check()...); len(ps) > 0 {
				t.Errorf("%s: %v", m.Name, ps.Err())
				continue
			}
			if _, err := detect.Compile(m); err != nil {
				t.Errorf("%s: %v", m.Name, err)
			}
			kinds = append(kinds, m.Kind)
			again, err := manifest.Encode("Model", m)
			if err != nil {
				t.Fatal(err)
			}
			back, ps := manifest.Parse(manifest.File{Name: "again.yaml", Data: again})
			var m2 model.Model
			if len(ps) > 0 || len(back) != 1 || len(back[0].Decode(&m2)) > 0 {
				t.Fatalf("%s does not read back:\n%s", m.Name, again)
			}
			twice, err := manifest.Encode("Model", m2)
			if err != nil || string(twice) != string(again) {
				t.Errorf("%s is another when it is read back: %v", m.Name, err)
			}
		}
	}
	for _, kind := range model.Kinds() {
		if kind != "other" && kind != "bottle" && !slices.Contains(kinds, kind) {
			t.Errorf("no model is a %s", kind)
		}
	}
}

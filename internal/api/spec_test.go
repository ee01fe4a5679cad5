package api_test

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"tagline/internal/api"
)

var update = flag.Bool("update", false, "write api/openapi.yaml anew")

const golden = "../../api/openapi.yaml"

func TestTheCommittedSpecificationIsWhatTheOperationsSay(t *testing.T) {
	got, err := api.Spec()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatal("api/openapi.yaml is out of date: run go test ./internal/api -run Specification -update, and review the difference")
	}
}

func TestEveryListCanBePaged(t *testing.T) {
	text, err := api.Spec()
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Paths map[string]map[string]struct {
			OperationID string `yaml:"operationId"`
			Description string
			Summary     string
			Parameters  []struct{ Name, In string }
			Responses   map[string]struct {
				Content map[string]struct {
					Schema struct {
						Ref string `yaml:"$ref"`
					}
				}
			}
		}
	}
	if err := yaml.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	lists := 0
	for path, methods := range spec.Paths {
		for method, op := range methods {
			if op.OperationID == "" || op.Summary == "" {
				t.Errorf("%s %s has no id or summary", method, path)
			}
			has := map[string]bool{}
			for _, p := range op.Parameters {
				has[p.In+" "+p.Name] = true
			}
			for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
				if !has["path "+name[1]] {
					t.Errorf("%s does not read its path parameter %s", op.OperationID, name[1])
				}
			}
			ref := op.Responses["200"].Content["application/json"].Schema.Ref
			if !strings.HasPrefix(ref, "#/components/schemas/Page") {
				continue
			}
			lists++
			if !has["query limit"] || !has["query cursor"] {
				t.Errorf("%s answers pages but takes no limit or cursor", op.OperationID)
			}
		}
	}
	if lists < 10 {
		t.Errorf("only %d lists were found", lists)
	}
}

package api_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

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

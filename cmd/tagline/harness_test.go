package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tagline/internal/bench/process"
)

// binary is the program built once for this test run.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tagline-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	path := filepath.Join(dir, "tagline")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		os.Exit(1)
	}
	binary = path
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

const bootstrapKey = "crash-test-bootstrap-key-0123456789"

// node is a running server with an owner's key.
type node struct {
	t     *testing.T
	child *process.Child
	http  *http.Client
}

func startNode(t *testing.T, args ...string) *node {
	t.Helper()
	environment := append(os.Environ(), "TAGLINE_BOOTSTRAP_KEY="+bootstrapKey)
	child, err := process.Start(context.Background(), binary, environment, nil,
		append([]string{"serve", "--listen", "127.0.0.1:0", "--log", "json"}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	n := &node{t: t, child: child, http: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{MaxIdleConnsPerHost: 32},
	}}
	return n
}

// call sends a request to the API and decodes its answer into into, if not nil.
// It gives the error of the connection, or of a status of 400 and more.
func (n *node) call(method, path, contentType string, body []byte, into any) error {
	request, err := http.NewRequest(method, n.child.URL+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+bootstrapKey)
	if body != nil {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := n.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 400 {
		return fmt.Errorf("%s %s: %d: %s", method, path, response.StatusCode, strings.TrimSpace(string(text)))
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}

// must is call for what may not fail.
func (n *node) must(method, path, contentType string, body string, into any) {
	n.t.Helper()
	var payload []byte
	if body != "" {
		payload = []byte(body)
	}
	if err := n.call(method, path, contentType, payload, into); err != nil {
		n.t.Fatalf("%v\n%s", err, n.child.Log())
	}
}

package main

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
)

// TestScripts runs the command line as a person would. A script that begins with
// `serve` finds a running server at $SERVER with the owner's key in TAGLINE_KEY.
func TestScripts(t *testing.T) {
	var mu sync.Mutex // scripts run side by side
	running := map[*testscript.TestScript]*node{}
	stop := func(ts *testscript.TestScript) {
		mu.Lock()
		n := running[ts]
		delete(running, ts)
		mu.Unlock()
		if n == nil {
			return
		}
		if err := n.child.Stop(); err != nil {
			ts.Logf("the server did not drain: %v\n%s", err, n.child.Log())
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", filepath.Dir(binary)+string(filepath.ListSeparator)+e.Getenv("PATH"))
			e.Setenv("TMPDIR", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg {
					ts.Fatalf("serve cannot be negated")
				}
				n := startNode(t, append([]string{"--data", ts.MkAbs("data")}, args...)...)
				mu.Lock()
				running[ts] = n
				mu.Unlock()
				ts.Defer(func() { stop(ts) })
				ts.Setenv("SERVER", n.child.URL)
				ts.Setenv("TAGLINE_KEY", bootstrapKey)
			},
			"stop": func(ts *testscript.TestScript, _ bool, _ []string) { stop(ts) },
			// exits N COMMAND… runs a command that must end with that code.
			"exits": func(ts *testscript.TestScript, _ bool, args []string) {
				if len(args) < 2 {
					ts.Fatalf("usage: exits CODE args…")
				}
				var out, errs strings.Builder
				code := run(context.Background(), args[1:], strings.NewReader(""), &out, &errs, func(string) string { return "" })
				ts.Logf("[stdout]\n%s\n[stderr]\n%s", out.String(), errs.String())
				if got := string(rune('0' + code)); got != args[0] {
					ts.Fatalf("exit code %s, not %s", got, args[0])
				}
			},
		},
	})
}

// TestEveryCommandExplainsItself walks the tree of commands: each has a short text,
// an example that begins with its own path, and help for every flag.
func TestEveryCommandExplainsItself(t *testing.T) {
	root := newRoot(&streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard, getenv: func(string) string { return "" }})
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if sub.Hidden || sub.Name() == "help" {
				continue
			}
			if sub.Short == "" || !strings.Contains(sub.Example, "tagline "+sub.Name()) && !strings.Contains(sub.Example, sub.CommandPath()) {
				t.Errorf("%s: a short text and an example are missing", sub.CommandPath())
			}
			walk(sub)
		}
	}
	walk(root)
}

package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tagline/internal/simulate"
	"tagline/internal/sqldb/sqldbtest"
)

// TestTheServerSeesTheSimulatedWorldAsItIs drives the running program through its
// doors with a whole small world, compares what the server made of it with the
// truth, stops it, and lets the doctor compare the state with its replay.
func TestTheServerSeesTheSimulatedWorldAsItIs(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { world(t, "") })
	t.Run("postgres", func(t *testing.T) { world(t, sqldbtest.Postgres(t)) })
}

func world(t *testing.T, database string) {
	dir := t.TempDir()
	args := []string{"--data", dir}
	if database != "" {
		args = append(args, "--db", database)
	}
	n := startNode(t, append(args, "--country-header", "X-Visitor-Country", "--address-header", "X-Visitor-Address")...)
	command(t, 0, "apply", "-f", filepath.Join("..", "..", "demo"), "--server", n.child.URL, "--key", bootstrapKey)
	out := command(t, 0, "simulate", "--server", n.child.URL, "--key", bootstrapKey, "--bottles", "150", "--speed", "1e9", "--seed", "5",
		"--country-header", "X-Visitor-Country", "--address-header", "X-Visitor-Address", "--json", "--log", "text")
	var truth simulate.Truth
	if err := json.Unmarshal([]byte(out), &truth); err != nil {
		t.Fatal(err)
	}
	if truth.Surprises != 0 || truth.Unanswered != 0 {
		t.Errorf("the server's answers do not fit the truth: %+v\n%s", truth, n.child.Log())
	}

	caughtUp(t, n)
	type step struct{ Total int }
	var seen struct {
		Funnel    struct{ Made, Sold, Opened, Drained step }
		Genuine   struct{ Value int }
		Replayed  struct{ Value int }
		Countries []struct{ Country string }
	}
	n.must("GET", "/overview?period=24h", "", "", &seen)
	for _, c := range []struct {
		what        string
		seen, truth int
	}{
		{"made", seen.Funnel.Made.Total, truth.Bottles},
		{"sold", seen.Funnel.Sold.Total, truth.Sold},
		{"drained", seen.Funnel.Drained.Total, truth.Drained},
		{"genuine taps", seen.Genuine.Value, truth.Taps},
		{"replays", seen.Replayed.Value, truth.Replays},
	} {
		if c.seen != c.truth {
			t.Errorf("%s: the server says %d, the truth is %d", c.what, c.seen, c.truth)
		}
	}
	// A seal that was torn at the shelf is opened too; both count as opened.
	if seen.Funnel.Opened.Total != truth.Opened {
		t.Errorf("opened: the server says %d, the truth is %d", seen.Funnel.Opened.Total, truth.Opened)
	}
	if len(seen.Countries) < 5 {
		t.Errorf("taps come from %d countries, not from five", len(seen.Countries))
	}
	if err := n.child.Stop(); err != nil {
		t.Fatalf("the server did not drain: %v\n%s", err, n.child.Log())
	}
	report := command(t, 0, append([]string{"doctor", "--replay"}, args...)...)
	if !strings.Contains(report, "ok   replay") || strings.Contains(report, "BAD") {
		t.Errorf("the doctor says:\n%s", report)
	}
}

// command runs the command line in this process and gives its standard output.
func command(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, errs strings.Builder
	if code := run(context.Background(), args, strings.NewReader(""), &out, &errs, os.Getenv); code != want {
		t.Fatalf("tagline %s: exit code %d, not %d\n%s%s", strings.Join(args, " "), code, want, out.String(), errs.String())
	}
	return out.String()
}

// caughtUp asks the server until its followers have read the whole ledger.
func caughtUp(t *testing.T, n *node) {
	t.Helper()
	const most = 20_000 // questions, each of which takes the server some work
	for range most {
		var system struct{ Cursors []struct{ Lag int64 } }
		n.must("GET", "/system", "", "", &system)
		behind := false
		for _, c := range system.Cursors {
			behind = behind || c.Lag > 0
		}
		if !behind && len(system.Cursors) > 0 {
			return
		}
	}
	t.Fatal("the followers do not catch up with the ledger")
}

package main

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// figure reads one figure of /metrics; -1 when it is not there.
func figure(t *testing.T, n *node, name string) float64 {
	t.Helper()
	response, err := n.http.Get(n.child.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("/metrics: %d, %v\n%s", response.StatusCode, err, text)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			value, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err != nil {
				t.Fatal(err)
			}
			return value
		}
	}
	return -1
}

// A flood of forgeries is bounded in what it writes, and told whole in the figures
// and in the stream of taps.
func TestAFloodIsToldWhole(t *testing.T) {
	n := startNode(t, "--data", t.TempDir())
	const taps = 60 // an address may have 40 at once; of one kind 20 are recorded
	for range taps {
		response, err := n.http.Get(n.child.URL + "/t/none/01/09506000134352/21/A1?p=" + strings.Repeat("0", 32) + "&e=" + strings.Repeat("0", 32) + "&m=" + strings.Repeat("0", 16))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	var stream struct {
		Items      []struct{ Suppressed int64 }
		Unrecorded int64
	}
	n.must("GET", "/taps?limit=200", "", "", &stream)
	recorded := len(stream.Items)
	if recorded < 1 || recorded >= taps {
		t.Fatalf("%d of %d refused taps are recorded", recorded, taps)
	}
	if int(stream.Unrecorded) != taps-recorded {
		t.Errorf("%d are recorded and %d are told as not recorded, of %d", recorded, stream.Unrecorded, taps)
	}
	for name, want := range map[string]float64{
		`tagline_taps_total{verdict="not-verified"}`:          taps,
		`tagline_taps_total{verdict="genuine"}`:               0,
		`tagline_taps_unrecorded_total`:                       float64(taps - recorded),
		`tagline_taps_unrecorded_waiting`:                     float64(taps - recorded),
		`tagline_database_failures_total{kind="unavailable"}`: 0,
		`tagline_database_failures_total{kind="other"}`:       0,
	} {
		if got := figure(t, n, name); got != want {
			t.Errorf("%s is %g, want %g", name, got, want)
		}
	}
	if figure(t, n, "tagline_ledger_head") < float64(recorded) || figure(t, n, "tagline_database_queue") < 0 {
		t.Error("the head of the ledger or the queue of the writer is missing")
	}
	caughtUp(t, n)
	if lag := figure(t, n, `tagline_ledger_lag{follower="story.tally"}`); lag != 0 {
		t.Errorf("the follower lags by %g when it has caught up", lag)
	}
	if err := n.child.Stop(); err != nil {
		t.Fatal(err)
	}
}

package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tagline/internal/client"
	"tagline/internal/clock"
	"tagline/internal/simulate/home"
	"tagline/internal/sqldb/sqldbtest"
)

// TestAHomeLivesThroughSIGKILL lets households live some days at speed and kills the
// server twice meanwhile: everything that a thing told is there once, and the twins and
// moments are what a replay of the logs gives.
func TestAHomeLivesThroughSIGKILL(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes; not in short mode")
	}
	t.Run("sqlite", func(t *testing.T) { homeCrash(t, "") })
	t.Run("postgres", func(t *testing.T) { homeCrash(t, sqldbtest.NewServer(t).DSN()) })
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func homeCrash(t *testing.T, database string) {
	dir, mqtt := t.TempDir(), freeAddress(t)
	args := []string{"--data", dir, "--mqtt", mqtt}
	if database != "" {
		args = append(args, "--db", database)
	}
	n := startNode(t, args...)
	models, err := os.ReadFile("../../demo/devices.yaml")
	if err != nil {
		t.Fatal(err)
	}
	n.must("POST", "/apply", "application/yaml", string(models), nil)
	c, err := client.New(n.child.URL, bootstrapKey, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	type end struct {
		truth home.Truth
		err   error
	}
	ended := make(chan end, 1)
	go func() {
		truth, err := home.Run(ctx, home.Config{
			Server: c, MQTT: mqtt, Brand: "ostrel", Homes: 2, Things: 10, Seed: 3, Past: 9 * 24 * time.Hour, Until: 6 * 24 * time.Hour, Speed: 60_000, Clock: clock.System{},
		})
		ended <- end{truth, err}
	}()
	entries := func() (sum int64) {
		var fleet struct{ Intake struct{ Stored int64 } }
		n.must("GET", "/devices/fleet", "", "", &fleet)
		return fleet.Intake.Stored
	}
	for range 2 {
		for entries() < 150 { // since this start
			if ctx.Err() != nil {
				t.Fatalf("the street does not live: %s", n.child.Log())
			}
		}
		n.child.Kill()
		n = startNode(t, args...)
	}
	e := <-ended
	if e.err != nil || e.truth.Acked != e.truth.Acts || e.truth.Acts < 1500 || e.truth.Brushing == 0 {
		t.Fatalf("%+v %v\n%s", e.truth, e.err, n.child.Log())
	}
	var list struct{ Items []struct{ ID string } }
	n.must("GET", "/devices?limit=100", "", "", &list)
	var told int64
	brushed := 0
	for _, d := range list.Items {
		var twin struct{ Entries int64 }
		n.must("GET", "/devices/"+d.ID+"/twin", "", "", &twin)
		told += twin.Entries
		if strings.Contains(d.ID, "brush") {
			var moments struct{ Items []struct{ Moment string } }
			n.must("GET", "/devices/"+d.ID+"/moments?moment=brushed&limit=100", "", "", &moments)
			brushed += len(moments.Items)
		}
	}
	if told != e.truth.Acts {
		t.Errorf("the things told %d things, %d are there", e.truth.Acts, told)
	}
	if brushed != e.truth.Brushing {
		t.Errorf("hair was brushed %d times, the server knows %d", e.truth.Brushing, brushed)
	}
	if err := n.child.Stop(); err != nil {
		t.Errorf("the server did not drain: %v\n%s", err, n.child.Log())
	}
	doctor := []string{"doctor", "--data", dir, "--replay"}
	if database != "" {
		doctor = append(doctor, "--db", database)
	}
	out, err := exec.CommandContext(t.Context(), binary, doctor...).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("20 twins and their moments equal the fold of")) {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%d acts of %d things through two kills", e.truth.Acts, e.truth.Things)
}

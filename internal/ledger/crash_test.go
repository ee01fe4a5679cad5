package ledger_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

// The environment of the process that is killed: where its database is, and the
// beginning of its source ids.
const (
	childDir  = "TAGLINE_TEST_CRASH_DIR"
	childURL  = "TAGLINE_TEST_CRASH_URL"
	childLife = "TAGLINE_TEST_CRASH_LIFE"
)

func TestMain(m *testing.M) {
	if os.Getenv(childLife) != "" {
		child()
		return
	}
	os.Exit(m.Run())
}

// child appends events from many goroutines for ever, and prints the source id of
// each once it was told that it is stored.
func child() {
	ctx := context.Background()
	db, err := sqldb.Open(ctx, sqldb.Config{Dir: os.Getenv(childDir), URL: os.Getenv(childURL)})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	l, ids := ledger.New(db, clock.System{}, bus.New()), ident.System()
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%s-%d-%d", os.Getenv(childLife), g, i)
				err := db.Update(ctx, func(tx *sqldb.Tx) error {
					return l.Append(tx, ledger.Event{ID: ids.Event(), Source: "crash", SourceID: id, Type: "t"})
				})
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				os.Stdout.WriteString(id + "\n") // one write, so that a line is whole or not there
			}
		})
	}
	wg.Wait()
}

// What was acknowledged survives kill -9, exactly once, and the ledger has no gap.
func TestKilledWhileItAppends(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		crash(t, childDir+"="+dir, sqldb.Config{Dir: dir}, func() {})
	})
	t.Run("postgres", func(t *testing.T) {
		server := sqldbtest.NewServer(t)
		dsn := server.Schema(t)
		crash(t, childURL+"="+dsn, sqldb.Config{URL: dsn}, func() { server.Stop(t); server.Start(t) })
	})
}

func crash(t *testing.T, where string, c sqldb.Config, alsoKill func()) {
	acknowledged := map[string]bool{}
	for life := range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), where, fmt.Sprintf("%s=%d", childLife, life))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		lines := bufio.NewScanner(out)
		n := 0
		for lines.Scan() {
			acknowledged[lines.Text()] = true
			if n++; n == 300+life*97 {
				must(t, cmd.Process.Kill()) // SIGKILL; what it printed before is still read
			}
		}
		if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("life %d ended with %v after %d lines", life, err, n)
		}
		alsoKill()
		verify(t, c, acknowledged)
	}
}

func verify(t *testing.T, c sqldb.Config, acknowledged map[string]bool) {
	t.Helper()
	db, err := sqldb.Open(context.Background(), c)
	must(t, err)
	defer db.Close()
	must(t, db.Check(context.Background()))
	w := newWorld(db)
	times := map[string]int{}
	all := w.all(t) // checks the numbers
	for _, e := range all {
		times[e.SourceID]++
	}
	for id := range acknowledged {
		if times[id] != 1 {
			t.Errorf("the acknowledged event %s is there %d times", id, times[id])
		}
	}
	if len(times) != len(all) {
		t.Errorf("%d events with %d source ids", len(all), len(times))
	}
	must(t, db.View(context.Background(), func(tx *sqldb.Tx) error {
		head, err := w.l.Head(tx)
		if head != int64(len(all)) {
			t.Errorf("the head is %d, the ledger has %d events", head, len(all))
		}
		return err
	}))
	must(t, w.append(w.event(fmt.Sprint("after ", len(all))))) // and it goes on
}

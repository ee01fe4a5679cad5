package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tagline/internal/fault"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

// A disk that is really full: a small file system in memory, which only root may
// mount. Elsewhere the tests with injected faults must do.
func TestADiskThatFillsUp(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("a file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	filler := filepath.Join(dir, "filler")
	must(t, os.WriteFile(filler, make([]byte, 1<<20), 0o600))
	db := sqldbtest.Open(t, sqldb.Config{Dir: filepath.Join(dir, "data")})
	table(t, db)
	ctx := context.Background()
	stored := 0
	write := func() error {
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			return put(tx, fmt.Sprintf("%06d%s", stored, strings.Repeat("x", 60_000)), 1)
		})
		if err == nil {
			stored++
		}
		return err
	}
	var err error
	for err == nil {
		err = write()
	}
	if !fault.Is(err, fault.Unavailable) || errors.Is(err, sqldb.ErrOutcome) {
		t.Errorf("on a full disk: %v", err)
	}
	for range 20 { // it neither recovers by itself nor breaks
		if err := write(); err != nil && !fault.Is(err, fault.Unavailable) {
			t.Fatalf("on a full disk: %v", err)
		}
	}
	must(t, os.Remove(filler))
	must(t, write())
	must(t, db.Ping(ctx))
	must(t, db.Check(ctx))
	if rows := len(strings.Fields(dump(t, db))); rows != stored {
		t.Errorf("%d rows were acknowledged, %d are there", stored, rows)
	}
}

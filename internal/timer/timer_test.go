package timer_test

import (
	"context"
	"testing"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/timer"
)

func TestDueEntriesRun(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s := timer.New(db, clock.System{}, bus.New())
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			return s.Set(tx, timer.Timer{Kind: "k", Key: "a", Due: time.UnixMicro(1)})
		}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ran := ""
		s.Run(ctx, map[string]timer.Handler{"k": func(tx *sqldb.Tx, e timer.Timer) error {
			ran = e.Key
			tx.AfterCommit(cancel)
			return nil
		}})
		if ran != "a" {
			t.Fatal(ran)
		}
	})
}

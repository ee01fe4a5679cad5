package ledger_test

import (
	"context"
	"fmt"
	"testing"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

func TestFollowerSeesEveryEventOnce(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		b := bus.New()
		l := ledger.New(db, clock.System{}, b)
		ids := ident.System()
		for i := range 450 {
			if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				return l.Append(tx, ledger.Event{ID: ids.Event(), Source: "test", SourceID: fmt.Sprint(i), Type: "t"})
			}); err != nil {
				t.Fatal(err)
			}
		}
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			return l.Append(tx, ledger.Event{ID: ids.Event(), Source: "test", SourceID: "7", Type: "t"})
		})
		if !fault.Is(err, fault.Conflict) {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var n int64
		l.Follow(ctx, "f", func(tx *sqldb.Tx, events []ledger.Event) error {
			for _, e := range events {
				if n++; e.Seq != n {
					t.Errorf("seq %d, want %d", e.Seq, n)
				}
			}
			if n == 450 {
				cancel()
			}
			return nil
		})
		if n != 450 {
			t.Fatal(n)
		}
	})
}

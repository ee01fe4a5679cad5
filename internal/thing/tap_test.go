package thing_test

import (
	"testing"

	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
)

func TestATapIsGenuineOnceAndReplayedAfter(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		b := w.bottle()
		url, visitor := b.url(), w.ids.Operation()
		first := w.load(url, visitor)
		if first.Verdict != thing.Genuine || first.Item.Seal != thing.Sealed || first.Tier.String() != "3t" {
			t.Fatalf("first: %s, %s, tier %s, %s %s", first.Verdict, first.Item.Seal, first.Tier, first.Code, first.Hint)
		}
		if again := w.load(url, visitor); again.Verdict != thing.Repeat || again.Event != "" {
			t.Errorf("the same visitor: %s, event %q", again.Verdict, again.Event)
		}
		other := w.load(url, w.ids.Operation())
		if other.Verdict != thing.Replay || other.Code != "replay" || !other.Known || other.Item.Taps != 1 {
			t.Errorf("another visitor: %s %s, %d taps", other.Verdict, other.Code, other.Item.Taps)
		}
		b.tap()
		if old := w.load(url, visitor); old.Verdict != thing.OutOfOrder {
			t.Errorf("the old link after a new tap: %s", old.Verdict)
		}
	})
}

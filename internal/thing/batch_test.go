package thing_test

import (
	"testing"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
	"tagline/internal/thing/thingtest"
)

func TestABatchGivesItsItemsAndNoOthers(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		w.Bottle() // events of other items stand before, between and behind
		ids := map[string]int{}
		for _, n := range []int{3, thing.MaxBatch, 1} {
			id, items, err := w.Things.MakeBatch(t.Context(), thing.Batch{GTIN: thingtest.GTIN, Count: n, Lot: "L1"})
			if err != nil || len(items) != n {
				t.Fatalf("%d items, %v", len(items), err)
			}
			ids[string(id)] = n
			w.Bottle()
			got, err := w.Things.Made(t.Context(), id)
			if err != nil || len(got) != n {
				t.Fatalf("%d items of %d, %v", len(got), n, err)
			}
			for i := range got {
				if got[i].ID != items[i].ID || got[i].Serial != items[i].Serial {
					t.Fatalf("item %d is %s, was made as %s", i, got[i].Serial, items[i].Serial)
				}
			}
		}
		if len(ids) != 3 {
			t.Errorf("%v", ids)
		}
		made := w.Events(ledger.Filter{Types: []string{string(life.MomentMade)}, Limit: 1})
		for _, id := range []ident.Event{"", "evt_00000000000000000000000000", made[0].ID} {
			if _, err := w.Things.Made(t.Context(), id); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q is taken for a batch: %v", id, err)
			}
		}
	})
}

package thing_test

import (
	"testing"

	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
	"tagline/internal/thing/thingtest"
)

func TestItemsHoldTheirProduct(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		if _, err := w.Things.Make(t.Context(), thing.Batch{GTIN: thingtest.GTIN, Count: 3}); err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct{ kind, key, want string }{
			{"product", thingtest.GTIN, "3 things"},
			{"product", "09506000134369", ""},
			{"brand", thingtest.GTIN, ""},
		} {
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				got, err := thing.Users(tx, row.kind, row.key)
				if got != row.want {
					t.Errorf("%s %s is used by %q", row.kind, row.key, got)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

package sqldb_test

import (
	"context"
	"testing"

	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

func TestSmoke(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		if err := db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`INSERT INTO timer_lease (id, owner, until_us) VALUES ($1,$2,$3)`, 7, "x", 3)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		var o string
		if err := db.View(ctx, func(tx *sqldb.Tx) error {
			return tx.QueryRow(`SELECT owner FROM timer_lease WHERE id=$1`, 7).Scan(&o)
		}); err != nil || o != "x" {
			t.Fatal(err, o)
		}
		if err := db.Ping(ctx); err != nil {
			t.Fatal(err)
		}
	})
}

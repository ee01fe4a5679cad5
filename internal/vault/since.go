package vault

import (
	"context"
	"time"

	"tagline/internal/sqldb"
)

// Since gives the moment from which the present wrapping key is in use.
func (v *Vault) Since(ctx context.Context) (since time.Time, err error) {
	err = v.db.View(ctx, func(tx *sqldb.Tx) error {
		var us int64
		err := tx.QueryRow(`SELECT since_us FROM vault_root WHERE id = 1`).Scan(&us)
		since = sqldb.Time(us)
		return err
	})
	return since, err
}

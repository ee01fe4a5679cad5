package thing

import (
	"fmt"

	"tagline/internal/product"
	"tagline/internal/sqldb"
)

// Users says how many items there are of a product: it is for product.Config, which
// knows nothing of items, so that no product is removed from under them.
func Users(tx *sqldb.Tx, kind, key string) (string, error) {
	if kind != "product" {
		return "", nil
	}
	var n int64
	if err := tx.QueryRow(`SELECT count(*) FROM thing_item WHERE gtin = $1`, key).Scan(&n); err != nil || n == 0 {
		return "", err
	}
	if n == 1 {
		return "one thing", nil
	}
	return fmt.Sprintf("%d things", n), nil
}

var _ product.User = Users

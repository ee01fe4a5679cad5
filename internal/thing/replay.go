package thing

import (
	"tagline/internal/ident"
	"tagline/internal/life"
	"tagline/internal/sqldb"
)

// Stored is an item as it is stored, for the comparison with the ledger.
type Stored struct {
	Item  Item
	Found bool // lists find it where it belongs
}

// Page gives the items after an id, for the comparison; none at the end.
func Page(tx *sqldb.Tx, after ident.Thing) ([]Stored, error) {
	rows, err := tx.Query(`SELECT `+itemColumns+`, seal, stage, sold, opened, drained, alarmed FROM thing_item WHERE id > $1 ORDER BY id LIMIT 500`, after)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var (
		found []life.Row
		have  []columns
	)
	for rows.Next() {
		var c columns
		r, err := scanRow(rows.Scan, &c.seal, &c.stage, &c.sold, &c.opened, &c.drained, &c.alarmed)
		if err != nil {
			return nil, err
		}
		found, have = append(found, r), append(have, c)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	all, err := items(tx, found)
	if err != nil {
		return nil, err
	}
	out := make([]Stored, len(all))
	for i, it := range all {
		out[i] = Stored{it, have[i] == columnsOf(it)}
	}
	return out, nil
}

// Put stores an item as it is given, whatever stood there.
func Put(tx *sqldb.Tx, it Item) error {
	if _, err := tx.Exec(`DELETE FROM thing_item WHERE id = $1`, it.ID); err != nil {
		return err
	}
	_, err := insert(tx, it)
	return err
}

// StoredCounts gives the counts of all products by GTIN, as they are stored.
func StoredCounts(tx *sqldb.Tx) (map[string]Counts, error) {
	rows, err := tx.Query(`SELECT gtin, made, sealed, sold, opened, drained, alarmed FROM thing_count`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]Counts{}
	for rows.Next() {
		var (
			gtin string
			c    Counts
		)
		if err := rows.Scan(&gtin, &c.Made, &c.Sealed, &c.Sold, &c.Opened, &c.Drained, &c.Alarmed); err != nil {
			return nil, err
		}
		out[gtin] = c
	}
	return out, rows.Err()
}

// SetCounts stores the counts of all products.
func SetCounts(tx *sqldb.Tx, all map[string]Counts) error {
	if _, err := tx.Exec(`DELETE FROM thing_count`); err != nil {
		return err
	}
	for gtin, c := range all {
		tally(tx, gtin, Counts{}, c)
	}
	return nil
}

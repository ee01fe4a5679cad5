package vault

import (
	"context"

	"tagline/internal/fault"
	"tagline/internal/sqldb"
)

const rewrapBatch = 200

// Rotate makes a new wrapping key and wraps all data keys with it. It may be
// interrupted anywhere: until every key is wrapped anew the key file holds both
// wrapping keys, and Open (or another Rotate) finishes what was begun.
//
// Nodes that share the folder of the key file notice by themselves. A node with a
// copy of its own needs the new file before it can seal for new persons.
func (v *Vault) Rotate(ctx context.Context) error {
	var now, old root
	// The file is written inside the transaction, which holds the row of
	// vault_root: so nodes write it one after the other. A second run of the
	// function finds what the first one wrote.
	err := v.db.Update(ctx, func(tx *sqldb.Tx) error {
		name, err := lockRoot(tx)
		if err != nil {
			return err
		}
		roots, err := readKeyFile(v.dir)
		if err != nil {
			return err
		}
		if _, ok := among(roots, name); !ok {
			return v.wrongFile()
		}
		if len(roots) == 1 {
			r, err := v.newRoot()
			if err != nil {
				return err
			}
			roots = []root{r, roots[0]}
			if err := writeKeyFile(v.dir, roots); err != nil {
				return err
			}
		}
		now, old = roots[0], roots[1]
		v.setRoots(roots)
		// From this commit on nobody makes keys under the old one.
		_, err = tx.Exec(`UPDATE vault_root SET root = $1, since_us = $2 WHERE id = 1`, now.id, sqldb.Micros(v.clock.Now()))
		return err
	})
	if err != nil {
		return err
	}
	for n := rewrapBatch; n > 0; {
		err := v.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			n, err = v.rewrap(tx, now, old)
			return err
		})
		if err != nil {
			return err
		}
	}
	return v.db.Update(ctx, func(tx *sqldb.Tx) error {
		if _, err := lockRoot(tx); err != nil {
			return err
		}
		roots, err := readKeyFile(v.dir)
		if err != nil {
			return err
		}
		if len(roots) != 2 || roots[0].id != now.id || roots[1].id != old.id {
			return nil // another node finished this rotation, and perhaps began the next
		}
		if err := writeKeyFile(v.dir, roots[:1]); err != nil {
			return err
		}
		v.setRoots(roots[:1])
		return nil
	})
}

// rewrap wraps some data keys anew and says how many.
func (v *Vault) rewrap(tx *sqldb.Tx, now, old root) (int, error) {
	rows, err := tx.Query(`SELECT id, wrapped FROM vault_key WHERE root = $1 ORDER BY id LIMIT $2`, old.id, rewrapBatch)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	type entry struct{ id, wrapped string }
	var all []entry
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.id, &e.wrapped); err != nil {
			return 0, err
		}
		all = append(all, e)
	}
	if err := rows.Close(); err != nil {
		return 0, err
	}
	for _, e := range all {
		b, err := open(old.key, "key:"+e.id, e.wrapped)
		if err != nil {
			return 0, fault.Wrap(fault.Internal, err, "a wrapped key in the database is damaged", "Restore a backup of the database.")
		}
		wrapped, err := v.seal(now.key, "key:"+e.id, b)
		if err != nil {
			return 0, err
		}
		if _, err := tx.Exec(`UPDATE vault_key SET root = $1, wrapped = $2 WHERE id = $3 AND root = $4`, now.id, wrapped, e.id, old.id); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

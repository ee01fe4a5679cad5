package vault

import (
	"context"

	"tagline/internal/fault"
	"tagline/internal/sqldb"
)

const rewrapBatch = 200

// Rotate makes a new wrapping key and wraps all data keys with it. It may be
// interrupted anywhere: until every key is wrapped anew the key file holds both
// wrapping keys, and Open finishes what was begun.
//
// On several nodes the key file must be one and the same (a shared folder), and
// the other nodes must be restarted after a rotation.
func (v *Vault) Rotate(ctx context.Context) error {
	v.rotating.Lock()
	defer v.rotating.Unlock()
	v.mu.RLock()
	roots := append([]root(nil), v.roots...)
	v.mu.RUnlock()
	if len(roots) == 1 {
		r, err := v.newRoot()
		if err != nil {
			return err
		}
		roots = []root{r, roots[0]}
		if err := writeKeyFile(v.dir, roots); err != nil {
			return err
		}
		v.setRoots(roots)
	}
	return v.finishRotation(ctx)
}

func (v *Vault) setRoots(roots []root) {
	v.mu.Lock()
	v.roots = roots
	v.mu.Unlock()
}

// finishRotation makes the first wrapping key the only one.
func (v *Vault) finishRotation(ctx context.Context) error {
	v.mu.RLock()
	now, old := v.roots[0], v.roots[1]
	v.mu.RUnlock()
	// From this commit on no node makes keys under the old one.
	err := v.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE vault_root SET root = $1, since_us = $2 WHERE id = 1 AND root = $3`,
			now.id, sqldb.Micros(v.clock.Now()), old.id)
		return err
	})
	if err != nil {
		return err
	}
	for {
		n := 0
		err := v.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			n, err = v.rewrap(tx, now, old)
			return err
		})
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	if err := writeKeyFile(v.dir, []root{now}); err != nil {
		return err
	}
	v.setRoots([]root{now})
	return nil
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

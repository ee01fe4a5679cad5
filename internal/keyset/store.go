package keyset

import (
	"encoding/json"

	"tagline/internal/fault"
	"tagline/internal/sqldb"
	"tagline/ntag424"
)

// setRow is a key set with its sealed keys.
type setRow struct {
	KeySet
	keys string
}

func insertSet(tx *sqldb.Tx, k KeySet, sealed string) error {
	options, err := json.Marshal(k.Options)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`INSERT INTO keyset_epoch (name, epoch, scheme, mode, layout, meta_slot, file_slot, version, system_id,
			template, options, keys, check_meta, check_file, test, created_us)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (name, epoch) DO NOTHING`,
		k.Name, k.Epoch, k.Scheme, k.Mode.String(), k.Layout, k.MetaSlot, k.FileSlot, k.Version, k.SystemID,
		k.Template, string(options), sealed, k.Checks.Meta, k.Checks.File, k.Test, sqldb.Micros(k.CreatedAt))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.Newf(fault.Conflict, "key set %q has an epoch %d already", k.Name, k.Epoch).
			WithHint("Begin the next epoch of it, or choose another name.")
	}
	return nil
}

// readSets reads the epochs of one set, or of all if name is empty, by name and
// from the newest down.
func readSets(tx *sqldb.Tx, name string) ([]setRow, error) {
	rows, err := tx.Query(`SELECT name, epoch, scheme, mode, layout, meta_slot, file_slot, version, system_id,
			template, options, keys, check_meta, check_file, test, created_us, retired_us
		FROM keyset_epoch WHERE $1 = '' OR name = $1 ORDER BY name, epoch DESC`, name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []setRow
	for rows.Next() {
		var (
			r                        setRow
			mode                     string
			options                  []byte
			createdMicros, retiredUs int64
		)
		if err := rows.Scan(&r.Name, &r.Epoch, &r.Scheme, &mode, &r.Layout, &r.MetaSlot, &r.FileSlot, &r.Version, &r.SystemID,
			&r.Template, &options, &r.keys, &r.Checks.Meta, &r.Checks.File, &r.Test, &createdMicros, &retiredUs); err != nil {
			return nil, err
		}
		if r.Mode, err = ntag424.ParseMode(mode); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(options, &r.Options); err != nil {
			return nil, err
		}
		r.CreatedAt, r.RetiredAt, r.State = sqldb.Time(createdMicros), sqldb.Time(retiredUs), Active
		if retiredUs != 0 {
			r.State = Retired
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

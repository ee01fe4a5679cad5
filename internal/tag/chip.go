package tag

import (
	"context"
	"strings"
	"time"

	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// Status says what may be done with a chip.
type Status string

// The states of a chip.
const (
	Registered Status = "registered" // known, never tapped
	Tapped     Status = "active"     // tapped at least once
	Blocked    Status = "blocked"    // every tap is refused
)

// Chip is one tag on one item.
type Chip struct {
	ID          ident.Tag
	Set         string
	Epoch       int64
	Masked      string // the UID with its middle hidden
	GTIN        string
	Serial      string
	Status      Status
	LastCounter int64 // -1 before the first tap
	LastTap     time.Time
	Virtual     bool
	Batch       ident.Batch // the import that brought it, may be empty
	Created     time.Time

	uid string // 14 hex digits
}

// mask hides the middle of a UID.
func mask(uid string) string {
	if len(uid) < 8 {
		return strings.Repeat("•", len(uid))
	}
	return uid[:2] + strings.Repeat("•", len(uid)-6) + uid[len(uid)-4:]
}

// ChipFilter chooses chips; empty fields choose all.
type ChipFilter struct {
	Set     string
	Status  Status
	GTIN    string
	Serial  string
	Virtual bool      // virtual chips only
	After   ident.Tag // the last id of the page before
	Limit   int       // at most 1,000; 0 is 50
}

// Chips lists chips, the newest first.
func (s *Service) Chips(ctx context.Context, f ChipFilter) ([]Chip, error) {
	var w where
	for _, c := range []struct{ column, value string }{
		{"set_name", f.Set}, {"status", string(f.Status)}, {"gtin", f.GTIN}, {"serial", f.Serial},
	} {
		if c.value != "" {
			w.and(c.column, "=", c.value)
		}
	}
	if f.Virtual {
		w.and("simulated", "=", true)
	}
	if f.After != "" {
		w.and("id", "<", f.After)
	}
	var out []Chip
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		out, err = readChips(tx.Query(`SELECT `+chipColumns+` FROM tag_chip`+w.limit("id DESC", f.Limit), w.args...))
		return err
	})
	return out, err
}

// Chip gives one chip.
func (s *Service) Chip(ctx context.Context, id ident.Tag) (Chip, error) {
	var out Chip
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		out, err = ReadChip(tx, id)
		return err
	})
	return out, err
}

// SetBlocked blocks a chip or frees it, inside a transaction. changed is false if
// it was so already.
func SetBlocked(tx *sqldb.Tx, id ident.Tag, blocked bool) (c Chip, changed bool, err error) {
	if c, err = ReadChip(tx, id); err != nil || (c.Status == Blocked) == blocked {
		return c, false, err
	}
	switch {
	case blocked:
		c.Status = Blocked
	case c.LastCounter >= 0:
		c.Status = Tapped
	default:
		c.Status = Registered
	}
	_, err = tx.Exec(`UPDATE tag_chip SET status = $1 WHERE id = $2`, c.Status, id)
	return c, true, err
}

// Registration is a chip to be made known.
type Registration struct {
	Set     string
	Epoch   int64
	UID     string // 14 hex digits, upper case
	Item    Ref
	Counter int64 // the last one that the encoder saw, -1 if none
	Virtual bool
	Batch   ident.Batch
}

// Outcome says what Register did.
type Outcome string

// The outcomes of a registration.
const (
	Created   Outcome = "created"
	Unchanged Outcome = "unchanged" // registered before, for the same item
	Taken     Outcome = "taken"     // registered before, for another item: nothing was changed
)

// Register makes a chip known, inside a transaction. A second time it changes
// nothing, the counter least of all.
func Register(tx *sqldb.Tx, id ident.Tag, r Registration, now time.Time) (ident.Tag, Outcome, error) {
	n, err := tx.Exec(`INSERT INTO tag_chip (id, set_name, epoch, uid, gtin, serial, status, last_ctr, simulated, batch, created_us)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (set_name, epoch, uid) DO NOTHING`,
		id, r.Set, r.Epoch, r.UID, r.Item.GTIN, r.Item.Serial, Registered, r.Counter, r.Virtual, r.Batch, sqldb.Micros(now))
	if err != nil {
		return "", "", err
	}
	if n == 1 {
		return id, Created, share(tx, r.Item)
	}
	c, _, err := findChip(tx, r.Set, r.Epoch, r.UID)
	if err != nil {
		return "", "", err
	}
	if c.GTIN != r.Item.GTIN || c.Serial != r.Item.Serial {
		return c.ID, Taken, nil
	}
	return c.ID, Unchanged, nil
}

// share notes on the chips of an item that there are several, if so.
func share(tx *sqldb.Tx, r Ref) error {
	var n int64
	err := tx.QueryRow(`SELECT count(*) FROM tag_chip WHERE gtin = $1 AND serial = $2`, r.GTIN, r.Serial).Scan(&n)
	if err == nil && n > 1 {
		_, err = tx.Exec(`UPDATE tag_chip SET shared = TRUE, rev = rev + 1 WHERE gtin = $1 AND serial = $2`, r.GTIN, r.Serial)
	}
	return err
}

// Foresee says what Register would answer, without registering.
func Foresee(tx *sqldb.Tx, r Registration) (Outcome, error) {
	c, known, err := findChip(tx, r.Set, r.Epoch, r.UID)
	switch {
	case err != nil:
		return "", err
	case !known:
		return Created, nil
	case c.GTIN != r.Item.GTIN || c.Serial != r.Item.Serial:
		return Taken, nil
	}
	return Unchanged, nil
}

// WithChips says which of some items have a chip.
func WithChips(tx *sqldb.Tx, items []Ref) (map[Ref]bool, error) {
	out := map[Ref]bool{}
	for _, r := range items {
		var has bool
		if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM tag_chip WHERE gtin = $1 AND serial = $2)`, r.GTIN, r.Serial).Scan(&has); err != nil {
			return nil, err
		}
		out[r] = has
	}
	return out, nil
}

// CountChips counts the chips of a key set by epoch.
func (s *Service) CountChips(ctx context.Context, set string) (map[int64]int64, error) {
	var out map[int64]int64
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		out = map[int64]int64{}
		rows, err := tx.Query(`SELECT epoch, count(*) FROM tag_chip WHERE set_name = $1 GROUP BY epoch`, set)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var epoch, n int64
			if err := rows.Scan(&epoch, &n); err != nil {
				return err
			}
			out[epoch] = n
		}
		return rows.Err()
	})
	return out, err
}

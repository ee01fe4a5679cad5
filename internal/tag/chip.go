package tag

import (
	"context"
	"errors"
	"strings"
	"time"

	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/sqldb"
	"tagline/ntag424"
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
		return id, Created, nil
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

// Counters walks over all chips that were tapped, in the order of their ids, for
// the comparison of the counters with the ledger.
func Counters(tx *sqldb.Tx, visit func(id ident.Tag, counter int64) error) error {
	rows, err := tx.Query(`SELECT id, last_ctr FROM tag_chip WHERE last_us > 0 ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			id  ident.Tag
			ctr int64
		)
		if err := rows.Scan(&id, &ctr); err != nil {
			return err
		}
		if err := visit(id, ctr); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Claim is the outcome of claiming a counter.
type Claim struct {
	// Code is empty if the claim won, or if it repeats the one that won. Otherwise
	// it is replay, out_of_order, unknown_tag, blocked_tag, retired_keyset or
	// template_mismatch (the path names another item than the chip's).
	Code   ntag424.Code
	Repeat bool // the same operation has claimed this value before: answer as then
	Chip   ident.Tag
	Item   Ref
	Jump   int64 // counter values between the last claim and this one that nobody claimed
	Twice  bool  // a second live tap by the same operation within half a minute (tier 4)
}

// twiceWithin is the window in which two live taps of one session count as tier 4.
const twiceWithin = 30 * time.Second

// claimSQL decides.
var claimSQL = `UPDATE tag_chip SET last_ctr = $1, last_us = $2, last_op = $3, status = 'active'
	WHERE id = $4 AND last_ctr < $1 AND status <> 'blocked' AND ` + keyset.ActiveSQL("tag_chip.set_name", "tag_chip.epoch")

// claimable is what ClaimCounter reads of a chip before it claims.
type claimable struct {
	Claim
	status Status
	ctr    int64
	us     int64
	op     string
}

// ClaimCounter spends the counter of a verified tap, inside a transaction. One
// statement decides, so that of any number of callers with the same value one
// wins; it also asks again what caches may have got wrong. Whoever has won must
// commit what follows from it in the same transaction.
func ClaimCounter(tx *sqldb.Tx, r keyset.Reading, op ident.Operation, now time.Time) (Claim, error) {
	// Reading first and then writing by id costs less than to write by the UID and
	// to ask RETURNING what was there. What is read decides nothing in favour.
	c, known, err := readClaimable(tx, r)
	if err != nil || !known {
		return Claim{Code: ntag424.ErrUnknownTag}, err
	}
	if c.ctr < r.Counter && c.status != Blocked && c.on(r.Path) {
		n, err := tx.Exec(claimSQL, r.Counter, sqldb.Micros(now), string(op), string(c.Chip))
		if err != nil {
			return Claim{}, err
		}
		if n == 1 {
			if c.ctr >= 0 {
				c.Jump = r.Counter - c.ctr - 1
			}
			if age := now.Sub(sqldb.Time(c.us)); op != "" && c.op == string(op) && c.us > 0 {
				c.Twice = age >= 0 && age <= twiceWithin
			}
			return c.Claim, nil
		}
		// Somebody else was faster, or the epoch is retired: look again.
		if c, _, err = readClaimable(tx, r); err != nil {
			return Claim{}, err
		}
	}
	return c.refuse(tx, r, op)
}

func readClaimable(tx *sqldb.Tx, r keyset.Reading) (c claimable, known bool, err error) {
	err = tx.QueryRow(`SELECT id, gtin, serial, status, last_ctr, last_us, last_op FROM tag_chip
		WHERE set_name = $1 AND epoch = $2 AND uid = $3`, r.Set, r.Epoch, r.UID().Hex()).
		Scan(&c.Chip, &c.Item.GTIN, &c.Item.Serial, &c.status, &c.ctr, &c.us, &c.op)
	if errors.Is(err, sqldb.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

// on reports whether a path that names an item names the chip's.
func (c claimable) on(path Ref) bool { return path == (Ref{}) || path == c.Item }

// refuse says why a claim did not win.
func (c claimable) refuse(tx *sqldb.Tx, r keyset.Reading, op ident.Operation) (Claim, error) {
	var active bool
	if err := tx.QueryRow(`SELECT `+keyset.ActiveSQL("tag_chip.set_name", "tag_chip.epoch")+` FROM tag_chip WHERE id = $1`, c.Chip).
		Scan(&active); err != nil {
		return Claim{}, err
	}
	switch {
	case !active:
		c.Code = ntag424.ErrRetiredKeySet
	case c.status == Blocked:
		c.Code = ntag424.ErrBlockedTag
	case !c.on(r.Path):
		c.Code = ntag424.ErrTemplateMismatch
	case c.ctr == r.Counter && c.op == string(op) && op != "":
		c.Repeat = true
	case c.ctr == r.Counter:
		c.Code = ntag424.ErrReplay
	default:
		c.Code = ntag424.ErrOutOfOrder
	}
	return c.Claim, nil
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

// Identify finds the chip of a message without a counter. There is nothing to
// claim in it, and so it proves no live tap.
func Identify(tx *sqldb.Tx, r keyset.Reading) (Claim, error) {
	c, known, err := readClaimable(tx, r)
	if err != nil || !known {
		return Claim{Code: ntag424.ErrUnknownTag}, err
	}
	out, err := c.refuse(tx, r, "")
	if out.Code == ntag424.ErrReplay || out.Code == ntag424.ErrOutOfOrder {
		out.Code = ""
	}
	return out, err
}

// RaiseCounters sets counters to at least what is given, for the replay of the
// ledger. It never lowers one.
func RaiseCounters(tx *sqldb.Tx, counters map[ident.Tag]int64) error {
	for id, n := range counters {
		if _, err := tx.Exec(`UPDATE tag_chip SET last_ctr = $1 WHERE id = $2 AND last_ctr < $1`, n, id); err != nil {
			return err
		}
	}
	return nil
}

package tag

import (
	"errors"
	"time"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/sqldb"
	"tagline/ntag424"
)

// Claim is the outcome of claiming a counter.
type Claim struct {
	// Code is empty if the claim won, or if it repeats the one that won. Otherwise
	// it is replay, out_of_order, unknown_tag, blocked_tag, retired_keyset or
	// template_mismatch (the path names another item than the chip's).
	Code   ntag424.Code
	Repeat bool // the same operation has claimed this value before: answer as then
	Chip   ident.Tag
	Item   Ref
	Before Trail // of the item, if the claim won: as it was before this tap
	// Known says that what was remembered still held: neither the chip nor its item
	// has changed since. After is what to remember next, nil if nothing should be.
	Known bool
	After *Memo
	Jump  int64 // counter values between the last claim and this one that nobody claimed
	Twice bool  // a second live tap by the same operation within half a minute (tier 4)
}

// Memo is what a claim leaves to remember of a chip. It may be out of date: the
// next claim checks it, by the counter and by the revision.
type Memo struct {
	chip  ident.Tag
	item  Ref
	trail Trail
	ctr   int64
	us    int64
	op    string
	rev   int64
}

// twiceWithin is the window in which two live taps of one session count as tier 4.
const twiceWithin = 30 * time.Second

// claimSQL decides: a counter only grows. That it still is what was read makes
// certain that what is told of the time before is true. The trail is that of
// Trail.Add.
var claimSQL = `UPDATE tag_chip SET last_ctr = $1, last_op = $3, status = 'active', taps = taps + 1,
		last_us = CASE WHEN $2 > last_us THEN $2 ELSE last_us END,
		first_us = CASE WHEN taps = 0 OR $2 < first_us THEN $2 ELSE first_us END,
		sealed_us = CASE WHEN $4 AND $2 > sealed_us THEN $2 ELSE sealed_us END,
		sealed_by = CASE WHEN $4 AND ($2 > sealed_us OR $2 = sealed_us AND $5 > sealed_by) THEN $5 ELSE sealed_by END
	WHERE id = $6 AND last_ctr < $1 AND last_ctr = $7 AND rev = $8 AND status <> 'blocked' AND ` + keyset.ActiveSQL("tag_chip.set_name", "tag_chip.epoch")

// claimable is what is read of a chip before its counter is claimed.
type claimable struct {
	Claim
	status Status
	ctr    int64
	us     int64
	op     string
	rev    int64
	shared bool
}

// maxRounds bounds how often a claim is tried again because another tap of the
// same chip came between.
const maxRounds = 200

// ClaimCounter spends the counter of a verified tap, inside a transaction, and
// notes the tap on the chip: when, and whether the event measured a closed seal.
// One statement decides, so that of any number of callers with the same value one
// wins; it also asks again what caches may have got wrong. Whoever has won must
// commit what follows from it in the same transaction. memo is what the claim before
// left to remember, or nil.
func ClaimCounter(tx *sqldb.Tx, r keyset.Reading, op ident.Operation, now time.Time, sealed Sealed, event ident.Event, memo *Memo) (Claim, error) {
	if memo != nil && memo.ctr < r.Counter {
		c := claimable{Claim: Claim{Chip: memo.chip, Item: memo.item, Before: memo.trail}, ctr: memo.ctr, us: memo.us, op: memo.op, rev: memo.rev}
		if c.on(r.Path) {
			n, err := c.claim(tx, r, op, now, sealed, event)
			if err != nil {
				return Claim{}, err
			}
			if n == 1 {
				c.Known = true
				return c.won(tx, r, op, now, sealed, event)
			}
		}
	}
	// Reading first and then writing by id costs less than to write by the UID and
	// to ask RETURNING what was there. What is read decides nothing in favour.
	held := false
	for range maxRounds {
		c, known, err := readClaimable(tx, r)
		if err != nil || !known {
			return Claim{Code: ntag424.ErrUnknownTag}, err
		}
		if c.ctr >= r.Counter || c.status == Blocked || !c.on(r.Path) {
			return c.refuse(tx, r, op)
		}
		if c.shared && !held { // all of an item's chips at once, or two taps would wait for each other
			if err := Hold(tx, c.Item); err != nil {
				return Claim{}, err
			}
			held = true
			continue
		}
		n, err := c.claim(tx, r, op, now, sealed, event)
		if err != nil {
			return Claim{}, err
		}
		if n == 1 {
			return c.won(tx, r, op, now, sealed, event)
		}
		// Another tap of the chip came between, or its epoch is retired.
		if refused, err := c.refuse(tx, r, op); err != nil || refused.Code == ntag424.ErrRetiredKeySet {
			return refused, err
		}
	}
	return Claim{}, fault.New(fault.Unavailable, "this tag is tapped too often at once", "Try again.")
}

// claim runs the statement that decides.
func (c claimable) claim(tx *sqldb.Tx, r keyset.Reading, op ident.Operation, now time.Time, sealed Sealed, event ident.Event) (int64, error) {
	return tx.Exec(claimSQL, r.Counter, sqldb.Micros(now), string(op), bool(sealed), string(event), string(c.Chip), c.ctr, c.rev)
}

func readClaimable(tx *sqldb.Tx, r keyset.Reading) (c claimable, known bool, err error) {
	c.Before, err = scanTrail(tx.QueryRow(`SELECT id, gtin, serial, status, last_ctr, last_us, last_op, rev, shared, `+trailColumns+` FROM tag_chip
		WHERE set_name = $1 AND epoch = $2 AND uid = $3`, r.Set, r.Epoch, r.UID().Hex()).Scan,
		&c.Chip, &c.Item.GTIN, &c.Item.Serial, &c.status, &c.ctr, &c.us, &c.op, &c.rev, &c.shared)
	if errors.Is(err, sqldb.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

// on reports whether a path that names an item names the chip's.
func (c claimable) on(path Ref) bool { return path == (Ref{}) || path == c.Item }

// won completes a claim that has won.
func (c claimable) won(tx *sqldb.Tx, r keyset.Reading, op ident.Operation, now time.Time, sealed Sealed, event ident.Event) (Claim, error) {
	if c.ctr >= 0 {
		c.Jump = r.Counter - c.ctr - 1
	}
	if age := now.Sub(sqldb.Time(c.us)); op != "" && c.op == string(op) && c.us > 0 {
		c.Twice = age >= 0 && age <= twiceWithin
	}
	if !c.shared {
		c.After = &Memo{
			chip: c.Chip, item: c.Item, trail: c.Before.Add(now, sealed, event), ctr: r.Counter, us: max(c.us, sqldb.Micros(now)), op: string(op), rev: c.rev,
		}
		return c.Claim, nil
	}
	rows, err := tx.Query(`SELECT `+trailColumns+` FROM tag_chip WHERE gtin = $1 AND serial = $2 AND id <> $3`, c.Item.GTIN, c.Item.Serial, c.Chip)
	if err != nil {
		return Claim{}, err
	}
	defer rows.Close()
	for rows.Next() {
		other, err := scanTrail(rows.Scan)
		if err != nil {
			return Claim{}, err
		}
		c.Before = c.Before.join(other)
	}
	return c.Claim, rows.Err()
}

// refuse says why a claim did not win.
func (c claimable) refuse(tx *sqldb.Tx, r keyset.Reading, op ident.Operation) (Claim, error) {
	c.Before = Trail{}
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

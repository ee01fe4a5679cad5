package tag

import (
	"context"
	"errors"
	"io"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/sqldb"
	"tagline/ntag424"
)

// VirtualChip is a chip that the server plays itself, for the phone frame and for
// trying things out: it signs as a real one does, with the keys of a test set.
type VirtualChip struct {
	Chip
	LoopOpen bool
	Latched  bool   // a tap has seen the loop open
	Counter  int64  // of the last tap, 0 before the first
	LastURL  string // path and query of the last tap, empty before the first
}

// NewVirtual makes a virtual chip for an item, inside a transaction. The set must
// be a test set; empty is the first test set by name.
func (s *Service) NewVirtual(ctx context.Context, set string) (func(tx *sqldb.Tx, item Ref) (VirtualChip, error), error) {
	e, err := s.testSet(ctx, set)
	if err != nil {
		return nil, err
	}
	var uid ntag424.UID
	if _, err := io.ReadFull(s.chance, uid[:]); err != nil {
		return nil, err
	}
	uid[0] = 0x04 // NXP
	id, now := s.ids.Tag(), s.clock.Now()
	return func(tx *sqldb.Tx, item Ref) (VirtualChip, error) {
		r := Registration{Set: e.Name, Epoch: e.KeySet.Epoch, UID: uid.Hex(), Item: item, Counter: -1, Virtual: true}
		if _, outcome, err := Register(tx, id, r, now); err != nil {
			return VirtualChip{}, err
		} else if outcome != Created {
			return VirtualChip{}, fault.New(fault.Conflict, "the drawn UID is taken", "Try again.")
		}
		if _, err := tx.Exec(`INSERT INTO tag_virtual (chip, counter, loop_open, latched, last_url) VALUES ($1, 0, FALSE, FALSE, '')`, id); err != nil {
			return VirtualChip{}, err
		}
		return readVirtual(tx, id)
	}, nil
}

// testSet finds the newest epoch of a test set.
func (s *Service) testSet(ctx context.Context, name string) (*keyset.Epoch, error) {
	if name == "" {
		ring, err := s.sets.Ring(ctx, keyset.Fresh)
		if err != nil {
			return nil, err
		}
		if name = ring.TestSet(); name == "" {
			return nil, fault.New(fault.Conflict, "there is no test key set",
				"Make a key set that is marked as a test set; virtual bottles get their chips from it.")
		}
	}
	e, err := s.sets.Newest(ctx, name)
	if err == nil && !e.Test {
		err = fault.Newf(fault.Conflict, "key set %q is not a test set", name).WithHint("Virtual chips are allowed in test sets only.")
	}
	return e, err
}

// TapVirtual is one physical tap of a virtual chip: the counter grows, an open
// loop latches, and the chip signs a URL. It gives path and query.
func (s *Service) TapVirtual(ctx context.Context, id ident.Tag) (string, VirtualChip, error) {
	ring, err := s.sets.Ring(ctx, keyset.Fresh)
	if err != nil {
		return "", VirtualChip{}, err
	}
	var out VirtualChip
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		v, err := readVirtual(tx, id)
		if err != nil {
			return err
		}
		e := ring.Epoch(v.Set, v.Epoch)
		if e == nil {
			return fault.New(fault.NotFound, "the key set of this virtual bottle is gone", "Reset the bottle.")
		}
		if err := v.tap(e); err != nil {
			return err
		}
		out = v
		n, err := tx.Exec(`UPDATE tag_virtual SET counter = $1, latched = $2, last_url = $3 WHERE chip = $4 AND counter = $5`,
			v.Counter, v.Latched, v.LastURL, id, v.Counter-1)
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "the bottle was tapped by somebody else at the same moment", "Tap again.")
		}
		return err
	})
	if err != nil {
		return "", VirtualChip{}, err
	}
	return out.LastURL, out, nil
}

// tap has the chip answer a reader, and takes its new state.
func (v *VirtualChip) tap(e *keyset.Epoch) error {
	uid, err := ntag424.ParseUID(v.uid)
	if err != nil {
		return err
	}
	chip, err := e.Chip(Ref{GTIN: v.GTIN, Serial: v.Serial}, uid)
	if err != nil {
		return err
	}
	chip.Counter, chip.LoopOpen, chip.Opened = uint32(v.Counter), v.LoopOpen, v.Latched
	url, err := chip.Tap()
	if errors.Is(err, ntag424.ErrExhausted) {
		return fault.New(fault.Conflict, "the virtual chip has reached its counter limit", "Reset the bottle.")
	}
	if err != nil {
		return err
	}
	v.Counter, v.Latched = int64(chip.Counter), chip.Opened
	path, query := keyset.Split(url)
	v.LastURL = path + "?" + query
	if query == "" {
		v.LastURL = path
	}
	return nil
}

// Tear opens the loop of a virtual chip: its seal is torn. The chip notices at
// its next tap.
func (s *Service) Tear(ctx context.Context, id ident.Tag) (VirtualChip, error) {
	return s.setLoop(ctx, id, true)
}

// Reclose joins the loop again, as a forger would.
func (s *Service) Reclose(ctx context.Context, id ident.Tag) (VirtualChip, error) {
	return s.setLoop(ctx, id, false)
}

func (s *Service) setLoop(ctx context.Context, id ident.Tag, open bool) (VirtualChip, error) {
	var out VirtualChip
	err := s.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if _, err = tx.Exec(`UPDATE tag_virtual SET loop_open = $1 WHERE chip = $2`, open, id); err != nil {
			return err
		}
		out, err = readVirtual(tx, id)
		return err
	})
	return out, err
}

// RemoveVirtual forgets a virtual chip's memory, inside a transaction: the chip
// stays known, so that its old URLs are still told apart, and is never tapped again.
func RemoveVirtual(tx *sqldb.Tx, id ident.Tag) (VirtualChip, error) {
	v, err := readVirtual(tx, id)
	if err != nil {
		return v, err
	}
	_, err = tx.Exec(`DELETE FROM tag_virtual WHERE chip = $1`, id)
	return v, err
}

// Virtuals lists the virtual chips, the newest first, from after on.
func (s *Service) Virtuals(ctx context.Context, after ident.Tag, limit int) ([]VirtualChip, error) {
	var out []VirtualChip
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		out = nil
		rows, err := tx.Query(`SELECT chip FROM tag_virtual WHERE $1 = '' OR chip < $1 ORDER BY chip DESC LIMIT $2`, after, bounded(limit))
		if err != nil {
			return err
		}
		defer rows.Close()
		var ids []ident.Tag
		for rows.Next() {
			var id ident.Tag
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for _, id := range ids {
			v, err := readVirtual(tx, id)
			if err != nil {
				return err
			}
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

// Virtual gives one virtual chip.
func (s *Service) Virtual(ctx context.Context, id ident.Tag) (VirtualChip, error) {
	var out VirtualChip
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		out, err = readVirtual(tx, id)
		return err
	})
	return out, err
}

func readVirtual(tx *sqldb.Tx, id ident.Tag) (VirtualChip, error) {
	var v VirtualChip
	err := tx.QueryRow(`SELECT counter, loop_open, latched, last_url FROM tag_virtual WHERE chip = $1`, id).
		Scan(&v.Counter, &v.LoopOpen, &v.Latched, &v.LastURL)
	if errors.Is(err, sqldb.ErrNoRows) {
		return v, fault.New(fault.NotFound, "there is no such virtual bottle", "List the virtual bottles; a reset gives a new one.")
	}
	if err != nil {
		return v, err
	}
	v.Chip, err = ReadChip(tx, id)
	return v, err
}

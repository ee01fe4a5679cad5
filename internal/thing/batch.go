package thing

import (
	"context"
	"encoding/json"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
)

// Made gives the items that one call of MakeBatch or Make has made, in the order of
// their making, as they are now. A batch is its thing.batch event: the made moments
// stand right behind it in the ledger, since a transaction's events are numbered
// together. Errors: NotFound.
func (s *Service) Made(ctx context.Context, batch ident.Event) ([]Item, error) {
	var out []Item
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		out, err = s.made(tx, batch)
		return err
	})
	return out, err
}

func (s *Service) made(tx *sqldb.Tx, batch ident.Event) ([]Item, error) {
	head, err := s.ledger.Get(tx, batch)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if err != nil || head.Type != life.TypeBatch {
		return nil, errNoBatch
	}
	var body life.BatchBody
	if err := json.Unmarshal(head.Body, &body); err != nil {
		return nil, err
	}
	out := make([]Item, 0, body.Count)
	for after := head.Seq; len(out) < body.Count; {
		events, err := s.ledger.Read(tx, after, body.Count-len(out))
		if err != nil {
			return nil, err
		}
		ids := make([]ident.Thing, 0, len(events))
		for _, e := range events {
			after = e.Seq
			if e.Cause == batch && e.Class == ledger.Moment {
				ids = append(ids, e.Thing)
			}
		}
		if len(ids) == 0 {
			return out, nil
		}
		found, err := byID(tx, ids)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

var errNoBatch = fault.New(fault.NotFound, "there is no such batch", "Take the id that was answered when it was made, or name a product and a lot.")

// byID gives items in the order of their ids, which is that of their making.
func byID(tx *sqldb.Tx, ids []ident.Thing) ([]Item, error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	rows, err := tx.Query(`SELECT `+itemColumns+` FROM thing_item WHERE id IN (`+sqldb.In(len(ids), 1)+`) ORDER BY id`, args...)
	if err != nil {
		return nil, err
	}
	found, err := readRows(rows)
	if err != nil {
		return nil, err
	}
	return items(tx, found)
}

package thing

import (
	"context"

	"tagline/gs1"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
	"tagline/internal/tag"
)

// MakeVirtual makes a bottle that exists only here: an item with a virtual chip of
// a test key set (empty: the first by name).
func (s *Service) MakeVirtual(ctx context.Context, set, gtin, market string) (tag.VirtualChip, Item, error) {
	gtin, err := gs1.NormalizeGTIN(gtin)
	if err != nil {
		return tag.VirtualChip{}, Item{}, fault.Wrap(fault.Invalid, err, "this is not a GTIN", "Choose a product.").At("body.gtin", "not a GTIN")
	}
	if err := checkMarket(market); err != nil {
		return tag.VirtualChip{}, Item{}, err
	}
	return s.makeVirtual(ctx, set, gtin, market, "")
}

// ResetVirtual puts a fresh bottle of the same product in the place of a virtual
// one: another serial, sealed. The old one keeps its story.
func (s *Service) ResetVirtual(ctx context.Context, id ident.Tag) (tag.VirtualChip, Item, error) {
	old, err := s.tags.Virtual(ctx, id)
	if err != nil {
		return old, Item{}, err
	}
	before, err := s.Find(ctx, old.GTIN, old.Serial)
	if err != nil {
		return old, Item{}, err
	}
	return s.makeVirtual(ctx, old.Set, old.GTIN, before.Market, id)
}

// makeVirtual makes a virtual bottle, and retires the one that it replaces.
func (s *Service) makeVirtual(ctx context.Context, set, gtin, market string, replaces ident.Tag) (tag.VirtualChip, Item, error) {
	serials, err := s.drawSerials(1)
	if err != nil {
		return tag.VirtualChip{}, Item{}, err
	}
	put, err := s.tags.NewVirtual(ctx, set)
	if err != nil {
		return tag.VirtualChip{}, Item{}, err
	}
	var (
		chip tag.VirtualChip
		it   Item
	)
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if replaces == "" {
			if err := s.known(tx, gtin); err != nil {
				return err
			}
		} else {
			if _, err := tag.RemoveVirtual(tx, replaces); err != nil {
				return err
			}
		}
		items, err := s.make(tx, Batch{GTIN: gtin, Serials: serials, Market: market}, "")
		if err != nil {
			return err
		}
		it = items[0]
		if chip, err = put(tx, Ref{GTIN: it.GTIN, Serial: it.Serial}); err != nil {
			return err
		}
		return s.Registered(tx, it, chip.ID, chip.Set, chip.Epoch)
	})
	return chip, it, err
}

package thing

import (
	"context"

	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/ntag424"
)

// Scan is a plain scan of a code that names no item: of a product, a place.
type Scan struct {
	GTIN     string // 14 digits; empty for another key
	Link     string // the canonical path of another key
	Market   string // the visitor's country, ISO 3166-1 alpha-2; may be empty
	Locale   string // BCP 47; may be empty
	Decision string // what was chosen; nothing of an item's state can bear on it
}

// Scan records a scan that needs nothing but a record: there is no item whose state
// it could change or depend on. It is what Tap records for such a code, without the
// way there.
//
// The error means that the database failed, as of Tap.
func (s *Service) Scan(ctx context.Context, q Scan) error {
	b := life.TapBody{
		Tier: ntag424.TierIdentity.String(), GTIN: q.GTIN, Link: q.Link, Verdict: Plain,
		Market: clip(q.Market), Locale: clip(q.Locale), Decision: q.Decision,
	}
	e := ledger.Event{ID: s.ids.Event(), Source: "tap", Type: life.TypePlain, Class: ledger.Reading, At: s.clock.Now(), Body: b.JSON()}
	if err := s.db.Update(ctx, func(tx *sqldb.Tx) error { return s.ledger.Append(tx, e) }); err != nil {
		return err
	}
	s.seen.add(Plain)
	return nil
}

package story

import (
	"context"
	"time"

	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
)

// tapTypes are the types of the events that are taps.
var tapTypes = []string{life.TypeTap, life.TypeRefused, life.TypePlain}

// TapFilter chooses taps; empty fields choose all.
type TapFilter struct {
	Result life.Result
	Code   string
	Step   string
	GTIN   string
	Set    string
	Market string
	Thing  ident.Thing
	From   time.Time
	To     time.Time
	Before int64 // only numbers below this one
	Limit  int   // at most 200; 0 is 50
}

// maxScan is how many events one page of taps looks at: a rare kind of tap is
// found over several pages rather than by one long query.
const maxScan = 5000

// Taps lists taps, the newest first. next is where the next page begins (its
// Before), 0 at the end; a page may be short, or empty, and still have a next.
func (s *Service) Taps(ctx context.Context, f TapFilter) (entries []life.TapEntry, next int64, err error) {
	if f.Result == life.ResultRepeat { // a reload is no tap, and is not recorded
		return nil, 0, nil
	}
	limit := bounded(f.Limit)
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		entries, next = nil, f.Before
		after := int64(0)
		if !f.From.IsZero() {
			if after, err = s.seqBefore(tx, f.From); err != nil {
				return err
			}
		}
		if !f.To.IsZero() {
			to, err := s.seqBefore(tx, f.To)
			if err != nil {
				return err
			}
			if next == 0 || to+1 < next {
				next = to + 1
			}
		}
		if next == 1 || next != 0 && next <= after+1 {
			next = 0
			return nil
		}
		for scanned := 0; scanned < maxScan; {
			events, err := s.ledger.List(tx, ledger.Filter{Thing: f.Thing, Types: f.types(), Before: next, After: after, Limit: 500})
			if err != nil {
				return err
			}
			scanned += len(events)
			for _, e := range events {
				next = e.Seq
				if t, ok := life.DecodeTap(e); ok && f.holds(t) {
					if entries = append(entries, t); len(entries) == limit {
						return nil
					}
				}
			}
			if len(events) < 500 {
				next = 0
				return nil
			}
		}
		return nil
	})
	return entries, next, err
}

// types gives the event types that can hold the wished result.
func (f TapFilter) types() []string {
	switch f.Result {
	case life.ResultGenuine:
		return []string{life.TypeTap}
	case life.ResultReplayed, life.ResultRefused:
		return []string{life.TypeRefused}
	case life.ResultPlain:
		return []string{life.TypePlain}
	}
	return tapTypes
}

func (f TapFilter) holds(t life.TapEntry) bool {
	is := func(wish, have string) bool { return wish == "" || wish == have }
	return is(string(f.Result), string(t.Result)) && is(f.Code, t.Code) && is(f.Step, t.Step) && is(f.GTIN, t.GTIN) &&
		is(f.Set, t.Set) && is(f.Market, t.Market) && (f.From.IsZero() || !t.At.Before(f.From)) && (f.To.IsZero() || t.At.Before(f.To))
}

// seqBefore gives the number of the last event that was recorded before a time,
// by halving: numbers grow with the time of recording.
func (s *Service) seqBefore(tx *sqldb.Tx, at time.Time) (int64, error) {
	hi, err := s.ledger.Head(tx)
	if err != nil {
		return 0, err
	}
	lo := int64(0) // the answer is in [lo, hi]
	for lo < hi {
		mid := lo + (hi-lo)/2
		e, err := s.ledger.Read(tx, mid, 1) // the event mid+1
		if err != nil {
			return 0, err
		}
		if len(e) == 0 || !e[0].Recorded.Before(at) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo, nil
}

// bounded is the page size for a wished one.
func bounded(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 200)
}

package life

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"tagline/internal/ident"
	"tagline/internal/ledger"
)

// Fold gives the item after one event of its history. It is the only place where
// events become state: the server folds as it writes, and doctor folds the ledger
// again and compares.
//
// Events of the item's chips come in the order of the ledger, which is the order
// of their counters. Reports (thing.reported, thing.epoch) may come in any order,
// at any place among them: the state is the same. Events that change no state are
// passed over, so are events of later versions.
//
// The error is a body that cannot be read: the ledger is damaged.
func Fold(it Item, e ledger.Event) (Item, error) {
	it.record.Blocked = slices.Clone(it.record.Blocked)
	it.record.Reports, it.record.Withdrawn = slices.Clone(it.record.Reports), slices.Clone(it.record.Withdrawn)
	switch e.Type {
	case string(MomentMade):
		var b MadeBody
		if err := json.Unmarshal(e.Body, &b); err != nil {
			return it, damaged(e, err)
		}
		it.ID, it.GTIN, it.Serial, it.Lot, it.Market = e.Thing, b.GTIN, b.Serial, b.Lot, b.Market
		kind := b.Kind
		if kind == "" {
			kind = Measured
		}
		it.record.Made = Mark{At: e.At, Kind: kind, Market: b.Market, Cause: e.ID}
	case TypeTap:
		var b TapBody
		if err := json.Unmarshal(e.Body, &b); err != nil {
			return it, damaged(e, err)
		}
		it.foldTap(b, e.At, e.ID)
	case TypeReported:
		var b ReportBody
		if err := json.Unmarshal(e.Body, &b); err != nil {
			return it, damaged(e, err)
		}
		it.foldReport(b, e.At, e.ID)
	case TypeRetracted:
		var b RetractedBody
		if err := json.Unmarshal(e.Body, &b); err != nil {
			return it, damaged(e, err)
		}
		it.foldRetracted(b.Event)
	case TypeEpoch:
		it.record.Epochs++
	case TypeBlocked, TypeUnblocked:
		var b TagBody
		if err := json.Unmarshal(e.Body, &b); err != nil {
			return it, damaged(e, err)
		}
		it.foldBlock(e.Type == TypeBlocked, string(b.Tag), e.At, e.ID)
	default:
		return it, nil
	}
	it.derive()
	return it, nil
}

// Tapped is Fold for a verified tap, whose body need not be read again.
func (it Item) Tapped(b TapBody, at time.Time, event ident.Event) Item {
	it.foldTap(b, at, event)
	it.derive()
	return it
}

// foldTap takes in one verified tap.
func (it *Item) foldTap(b TapBody, at time.Time, event ident.Event) {
	r := &it.record
	first := it.Taps == 0
	it.Taps++
	if first || at.Before(it.FirstTap) { // clocks of several nodes, and set back ones
		it.FirstTap = at
	}
	if at.After(it.LastTap) {
		it.LastTap = at
	}
	if b.Near {
		r.NearLimit.keepFirst(at, event)
	}
	switch b.Tamper { // letters that no MAC covers are not recorded
	case "CC":
		if r.Broken.Is() {
			r.Reclosed.keepFirst(at, event)
		}
		r.FirstSealed.keepFirst(at, event)
		if last := &it.chip.lastSealed; at.After(last.At) || at.Equal(last.At) && event > last.Cause {
			*last = sighting{at, event}
		}
	case "OO", "OC", "CO":
		if !r.Broken.Is() {
			before := it.chip.lastSealed.At
			if before.After(at) {
				before = at
			}
			r.Broken = Mark{At: at, NotBefore: before, Kind: Measured, Market: b.Market, Cause: event}
			r.Unseen = first
		}
	case "II":
		r.TamperOff.keepFirst(at, event)
	}
}

// foldReport takes in what somebody else says. What may be taken back is kept by
// itself.
func (it *Item) foldReport(b ReportBody, at time.Time, event ident.Event) {
	r := &it.record
	m := Mark{At: at, Kind: b.Kind, Confidence: b.Confidence, Market: b.Market, Cause: event}
	if !b.Revocable {
		r.marks.report(b.Moment, m)
		return
	}
	if _, gone := slices.BinarySearch(r.Withdrawn, event); gone {
		return
	}
	i, _ := slices.BinarySearchFunc(r.Reports, event, func(s said, e ident.Event) int { return strings.Compare(string(s.Mark.Cause), string(e)) })
	r.Reports = slices.Insert(r.Reports, i, said{b.Moment, m})
}

// foldRetracted takes a report back, also one that comes later.
func (it *Item) foldRetracted(event ident.Event) {
	r := &it.record
	r.Reports = slices.DeleteFunc(r.Reports, func(s said) bool { return s.Mark.Cause == event })
	if len(r.Reports) == 0 {
		r.Reports = nil
	}
	if i, known := slices.BinarySearch(r.Withdrawn, event); !known {
		r.Withdrawn = slices.Insert(r.Withdrawn, i, event)
	}
}

// report adds a mark that somebody reported.
func (r *marks) report(moment Moment, m Mark) {
	switch moment {
	case MomentPurchased:
		r.Sold = better(r.Sold, m)
	case MomentOpened:
		r.Opening = better(r.Opening, m)
	case MomentInUse:
		r.InUse = better(r.InUse, m)
	case MomentDrained:
		r.Drained = better(r.Drained, m)
		if c := m.At.Compare(r.Emptied.At); c > 0 || c == 0 && better(m, r.Emptied) == m {
			r.Emptied = m
		}
	case MomentRecalled:
		r.Recalled = better(r.Recalled, m)
	}
}

// foldBlock takes in that a tag of the item was blocked or freed.
func (it *Item) foldBlock(blocked bool, chip string, at time.Time, event ident.Event) {
	r := &it.record
	i, have := slices.BinarySearch(r.Blocked, chip)
	switch {
	case blocked && !have:
		if len(r.Blocked) == 0 {
			r.BlockedBy = sighting{at, event}
		}
		r.Blocked = slices.Insert(r.Blocked, i, chip)
	case !blocked && have:
		r.Blocked = slices.Delete(r.Blocked, i, i+1)
		if len(r.Blocked) == 0 {
			r.Blocked, r.BlockedBy = nil, sighting{}
		}
	}
}

func damaged(e ledger.Event, err error) error {
	return fmt.Errorf("thing: event %d (%s) has a body that cannot be read: %w", e.Seq, e.Type, err)
}

package thing

import (
	"context"
	"time"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
)

// Report is what somebody else says has happened to an item: the till, the
// supply chain, a sensor, the owner.
type Report struct {
	Source   string // who says it: "till:berlin-4"; 1 to 100 bytes
	SourceID string // the reporter's own id of it; counts once for each source; 1 to 200 bytes

	Thing  ident.Thing // or GTIN and Serial
	GTIN   string
	Serial string

	Moment     Moment
	At         time.Time // zero: now
	Kind       Kind      // empty: measured
	Confidence float64   // 0 to 1, for inferred
	Market     string
	Reason     string // at most 500 bytes; for people
	Revocable  bool   // it can be taken back by Retract
}

// Reported is the answer to a report.
type Reported struct {
	Event    ident.Event
	Repeated bool // the report was known: nothing has changed
	Item     Item
	Moments  []Moment
}

// ahead is how far a reporter's clock may be before ours.
const ahead = 24 * time.Hour

// Report takes in what somebody else says. The same (source, source id) counts
// once; late reports, in any order, give the same state; a claim or a guess never
// replaces what was measured.
func (s *Service) Report(ctx context.Context, r Report) (Reported, error) {
	now := s.clock.Now()
	if err := r.check(now); err != nil {
		return Reported{}, err
	}
	e := ledger.Event{
		ID: s.ids.Event(), Source: r.Source, SourceID: r.SourceID, Type: life.TypeReported, At: r.At,
		Body: life.Body(life.ReportBody{Moment: r.Moment, Kind: r.Kind, Confidence: r.Confidence, Market: r.Market, Reason: r.Reason, Revocable: r.Revocable}),
	}
	out, err := s.report(ctx, r, e)
	if fault.Is(err, fault.Conflict) { // another node took the same report at the same moment: now it is seen
		out, err = s.report(ctx, r, e)
	}
	return out, err
}

// report appends a report's event, unless it is known.
func (s *Service) report(ctx context.Context, r Report, e ledger.Event) (Reported, error) {
	var out Reported
	err := s.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		out, err = s.reportIn(tx, r, e)
		return err
	})
	return out, err
}

// ReportIn is Report inside a transaction, for what follows the ledger: nobody else
// may report under the same source.
func (s *Service) ReportIn(tx *sqldb.Tx, r Report) (Reported, error) {
	if err := r.check(s.clock.Now()); err != nil {
		return Reported{}, err
	}
	return s.reportIn(tx, r, ledger.Event{
		ID: s.ids.Event(), Source: r.Source, SourceID: r.SourceID, Type: life.TypeReported, At: r.At,
		Body: life.Body(life.ReportBody{Moment: r.Moment, Kind: r.Kind, Confidence: r.Confidence, Market: r.Market, Reason: r.Reason, Revocable: r.Revocable}),
	})
}

func (s *Service) reportIn(tx *sqldb.Tx, r Report, e ledger.Event) (out Reported, err error) {
	id, seen, err := s.ledger.Seen(tx, e.Source, e.SourceID)
	if err != nil {
		return out, err
	}
	if seen {
		known, err := s.ledger.Get(tx, id)
		if err != nil {
			return out, err
		}
		out.Event, out.Repeated = id, true
		out.Item, err = load(tx, known.Thing)
		return out, err
	}
	before, err := r.item(tx)
	if err != nil {
		return out, err
	}
	e.Thing = before.ID
	out.Event = e.ID
	if out.Item, err = s.fold(tx, before, e); err != nil {
		return out, err
	}
	out.Moments = life.NewMoments(before.Life, out.Item.Life)
	return out, nil
}

// RetractedID is the source id of the event by which Retract takes a report back.
func RetractedID(sourceID string) string { return "retracted/" + sourceID }

// Retract takes a revocable report back, inside a transaction: the item is as if the
// report had never come, and moments that are true no more are told in the ledger
// (moment.retracted). A report that is not known, or was taken back before, changes
// nothing.
func (s *Service) Retract(tx *sqldb.Tx, source, sourceID, reason string) error {
	id, seen, err := s.ledger.Seen(tx, source, sourceID)
	if err != nil || !seen {
		return err
	}
	if _, again, err := s.ledger.Seen(tx, source, RetractedID(sourceID)); err != nil || again {
		return err
	}
	known, err := s.ledger.Get(tx, id)
	if err != nil {
		return err
	}
	before, err := (&Report{Thing: known.Thing}).item(tx)
	if err != nil {
		return err
	}
	e := ledger.Event{
		ID: s.ids.Event(), Source: source, SourceID: "retracted/" + sourceID, Type: life.TypeRetracted, Thing: before.ID, Cause: id, At: s.clock.Now(),
		Body: life.Body(life.RetractedBody{Event: id, Reason: reason}),
	}
	after, err := s.fold(tx, before, e)
	if err != nil {
		return err
	}
	for _, m := range life.NewMoments(after.Life, before.Life) {
		if err := s.ledger.Append(tx, ledger.Event{
			ID: s.ids.Event(), Source: "thing", Type: life.TypeTakenBack, Class: ledger.Moment, Thing: before.ID, Cause: e.ID, At: e.At,
			Body: life.Body(life.TakenBackBody{Moment: m, GTIN: before.GTIN, Serial: before.Serial}),
		}); err != nil {
			return err
		}
	}
	return nil
}

// item finds the item that the report is about, and locks it.
func (r Report) item(tx *sqldb.Tx) (Item, error) {
	ref := Ref{GTIN: r.GTIN, Serial: r.Serial}
	if r.Thing != "" {
		it, err := load(tx, r.Thing)
		if err != nil {
			return it, err
		}
		ref = Ref{GTIN: it.GTIN, Serial: it.Serial}
	}
	it, known, err := lock(tx, ref)
	if err == nil && !known {
		err = errNoItem
	}
	return it, err
}

func (r *Report) check(now time.Time) error {
	if r.At.IsZero() {
		r.At = now
	}
	if r.Kind == "" {
		r.Kind = Measured
	}
	if r.Kind != Inferred && r.Confidence == 0 {
		r.Confidence = 1
	}
	r.At = r.At.UTC().Truncate(time.Microsecond)
	f := fault.New(fault.Invalid, "this report cannot be taken in", "Correct the fields that are named.")
	if r.Source == "" || len(r.Source) > 100 {
		f = f.At("body.source", "1 to 100 bytes are needed")
	}
	if r.SourceID == "" || len(r.SourceID) > 200 {
		f = f.At("body.sourceId", "1 to 200 bytes are needed")
	}
	// A recall must be able to end, so only what can be taken back may report one.
	if m, err := life.ParseMoment(string(r.Moment)); err == nil {
		r.Moment = m
	} else if r.Moment != MomentRecalled || !r.Revocable {
		f = f.At("body.moment", "not a moment that can be reported")
	}
	if r.Kind != Measured && r.Kind != Claimed && r.Kind != Inferred {
		f = f.At("body.kind", "measured, claimed or inferred")
	}
	if !(r.Confidence >= 0 && r.Confidence <= 1) {
		f = f.At("body.confidence", "a number from 0 to 1")
	}
	if r.At.After(now.Add(ahead)) || r.At.Year() < 1990 {
		f = f.At("body.at", "a time that can be true")
	}
	if len(r.Reason) > 500 {
		f = f.At("body.reason", "at most 500 bytes")
	}
	if checkMarket(r.Market) != nil {
		f = f.At("body.market", "not a country of ISO 3166-1 in two letters, such as DE")
	}
	switch r.Source {
	case "tap", "thing", "tag":
		f = f.At("body.source", "this name is the server's own")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// BeginEpoch begins the item's next ownership period. The same (source, source id)
// counts once.
func (s *Service) BeginEpoch(ctx context.Context, source, sourceID string, id ident.Thing, at time.Time) (Item, error) {
	r := Report{Source: source, SourceID: sourceID, Thing: id, At: at, Moment: MomentPurchased}
	if err := r.check(s.clock.Now()); err != nil {
		return Item{}, err
	}
	out, err := s.report(ctx, r, ledger.Event{ID: s.ids.Event(), Source: source, SourceID: "epoch/" + sourceID, Type: life.TypeEpoch, At: r.At})
	return out.Item, err
}

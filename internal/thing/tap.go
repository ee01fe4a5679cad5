package thing

import (
	"context"
	"errors"
	"time"

	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/tag"
	"tagline/internal/thing/flood"
	"tagline/ntag424"
)

// TapRequest is one tap.
type TapRequest struct {
	Reading tag.Reading
	// Op is the operation in the visitor's tap cookie, or a new one: the same Op
	// with the same counter gets the same answer, whoever else has the URL.
	Op     ident.Operation
	Market string // the visitor's country, ISO 3166-1 alpha-2; may be empty
	Locale string // BCP 47; may be empty
	// Decide, if set, chooses what to show and names the decision, which is stored
	// with the tap. It must be pure and quick: it runs inside the transaction, and
	// may run twice.
	Decide func(TapResult) string
}

// TapResult is the answer to a tap.
type TapResult struct {
	Verdict  Verdict
	Code     string // why it was refused, or what to note (tt_unsupported); for the console only
	Step     string // the step that failed
	Hint     string
	Known    bool // there is such an item
	Item     Item // as it is after the tap
	Tier     ntag424.Tier
	Counter  int64
	Tamper   ntag424.Tamper
	Test     bool // of a test key set
	Op       ident.Operation
	Event    ident.Event // empty if nothing was recorded: Peek, Repeat, and floods of refused taps
	Moments  []Moment    // what came true by this tap
	First    bool        // the item's first verified tap
	Decision string
}

// Tap claims the counter of a verified tap, applies the rules of the seal, records
// what happened and gives the item as it is then, in one transaction. Refused taps
// are recorded as far as their bound allows. A reading without any tag message is
// a plain scan.
//
// The error means that the database failed: nothing was spent, or, with
// sqldb.ErrOutcome, perhaps; the same Op may be tried again either way.
func (s *Service) Tap(ctx context.Context, q TapRequest) (TapResult, error) {
	out, err := s.answer(ctx, q)
	if err == nil {
		s.seen.add(out.Verdict)
	}
	return out, err
}

func (s *Service) answer(ctx context.Context, q TapRequest) (TapResult, error) {
	q.Market, q.Locale = clip(q.Market), clip(q.Locale)
	r := q.Reading
	base := TapResult{Tier: r.Tier, Counter: r.Counter, Tamper: r.Tamper, Test: r.Test, Op: q.Op}
	switch {
	case r.Code == keyset.NotATag:
		base.Verdict = Plain
		return s.unproven(ctx, q, base, nil)
	case !r.OK():
		base.Verdict, base.Code, base.Step, base.Hint = NotVerified, r.Code, r.Step, r.Hint
		base.Tamper, base.Tier = ntag424.TamperNone, ntag424.TierIdentity
		return s.unproven(ctx, q, base, nil)
	case !r.Counted:
		base.Verdict = Plain
		return s.unproven(ctx, q, base, tag.Identify)
	}

	a, chip := s.attempt(r.Set+"/"+r.UID().Hex()), chipKey{r.Set, r.Epoch, r.UID()}
	var out TapResult
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		out = base
		seen := s.recent.get(chip)
		claim, err := tag.ClaimCounter(tx, r, q.Op, a.now, r.Tamper == ntag424.TamperSealed, a.event, seen.memo)
		if err != nil {
			return err
		}
		if claim.Code != "" || claim.Repeat {
			return s.refused(tx, q, &out, claim, a)
		}
		if err := s.genuine(tx, q, &out, claim, a, seen.item); err != nil || claim.After == nil {
			return err
		}
		after := out.Item
		tx.AfterCommit(func() { s.recent.put(chip, known{claim.After, &after}) })
		return nil
	})
	if err != nil {
		return TapResult{}, err
	}
	if !out.Verdict.Live() {
		s.flood.Settle(a.key, a.grant)
	}
	return out, nil
}

// attempt is what one tap is recorded with, drawn before its transaction.
type attempt struct {
	event ident.Event
	now   time.Time
	key   string // whose allowance a refused tap takes from
	grant flood.Grant
}

func (s *Service) attempt(key string) attempt {
	now := s.clock.Now()
	return attempt{event: s.ids.Event(), now: now, key: key, grant: s.flood.Ask(key, now)}
}

// genuine takes in a tap that has won its counter. seen is the item as it is
// remembered, which holds if the claim says so.
func (s *Service) genuine(tx *sqldb.Tx, q TapRequest, out *TapResult, claim tag.Claim, a attempt, seen *Item) error {
	event, now := a.event, a.now
	was, err := s.tapped(tx, claim, now, seen)
	if err != nil {
		return err
	}
	out.Verdict, out.Known, out.Event, out.First = Genuine, true, event, was.Taps == 0
	if claim.Twice {
		out.Tier = ntag424.TierTwoTaps
	}
	switch err := out.Tamper.Err(); {
	case errors.Is(err, ntag424.ErrTTInvalid):
		out.Code, out.Step, out.Hint = string(ntag424.ErrTTInvalid), "tamper", "The chip's tamper feature was never enabled: it says nothing of the seal."
	case errors.Is(err, ntag424.ErrTTUnsupported):
		out.Code, out.Step, out.Hint = string(ntag424.ErrTTUnsupported), "tamper", "The chip has no tamper loop, or no MAC covers its status: it says nothing of the seal."
	}
	b := life.TapBody{
		Tier: out.Tier.String(), Tag: claim.Chip, GTIN: was.GTIN, Serial: was.Serial, Set: q.Reading.Set, Epoch: q.Reading.Epoch, Counter: q.Reading.Counter, Jump: claim.Jump,
		Tamper: out.Tamper.Letters(), Near: q.Reading.Near, Test: q.Reading.Test, Code: out.Code, Step: out.Step, Market: q.Market, Locale: q.Locale,
	}
	after := was.Tapped(b, now, event)
	if !was.SameRecord(after) { // seldom: now others must not change the item as well
		if err := hold(tx, claim.Item); err != nil {
			return err
		}
		if was, _, err = before(tx, claim.Item, claim.Before); err != nil {
			return err
		}
		after = was.Tapped(b, now, event)
	}
	out.Item, out.Moments = after, life.NewMoments(was.Life, after.Life)
	if q.Decide != nil {
		out.Decision = q.Decide(*out)
	}
	b.Decision, b.Moments = out.Decision, out.Moments
	e := ledger.Event{ID: event, Source: "tap", Type: life.TypeTap, Thing: after.ID, At: now, Body: b.JSON()}
	if err := s.ledger.Append(tx, e); err != nil {
		return err
	}
	return s.settle(tx, was, after, e)
}

// tapped gives the item of a claim as it was before the tap.
func (s *Service) tapped(tx *sqldb.Tx, claim tag.Claim, now time.Time, seen *Item) (Item, error) {
	if claim.Known && seen != nil {
		return *seen, nil
	}
	it, known, err := before(tx, claim.Item, claim.Before)
	if err == nil && !known { // the chip was registered without its item
		if _, err = s.meet(tx, claim.Item, now); err == nil {
			it, _, err = before(tx, claim.Item, claim.Before)
		}
	}
	return it, err
}

// meet makes the item that a registered chip is said to be on.
func (s *Service) meet(tx *sqldb.Tx, r Ref, now time.Time) (Item, error) {
	e := ledger.Event{
		ID: s.ids.Event(), Source: "thing", Type: string(MomentMade), Class: ledger.Moment, Thing: s.ids.Thing(), At: now,
		Body: life.Body(life.MadeBody{GTIN: r.GTIN, Serial: r.Serial, Kind: Inferred}),
	}
	it, err := life.Fold(Item{}, e)
	if err != nil {
		return it, err
	}
	if fresh, err := insert(tx, it); err != nil || !fresh {
		return it, err // another chip of it was tapped at the same moment
	}
	return it, s.ledger.Append(tx, e)
}

// refused takes in a tap that has not won its counter.
func (s *Service) refused(tx *sqldb.Tx, q TapRequest, out *TapResult, claim tag.Claim, a attempt) error {
	ref := claim.Item
	if ref == (Ref{}) {
		ref = q.Reading.Path
	}
	out.Code, out.Step = string(claim.Code), "counter"
	out.Tier, out.Tamper = ntag424.TierIdentity, ntag424.TamperNone
	switch claim.Code {
	case "":
		out.Verdict, out.Step = Repeat, ""
		out.Tier, out.Tamper = q.Reading.Tier, q.Reading.Tamper
	case ntag424.ErrReplay:
		out.Verdict, out.Hint = Replay, "This URL was live once. Was the link shared, or the tag copied? Compare with the taps before."
	case ntag424.ErrOutOfOrder:
		out.Verdict, out.Hint = OutOfOrder, "A later tap of this tag was seen already: an old link, or a copy."
	case ntag424.ErrUnknownTag:
		out.Verdict, out.Step, out.Hint = Unknown, "tag", "The keys are right, but this chip was never imported: counterfeit stock, or a gap in the import."
	case ntag424.ErrBlockedTag:
		out.Verdict, out.Step, out.Hint = Blocked, "tag", "Somebody blocked this chip; its story says who and why."
	case ntag424.ErrRetiredKeySet:
		out.Verdict, out.Step = NotVerified, "keyset"
	default:
		out.Verdict, out.Step, out.Hint = NotVerified, "item", "The path names another item than the one the chip is registered for."
	}
	return s.record(tx, q, out, ref, claim.Chip, a)
}

// unproven takes in what carries no fresh proof: plain links, broken and forged
// messages. identify, if set, finds the chip of a message without a counter.
func (s *Service) unproven(ctx context.Context, q TapRequest, base TapResult, identify func(*sqldb.Tx, tag.Reading) (tag.Claim, error)) (TapResult, error) {
	a := s.attempt(unprovenKey(base.Verdict, q.Reading))
	var out TapResult
	run := func(tx *sqldb.Tx) error {
		out = base
		if identify == nil {
			return s.record(tx, q, &out, q.Reading.Path, "", a)
		}
		claim, err := identify(tx, q.Reading)
		if err != nil {
			return err
		}
		if claim.Code != "" {
			return s.refused(tx, q, &out, claim, a)
		}
		return s.record(tx, q, &out, claim.Item, claim.Chip, a)
	}
	var err error
	if a.grant.Allowed || base.Verdict == Plain {
		err = s.db.Update(ctx, run)
	} else {
		err = s.db.View(ctx, run) // nothing will be written: see record
	}
	if err != nil {
		return TapResult{}, err
	}
	if out.Verdict != Plain {
		s.flood.Settle(a.key, a.grant)
	}
	return out, nil
}

// record finds the item of a tap without proof, and appends the tap's event if the
// bound allows it. It changes no state.
func (s *Service) record(tx *sqldb.Tx, q TapRequest, out *TapResult, ref Ref, chip ident.Tag, a attempt) error {
	var err error
	if ref.Serial != "" { // a product alone is no item
		if out.Item, out.Known, err = find(tx, ref); err != nil {
			return err
		}
	}
	if out.Verdict == Plain && !out.Known && ref.Serial != "" { // a code may name the product alone
		out.Verdict, out.Step = Unknown, "item"
	}
	if q.Decide != nil {
		out.Decision = q.Decide(*out)
	}
	// Plain links of known items, and of products, are customers, not a flood: they
	// have no bound here.
	if out.Verdict == Repeat || out.Verdict != Plain && !a.grant.Allowed {
		return nil
	}
	e := ledger.Event{ID: a.event, Source: "tap", Type: life.TypeRefused, Thing: out.Item.ID, At: a.now}
	if out.Verdict == Plain {
		e.Type = life.TypePlain
	}
	b := life.TapBody{
		Tier: out.Tier.String(), Tag: chip, Set: q.Reading.Set, Epoch: q.Reading.Epoch, Counter: q.Reading.Counter, GTIN: ref.GTIN, Serial: ref.Serial,
		Verdict: out.Verdict, Code: out.Code, Step: out.Step, Test: q.Reading.Test, Market: q.Market, Locale: q.Locale,
		Decision: out.Decision, Suppressed: a.grant.Suppressed,
	}
	if !out.Known {
		e.Class = ledger.Reading // no item's history: it may be forgotten after a while
	}
	e.Body = b.JSON()
	out.Event = a.event
	return s.ledger.Append(tx, e)
}

// Peek answers as a plain link would, and records nothing: for HEAD, for previews
// and for the page after the redirect.
func (s *Service) Peek(ctx context.Context, gtin, serial string) (TapResult, error) {
	out := TapResult{Verdict: Plain}
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		out.Item, out.Known, err = find(tx, Ref{GTIN: gtin, Serial: serial})
		return err
	})
	if !out.Known {
		out.Verdict, out.Step = Unknown, "item"
	}
	return out, err
}

// clip bounds what a visitor's browser says of itself.
func clip(s string) string {
	if len(s) > 35 { // the longest language tag in use is far below
		return ""
	}
	return s
}

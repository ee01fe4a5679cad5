package linkset

import (
	"time"

	"tagline/internal/rule"
)

// Why is the reason for which a link is, or is not, the answer to a request.
type Why string

// The reasons, in the order in which they are looked for.
const (
	OtherItem      Why = "other-item"      // its entry is about another lot, serial or variant
	LessExact      Why = "less-exact"      // an entry of the same level names the value, this one stands for any
	OnlyPrefix     Why = "only-prefix"     // a prefix counts only where no other entry does
	NotPublic      Why = "not-public"      // kept, not served
	TooEarly       Why = "too-early"       // before its time
	TooLate        Why = "too-late"        // after its time
	Unmet          Why = "condition"       // its condition is not known to hold
	Chosen         Why = "chosen"          // it is the answer
	Equal          Why = "equal"           // one of several equal answers
	Withheld       Why = "withheld"        // it promotes, and a recall is in force
	RecallFirst    Why = "recall-first"    // it would be the default, were there no recall
	NotDefault     Why = "not-default"     // nothing was asked for, and it is no default
	OtherType      Why = "other-type"      // another type was asked for
	NarrowerLevel  Why = "narrower-level"  // a narrower level had the answer
	OtherContext   Why = "other-context"   // another fits the context better
	OtherMarket    Why = "other-market"    // another fits the market better
	OtherLanguage  Why = "other-language"  // another fits the language better
	OtherMedia     Why = "other-media"     // another fits the media type better
	AnotherDefault Why = "another-default" // another default of the entry goes first
	OtherResolver  Why = "other-resolver"  // another resolver is asked
)

// Reason says of one link why it is the answer or not.
type Reason struct {
	Anchor   string // of its entry
	Link     *Link  // to be read only
	Why      Why
	Findings []rule.Finding // what became of the parts of its condition, for Unmet
}

// Explain says of every link of the set why it was chosen or not, in the order in
// which they are looked at: f are the levels of the set for the request, c what
// they chose for a, now and facts what they were made with.
func (s *Set) Explain(f *Levels, a Ask, c Choice, now time.Time, facts rule.Facts) (all []Reason) {
	e := explainer{levels: f, ask: read(a), choice: c, now: now, facts: facts}
	if e.wanted = a.LinkType; e.wanted != "" {
		if t, err := ParseType(e.wanted); err == nil {
			e.wanted = t
		}
	}
	for n, entry := range append(s.entries[:len(s.entries):len(s.entries)], s.prefixes...) {
		for _, l := range entry.links {
			r := Reason{Anchor: entry.record.Anchor, Link: l}
			r.Why, r.Findings = e.why(entry, l, n >= len(s.entries))
			all = append(all, r)
		}
	}
	return all
}

type explainer struct {
	levels *Levels
	ask    wishes
	wanted string // canonical type; "" for none
	choice Choice
	now    time.Time
	facts  rule.Facts
}

func (e *explainer) why(entry *compiled, l *Link, prefix bool) (Why, []rule.Finding) {
	place := -1
	exact := false // an entry of the same level counts
	for i := range e.levels.list {
		if e.levels.list[i].compiled == entry {
			place = i
		}
		exact = exact || e.levels.list[i].compiled.level == entry.level
	}
	switch {
	case place < 0 && prefix && len(e.levels.list) > 0:
		return OnlyPrefix, nil
	case place < 0 && exact && entry.covers(e.levels.link):
		return LessExact, nil
	case place < 0:
		return OtherItem, nil
	case !l.IsPublic():
		return NotPublic, nil
	case !l.From.IsZero() && e.now.Before(l.From):
		return TooEarly, nil
	case !l.Until.IsZero() && !e.now.Before(l.Until):
		return TooLate, nil
	case !l.When.Matches(e.facts):
		return Unmet, l.When.Explain(e.facts).Leaves
	}
	return e.among(place, l), nil
}

// among says why of a link that counts.
func (e *explainer) among(place int, l *Link) Why {
	v := &e.levels.list[place]
	if e.choice.Outcome == One && e.choice.One.Link == l {
		return Chosen
	}
	for _, s := range e.choice.Several {
		if s.Link == l {
			return Equal
		}
	}
	if e.choice.Recall && Promotes(l.LinkType) {
		return Withheld
	}
	candidate := v.candidate(l, e.wanted)
	if e.choice.Default {
		candidate = l.Default || v.inMulti(l)
	}
	at := -1
	for i := range e.levels.list {
		if &e.levels.list[i] == e.choice.at {
			at = i
		}
	}
	switch {
	case !candidate && e.choice.Default:
		return NotDefault
	case !candidate:
		return OtherType
	case e.choice.Default && e.choice.Recall:
		return RecallFirst
	case e.choice.Outcome == HandedOver && place >= at:
		return OtherResolver
	case place > at:
		return NarrowerLevel
	}
	return e.beaten(l)
}

// beaten says in what the answer fits better than another candidate of its level.
func (e *explainer) beaten(l *Link) Why {
	best := e.choice.One.Link
	if len(e.choice.Several) > 0 {
		best = e.choice.Several[0].Link
	}
	if best == nil {
		return AnotherDefault
	}
	grade := e.ask.grade
	if e.choice.Default {
		grade = e.ask.told
	}
	mine, top := grade(l), grade(best)
	for i, why := range [...]Why{OtherContext, OtherMarket, OtherLanguage, OtherMedia} {
		if mine[i] < top[i] {
			return why
		}
	}
	return AnotherDefault
}

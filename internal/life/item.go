package life

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"tagline/internal/fault"
	"tagline/internal/ident"
)

// Item is one physical item as the ledger tells it.
type Item struct {
	ID     ident.Thing
	GTIN   string // 14 digits
	Serial string
	Lot    string
	Market string // the country it was made for, ISO 3166-1 alpha-2; may be empty
	Epoch  int64  // the ownership period, counted from 1

	Seal   Seal
	Stage  Stage
	Life   Life
	Alarms []Alarm

	Taps     int64 // verified taps
	FirstTap time.Time
	LastTap  time.Time

	chip   chipTrail
	record record
}

// Seal is what is known of the item's seal. Opened never goes back.
type Seal string

// The seal states. Sealed says "no opening seen", not "never opened": a tag
// notices an opening only when it is read while the loop is open.
const (
	SealUnknown Seal = "unknown"
	Sealed      Seal = "sealed"
	Opened      Seal = "opened"
)

// Stage is how far the item has come.
type Stage string

// The stages, in order.
const (
	StageMade    Stage = "made"
	StageSold    Stage = "sold"
	StageOpened  Stage = "opened"
	StageInUse   Stage = "in-use"
	StageDrained Stage = "drained"
)

// Life holds one mark for each thing that happens once to an item. A mark whose
// method Is says false has not happened, as far as anybody said.
type Life struct {
	Made, Sold, Opened, InUse, Drained Mark
	// Recalled is set while a recall that the supply chain reported is in force: it
	// is no stage, for an item is recalled at any.
	Recalled Mark
}

// Kind says what a mark rests on. A weaker kind never replaces a stronger one.
type Kind string

// The kinds, strongest first.
const (
	Measured Kind = "measured" // by a chip, a sensor or the till
	Claimed  Kind = "claimed"  // somebody's word
	Inferred Kind = "inferred" // by a model, with a confidence
)

func (k Kind) rank() int {
	switch k {
	case Measured:
		return 0
	case Claimed:
		return 1
	case Inferred:
		return 2
	}
	return 3
}

// Mark is when something happened, how that is known, and the event that says so.
type Mark struct {
	At         time.Time   `json:"at,omitzero"`     // when, or the latest it can have been
	NotBefore  time.Time   `json:"after,omitzero"`  // the earliest it can have been; zero is open
	Kind       Kind        `json:"kind,omitempty"`  //
	Confidence float64     `json:"conf,omitempty"`  // 0 to 1, for inferred marks
	Market     string      `json:"mkt,omitempty"`   // where, ISO 3166-1 alpha-2
	Cause      ident.Event `json:"cause,omitempty"` // the evidence
}

// Is reports whether the mark is set.
func (m Mark) Is() bool { return !m.At.IsZero() }

// better orders marks of the same moment: the stronger kind, then the higher
// confidence, then the earlier time; the rest only makes the order total, so that
// reports may arrive in any order.
func better(a, b Mark) Mark {
	if !b.Is() {
		return a
	}
	if !a.Is() {
		return b
	}
	c := cmp.Or(
		cmp.Compare(a.Kind.rank(), b.Kind.rank()),
		cmp.Compare(b.Confidence, a.Confidence),
		a.At.Compare(b.At),
		a.NotBefore.Compare(b.NotBefore),
		cmp.Compare(a.Market, b.Market),
		cmp.Compare(a.Cause, b.Cause),
	)
	if c <= 0 {
		return a
	}
	return b
}

// AlarmCode names a contradiction in an item's history.
type AlarmCode string

// The alarms. They are signals for people, never shown to the public.
const (
	// AlarmReclosed: the chip measured a closed seal after an opened one. The tag
	// was swapped, encoded again or forged.
	AlarmReclosed AlarmCode = "reclosed"
	// AlarmClaimContradicted: somebody said opened or drained, the chip later said sealed.
	AlarmClaimContradicted AlarmCode = "claim-contradicted"
	// AlarmOpenedUnseen: the item was already open when it was first tapped.
	AlarmOpenedUnseen AlarmCode = "opened-before-first-seen"
	// AlarmOpenedUnsold: the item was opened before it was sold: fraud or damage.
	AlarmOpenedUnsold AlarmCode = "opened-before-sold"
	// AlarmTamperOff: the chip answers that its tamper feature was never enabled.
	AlarmTamperOff AlarmCode = "tamper-off"
	// AlarmCounterLimit: the tag nears the end of its read counter and will fall silent.
	AlarmCounterLimit AlarmCode = "counter-limit"
	// AlarmTagBlocked: somebody blocked a tag of this item.
	AlarmTagBlocked AlarmCode = "tag-blocked"
)

// Alarm is one contradiction, with the event that showed it.
type Alarm struct {
	Code  AlarmCode
	At    time.Time
	Cause ident.Event
}

// sighting is one piece of evidence: when, and by which event.
type sighting struct {
	At    time.Time   `json:"at,omitzero"`
	Cause ident.Event `json:"by,omitempty"`
}

func (s sighting) is() bool { return !s.At.IsZero() }

// keepFirst sets s if nothing stands there yet.
func (s *sighting) keepFirst(at time.Time, cause ident.Event) {
	if !s.is() {
		*s = sighting{at, cause}
	}
}

// chipTrail is what changes with every verified tap. It stands in columns of its
// own, so that an ordinary tap is one UPDATE.
type chipTrail struct {
	lastSealed sighting
}

// record is the rest of what the ledger says, in a form that does not depend on
// the order in which reports of others arrive: what the chip measured (taps of a
// chip always come in the order of its counter) is kept apart from what was
// reported, and the item is derived from both.
type record struct {
	marks
	Blocked []string `json:"blocked,omitempty"` // tags now blocked, sorted
	// Reports that may be taken back, and those that were, by the event that said
	// them.
	Reports   []said        `json:"reports,omitempty"`
	Withdrawn []ident.Event `json:"withdrawn,omitempty"`
}

// said is a report that may be taken back.
type said struct {
	Moment Moment `json:"moment"`
	Mark   Mark   `json:"mark"`
}

// marks is the part of a record that can be compared.
type marks struct {
	Made     Mark  `json:"made,omitzero"`
	Sold     Mark  `json:"sold,omitzero"`
	Opening  Mark  `json:"opening,omitzero"` // reported
	InUse    Mark  `json:"use,omitzero"`
	Drained  Mark  `json:"drained,omitzero"`
	Emptied  Mark  `json:"emptied,omitzero"` // the latest report of drained: the first may fall
	Recalled Mark  `json:"recalled,omitzero"`
	Epochs   int64 `json:"epochs,omitempty"` // begun after the first

	FirstSealed sighting `json:"sealed1,omitzero"` // measured by the chip
	Broken      Mark     `json:"broken,omitzero"`  // the chip's opening, bounded by the sealed tap before it
	Unseen      bool     `json:"unseen,omitempty"` // Broken was the first tap ever
	Reclosed    sighting `json:"reclosed,omitzero"`
	TamperOff   sighting `json:"off,omitzero"`
	NearLimit   sighting `json:"limit,omitzero"`
	BlockedBy   sighting `json:"blockedBy,omitzero"`
}

// derive fills what follows from the trail and the record.
func (it *Item) derive() {
	all := it.record
	for _, s := range all.Reports {
		all.report(s.Moment, s.Mark)
	}
	r := &all
	it.Epoch = 1 + r.Epochs
	it.Life = Life{Made: r.Made, Sold: r.Sold, InUse: r.InUse, Drained: r.Drained, Recalled: r.Recalled}
	it.Alarms = nil
	alarm := func(code AlarmCode, s sighting) {
		it.Alarms = append(it.Alarms, Alarm{Code: code, At: s.At, Cause: s.Cause})
	}

	reported := r.Opening
	sealedBefore := it.chip.lastSealed // the last sealed tap before the chip's own opening, if it has one
	if r.Broken.Is() {
		sealedBefore = sighting{At: r.Broken.NotBefore}
	}
	contradicted := reported.Is() && sealedBefore.At.After(reported.At)
	if reported.Is() && !reported.NotBefore.IsZero() {
		// The reporter knew bounds of its own.
	} else if reported.Is() && sealedBefore.is() && !contradicted {
		reported.NotBefore = sealedBefore.At
	} else if reported.Is() && r.FirstSealed.is() && !r.FirstSealed.At.After(reported.At) {
		reported.NotBefore = r.FirstSealed.At
	}
	it.Life.Opened = better(r.Broken, reported)

	switch {
	case it.Life.Opened.Is():
		it.Seal = Opened
	case it.chip.lastSealed.is():
		it.Seal = Sealed
	default:
		it.Seal = SealUnknown
	}

	// A word or a guess that the item is empty falls before a seal measured later.
	falls := func(m Mark) bool {
		return m.Is() && m.Kind != Measured && !r.Broken.Is() && it.chip.lastSealed.At.After(m.At)
	}
	refuted := falls(r.Drained)
	if refuted {
		it.Life.Drained = Mark{}
		if !falls(r.Emptied) {
			it.Life.Drained, refuted = r.Emptied, false
		}
	}

	switch {
	case r.Reclosed.is():
		alarm(AlarmReclosed, r.Reclosed)
	case contradicted && reported.Kind == Measured:
		alarm(AlarmReclosed, sighting{sealedBefore.At, reported.Cause})
	}
	if contradicted && reported.Kind != Measured {
		alarm(AlarmClaimContradicted, sighting{sealedBefore.At, reported.Cause})
	} else if refuted {
		alarm(AlarmClaimContradicted, it.chip.lastSealed)
	}
	if r.Unseen {
		alarm(AlarmOpenedUnseen, sighting{r.Broken.At, r.Broken.Cause})
	}
	if o := it.Life.Opened; o.Is() && r.Sold.Is() && o.At.Before(r.Sold.At) {
		alarm(AlarmOpenedUnsold, sighting{o.At, o.Cause})
	}
	if r.TamperOff.is() {
		alarm(AlarmTamperOff, r.TamperOff)
	}
	if r.NearLimit.is() {
		alarm(AlarmCounterLimit, r.NearLimit)
	}
	if len(r.Blocked) > 0 {
		alarm(AlarmTagBlocked, r.BlockedBy)
	}
	it.Stage = it.Life.stage()
}

func (l Life) stage() Stage {
	switch {
	case l.Drained.Is():
		return StageDrained
	case l.InUse.Is():
		return StageInUse
	case l.Opened.Is():
		return StageOpened
	case l.Sold.Is():
		return StageSold
	}
	return StageMade
}

// Moment names what can happen once to an item.
type Moment string

// The moments that this package knows.
const (
	MomentMade      Moment = "made"
	MomentPurchased Moment = "purchased"
	MomentOpened    Moment = "opened"
	MomentInUse     Moment = "in-use"
	MomentDrained   Moment = "drained"
	// MomentRecalled is no step of the way: it may come at any time, and be taken back.
	MomentRecalled Moment = "recalled"
)

// Moments lists all moments, in the order of life; recalled has no place in it and
// stands last.
func Moments() []Moment {
	return []Moment{MomentMade, MomentPurchased, MomentOpened, MomentInUse, MomentDrained, MomentRecalled}
}

// ParseMoment reads the name of a moment; "sold" is "purchased".
func ParseMoment(s string) (Moment, error) {
	switch m := Moment(s); m {
	case MomentPurchased, MomentOpened, MomentInUse, MomentDrained:
		return m, nil
	case "sold":
		return MomentPurchased, nil
	}
	return "", fault.New(fault.Invalid, "this moment cannot be reported", "Report purchased (or sold), opened, in-use or drained.").
		At("body.moment", "not a moment that can be reported")
}

// NewMoments lists what is true after and was not before, in the order of life.
func NewMoments(before, after Life) []Moment {
	var out []Moment
	for _, m := range []struct {
		name          Moment
		before, after Mark
	}{
		{MomentPurchased, before.Sold, after.Sold},
		{MomentOpened, before.Opened, after.Opened},
		{MomentInUse, before.InUse, after.InUse},
		{MomentDrained, before.Drained, after.Drained},
		{MomentRecalled, before.Recalled, after.Recalled},
	} {
		if m.after.Is() && !m.before.Is() {
			out = append(out, m.name)
		}
	}
	return out
}

// Mark gives the mark of a moment.
func (l Life) Mark(m Moment) Mark {
	switch m {
	case MomentMade:
		return l.Made
	case MomentPurchased:
		return l.Sold
	case MomentOpened:
		return l.Opened
	case MomentInUse:
		return l.InUse
	case MomentDrained:
		return l.Drained
	case MomentRecalled:
		return l.Recalled
	}
	return Mark{}
}

// Row is an item as it is stored: what the ledger says of it, without what follows
// from that.
type Row struct {
	ID       ident.Thing
	GTIN     string
	Serial   string
	Lot      string
	Market   string
	Record   []byte // JSON; changes seldom
	Taps     int64
	FirstTap time.Time
	LastTap  time.Time
	SealedAt time.Time // the last tap that measured a closed seal
	SealedBy ident.Event
}

// SameRecord reports whether two items differ at most in what every tap changes.
func (it Item) SameRecord(o Item) bool {
	a, b := it.record, o.record
	same := slices.Equal(a.Blocked, b.Blocked) && it.Seal == o.Seal && it.Stage == o.Stage && len(it.Alarms) == len(o.Alarms)
	return same && a.marks == b.marks && slices.Equal(a.Reports, b.Reports) && slices.Equal(a.Withdrawn, b.Withdrawn)
}

// Item derives the item of a row. The error is a record that cannot be read.
func (r Row) Item() (Item, error) {
	it := Item{
		ID: r.ID, GTIN: r.GTIN, Serial: r.Serial, Lot: r.Lot, Market: r.Market, Taps: r.Taps, FirstTap: r.FirstTap, LastTap: r.LastTap,
		chip: chipTrail{lastSealed: sighting{r.SealedAt, r.SealedBy}},
	}
	if err := json.Unmarshal(r.Record, &it.record); err != nil {
		return it, err
	}
	it.derive()
	return it, nil
}

// Row gives the item as it is stored.
func (it Item) Row() Row {
	return Row{
		ID: it.ID, GTIN: it.GTIN, Serial: it.Serial, Lot: it.Lot, Market: it.Market, Record: Body(it.record), Taps: it.Taps,
		FirstTap: it.FirstTap, LastTap: it.LastTap, SealedAt: it.chip.lastSealed.At, SealedBy: it.chip.lastSealed.Cause,
	}
}

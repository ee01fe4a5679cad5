package life

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"tagline/internal/ident"
	"tagline/internal/ledger"
)

// The types of the ledger's events about things. Moments carry the name of the
// moment as their type.
const (
	TypeTap       = "tap.verified"
	TypeRefused   = "tap.refused"
	TypePlain     = "tap.plain"
	TypeBatch     = "thing.batch"
	TypeReported  = "thing.reported"
	TypeRetracted = "thing.retracted"
	// TypeTakenBack tells that a moment is true no more; what has not been sent
	// because of it is not to be sent.
	TypeTakenBack  = "moment.retracted"
	TypeEpoch      = "thing.epoch"
	TypeRegistered = "tag.registered"
	TypeBlocked    = "tag.blocked"
	TypeUnblocked  = "tag.unblocked"
)

// MadeBody is the body of a made moment: the item comes into being.
type MadeBody struct {
	GTIN   string `json:"gtin"`
	Serial string `json:"serial"`
	Lot    string `json:"lot,omitempty"`
	Market string `json:"market,omitempty"`
	Kind   Kind   `json:"kind,omitempty"` // empty is measured; inferred when a tag was met before its item
}

// BatchBody is the body of thing.batch, the cause of the made moments of one call.
type BatchBody struct {
	GTIN  string      `json:"gtin"`
	Count int         `json:"count"`
	Lot   string      `json:"lot,omitempty"`
	Batch ident.Batch `json:"batch,omitempty"`
}

// TapBody is the body of the three tap events. It names the chip by its id: the
// UID stays inside package tag.
type TapBody struct {
	Tier     string    `json:"tier,omitempty"`
	Tag      ident.Tag `json:"tag,omitempty"`
	Set      string    `json:"set,omitempty"`
	Epoch    int64     `json:"epoch,omitempty"`
	Counter  int64     `json:"counter,omitempty"`
	Jump     int64     `json:"jump,omitempty"`   // counter values that were never seen, before this one
	Tamper   string    `json:"tamper,omitempty"` // the two letters
	Near     bool      `json:"nearLimit,omitempty"`
	GTIN     string    `json:"gtin,omitempty"`   // refused and plain taps: what the path said
	Serial   string    `json:"serial,omitempty"` //
	Link     string    `json:"link,omitempty"`   // plain taps of other keys than a GTIN: the canonical path of the key
	Test     bool      `json:"test,omitempty"`   // of a test key set
	Verdict  Verdict   `json:"verdict,omitempty"`
	Code     string    `json:"code,omitempty"`
	Step     string    `json:"step,omitempty"`
	Market   string    `json:"market,omitempty"`
	Locale   string    `json:"locale,omitempty"`
	Decision string    `json:"decision,omitempty"`
	Moments  []Moment  `json:"moments,omitempty"`
	// Suppressed counts the refused taps of the same kind that were not recorded
	// since the last one that was.
	Suppressed int64 `json:"suppressed,omitempty"`
}

// JSON is what encoding/json would write, at a fraction of its price: every tap
// passes here.
func (b *TapBody) JSON() json.RawMessage {
	w := fields{append(make([]byte, 0, 320), '{')}
	w.text("tier", b.Tier)
	w.text("tag", string(b.Tag))
	w.text("set", b.Set)
	w.number("epoch", b.Epoch)
	w.number("counter", b.Counter)
	w.number("jump", b.Jump)
	w.text("tamper", b.Tamper)
	w.yes("nearLimit", b.Near)
	w.text("gtin", b.GTIN)
	w.text("serial", b.Serial)
	w.text("link", b.Link)
	w.yes("test", b.Test)
	w.text("verdict", string(b.Verdict))
	w.text("code", b.Code)
	w.text("step", b.Step)
	w.text("market", b.Market)
	w.text("locale", b.Locale)
	w.text("decision", b.Decision)
	if len(b.Moments) > 0 {
		w.name("moments")
		w.b = append(w.b, Body(b.Moments)...)
	}
	w.number("suppressed", b.Suppressed)
	return append(w.b, '}')
}

// fields writes the fields of an object that are not empty.
type fields struct{ b []byte }

func (w *fields) name(name string) {
	if len(w.b) > 1 {
		w.b = append(w.b, ',')
	}
	w.b = append(append(append(w.b, '"'), name...), '"', ':')
}

func (w *fields) text(name, value string) {
	if value == "" {
		return
	}
	w.name(name)
	for i := range len(value) {
		if c := value[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			w.b = append(w.b, Body(value)...) // seldom: escapes are encoding/json's matter
			return
		}
	}
	w.b = append(append(append(w.b, '"'), value...), '"')
}

func (w *fields) number(name string, value int64) {
	if value != 0 {
		w.name(name)
		w.b = strconv.AppendInt(w.b, value, 10)
	}
}

func (w *fields) yes(name string, value bool) {
	if value {
		w.name(name)
		w.b = append(w.b, "true"...)
	}
}

// ReportBody is the body of thing.reported: somebody else says that a moment came.
type ReportBody struct {
	Moment     Moment  `json:"moment"`
	Kind       Kind    `json:"kind"`
	Confidence float64 `json:"confidence,omitempty"`
	Market     string  `json:"market,omitempty"`
	Reason     string  `json:"reason,omitempty"`
	// Revocable reports can be taken back: the supply chain declares events wrong.
	Revocable bool `json:"revocable,omitempty"`
}

// RetractedBody is the body of thing.retracted: the report Event is taken back.
type RetractedBody struct {
	Event  ident.Event `json:"event"`
	Reason string      `json:"reason,omitempty"`
}

// TakenBackBody is the body of moment.retracted.
type TakenBackBody struct {
	Moment Moment `json:"moment"`
	GTIN   string `json:"gtin"`
	Serial string `json:"serial"`
}

// MomentBody is the body of a derived moment: the mark as it was known then.
type MomentBody struct {
	GTIN       string  `json:"gtin"`
	Serial     string  `json:"serial"`
	NotBefore  int64   `json:"notBefore_us,omitempty"`
	Kind       Kind    `json:"kind"`
	Confidence float64 `json:"confidence,omitempty"`
	Market     string  `json:"market,omitempty"`
}

// TagBody is the body of the events about a thing's chips.
type TagBody struct {
	Tag    ident.Tag `json:"tag"`
	Set    string    `json:"set,omitempty"`
	Epoch  int64     `json:"epoch,omitempty"`
	First  int64     `json:"firstCounter,omitempty"` // the counter at registration, plus one; 0 is none
	Reason string    `json:"reason,omitempty"`
}

// Body writes an event's body. Bodies are structs of texts and numbers, which
// always can be written.
func Body(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// TapEntry is one tap as the stream of taps shows it.
type TapEntry struct {
	Event      ident.Event
	Seq        int64
	At         time.Time
	Result     Result
	Verdict    Verdict
	Code       string // why it was refused, or what to note
	Step       string // the step that failed
	Tier       string
	Counter    int64
	Jump       int64  // counter values before this one that nobody has seen
	Tamper     string // the two letters, if a MAC covers them
	Thing      ident.Thing
	GTIN       string
	Serial     string
	Link       string // the canonical path of another key than a GTIN
	Set        string
	Epoch      int64
	Chip       ident.Tag
	Test       bool
	Market     string
	Locale     string
	Decision   string
	Moments    []Moment
	Suppressed int64 // refused taps of the same kind before this one that were only counted
}

// DecodeTap reads a tap's event; false for other events.
func DecodeTap(e ledger.Event) (TapEntry, bool) {
	if e.Type != TypeTap && e.Type != TypeRefused && e.Type != TypePlain {
		return TapEntry{}, false
	}
	var b TapBody
	if json.Unmarshal(e.Body, &b) != nil {
		return TapEntry{}, false
	}
	if e.Type == TypeTap {
		b.Verdict = Genuine
	}
	return TapEntry{
		Event: e.ID, Seq: e.Seq, At: e.At, Result: b.Verdict.Result(), Verdict: b.Verdict, Code: b.Code, Step: b.Step, Tier: b.Tier,
		Counter: b.Counter, Jump: b.Jump, Tamper: b.Tamper, Thing: e.Thing, GTIN: b.GTIN, Serial: b.Serial, Link: b.Link, Set: b.Set, Epoch: b.Epoch,
		Chip: b.Tag, Test: b.Test, Market: b.Market, Locale: b.Locale, Decision: b.Decision, Moments: b.Moments, Suppressed: b.Suppressed,
	}, true
}

// DecodeMoment reads the event of a moment; false for other events.
func DecodeMoment(e ledger.Event) (MomentBody, bool) {
	var b MomentBody
	if e.Class != ledger.Moment || !slices.Contains(Moments(), Moment(e.Type)) || json.Unmarshal(e.Body, &b) != nil {
		return b, false
	}
	return b, true
}

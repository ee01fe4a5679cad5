package story

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
)

// Tone says how an entry of a story should feel.
type Tone string

// The tones.
const (
	Neutral Tone = "neutral"
	Good    Tone = "good"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
)

// Entry is one event of an item's life, ready to be read by people.
type Entry struct {
	Event    ident.Event // the evidence
	Seq      int64
	At       time.Time
	Recorded time.Time
	Type     string
	Class    ledger.Class
	Source   string
	Title    string // plain English
	Tone     Tone
	Cause    ident.Event
	Market   string
	Code     string
	Step     string
	Details  []Detail
}

// Detail is one fact of an entry.
type Detail struct{ Label, Value string }

// Story gives what happened to an item, the newest first, before a number (0: from
// the newest on).
func (s *Service) Story(ctx context.Context, id ident.Thing, before int64, limit int) ([]Entry, error) {
	var out []Entry
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		out = nil
		events, err := s.ledger.List(tx, ledger.Filter{Thing: id, Before: before, Limit: bounded(limit)})
		for _, e := range events {
			out = append(out, tell(e))
		}
		return err
	})
	return out, err
}

// teller collects the details that have a value.
type teller struct{ Entry }

func (t *teller) say(title string, tone Tone) { t.Title, t.Tone = title, tone }

func (t *teller) detail(label, value string) {
	if value != "" && value != "0" {
		t.Details = append(t.Details, Detail{label, value})
	}
}

// tell puts an event into words.
func tell(e ledger.Event) Entry {
	t := teller{Entry{
		Event: e.ID, Seq: e.Seq, At: e.At, Recorded: e.Recorded, Type: e.Type, Class: e.Class, Source: e.Source, Cause: e.Cause, Tone: Neutral,
	}}
	var err error
	switch e.Type {
	case string(life.MomentMade):
		var b life.MadeBody
		err = json.Unmarshal(e.Body, &b)
		t.say("Made", Neutral)
		if b.Kind == life.Inferred {
			t.say("First met by a tap of its tag", Neutral)
		}
		t.Market = b.Market
		t.detail("Lot", b.Lot)
		t.detail("Made for", b.Market)
	case life.TypeTap, life.TypeRefused, life.TypePlain:
		t.tap(e)
	case life.TypeReported:
		var b life.ReportBody
		err = json.Unmarshal(e.Body, &b)
		t.say(fmt.Sprintf("%s: %s", reporters[b.Kind], momentWords[b.Moment]), Neutral)
		t.Market = b.Market
		t.detail("Reported by", e.Source)
		t.detail("Their number", e.SourceID)
		t.detail("Reason", b.Reason)
		if b.Kind == life.Inferred {
			t.detail("Confidence", strconv.FormatFloat(b.Confidence, 'f', 2, 64))
		}
		if late := e.Recorded.Sub(e.At); late > time.Hour {
			t.detail("Arrived late by", late.Truncate(time.Minute).String())
		}
	case string(life.MomentPurchased), string(life.MomentOpened), string(life.MomentInUse), string(life.MomentDrained), string(life.MomentRecalled):
		var b life.MomentBody
		err = json.Unmarshal(e.Body, &b)
		word := momentWords[life.Moment(e.Type)]
		tone := Good
		if e.Type == string(life.MomentRecalled) {
			tone = Bad
		}
		t.say(upper(word), tone)
		t.Market = b.Market
		t.detail("Known by", kindWords[b.Kind])
		if b.NotBefore != 0 {
			t.detail("Not before", sqldb.Time(b.NotBefore).Format(time.RFC3339))
			t.detail("Not after", e.At.Format(time.RFC3339))
		}
		if b.Kind == life.Inferred {
			t.detail("Confidence", strconv.FormatFloat(b.Confidence, 'f', 2, 64))
		}
	case life.TypeRetracted:
		var b life.RetractedBody
		err = json.Unmarshal(e.Body, &b)
		t.say("A report was taken back", Warn)
		t.detail("Reason", b.Reason)
		t.detail("Report", string(b.Event))
	case life.TypeTakenBack:
		var b life.TakenBackBody
		err = json.Unmarshal(e.Body, &b)
		t.say("Not "+momentWords[b.Moment]+" any more", Warn)
	case life.TypeEpoch:
		t.say("A new owner", Neutral)
	case life.TypeRegistered, life.TypeBlocked, life.TypeUnblocked:
		var b life.TagBody
		err = json.Unmarshal(e.Body, &b)
		switch e.Type {
		case life.TypeRegistered:
			t.say("Tag applied", Neutral)
		case life.TypeBlocked:
			t.say("Tag blocked", Bad)
		default:
			t.say("Tag unblocked", Neutral)
		}
		t.detail("Tag", string(b.Tag))
		t.detail("Key set", b.Set)
		t.detail("Key epoch", strconv.FormatInt(b.Epoch, 10))
		t.detail("Reason", b.Reason)
	default:
		t.say(e.Type, Neutral)
	}
	if err != nil {
		t.say("An entry that cannot be read", Warn)
	}
	return t.Entry
}

// tap tells one of the three tap events.
func (t *teller) tap(e ledger.Event) {
	b, ok := life.DecodeTap(e)
	if !ok {
		t.say("A tap that cannot be read", Warn)
		return
	}
	t.Market, t.Code, t.Step = b.Market, b.Code, b.Step
	switch b.Verdict {
	case life.Genuine:
		switch b.Tamper {
		case "CC":
			t.say("Tapped: genuine, no opening seen", Good)
		case "OO", "OC", "CO":
			t.say("Tapped: genuine, opened", Good)
		case "II":
			t.say("Tapped: genuine, tamper feature off", Warn)
		default:
			t.say("Tapped: genuine", Good)
		}
	case life.Replay:
		t.say("An old link again: this tap was spent", Warn)
	case life.OutOfOrder:
		t.say("An old link: later taps were seen before", Warn)
	case life.Blocked:
		t.say("Tapped, but the tag is blocked", Bad)
	case life.Unknown:
		t.say("A tag that was never registered", Bad)
	case life.Plain:
		t.say("Scanned: a code or a shared link", Neutral)
	default:
		t.say("Not verified: "+b.Code, Bad)
	}
	t.detail("Evidence tier", b.Tier)
	t.detail("Counter", strconv.FormatInt(b.Counter, 10))
	t.detail("Reads not seen before it", strconv.FormatInt(b.Jump, 10))
	t.detail("Tamper status", b.Tamper)
	t.detail("Country", b.Market)
	t.detail("Language", b.Locale)
	t.detail("Key set", b.Set)
	t.detail("Failed step", b.Step)
	t.detail("Decision", b.Decision)
	t.detail("More refused taps like it, not recorded", strconv.FormatInt(b.Suppressed, 10))
}

var momentWords = map[life.Moment]string{
	life.MomentMade: "made", life.MomentPurchased: "sold", life.MomentOpened: "opened", life.MomentInUse: "in use", life.MomentDrained: "empty", life.MomentRecalled: "recalled",
}

var reporters = map[life.Kind]string{life.Measured: "Reported", life.Claimed: "Somebody says", life.Inferred: "Inferred"}

var kindWords = map[life.Kind]string{life.Measured: "measurement", life.Claimed: "somebody's word", life.Inferred: "inference"}

func upper(word string) string {
	if word == "" {
		return word
	}
	return string(word[0]-'a'+'A') + word[1:]
}

package alarm

import (
	"encoding/json"
	"slices"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/place"
	"tagline/internal/sqldb"
	"tagline/internal/trace/suspicion"
)

// State says what became of an alarm.
type State string

// The states.
const (
	Open      State = "open"
	Confirmed State = "confirmed"
	Dismissed State = "dismissed"
	Recalled  State = "recalled"  // confirmed, and a recall was put into force because of it
	Corrected State = "corrected" // what it rested on was declared wrong, or is no longer so
)

// States lists the states.
func States() []State { return []State{Open, Confirmed, Dismissed, Recalled, Corrected} }

// Alarm is something that should not be.
type Alarm struct {
	ID       string
	Rule     suspicion.Rule
	Key      string // of the thing
	Anchor   string
	State    State
	Severity suspicion.Severity
	GTIN     string
	Market   string
	Party    string // key of who had it last
	At       time.Time
	Raised   time.Time
	Changed  time.Time
	By       string // who decided
	Reason   string
	Details
}

// Details are what an alarm tells.
type Details struct {
	Expected string               `json:"expected"`
	Seen     string               `json:"seen"`
	Evidence []suspicion.Evidence `json:"evidence"`
}

// The types of this package's events in the ledger.
const (
	TypeRaised    = "alarm.raised"
	TypeDecided   = "alarm.decided"
	TypeCorrected = "alarm.corrected"
	TypeSettings  = "alarm.settings"
)

// Told is the body of the events about one alarm.
type Told struct {
	Alarm    string             `json:"alarm"`
	Rule     suspicion.Rule     `json:"rule"`
	Key      string             `json:"key"`
	Severity suspicion.Severity `json:"severity,omitempty"`
	Market   string             `json:"market,omitempty"`
	State    State              `json:"state"`
	By       string             `json:"by,omitempty"`
	Reason   string             `json:"reason,omitempty"`
}

// Config is what a Service stands on.
type Config struct {
	DB     *sqldb.DB
	Ledger *ledger.Ledger
	Clock  clock.Clock
	IDs    *ident.Source
	Places *place.Service
	// Ours tells whether a GTIN is one of our products.
	Ours func(tx *sqldb.Tx, gtin string) (bool, error)
	// Known tells whether an item is known, and the country it was made for.
	Known func(tx *sqldb.Tx, gtin, serial string) (made bool, market string, err error)
	// Located tells that the countries of scans are more than a guess by language.
	Located bool
}

// Service keeps alarms. It may be used by many goroutines.
type Service struct{ Config }

// New makes the service.
func New(c Config) *Service { return &Service{c} }

func (s *Service) record(tx *sqldb.Tx, kind string, t Told, now time.Time) error {
	body, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return s.Ledger.Append(tx, ledger.Event{ID: s.IDs.Event(), Source: "alarm", Type: kind, At: now, Body: body})
}

// Decision is what somebody makes of an alarm.
type Decision struct {
	State  State // Confirmed, Dismissed, Recalled, or Open to take a decision back
	Reason string
	By     string
}

// check says whether a decision can be taken. Errors: Invalid.
func (d Decision) check() error {
	if !slices.Contains([]State{Confirmed, Dismissed, Recalled, Open}, d.State) {
		return fault.New(fault.Invalid, "this is not a decision about an alarm", "Confirm it, dismiss it, or open it again.").At("body.decision", "confirmed, dismissed, recalled or open")
	}
	if len(d.Reason) > 2000 {
		return fault.New(fault.Invalid, "the reason is longer than 2000 bytes", "Shorten it.").At("body.reason", "at most 2000 bytes")
	}
	if d.State == Dismissed && d.Reason == "" {
		return fault.New(fault.Invalid, "an alarm is dismissed with a reason", "Say why it is none: others will meet the next one like it.").At("body.reason", "needed to dismiss")
	}
	return nil
}

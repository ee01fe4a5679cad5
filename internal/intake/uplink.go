package intake

import (
	"context"
	"encoding/json"
	"time"

	"tagline/internal/device"
	"tagline/internal/fault"
	"tagline/internal/model"
	"tagline/internal/reading"
	"tagline/internal/sqldb"
	"tagline/internal/twin"
)

// Uplink is one message of a device.
type Uplink struct {
	Brand, Name string
	Kind        string // the topic after up/: "ev", "tm", "rep", "ack", …
	Body        []byte
	ContentType string      // may be empty
	Properties  [][2]string // of MQTT 5; may be nil
	Received    time.Time
	Via         string // "mqtt", "http", "replay"
	Wait        bool   // wait for the device's quota instead of refusing
}

// Outcome is what became of an uplink.
type Outcome int

// The outcomes.
const (
	Stored    Outcome = iota // durable and applied, or known before
	Invalid                  // it can never be taken: a dead letter
	Refused                  // the device may not send this
	OverQuota                // later
	Failed                   // not stored: send it again
)

// Answer is told once for each uplink.
type Answer struct {
	Outcome Outcome
	Err     *fault.Error // why not; nil when stored
	Fresh   int          // entries that were new
	Gap     bool         // a report before this one is missing
}

// Handler takes an uplink of a kind, in the transaction of its group. A fault refuses
// this one message and must leave nothing written; any other error fails the group.
type Handler func(tx *sqldb.Tx, d *device.Device, m *model.Model, u Uplink) error

// Reported is told of every report that was new, in its transaction: the version of the
// wishes that the device knows, and whether somebody has set it by hand.
type Reported func(tx *sqldb.Tx, d *device.Device, p twin.Patch, seen int64, local bool, at int64, trusted bool) error

// work is an uplink that was read, on its way to the committer.
type work struct {
	uplink  Uplink
	device  *device.Device
	model   *model.Model
	entries []reading.Entry
	handler Handler
	answer  Answer
	done    func(Answer)
	seen    int64 // of a report: the version of the wishes that the device knows
	local   bool  // of a report: set at the device itself
	letter  bool  // the entries are none: only a dead letter is to be written
}

// The bounds.
const (
	maxBody      = 128 << 10
	maxEvents    = 100  // in one ev message
	maxSamples   = 1000 // in one tm message
	queueLength  = 4096
	groupEntries = 1024
	flights      = 2 // groups under way: one is written while the one before is flushed
)

// Allowed says whether values that are collected for a purpose may be kept of a
// device.
type Allowed func(ctx context.Context, d *device.Device, purpose string) bool

// DemoOnly allows what a service needs, and everything for made-up devices: until
// consents are kept, nothing else is known to be agreed.
func DemoOnly(_ context.Context, d *device.Device, purpose string) bool {
	return purpose == model.Service || d.Demo
}

// rawMap is a JSON object whose values are read later.
type rawMap = map[string]json.RawMessage

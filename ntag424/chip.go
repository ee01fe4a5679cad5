package ntag424

import "io"

// Chip simulates an encoded chip: it signs through the code that verifies. Its state
// is in the exported fields, so that it can be stored and resumed. A Chip is not safe
// for concurrent use.
type Chip struct {
	UID      UID
	Mode     Mode      // AES or LRP
	Counter  uint32    // of the last tap; the next one sends one more
	Limit    uint32    // taps beyond it fail with ErrExhausted; 0 is FFFFFF
	LoopOpen bool      // the seal is torn now
	Opened   bool      // a tap has seen the loop open, for ever
	Loop     Loop      // whether there is a loop at all
	Chance   io.Reader // padding and PICCRand; nil derives them from the state
}

// Loop says what a chip knows of a tamper loop.
type Loop uint8

// A plain NTAG 424 leaves the placeholder as it was written.
const (
	LoopOn   Loop = iota // TagTamper, enabled
	LoopOff              // TagTamper, never enabled: answers II
	LoopNone             // no TagTamper silicon
)

// NewChip encodes a chip: keys for its UID, template with its variables bound.
// It fails as Encode does.
func NewChip(ks KeySet, t *Template, uid UID, mode Mode, vars map[string]string) (*Chip, error) {
	return &Chip{UID: uid, Mode: mode}, nil
}

// Tap is one reading by a phone: the counter grows, an open loop latches, the URL is
// signed. It fails with ErrExhausted at the limit, or with the error of Chance.
func (c *Chip) Tap() (string, error) { return "", nil }

// Open tears the loop. The chip notices at its next tap.
func (c *Chip) Open() { c.LoopOpen = true }

// Close joins the loop again, as a forger would.
func (c *Chip) Close() { c.LoopOpen = false }

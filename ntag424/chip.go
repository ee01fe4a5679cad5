package ntag424

import (
	"fmt"
	"io"

	"tagline/ntag424/internal/sdm"
	"tagline/ntag424/sun"
)

// Chip simulates an encoded chip: it mirrors and signs by the file and the settings
// that an encoder would write, with the cryptography that verifies. Its state is in
// the exported fields, so that it can be stored and resumed. A Chip is not safe for
// concurrent use.
type Chip struct {
	UID      UID
	Mode     Mode      // AES or LRP
	Counter  uint32    // of the last tap; the next one sends one more
	Limit    uint32    // the last counter that is sent; 0 is FFFFFF
	LoopOpen bool      // the seal is torn now
	Opened   bool      // a tap has seen the loop open: for ever
	Loop     Loop      // whether there is a loop at all
	Chance   io.Reader // padding and PICCRand; nil derives them from key and counter

	// Behind pointers, so that printing a Chip prints no key.
	encoding   Encoding
	meta, file *sdm.Key
	pad        *Key // makes padding where Chance is nil
	s          *sdm.Session
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
	e, err := ks.Encode(t, mode, vars)
	if err != nil {
		return nil, err
	}
	meta, err := ks.MetaKey()
	if err != nil {
		return nil, err
	}
	file, err := ks.FileKey(uid)
	if err != nil {
		return nil, err
	}
	return &Chip{
		UID: uid, Mode: mode, Limit: e.Settings.CounterLimit, encoding: e, pad: &file, s: new(sdm.Session),
		meta: sdm.NewKey(meta, mode == LRP), file: sdm.NewKey(file, mode == LRP),
	}, nil
}

// Open tears the loop. The chip notices at its next tap.
func (c *Chip) Open() { c.LoopOpen = true }

// Close joins the loop again, as a forger would.
func (c *Chip) Close() { c.LoopOpen = false }

// Tap is one reading by a phone: the counter grows, an open loop latches, the URL is
// signed. It fails with ErrExhausted at the limit, or with the error of Chance.
func (c *Chip) Tap() (string, error) {
	if limit := c.Limit; c.Counter >= 0xFFFFFF || limit != 0 && c.Counter >= limit {
		return "", fail(ErrExhausted, "ctr", -1, "the chip has reached its limit and answers phones no more")
	}
	random, err := c.random(c.Counter + 1)
	if err != nil {
		return "", err
	}
	c.Counter++
	c.Opened = c.Opened || c.LoopOpen && c.Loop == LoopOn
	s, b := c.encoding.Settings, []byte(string(c.encoding.File))
	head := sdm.Head{UID: c.UID, Counter: c.Counter, HasUID: s.UID, HasCounter: s.Counter}
	if s.Tamper {
		copy(b[s.TamperOffset:], c.letters())
	}
	switch {
	case s.MetaRead <= 4:
		hexUpper(b[s.PICCOffset:], c.s.Seal(c.meta, head, &random, nil))
	case s.MetaRead == Free:
		if s.UID {
			hexUpper(b[s.UIDOffset:], c.UID[:])
		}
		if s.Counter {
			hexUpper(b[s.CounterOffset:], []byte{byte(c.Counter >> 16), byte(c.Counter >> 8), byte(c.Counter)})
		}
	}
	c.s.Begin(c.file, head)
	if s.Enc {
		data := []byte(string(b[s.EncOffset : s.EncOffset+s.EncLength/2]))
		c.s.Encrypt(data)
		hexUpper(b[s.EncOffset:], data)
	}
	mac := c.s.MAC(b[s.MACInputOffset:s.MACOffset])
	hexUpper(b[s.MACOffset:], mac[:])
	text := b[sun.TextOffset:]
	return c.encoding.URL[:len(c.encoding.URL)-len(text)] + string(text), nil
}

// letters are the tamper status of this tap.
func (c *Chip) letters() string {
	switch {
	case c.Loop == LoopNone:
		return "" // the placeholder stays
	case c.Loop == LoopOff:
		return "II"
	case c.LoopOpen:
		return "OO"
	case c.Opened:
		return "OC"
	}
	return "CC"
}

func (c *Chip) random(counter uint32) (b sdm.Block, err error) {
	if c.Chance == nil {
		return CMAC(*c.pad, fmt.Appendf(nil, "padding %s %d", c.UID.Hex(), counter)), nil
	}
	_, err = io.ReadFull(c.Chance, b[:])
	return b, err
}

func hexUpper(dst, src []byte) {
	const digits = "0123456789ABCDEF"
	for i, c := range src {
		dst[2*i], dst[2*i+1] = digits[c>>4], digits[c&15]
	}
}

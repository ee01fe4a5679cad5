package ntag424

import (
	"encoding/hex"
	"strings"
)

// UID is the seven bytes that NXP gave a chip for life.
type UID [7]byte

// ParseUID reads 14 hex digits of either case. It fails with ErrKeySet.
func ParseUID(s string) (UID, error) {
	var u UID
	if len(s) != 2*len(u) {
		return u, fail(ErrKeySet, "uid", -1, "a UID is 14 hex digits")
	}
	if _, err := hex.Decode(u[:], []byte(s)); err != nil {
		return u, fail(ErrKeySet, "uid", -1, "a UID is 14 hex digits")
	}
	return u, nil
}

// Hex gives 14 upper-case digits, as the chip mirrors them.
func (u UID) Hex() string { return strings.ToUpper(hex.EncodeToString(u[:])) }

// String hides the middle, so that a UID does not slip into a log: "04..80".
// Hex gives it whole.
func (u UID) String() string { h := u.Hex(); return h[:2] + ".." + h[12:] }

// Mode is the cryptography of a message, or a set of those that are allowed.
type Mode uint8

// A tag starts in AES and may be switched to LRP, for good.
const (
	AES  Mode = 1 << iota // AES-128 used directly (AN12196)
	LRP                   // AES inside the leakage resilient primitive (AN12304)
	Both = AES | LRP
)

// ParseMode reads "aes", "lrp" or "both". It fails with ErrKeySet.
func ParseMode(s string) (Mode, error) {
	for _, m := range []Mode{AES, LRP, Both} {
		if s == m.String() {
			return m, nil
		}
	}
	return 0, fail(ErrKeySet, "mode", -1, "a mode is aes, lrp or both")
}

// String gives what ParseMode reads.
func (m Mode) String() string {
	switch m {
	case AES:
		return "aes"
	case LRP:
		return "lrp"
	case Both:
		return "both"
	}
	return "none"
}

// Tamper is the state of the loop of a TagTamper chip, as far as the message
// proves it. Only a reading of the chip latches: opening and closing again between
// two taps stays unseen, so say "no opening seen", not "never opened".
type Tamper uint8

// The two letters are what stays for ever and what is measured now.
const (
	TamperNone        Tamper = iota // the template mirrors no status
	TamperSealed                    // CC: no opening seen
	TamperOpen                      // OO: opened, and open now
	TamperReclosed                  // OC: opened once, closed now
	TamperOpening                   // CO: open now, not latched in this answer
	TamperOff                       // II: the feature was never enabled, a fault of configuration
	TamperUnsupported               // anything else: no TagTamper silicon, or outside the MAC
)

func tamperOf(s string) Tamper {
	switch s {
	case "CC":
		return TamperSealed
	case "OO":
		return TamperOpen
	case "OC":
		return TamperReclosed
	case "CO":
		return TamperOpening
	case "II":
		return TamperOff
	}
	return TamperUnsupported
}

// String gives a word for people: sealed, open, reclosed, opening, off, unsupported or none.
func (t Tamper) String() string {
	switch t {
	case TamperSealed:
		return "sealed"
	case TamperOpen:
		return "open"
	case TamperReclosed:
		return "reclosed"
	case TamperOpening:
		return "opening"
	case TamperOff:
		return "off"
	case TamperUnsupported:
		return "unsupported"
	}
	return "none"
}

// Letters gives the chip's two letters, "" if it sent none that count.
func (t Tamper) Letters() string {
	switch t {
	case TamperSealed:
		return "CC"
	case TamperOpen:
		return "OO"
	case TamperReclosed:
		return "OC"
	case TamperOpening:
		return "CO"
	case TamperOff:
		return "II"
	}
	return ""
}

// Opened reports whether the loop was open, now or ever before.
func (t Tamper) Opened() bool {
	return t == TamperOpen || t == TamperReclosed || t == TamperOpening
}

// Known reports whether the loop was measured: sealed or opened.
func (t Tamper) Known() bool { return t == TamperSealed || t.Opened() }

// Err gives ErrTTInvalid or ErrTTUnsupported for a status that says nothing of the
// seal, else nil. The tap itself is good all the same.
func (t Tamper) Err() error {
	switch t {
	case TamperOff:
		return fail(ErrTTInvalid, "tt", -1, "the tamper feature was not enabled when the tag was encoded")
	case TamperUnsupported:
		return fail(ErrTTUnsupported, "tt", -1, "no tamper status: the chip has no loop, or no MAC covers it")
	}
	return nil
}

// Tier ranks the evidence of a tap. Verify gives 1, 3 or 3t; the others are for
// codes without a chip, other chips, and callers that compare two taps.
type Tier uint8

// Higher is stronger.
const (
	TierIdentity   Tier = iota // "0": a printed code
	TierNoReplay               // "1": a UID or counter without MAC, or a MAC without a counter of a known chip
	TierTapCode                // "2": a code per tap without a MAC
	TierLive                   // "3": a valid MAC, and a counter to be claimed
	TierLiveTamper             // "3t": with an authenticated tamper status
	TierTwoTaps                // "4": two live taps within a short window
)

// String gives "0", "1", "2", "3", "3t" or "4".
func (t Tier) String() string {
	switch t {
	case TierIdentity:
		return "0"
	case TierNoReplay:
		return "1"
	case TierTapCode:
		return "2"
	case TierLive:
		return "3"
	case TierLiveTamper:
		return "3t"
	case TierTwoTaps:
		return "4"
	}
	return "?"
}

// Tap is what a message proves. Whether its counter is fresh only the caller's
// database can say: claim Counter in one statement that lets it grow only.
type Tap struct {
	UID        UID    // meaningful if HasUID
	Counter    uint32 // reads since encoding, 24 bits; meaningful if HasCounter
	HasUID     bool
	HasCounter bool
	Mode       Mode   // AES or LRP
	Tier       Tier   // evidence, if the counter is fresh
	Tamper     Tamper // state of the seal
	File       []byte // decrypted file data, nil if the template mirrors none
	vars       Fields
}

// Var gives the value of one of the template's variables as it stood in the URL
// (percent-encoding kept), "" if there is none of that name. It is authentic if the
// MAC covers it, which Compile demands unless Options.Foreign is set.
func (t Tap) Var(name string) string { return t.vars.Get(name) }

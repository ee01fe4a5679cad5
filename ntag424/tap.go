package ntag424

import (
	"encoding/hex"
	"strconv"
	"strings"

	"tagline/ntag424/sun"
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

// The letters and the words, by Tamper.
var (
	tamperLetters = [...]string{TamperSealed: "CC", TamperOpen: "OO", TamperReclosed: "OC", TamperOpening: "CO", TamperOff: "II", TamperUnsupported: ""}
	tamperWords   = [...]string{"none", "sealed", "open", "reclosed", "opening", "off", "unsupported"}
	tierNames     = [...]string{"0", "1", "2", "3", "3t", "4"}
)

func tamperOf(letters string) Tamper {
	for t := TamperSealed; t <= TamperOff; t++ {
		if tamperLetters[t] == letters {
			return t
		}
	}
	return TamperUnsupported
}

// String gives a word for people: sealed, open, reclosed, opening, off, unsupported or none.
func (t Tamper) String() string { return tamperWords[min(t, TamperUnsupported)] }

// Letters gives the chip's two letters, "" if it sent none that count.
func (t Tamper) Letters() string { return tamperLetters[min(t, TamperUnsupported)] }

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
func (t Tier) String() string { return tierNames[min(t, TierTwoTaps)] }

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
	names      []string
	values     [sun.MaxVariables]string
}

// Var gives the value of one of the template's variables as it stood in the URL
// (percent-encoding kept), "" if there is none of that name. It is authentic if the
// MAC covers it, which Compile demands unless Options.Foreign is set.
func (t Tap) Var(name string) string {
	for i, n := range t.names {
		if n == name {
			return t.values[i]
		}
	}
	return ""
}

// String is fit for a log: the UID is masked, file data and variables are left out.
func (t Tap) String() string {
	s := "tap"
	if t.HasUID {
		s += " of " + t.UID.String()
	}
	if t.HasCounter {
		s += " #" + strconv.Itoa(int(t.Counter))
	}
	return s + ", " + t.Mode.String() + ", tier " + t.Tier.String() + ", seal " + t.Tamper.String()
}

package batch

import (
	"fmt"
	"io"
	"strings"

	"tagline/gs1"
	"tagline/internal/fault"
)

// Alphabet is what serials are made of: digits and capital letters without 0, O, 1
// and I, which are mistaken for one another. All stand in QR's alphanumeric mode.
const Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// The bounds of a batch.
const (
	MaxCount      = 100_000
	MinLength     = 8  // 40 bits
	DefaultLength = 12 // 60 bits
	MaxLength     = 20 // of AI 21
)

// Guessable is the warning that goes with numbered serials.
const Guessable = "Numbered serials can be guessed: anyone can write a code that names a real item. Rely on tags or on the taps' history to tell copies, or draw random serials."

// Serials draws n serials of a length from a source of chance, in which crypto/rand
// belongs. known reports serials that were issued before and may be nil. It fails
// with fault.Invalid if n or length is out of bounds, and with fault.Unavailable if
// the source fails or repeats itself.
func Serials(chance io.Reader, n, length int, known func(serial string) bool) ([]string, error) {
	if err := checkCount(n); err != nil {
		return nil, err
	}
	if length < MinLength || length > MaxLength {
		return nil, fault.Newf(fault.Invalid, "serials of %d characters are out of bounds", length).
			WithHint("Take %d to %d; %d give 60 bits of chance.", MinLength, MaxLength, DefaultLength).At("length", "is out of bounds")
	}
	seen := make(map[string]struct{}, n)
	out := make([]string, 0, n)
	raw := make([]byte, length)
	refused := 0
	for len(out) < n {
		if _, err := io.ReadFull(chance, raw); err != nil {
			return nil, fault.Wrap(fault.Unavailable, err, "the source of chance failed", "Try again: no serial was issued.")
		}
		for i, b := range raw {
			raw[i] = Alphabet[b&31] // 256 is a multiple of 32: no letter is more likely
		}
		serial := string(raw)
		if _, twice := seen[serial]; twice || known != nil && known(serial) {
			// At 40 bits and more a repeat is rare; many mean a broken source.
			if refused++; refused > n+1000 {
				return nil, fault.New(fault.Unavailable, "the source of chance repeats itself, or nearly all serials of this length are known", "Take longer serials.")
			}
			continue
		}
		seen[serial] = struct{}{}
		out = append(out, serial)
	}
	return out, nil
}

// Numbered makes n serials of a prefix and a counter, with as many leading zeros as
// the last one needs, or as width asks for. They are guessable: see Guessable.
func Numbered(prefix string, first, n, width int) ([]string, error) {
	if err := checkCount(n); err != nil {
		return nil, err
	}
	const most = 1_000_000_000_000
	if first < 0 || first > most {
		return nil, fault.Newf(fault.Invalid, "numbering cannot begin at %d", first).WithHint("Begin at 0 to %d.", most).At("first", "is out of bounds")
	}
	if width < 0 || width > MaxLength {
		return nil, fault.Newf(fault.Invalid, "a counter of %d digits is out of bounds", width).WithHint("Take 0 to %d.", MaxLength).At("width", "is out of bounds")
	}
	width = max(width, len(fmt.Sprint(first+n-1)))
	last := fmt.Sprintf("%s%0*d", prefix, width, first+n-1)
	if _, err := (gs1.Dialect{Part: true}).ParseElements(gs1.FormatElements([]gs1.Element{{AI: gs1.AISerial, Value: last}})); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, fmt.Sprintf("%q is no serial: %s", last, strings.TrimSuffix(err.Error(), ".")),
			fmt.Sprintf("A serial has %d characters at most, of GS1's character set 82: no spaces, no accents.", MaxLength)).At("prefix", "makes no serial")
	}
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s%0*d", prefix, width, first+i)
	}
	return out, nil
}

func checkCount(n int) error {
	if n < 1 || n > MaxCount {
		return fault.Newf(fault.Invalid, "a batch of %d is out of bounds", n).WithHint("Take 1 to %d, and more batches for more.", MaxCount).At("count", "is out of bounds")
	}
	return nil
}

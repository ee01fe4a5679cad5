package compression

import (
	"slices"
	"strings"
)

// format says how the value of an AI is written.
type format struct {
	ai    string
	parts []part
}

// part is a component of a value: N digits only, X any characters; of a fixed
// length, or of one up to a maximum that is written before it.
type part struct {
	set            byte
	fixed, maximum int
}

// code stands for a combination of AIs, whose values follow in their order.
type code struct {
	sign    uint8
	ais     []string // in the order in which the toolkit writes and reads them
	written []string // the order of its text, where that is another
}

// formatOf finds the format of an AI, nil if it has none.
func formatOf(ai string) *format {
	i, ok := slices.BinarySearchFunc(formats[:], ai, func(f format, ai string) int { return strings.Compare(f.ai, ai) })
	if !ok {
		return nil
	}
	return &formats[i]
}

// maxPair is the greatest length of the name and of the value of a foreign
// parameter.
const maxPair = 127

// The encodings of a text.
const (
	encodingDigits = iota
	encodingLowerHex
	encodingUpperHex
	encodingBase64
	encodingASCII
)

// signs is the alphabet of an encoding of less than seven bits.
func signs(encoding int) string {
	switch encoding {
	case encodingLowerHex:
		return lowercaseHex
	case encodingUpperHex:
		return uppercaseHex
	case encodingBase64:
		return alphabet
	}
	return lowercaseHex[:10]
}

// bitsOf is the number of bits of a sign.
func bitsOf(encoding int) int {
	switch encoding {
	case encodingBase64:
		return 6
	case encodingASCII:
		return 7
	}
	return 4
}

package qr

import (
	"errors"
	"strings"
)

// Level is how much of a symbol may be damaged.
type Level int

// The levels of error correction.
const (
	L Level = iota // 7 %
	M              // 15 %
	Q              // 25 %
	H              // 30 %
)

// ErrTooLong means that no version holds the text: shorten it or lower the level.
var ErrTooLong = errors.New("qr: the text is too long for a QR code")

// Code is a symbol.
type Code struct {
	Size    int // modules on a side: 17 + 4 times the version
	Version int
	dark    []bool
	fixed   []bool // modules of patterns, which no mask changes
}

// Dark reports whether the module in column x and row y is dark.
func (c *Code) Dark(x, y int) bool { return c.dark[y*c.Size+x] }

// mode is a way to write characters as bits.
type mode int

const (
	numeric mode = iota
	alphanumeric
	octets
	modes
)

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// indicator and lengths are what a segment begins with; lengths by the three ranges
// of versions 1 to 9, 10 to 26 and 27 to 40.
var (
	indicator = [modes]uint{1, 2, 4}
	lengths   = [modes][3]int{{10, 12, 14}, {9, 11, 13}, {8, 16, 16}}
)

// Encode computes the smallest symbol that holds the text at a level. With fnc1 the
// symbol says that its text is GS1 data, in which the byte 1D separates elements.
func Encode(text string, level Level, fnc1 bool) (*Code, error) {
	for size := range 3 {
		segments := cut(text, size, fnc1)
		first, last := [3]int{1, 10, 27}[size], [3]int{9, 26, 40}[size]
		bits := write(text, segments, size, fnc1)
		for version := first; version <= last; version++ {
			if capacity := 8 * dataWords(version, level); bits.length <= capacity {
				bits.pad(capacity)
				return place(version, level, interleave(bits.words, version, level)), nil
			}
		}
	}
	return nil, ErrTooLong
}

// segment is a run of characters in one mode.
type segment struct {
	mode mode
	end  int // in the text; it begins where the last one ended
}

// cut finds the modes that take the fewest bits for a range of versions: for each
// place the cheapest way there that ends in each mode, in sixths of a bit. With FNC1
// a percent sign is written as a byte, since in alphanumeric mode it would separate
// elements (7.4.8.3).
func cut(text string, size int, fnc1 bool) []segment {
	const never = 1 << 40
	type way struct {
		cost int
		from mode
	}
	ways := make([][modes]way, len(text)+1)
	for m := range modes {
		ways[0][m] = way{cost: 6 * (4 + lengths[m][size]), from: m}
	}
	for i := range len(text) {
		var here [modes]int // cost of this character
		here[octets] = 48
		here[numeric], here[alphanumeric] = never, never
		if text[i] >= '0' && text[i] <= '9' {
			here[numeric] = 20
		}
		if strings.IndexByte(letters, text[i]) >= 0 && !(fnc1 && text[i] == '%') {
			here[alphanumeric] = 33
		}
		for m := range modes {
			ways[i+1][m].cost = never
			for from := range modes {
				cost := ways[i][from].cost
				if from != m {
					// A segment's bits are whole: its end rounds up.
					cost = (cost+5)/6*6 + 6*(4+lengths[m][size])
				}
				if i == 0 && from != m {
					continue
				}
				if cost += here[m]; cost < ways[i+1][m].cost {
					ways[i+1][m] = way{cost, from}
				}
			}
		}
	}
	best := octets
	for m := range modes {
		if (ways[len(text)][m].cost+5)/6 < (ways[len(text)][best].cost+5)/6 {
			best = m
		}
	}
	var reversed []segment
	for i, m := len(text), best; i > 0; i-- {
		if n := len(reversed); n == 0 || reversed[n-1].mode != m {
			reversed = append(reversed, segment{m, i})
		}
		m = ways[i][m].from
	}
	out := make([]segment, 0, len(reversed))
	for i := len(reversed) - 1; i >= 0; i-- {
		out = append(out, reversed[i])
	}
	return out
}

// bitString grows by bits, the highest first.
type bitString struct {
	words  []byte
	length int
}

func (b *bitString) add(value uint, count int) {
	for i := count - 1; i >= 0; i-- {
		if b.length%8 == 0 {
			b.words = append(b.words, 0)
		}
		b.words[b.length/8] |= byte(value>>i&1) << (7 - b.length%8)
		b.length++
	}
}

// pad fills a symbol: up to four zeros, zeros to the next word, then two words in turn.
func (b *bitString) pad(capacity int) {
	b.add(0, min(4, capacity-b.length))
	b.add(0, (8-b.length%8)%8)
	for word := uint(0xec); b.length < capacity; word ^= 0xec ^ 0x11 {
		b.add(word, 8)
	}
}

// write turns segments into bits.
func write(text string, segments []segment, size int, fnc1 bool) *bitString {
	b := &bitString{}
	if fnc1 {
		b.add(5, 4)
	}
	start := 0
	for _, s := range segments {
		part := text[start:s.end]
		start = s.end
		b.add(indicator[s.mode], 4)
		b.add(uint(len(part)), lengths[s.mode][size])
		switch s.mode {
		case numeric:
			for ; len(part) > 0; part = part[min(3, len(part)):] {
				group, value := part[:min(3, len(part))], uint(0)
				for _, c := range []byte(group) {
					value = value*10 + uint(c-'0')
				}
				b.add(value, 1+3*len(group))
			}
		case alphanumeric:
			for ; len(part) > 1; part = part[2:] {
				b.add(45*letter(part[0])+letter(part[1]), 11)
			}
			if len(part) == 1 {
				b.add(letter(part[0]), 6)
			}
		default:
			for _, c := range []byte(part) {
				b.add(uint(c), 8)
			}
		}
	}
	return b
}

func letter(c byte) uint { return uint(strings.IndexByte(letters, c)) }

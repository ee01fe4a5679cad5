package compression

import (
	"math"
	"math/big"
	"strconv"
)

// alphabet is that of base64url; a sign's place in it is its six bits.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// uppercaseHex and lowercaseHex are the alphabets of values with four bits a sign.
const (
	uppercaseHex = "0123456789ABCDEF"
	lowercaseHex = "0123456789abcdef"
)

// digitBits is the number of bits of an integer of n digits.
func digitBits(n int) int { return int(math.Ceil(float64(n)*math.Log2(10) + 0.01)) }

// lengthBits is the number of bits of a length that is at most so much.
func lengthBits(maximum int) int { return int(math.Ceil(math.Log2(float64(maximum)) + 0.01)) }

// narrow is the number of digits whose integer fits into 64 bits beyond doubt.
const narrow = 18

// writer packs bits into base64url, the most significant first.
type writer struct {
	text []byte
	acc  uint8
	n    int // bits in acc, fewer than six
}

// put appends the n low bits of v.
func (w *writer) put(v uint64, n int) {
	for i := n - 1; i >= 0; i-- {
		w.acc = w.acc<<1 | uint8(v>>i&1)
		if w.n++; w.n == 6 {
			w.text = append(w.text, alphabet[w.acc])
			w.acc, w.n = 0, 0
		}
	}
}

// digits appends a string of digits as one integer.
func (w *writer) digits(s string) {
	bits := digitBits(len(s))
	if len(s) <= narrow {
		v := uint64(0)
		for i := range len(s) {
			v = v*10 + uint64(s[i]-'0')
		}
		w.put(v, bits)
		return
	}
	v, _ := new(big.Int).SetString(s, 10)
	for i := bits - 1; i >= 0; i-- {
		w.put(uint64(v.Bit(i)), 1)
	}
}

// segment gives what was written, filled up with zeros.
func (w *writer) segment() string {
	if w.n > 0 {
		w.put(0, 6-w.n)
	}
	return string(w.text)
}

// reader unpacks bits of base64url.
type reader struct {
	text string
	at   int // the next bit
}

func (r *reader) left() int { return 6*len(r.text) - r.at }

// take gives the next n bits, at most 64; it is not ok if there are not so many.
func (r *reader) take(n int) (v uint64, ok bool) {
	if n > r.left() {
		return 0, false
	}
	for n > 0 {
		rest := 6 - r.at%6 // bits of this sign that are left
		m := min(n, rest)
		part := uint64(valueOf(r.text[r.at/6])) >> (rest - m) & (1<<m - 1)
		v = v<<m | part
		r.at += m
		n -= m
	}
	return v, true
}

// valueOf gives the six bits of a sign.
func valueOf(sign byte) byte {
	switch {
	case sign >= 'a':
		return sign - 'a' + 26
	case sign == '_':
		return 63
	case sign >= 'A':
		return sign - 'A'
	case sign >= '0':
		return sign - '0' + 52
	}
	return 62
}

// number gives an integer of so many bits in decimal digits.
func (r *reader) number(bits int) (s string, ok bool) {
	if bits <= 64 {
		v, ok := r.take(bits)
		return strconv.FormatUint(v, 10), ok
	}
	v := new(big.Int)
	for bits > 0 {
		n := min(bits, 32)
		part, ok := r.take(n)
		if !ok {
			return "", false
		}
		v.Lsh(v, uint(n)).Or(v, new(big.Int).SetUint64(part))
		bits -= n
	}
	return v.String(), true
}

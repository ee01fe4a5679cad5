package qr

// Table 9 of ISO/IEC 18004: for each level and version the check words of a block,
// and the number of blocks.
var (
	checkWords = [4][41]int{
		{0, 7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
		{0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28},
		{0, 13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
		{0, 17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
	}
	blocks = [4][41]int{
		{0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25},
		{0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49},
		{0, 1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68},
		{0, 1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81},
	}
)

// allBits is the number of modules of a version that carry data or check words, or
// a few bits that remain.
func allBits(version int) int {
	size := 17 + 4*version
	n := size*size - 3*64 - 2*15 - 1 - 2*(size-16) // finders with their frames, format, dark module, timing
	if version >= 2 {
		k := version/7 + 2 // alignment patterns on a side; those on the timing rows share five modules
		n -= 25*(k*k-3) - 2*5*(k-2)
	}
	if version >= 7 {
		n -= 2 * 18 // version information
	}
	return n
}

// dataWords is the number of words that a symbol holds besides its check words.
func dataWords(version int, level Level) int {
	return allBits(version)/8 - checkWords[level][version]*blocks[level][version]
}

// field is the arithmetic of GF(256) modulo x^8+x^4+x^3+x^2+1: powers of the
// generator and their logarithms.
type field struct {
	power [510]byte
	log   [256]int
}

func newField() *field {
	f := &field{}
	value := 1
	for i := range 255 {
		f.power[i], f.power[i+255] = byte(value), byte(value)
		f.log[value] = i
		if value <<= 1; value > 255 {
			value ^= 0x11d
		}
	}
	return f
}

// interleave cuts the data into blocks, adds check words to each, and takes the
// words of all in turn. The shorter blocks come first.
func interleave(data []byte, version int, level Level) []byte {
	count, checks, total := blocks[level][version], checkWords[level][version], allBits(version)/8
	short := total/count - checks
	shorts := count - total%count
	f := newField()
	generator := f.generator(checks)
	parts, extra := make([][]byte, count), make([][]byte, count)
	for i := range parts {
		n := short
		if i >= shorts {
			n++
		}
		parts[i], data = data[:n], data[n:]
		extra[i] = f.remainder(parts[i], generator)
	}
	out := make([]byte, 0, total)
	for j := range short + 1 {
		for _, p := range parts {
			if j < len(p) {
				out = append(out, p[j])
			}
		}
	}
	for j := range checks {
		for _, e := range extra {
			out = append(out, e[j])
		}
	}
	return out
}

// generator is the product of (x - a^i) for i below n, without its leading one, as
// logarithms; no coefficient of these polynomials is zero.
func (f *field) generator(n int) []int {
	poly := make([]byte, n+1)
	poly[n] = 1
	for i := range n {
		for j := n - 1 - i; j <= n; j++ {
			var next byte
			if j < n {
				next = poly[j+1]
			}
			if poly[j] == 0 {
				poly[j] = next
				continue
			}
			poly[j] = f.power[(f.log[poly[j]]+i)%255] ^ next
		}
	}
	logs := make([]int, n)
	for i := range logs {
		logs[i] = f.log[poly[i+1]]
	}
	return logs
}

// remainder is what is left of data, shifted by the check words, after division.
func (f *field) remainder(data []byte, generator []int) []byte {
	rest := make([]byte, len(generator))
	for _, d := range data {
		lead := d ^ rest[0]
		copy(rest, rest[1:])
		rest[len(rest)-1] = 0
		if lead == 0 {
			continue
		}
		log := f.log[lead]
		for i, g := range generator {
			rest[i] ^= f.power[log+g]
		}
	}
	return rest
}

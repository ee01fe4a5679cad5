package sdm

// lrp is one key of the leakage resilient primitive: its secret plaintexts and its
// updated keys. Each nibble of input costs one AES key set-up.
type lrp struct {
	p [16]Block
	u [4]Block // [0] signs, [1] encrypts; messages use no others
}

func fill(b byte) (x Block) {
	for i := range x {
		x[i] = b
	}
	return x
}

// setup derives the tables of key (AN12304, algorithms 1 and 2).
func (l *lrp) setup(key *Block) {
	aa, fives := fill(0xAA), fill(0x55)
	walk := func(h Block, out []Block) {
		for i := range out {
			c := NewCipher(&h)
			c.Encrypt(out[i][:], aa[:])
			c.Encrypt(h[:], fives[:])
		}
	}
	c := NewCipher(key)
	var h Block
	c.Encrypt(h[:], fives[:])
	walk(h, l.p[:])
	c.Encrypt(h[:], aa[:])
	walk(h, l.u[:])
}

// eval is algorithm 3 for whole bytes, high nibble first, finalised. The answer is in
// y; memory comes from the caller, because what a cipher touches is on the heap.
func (l *lrp) eval(y *Block, u int, in []byte) {
	*y = l.u[u]
	for _, b := range in {
		step(y, &l.p[b>>4])
		step(y, &l.p[b&15])
	}
	step(y, &zeros)
}

var zeros Block

// step encrypts data under y, and y becomes the result: the key changes at every
// step, that is the point.
func step(y, data *Block) { NewCipher(y).Encrypt(y[:], data[:]) }

// k1 gives the first subkey of this key's CMAC.
func (l *lrp) k1(k *Block) {
	l.eval(k, 0, zeros[:])
	double(k)
}

// cmac is CMAC with eval as block function. k holds the key's K1 and is used up, x
// receives the result, y is memory.
func (l *lrp) cmac(x, k, y *Block, m []byte) {
	chain(func(x *Block) {
		l.eval(y, 0, x[:])
		*x = *y
	}, x, k, m)
}

// crypt is the indexed codebook mode LRICB, in place: every block has its own key,
// evaluated from the counter, which then grows as a big-endian number. It changes
// counter and uses y.
func (l *lrp) crypt(y *Block, u int, counter, data []byte, encrypt bool) {
	for ; len(data) >= 16; data = data[16:] {
		l.eval(y, u, counter)
		c := NewCipher(y)
		if encrypt {
			c.Encrypt(data[:16], data[:16])
		} else {
			c.Decrypt(data[:16], data[:16])
		}
		for i := len(counter) - 1; i >= 0; i-- {
			if counter[i]++; counter[i] != 0 {
				break
			}
		}
	}
}

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

// eval is algorithm 3 for whole bytes, high nibble first, finalised.
func (l *lrp) eval(u int, in []byte) Block {
	y := l.u[u]
	for _, b := range in {
		y = step(y, &l.p[b>>4])
		y = step(y, &l.p[b&15])
	}
	return step(y, new(Block))
}

// step encrypts data under y. The key changes at every step: that is the point.
func step(y Block, data *Block) (out Block) {
	NewCipher(&y).Encrypt(out[:], data[:])
	return out
}

// k1 is the first subkey of this key's CMAC.
func (l *lrp) k1() Block {
	k := l.eval(0, make([]byte, 16))
	double(&k)
	return k
}

// cmac is CMAC with eval as block function; k1 is the key's own.
func (l *lrp) cmac(k1 Block, m []byte) Block {
	var x Block
	chain(func(x *Block) { *x = l.eval(0, x[:]) }, &x, &k1, m)
	return x
}

// crypt is the indexed codebook mode LRICB, in place: every block has its own key,
// evaluated from the counter, which then grows as a big-endian number. It changes
// counter.
func (l *lrp) crypt(u int, counter, data []byte, encrypt bool) {
	for ; len(data) >= 16; data = data[16:] {
		y := l.eval(u, counter)
		c := NewCipher(&y)
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

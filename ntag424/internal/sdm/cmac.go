package sdm

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

// Block is one AES block.
type Block = [aes.BlockSize]byte

// double multiplies by x in the field of RFC 4493, section 2.3.
func double(b *Block) {
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	carry := hi >> 63 // no branch on a secret
	binary.BigEndian.PutUint64(b[:8], hi<<1|lo>>63)
	binary.BigEndian.PutUint64(b[8:], lo<<1^0x87*carry)
}

// xor adds at most a block.
func xor(dst *Block, src []byte) { subtle.XORBytes(dst[:], dst[:], src) }

// chain runs CMAC over m with the block function f, which encrypts x in place.
// k holds K1 when it starts and may be doubled; x receives the result.
func chain(f func(x *Block), x, k *Block, m []byte) {
	*x = Block{}
	for len(m) > len(x) {
		xor(x, m[:len(x)])
		f(x)
		m = m[len(x):]
	}
	xor(x, m)
	if len(m) < len(x) { // also the empty message: padded, with K2
		x[len(m)] ^= 0x80
		double(k)
	}
	xor(x, k[:])
	f(x)
}

// CMAC is AES-CMAC under a block cipher of 16-byte blocks.
func CMAC(c cipher.Block, m []byte) Block {
	var x, k Block
	f := func(x *Block) { c.Encrypt(x[:], x[:]) }
	f(&k)
	double(&k)
	chain(f, &x, &k, m)
	return x
}

// NewCipher is aes.NewCipher for keys whose length is right by their type.
func NewCipher(key *Block) cipher.Block {
	c, err := aes.NewCipher(key[:])
	if err != nil {
		panic("sdm: " + err.Error()) // 16 bytes are a legal key
	}
	return c
}

// ErrDiversify reports a master or an input of an impossible length.
var ErrDiversify = errors.New("sdm: a master has 16, 24 or 32 bytes, an input 1 to 31")

// Diversify is AN10922 for AES-128, 192 and 256: the answer is as long as master.
func Diversify(master, input []byte) ([]byte, error) {
	if n := len(master); n != 16 && n != 24 && n != 32 || len(input) < 1 || len(input) > 31 {
		return nil, ErrDiversify
	}
	c, err := aes.NewCipher(master)
	if err != nil {
		return nil, err
	}
	switch len(master) {
	case 24:
		a, b := diversified(c, 0x11, input), diversified(c, 0x12, input)
		for i := range 8 {
			a[8+i] ^= b[i]
		}
		return append(a[:], b[8:]...), nil
	case 32:
		a, b := diversified(c, 0x41, input), diversified(c, 0x42, input)
		return append(a[:], b[:]...), nil
	}
	a := diversified(c, 0x01, input)
	return a[:], nil
}

// diversified is the CMAC of constant|input, but always over two blocks: a shorter
// input is padded to 32 bytes, where RFC 4493 would stop at 16.
func diversified(c cipher.Block, constant byte, input []byte) Block {
	var d [32]byte
	var k, x Block
	c.Encrypt(k[:], k[:])
	double(&k)
	d[0] = constant
	if n := 1 + copy(d[1:], input); n < len(d) {
		d[n] = 0x80
		double(&k)
	}
	c.Encrypt(x[:], d[:16])
	xor(&x, d[16:])
	xor(&x, k[:])
	c.Encrypt(x[:], x[:])
	return x
}

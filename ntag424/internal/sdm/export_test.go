package sdm

// Subkeys gives L, K1 and K2 of a key.
func Subkeys(key Block) (l, k1, k2 Block) {
	NewCipher(&key).Encrypt(l[:], l[:])
	k1 = l
	double(&k1)
	k2 = k1
	double(&k2)
	return l, k1, k2
}

// LRPTables gives the secret plaintexts and updated keys of a key.
func LRPTables(key Block) (p [16]Block, u [4]Block) {
	var l lrp
	l.setup(&key)
	return l.p, l.u
}

// Eval is algorithm 3 of AN12304 for any number of nibbles.
func Eval(key Block, u int, nibbles []byte, final bool) Block {
	var l lrp
	l.setup(&key)
	y := l.u[u]
	for _, n := range nibbles {
		step(&y, &l.p[n])
	}
	if final {
		step(&y, new(Block))
	}
	return y
}

// EvalBytes is what messages use: whole bytes, finalised.
func EvalBytes(key Block, u int, in []byte) Block {
	var l lrp
	l.setup(&key)
	var y Block
	l.eval(&y, u, in)
	return y
}

// LRPCMAC gives CMAC_LRP and the first subkey.
func LRPCMAC(key Block, m []byte) (mac, k1 Block) {
	k := NewKey(key, true)
	var x, y Block
	k2 := k.k1
	k.lrp.cmac(&x, &k2, &y, m)
	return x, k.k1
}

// Double multiplies by x.
func Double(b Block) Block { double(&b); return b }

// SessionKeys derives both session keys of AES mode and the IV of the file.
func SessionKeys(file Block, h Head) (mac, enc, iv Block) {
	var s Session
	s.key, s.head = NewKey(file, false), h
	s.derive(0x3C, 0xC3)
	mac = s.x
	s.derive(0xC3, 0x3C)
	enc = s.x
	s.fileCipher()
	return mac, enc, s.iv
}

package sdm

import "crypto/cipher"

// Head is what a message says about itself.
type Head struct {
	UID        [7]byte
	Counter    uint32 // 24 bits
	HasUID     bool
	HasCounter bool
}

// put writes UID and counter, each only if mirrored, the counter low byte first.
func (h *Head) put(dst []byte) int {
	n := 0
	if h.HasUID {
		n = copy(dst, h.UID[:])
	}
	if h.HasCounter {
		dst[n], dst[n+1], dst[n+2] = byte(h.Counter), byte(h.Counter>>8), byte(h.Counter>>16)
		n += 3
	}
	return n
}

// Key is a chip's key made ready for one of the modes. It does not change and may
// be shared.
type Key struct {
	block cipher.Block // AES mode
	lrp   *lrp         // LRP mode
	k1    Block        // first CMAC subkey
}

// NewKey prepares a key: cheap in AES mode, about 60 AES key set-ups in LRP mode.
func NewKey(key [16]byte, inLRP bool) *Key {
	if inLRP {
		k := &Key{lrp: new(lrp)}
		k.lrp.setup(&key)
		k.lrp.k1(&k.k1)
		return k
	}
	k := &Key{block: NewCipher(&key)}
	k.block.Encrypt(k.k1[:], k.k1[:])
	double(&k.k1)
	return k
}

// PICCLen is the size of encrypted PICC data in bytes.
func (k *Key) PICCLen() int {
	if k.lrp != nil {
		return 24
	}
	return 16
}

// Session is one message being made or checked, and all the memory for it. It may
// be used again with Begin.
type Session struct {
	head       Head
	key        *Key
	mac        cipher.Block // AES: the session MAC key
	lrp        lrp          // LRP: the session keys, same plaintexts
	x, k1, pad Block
	tmp        Block
	iv         Block
	ctr        [8]byte
}

// Open decrypts PICC data of k.PICCLen bytes and reads its head. It reports false if
// the tag byte is none that a chip writes; a wrong key passes that in about one case
// of a hundred, so nothing may be believed before the MAC holds. The head of a false
// answer is still filled, for a caller that wants both answers to take the same way.
func (s *Session) Open(k *Key, picc []byte) (h Head, ok bool) {
	if k.lrp != nil {
		copy(s.ctr[:], picc[:8])
		copy(s.x[:], picc[8:])
		k.lrp.crypt(&s.pad, 0, s.ctr[:], s.x[:], false)
	} else {
		copy(s.x[:], picc)
		k.block.Decrypt(s.x[:], s.x[:])
	}
	h.HasUID, h.HasCounter, ok = true, true, true
	switch s.x[0] { // bit 7 UID, bit 6 counter, bits 3-0 length of the UID
	case 0xC7:
	case 0x87:
		h.HasCounter = false
	case 0x40:
		h.HasUID = false
	default:
		ok = false
	}
	rest := s.x[1:]
	if h.HasUID {
		copy(h.UID[:], rest)
		rest = rest[7:]
	}
	if h.HasCounter {
		h.Counter = uint32(rest[0]) | uint32(rest[1])<<8 | uint32(rest[2])<<16
	}
	return h, ok
}

// Seal is the chip's side of Open: it appends PICC data to dst. random gives padding
// and, in LRP mode, PICCRand: 16 bytes.
func (s *Session) Seal(k *Key, h Head, random *Block, dst []byte) []byte {
	s.x = *random
	s.x[0] = 0
	if h.HasUID {
		s.x[0] |= 0x87
	}
	if h.HasCounter {
		s.x[0] |= 0x40
	}
	h.put(s.x[1:])
	if k.lrp == nil {
		k.block.Encrypt(s.x[:], s.x[:])
		return append(dst, s.x[:]...)
	}
	copy(s.ctr[:], random[:8]) // that part of the padding is overwritten by the UID
	dst = append(dst, s.ctr[:]...)
	k.lrp.crypt(&s.pad, 0, s.ctr[:], s.x[:], true)
	return append(dst, s.x[:]...)
}

// Begin derives the session keys for a head from the file key.
func (s *Session) Begin(k *Key, h Head) {
	s.key, s.head = k, h
	if k.lrp != nil {
		s.tmp = Block{0x00, 0x01, 0x00, 0x80, 14: 0x1E, 15: 0xE1}
		h.put(s.tmp[4:])
		s.k1 = k.k1
		k.lrp.cmac(&s.x, &s.k1, &s.pad, s.tmp[:])
		s.lrp.setup(&s.x)
		s.lrp.k1(&s.k1)
		return
	}
	s.mac = s.derive(0x3C, 0xC3)
	s.k1 = Block{}
	s.mac.Encrypt(s.k1[:], s.k1[:])
	double(&s.k1)
}

// derive makes a session key of AES mode: the CMAC of one full block.
func (s *Session) derive(a, b byte) cipher.Block {
	s.x = Block{a, b, 0x00, 0x01, 0x00, 0x80}
	s.head.put(s.x[6:])
	xor(&s.x, s.key.k1[:])
	s.key.block.Encrypt(s.x[:], s.x[:])
	return NewCipher(&s.x)
}

// Diversified is Diversify for AES-128 under a master that was made ready before.
func (s *Session) Diversified(master *Key, input []byte) Block {
	s.x, s.pad, s.iv = Block{0x01}, Block{}, master.k1
	n := copy(s.x[1:], input)
	if m := copy(s.pad[:], input[n:]); m < len(s.pad) {
		if n < 15 {
			s.x[1+n] = 0x80
		} else {
			s.pad[m] = 0x80
		}
		double(&s.iv)
	}
	master.block.Encrypt(s.x[:], s.x[:])
	xor(&s.x, s.pad[:])
	xor(&s.x, s.iv[:])
	master.block.Encrypt(s.x[:], s.x[:])
	return s.x
}

// Full gives the whole CMAC of input under the session's MAC key.
func (s *Session) Full(input []byte) Block {
	s.tmp = s.k1
	if s.key.lrp != nil {
		s.lrp.cmac(&s.x, &s.tmp, &s.pad, input)
		return s.x
	}
	chain(func(x *Block) { s.mac.Encrypt(x[:], x[:]) }, &s.x, &s.tmp, input)
	return s.x
}

// MAC gives what the chip sends: the bytes at odd places of Full.
func (s *Session) MAC(input []byte) (mac [8]byte) {
	full := s.Full(input)
	for i := range mac {
		mac[i] = full[2*i+1]
	}
	return mac
}

// Decrypt opens file data in place: whole blocks of 16 bytes. The head must hold
// UID and counter.
func (s *Session) Decrypt(data []byte) {
	if s.key.lrp != nil {
		s.lrp.crypt(&s.pad, 1, s.fileCounter(), data, false)
		return
	}
	c := s.fileCipher()
	for ; len(data) >= 16; data = data[16:] {
		copy(s.pad[:], data)
		c.Decrypt(s.x[:], s.pad[:])
		xor(&s.x, s.iv[:])
		copy(data, s.x[:])
		s.iv = s.pad
	}
}

// Encrypt is the chip's side of Decrypt.
func (s *Session) Encrypt(data []byte) {
	if s.key.lrp != nil {
		s.lrp.crypt(&s.pad, 1, s.fileCounter(), data, true)
		return
	}
	c := s.fileCipher()
	for ; len(data) >= 16; data = data[16:] {
		xor(&s.iv, data[:16])
		c.Encrypt(s.iv[:], s.iv[:])
		copy(data, s.iv[:])
	}
}

// fileCounter is the read counter, low byte first, then three zero bytes.
func (s *Session) fileCounter() []byte {
	s.ctr = [8]byte{byte(s.head.Counter), byte(s.head.Counter >> 8), byte(s.head.Counter >> 16)}
	return s.ctr[:6]
}

// fileCipher derives the encryption key of AES mode and sets iv.
func (s *Session) fileCipher() cipher.Block {
	c := s.derive(0xC3, 0x3C)
	s.iv = Block{byte(s.head.Counter), byte(s.head.Counter >> 8), byte(s.head.Counter >> 16)}
	c.Encrypt(s.iv[:], s.iv[:])
	return c
}

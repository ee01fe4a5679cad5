package sdm

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
)

// The key schemes of two public backends, whose tags are in the field.

func cmac(key Block, m []byte) Block { return CMAC(NewCipher(&key), m) }

// BoltcardMeta is K1 of the boltcard scheme, from the issuer key alone.
func BoltcardMeta(issuer Block) Block { return cmac(issuer, []byte{0x2D, 0x00, 0x3F, 0x77}) }

// BoltcardKey is K0, K2, K3 or K4 of one card.
func BoltcardKey(issuer Block, uid [7]byte, version uint32, slot int) Block {
	m := append([]byte{0x2D, 0x00, 0x3F, 0x75}, uid[:]...)
	card := cmac(issuer, binary.LittleEndian.AppendUint32(m, version))
	return cmac(card, []byte{0x2D, 0x00, 0x3F, 0x76 + byte(slot)})
}

func hmac256(key []byte, label string, more ...byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(label))
	h.Write(more)
	return h.Sum(nil)
}

// NFCDeveloperMeta is the PICC key of sdm-backend, 2023. An all-zero master means
// the keys of the factory there, in all three schemes.
func NFCDeveloperMeta(master Block) Block {
	if master == (Block{}) {
		return master
	}
	return Block(hmac256(master[:], "PICCDataKey")[:16])
}

// NFCDeveloperKey is the key of one slot of one tag in that scheme.
func NFCDeveloperKey(master Block, uid [7]byte, slot int) Block {
	if master == (Block{}) {
		return master
	}
	slotMaster := hmac256(master[:], "SlotMasterKey", byte(slot))
	tag := hmac256(hmac256(master[:], "DivBaseKey"), "", uid[:]...)
	return cmac(Block(slotMaster[:16]), append([]byte{0x01}, tag[:16]...))
}

// LegacyKey is the scheme before it: the label is "key", or "key_no_uid" without UID.
// It takes about 3 ms.
func LegacyKey(master Block, label string, uid []byte, slot int) (Block, error) {
	if master == (Block{}) {
		return master, nil
	}
	salt := append(append([]byte(label), uid...), byte(slot))
	k, err := pbkdf2.Key(sha512.New, string(master[:]), salt, 5000, 16)
	if err != nil {
		return Block{}, err
	}
	return Block(k), nil
}

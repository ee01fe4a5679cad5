package ntag424

import (
	"encoding/hex"
	"fmt"
	"strings"

	"tagline/ntag424/internal/sdm"
)

// Key is an AES-128 key. Printing one, with any verb, prints its check value.
type Key [16]byte

// ParseKey reads 32 hex digits of either case. It fails with ErrKeySet, and the
// error does not repeat the input.
func ParseKey(s string) (Key, error) {
	var k Key
	if len(s) == 2*len(k) {
		if _, err := hex.Decode(k[:], []byte(s)); err == nil {
			return k, nil
		}
	}
	return Key{}, fail(ErrKeySet, "key", -1, "a key is 32 hex digits")
}

// Check gives the check value, six hex digits that people compare to see that two
// of them hold the same key: the first three bytes of the CMAC of 16 zero bytes.
func (k Key) Check() string {
	mac := CMAC(k, make([]byte, 16))
	return hex.EncodeToString(mac[:3])
}

// Format hides the key from the fmt verbs.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, "key "+k.Check()) }

// examples are keys printed in public documents, of which people make tags.
const examples = `
00112233445566778899aabbccddeeff 000102030405060708090a0b0c0d0e0f 0123456789abcdef0123456789abcdef
00000000000000000000000000000001 ffeeddccbbaa99887766554433221100 0f0e0d0c0b0a09080706050403020100
f3f9377698707b688eaf84abe39e3791 2b7e151628aed2a6abf7158809cf4f3c 3fb5f6e3a807a03d5e3570ace393776f
b95f4c27e3d0bc333792ea968545217f 42aff114f2cb3b6141be6dc95dfc5416 b62a9baf092439bd43c62aee96b970c5
0c3b25d92b38ae443229dd59ad34b85d b45775776cb224c75bcde7ca3704e933 55da174c9608993dc27bb3f30a4a7314
2ab74abc1273fb43cae97553a36d4d08 3fb35697afb5241086405d1cf735eac4 0102030405060708090a0b0c0d0e0f10`

// Weak says why a key must not protect real tags (zeros, one repeated byte, a key
// printed in a public document), "" if nothing is known against it.
func (k Key) Weak() string {
	same := true
	for _, b := range k {
		same = same && b == k[0]
	}
	switch {
	case k == Key{}:
		return "all zeros: the key of the factory"
	case same:
		return "one byte repeated"
	case strings.Contains(examples, hex.EncodeToString(k[:])):
		return "an example key of public documents"
	}
	return ""
}

// Scheme says how the keys of a tag come from the master key of its set.
type Scheme string

// The schemes in the field.
const (
	Fixed              Scheme = "fixed"                // Master is every tag's file key: test sets only
	AN10922            Scheme = "an10922"              // NXP's CMAC diversification; use this one
	Boltcard           Scheme = "boltcard"             // Master is the issuer key
	NFCDeveloper       Scheme = "nfc-developer-2023"   // HMAC-SHA256, then CMAC
	NFCDeveloperLegacy Scheme = "nfc-developer-legacy" // PBKDF2, about 3 ms a tag
)

// Layout says what AN10922 diversifies by.
type Layout string

// The layouts in the field.
const (
	LayoutNTAG    Layout = ""        // UID | D2760000850101 | key number | SystemID (1 to 16 bytes)
	LayoutDESFire Layout = "desfire" // UID | 3042F5 | SystemID (0 to 21 bytes)
	LayoutUID     Layout = "uid"     // UID | SystemID (0 to 24 bytes)
)

// KeySet is the secret of a batch of tags. It is a plain value: copy it, compare
// Check values, keep it wrapped. Rotation makes a new set or epoch for new tags;
// encoded tags keep theirs.
type KeySet struct {
	Name     string // stands in the URL's path; not used in any computation
	Epoch    uint32 // likewise; counters are kept per (name, epoch, UID)
	Scheme   Scheme
	Mode     Mode   // what is accepted; zero is Both
	Meta     Key    // opens PICCData, shared by the set. Boltcard and nfc-developer derive it from Master
	Master   Key    // makes the file keys
	MetaSlot int    // key number of the meta key in the chip, 0 to 4
	FileSlot int    // key number of the file key in the chip, 0 to 4
	SystemID []byte // AN10922 only
	Layout   Layout // AN10922 only
	Version  uint32 // Boltcard only
	Retired  bool   // every tap is refused with ErrRetiredKeySet
}

// mode is the policy with its default.
func (ks KeySet) mode() Mode {
	if ks.Mode == 0 {
		return Both
	}
	return ks.Mode
}

// Validate reports the first thing that makes the set unusable, as ErrKeySet.
func (ks KeySet) Validate() error {
	bad := func(field, message string) error { return fail(ErrKeySet, field, -1, message) }
	if ks.Mode > Both {
		return bad("mode", "a mode is AES, LRP or Both")
	}
	for _, slot := range []int{ks.MetaSlot, ks.FileSlot} {
		if slot < 0 || slot > 4 {
			return bad("slot", "a chip has the key slots 0 to 4")
		}
	}
	if ks.MetaSlot == ks.FileSlot && (ks.Scheme != Fixed || ks.Meta != ks.Master) {
		return bad("slot", "one slot cannot hold both the meta key and the file key")
	}
	switch ks.Scheme {
	case Fixed, NFCDeveloper, NFCDeveloperLegacy:
	case Boltcard:
		if ks.MetaSlot != 1 {
			return bad("slot", "boltcard keeps the meta key in slot 1")
		}
	case AN10922:
		least, most := 1, 16
		switch ks.Layout {
		case LayoutNTAG:
		case LayoutDESFire:
			least, most = 0, 21
		case LayoutUID:
			least, most = 0, 24
		default:
			return bad("layout", "a layout is empty, desfire or uid")
		}
		if n := len(ks.SystemID); n < least || n > most {
			return bad("system_id", fmt.Sprintf("a system id has %d to %d bytes in this layout", least, most))
		}
	default:
		return bad("scheme", "unknown key scheme")
	}
	return nil
}

// Weak says why the set must not protect real tags, "" if nothing is known against
// it: the scheme Fixed, a weak key, or a Meta key that gives the Master away.
func (ks KeySet) Weak() string {
	if ks.Scheme == Fixed {
		return "all tags share one file key"
	}
	if why := ks.Master.Weak(); why != "" {
		return "the master key is " + why
	}
	if ks.Scheme != AN10922 {
		return "" // the meta key is derived
	}
	if why := ks.Meta.Weak(); why != "" {
		return "the meta key is " + why
	}
	if ks.Meta == ks.Master {
		return "the meta key, which is in every tag, is the master key"
	}
	return ""
}

// MetaKey gives the key that opens PICCData. It fails with ErrKeySet.
func (ks KeySet) MetaKey() (Key, error) {
	if err := ks.Validate(); err != nil {
		return Key{}, err
	}
	switch ks.Scheme {
	case Boltcard:
		return sdm.BoltcardMeta(ks.Master), nil
	case NFCDeveloper:
		return sdm.NFCDeveloperMeta(ks.Master), nil
	case NFCDeveloperLegacy:
		return legacy(sdm.LegacyKey(ks.Master, "key_no_uid", nil, ks.MetaSlot))
	}
	return ks.Meta, nil
}

// FileKey gives the key of SDMFileRead of one tag. It fails with ErrKeySet.
func (ks KeySet) FileKey(uid UID) (Key, error) { return ks.SlotKey(uid, ks.FileSlot) }

// SlotKey gives what the encoder writes into one of the chip's five key slots.
// It fails with ErrKeySet.
func (ks KeySet) SlotKey(uid UID, slot int) (Key, error) {
	if slot == ks.MetaSlot {
		return ks.MetaKey()
	}
	if err := ks.Validate(); err != nil {
		return Key{}, err
	}
	if slot < 0 || slot > 4 {
		return Key{}, fail(ErrKeySet, "slot", -1, "a chip has the key slots 0 to 4")
	}
	switch ks.Scheme {
	case AN10922:
		k, err := sdm.Diversify(ks.Master[:], ks.appendInput(nil, uid, slot))
		if err != nil {
			return Key{}, fail(ErrKeySet, "system_id", -1, err.Error())
		}
		return Key(k), nil
	case Boltcard:
		return sdm.BoltcardKey(ks.Master, uid, ks.Version, slot), nil
	case NFCDeveloper:
		return sdm.NFCDeveloperKey(ks.Master, uid, slot), nil
	case NFCDeveloperLegacy:
		return legacy(sdm.LegacyKey(ks.Master, "key", uid[:], slot))
	}
	return ks.Master, nil
}

// appendInput appends the diversification input of AN10922.
func (ks *KeySet) appendInput(in []byte, uid UID, slot int) []byte {
	in = append(in, uid[:]...)
	switch ks.Layout {
	case LayoutNTAG:
		in = append(in, 0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01, byte(slot))
	case LayoutDESFire:
		in = append(in, 0x30, 0x42, 0xF5)
	}
	return append(in, ks.SystemID...)
}

func legacy(k [16]byte, err error) (Key, error) {
	if err != nil {
		return Key{}, fail(ErrKeySet, "scheme", -1, "PBKDF2 is not available here")
	}
	return k, nil
}

// CMAC is AES-CMAC of RFC 4493.
func CMAC(key Key, message []byte) [16]byte {
	return sdm.CMAC(sdm.NewCipher((*sdm.Block)(&key)), message)
}

// Diversify derives a tag's key as AN10922 does. The master has 16, 24 or 32 bytes,
// and so has the answer; the input has 1 to 31. Choose 16 or more: below, other
// implementations are known to differ. It fails with ErrKeySet.
func Diversify(master, input []byte) ([]byte, error) {
	k, err := sdm.Diversify(master, input)
	if err != nil {
		return nil, fail(ErrKeySet, "input", -1, "a master has 16, 24 or 32 bytes, an input 1 to 31")
	}
	return k, nil
}

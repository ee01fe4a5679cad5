package ntag424

import (
	"encoding/hex"
	"fmt"
)

// Key is an AES-128 key. Printing one, with any verb, prints its check value.
type Key [16]byte

// ParseKey reads 32 hex digits of either case. It fails with ErrKeySet, and the
// error does not repeat the input.
func ParseKey(s string) (Key, error) {
	var k Key
	if len(s) != 2*len(k) {
		return k, fail(ErrKeySet, "key", -1, "a key is 32 hex digits")
	}
	if _, err := hex.Decode(k[:], []byte(s)); err != nil {
		return Key{}, fail(ErrKeySet, "key", -1, "a key is 32 hex digits")
	}
	return k, nil
}

// Check gives the check value, six hex digits that people compare to see that two
// of them hold the same key: the first three bytes of the CMAC of 16 zero bytes.
func (k Key) Check() string { return "TODO" }

// Weak says why a key must not protect real tags (zeros, one repeated byte, a key
// printed in a public document), "" if nothing is known against it.
func (k Key) Weak() string { return "" }

// Format hides the key from the fmt verbs.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, "key "+k.Check()) }

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

// In each, SystemID may be empty only where said.
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
	MetaSlot int    // key number of Meta in the chip, 0 to 4
	FileSlot int    // key number of the file key in the chip, 0 to 4
	SystemID []byte // AN10922 only
	Layout   Layout // AN10922 only
	Version  uint32 // Boltcard only
	Retired  bool   // every tap is refused with ErrRetiredKeySet
}

// Validate reports the first thing that makes the set unusable, as ErrKeySet.
func (ks KeySet) Validate() error { return nil }

// Weak says why the set must not protect real tags, "" if nothing is known against
// it: a weak Meta or Master key, or the scheme Fixed.
func (ks KeySet) Weak() string { return "" }

// MetaKey gives the key that opens PICCData. It fails with ErrKeySet.
func (ks KeySet) MetaKey() (Key, error) { return ks.Meta, nil }

// FileKey gives the key of SDMFileRead of one tag. It fails with ErrKeySet.
func (ks KeySet) FileKey(uid UID) (Key, error) { return ks.SlotKey(uid, ks.FileSlot) }

// SlotKey gives what the encoder writes into one of the chip's five key slots.
// It fails with ErrKeySet.
func (ks KeySet) SlotKey(uid UID, slot int) (Key, error) { return ks.Master, nil }

// Diversify derives a tag's key as AN10922 does. The master has 16, 24 or 32 bytes,
// and so has the answer; the input has 1 to 31. Choose 16 or more: below, other
// implementations are known to differ. It fails with ErrKeySet.
func Diversify(master, input []byte) ([]byte, error) { return nil, nil }

// CMAC is AES-CMAC of RFC 4493.
func CMAC(key Key, message []byte) [16]byte { return [16]byte{} }

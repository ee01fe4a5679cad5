package simulate

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"

	"tagline/internal/api/wire"
	"tagline/ntag424"
)

// line is an encoding line: it holds the keys of its batch and writes chips.
type line struct {
	set      ntag424.KeySet
	origin   string // scheme and host that the chips carry: phones open https only
	template *ntag424.Template
	pattern  string
}

// fileData is what {enc} holds: the tamper status, then padding.
const fileData = "{tt}--------------"

// newLine makes a line whose keys depend on the seed alone.
// A server that has seen this seed before gets the next generation: other keys,
// under another name.
func newLine(seed uint64, generation int, server string) (*line, error) {
	chance := rand.NewChaCha8(seedBytes(seed, generation))
	name := fmt.Sprintf("sim-%d", seed)
	if generation > 1 {
		name = fmt.Sprintf("sim-%d-%d", seed, generation)
	}
	_, host, _ := strings.Cut(server, "://")
	l := &line{origin: "https://" + host, set: ntag424.KeySet{
		Name: name, Epoch: 1, Scheme: ntag424.AN10922, Mode: ntag424.AES,
		MetaSlot: 2, FileSlot: 1, SystemID: []byte("tagline"),
	}}
	_, _ = chance.Read(l.set.Meta[:]) // ChaCha8 never fails
	_, _ = chance.Read(l.set.Master[:])
	l.pattern = l.origin + "/t/" + l.set.Name + "/01/{gtin}/21/{serial}?p={picc}&e={enc}&m={mac}"
	var err error
	l.template, err = ntag424.Compile(l.pattern, ntag424.Options{File: fileData, KeySet: l.set.Name})
	return l, err
}

func seedBytes(seed uint64, generation int) [32]byte {
	var b [32]byte
	copy(b[:], fmt.Sprintf("simulation %016x %04x", seed, generation))
	return b
}

// request is how the line hands its keys over.
func (l *line) request() wire.KeySetRequest {
	meta, file := l.set.MetaSlot, l.set.FileSlot
	return wire.KeySetRequest{
		Name: l.set.Name, Scheme: "an10922", Mode: "aes", Template: l.pattern,
		MetaSlot: &meta, FileSlot: &file, SystemID: hex.EncodeToString(l.set.SystemID),
		Keys: &wire.Keys{Meta: hex.EncodeToString(l.set.Meta[:]), Master: hex.EncodeToString(l.set.Master[:])},
	}
}

// batch is the personalisation file of bottles.
func (l *line) batch(bottles []bottle) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"uid", "gtin", "serial", "lot", "market"}) // a buffer never fails
	for _, item := range bottles {
		_ = w.Write([]string{ntag424.UID(item.uid).Hex(), item.gtin, item.serial, item.lot, item.market})
	}
	w.Flush()
	return b.Bytes()
}

// local turns a chip's URL into one that reaches the server without TLS in front.
func (l *line) local(target string) string { return strings.TrimPrefix(target, l.origin) }

// chip encodes the chip of a bottle.
func (l *line) chip(b bottle) (*ntag424.Chip, error) {
	return ntag424.NewChip(l.set, l.template, ntag424.UID(b.uid), ntag424.AES, map[string]string{"gtin": b.gtin, "serial": b.serial})
}

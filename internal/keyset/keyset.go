package keyset

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"tagline/internal/fault"
	"tagline/ntag424"
)

// State says whether taps of a key set are still accepted.
type State string

// The states of an epoch of a key set.
const (
	Active  State = "active"
	Retired State = "retired"
)

// KeySet is one epoch of a key set as people may see it: with check values for
// keys.
type KeySet struct {
	Name      string // 1 to 40 of a-z 0-9 and -, as in the URL's path
	Epoch     int64  // from 1
	Scheme    ntag424.Scheme
	Mode      ntag424.Mode
	Layout    ntag424.Layout
	MetaSlot  int
	FileSlot  int
	Version   uint32 // boltcard's key version
	SystemID  string // hex; AN10922 only
	Template  string // the URL pattern, see ntag424.Compile
	Options   ntag424.Options
	State     State
	Test      bool // weak keys and virtual chips are allowed; nothing it says is proof
	Checks    Checks
	CreatedAt time.Time
	RetiredAt time.Time // zero while active
}

// Checks are the six hex digits by which people compare keys.
type Checks struct{ Meta, File string }

// Keys are the secrets of a set, 32 hex digits each. Printing them prints nothing.
type Keys struct {
	Meta   string // unused by schemes that derive it from the master
	Master string
}

// Format hides the keys from the fmt verbs.
func (Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[keys]") }

// NewSet is the wish for a key set.
type NewSet struct {
	Name     string
	Scheme   ntag424.Scheme // "" is AN10922
	Mode     string         // aes, lrp or both; "" is both
	Layout   ntag424.Layout
	MetaSlot *int // nil is 2
	FileSlot *int // nil is 1
	Version  uint32
	SystemID string // hex; "" is the name's bytes for AN10922
	Template string
	Options  *ntag424.Options // nil: tamper status in the encrypted file data, if there are any
	Test     bool
	Keys     *Keys // nil: generated
}

// NewEpoch is what changes with the next epoch of a set; what is left empty stays.
// The keys do not stay: nil makes new ones.
type NewEpoch struct {
	Keys     *Keys
	Template string
	Options  *ntag424.Options
	Mode     string
}

var setName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// placeholders of the pattern that stand for a query parameter's value.
var queryPlaceholder = regexp.MustCompile(`[?&]([^=&?]+)=[^&]*\{(?:picc|enc|mac|uid|ctr|tt)\}`)

// keyset builds what the protocol package needs, and checks all of it.
func (n NewSet) keyset(epoch int64, chance io.Reader) (KeySet, ntag424.KeySet, error) {
	none := ntag424.KeySet{}
	if !setName.MatchString(n.Name) {
		return KeySet{}, none, fault.New(fault.Invalid, "this is not a name for a key set",
			"Take 1 to 40 of a-z, 0-9 and -: the name stands in the tag's URL.").At("body.name", "not a key set's name")
	}
	ks := ntag424.KeySet{
		Name: n.Name, Epoch: uint32(epoch), Scheme: n.Scheme, Mode: ntag424.Both,
		MetaSlot: 2, FileSlot: 1, Layout: n.Layout, Version: n.Version,
	}
	if ks.Scheme == "" {
		ks.Scheme = ntag424.AN10922
	}
	if n.Mode != "" {
		m, err := ntag424.ParseMode(n.Mode)
		if err != nil {
			return KeySet{}, none, invalid("body.mode", err)
		}
		ks.Mode = m
	}
	if n.MetaSlot != nil {
		ks.MetaSlot = *n.MetaSlot
	}
	if n.FileSlot != nil {
		ks.FileSlot = *n.FileSlot
	}
	if ks.Scheme == ntag424.AN10922 {
		ks.SystemID = []byte(n.Name)[:min(len(n.Name), 16)]
		if n.SystemID != "" {
			b, err := hex.DecodeString(n.SystemID)
			if err != nil {
				return KeySet{}, none, fault.New(fault.Invalid, "the system id is not hex", "Give an even number of hex digits.").
					At("body.systemId", "not hex")
			}
			ks.SystemID = b
		}
	}
	if n.Keys == nil {
		if _, err := io.ReadFull(chance, ks.Meta[:]); err != nil {
			return KeySet{}, none, fmt.Errorf("draw a key: %w", err)
		}
		if _, err := io.ReadFull(chance, ks.Master[:]); err != nil {
			return KeySet{}, none, fmt.Errorf("draw a key: %w", err)
		}
	} else {
		var err error
		if ks.Master, err = ntag424.ParseKey(n.Keys.Master); err != nil {
			return KeySet{}, none, invalid("body.keys.master", err)
		}
		ks.Meta = ks.Master
		if n.Keys.Meta != "" {
			if ks.Meta, err = ntag424.ParseKey(n.Keys.Meta); err != nil {
				return KeySet{}, none, invalid("body.keys.meta", err)
			}
		}
	}
	if err := ks.Validate(); err != nil {
		return KeySet{}, none, invalid("body", err)
	}
	if why := ks.Weak(); why != "" && !n.Test {
		return KeySet{}, none, fault.New(fault.Invalid, "these keys protect nothing: "+why,
			"Let Tagline generate keys, or mark the set as a test set.").At("body.keys", why)
	}
	out := KeySet{
		Name: n.Name, Epoch: epoch, Scheme: ks.Scheme, Mode: ks.Mode, Layout: ks.Layout, Version: ks.Version,
		MetaSlot: ks.MetaSlot, FileSlot: ks.FileSlot, SystemID: hex.EncodeToString(ks.SystemID),
		Template: n.Template, State: Active, Test: n.Test,
	}
	if n.Options != nil {
		out.Options = *n.Options
	} else {
		out.Options = defaultOptions(n.Name, n.Template)
	}
	t, err := ntag424.Compile(out.Template, out.Options)
	if err != nil {
		return KeySet{}, none, invalid("body.template", err)
	}
	for _, v := range t.Variables() {
		if v != "gtin" && v != "serial" {
			return KeySet{}, none, fault.New(fault.Invalid, "the template has the variable {"+v+"}, which nobody fills",
				"The variables are {gtin} and {serial}.").At("body.template", "unknown variable {"+v+"}")
		}
	}
	// Tags that somebody else has encoded carry an address that cannot be changed:
	// their set is found by the path of its template.
	if !strings.Contains(n.Template, "/t/"+n.Name+"/") && !slices.Contains(t.Variables(), "serial") && !out.Options.Foreign {
		return KeySet{}, none, fault.New(fault.Invalid, "nothing in the template's path tells the key set",
			"Put /t/"+n.Name+"/ into the path, or the Digital Link /01/{gtin}/21/{serial}; or mark the template as foreign if the tags exist already.").At("body.template", "no /t/"+n.Name+"/ in it")
	}
	meta, err := ks.MetaKey()
	if err != nil {
		return KeySet{}, none, invalid("body.keys", err)
	}
	out.Checks = Checks{Meta: meta.Check(), File: ks.Master.Check()}
	return out, ks, nil
}

// defaultOptions fit a bottle with a tamper loop: the status stands in the
// encrypted file data, and the set's name in the path.
func defaultOptions(name, template string) ntag424.Options {
	var o ntag424.Options
	if strings.Contains(template, "{enc}") {
		o.File = "{tt}--------------"
	}
	if strings.Contains(template, "/t/"+name+"/") {
		o.KeySet = name
	}
	return o
}

// invalid turns the protocol's error into one with a place and a way out.
func invalid(where string, err error) error {
	var e *ntag424.Error
	if !errors.As(err, &e) {
		return err
	}
	place, hint := where, "See the reference of key sets and templates."
	if e.Field != "" {
		place += "." + e.Field
	}
	if e.Offset >= 0 {
		hint = fmt.Sprintf("Look at position %d.", e.Offset)
	}
	return fault.Wrap(fault.Invalid, err, string(e.Code)+": "+e.Message, hint).At(place, e.Message)
}

// secret is what the vault keeps of a set.
type secret struct {
	Meta   string `json:"meta"`
	Master string `json:"master"`
}

const purpose = "keyset"

func sealedForm(ks ntag424.KeySet) []byte {
	b, err := json.Marshal(secret{hex.EncodeToString(ks.Meta[:]), hex.EncodeToString(ks.Master[:])})
	if err != nil {
		panic(err) // two strings
	}
	return b
}

// open rebuilds the protocol's key set from a row and its unsealed keys.
func (k KeySet) open(plain []byte) (ntag424.KeySet, error) {
	var s secret
	if err := json.Unmarshal(plain, &s); err != nil {
		return ntag424.KeySet{}, fmt.Errorf("keyset: the sealed keys of set %s, epoch %d, cannot be read", k.Name, k.Epoch)
	}
	ks := ntag424.KeySet{
		Name: k.Name, Epoch: uint32(k.Epoch), Scheme: k.Scheme, Mode: k.Mode, Layout: k.Layout,
		MetaSlot: k.MetaSlot, FileSlot: k.FileSlot, Version: k.Version, Retired: k.State == Retired,
	}
	var err error
	if ks.SystemID, err = hex.DecodeString(k.SystemID); err != nil {
		return ks, err
	}
	if ks.Meta, err = ntag424.ParseKey(s.Meta); err != nil {
		return ks, err
	}
	ks.Master, err = ntag424.ParseKey(s.Master)
	return ks, err
}

// Encoding is what an encoder writes to one chip of a set, with a sample item.
type Encoding struct {
	Set      string
	Epoch    int64
	URL      string
	NDEF     string // file 02, hex
	Settings string // data of ChangeFileSettings, hex
	Offsets  []Offset
}

// Offset is one place in the file.
type Offset struct {
	Name string
	At   int
}

func encoding(k KeySet, e ntag424.Encoding) Encoding {
	out := Encoding{
		Set: k.Name, Epoch: k.Epoch, URL: e.URL,
		NDEF:     strings.ToUpper(hex.EncodeToString(e.File)),
		Settings: strings.ToUpper(hex.EncodeToString(e.Settings.Bytes())),
	}
	s := e.Settings
	for _, o := range []struct {
		name string
		at   int
		on   bool
	}{
		{"uid", s.UIDOffset, s.UIDOffset > 0},
		{"counter", s.CounterOffset, s.CounterOffset > 0 && s.CounterOffset < 256},
		{"picc", s.PICCOffset, s.PICCOffset > 0},
		{"tamper", s.TamperOffset, s.Tamper},
		{"macInput", s.MACInputOffset, true},
		{"enc", s.EncOffset, s.Enc},
		{"mac", s.MACOffset, true},
	} {
		if o.on {
			out.Offsets = append(out.Offsets, Offset{o.name, o.at})
		}
	}
	return out
}

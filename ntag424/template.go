package ntag424

import "tagline/ntag424/sun"

// The names of package sun that callers of this one need.
type (
	// Template is a compiled URL pattern; see Compile and sun.Template.
	Template = sun.Template
	// Options complete a pattern; the zero value is right for tags without file data.
	Options = sun.Options
	// Fields are the parts of one URL, as received.
	Fields = sun.Fields
	// Encoding is what an encoder writes to one chip: {File, Settings, URL}.
	Encoding = sun.Encoding
	// Settings are the file settings of the chip; Bytes gives ChangeFileSettings.
	Settings = sun.Settings
	// Rights are the access rights of a file.
	Rights = sun.Rights
	// Access is an access condition: key number 0 to 4, Free or Never.
	Access = sun.Access
	// Mode is AES or LRP, or the set of Both.
	Mode = sun.Mode
)

// The modes: a tag starts in AES and may be switched to LRP, for good.
const (
	AES  = sun.AES
	LRP  = sun.LRP
	Both = sun.Both
)

// The access conditions that are no key.
const (
	Free  = sun.Free
	Never = sun.Never
)

// ParseMode reads "aes", "lrp" or "both". It fails with ErrKeySet.
func ParseMode(s string) (Mode, error) {
	for _, m := range []Mode{AES, LRP, Both} {
		if s == m.String() {
			return m, nil
		}
	}
	return 0, fail(ErrKeySet, "mode", -1, "a mode is aes, lrp or both")
}

// Compile reads a URL pattern such as
//
//	https://id.example/t/k1/01/09506000134352/21/{serial}?p={picc}&e={enc}&m={mac}
//
// where {picc}, {enc}, {mac}, {uid}, {ctr} and {tt} are filled by the chip and any
// other {name} by Encode. See sun.Compile for all of it. It fails with ErrTemplate or
// ErrEncUncovered; Error.Rule names the broken rule, Error.Offset the place.
func Compile(pattern string, o Options) (*Template, error) { return sun.Compile(pattern, o) }

// ParseSettings reads the data of ChangeFileSettings (after the file number) or the
// answer of GetFileSettings, and applies the chip's rules. It fails with ErrSettings
// or ErrEncUncovered.
func ParseSettings(b []byte) (Settings, error) { return sun.ParseSettings(b) }

// Encode lays out one chip of the set: file, settings and the URL in it. The values
// of the variables must be fit to stand in a URL as they are (percent-encoded by the
// caller). mode is AES or LRP. It fails with ErrTemplate, ErrModeRefused or ErrKeySet.
func (ks KeySet) Encode(t *Template, mode Mode, vars map[string]string) (Encoding, error) {
	if err := ks.Validate(); err != nil {
		return Encoding{}, err
	}
	if mode != AES && mode != LRP || ks.mode()&mode == 0 {
		return Encoding{}, fail(ErrModeRefused, "mode", -1, "a chip is AES or LRP, as the key set allows")
	}
	return t.Encode(sun.Slots{Meta: Access(ks.MetaSlot), File: Access(ks.FileSlot)}, mode, vars)
}

package ntag424

// Options complete a pattern. The zero value is right for new tags without file
// data; its JSON form may be stored beside the pattern.
type Options struct {
	// File is the plain text of {enc}: a multiple of 16 bytes, with {tt} (two bytes)
	// where the chip puts its tamper status, for example "{tt}--------------".
	// Empty with {enc} present means 16 dashes.
	File string `json:"file,omitempty"`
	// MACFrom says where the MAC's input starts: "text" (or empty: the first byte
	// after the NDEF prefix, so that host and path are covered), "path", "query", or
	// the name of a placeholder: "picc", "enc", "uid", "ctr", "tt", or "mac" for an empty input.
	MACFrom string `json:"mac_from,omitempty"`
	// Prefix is the part of the URL that NDEF abbreviates, and no MAC covers:
	// empty for the scheme alone, "https://www." (some phones' encoders), or "none".
	Prefix string `json:"prefix,omitempty"`
	// KeySet, if set, must be one of the static path segments.
	KeySet string `json:"key_set,omitempty"`
	// Limit is SDMReadCtrLimit: the chip goes silent there. 0 is none.
	Limit uint32 `json:"limit,omitempty"`
	// CounterKey may read the counter with GetFileCounters.
	CounterKey Access `json:"counter_key,omitempty"`
	// Rights of file 02. The zero value is {Read: Free} with the rest on key 0.
	Rights Rights `json:"rights,omitzero"`
	// Foreign accepts everything that the chip accepts, for tags that somebody else
	// has encoded; Findings then says what is unwise about it.
	Foreign bool `json:"foreign,omitempty"`
}

// Template is a compiled URL pattern: bytes for the encoder, slots for the verifier.
// It does not change after Compile and may be shared.
type Template struct{ pattern string }

// Compile reads a URL pattern. Placeholders are filled by the chip:
//
//	{picc}       encrypted UID and counter, 32 characters in AES, 48 in LRP
//	{uid} {ctr}  the same in the open, 14 and 6
//	{enc}        encrypted file data, 32 for every 16 bytes of Options.File
//	{tt}         tamper status in the open, 2
//	{mac}        the MAC, 16, always last
//
// Any other {name} is a variable: bound by Encode for every chip, and taken from the
// URL by Match. A variable fills the rest of its path segment or query value.
//
// It fails with ErrTemplate or ErrEncUncovered; Error.Rule names the broken rule and
// Error.Offset the place in the pattern.
func Compile(pattern string, o Options) (*Template, error) {
	return &Template{pattern: pattern}, nil
}

// String gives the pattern.
func (t *Template) String() string { return t.pattern }

// Variables gives the names that Encode wants bound, in the order of the pattern.
func (t *Template) Variables() []string { return nil }

// Findings lists the house rules that a Foreign template breaks. They are not fatal
// to the chip: a MAC that starts late, mirrors in the open, rights left open, ...
func (t *Template) Findings() []*Error { return nil }

// Tampers reports whether the template mirrors a tamper status.
func (t *Template) Tampers() bool { return false }

// Fields are the parts of one URL, as received.
type Fields struct{}

// Get gives the text of a placeholder ("picc", "mac", ...) or variable, "" if the
// template has none of that name.
func (f Fields) Get(name string) string { return "" }

// Offset gives the byte position of a part in the URL, -1 if there is none.
func (f Fields) Offset(name string) int { return -1 }

// Match takes a full URL or a request URI (path and query, byte for byte) apart.
// Scheme and host are not compared; parameters may be re-ordered and others added
// (utm_source and the like); hex digits may be of either case. It proves nothing.
// It fails with ErrTemplateMismatch or ErrBadHex, with Field and Offset in the URL.
func (t *Template) Match(rawURL string) (Fields, error) { return Fields{}, nil }

// Encoding is what an encoder writes to one chip.
type Encoding struct {
	File     []byte   // file 02: the NDEF message with zeros in the placeholders
	Settings Settings // for ChangeFileSettings
	URL      string   // the URL in File
}

// Encode binds the variables and lays out one chip's file. The values must be fit to
// stand in a URL as they are (percent-encoded by the caller). mode is AES or LRP.
// It fails with ErrTemplate, ErrModeRefused or ErrKeySet.
func (t *Template) Encode(ks KeySet, mode Mode, vars map[string]string) (Encoding, error) {
	return Encoding{}, nil
}

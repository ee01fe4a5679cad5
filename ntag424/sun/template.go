package sun

import (
	"slices"
	"strings"
)

// Options complete a pattern. The zero value is right for new tags without file
// data; the JSON form may be stored beside the pattern.
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

// Part is a placeholder of a pattern. The variables are numbered from Variable on,
// in the order of the pattern.
type Part int

// The placeholders that a chip fills.
const (
	literal  Part = iota - 1
	PICC          // {picc}
	Enc           // {enc}
	MAC           // {mac}
	UID           // {uid}
	Counter       // {ctr}
	TT            // {tt}
	Variable      // the first one
	numParts = Variable + MaxVariables
)

// MaxVariables is the most that a pattern may have.
const MaxVariables = 6

// placeholders in the order of the parts.
const placeholders = "picc enc mac uid ctr tt "

// piece is a static text or one part, in the order of the pattern.
type piece struct {
	text string // of a literal
	part Part
	at   int // position in the pattern
}

// Template is a compiled URL pattern: bytes for the encoder, slots for the verifier.
// It does not change after Compile and may be shared.
type Template struct {
	pattern  string
	options  Options
	prefix   string  // what NDEF abbreviates; starts pattern
	code     byte    // its NDEF code
	pieces   []piece // the text after prefix
	start    start   // of the MAC input
	mac      int     // the piece that is the MAC
	has      [numParts]int
	vars     []string
	path     []component
	query    []component
	file     []byte // plain text of the file data
	ttAt     int    // place of the tamper status in file, -1 if none
	findings []*Error
}

// start is a place in the text: a piece, and bytes of it to leave out.
type start struct{ piece, skip int }

// prefixes are the NDEF codes 1 to 4 (URI record type definition, table 3).
const prefixes = "http://www. https://www. http:// https:// "

// Compile reads a URL pattern. Placeholders are filled by the chip:
//
//	{picc}       encrypted UID and counter, 32 characters in AES, 48 in LRP
//	{uid} {ctr}  the same in the open, 14 and 6
//	{enc}        encrypted file data, 32 for every 16 bytes of Options.File
//	{tt}         tamper status in the open, 2
//	{mac}        the MAC, 16, always last
//
// Any other {name} is a variable: bound by Encode for every chip, and taken from the
// URL by Match. A variable fills what its neighbours leave of its path segment or
// query value, and is never empty.
//
// It fails with ErrTemplate or ErrEncUncovered; Error.Rule names the broken rule and
// Error.Offset the place in the pattern.
func Compile(pattern string, o Options) (*Template, error) {
	t := &Template{pattern: pattern, options: o, ttAt: -1}
	for i := range t.has {
		t.has[i] = -1
	}
	if o.Rights == (Rights{}) {
		t.options.Rights.Read = Free
	}
	steps := []func() *Error{t.readPrefix, t.readPieces, t.readFile, t.findMACInput, t.readComponents, t.checkChip, t.checkHouse}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func rule(name, field string, at int, message string) *Error {
	return &Error{Code: ErrTemplate, Rule: name, Field: field, Offset: at, Message: message}
}

func (t *Template) readPrefix() *Error {
	scheme := "https://"
	if strings.HasPrefix(t.pattern, "http://") {
		scheme = "http://"
	}
	if !strings.HasPrefix(t.pattern, scheme) {
		return rule("scheme", "", 0, "a pattern starts with https:// (or http://)")
	}
	for i := range len(t.pattern) {
		if c := t.pattern[i]; c <= ' ' || c >= 0x7F || strings.IndexByte("\"<>\\^`|#", c) >= 0 {
			return rule("character", "", i, "this character cannot stand in a tag's URL; percent-encode it")
		}
	}
	t.prefix = t.options.Prefix
	switch t.prefix {
	case "":
		t.prefix = scheme
	case "none":
		t.prefix = ""
		return nil
	}
	code := strings.Index(prefixes, t.prefix+" ")
	if code < 0 || !strings.HasPrefix(t.pattern, t.prefix) {
		return rule("prefix", "", 0, "the prefix is no NDEF abbreviation of this URL")
	}
	t.code = byte(1 + strings.Count(prefixes[:code], " "))
	return nil
}

func (t *Template) readPieces() *Error {
	for at := len(t.prefix); at < len(t.pattern); {
		rest := t.pattern[at:]
		if n := strings.IndexAny(rest, "{}"); n != 0 {
			if n < 0 {
				n = len(rest)
			}
			t.pieces = append(t.pieces, piece{rest[:n], literal, at})
			at += n
			continue
		}
		n := strings.IndexByte(rest, '}')
		if n < 2 || strings.IndexByte(rest[1:n], '{') >= 0 {
			return rule("braces", "", at, "a placeholder is a name in braces")
		}
		name := rest[1:n]
		for i := range len(name) {
			if c := name[i]; (c < 'a' || c > 'z') && c != '_' && (i == 0 || c < '0' || c > '9') {
				return rule("braces", "", at, "a name has lower-case letters, digits and _")
			}
		}
		part, known := partOf(name)
		if !known {
			part = Variable + Part(len(t.vars))
			if part == numParts {
				return rule("variables", name, at, "a template has at most 6 variables")
			}
		}
		if t.has[part] >= 0 || slices.Contains(t.vars, name) {
			return rule("duplicate", name, at, "each placeholder stands once")
		}
		if !known {
			t.vars = append(t.vars, name)
		}
		t.has[part] = len(t.pieces)
		t.pieces = append(t.pieces, piece{"", part, at})
		at += n + 1
	}
	switch {
	case t.has[MAC] < 0:
		return rule("mac_missing", "mac", len(t.pattern), "without {mac} nothing can be verified")
	case t.has[PICC] < 0 && t.has[UID] < 0 && t.has[Counter] < 0:
		return rule("identity_missing", "picc", len(t.pattern), "mirror {picc}, or {uid} and {ctr}")
	case t.has[PICC] >= 0 && (t.has[UID] >= 0 || t.has[Counter] >= 0):
		p := max(t.has[UID], t.has[Counter])
		return rule("mirror_conflict", t.name(t.pieces[p].part), t.pieces[p].at, "a chip mirrors encrypted or in the open, not both")
	}
	t.mac = t.has[MAC]
	return nil
}

func partOf(name string) (part Part, known bool) {
	at := strings.Index(" "+placeholders, " "+name+" ")
	if at < 0 {
		return 0, false
	}
	return Part(strings.Count(placeholders[:at], " ")), true
}

// name of a part, "" of a literal.
func (t *Template) name(part Part) string {
	if part >= Variable {
		return t.vars[part-Variable]
	}
	if part < 0 {
		return ""
	}
	return [...]string{"picc", "enc", "mac", "uid", "ctr", "tt"}[part]
}

func (t *Template) readFile() *Error {
	at := t.has[Enc]
	text := t.options.File
	if at < 0 {
		if text != "" {
			return rule("file_without_enc", "enc", len(t.pattern), "file data needs {enc} in the pattern")
		}
		return nil
	}
	if text == "" {
		text = strings.Repeat("-", 16)
	}
	if i := strings.Index(text, "{tt}"); i >= 0 {
		t.ttAt = i
		text = text[:i] + "--" + text[i+4:]
		if t.has[TT] >= 0 || strings.Contains(text, "{tt}") {
			return rule("duplicate", "tt", t.pieces[at].at, "the tamper status stands once, in the file or in the URL")
		}
	}
	if len(text)%16 != 0 {
		return rule("enc_length", "enc", t.pieces[at].at, "file data is a multiple of 16 bytes, {tt} counted as two")
	}
	t.file = []byte(text)
	return nil
}

func (t *Template) findMACInput() *Error {
	name := t.options.MACFrom
	var ok bool
	if t.start, ok = t.startAt(name); !ok {
		return rule("mac_from", name, 0, "the MAC input starts at text, path, query or a placeholder of the pattern")
	}
	if t.start.piece > t.mac {
		return rule("mac_from", name, t.pieces[t.start.piece].at, "the MAC input starts after the MAC")
	}
	return nil
}

// startAt resolves Options.MACFrom.
func (t *Template) startAt(name string) (start, bool) {
	at := -1 // in the pattern
	switch name {
	case "", "text":
		return start{}, true
	case "path":
		at = strings.Index(t.pattern, "://") + 3
		if n := strings.IndexAny(t.pattern[at:], "/?"); n >= 0 {
			at += n
		}
	case "query":
		if n := strings.IndexByte(t.pattern, '?'); n >= 0 {
			at = n + 1
		}
	default:
		if part, known := partOf(name); known && t.has[part] >= 0 {
			at = t.pieces[t.has[part]].at
		}
	}
	return t.locate(at), at >= len(t.prefix)
}

// locate finds what a position of the pattern falls into.
func (t *Template) locate(at int) (s start) {
	for i, p := range t.pieces {
		if p.at <= at {
			s = start{i, at - p.at}
		}
	}
	if t.pieces[s.piece].part != literal {
		s.skip = 0
	}
	return s
}

// checkHouse applies the rules that the chip does not know.
func (t *Template) checkHouse() *Error {
	add := func(name, field string, at int, message string) {
		t.findings = append(t.findings, rule(name, field, at, message))
	}
	first, macAt := len(t.pattern), t.pieces[t.mac].at
	for _, p := range t.pieces {
		if p.part != literal {
			first = min(first, p.at)
		}
	}
	if strings.HasPrefix(t.pattern, "http://") {
		add("https", "", 0, "phones open https only without a question, and http can be rewritten")
	}
	if t.mac != len(t.pieces)-1 {
		add("mac_last", "mac", macAt, "what follows the MAC is not covered by it")
	}
	if t.pieces[t.start.piece].at+t.start.skip > first {
		add("mac_covers", t.name(t.pieces[t.locate(first).piece].part), first, "the MAC input starts after this: anyone can change it")
	}
	for _, part := range []Part{UID, Counter} {
		if at := t.has[part]; at >= 0 {
			add("mirrors_encrypted", t.name(part), t.pieces[at].at, "a UID in the open follows its owner; use {picc}")
		}
	}
	if t.has[PICC] < 0 && t.has[Counter] < 0 {
		add("counter_missing", "ctr", len(t.pattern), "without the counter a copied URL is good for ever")
	}
	if t.has[PICC] < 0 && t.has[UID] < 0 {
		add("uid_missing", "uid", len(t.pattern), "without the UID nobody knows whose counter it is")
	}
	if at := t.has[TT]; at >= 0 {
		add("tt_in_enc", "tt", t.pieces[at].at, "put the tamper status into the encrypted file data")
	}
	if set := t.options.KeySet; set != "" && !slices.ContainsFunc(t.path, func(c component) bool {
		return len(c.parts) == 1 && c.parts[0].part == literal && c.parts[0].text == set
	}) {
		add("keyset_in_path", "", len(t.prefix), "the key set's name must be a path segment, or every set has to be tried")
	}
	r := t.options.Rights
	if r.Read != Free {
		add("read_free", "rights", -1, "phones cannot read the file")
	}
	if r.Write == Free || r.ReadWrite == Free || r.Change == Free {
		add("rights_closed", "rights", -1, "anyone can rewrite the file")
	}
	if len(t.findings) > 0 && !t.options.Foreign {
		return t.findings[0]
	}
	return nil
}

// String gives the pattern.
func (t *Template) String() string { return t.pattern }

// Variables gives the names that Encode wants bound, in the order of the pattern.
func (t *Template) Variables() []string { return slices.Clone(t.vars) }

// Findings lists the house rules that a Foreign template breaks. They are not fatal
// to the chip: a MAC that starts late, mirrors in the open, rights left open, ...
func (t *Template) Findings() []*Error { return slices.Clone(t.findings) }

// Has reports whether the pattern has a placeholder.
func (t *Template) Has(p Part) bool { return t.has[p] >= 0 }

// Tampers reports whether the template mirrors a tamper status.
func (t *Template) Tampers() bool { return t.ttAt >= 0 || t.Has(TT) }

// TamperAt gives the place of the tamper status in the file data, -1 if it is not there.
func (t *Template) TamperAt() int { return t.ttAt }

// TamperCovered reports whether the MAC covers the tamper status: otherwise anyone
// can edit it in the URL, and it counts for nothing.
func (t *Template) TamperCovered() bool {
	at := t.has[TT]
	return t.ttAt >= 0 || at >= 0 && t.start.piece <= at && at < t.mac
}

// FileLen is the length of the file data in bytes, 0 if there is none.
func (t *Template) FileLen() int { return len(t.file) }

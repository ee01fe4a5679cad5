package ntag424

import (
	"strconv"
	"strings"
)

// Code names what went wrong. The values are stable: they may be stored, counted
// and matched. A Code is itself an error, so that errors.Is(err, ntag424.ErrMAC)
// asks for one.
type Code string

// Error makes a Code usable as the target of errors.Is.
func (c Code) Error() string { return "ntag424: " + string(c) }

// What Verify, Match and Diagnose answer.
const (
	ErrTemplateMismatch Code = "template_mismatch" // a field is missing or has a wrong length
	ErrBadHex           Code = "bad_hex"           // a character that is no hex digit
	ErrModeRefused      Code = "mode_refused"      // an AES message where LRP is required, or the reverse
	ErrPICC             Code = "picc"              // the tag byte is wrong: other meta key, or damaged
	ErrMAC              Code = "mac"               // the MAC differs
	ErrExhausted        Code = "exhausted"         // the counter has reached FFFFFF
	ErrRetiredKeySet    Code = "retired_keyset"    // KeySet.Retired
	ErrTTInvalid        Code = "tt_invalid"        // II: the tamper feature was never enabled
	ErrTTUnsupported    Code = "tt_unsupported"    // a static placeholder, or a status that no MAC covers
)

// What only the caller can know; here so that one list serves everybody.
const (
	ErrUnknownKeySet Code = "unknown_keyset"
	ErrReplay        Code = "replay"       // the counter was seen before
	ErrOutOfOrder    Code = "out_of_order" // the counter is lower than one seen
	ErrConflict      Code = "conflict"     // same operation, other context
	ErrUnknownTag    Code = "unknown_tag"  // the MAC holds, the UID is not registered
	ErrBlockedTag    Code = "blocked_tag"  // revoked or recalled
)

// What Compile, Encode, ParseSettings, the key functions and VerifyOriginality answer.
const (
	ErrEncUncovered Code = "enc_uncovered" // the encrypted file data lies outside the MAC input
	ErrTemplate     Code = "bad_template"  // Error.Rule says which rule is broken
	ErrSettings     Code = "bad_settings"  // not the settings of a file of this chip
	ErrKeySet       Code = "bad_keyset"    // not a usable key, UID or key set
	ErrOriginality  Code = "originality"   // not NXP's signature of this UID
)

// Error is every error of this package. Message names no key, no UID and nothing
// of the URL's values: it may be logged.
type Error struct {
	Code    Code
	Rule    string // the broken rule of a template or of settings, "" elsewhere
	Field   string // placeholder, variable or settings field, "" if none
	Offset  int    // byte position in the input (URL, pattern, settings), -1 if none
	Message string
}

// Error gives code, rule, place and message in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("ntag424: ")
	b.WriteString(string(e.Code))
	if e.Rule != "" {
		b.WriteString(" (" + e.Rule + ")")
	}
	if e.Field != "" {
		b.WriteString(" " + e.Field)
	}
	if e.Offset >= 0 {
		b.WriteString(" at " + strconv.Itoa(e.Offset))
	}
	b.WriteString(": " + e.Message)
	return b.String()
}

// Is reports whether target is this error's Code.
func (e *Error) Is(target error) bool {
	c, ok := target.(Code)
	return ok && c == e.Code
}

func fail(c Code, field string, offset int, message string) *Error {
	return &Error{Code: c, Field: field, Offset: offset, Message: message}
}

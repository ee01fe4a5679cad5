package ntag424

import "tagline/ntag424/sun"

// Code names what went wrong. The values are stable: they may be stored, counted
// and matched. A Code is itself an error, so that errors.Is(err, ntag424.ErrMAC)
// asks for one.
type Code = sun.Code

// Error is every error of this package: {Code, Rule, Field, Offset, Message}. Offset
// is the byte position in the input, -1 if none. It names no key, no UID and nothing
// of the URL's values: it may be logged.
type Error = sun.Error

// What Verify, Match and Diagnose answer.
const (
	ErrTemplateMismatch      = sun.ErrTemplateMismatch // a field is missing or has a wrong length
	ErrBadHex                = sun.ErrBadHex           // a character that is no hex digit
	ErrModeRefused      Code = "mode_refused"          // an AES message where LRP is required, or the reverse
	ErrPICC             Code = "picc"                  // the tag byte is wrong: other meta key, or damaged
	ErrMAC              Code = "mac"                   // the MAC differs
	ErrExhausted        Code = "exhausted"             // the counter has reached FFFFFF
	ErrRetiredKeySet    Code = "retired_keyset"        // KeySet.Retired
	ErrTTInvalid        Code = "tt_invalid"            // II: the tamper feature was never enabled
	ErrTTUnsupported    Code = "tt_unsupported"        // a static placeholder, or a status that no MAC covers
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
	ErrTemplate          = sun.ErrTemplate     // Error.Rule says which rule is broken
	ErrEncUncovered      = sun.ErrEncUncovered // the encrypted file data lies outside the MAC input
	ErrSettings          = sun.ErrSettings     // not the settings of a file of this chip
	ErrKeySet       Code = "bad_keyset"        // not a usable key, UID, mode or key set
	ErrOriginality  Code = "originality"       // not NXP's signature of this UID
)

func fail(c Code, field string, offset int, message string) *Error {
	return &Error{Code: c, Field: field, Offset: offset, Message: message}
}

package sun

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

// The codes of this package; package ntag424 adds those of keys and taps.
const (
	ErrTemplateMismatch Code = "template_mismatch" // a field is missing or has a wrong length
	ErrBadHex           Code = "bad_hex"           // a character that is no hex digit
	ErrTemplate         Code = "bad_template"      // Error.Rule says which rule is broken
	ErrEncUncovered     Code = "enc_uncovered"     // the encrypted file data lies outside the MAC input
	ErrSettings         Code = "bad_settings"      // not the settings of a file of this chip
)

// Error is every error of this package and of ntag424. Message names no key, no UID and nothing
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

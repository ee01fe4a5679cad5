package fault

import (
	"context"
	"errors"
	"fmt"
)

// Code says what kind of trouble an error is. Its text is stable: it stands in
// problem documents and in logs.
type Code string

// The codes. A caller acts on these, never on the text of a message.
const (
	Invalid         Code = "invalid"         // the request can never work as it is
	Unauthenticated Code = "unauthenticated" // nobody is signed in, or the key is unknown
	Forbidden       Code = "forbidden"       // known, but not allowed to
	NotFound        Code = "not-found"       // no such thing
	Conflict        Code = "conflict"        // the state of the world says no; read again, then retry
	Gone            Code = "gone"            // was there once, never will be again (used or expired links)
	TooLarge        Code = "too-large"       // a size or count is over its limit
	Unsupported     Code = "unsupported"     // a content type or format that is not spoken here
	RateLimited     Code = "rate-limited"    // too many requests; retry later
	Unavailable     Code = "unavailable"     // overload, a full disk, a database that went away; retry later
	Internal        Code = "internal"        // our bug
)

// Error is a fault. Make it with New or Wrap.
type Error struct {
	Code    Code
	Message string  // what is wrong, and where
	Hint    string  // the way out; may be empty
	Fields  []Field // the parts of the input that are wrong, if more than one or if located
	cause   error
}

// Field is one faulty part of an input.
type Field struct {
	Location string // "body.products[2].gtin", "query.limit", "brand.yaml:12:7"
	Message  string
}

// New makes a fault of a code, a message and a hint.
func New(code Code, message, hint string) *Error {
	return &Error{Code: code, Message: message, Hint: hint}
}

// Newf is New with a formatted message and no hint.
func Newf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes a fault with a cause. The cause is for logs and errors.Is; its text
// is not part of the message.
func Wrap(code Code, cause error, message, hint string) *Error {
	return &Error{Code: code, Message: message, Hint: hint, cause: cause}
}

// WithHint returns a copy with another hint.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// At returns a copy with one more faulty field.
func (e *Error) At(location, message string) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), Field{Location: location, Message: message})
	return &c
}

// Error gives the message, without hint and cause.
func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// From gives the fault in an error's chain, or an Internal one that hides the
// error's text behind it. From(nil) is nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		// Nobody's bug: who asked went away, the server ends, or the time is over.
		return &Error{
			Code:    Unavailable,
			Message: "the request ended before it could be answered",
			Hint:    "Try again in a moment.",
			cause:   err,
		}
	}
	return &Error{
		Code:    Internal,
		Message: "something went wrong inside Tagline",
		Hint:    "Try again; if it stays, look for this request in the server's log.",
		cause:   err,
	}
}

// CodeOf gives the code of an error: Internal for one without a fault, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return From(err).Code
}

// Is reports whether an error carries the code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }

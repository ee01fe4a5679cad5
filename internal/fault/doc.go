// Package fault is the one error type of Tagline: a short list of codes, a
// message that says what is wrong and where, and a hint that says the way out.
//
// It knows the codes and their HTTP status, and nothing of any domain. Errors
// without a fault are internal: they are logged, and the outside sees only that
// something went wrong here.
//
// Invariants:
//   - A message and a hint are fit for the eyes of the caller: no secret, no
//     personal data, no SQL.
//   - The table from code to HTTP status stands in status.go and nowhere else.
//
// Problem documents made from a fault follow RFC 9457.
package fault

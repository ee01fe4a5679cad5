// Package frame is what all operations of the HTTP API have in common: who asks
// and whether they may, how an error becomes a problem document, the request id,
// limits of bodies and content types, and opaque cursors.
//
// It knows HTTP, huma and package access; it knows no domain and no SQL.
//
// Invariants, each with a test:
//   - Every operation declares its action; one that does not cannot be registered.
//   - Every answer of status 400 or more is application/problem+json (RFC 9457),
//     those of the router included, and carries the request id as its trace.
//   - A write with the session cookie from another site is refused.
//   - The text of an internal error is logged and never answered.
package frame

// Package listfile reads and writes lists of locations and parties as files: CSV, and
// a signed list that proves itself without the server that made it.
//
// It knows texts and signatures and nothing of databases. It takes what it reads as it
// stands; package place decides whether it is right.
//
// Invariants, each with a test:
//   - What is written is read back the same.
//   - A mistake is told with its line.
//   - A signed list of which any byte of the list was changed is refused.
//
// Sources: RFC 4180 (CSV); the signed note format of golang.org/x/mod/sumdb/note, with
// Ed25519 (RFC 8032).
package listfile

// Package accept tells what form of answer a client of EPCIS wants, and whether it
// speaks our release.
//
// It knows Accept headers with their q-values, and numbers of releases. It knows no
// HTTP handler.
//
// Invariants, each with a test: among equals JSON is chosen; what cannot be given is
// told, never guessed.
//
// Sources: RFC 9110, 12.5.1; EPCIS 2.0, REST bindings.
package accept

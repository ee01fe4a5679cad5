// Package anchor knows what the entries of a Digital Link resolver are about: a key,
// a key with qualifiers, or all keys that begin alike.
//
//	/01/09506000164908                  a key
//	/01/09506000164908/10/LOT1          a key with qualifiers, in their order
//	/01/09506000164908/10/{lot}/21/{s}  any lot, any serial
//	/8003/095060001343*                 every value that begins so
//	/*/9506000*                         every key of a company prefix
//
// It knows the form and which anchor stands over which. It knows no links.
//
// Invariants, each with a test:
//   - An anchor has one canonical form; reading it gives the same anchor.
//   - Keys and exact values are valid by package gs1.
//   - No input longer than 500 bytes is read.
//
// Sources: GS1 Digital Link: URI Syntax (keys, order of qualifiers, escaping), GS1
// General Specifications (where a company prefix begins).
package anchor

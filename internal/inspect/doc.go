// Package inspect explains a code that a scanner or a phone delivers: what it is,
// what its parts mean, and, where it is wrong, the exact place and the reason.
//
// It knows the forms: GS1 Digital Link URIs, element strings, bare trade item
// numbers, and URLs that a tag has written. It holds no keys and asks no server,
// so of a tag's message it tells the shape and not whether it is genuine.
//
// Invariants: a report never claims that a code is genuine; every error has a
// position that lies within the input, or says that there is none.
//
// Sources: GS1 General Specifications and Digital Link URI Syntax, by package gs1;
// NXP AN12196 for the fields of a tag's URL.
package inspect

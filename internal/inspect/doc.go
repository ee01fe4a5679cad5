// Package inspect explains a code that a scanner or a phone delivers: what it is,
// what its parts mean, and, where it is wrong, the exact place and the reason.
//
// It knows the forms: GS1 Digital Link URIs, compressed or not, element strings,
// EPC URNs, bare numbers of trade items and logistic units, what a scanner transmits
// behind a symbology identifier, and URLs that a tag has written. It holds no keys
// and asks no server, so of a tag's message it tells the shape and not whether it is
// genuine. It has no clock: a date is written out, and whether it has passed is the
// reader's to see.
//
// Invariants: a report never claims that a code is genuine; every error has a
// position that lies within the input, or says that there is none.
//
// Sources: GS1 General Specifications, Digital Link URI Syntax and EPC Tag Data
// Standard, by package gs1 and those below it; ISO/IEC 15424 for symbology
// identifiers; ISO 3166-1 and ISO 4217 for the names of countries and currencies;
// NXP AN12196 for the fields of a tag's URL.
package inspect

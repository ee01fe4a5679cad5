// Package ident gives everything its own kind of id, so that the compiler tells a
// thing from a person.
//
// An id is a prefix that names its kind and 26 characters of Crockford's base 32
// in lower case: 48 bits of milliseconds, then 80 bits of chance (the layout of a
// ULID). Ids of one Source sort by the time of their making. They are pseudonyms:
// they may stand in logs and URLs.
//
// It knows no table and no domain; natural keys (a GTIN, a key set's name) are
// not its business.
package ident

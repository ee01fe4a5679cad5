// Package identifier tells which identifiers of events name the same: every
// spelling of a GS1 key has one canonical key. It knows the patterns of a query too.
package identifier

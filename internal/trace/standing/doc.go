// Package standing keeps queries over supply-chain events that were given a name.
//
// It knows their names and their text. It does not run them: package repository
// does, and packages that watch the ledger.
//
// Invariants, each with a test:
//   - A name is given once; a query is never changed, only deleted.
//   - What prefixes of extensions meant when the query was made holds when it runs.
//
// Source: EPCIS 2.0, REST bindings (queries).
package standing

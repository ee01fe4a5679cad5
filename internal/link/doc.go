// Package link keeps the links of the resolver: the entries, who changed them and
// how to take that back, what was scanned, and what the link checker found.
//
// It knows tables, history and the cache. Which link answers a request is the
// business of package linkset, which is pure; whoever has a Set from Lookup can
// answer without asking this package again.
//
// Invariants, each with a test:
//   - Every change is one transaction with its history and its event link.changed.
//   - A key in the cache costs no SQL. What Lookup gives equals what the tables
//     hold: on this node from the moment a change is answered, on another node of
//     the same PostgreSQL within FreshFor.
//   - Undo restores what was there byte for byte, and refuses when something came
//     later, unless it is told to go ahead.
//   - An entry with public links has a default, its own or that of an entry that
//     stands over it; no change can take the last one away.
//   - The entries equal the fold of the ledger's events of this package.
//   - A scan is counted once, without lot, serial or person.
//
// Sources: GS1-Conformant Resolver 1.2.0; the merge of Merge follows the reference
// resolver's PUT.
package link

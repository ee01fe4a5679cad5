// Package replay folds the ledger again and compares: the state of things is a fold
// of the ledger, and here is the proof.
//
// It knows how to read the whole ledger in bounded memory, and whom to ask for what
// is stored. The folding itself is life.Fold, which the server uses as it writes;
// this package has no tables.
//
// Invariants, each with a test:
//   - Every stored item, count, counter and trail that is not what the ledger tells
//     is found; so is an item that is missing.
//   - Putting things right never lowers a chip's counter.
package replay

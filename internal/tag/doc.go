// Package tag keeps the chips and the counter of each, which only grows.
//
// It knows a chip's UID, its key set, the item that it is stuck on (by GTIN and
// serial) and the last counter that was claimed. It does not know what the item
// is, what happened to it, or who taps: that is package thing, which claims a
// counter and writes its events in one transaction.
//
// Invariants, each with a test:
//   - A counter only grows: of any number of claims of one value, on any number
//     of nodes, one wins (ClaimCounter).
//   - UIDs stay in the database and in personalisation files: no error, log line,
//     event or URL that we make holds one whole.
//   - A chip keeps its key set and epoch for life. Encoding it again makes another
//     chip of another epoch, with a counter of its own.
//   - What stands in the caches never decides alone: epoch, chip and item are
//     asked again by the statement that claims the counter.
//   - Virtual chips live in test sets only.
//
// It follows NXP AN12196 and the counter rules of the NT4H2421Gx data sheet, 9.3.
package tag

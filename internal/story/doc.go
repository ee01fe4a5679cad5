// Package story reads the ledger for people: the life of one item in words, the
// stream of taps with the step at which a refused one failed, and sums by the hour.
//
// It knows how to tell the events of package life. It changes nothing but its own
// sums, which it keeps at a ledger cursor of its own: they can be thrown away and
// counted again.
//
// Invariants, each with a test:
//   - Every entry carries the event that is its evidence.
//   - Every event is counted once, through restarts.
//   - No page looks at more than a bounded number of events.
package story

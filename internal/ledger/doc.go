// Package ledger keeps what has happened, in one order, for ever.
//
// It knows events, their numbers and who has read how far. It does not know what
// an event's type or body means: that is the business of the domain that wrote
// it. Retention of readings and the hash chain will live here.
//
// Events appended in a transaction are numbered and written as its last act
// before the commit, under a lock that lasts to the commit. So the numbers are
// gapless and grow in the order of commits: a reader that has seen number n never
// misses a smaller one. (Numbers taken at the insert would become visible out of
// order on PostgreSQL.) For the same reason a transaction does not see its own
// new events by Read, List or Get. The next number is one more than the highest
// that is there, so a retention must leave the newest event alone.
//
// Invariants, each with a test:
//   - Sequence numbers are 1, 2, 3, ... without a gap, in commit order.
//   - A (source, source id) is in the ledger once.
//   - A follower's effects in the database happen exactly once per event, through
//     crashes, restarts and owners that froze.
package ledger

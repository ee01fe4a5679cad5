// Package thing keeps what one physical item is and what has happened to it.
//
// It knows an item's life (made, sold, opened, in use, drained), the seal with its
// fraud cases, and the rules that a tap follows. It does not know who holds the
// item, nor what may be said to the holder, nor how a tag's message is checked
// (packages tag and keyset).
//
// Invariants, each with a test:
//   - A tap whose counter did not grow changes no state; a replayed or forged tap
//     is never called genuine.
//   - An item opens once; what says otherwise later is kept as an alarm.
//   - Reports of others count once per (source, source id), and give the same
//     state in whatever order they arrive.
//   - The items are a fold of the ledger: life.Fold is the only place where an event
//     becomes state, and Check finds every difference.
//   - Refused taps are recorded, and bounded: a flood of them is counted, not stored.
//
// It follows the rules for NTAG 424 DNA TagTamper (NT4H2421Tx data sheet) for the
// seal, and the evidence tiers of package ntag424.
package thing

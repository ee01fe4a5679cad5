// Package journey keeps where every thing is and what became of it, and tells the
// rest of the house what follows: an item was made, sold, opened, used up.
//
// It knows how to fold captured events into intervals of containment and states, by
// the pure rules of package chain, and which of these are moments of an item. It
// follows the ledger at a cursor of its own: what it keeps can be thrown away and
// folded again. It decides nothing about how a moment is used.
//
// Invariants, each with a test:
//   - However events arrive, and however captures cut them, states and intervals are
//     those of one fold over all of them.
//   - A moment is reported once for each event that brought it, and taken back when
//     that event is declared wrong, or what it said is no longer so.
//   - What holds for a container holds for its contents at the event's time.
//
// Sources: EPCIS 2.0 and its ontology (errorDeclaration); CBV 2.0.
package journey

// Package timer does things at their time: durable entries "at T hand this to the
// handler of that kind".
//
// It knows kinds, keys and due times, and nothing of what a handler does. Due
// times are wall time, as people mean them.
//
// An entry is removed in the same transaction in which its handler runs, so what
// the handler writes with tx happens exactly once, through crashes and on several
// nodes. A handler that fails is tried again with growing pauses, and after many
// failures the entry is parked with the reason, for a person to look at.
//
// Invariants, each with a test:
//   - An entry's effect in the database happens once, not before its time.
//   - A failing handler keeps no other entry from running.
//   - A clock set back delays entries and loses none.
package timer

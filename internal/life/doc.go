// Package life holds the rules of an item's life: what an event makes of an item.
// It is pure: events in, items out.
//
// It knows the seal with its fraud cases, the marks of made, sold, opened, in use
// and drained with what they rest on, and the bodies of the events that tell them.
// It does not know how an item is stored, nor where events come from: package
// thing writes both in one transaction.
//
// Invariants, each with a test:
//   - An item opens once; what says otherwise later is kept as an alarm.
//   - A claim or a guess never replaces what was measured.
//   - Reports give the same item in whatever order they come, at any place among
//     the taps. Taps of a chip come in the order of its counter.
//
// The rules are those of NTAG 424 DNA TagTamper (NT4H2421Tx): perm and current
// status, one letter each.
package life

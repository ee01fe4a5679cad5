// Package detect turns readings of a thing into moments, by the detectors of its
// model. It is pure: readings and the state before in, moments and the state after
// out.
//
// It knows what each kind of detector means over time, and how little must be
// remembered of what came before. It does not know where readings come from, how
// late ones are folded in (package reading: from a state that was kept), or what is
// done about a moment.
//
// What the words mean:
//   - when: a test of a value (above, is, …) fires when it comes true, at the first
//     reading already; a test of a change (becomes, crosses-…, rises-by, falls-by)
//     fires each time, and needs a value before. Readings without the property leave
//     its value as it is. `for: n` counts readings in a row that carry it.
//   - rises-by, falls-by: against the least or greatest value of the time within; one
//     fall is one moment, since the window begins anew at the reading that told it.
//   - session: its moment is timed at the last reading of it, though it may be known
//     only when the gap has passed.
//   - idle, absent and the gap of a session end with time alone: a wait that ends
//     just when the next reading comes has ended.
//   - enters: known to be outside before, and within the radius now; outside again is
//     a fifth farther than the radius.
//
// Invariants, each with a test:
//   - Step by step, with states written and read in between and time passed at any
//     moments, the firings are those of Replay, a plain recomputation.
//   - A state is bounded: maxWindow readings for each window, whatever comes. A window
//     with more of them loses its oldest.
//   - Firing.Key is the same for the same readings, in whatever order they came.
package detect

// Package chain tells from supply-chain events where a thing was and what became of
// it: what held it when, what of a container's way is its own way, and what state
// follows. It is pure: events in, intervals and states out.
//
// It knows the rules of containment and of rolling down. It does not know how events
// are stored, nor what a marketer makes of a state.
//
// Invariants, each with a test:
//   - The order in which events arrive does not matter: facts count in the order of
//     their event times.
//   - A thing is in one container at a time; intervals are half open, [from, to).
//   - The birth and death of a container, and its own aggregations, are not those of
//     what is in it.
//   - The state at a time is the fold of what happened up to that time.
//
// Sources: EPCIS 2.0 (AggregationEvent); CBV 2.0, dispositions. What rolls down is
// our own rule where the standard is silent.
package chain

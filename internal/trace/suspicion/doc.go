// Package suspicion tells what is wrong with the way of a thing: in which market it
// should not be, that it was sold twice, that it cannot have been in two places. It is
// pure: facts in, findings out.
//
// It knows the rules, what each expects, and what it takes as evidence. It does not
// know where facts are stored, nor what people make of a finding: that is package
// trace/alarm's.
//
// A finding is a reason to look, never a verdict: consumers are told nothing of it.
//
// Invariants, each with a test:
//   - Findings follow from the facts alone: the order in which they arrived, and what
//     was found before, do not matter.
//   - Each finding names the events or taps that it rests on; without them it is gone.
//   - Where somebody scanned counts only when it is known by more than the language of
//     a phone.
//
// Sources: EPCIS 2.0 and CBV 2.0 for what events mean. The rules are ours.
package suspicion

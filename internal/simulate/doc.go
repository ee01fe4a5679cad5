// Package simulate is a small world that lives outside the server and drives it
// through its real doors only: it registers bottles over the API like an encoding
// line would, and taps them over HTTP with valid messages like phones do.
//
// It knows how bottles are made, shipped, shown, sold, opened, emptied, copied and
// forged, and how people behave around them. It does not know the server: it
// imports no domain package, and the server cannot tell its bottles from real
// ones. What it did is counted as the truth, so that what the server made of it
// can be compared.
//
// Invariants:
//   - The same seed and the same products give the same world: which bottle does
//     what, where and when in world time. Only the moment of the wall clock at
//     which it happens depends on the speed.
//   - Traffic goes to one base URL, with a bounded number of visitors at a time.
//
// The tap messages follow NXP AN12196, by package ntag424.
package simulate

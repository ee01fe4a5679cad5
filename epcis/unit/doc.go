// Package unit turns values with a unit of UN/CEFACT Recommendation 20 into the
// canonical unit of their dimension, so that 277.15 KEL and 4 CEL compare equal.
//
// It knows the units that sensors of a supply chain use. A unit that it does not
// know is a dimension of its own: it compares with itself and with nothing else. It
// does not know what was measured.
//
// Invariants, each with a test:
//   - Two values of one dimension compare as their amounts do, with a relative
//     tolerance of 1e-9.
//   - Differences, such as a standard deviation, have no offset.
//
// Sources: UN/ECE Recommendation 20; the International System of Units; the inch,
// pound and gallon of the agreement of 1959.
package unit

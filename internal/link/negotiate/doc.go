// Package negotiate reads the headers in which a client says what it would rather
// have: Accept-Language and Accept. It grades what there is by them.
//
// It knows ranges, weights and precision. It does not know links, nor which grade
// is good enough: whoever calls it compares grades.
//
// Invariants, each with a test:
//   - A range that cannot be read is left out, and the others count.
//   - A weight of zero excludes; what is excluded has the lowest grade.
//   - At most MaxRanges ranges of a header are read, however long it is.
//   - Reading a usual header allocates nothing that outlives the call.
//
// Sources: RFC 9110, section 12.4 and 12.5 (weights, Accept, Accept-Language);
// RFC 4647, section 3.4 (lookup). One inner space in a media type reads as a plus
// sign, as GS1's conformance suite sends it.
package negotiate

// Package dictionary holds the application identifiers (AIs) of GS1 and says of
// each what its values look like and what stands beside it.
//
// It knows one AI at a time: the components of a value with their character sets,
// check digits, dates, codes and coupons. It does not know how elements are strung
// together or where they stand in a URI; that is package gs1's.
//
// Invariants:
//   - The table is sorted by AI, so that the AIs that fit a pattern are a run.
//   - All AIs with the same two leading digits have the same length.
//   - Codes, texts and marked places of flaws are those of the linters of the GS1
//     Barcode Syntax Dictionary.
//
// The tables are generated from the GS1 Barcode Syntax Dictionary (Apache-2.0) in
// the release that [Release] names.
package dictionary

//go:generate go run ../aigen -from ../../../../shared/data/gs1

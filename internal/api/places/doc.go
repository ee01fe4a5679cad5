// Package places answers the API's operations about locations and parties of the
// supply chain: lists, changes, files, and the signed list.
//
// It knows shapes. What a location is, package place decides.
//
// Invariants, each with a test:
//   - Every spelling of a key finds the same location.
//   - A file with problems changes nothing.
package places

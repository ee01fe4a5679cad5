// Package place keeps the locations and parties of the supply chain: what a key of an
// event means for people, in which country it is, and who stands behind it.
//
// It knows plants, ports, shops and companies by their canonical keys, and countries
// by their middle. It does not know what happened at a place: that is package
// trace/journey's.
//
// Invariants, each with a test:
//   - A location and its keys are one: every spelling of a GLN finds it.
//   - Every change is an event of the ledger, and the table is its fold.
//   - Readers see a change of their own transaction, and of others once committed.
//
// Sources: GS1 General Specifications, GLN (AI 414, 417, 254); ISO 3166-1; CBV 2.0
// section 9, attributes of locations and parties. The middles and sizes of countries
// are computed from Natural Earth, which is in the public domain.
package place

// Package traces answers the API's operations about the ways of things through the
// supply chain: one thing's way and state at a time, and the things of a lot.
//
// It knows shapes and spellings. What a way is, package journey decides; capture and
// queries of events are the surface of EPCIS (package epcisapi).
//
// Invariants, each with a test:
//   - Every spelling of an identifier gives the same way.
//   - Partners see no ways: these show events of others.
package traces

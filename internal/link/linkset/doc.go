// Package linkset knows the links of a Digital Link resolver: which there are at a
// key, a lot or a serial, and which of them answers a request.
//
// It knows entries (the links at one anchor), how they are checked, how the
// entries of a key stack up for one item, and how the answer is chosen from what
// a request says. Everything here is pure: no store (package link), no HTTP
// (package resolver), no clock.
//
// # Anchors
//
//	/01/09506000164908                  a key
//	/01/09506000164908/10/LOT1          a key with qualifiers, in their order
//	/01/09506000164908/10/{lot}/21/{s}  any lot, any serial: their values stand in
//	                                    href and title as {lot} and {s}
//	/8003/095060001343*                 every value that begins so: {0} is what
//	                                    matched, {1} what follows
//	/*/9506000*                         every key of a company prefix
//
// # How an answer is found
//
// An entry counts when all its qualifiers stand in the path. Of entries with the
// same qualifiers the one with more exact values counts alone. Levels are ordered
// by how much they narrow the key, the narrowest first. Prefix entries count only
// where no other entry does, the longest first. A link counts when it is public,
// valid now, and its condition is known to hold.
//
// The default link: an entry has at most one that always holds, and may have
// others with a condition or a validity; these come first while they hold. So an
// item may lead to its recipe once it was opened, and there is always exactly one
// default.
//
// A recall goes before everything: see Promotes in recall.go.
//
// Invariants, each with a test:
//   - Without a linkType the answer is one link or none, never several.
//   - A linkset is valid by GS1's schema, whatever the entries hold; each default
//     link stands in it under its own type as well.
//   - The same entries and the same request give the same answer, in any order.
//   - What is substituted into an address changes neither its host nor its path
//     beyond its own place.
//
// Sources: GS1-Conformant Resolver 1.2.0, GS1 Digital Link: URI Syntax, GS1 Web
// Vocabulary 1.16 (link types), RFC 9264 (linksets), RFC 9110 (negotiation).
package linkset

// Package links holds the operations of the API about the links of the resolver:
// entries, their history, recalls, sums of scans, files of links, and what would
// happen to a request.
//
// It translates between package wire and package link and decides nothing. An
// anchor holds slashes and escapes, so it is a query parameter everywhere: no proxy
// and no router changes it on the way.
//
// Who may do what stands in internal/access. Whoever changes links may recall:
// a recall is a link, and to forbid them the short way would be pretence. PR may
// recall without changing other links, because in a crisis they speak first, and a
// recall can be taken back in one step.
//
// Invariants, each with a test:
//   - What an entry was read as can be put back and changes nothing.
//   - A try changes nothing and counts as no scan; it answers what the resolver
//     would answer, but for the links that passports have by themselves.
package links

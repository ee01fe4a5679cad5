// Package content decides what is said about a product, and keeps what can be said.
//
// It knows items of content in several languages, the conditions under which they
// are said, and the age at which somebody may read about alcohol. It does not know
// how a page looks (package pages), where a tap comes from (package thing), or who
// a person is.
//
// Invariants, each with a test:
//   - Choose is pure: the same facts, items and time give the same choice, in
//     whatever order the items come.
//   - Every candidate is explained, the chosen ones as well as the others.
//   - What is not known never makes an item fit: an item about an alcoholic product
//     is held back until the age is known, unless it says that it is for all ages.
//   - There is an answer in some language whenever an item has a text at all.
//
// Sources: BCP 47 and RFC 4647 (language), IARD Digital Guiding Principles (age
// before alcohol content), WHO and IARD tables of legal ages (lawful.go).
package content

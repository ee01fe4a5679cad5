// Package query reads the parameters of a SimpleEventQuery, as a URL or as JSON, and
// tells whether an event meets them.
//
// It turns an event into facets: one for each of its parts that a query can ask
// for, identifiers as canonical keys, words as bare words, numbers in canonical
// units. Each parameter of a query is one condition on one facet, and all must be
// met. A store keeps facets as rows and compiles conditions to SQL; Matches does the
// same in memory, for streams, and is what the store is tested against.
//
// It does not know storage, pages, HTTP, nor where master data come from: Resolve
// asks for them.
//
// Invariants, each with a test:
//   - An unknown parameter, a time without zone and a number that is none are errors
//     with the parameter's name; nothing is passed over.
//   - A pattern is urn:epc:idpat only; every other star, percent sign and underscore
//     is a letter.
//   - What is there and empty, zero or false is there.
//   - EXISTS_… with false asks for nothing.
//
// Sources: EPCIS 2.0, REST bindings and query schema; EPCIS 1.2, clause 8.2.7.1;
// conformance draft TCR-53. The published query schema is broken where extensions
// are concerned, so this parser is written by hand.
package query

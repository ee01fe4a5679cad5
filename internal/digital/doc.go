// Package digital knows how a GS1 Digital Link looks in HTTP: which requests are
// one, in plain or compressed form, what stands in the headers of the answer, the
// resolver description file, and a problem in JSON.
//
// It does not know which links there are (package link), nor what is answered
// (package resolver).
//
// Invariants, each with a test:
//   - A path that tries to be a Digital Link and is none is told from an address
//     that was never meant to be one.
//   - What is put into a header is a host of plain characters and a path that
//     package gs1 has written: nothing of the request stands there as it came.
//
// Sources: GS1-Conformant Resolver 1.2.0; GS1 Digital Link: URI Syntax and URI
// Compression; RFC 8288 (Link); RFC 9457 (problems).
package digital

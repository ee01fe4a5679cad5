// Package xmlout writes EPCIS documents and events in XML, release 2.0.
//
// It knows the order of the schema, the spellings of standard values in XML, and
// which namespaces have to be declared. It reads nothing; package xmldoc does.
//
// Invariants, each with a test:
//   - What is written is read as the same event.
//   - What has no form in XML is a FormError, never something invented: a nested
//     extension where XML has attributes only, a prefix that nothing binds, a name or
//     a character that XML does not have, an empty list.
//
// Source: EPCIS 2.0, XSD.
package xmlout

// Package eventhash computes the identifier that an event has by its content alone,
// so that whoever sees the same event gives it the same name:
// "ni:///sha-256;…?ver=CBV2.0".
//
// It knows the normal form of an event (the pre-hash text) and its hash. It knows
// no documents: JSON and XML give the same Event, and so the same hash. An
// identifier of this form inside a document of somebody else is a name like any
// other: most that are published do not fit their events.
//
// Invariants, each with a test:
//   - The order of lists and of names, the zone of times, the spelling of
//     identifiers, words and numbers do not matter.
//   - eventID, recordTime and errorDeclaration do not count: an event and the
//     declaration that it is wrong have one hash.
//   - The hashes that are published with the reference implementation are given.
//
// Source: CBV 2.0, clause on event hash identifiers, as the reference
// implementation (RalphTro/epcis-event-hash-generator) reads it; where its text and
// its code differ, the published hashes follow the code, and so does this package.
package eventhash

// Package jsonout writes EPCIS documents and single events in JSON-LD.
//
// It knows which prefixes a document or an event has to bring along, and writes an
// Event as it stands: identifiers and times as they are, standard values as bare
// words. It reads nothing; package jsondoc does. Whoever wants other spellings
// translates the event before.
//
// Invariants, each with a test:
//   - What is written is read as the same event.
//   - A prefix with two meanings never stands in the document's context.
//   - Written twice it is the same, byte for byte.
//
// Sources: EPCIS 2.0, JSON schema and JSON-LD context.
package jsonout

// Package jsondoc reads EPCIS documents and single events in JSON-LD; package
// jsonout writes them.
//
// It knows JSON, @context as far as it stands in the document, and where in the
// JSON each part of an event stands. A context behind a URL is never fetched: what
// the standard's own context says is known, others are kept as they are. Rules that
// do not depend on JSON are those of package epcis, which a Reader asks for every
// event.
//
// Invariants, each with a test:
//   - Never more than one event of a document is in memory, and it is bounded.
//   - What jsonout wrote is read as the same event.
//   - @context holds wherever it stands, also behind the events.
//   - A name that occurs twice in an object is refused, and so is a name without a
//     prefix that the standard does not know.
//   - Every problem has a pointer and a line.
//
// Sources: EPCIS 2.0, JSON schema and JSON-LD context; RFC 8259; RFC 6901.
package jsondoc

// Package capture takes in whole documents of events: as a job, which can be asked
// about, and which ends even when the server dies in between.
//
// It knows limits, the two ways to behave at an error, spooled documents, and what
// was wrong in which line. It does not know HTTP, and leaves to package repository
// what is the same event and what contradicts one that is there.
//
// With rollback a document is read to its end and compared with what is stored
// before the first of its events is kept. Up to a thousand events are then kept in
// one transaction; a larger document goes in by thousands, so that nobody waits for
// seconds behind it, and since all were found good before, a server that dies in
// between finishes the rest when it starts again. With proceed the good events are
// kept and the others told.
//
// Invariants, each with a test:
//   - What was accepted is on disk before it is answered, and ends as finished or
//     refused through kill -9.
//   - With rollback either all events of a document are kept or none.
//   - Never more than a thousand events are in memory.
//   - A body is cut off at its limit while it is read.
//
// Source: EPCIS 2.0, REST bindings (capture).
package capture

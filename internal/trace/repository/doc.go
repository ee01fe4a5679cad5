// Package repository keeps the events of the supply chain: every one that was ever
// captured, as it was, and what is needed to find it again.
//
// It knows identity (what is the same event, what contradicts one that is there),
// record order, master data, and how a query of package epcis/query becomes SQL. It
// does not read documents, knows no HTTP, and does not know what events mean for an
// item: package journey folds them.
//
// Invariants, each with a test:
//   - Events are never changed and never removed; an error declaration stands beside
//     the event that it is about.
//   - An event counts once: the same identifier with the same content is a
//     repetition and stores nothing; with other content it is refused.
//   - Row ids and record times grow in the order of commits, so that a reader who
//     has seen one never misses a smaller one.
//   - What a query gives equals what epcis/query says of every event in memory.
//   - A viewer sees what it captured and what names it as a party, and nothing else.
//
// Sources: EPCIS 2.0, REST bindings; EPCIS ontology (errorDeclaration).
package repository

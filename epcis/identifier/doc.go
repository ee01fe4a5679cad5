// Package identifier tells which identifiers of events name the same.
//
// Every spelling of a GS1 key, as a URN (urn:epc:id:sgtin:…) or as a Digital Link
// under whatever domain, has one canonical key: the path of its Digital Link, as in
// "01/09506000134352/21/123". Whatever is no GS1 key is its own key. It knows the
// patterns of a query (urn:epc:idpat) as well, and how to spell an identifier in
// the form that somebody asks for.
//
// It does not know events, and no list of company prefixes: a Digital Link becomes
// a URN only when somebody says how long the prefix is.
//
// Invariants, each with a test:
//   - A URN and its Digital Link have one key; two different things never do.
//   - A pattern is a pattern only as urn:epc:idpat; a star elsewhere is a letter.
//   - What cannot be translated stays as it is: never an error, never a guess.
//
// Sources: CBV 2.0, clause 8; EPC Tag Data Standard 2.x; EPCIS 1.2, clause
// 8.2.7.1.1 (patterns); GS1 Digital Link: URI Syntax.
package identifier

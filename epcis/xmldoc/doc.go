// Package xmldoc reads EPCIS documents in XML, releases 1.2 and 2.0; package xmlout
// writes 2.0.
//
// It knows the elements, their order and what became of them between the two
// releases. It fetches nothing: no schema, no entity, no document type. Rules that
// do not depend on XML are those of package epcis, which a Reader asks for every
// event.
//
// Invariants, each with a test:
//   - Never more than one event of a document is in memory, and it is bounded,
//     however large an attribute or a text is.
//   - Entities and document types with an inner part are refused; a bare DOCTYPE, as
//     published samples have it, is passed over.
//   - JSON and XML of one event give one Event, but for the spelling of words.
//
// Standard elements have no namespace. Documents that put them into EPCIS's own
// namespace break the schema and are common: they are read.
//
// Sources: EPCIS 2.0, XSD; EPCIS 1.2, XSD; the transformations between the two.
package xmldoc

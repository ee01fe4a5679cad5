// Package answer writes the events that a query found as the document that EPCIS
// wants: in JSON or XML, with identifiers and words spelled as somebody asked.
//
// It knows forms, and nothing of who asks or how a document travels.
//
// Invariant, with a test: a Digital Link becomes a URN only where the length of its
// company prefix is known.
//
// Source: EPCIS 2.0, REST bindings (EPCISQueryDocument, GS1-EPC-Format,
// GS1-CBV-XML-Format).
package answer

// Package epcis holds the events of a supply chain: what happened to which things,
// when, where and why, as EPCIS 2.0 has it, with the words of the Core Business
// Vocabulary 2.0.
//
// It knows what an event is made of, the words of the vocabulary in their three
// spellings, and the rules that tie the parts of an event together. It knows
// neither JSON nor XML (packages jsondoc and xmldoc read and write an Event), no
// hash (eventhash), no query (query), and no storage. It does no I/O.
//
// An Event keeps what was captured, word for word: identifiers, times and decimals
// stay text, so that nothing is lost from a document to the next. What is equal
// to what is the business of package identifier, of Word and of package unit.
//
// Sources: EPCIS 2.0 (JSON schema, XSD and ontology), CBV 2.0.
package epcis

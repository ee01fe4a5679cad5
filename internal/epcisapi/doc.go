// Package epcisapi is the REST surface of EPCIS 2.0, below /epcis/v2: capture,
// events, collections, named queries, discovery.
//
// It knows paths, headers, media types, problems and page tokens. It decides
// nothing about events: packages capture and repository do. It answers with plain
// handlers, because the standard fixes every detail; the API of the console and of
// integrators is package api.
//
// Invariants, each with a test:
//   - Every path answers OPTIONS with what can be done there; every error is a
//     problem with the name of the standard's exception.
//   - A page token works only for the query, the viewer and the time it was made
//     for; pages neither shift nor repeat while captures run.
//   - Who may not see an event gets no trace of it: not in a count, not in a list.
//   - Nothing is read past the declared limits.
//
// Identifiers in paths are percent-encoded; paths are not cleaned, since a double
// slash may be part of an identifier.
//
// Sources: EPCIS 2.0, REST bindings (openapi.json 2.0.0); RFC 9457; RFC 9110.
package epcisapi

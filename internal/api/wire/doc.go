// Package wire knows the shapes of the HTTP API: what stands in a request and in
// an answer, with the documentation that goes into openapi.yaml, and how a value
// of a domain becomes such a shape.
//
// It decides nothing and reads nothing. A field that is absent is left out; an
// array is never null; a time is RFC 3339 in UTC; an id is a string. A shape is a
// promise to integrators: fields are added, never renamed.
package wire

// Package api is the HTTP API of the console and of integrators, below /api/v1:
// OpenAPI 3.1 from Go types, problem documents, cursors, idempotency keys.
//
// It translates and authorises, and decides nothing: every operation turns a
// request into one or two calls of a domain's service and the result into a shape
// of package wire. What operations have in common stands in package frame.
//
// Invariants, each with a test:
//   - api/openapi.yaml in the repository is what the registered operations say.
//   - An operation answers exactly those roles that hold its action.
//   - The same Idempotency-Key with the same body gets the same answer for a day
//     and is executed once, under any concurrency.
//   - No answer holds a key, a full tag UID or the text of an internal error.
package api

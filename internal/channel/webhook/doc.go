// Package webhook sends a message to an address of somebody else's server, signed,
// and says what became of it.
//
// It knows one attempt and what its answer means for the next. It keeps nothing:
// what is due, how often it was tried and where it stopped is the business of
// whoever sends. It carries no personal message, so that no grant is asked for.
//
// Invariants, each with a test:
//   - Only https, and only addresses that the guard lets through; a redirect is
//     never followed.
//   - What is signed is what is sent, byte for byte.
//   - The secret is in no error and no text.
//   - Every answer, and every silence, has exactly one Outcome.
//
// The signature is base64(HMAC-SHA256(secret, body)) in GS1-Signature, as
// EPCIS 2.0 leaves to the implementation (REST bindings, subscriptions).
package webhook

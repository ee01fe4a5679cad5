// Package subscription sends what a named query finds to whoever subscribed to it:
// as events come (stream) or by a schedule.
//
// It knows subscriptions, how far each has been delivered, and when the next attempt
// is due. It does not know HTTP paths; one attempt is the business of package
// webhook, the query's meaning that of package repository.
//
// Invariants, each with a test:
//   - Events are sent in record order, and none is skipped: the position moves on
//     only after the other side has said that it has them, or when they do not match.
//   - None is sent twice but when nobody knows whether it arrived; then the same
//     events come again under the same delivery name.
//   - One attempt at a time is under way for each subscription, on one node.
//   - The secret is sealed at rest, and never handed out.
//   - A subscriber gets what whoever subscribed may see.
//
// Source: EPCIS 2.0, REST bindings (subscriptions). The standard moves the beginning
// of the next report to the time of the last one, which would lose events after a
// failure; here it moves to the last event that was taken.
package subscription

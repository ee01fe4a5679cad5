// Package access knows who signs in and what they may do.
//
// It knows members (people of the organisation), their one-time sign-in links,
// sessions and passwords, the API keys of machines, and the one table that says
// which role may take which action (roles.go). It knows nothing of consumers:
// whoever taps a bottle is never a member. It knows no HTTP; cookies and headers
// are the business of the surfaces.
//
// Invariants, each with a test:
//   - A secret (link, session, key, password) is stored as a hash only and stands
//     in no event, log line or error.
//   - A sign-in link works once, under any concurrency.
//   - There is always an owner who is not disabled.
//   - Nobody hands out more than they hold: a key's actions are among its maker's.
//   - Every change leaves an event in the ledger that says who made it.
//
// Passwords are the business of package access/password.
package access

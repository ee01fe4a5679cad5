// Package app is the whole of Tagline: it builds every room of the house from the
// ground up, connects them, serves, drains and closes.
//
// It knows all packages and no rule of any. New returns with everything closed
// when something fails; Run blocks until its context ends and then finishes what
// has begun; Close undoes New in reverse order.
//
// Invariants:
//   - Nothing is served before the database is open and migrated.
//   - After the context of Run has ended no new work is taken: /readyz says so
//     first, requests under way are answered, the live streams end, then the
//     followers of the ledger and the timers stop.
package app

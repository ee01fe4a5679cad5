// Package bench measures the running server from outside and states the result as
// a ratio to a baseline measured in the same run, on the same machine, with the
// same client: a bare net/http handler that answers with the same bytes.
//
// It knows how to start a server as a process of its own, how to make load with
// as little work per request as it can, and how to summarise latencies. It knows
// the server only through its doors. Load goes to loopback, with a bounded number
// of requests and a bounded time.
//
// Invariants:
//   - Baseline and subject are measured in alternating rounds, so that a machine
//     that slows down slows both.
//   - Every answer is checked; a run with unexpected answers fails instead of
//     reporting a fast error page.
package bench

// Package bus carries wake-ups inside the process: "something under this topic
// has changed, look again".
//
// It knows topics by name and nothing of what they mean. A wake-up carries no
// data and may be lost with the process; who listens reads the truth from the
// database, and polls it now and then anyway. Wake-ups between processes would
// come through the same two calls.
//
// Invariants:
//   - Wake never blocks, however slow a listener is: wake-ups that were not yet
//     taken fall into one.
//   - After a Wake every listener that was there is woken at least once.
//   - The bus has no goroutine of its own.
package bus

// Package process starts the program as a process of its own, for benches and for tests
// that kill it: so that what is measured, or lost, is a whole server and not a part of
// the one who looks.
//
// It knows how a server says that it is ready, its address, the last lines of its log,
// and its memory. It knows nothing of what the server does.
//
// Invariants:
//   - Every process that was started is waited for.
//   - Only processes that were started here are ever ended.
package process

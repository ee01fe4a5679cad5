// Package linkcmd is the command "tagline links": it brings the links of a running
// server in and out as files.
//
// It knows flags and words for people. What a file means is package entryfile's
// business, on the server; the connection and the exit codes are the program's,
// which hands them in as a Shell.
//
// Invariants, each with a test:
//   - A rehearsal with problems names each with its place and ends as refused.
//   - What export writes, import takes and finds unchanged.
package linkcmd

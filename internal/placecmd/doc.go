// Package placecmd is the command "tagline places": it brings locations and parties of
// a running server in and out as files, and checks signed lists without one.
//
// It knows flags and words for people. What a file means is the business of packages
// place and place/listfile; the connection and the exit codes are the program's, which
// hands them in as a Shell.
//
// Invariants, each with a test:
//   - A rehearsal with problems names each with its place and ends as refused.
//   - A signed list is checked offline, and one that was changed is refused.
package placecmd

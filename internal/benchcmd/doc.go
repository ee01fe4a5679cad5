// Package benchcmd is the command "tagline bench": it measures the program as a process
// of its own, and prints the report.
//
// It knows flags and their bounds. What is measured, and how, is package bench's
// business; how the program shows progress and ends is its own, which it hands in as a
// Shell.
//
// Invariant, with a test: every measurement explains itself and refuses bounds that it
// cannot keep.
package benchcmd

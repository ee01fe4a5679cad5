// Package epciscmd is the command "tagline epcis": it checks documents of
// supply-chain events, and sends them to a running server.
//
// It knows flags and words for people. What is wrong with a document is the business
// of the packages below epcis, which need no server; the connection and the exit
// codes are the program's.
//
// Invariants, each with a test:
//   - Every problem is named with its line; a document with problems ends as refused.
//   - Checking needs no server and reads one event at a time.
package epciscmd

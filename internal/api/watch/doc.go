// Package watch holds the operations of the API that look on: the overview, search,
// the stream of taps, the ledger, the live view and the state of the server.
//
// It changes nothing. A live view is bounded in what it sends and in how many are
// open; who falls behind is told to read anew.
package watch

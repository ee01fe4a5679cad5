// Package client is the small Go client of the HTTP API, for the command line and
// for simulations.
//
// It knows the shapes of package api/wire and turns a problem document back into
// the fault that it came from. It retries what is safe to retry, and nothing else.
package client

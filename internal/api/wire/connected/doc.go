// Package connected holds the shapes of the API's bodies about models and connected
// devices: twins, readings, commands, credentials, dead letters. It is JSON and its
// documentation, and knows nothing of what the values mean; the packages of the API's
// rooms fill them.
//
// Invariants: lists are never null, times are UTC, and what is not known is left out.
package connected

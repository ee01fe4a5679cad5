// Package supply holds the shapes of the API's bodies about the supply chain: ways,
// surveys, alarms, locations and parties. It is JSON and its documentation, and knows
// nothing of what the values mean; the packages of the API's rooms fill them.
//
// Invariants: lists are never null, times are UTC, and what is not known is left out.
package supply

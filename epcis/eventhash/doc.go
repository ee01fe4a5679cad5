// Package eventhash computes the identifier that an event has by its content alone
// (CBV 2.0, event hash).
package eventhash

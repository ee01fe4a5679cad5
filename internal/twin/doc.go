// Package twin knows the two sides of a device's state: what the device reports,
// and what somebody wishes it to be. It is pure.
//
// It knows values by the names of a model's properties, how reports of any order
// become one state (Reported), how wishes are versioned and checked (Desired), and
// what is left to tell the device (Delta). It knows no store, no clock and no
// transport; package reading keeps what is reported, package command what is
// desired.
//
// Invariants, each with a test:
//   - The same reports give the same Reported in whatever order and however often
//     they come.
//   - A wish is for settings only (writable properties), within their bounds.
//   - Delta compares by value: 21 and 21.0 are the same.
//
// Sources: RFC 7396 (JSON merge patch: null removes, what is not named stays). A
// twin is flat: its leaves are the properties of the model, and a place is two of
// them.
package twin

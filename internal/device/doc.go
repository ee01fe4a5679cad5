// Package device keeps what is connected: the devices, how each proves who it is,
// and whether it is there just now.
//
// It knows devices by brand and name, their credentials (certificates, tokens,
// public keys for signed tokens), the claims by which a batch of devices asks for
// credentials of their own, and who is expected. It does not know what a device
// reports (package reading) or is told (package command), nor how it is connected
// (package mqtt).
//
// Invariants, each with a test:
//   - A secret leaves once, when it is made; what is kept is its SHA-256. No error,
//     log line or event holds one.
//   - A credential that was revoked, or whose time is over, opens nothing from the
//     moment of the commit on; whoever is connected with it is told to Revoked.
//   - A device proves itself for itself only: what a credential names is what it
//     may be.
//   - A serial is claimed once; five wrong proofs lock it for a day.
//   - Presence ends only with the session that began it.
//
// Source: reference page of devices, sections 9 (provisioning) and 10
// (authentication); ETSI EN 303 645, 5.1 and 5.4.
package device

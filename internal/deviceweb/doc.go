// Package deviceweb is the door for devices that speak HTTP, and for the servers of
// apps through which devices report: the same bodies as over MQTT, answered when they
// are durable.
//
// It knows paths, credentials in headers, and the three forms of CloudEvents. It does
// not know what messages mean: it hands them to package intake.
//
//	POST /d/v1/up/{kind}      one message of the device that the credential names
//	POST /d/v1/events         CloudEvents: binary, structured, or a batch
//	POST /d/v1/prov           a claim asks for a credential
//	GET  /d/v1/dn             what waits for the device: its settings and commands
//
// With an API key instead of a device's credential, events name their device in source
// (urn:tl:{brand}:{device}), and a batch may be of many.
//
// Invariants, each with a test:
//   - 200 means durable and applied, 4xx that sending again is of no use but for 429,
//     5xx and 429 that it is.
//   - A batch tells of each event what became of it.
//   - A device reports for itself only.
//
// Sources: CloudEvents 1.0.2 HTTP binding; reference page of devices, section 3.
package deviceweb

// Package frame stands in front of the MQTT engine and hands it whole control packets
// only, each looked at before a byte of its body is read into memory.
//
// It knows the fixed header, the sizes that are allowed, which packet comes first, and
// the shape of SUBSCRIBE and UNSUBSCRIBE, whose bounds the engine does not check. It
// does not know what packets mean.
//
// Invariants, each with a test:
//   - Nothing is allocated for a size that is only claimed and not allowed.
//   - The first packet is CONNECT, and no later one is.
//   - What Next hands on is one whole packet.
//
// Sources: MQTT 3.1.1 and 5.0 (OASIS), 2.1 fixed header, 2.2.2 properties, 3.8
// SUBSCRIBE, 3.10 UNSUBSCRIBE.
package frame

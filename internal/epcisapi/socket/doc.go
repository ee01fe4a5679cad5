// Package socket delivers named queries of supply-chain events over connections that
// stay open (WebSocket): what is new at once, or at the times of a schedule.
//
// It knows the messages of such a connection, its bounds and how it ends. It does not
// know who asks: whoever opens it says what the caller sees, and whether that still
// holds.
//
// Invariants, each with a test:
//   - Each event that matches is sent once, in the order of recording.
//   - Whoever may see some events is sent no others, and nothing after the right ended.
//   - A reader that does not keep up is let go; nothing is piled up for it.
//
// Sources: EPCIS 2.0 REST bindings, GET /queries/{name}/events with Upgrade: websocket;
// RFC 6455.
package socket

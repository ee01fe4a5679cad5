// Package mqtt is the front door for devices: MQTT 3.1.1 and 5 over plain TCP, TLS and
// WebSocket.
//
// It knows connections, topics of the form tl/1/{brand}/{device}/…, acknowledgements
// and deliveries. It does not know who may come in, what messages mean or where they
// are kept: it asks its Hub. The engine behind it (mochi-mqtt) is seen nowhere else.
//
// Invariants, each with a test:
//   - A QoS 1 publish is acknowledged when the Hub says that it is durable, never
//     before, and acknowledgements have the order of the publishes.
//   - A device touches its own topics only: publishing, subscribing, its will.
//   - No packet, however made, ends the process or grows its memory; an engine that
//     panics loses one connection.
//   - A device that stops reading stalls nobody else.
//   - A connection ends when its credential does, and when it is kicked.
//
// Source: OASIS MQTT 3.1.1 and 5.0; the reference page of devices, section 2, names
// the guard for every trap of the engine.
package mqtt

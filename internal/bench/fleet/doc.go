// Package fleet measures how many messages of devices a server takes in: over MQTT
// against the same front door before a hub that keeps nothing, over HTTP in batches,
// what an idle connection costs, and how long a fleet needs to come back after a crash.
//
// It knows just enough of MQTT 3.1.1 to be a light client, so that the measurement is
// of the server and not of a client library. It knows nothing of the server's inside.
//
// Invariants:
//   - A message counts when its acknowledgement was read.
//   - Both sides of a ratio run in turn, in one run, with the same clients and bytes.
package fleet

// Package devices answers the API's operations about connected devices: the registry,
// twins, readings, settings and commands, credentials and claims, dead letters, and
// what a model makes of readings.
//
// It knows shapes and who may ask. What a device is and does, the packages device,
// reading, command and intake decide.
//
// Invariants, each with a test:
//   - A secret is in the answer that makes it and in no other.
//   - A guarded command is sent by a person's fresh word only.
package devices

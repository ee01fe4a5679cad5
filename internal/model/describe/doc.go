// Package describe tells others what a model is, in their own forms: a Thing
// Description of the W3C for programs, and discovery messages for Home Assistant. It
// is pure: a model and a name in, documents out.
//
// It knows the two forms as far as models have a counterpart in them. It knows no
// device beyond its name, and sends nothing.
//
// Invariants, each with a test:
//   - What is guarded is never offered as a plain switch: a Thing Description marks it
//     unsafe, and Home Assistant gets it as something to look at only.
//   - The same model and name give the same bytes.
//
// Sources: W3C Web of Things Thing Description 1.1; MQTT discovery of Home Assistant
// (device-based form, 2024.11 and later).
package describe

// Package devicetest gives tests a small world of devices on a real database: a
// brand, a few models, the registry, and the log of readings.
//
// It knows how to make devices and what they report, and asks whether what is stored
// is the fold of the logs (World.Same). It is for tests only.
package devicetest

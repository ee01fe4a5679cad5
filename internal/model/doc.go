// Package model says what the things of a kind can do: what they report, what
// they can be told to do, when their readings become moments, where something can
// be said on them, and how well they are cared for.
//
// It knows the form of a model and what is wrong with one. It knows no thing, no
// store and no clock: package detect runs the detectors, package score the score,
// package product keeps the models beside the products.
//
// Invariants, each with a test:
//   - Whatever can move, open or heat something names how it is confirmed, and
//     never less strictly than its class asks (Class).
//   - Names of properties are those that a device may write into its twin.
//   - A model that passes Check compiles in detect and in score.
//
// Sources: the W3C's Thing Model (WoT TD 1.1) for the split into properties,
// actions and events; UCUM for units; UL 325 for what moves by itself.
package model

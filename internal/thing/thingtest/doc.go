// Package thingtest gives tests a small world: the rooms from the database up to
// things, on a real database, with simulated chips to tap.
//
// It knows how to make bottles, tap them, and ask whether what is stored is still
// the fold of the ledger (World.Same). It is for tests only.
package thingtest

// Package command tells devices what to be like and what to do.
//
// It knows the desired side of twins (settings, with versions), and commands: things
// to do once, now, each with a life from the order to its end. It does not know how a
// message travels (its Sender does) or what devices report (package reading).
//
// Invariants, each with a test:
//   - Every command comes to an end: succeeded, failed, rejected, expired, cancelled,
//     or unknown, which is not failed: the door may have moved. Nothing that moves,
//     heats or opens something is ever sent a second time by itself.
//   - A guarded command waits for a fresh confirmation by somebody who has proved who
//     he is, and only people give it. Campaigns and jobs cannot order one.
//   - A command is sent once it is durable, and never after its time: an unlock that
//     was stored is not delivered after a reconnect.
//   - The same order with the same key is one command.
//   - Every step is in the ledger (command.*, desired.*).
//
// Source: reference page of devices, sections 5 and 6.
package command

// Package alarm keeps what is suspicious about things, for people to decide upon: it
// raises what package suspicion finds, takes back what is no longer so, remembers who
// confirmed or dismissed what, and tells how often a rule was wrong.
//
// It knows alarms, the runs of scans that rules look at, and the settings of the
// rules. It does not know how a thing's story is put together: whoever does that
// (package journey) hands it over.
//
// Invariants, each with a test:
//   - Open alarms are what the rules find in all that is known, in whatever order it
//     became known.
//   - A finding is raised once: what was dismissed is not raised again, and what was
//     taken back because its evidence was wrong is opened again when that returns.
//   - Every change of an alarm is an event of the ledger.
//
// Sources: the rules are ours (package suspicion).
package alarm

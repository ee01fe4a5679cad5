// Package reading keeps what devices report, and what it makes of it: the reported
// side of their twins, and the moments that the detectors of their models find.
//
// It knows the log of each device, in the order of its corrected clock; the fold of
// that log (twin.Reported and detect.State); and how a late reading changes moments
// that were told. It does not know how readings arrive or whether they may be
// believed (package intake), nor what a device should do (package command).
//
// A device's state is not written with every reading: it is the fold of the log up to
// some point, kept in memory and written now and then; what follows that point in the
// log is folded on top when it is read again. So a crash loses nothing, and an entry
// costs one row.
//
// Invariants, each with a test:
//   - An entry counts once per (device, id).
//   - Entries give the same twin and the same standing moments in whatever order they
//     come, through restarts.
//   - The state equals the fold of the whole log (Check).
//   - A moment is told in the same transaction as the entry that made it true; one
//     that a late entry disproves is taken back (moment.retracted).
package reading

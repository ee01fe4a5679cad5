// Package keyset keeps the secrets that tags are checked with: key sets in epochs,
// the URL template of each, and the reading of a message with them.
//
// It knows keys, templates and what a URL says once its MAC holds. It does not
// know chips, items or counters: that is package tag.
//
// Invariants, each with a test:
//   - Keys leave only as check values. They lie in the database under the vault's
//     wrapping key; no error, log line or answer holds one.
//   - Weak and documented keys are refused, unless the set is marked as a test set.
//   - A chip keeps its epoch for life: epochs are added and retired, never changed.
//   - Reading a message touches no counter, and needs the database only to learn
//     of changed key sets.
//
// It follows NXP AN12196 (messages) and AN10922 (keys) through package ntag424,
// and GS1 Digital Link for the paths.
package keyset

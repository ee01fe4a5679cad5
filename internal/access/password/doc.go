// Package password knows secrets that people choose: how they are kept, how they
// are compared without giving anything away, and how often somebody may guess.
//
// It knows no accounts and stores nothing: a hash is text in the hands of package
// access, and guesses are counted in memory.
//
// Invariants, each with a test:
//   - A flood of comparisons takes bounded memory: few at once, few that wait.
//   - A comparison with no password takes the work of one with a password.
//
// Hashes are argon2id (RFC 9106) in the PHC string format.
package password

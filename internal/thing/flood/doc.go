// Package flood bounds what refused taps may write: anybody can send forged URLs,
// as many as they like.
//
// It knows shares: how many refused taps of one chip, of one kind of failure, and
// of all together are recorded in ten minutes. It does not know taps, and keeps
// nothing through a restart.
//
// Invariants, each with a test:
//   - What is over its share is counted, and the number is handed out once, with
//     the next tap that is recorded; until then it is among those that wait.
//   - One key's flood takes nothing from another's share.
//   - The memory is bounded.
package flood

// Package intake is the one way in for what devices send, whatever door it came
// through: it reads, corrects clocks, keeps to quotas, and hands groups of messages
// to the rooms that keep them, one transaction for each group.
//
// It knows the bodies of the topics up/ev, up/tm and up/rep, and CloudEvents; who
// handles the other topics is registered with Handle. It does not know transports
// (packages mqtt and deviceweb) or what readings mean (package reading).
//
// Invariants, each with a test:
//   - Nobody is answered Stored before his message is durable and applied.
//   - What cannot be taken is kept as a dead letter with its reason, and nothing is
//     half taken: a list of events is taken whole or not at all.
//   - One message that fails takes no other down with it.
//   - A device's clock is a claim: what it said is kept beside what was made of it.
//   - Queue, quotas and dead letters are bounded.
//   - What is collected for a purpose that nobody agreed to is dropped and counted.
//
// Sources: reference page of devices, sections 2.3, 3 and 13; CloudEvents 1.0.2.
package intake

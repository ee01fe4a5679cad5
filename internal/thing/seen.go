package thing

import (
	"sync/atomic"

	"tagline/internal/tag"
)

// Seen is how many taps this process has answered since its start. It is for
// figures of operation: the ledger has the history.
type Seen struct {
	Verdicts   map[Verdict]int64 // every verdict, those without a tap as well
	Unrecorded int64             // refused taps that were only counted
	Waiting    int64             // of these the ones that no recorded tap has carried yet
}

// verdicts are all of them, in the order in which they are counted.
var verdicts = [...]Verdict{Genuine, Repeat, Replay, OutOfOrder, NotVerified, Unknown, Blocked, Plain}

// counters has a number for each verdict.
type counters [len(verdicts)]atomic.Int64

func (c *counters) add(v Verdict) {
	for i := range verdicts {
		if verdicts[i] == v {
			c[i].Add(1)
			return
		}
	}
}

// Seen gives the figures as they are now.
func (s *Service) Seen() Seen {
	out := Seen{Verdicts: make(map[Verdict]int64, len(verdicts))}
	for i, v := range verdicts {
		out.Verdicts[v] = s.seen[i].Load()
	}
	out.Unrecorded, out.Waiting = s.flood.Unrecorded()
	return out
}

// Overlook counts a tap whose reading did not hold and that its visitor may not
// have recorded: there were too many from the same address. The next one of its
// kind that is recorded carries the number.
func (s *Service) Overlook(r tag.Reading) {
	s.seen.add(NotVerified)
	s.flood.Count(unprovenKey(NotVerified, r))
}

// unprovenKey names the kind of a tap without proof, whose share it takes from.
func unprovenKey(v Verdict, r tag.Reading) string { return string(v) + "/" + r.Set }

package intake

import (
	"sync"
	"time"

	"tagline/internal/model"
)

// The quota of a model that says nothing of it.
const (
	defaultPerMinute = 300
	defaultBurst     = 100
	maxQuotas        = 200_000
)

// quotas bounds how much each device sends (GCRA: the theoretical arrival time of the
// next message, in microseconds).
type quotas struct {
	mu sync.Mutex
	of map[int64]int64
}

// take counts one message and says how long it must wait: 0 when it is within the
// quota. One that must wait is counted too, so that whoever waits is next.
func (q *quotas) take(no int64, rate *model.Rate, now int64) time.Duration {
	perMinute, burst := int64(defaultPerMinute), int64(defaultBurst)
	if rate != nil {
		perMinute, burst = int64(rate.PerMinute), int64(rate.Burst)
	}
	step := time.Minute.Microseconds() / perMinute
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.of) >= maxQuotas {
		for k, tat := range q.of { // those that are full again need no memory
			if tat <= now {
				delete(q.of, k)
			}
		}
		if len(q.of) >= maxQuotas {
			clear(q.of)
		}
	}
	tat := max(q.of[no], now)
	over := tat - now - (burst-1)*step
	if over > time.Minute.Microseconds() { // nobody waits for longer: it is not counted
		return time.Duration(over) * time.Microsecond
	}
	q.of[no] = tat + step
	if over > 0 {
		return time.Duration(over) * time.Microsecond
	}
	return 0
}

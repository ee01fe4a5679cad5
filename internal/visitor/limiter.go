package visitor

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// Limit is a rate with a burst.
type Limit struct {
	PerSecond float64
	Burst     int
}

// Limiter counts events by address in a table of fixed size. The rule is GCRA: one
// time per key says when its debt is paid. When a row of the table is full, the
// address with the least debt gives way, so a flood of sources can make the
// limiter forget, never grow.
type Limiter struct {
	seed   maphash.Seed
	period time.Duration
	slack  time.Duration // debt that a burst may run up

	mu   sync.Mutex
	rows [limiterRows][limiterWays]debt
}

const (
	limiterRows = 8192 // a power of two
	limiterWays = 8
)

type debt struct {
	key uint64
	tat int64 // theoretical arrival time, nanoseconds
}

// NewLimiter makes a limiter in which everybody is free of debt.
func NewLimiter(l Limit) *Limiter {
	period := time.Duration(float64(time.Second) / l.PerSecond)
	return &Limiter{seed: maphash.MakeSeed(), period: period, slack: period * time.Duration(l.Burst-1)}
}

// Take counts one event of an address. It gives false and the time to wait when
// the address is over its limit; such an event is not counted.
func (l *Limiter) Take(address netip.Addr, now time.Time) (wait time.Duration, ok bool) {
	key := l.key(address)
	t := now.UnixNano()
	l.mu.Lock()
	defer l.mu.Unlock()
	row := &l.rows[key&(limiterRows-1)]
	slot := &row[0]
	for i := range row {
		if row[i].key == key {
			slot = &row[i]
			break
		}
		if row[i].tat < slot.tat {
			slot = &row[i]
		}
	}
	tat := t
	if slot.key == key && slot.tat > t {
		tat = slot.tat
	}
	if wait := time.Duration(tat-t) - l.slack; wait > 0 {
		return wait, false
	}
	slot.key, slot.tat = key, tat+int64(l.period)
	return 0, true
}

// key stands for an address of version 4, or for the /64 that one household of
// version 6 has. Never a wider net: behind a carrier's address are many people.
func (l *Limiter) key(a netip.Addr) uint64 {
	a = a.Unmap()
	raw := a.As16()
	b := raw[:]
	if a.Is6() {
		b = raw[:8]
	}
	return maphash.Bytes(l.seed, b) | 1 // never zero, which is an empty slot
}

package clock

import (
	"sync"
	"time"
)

// Clock tells the time and wakes sleepers.
type Clock interface {
	// Now is the present moment, UTC, in whole microseconds.
	Now() time.Time
	// After gives a channel that receives once d has passed. A sleeper selects on
	// it together with its context; the timer is freed when it fires.
	After(d time.Duration) <-chan time.Time
}

// System is the clock of the machine.
type System struct{}

// Now implements Clock.
func (System) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// After implements Clock.
func (System) After(d time.Duration) <-chan time.Time { return time.After(d) }

// Manual is a clock that stands still until it is moved. It is for tests and for
// simulations; it may be used by many goroutines.
type Manual struct {
	mu      sync.Mutex
	now     time.Time
	waiters []waiter
}

type waiter struct {
	due time.Time
	ch  chan time.Time
}

// NewManual makes a clock that shows start.
func NewManual(start time.Time) *Manual {
	return &Manual{now: start.UTC().Truncate(time.Microsecond)}
}

// Now implements Clock.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// After implements Clock.
func (m *Manual) After(d time.Duration) <-chan time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	ch := make(chan time.Time, 1)
	if d <= 0 {
		ch <- m.now
		return ch
	}
	m.waiters = append(m.waiters, waiter{due: m.now.Add(d), ch: ch})
	return ch
}

// Advance moves the clock and wakes all that are due. A negative d sets it back,
// as a machine's clock may be set back; sleepers then sleep longer.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d).Truncate(time.Microsecond)
	kept := m.waiters[:0]
	for _, w := range m.waiters {
		if w.due.After(m.now) {
			kept = append(kept, w)
			continue
		}
		w.ch <- m.now
	}
	m.waiters = kept
}

// Sleepers counts those who wait, so that a test can wait until its subject sleeps.
func (m *Manual) Sleepers() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.waiters)
}

var (
	_ Clock = System{}
	_ Clock = (*Manual)(nil)
)

package flood

import (
	"sync"
	"time"
)

// The bounds on recording refused taps, in each window.
const (
	window    = 10 * time.Minute
	keyShare  = 20   // for each key: a chip, or a kind of failure
	allShares = 5000 // for all keys together
	maxKeys   = 4096
)

// Bound limits how many refused taps are recorded. It may be used by many
// goroutines.
type Bound struct {
	mu    sync.Mutex
	since time.Time
	spent int
	keys  map[string]*share
}

type share struct {
	spent      int
	suppressed int64
}

// New makes a Bound with full shares.
func New() *Bound { return &Bound{keys: map[string]*share{}} }

// Grant is the answer to one tap.
type Grant struct {
	Allowed    bool
	Suppressed int64 // taps of the key that were only counted, to be noted with this one
}

// Ask says whether a refused tap of the key may be recorded now. It takes nothing
// away: most taps are not refused.
func (b *Bound) Ask(key string, now time.Time) Grant {
	b.mu.Lock()
	defer b.mu.Unlock()
	if age := now.Sub(b.since); age >= window || age < 0 {
		b.since, b.spent = now, 0
		for k, s := range b.keys {
			if s.spent = 0; s.suppressed == 0 {
				delete(b.keys, k)
			}
		}
	}
	s := b.keys[key]
	if s == nil {
		return Grant{Allowed: b.spent < allShares && len(b.keys) < maxKeys}
	}
	return Grant{Allowed: b.spent < allShares && s.spent < keyShare, Suppressed: s.suppressed}
}

// Settle takes note of a tap that was refused.
func (b *Bound) Settle(key string, g Grant) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.keys[key]
	if s == nil {
		if len(b.keys) >= maxKeys {
			return
		}
		s = &share{}
		b.keys[key] = s
	}
	if !g.Allowed {
		s.suppressed++
		return
	}
	s.spent++
	s.suppressed -= g.Suppressed
	b.spent++
}

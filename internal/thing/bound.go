package thing

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

// bound limits how many refused taps are recorded. What is over it is counted, and
// the next recorded tap of the key carries the number.
type bound struct {
	mu    sync.Mutex
	since time.Time
	spent int
	keys  map[string]*share
}

type share struct {
	spent      int
	suppressed int64
}

// grant is the answer to one tap.
type grant struct {
	allowed    bool
	suppressed int64
}

// ask says whether a refused tap of the key may be recorded now. It takes nothing
// away: most taps are not refused.
func (b *bound) ask(key string, now time.Time) grant {
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
		return grant{allowed: b.spent < allShares && len(b.keys) < maxKeys}
	}
	return grant{allowed: b.spent < allShares && s.spent < keyShare, suppressed: s.suppressed}
}

// settle takes note of a tap that was refused.
func (b *bound) settle(key string, g grant) {
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
	if !g.allowed {
		s.suppressed++
		return
	}
	s.spent++
	s.suppressed -= g.suppressed
	b.spent++
}

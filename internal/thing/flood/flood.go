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

	ever    int64 // taps that were only counted, since the start
	waiting int64 // of these the ones that no recorded tap has carried yet
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
	if !g.Allowed {
		b.count(key)
		return
	}
	if s := b.share(key); s != nil {
		s.spent++
		s.suppressed -= g.Suppressed
		b.waiting -= g.Suppressed
		b.spent++
	}
}

// Count takes note of a refused tap that nobody asked for: it is not to be recorded
// whatever is left of the share.
func (b *Bound) Count(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count(key)
}

func (b *Bound) count(key string) {
	b.ever++
	b.waiting++
	// Without room for its key a tap stays among those that wait: it is told, though
	// nobody can say with which one it belongs.
	if s := b.share(key); s != nil {
		s.suppressed++
	}
}

// share gives the share of a key, nil when there is no room for it.
func (b *Bound) share(key string) *share {
	s := b.keys[key]
	if s == nil && len(b.keys) < maxKeys {
		s = &share{}
		b.keys[key] = s
	}
	return s
}

// Unrecorded gives how many taps were only counted since the start, and how many of
// them no recorded tap has carried yet.
func (b *Bound) Unrecorded() (ever, waiting int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ever, b.waiting
}

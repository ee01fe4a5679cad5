package access

import (
	"sync"
	"time"
)

// knownFor is how long a looked-up session or key is trusted without another
// query. A change on this node ends it at once; one on another node within this.
const (
	knownFor    = 10 * time.Second
	knownAtMost = 20_000
)

// known remembers who holds a secret, by the secret's digest.
type known struct {
	mu      sync.Mutex
	turn    uint64 // counts the changes: what was read before one is not kept after it
	entries map[string]entry
}

type entry struct {
	session Session
	until   time.Time
}

func newKnown() *known { return &known{entries: map[string]entry{}} }

func (k *known) get(digest string, now time.Time) (s Session, ok bool, turn uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e, ok := k.entries[digest]
	return e.session, ok && now.Before(e.until), k.turn
}

// put keeps what was read, unless something changed since the turn of the reading.
func (k *known) put(digest string, s Session, now time.Time, turn uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if turn != k.turn {
		return
	}
	if len(k.entries) >= knownAtMost {
		clear(k.entries)
	}
	until := now.Add(knownFor)
	if !s.Expires.IsZero() && s.Expires.Before(until) {
		until = s.Expires
	}
	k.entries[digest] = entry{s, until}
}

// forget drops everything: somebody's rights changed.
func (k *known) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.turn++
	clear(k.entries)
}

package link

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tagline/gs1"
	"tagline/internal/link/linkset"
	"tagline/internal/sqldb"
)

// cache remembers what stands at the keys that were asked for lately, and where
// nothing does. Two generations of a map: the older falls when the younger is full;
// what is used moves to the younger. A key without entries shares one Set with all
// others of its kind and costs little more than its own name, so it weighs less: a
// brand has far more keys than entries.
type cache struct {
	mu         sync.RWMutex
	young, old map[gs1.Element]*linkset.Set
	changes    uint64 // counts invalidations
	generation int    // weight of one generation
	weight     int    // of the younger one

	shared     bool // other nodes may change the tables
	refreshing sync.Mutex
	known      int64        // the last change that was looked at; guarded by refreshing
	checked    atomic.Int64 // when, in microseconds
}

// touched is what a change makes stale.
type touched struct {
	key    string // path of the key
	prefix bool   // any key may be concerned
}

func (c *cache) get(key gs1.Element) *linkset.Set {
	c.mu.RLock()
	set, old := c.young[key], (*linkset.Set)(nil)
	if set == nil {
		old = c.old[key]
	}
	seen := c.changes
	c.mu.RUnlock()
	if old != nil {
		c.put(key, old, seen)
		return old
	}
	return set
}

// seen counts the invalidations so far: what was read before one must not stay.
func (c *cache) seen() uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.changes
}

// entryWeight is what a key with entries weighs, where one without weighs 1.
const entryWeight = 4

func (c *cache) put(key gs1.Element, set *linkset.Set, seen uint64) {
	weight := entryWeight
	if set == nothing {
		weight = 1
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes != seen {
		return
	}
	if c.young == nil || c.weight >= c.generation {
		c.old, c.young, c.weight = c.young, make(map[gs1.Element]*linkset.Set), 0
	}
	c.weight += weight
	// A key is a part of the request's URI, which should not be kept alive.
	c.young[gs1.Element{AI: strings.Clone(key.AI), Value: strings.Clone(key.Value)}] = set
}

// maxDropped is how many keys are dropped one by one; with more, all are.
const maxDropped = 500

// drop forgets what a change has made stale.
func (c *cache) drop(news []touched) {
	if len(news) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	all := len(news) > maxDropped
	for _, t := range news {
		all = all || t.prefix
	}
	if all {
		c.young, c.old, c.weight = nil, nil, 0
		return
	}
	for _, t := range news {
		if key, ok := keyOf(t.key); ok {
			delete(c.young, key)
			delete(c.old, key)
		}
	}
}

// stale reports whether it is time to look for changes of other nodes.
func (c *cache) stale(now time.Time) bool {
	since := sqldb.Micros(now) - c.checked.Load()
	return since < 0 || since >= FreshFor.Microseconds()
}

package thing

import (
	"sync"

	"tagline/internal/tag"
	"tagline/ntag424"
)

// recent remembers chips and items as their last tap left them, so that the next
// tap need not read them. What is remembered is believed only if the claim of the
// next counter finds it unchanged (tag.Memo). Two generations of a map: the older
// falls when the younger is full.
type recent struct {
	mu         sync.RWMutex
	young, old map[chipKey]known
}

// chipKey names a chip as its messages do.
type chipKey struct {
	set   string
	epoch int64
	uid   ntag424.UID
}

// known is a chip and its item after a tap.
type known struct {
	memo *tag.Memo
	item *Item
}

const recentGeneration = 4096

func (c *recent) get(k chipKey) known {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if v, ok := c.young[k]; ok {
		return v
	}
	return c.old[k]
}

func (c *recent) put(k chipKey, v known) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young == nil || len(c.young) >= recentGeneration {
		c.old, c.young = c.young, make(map[chipKey]known)
	}
	c.young[k] = v
}

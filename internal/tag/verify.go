package tag

import (
	"context"
	"sync"

	"tagline/internal/keyset"
	"tagline/internal/sqldb"
	"tagline/ntag424"
)

// Verify reads a tag's URL: the request URI exactly as it was received, or a
// whole URL. It touches no counter, and for known key sets and items it reads no
// database. A URL without any tag message has the code keyset.NotATag. The error
// means that the database was needed and failed.
func (s *Service) Verify(ctx context.Context, rawURL string) (Reading, error) {
	m := keyset.ParseURL(rawURL)
	ring, err := s.sets.Ring(ctx, keyset.Recent)
	if err != nil {
		return Reading{}, err
	}
	if m.InSet {
		epochs := ring.Epochs(m.Set)
		if len(epochs) == 0 {
			if ring, err = s.sets.Ring(ctx, keyset.Fresh); err != nil {
				return Reading{}, err
			}
			epochs = ring.Epochs(m.Set)
		}
		if len(epochs) == 0 {
			return Reading{Path: m.Item}.Refused(ntag424.ErrUnknownKeySet, "keyset", "No key set has the name that stands in the path."), nil
		}
		if m.Item == (Ref{}) || epochs[0].MirrorsUID() {
			return m.Try(epochs, ntag424.UID{}), nil
		}
	}
	if !m.InSet && m.Item == (Ref{}) {
		return ring.TryRoaming(m), nil
	}
	if m.Item == (Ref{}) || m.Query == "" {
		return m.Try(nil, ntag424.UID{}), nil
	}
	return s.verifyByItem(ctx, m, ring)
}

// verifyByItem finds the key set by the item that the path names.
func (s *Service) verifyByItem(ctx context.Context, m keyset.Message, ring *keyset.Ring) (Reading, error) {
	worn, cached := s.items.get(m.Item)
	for {
		if !cached {
			err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
				worn, err = readWorn(tx, m.Item)
				return err
			})
			if err != nil {
				return Reading{}, err
			}
			if len(worn) > 0 { // unknown items are not kept: they may be registered any moment
				s.items.put(m.Item, worn)
			}
		}
		best := m.Try(nil, ntag424.UID{})
		for _, w := range worn {
			e := ring.Epoch(w.set, w.epoch)
			if e == nil || m.InSet && m.Set != w.set {
				continue
			}
			got := m.Try([]*keyset.Epoch{e}, w.uid)
			if got.OK() {
				return got, nil
			}
			if best.Code == keyset.NotATag {
				best = got
			}
		}
		if !cached {
			return best, nil
		}
		cached = false // perhaps the item got another chip since: look, once
	}
}

// wear is one chip of an item.
type wear struct {
	set   string
	epoch int64
	uid   ntag424.UID
}

func readWorn(tx *sqldb.Tx, item Ref) ([]wear, error) {
	chips, err := readChips(tx.Query(`SELECT `+chipColumns+` FROM tag_chip WHERE gtin = $1 AND serial = $2
		ORDER BY id DESC LIMIT 8`, item.GTIN, item.Serial))
	if err != nil {
		return nil, err
	}
	var out []wear
	for _, c := range chips {
		uid, err := ntag424.ParseUID(c.uid)
		if err != nil {
			return nil, err
		}
		out = append(out, wear{c.Set, c.Epoch, uid})
	}
	return out, nil
}

// itemCache remembers the chips of recently tapped items: two generations of a
// map, of which the older falls when the younger is full.
type itemCache struct {
	mu         sync.RWMutex
	young, old map[Ref][]wear
}

const cacheGeneration = 32768

func (c *itemCache) get(r Ref) ([]wear, bool) {
	c.mu.RLock()
	w, ok := c.young[r]
	if !ok {
		w, ok = c.old[r]
	}
	c.mu.RUnlock()
	return w, ok
}

func (c *itemCache) put(r Ref, w []wear) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young == nil || len(c.young) >= cacheGeneration {
		c.old, c.young = c.young, make(map[Ref][]wear)
	}
	c.young[r] = w
}

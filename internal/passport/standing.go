package passport

import (
	"context"
	"sync"
	"time"

	"tagline/internal/sqldb"
)

// freshFor is how long what is known of other nodes' changes counts.
const freshFor = 2 * time.Second

// standing remembers which products have a passport of their own, and from when
// on: every page of a product asks.
type standing struct {
	mu      sync.Mutex
	since   map[string]time.Time // by GTIN; nil when it must be read
	changes uint64
	read    time.Time
	shared  bool // other nodes may change it
}

func (c *standing) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	c.since = nil
}

func (c *standing) get(now time.Time) (since map[string]time.Time, changes uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := now.Sub(c.read); c.shared && (age < 0 || age >= freshFor) {
		c.since = nil
	}
	return c.since, c.changes
}

// HasPassport reports whether a product has a passport of its own that the public
// can read now. It answers from memory.
func (s *Service) HasPassport(ctx context.Context, gtin string) (bool, error) {
	now := s.clock.Now()
	since, changes := s.standing.get(now)
	if since == nil {
		since = map[string]time.Time{}
		err := s.db.View(ctx, func(tx *sqldb.Tx) error {
			clear(since)
			rows, err := tx.Query(`SELECT d.gtin, min(v.valid_us) FROM passport_document d JOIN passport_version v ON v.path = d.path
				WHERE d.lot = '' AND d.serial = '' AND d.version > 0 AND d.status <> $1 GROUP BY d.gtin`, string(Withdrawn))
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var gtin string
				var us int64
				if err := rows.Scan(&gtin, &us); err != nil {
					return err
				}
				since[gtin] = sqldb.Time(us)
			}
			return rows.Err()
		})
		if err != nil {
			return false, err
		}
		s.standing.mu.Lock()
		if s.standing.changes == changes {
			s.standing.since, s.standing.read = since, now
		}
		s.standing.mu.Unlock()
	}
	from, ok := since[gtin]
	return ok && !from.After(now), nil
}

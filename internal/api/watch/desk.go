package watch

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/content"
	"tagline/internal/keyset"
	"tagline/internal/ledger"
	"tagline/internal/product"
	"tagline/internal/sqldb"
	"tagline/internal/story"
	"tagline/internal/tag"
	"tagline/internal/thing"
	"tagline/internal/timer"
	"tagline/internal/vault"
)

// Desk answers the operations that look on.
type Desk struct {
	DB       *sqldb.DB
	Ledger   *ledger.Ledger
	Bus      *bus.Bus
	Vault    *vault.Vault
	Timers   *timer.Timers
	Access   *access.Service
	Products *product.Service
	Contents *content.Service
	Keysets  *keyset.Service
	Tags     *tag.Service
	Things   *thing.Service
	Stories  *story.Service
	Clock    clock.Clock
	Version  string
	Started  time.Time

	watchers atomic.Int64
	drained  chan struct{} // closed when live views must end
	drain    sync.Once
}

// Register adds the operations to the API.
func (d *Desk) Register(f *frame.Frame) {
	d.drained = make(chan struct{})
	d.happening(f)
	d.system(f)
}

// Drain ends the live views, so that a server can shut down.
func (d *Desk) Drain() { d.drain.Do(func() { close(d.drained) }) }

// view reads one value in a transaction of its own.
func view[T any](ctx context.Context, db *sqldb.DB, read func(*sqldb.Tx) (T, error)) (got T, err error) {
	err = db.View(ctx, func(tx *sqldb.Tx) error {
		got, err = read(tx)
		return err
	})
	return got, err
}

package watch

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
)

func (d *Desk) system(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "get-system", Method: http.MethodGet, Path: "/system", Action: access.SystemRead, Group: "Server",
		Summary: "The state of the server"}, d.getSystem)
}

func (d *Desk) getSystem(ctx context.Context, _ access.Actor, _ *frame.Nothing) (*frame.Answer[wire.System], error) {
	now := d.Clock.Now()
	got, err := view(ctx, d.DB, func(tx *sqldb.Tx) (s wire.System, err error) {
		if s.Head, err = d.Ledger.Head(tx); err != nil {
			return s, err
		}
		cursors, err := d.Ledger.Cursors(tx)
		if err != nil {
			return s, err
		}
		s.Cursors = wire.Each(cursors, func(c ledger.Cursor) wire.Cursor {
			return wire.Cursor{Name: c.Name, Pos: c.Pos, Lag: c.Lag, Owner: c.Owner, Reason: c.Reason}
		})
		timers, err := d.Timers.Count(tx)
		s.Timers = wire.Timers(timers)
		return s, err
	})
	if err != nil {
		return nil, err
	}
	since, err := d.Vault.Since(ctx)
	if err != nil {
		return nil, err
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	got.Version, got.Engine, got.StartedAt, got.Now = d.Version, d.DB.Engine(), d.Started, now
	got.Vault.KeyAgeDays = int64(now.Sub(since) / (24 * time.Hour))
	got.MemoryMB = int64((memory.Sys - memory.HeapReleased) >> 20)
	return frame.Say(got, nil)
}

package api

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

func (a *API) system() {
	frame.Handle(a.frame, frame.Op{ID: "get-system", Method: http.MethodGet, Path: "/system", Action: access.SystemRead, Group: "Server",
		Summary: "The state of the server"}, a.getSystem)
}

func (a *API) getSystem(ctx context.Context, _ access.Actor, _ *nothing) (*answer[wire.System], error) {
	now := a.Clock.Now()
	got, err := view(ctx, a.DB, func(tx *sqldb.Tx) (s wire.System, err error) {
		if s.Head, err = a.Ledger.Head(tx); err != nil {
			return s, err
		}
		cursors, err := a.Ledger.Cursors(tx)
		if err != nil {
			return s, err
		}
		s.Cursors = wire.Each(cursors, func(c ledger.Cursor) wire.Cursor {
			return wire.Cursor{Name: c.Name, Pos: c.Pos, Lag: c.Lag, Owner: c.Owner, Reason: c.Reason}
		})
		timers, err := a.Timers.Count(tx)
		s.Timers = wire.Timers(timers)
		return s, err
	})
	if err != nil {
		return nil, err
	}
	since, err := a.Vault.Since(ctx)
	if err != nil {
		return nil, err
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	got.Version, got.Engine, got.StartedAt, got.Now = a.Version, a.DB.Engine(), a.Started, now
	got.Vault.KeyAgeDays = int64(now.Sub(since) / (24 * time.Hour))
	got.MemoryMB = int64((memory.Sys - memory.HeapReleased) >> 20)
	return &answer[wire.System]{got}, nil
}

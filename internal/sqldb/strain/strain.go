package strain

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	"tagline/internal/fault"
)

// Gauge counts. The zero Gauge is ready; it may be used by many goroutines once
// Queue is set.
type Gauge struct {
	Queue func() int // how many updates wait for the writer; nil: there is no queue

	unavailable, broken atomic.Int64
}

// Figures are what was counted since the database was opened.
type Figures struct {
	Unavailable int64 // transactions that found the queue or the disk full, the server gone, or their time over
	Broken      int64 // transactions that ended with an error which is no fault of package fault
	Queue       int   // updates that wait right now
}

// Note counts how a transaction ended, and gives its error back.
func (g *Gauge) Note(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	switch fault.CodeOf(err) {
	case fault.Unavailable:
		g.unavailable.Add(1)
	case fault.Internal:
		g.broken.Add(1)
	}
	return err
}

// Figures gives the figures as they are now.
func (g *Gauge) Figures() Figures {
	f := Figures{Unavailable: g.unavailable.Load(), Broken: g.broken.Load()}
	if g.Queue != nil {
		f.Queue = g.Queue()
	}
	return f
}

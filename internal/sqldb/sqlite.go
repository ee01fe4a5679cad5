package sqldb

import (
	"context"
	"errors"

	"tagline/internal/sqldb/lite"
)

// readers is the pool of connections that only read.
type readers struct {
	dir    string
	free   chan *lite.Conn // nil stands for one not yet opened
	closed chan struct{}
}

func newReaders(dir string, n int) *readers {
	r := &readers{dir: dir, free: make(chan *lite.Conn, n), closed: make(chan struct{})}
	for range n {
		r.free <- nil
	}
	return r
}

func (r *readers) take(ctx context.Context) (*lite.Conn, error) {
	select {
	case c := <-r.free:
		if c != nil {
			return c, nil
		}
		c, err := lite.OpenReader(r.dir)
		if err != nil {
			r.free <- nil
		}
		return c, err
	case <-r.closed:
		return nil, closedErr()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// give takes a connection back; one that is not sound is dropped.
func (r *readers) give(c *lite.Conn, sound bool) {
	if !sound {
		c.Close()
		c = nil
	}
	r.free <- c
}

// close waits for those who still read.
func (r *readers) close() error {
	close(r.closed)
	var all []error
	for range cap(r.free) {
		if c := <-r.free; c != nil {
			all = append(all, c.Close())
		}
	}
	return errors.Join(all...)
}

func (r *readers) view(ctx context.Context, fn func(tx *Tx) error) error {
	for try := 1; ; try++ {
		err := r.once(ctx, fn)
		if try < maxAttempts && lite.Retryable(lite.Code(err)) && ctx.Err() == nil {
			continue // another process recovers or checkpoints; busy_timeout has waited already
		}
		return err
	}
}

// once runs fn on one snapshot: SQLite takes it at the first read of a deferred
// transaction.
func (r *readers) once(ctx context.Context, fn func(tx *Tx) error) (err error) {
	c, err := r.take(ctx)
	if err != nil {
		return mapErr(err)
	}
	sound := false
	defer func() { r.give(c, sound) }() // after a panic too
	if err := c.Run("BEGIN"); err != nil {
		return mapErr(err)
	}
	tx := &Tx{s: c, ctx: ctx, buffers: &buffers{}}
	err = tx.run(fn, nil)
	sound = c.Run("ROLLBACK") == nil
	return err
}

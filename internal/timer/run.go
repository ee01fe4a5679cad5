package timer

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"tagline/internal/fault"
	"tagline/internal/sqldb"
)

const (
	pollEvery  = time.Second // wake-ups are hints, this is the truth
	leaseTerm  = 15 * time.Second
	batch      = 64 // entries looked at once
	parallel   = 16 // handlers at a time, so that SQLite commits them together
	maxTries   = 14 // failures until an entry is parked: about five hours of trying
	firstPause = 5 * time.Second
	maxPause   = time.Hour
	maxReason  = 500 // bytes
)

// Run runs what is due until ctx ends, and returns ctx's error. Kinds without a
// handler wait.
func (s *Timers) Run(ctx context.Context, handlers map[string]Handler) error {
	wake, stop := s.bus.Listen(Topic)
	defer stop()
	for {
		next, err := s.round(ctx, handlers)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		pause, hear := pollEvery, wake
		if err != nil {
			s.db.Log().Error("timers could not run", "err", err.Error())
			hear = nil // the database is unwell: no hurry
		} else if !next.IsZero() {
			pause = min(pause, next.Sub(s.clock.Now()))
		}
		if pause <= 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-hear:
		case <-s.clock.After(pause):
		}
	}
}

// round runs the entries that are due, and says when the next one is: the zero
// time when nobody knows. An error is the database's, not a handler's.
func (s *Timers) round(ctx context.Context, handlers map[string]Handler) (next time.Time, err error) {
	now := s.clock.Now()
	ready, next, err := s.due(ctx, handlers, now)
	if err != nil || len(ready) == 0 {
		return next, err
	}
	held, err := s.lease(ctx, now)
	if err != nil || !held {
		return time.Time{}, err
	}
	var wg sync.WaitGroup
	errs := make([]error, len(ready))
	slots := make(chan struct{}, parallel)
	for i, t := range ready {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			errs[i] = s.fire(ctx, t, now, handlers[t.Kind])
		})
	}
	wg.Wait()
	if len(ready) == batch {
		next = now // there may be more
	}
	return next, errors.Join(errs...)
}

// due finds the entries whose time has come, at most batch, and the time of the
// next one.
func (s *Timers) due(ctx context.Context, handlers map[string]Handler, now time.Time) (ready []Timer, next time.Time, err error) {
	if len(handlers) == 0 {
		return nil, time.Time{}, nil
	}
	args := []any{batch}
	for kind := range handlers {
		args = append(args, kind)
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		ready, next = nil, time.Time{}
		rows, err := tx.Query(`SELECT kind, entry_key, due_us FROM timer_entry
			WHERE NOT parked AND kind IN (`+sqldb.In(len(handlers), 2)+`) ORDER BY due_us LIMIT $1`, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t Timer
			var us int64
			if err := rows.Scan(&t.Kind, &t.Key, &us); err != nil {
				return err
			}
			if t.Due = sqldb.Time(us); t.Due.After(now) {
				next = t.Due
				break
			}
			ready = append(ready, t)
		}
		return rows.Close()
	})
	return ready, next, err
}

// lease keeps other nodes from running the same entries. It only saves work: what
// makes an effect happen once is the entry's removal. A lease that ends later than
// any can was given by a clock that has since been set back.
func (s *Timers) lease(ctx context.Context, now time.Time) (held bool, err error) {
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE timer_lease SET owner = $1, until_us = $2
			WHERE id = 1 AND (owner = $1 OR until_us < $3 OR until_us > $4)`,
			s.db.Node(), sqldb.Micros(now.Add(leaseTerm)), sqldb.Micros(now), sqldb.Micros(now.Add(2*leaseTerm)))
		held = n == 1
		return err
	})
	return held, err
}

// fire removes the entry and runs its handler in one transaction. What it removes
// is the entry as it is then: it may have been set anew since it was found.
func (s *Timers) fire(ctx context.Context, t Timer, now time.Time, h Handler) error {
	var tries int64
	var ran bool
	err := s.db.UpdateGuarded(ctx, func(tx *sqldb.Tx) error {
		var us int64
		var body json.RawMessage
		ran = false
		err := tx.QueryRow(`DELETE FROM timer_entry WHERE kind = $1 AND entry_key = $2 AND NOT parked AND due_us <= $3
			RETURNING due_us, tries, body`, t.Kind, t.Key, sqldb.Micros(now)).Scan(&us, &tries, &body)
		if err == sqldb.ErrNoRows {
			return nil // somebody else ran it, or it was put off
		}
		if err != nil {
			return err
		}
		ran = true
		t.Due, t.Body = sqldb.Time(us), body
		return h(tx, t)
	})
	switch {
	case err == nil || ctx.Err() != nil:
		return nil
	case !ran:
		return err
	}
	s.db.Log().Error("a timer's handler failed", "kind", t.Kind, "tries", tries+1, "err", err.Error())
	return s.putOff(ctx, t, tries+1, err)
}

// putOff gives a failed entry another time, or parks it. A database in trouble is
// no reason to park.
func (s *Timers) putOff(ctx context.Context, t Timer, tries int64, cause error) error {
	reason := fault.From(cause).Message
	reason = strings.ToValidUTF8(reason[:min(len(reason), maxReason)], "")
	again := s.clock.Now().Add(pauseAfter(tries))
	parked := tries >= maxTries && !fault.Is(cause, fault.Unavailable)
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE timer_entry SET due_us = $1, tries = $2, parked = $3, reason = $4
			WHERE kind = $5 AND entry_key = $6 AND due_us = $7`,
			sqldb.Micros(again), tries, parked, reason, t.Kind, t.Key, sqldb.Micros(t.Due))
		return err
	})
}

// pauseAfter is 5 s, 10 s, 20 s, ... up to an hour.
func pauseAfter(tries int64) time.Duration {
	return min(firstPause<<min(tries-1, 20), maxPause)
}

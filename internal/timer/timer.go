package timer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/sqldb"
)

// Topic is woken on the bus when an entry was set.
const Topic = "timer"

const (
	pollEvery  = time.Second
	leaseTerm  = 15 * time.Second
	batch      = 64 // entries looked at once
	parallel   = 16 // handlers at a time, so that SQLite commits them together
	maxTries   = 12 // about three hours of trying
	firstPause = 5 * time.Second
	maxPause   = time.Hour
	maxReason  = 500
)

// Timer is one entry: Kind and Key name it, setting it again replaces it.
type Timer struct {
	Kind string
	Key  string
	Due  time.Time
	Body json.RawMessage // {} when empty
}

// Entry is a Timer as List shows it.
type Entry struct {
	Timer
	Tries  int    // failed attempts
	Parked bool   // given up until somebody sets it again
	Reason string // of the last failure
}

// Handler does what an entry asks for, with tx. It may run twice for one effect,
// and must have no effect outside tx. To come again it sets the entry anew.
type Handler func(tx *sqldb.Tx, t Timer) error

// Timers keeps the entries.
type Timers struct {
	db    *sqldb.DB
	clock clock.Clock
	bus   *bus.Bus
}

// New makes the timers of a database.
func New(db *sqldb.DB, c clock.Clock, b *bus.Bus) *Timers {
	return &Timers{db: db, clock: c, bus: b}
}

// Set stores an entry, or replaces the one of the same kind and key with all that
// was known of its failures.
func (s *Timers) Set(tx *sqldb.Tx, t Timer) error {
	if t.Kind == "" || len(t.Kind) > 100 || len(t.Key) > 500 {
		return fault.New(fault.Invalid, "a timer needs a kind of 1 to 100 bytes and a key of at most 500", "")
	}
	if len(t.Body) == 0 {
		t.Body = json.RawMessage("{}")
	}
	if len(t.Body) > 64<<10 {
		return fault.Newf(fault.TooLarge, "a timer's body has %d bytes, %d are allowed", len(t.Body), 64<<10)
	}
	_, err := tx.Exec(`INSERT INTO timer_entry AS t (kind, entry_key, due_us, body, tries, parked, reason, rev)
		VALUES ($1, $2, $3, $4, 0, FALSE, '', 1)
		ON CONFLICT (kind, entry_key) DO UPDATE SET due_us = excluded.due_us, body = excluded.body,
			tries = 0, parked = FALSE, reason = '', rev = t.rev + 1`,
		t.Kind, t.Key, sqldb.Micros(t.Due), t.Body)
	if err == nil {
		tx.AfterCommit(func() { s.bus.Wake(Topic) })
	}
	return err
}

// Cancel removes an entry, if it is there.
func (s *Timers) Cancel(tx *sqldb.Tx, kind, key string) error {
	_, err := tx.Exec(`DELETE FROM timer_entry WHERE kind = $1 AND entry_key = $2`, kind, key)
	return err
}

// List gives the entries of a kind (of all when it is empty), the next due first,
// at most limit.
func (s *Timers) List(tx *sqldb.Tx, kind string, limit int) ([]Entry, error) {
	limit = min(max(limit, 1), 1000)
	query, args := `SELECT kind, entry_key, due_us, body, tries, parked, reason FROM timer_entry`, []any{}
	if kind != "" {
		query, args = query+` WHERE kind = $1`, append(args, kind)
	}
	query += fmt.Sprintf(` ORDER BY due_us, kind, entry_key LIMIT $%d`, len(args)+1)
	rows, err := tx.Query(query, append(args, limit)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Entry
	for rows.Next() {
		var e Entry
		var due int64
		if err := rows.Scan(&e.Kind, &e.Key, &due, &e.Body, &e.Tries, &e.Parked, &e.Reason); err != nil {
			return nil, err
		}
		e.Due = sqldb.Time(due)
		all = append(all, e)
	}
	return all, rows.Err()
}

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
		pause := pollEvery
		if err == nil && !next.IsZero() {
			pause = min(pause, max(next.Sub(s.clock.Now()), 0))
		}
		if pause == 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wake:
		case <-s.clock.After(pause):
		}
	}
}

type due struct {
	Timer
	rev, tries int64
}

// round runs the entries that are due, and says when the next one is.
func (s *Timers) round(ctx context.Context, handlers map[string]Handler) (next time.Time, err error) {
	kinds := make([]any, 0, len(handlers))
	for k := range handlers {
		kinds = append(kinds, k)
	}
	if len(kinds) == 0 {
		return time.Time{}, nil
	}
	now := s.clock.Now()
	var ready []due
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		ready, next = nil, time.Time{}
		rows, err := tx.Query(`SELECT kind, entry_key, due_us, body, rev, tries FROM timer_entry
			WHERE NOT parked AND kind IN (`+sqldb.In(len(kinds), 2)+`) ORDER BY due_us LIMIT $1`, append([]any{batch}, kinds...)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var d due
			var us int64
			if err := rows.Scan(&d.Kind, &d.Key, &us, &d.Body, &d.rev, &d.tries); err != nil {
				return err
			}
			if d.Due = sqldb.Time(us); d.Due.After(now) {
				next = d.Due
				break
			}
			ready = append(ready, d)
		}
		return rows.Err()
	})
	if err != nil || len(ready) == 0 {
		return next, err
	}
	held, err := s.lease(ctx, now)
	if err != nil || !held {
		return time.Time{}, err
	}
	if len(ready) == batch {
		next = now // there may be more
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, parallel)
	for _, d := range ready {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			s.fire(ctx, d, handlers[d.Kind])
		})
	}
	wg.Wait()
	return next, nil
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

var errTaken = errors.New("timer: somebody else ran or changed the entry")

// fire removes the entry and runs its handler in one transaction.
func (s *Timers) fire(ctx context.Context, d due, h Handler) {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`DELETE FROM timer_entry WHERE kind = $1 AND entry_key = $2 AND rev = $3 AND NOT parked`, d.Kind, d.Key, d.rev)
		if err != nil {
			return err
		}
		if n == 0 {
			return errTaken
		}
		return h(tx, d.Timer)
	})
	if err == nil || errors.Is(err, errTaken) || ctx.Err() != nil {
		return
	}
	s.failed(ctx, d, err)
}

// failed puts the entry off, or parks it.
func (s *Timers) failed(ctx context.Context, d due, cause error) {
	d.tries++
	reason := fault.From(cause).Message
	if len(reason) > maxReason {
		reason = reason[:maxReason]
	}
	again := s.clock.Now().Add(pause(d.tries))
	// An error here leaves the entry due: it is tried again at the next round.
	_ = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE timer_entry SET due_us = $1, tries = $2, parked = $3, reason = $4, rev = rev + 1
			WHERE kind = $5 AND entry_key = $6 AND rev = $7`,
			sqldb.Micros(again), d.tries, d.tries >= maxTries, reason, d.Kind, d.Key, d.rev)
		return err
	})
}

// pause is 5 s, 10 s, 20 s, ... up to an hour.
func pause(tries int64) time.Duration {
	return min(firstPause<<min(tries-1, 20), maxPause)
}

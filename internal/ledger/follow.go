package ledger

import (
	"context"
	"sync"
	"time"

	"tagline/internal/fault"
	"tagline/internal/sqldb"
)

const (
	leaseTerm  = 15 * time.Second
	pollEvery  = time.Second // wake-ups are hints, this is the truth
	batch      = 200         // events in one apply, so that taps keep their pace
	maxBackoff = 30 * time.Second
)

// Cursor says how far a follower has come.
type Cursor struct {
	Name   string
	Pos    int64     // the last number it has applied
	Lag    int64     // events behind the head
	Owner  string    // the node that follows
	Until  time.Time // its lease
	Reason string    // why the last attempt failed; "" when it did not
}

// Follow hands all events after the cursor of that name to apply, in order and at
// most 200 at a time, and moves the cursor in the same transaction. What apply
// writes with tx therefore happens exactly once per event; apply may run twice
// and must have no other effect.
//
// Of several nodes that follow under one name one works at a time; another takes
// over when its lease has run out. An error of apply is tried again with growing
// pauses, for as long as it stays: a follower never skips an event.
//
// The reason stands in the log and in Cursors. Follow returns when ctx ends, with
// ctx's error.
func (l *Ledger) Follow(ctx context.Context, name string, apply func(tx *sqldb.Tx, events []Event) error) error {
	wake, stop := l.bus.Listen(Topic)
	defer stop()
	f := &follower{l: l, name: name, apply: apply, pos: -1}
	failures := 0
	for {
		more, err := f.step(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		pause, hear := pollEvery, wake
		if err == nil {
			failures = 0
			if more {
				continue
			}
			if l.Pace > 0 && f.worked {
				// What comes meanwhile is taken in one go.
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-l.clock.After(l.Pace):
				}
			}
		} else {
			failures++
			pause, hear = backoff(failures), nil // new events are no reason to hurry
			f.failed(ctx, failures, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-hear:
		case <-l.clock.After(pause):
		}
	}
}

// failed tells why: the log each time, the cursor the first time.
func (f *follower) failed(ctx context.Context, failures int, err error) {
	f.l.db.Log().Error("a follower of the ledger failed", "follower", f.name, "failures", failures, "err", err.Error())
	if failures > 1 {
		return
	}
	reason := fault.From(err).Message
	// An error here says nothing new: the log has the cause.
	_ = f.l.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`INSERT INTO ledger_cursor (name, pos, owner, epoch, until_us, reason) VALUES ($1, 0, '', 0, 0, $2)
			ON CONFLICT (name) DO UPDATE SET reason = excluded.reason`, f.name, reason)
		return err
	})
}

// backoff is 100 ms, 200 ms, ... up to maxBackoff.
func backoff(failures int) time.Duration {
	d := 100 * time.Millisecond << min(failures-1, 20)
	return min(d, maxBackoff)
}

type follower struct {
	l     *Ledger
	name  string
	apply func(tx *sqldb.Tx, events []Event) error
	pos   int64 // where the next events are looked for; -1: ask the cursor

	shared bool // the last events were read by another follower
	worked bool // the last step had events
}

// step applies one batch. more says that there may be another at once.
func (f *follower) step(ctx context.Context) (more bool, err error) {
	events, err := f.read(ctx)
	f.worked = len(events) > 0
	if err != nil || len(events) == 0 {
		return false, err
	}
	return f.work(ctx, events)
}

// read looks for the next events. It asks for no lease: a node without work
// writes nothing.
func (f *follower) read(ctx context.Context) (events []Event, err error) {
	if f.pos < 0 {
		err = f.l.db.View(ctx, func(tx *sqldb.Tx) (err error) {
			f.pos, err = position(tx, f.name)
			return err
		})
	}
	if err == nil {
		events, f.shared, err = f.l.tail.read(ctx, f.l, f.pos)
	}
	if err != nil {
		f.pos = -1
	}
	return events, err
}

// tail is what a follower of this process read last. The others, woken by the same
// commit, stand at the same place and need the same events, which never change.
type tail struct {
	mu     sync.Mutex
	after  int64
	events []Event
}

// read gives the events after a number, and whether they were read before: then
// there may be newer ones.
func (t *tail) read(ctx context.Context, l *Ledger, after int64) (events []Event, shared bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.after == after && len(t.events) > 0 {
		return t.events, true, nil
	}
	err = l.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		events, err = l.Read(tx, after, batch)
		return err
	})
	t.after, t.events = after, events
	return events, false, err
}

// Same is an event and how many are like it.
type Same struct {
	Event // without what tells one event from another: number, id, thing, person
	Times int64
}

// Alike groups events that say the same at the same time, by a step of time:
// whoever counts them then reads each body once. Events of plain scans of one
// product differ in nothing else.
func Alike(events []Event, step time.Duration) []Same {
	type key struct {
		us         int64
		kind, body string
		class      Class
	}
	at := make(map[key]int, 16)
	var groups []Same
	for _, e := range events {
		when := e.At.UTC().Truncate(step)
		k := key{when.UnixMicro(), e.Type, string(e.Body), e.Class}
		i, known := at[k]
		if !known {
			i = len(groups)
			at[k] = i
			groups = append(groups, Same{Event: Event{Type: e.Type, Class: e.Class, At: when, Body: e.Body}})
		}
		groups[i].Times++
	}
	return groups
}

// work takes the lease, applies the events and moves the cursor, all or nothing.
func (f *follower) work(ctx context.Context, events []Event) (more bool, err error) {
	last := events[len(events)-1].Seq
	var held, moved bool
	err = f.l.db.UpdateGuarded(ctx, func(tx *sqldb.Tx) error {
		moved = false
		pos, epoch, ok, err := f.l.lease(tx, f.name)
		held = ok
		if err != nil || !ok {
			return err
		}
		if pos != f.pos { // another node has been here since we read
			moved = true
			return nil
		}
		if err := f.apply(tx, events); err != nil {
			return err
		}
		return move(tx, f.name, epoch, last)
	})
	if err != nil || !held || moved {
		f.pos = -1
		return moved && err == nil, err
	}
	f.pos = last
	return len(events) == batch || f.shared, nil
}

func position(tx *sqldb.Tx, name string) (int64, error) {
	var pos int64
	err := tx.QueryRow(`SELECT pos FROM ledger_cursor WHERE name = $1`, name).Scan(&pos)
	if err == sqldb.ErrNoRows {
		return 0, nil
	}
	return pos, err
}

// takeLease makes this node the cursor's owner, or renews that. It gives no row
// when another node's lease runs. A lease that ends later than any lease can was
// given by a clock that has since been set back; it does not count.
const takeLease = `INSERT INTO ledger_cursor AS c (name, pos, owner, epoch, until_us, reason) VALUES ($1, 0, $2, 1, $3, '')
	ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until_us = excluded.until_us,
		epoch = CASE WHEN c.owner = excluded.owner THEN c.epoch ELSE c.epoch + 1 END
	WHERE c.owner = excluded.owner OR c.until_us < $4 OR c.until_us > $5
	RETURNING pos, epoch`

func (l *Ledger) lease(tx *sqldb.Tx, name string) (pos, epoch int64, ok bool, err error) {
	now := l.clock.Now()
	err = tx.QueryRow(takeLease, name, l.node, sqldb.Micros(now.Add(leaseTerm)), sqldb.Micros(now), sqldb.Micros(now.Add(2*leaseTerm))).Scan(&pos, &epoch)
	if err == sqldb.ErrNoRows {
		return 0, 0, false, nil
	}
	return pos, epoch, err == nil, err
}

// move sets the cursor, unless another node has taken it: the epoch fences off an
// owner that was frozen.
func move(tx *sqldb.Tx, name string, epoch, pos int64) error {
	n, err := tx.Exec(`UPDATE ledger_cursor SET pos = $1, reason = '' WHERE name = $2 AND epoch = $3`, pos, name, epoch)
	if err == nil && n != 1 {
		err = fault.New(fault.Unavailable, "another node follows the ledger under this name", "")
	}
	return err
}

// Cursors lists all followers, by name.
func (l *Ledger) Cursors(tx *sqldb.Tx) ([]Cursor, error) {
	head, err := l.Head(tx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT name, pos, owner, until_us, reason FROM ledger_cursor ORDER BY name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Cursor
	for rows.Next() {
		var c Cursor
		var until int64
		if err := rows.Scan(&c.Name, &c.Pos, &c.Owner, &until, &c.Reason); err != nil {
			return nil, err
		}
		c.Lag, c.Until = head-c.Pos, sqldb.Time(until)
		all = append(all, c)
	}
	return all, rows.Err()
}

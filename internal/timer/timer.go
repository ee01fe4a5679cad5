package timer

import (
	"encoding/json"
	"fmt"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/sqldb"
)

// Topic is woken on the bus when an entry was set.
const Topic = "timer"

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
	_, err := tx.Exec(`INSERT INTO timer_entry (kind, entry_key, due_us, body, tries, parked, reason)
		VALUES ($1, $2, $3, $4, 0, FALSE, '')
		ON CONFLICT (kind, entry_key) DO UPDATE SET due_us = excluded.due_us, body = excluded.body,
			tries = 0, parked = FALSE, reason = ''`,
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

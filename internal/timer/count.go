package timer

import "tagline/internal/sqldb"

// Counts is how many timers there are.
type Counts struct {
	Waiting int64 // due in the future
	Overdue int64 // due, and not yet run
	Parked  int64 // given up after too many failures
}

// Count counts the timers of all kinds.
func (s *Timers) Count(tx *sqldb.Tx) (c Counts, err error) {
	err = tx.QueryRow(`SELECT count(*) FILTER (WHERE NOT parked AND due_us > $1), count(*) FILTER (WHERE NOT parked AND due_us <= $1),
		count(*) FILTER (WHERE parked) FROM timer_entry`, sqldb.Micros(s.clock.Now())).Scan(&c.Waiting, &c.Overdue, &c.Parked)
	return c, err
}

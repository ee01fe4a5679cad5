package reading

import (
	"context"
	"time"

	"tagline/internal/detect"
	"tagline/internal/device"
	"tagline/internal/sqldb"
)

const (
	passBatch = 100         // devices looked at in one go
	passRest  = time.Minute // at the longest between two looks
)

// Run tells, until ctx ends, the moments that come with time alone: what lasts, what
// is absent, what has ended.
func (s *Service) Run(ctx context.Context) error {
	for {
		next, err := s.Pass(ctx)
		if err != nil && ctx.Err() == nil {
			next = s.clock.Now().Add(time.Second) // the database may come back
		}
		wait := passRest
		if !next.IsZero() {
			wait = min(wait, max(next.Sub(s.clock.Now()), 10*time.Millisecond))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.clock.After(wait):
		case <-s.wake:
		}
	}
}

// Pass looks once at all devices of which a wait may have ended, and says when to look
// again; zero when nothing is waited for.
func (s *Service) Pass(ctx context.Context) (next time.Time, err error) {
	for {
		now := s.clock.Now().UnixMicro()
		var due []int64
		next = time.Time{}
		err := s.db.View(ctx, func(tx *sqldb.Tx) error {
			due = nil
			rows, err := tx.Query(`SELECT device, due_us FROM reading_turn WHERE due_us > 0 ORDER BY due_us LIMIT $1`, passBatch)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var no, at int64
				if err := rows.Scan(&no, &at); err != nil {
					return err
				}
				if at > now {
					next = sqldb.Time(at)
					break
				}
				due = append(due, no)
			}
			return rows.Err()
		})
		if err != nil || len(due) == 0 {
			return next, err
		}
		for _, no := range due {
			if err := s.passOne(ctx, no, now); err != nil {
				s.Forget(no)
				return next, err
			}
		}
	}
}

// passOne tells what waits of one device tell until now.
func (s *Service) passOne(ctx context.Context, no, now int64) error {
	var d device.Device
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		d, err = device.ByNo(tx, no)
		return err
	})
	if err != nil {
		return err
	}
	m, err := s.model(ctx, d.Model)
	if err != nil {
		return err
	}
	p, err := s.program(m)
	if err != nil {
		return err
	}
	runs := 0
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if runs++; runs > 1 {
			s.Forget(no)
		}
		t, err := takeTurn(tx, no)
		if err != nil {
			return err
		}
		l, err := s.hold(tx, no, p, t, nil)
		if err != nil {
			return err
		}
		defer l.mu.Unlock()
		l.turn = -1
		told := []detect.Firing{}
		if now > l.passed {
			all, err := l.passing(p, now)
			if err != nil {
				return err
			}
			told, _ = differ(l.ahead, all)
			l.ahead, l.passed = all, now
		}
		if err := s.tell(tx, &d, told, nil); err != nil {
			return err
		}
		due, ok, err := l.next(p)
		if err != nil {
			return err
		}
		if !ok {
			due = 0
		}
		l.due = due
		if _, err := tx.Exec(`UPDATE reading_turn SET due_us = $1, passed_us = $2 WHERE device = $3`, due, l.passed, no); err != nil {
			return err
		}
		l.turn = t.n + 1
		return nil
	})
}

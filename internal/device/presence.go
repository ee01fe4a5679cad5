package device

import (
	"context"

	"tagline/internal/sqldb"
)

// Connected notes that a device is there, by a session whose number is greater than
// that of every session before.
func (s *Service) Connected(ctx context.Context, no, session int64) error {
	now := sqldb.Micros(s.clock.Now())
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE device_device SET online = 1, session = $1, since_us = $2, gone = '' WHERE no = $3 AND session < $1`, session, now, no)
		return err
	})
}

// Left notes that a session has ended. It says nothing when a later one has begun.
func (s *Service) Left(ctx context.Context, no, session int64, why string) error {
	now := sqldb.Micros(s.clock.Now())
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE device_device SET online = 0, since_us = $1, gone = $2 WHERE no = $3 AND session = $4`, now, why, no, session)
		return err
	})
}

// Restarted ends the sessions of a server that is no more. It is for the start of a
// server that nobody shares the database with.
func (s *Service) Restarted(ctx context.Context) error {
	if s.db.Engine() != sqldb.SQLite {
		return nil
	}
	now := sqldb.Micros(s.clock.Now())
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE device_device SET online = 0, since_us = $1, gone = 'restart' WHERE online = 1`, now)
		return err
	})
}

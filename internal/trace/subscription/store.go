package subscription

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"tagline/internal/fault"
	"tagline/internal/sqldb"
)

const columns = `id, query_name, dest, secret, schedule, report_empty, format, viewer, made_by, created_us, initial_us, position, min_record_us,
	notified_us, next_us, batch, tries, suspended, reason`

func insert(tx *sqldb.Tx, s *Subscription) error {
	var n int64
	if err := tx.QueryRow(`SELECT count(*) FROM subscription_row`).Scan(&n); err != nil {
		return err
	}
	if n >= most {
		return fault.Newf(fault.TooLarge, "there are %d subscriptions, and no more are kept", n).WithHint("Delete some that are not needed.")
	}
	schedule := ""
	if s.Schedule != nil {
		b, err := json.Marshal(s.Schedule)
		if err != nil {
			return err
		}
		schedule = string(b)
	}
	format, err := json.Marshal(s.Spelling)
	if err != nil {
		return err
	}
	viewer, err := viewerText(s.Viewer)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO subscription_row (`+columns+`, owner, until_us)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $16, $12, 0, $13, $14, 0, $15, '', '', 0)`,
		s.ID, s.Query, s.Dest, s.secret, schedule, s.ReportEmpty, string(format), viewer, s.By, sqldb.Micros(s.Created), sqldb.Micros(s.Initial),
		sqldb.Micros(s.MinRecord), sqldb.Micros(s.Next), s.batch, false, s.position)
	return err
}

func scan(row interface{ Scan(...any) error }) (s Subscription, err error) {
	var schedule, format, viewer string
	var created, initial, least, notified, next, batch, tries int64
	if err := row.Scan(&s.ID, &s.Query, &s.Dest, &s.secret, &schedule, &s.ReportEmpty, &format, &viewer, &s.By, &created, &initial, &s.position, &least,
		&notified, &next, &batch, &tries, &s.Suspended, &s.Reason); err != nil {
		return s, err
	}
	s.Created, s.Initial, s.MinRecord, s.Notified, s.Next = sqldb.Time(created), sqldb.Time(initial), sqldb.Time(least), sqldb.Time(notified), sqldb.Time(next)
	s.batch, s.Tries = int(batch), int(tries)
	if schedule != "" {
		if s.Schedule, err = parse(schedule); err != nil {
			return s, fmt.Errorf("subscription: a stored schedule cannot be read: %w", err)
		}
	}
	return s, errors.Join(json.Unmarshal([]byte(format), &s.Spelling), json.Unmarshal([]byte(viewer), &s.Viewer))
}

func list(tx *sqldb.Tx, where string, args ...any) (out []Subscription, err error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM subscription_row `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		s, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// active lists what is not suspended.
func (s *Service) active(ctx context.Context) (out []Subscription, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		out, err = list(tx, `WHERE NOT suspended ORDER BY id`)
		return err
	})
	return out, err
}

// List gives the subscriptions of a query, at most size after an id.
func (s *Service) List(ctx context.Context, query, after string, size int) (out []Subscription, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		out, err = list(tx, `WHERE query_name = $1 AND id > $2 ORDER BY id LIMIT $3`, query, after, size)
		return err
	})
	return out, err
}

// Get gives one subscription of a query. Errors: NotFound.
func (s *Service) Get(ctx context.Context, query, id string) (out Subscription, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		out, err = scan(tx.QueryRow(`SELECT `+columns+` FROM subscription_row WHERE query_name = $1 AND id = $2`, query, id))
		if errors.Is(err, sqldb.ErrNoRows) {
			return fault.New(fault.NotFound, "there is no such subscription", "Look at the list of the query's subscriptions.")
		}
		return err
	})
	return out, err
}

// hold takes a subscription for this node, and reads anew how far it is; false when
// another node has it, or it has gone.
func (s *Service) hold(ctx context.Context, sub *Subscription) (ours bool, err error) {
	now := s.Clock.Now()
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE subscription_row SET owner = $1, until_us = $2 WHERE id = $3 AND NOT suspended AND (owner = $1 OR until_us < $4)`,
			s.DB.Node(), sqldb.Micros(now.Add(lease)), sub.ID, sqldb.Micros(now))
		if err != nil || n == 0 {
			ours = false
			return err
		}
		ours = true
		*sub, err = scan(tx.QueryRow(`SELECT `+columns+` FROM subscription_row WHERE id = $1`, sub.ID))
		return err
	})
	return ours, err
}

// save keeps how far a subscription is, if this node still holds it.
func (s *Service) save(ctx context.Context, sub *Subscription) (held bool, err error) {
	// What was delivered must be kept though the server is about to stop.
	err = s.DB.Update(context.WithoutCancel(ctx), func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`UPDATE subscription_row SET position = $1, min_record_us = $2, notified_us = $3, next_us = $4, batch = $5, tries = $6, suspended = $7,
			reason = $8, until_us = $9 WHERE id = $10 AND owner = $11`,
			sub.position, sqldb.Micros(sub.MinRecord), sqldb.Micros(sub.Notified), sqldb.Micros(sub.Next), sub.batch, sub.Tries, sub.Suspended, sub.Reason,
			sqldb.Micros(s.Clock.Now().Add(lease)), sub.ID, s.DB.Node())
		held = n > 0
		return err
	})
	return held, err
}

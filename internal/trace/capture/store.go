package capture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"tagline/internal/fault"
	"tagline/internal/sqldb"
)

const columns = `id, created_us, finished_us, state, behaviour, format, bytes, events, stored, repeated, refused, captured_by`

func insertJob(tx *sqldb.Tx, j Job) error {
	_, err := tx.Exec(`INSERT INTO capture_job (`+columns+`, spool) VALUES ($1, $2, 0, 'running', $3, $4, $5, 0, 0, 0, 0, $6, '')`,
		j.ID, sqldb.Micros(j.Created), string(j.Behaviour), string(j.Format), j.Bytes, j.By)
	return err
}

func updateJob(tx *sqldb.Tx, j *Job) error {
	state := "finished"
	if j.Running {
		state = "running"
	}
	_, err := tx.Exec(`UPDATE capture_job SET finished_us = $1, state = $2, events = $3, stored = $4, repeated = $5, refused = $6 WHERE id = $7`,
		sqldb.Micros(j.Finished), state, j.Events, j.Stored, j.Repeated, j.Refused, j.ID)
	return err
}

func insertErrors(tx *sqldb.Tx, id string, list []Problem) error {
	for n, p := range list {
		text, err := marshal(p)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO capture_error (capture, n, problem) VALUES ($1, $2, $3)`, id, n, text); err != nil {
			return err
		}
	}
	return nil
}

func scan(row interface{ Scan(...any) error }) (j Job, err error) {
	var created, finished int64
	var state, behaviour, format string
	if err := row.Scan(&j.ID, &created, &finished, &state, &behaviour, &format, &j.Bytes, &j.Events, &j.Stored, &j.Repeated, &j.Refused, &j.By); err != nil {
		return j, err
	}
	j.Created, j.Finished = sqldb.Time(created), sqldb.Time(finished)
	j.Running, j.Behaviour, j.Format = state == "running", Behaviour(behaviour), Format(format)
	return j, nil
}

func list(tx *sqldb.Tx, query string, args ...any) (jobs []Job, err error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM capture_job `+query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		j, err := scan(rows)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, j)
	}
	return jobs, rows.Err()
}

// waiting lists the jobs that have not ended, the oldest first.
func (s *Service) waiting(ctx context.Context) (jobs []Job, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		jobs, err = list(tx, `WHERE state = 'running' ORDER BY created_us, id LIMIT 1000`)
		return err
	})
	return jobs, err
}

// Job gives one job with what was wrong. Errors: NotFound.
func (s *Service) Job(ctx context.Context, id string) (j Job, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		j, err = scan(tx.QueryRow(`SELECT `+columns+` FROM capture_job WHERE id = $1`, id))
		if errors.Is(err, sqldb.ErrNoRows) {
			return fault.New(fault.NotFound, "there is no capture of this id", "Look at the list of captures.")
		}
		if err != nil {
			return err
		}
		j.Errors, err = problems(tx, id)
		return err
	})
	return j, err
}

func problems(tx *sqldb.Tx, id string) (list []Problem, err error) {
	rows, err := tx.Query(`SELECT problem FROM capture_error WHERE capture = $1 ORDER BY n`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		var p Problem
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return nil, fmt.Errorf("capture: a stored problem cannot be read: %w", err)
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// Cursor is where a page of jobs ended; zero is the beginning.
type Cursor struct {
	Created int64 // microseconds
	ID      string
}

// Jobs lists jobs, the newest first, at most size after a cursor; those of by alone
// if it is not empty. Their errors are left out.
func (s *Service) Jobs(ctx context.Context, by string, after Cursor, size int) (jobs []Job, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		where, args := `WHERE 1 = 1`, []any{size}
		if after.ID != "" {
			where, args = where+` AND (created_us, id) < ($2, $3)`, append(args, after.Created, after.ID)
		}
		if by != "" {
			args = append(args, by)
			where += fmt.Sprintf(` AND captured_by = $%d`, len(args))
		}
		jobs, err = list(tx, where+` ORDER BY created_us DESC, id DESC LIMIT $1`, args...)
		return err
	})
	return jobs, err
}

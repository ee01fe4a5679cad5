package intake

import (
	"context"
	"encoding/base64"
	"time"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// Letter is something that a device sent and that could not be taken.
type Letter struct {
	ID      ident.Event
	Device  int64
	Brand   string
	Name    string
	Kind    string
	Via     string
	Type    string // content type
	Reason  string
	Body    []byte // of the first one, cut short
	Times   int64  // how often alike ones came
	State   string // "open", "replayed", "dropped"
	First   time.Time
	Last    time.Time
	Settled time.Time
	By      string
}

// The bounds of dead letters.
const (
	maxLetter  = 16 << 10 // bytes of a body that are kept
	maxLetters = 200      // open ones of a device
)

const letterColumns = `id, device, brand, name, kind, via, content_type, reason, body, coded, times, state, first_us, last_us, settled_us, settled_by`

func scanLetter(scan func(...any) error) (l Letter, err error) {
	var body string
	var coded, first, last, settled int64
	if err := scan(&l.ID, &l.Device, &l.Brand, &l.Name, &l.Kind, &l.Via, &l.Type, &l.Reason, &body, &coded, &l.Times, &l.State, &first, &last, &settled, &l.By); err != nil {
		return l, err
	}
	l.First, l.Last, l.Settled = sqldb.Time(first), sqldb.Time(last), sqldb.Time(settled)
	l.Body = []byte(body)
	if coded != 0 {
		l.Body, err = base64.StdEncoding.DecodeString(body)
	}
	return l, err
}

// bury keeps a message that cannot be taken. Of alike ones the first is kept and the
// others counted, so that a flood of them is one row.
func (s *Service) bury(tx *sqldb.Tx, w *work, why *fault.Error) error {
	u, now := w.uplink, sqldb.Micros(w.uplink.Received)
	reason := why.Message
	if len(reason) > 500 {
		reason = string([]rune(reason)[:min(len([]rune(reason)), 400)]) + "…"
	}
	if u.Via == "replay" {
		return nil // it lies there already
	}
	n, err := tx.Exec(`UPDATE intake_dead SET times = times + 1, last_us = $1 WHERE device = $2 AND kind = $3 AND state = 'open' AND reason = $4`, now, w.device.No, u.Kind, reason)
	if err != nil || n > 0 {
		return err
	}
	var open int64
	if err := tx.QueryRow(`SELECT count(*) FROM intake_dead WHERE device = $1 AND state = 'open'`, w.device.No).Scan(&open); err != nil {
		return err
	}
	if open >= maxLetters { // the newest of them carries the rest
		_, err := tx.Exec(`UPDATE intake_dead SET times = times + 1, last_us = $1 WHERE id = (SELECT max(id) FROM intake_dead WHERE device = $2 AND state = 'open')`, now, w.device.No)
		return err
	}
	body, coded := text(u.Body[:min(len(u.Body), maxLetter)])
	_, err = tx.Exec(`INSERT INTO intake_dead (`+letterColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 'open', $11, $11, 0, '')`,
		string(s.ids.Event()), w.device.No, u.Brand, u.Name, u.Kind, u.Via, clip(u.ContentType, 100), reason, body, flag(coded), now)
	return err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func clip(s string, most int) string {
	if len(s) > most {
		return s[:most]
	}
	return s
}

// LetterFilter chooses dead letters; empty fields choose all.
type LetterFilter struct {
	Device int64
	State  string
	Before ident.Event // for the next page: the last id of the page before
	Limit  int
}

// Letters lists dead letters, the newest first.
func (s *Service) Letters(ctx context.Context, f LetterFilter) (all []Letter, err error) {
	limit := f.Limit
	if limit <= 0 || limit > 500 {
		limit = 50
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		all = nil
		rows, err := tx.Query(`SELECT `+letterColumns+` FROM intake_dead WHERE ($1 = 0 OR device = $1) AND ($2 = '' OR state = $2) AND ($3 = '' OR id < $3)
			ORDER BY id DESC LIMIT $4`, f.Device, f.State, string(f.Before), limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			l, err := scanLetter(rows.Scan)
			if err != nil {
				return err
			}
			all = append(all, l)
		}
		return rows.Err()
	})
	return all, err
}

// letter reads one. Errors: NotFound; Conflict for one that was settled.
func (s *Service) letter(ctx context.Context, id ident.Event) (l Letter, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		l, err = scanLetter(tx.QueryRow(`SELECT `+letterColumns+` FROM intake_dead WHERE id = $1`, string(id)).Scan)
		return err
	})
	if err == sqldb.ErrNoRows {
		return l, fault.New(fault.NotFound, "there is no such dead letter", "List them again.")
	}
	if err == nil && l.State != "open" {
		err = fault.Newf(fault.Conflict, "this dead letter was %s", l.State)
	}
	return l, err
}

// Replay takes a dead letter in again, by the model as it is now. If it still cannot be
// taken it stays, and the error says why. Of alike ones only the first is there.
func (s *Service) Replay(ctx context.Context, by string, id ident.Event) (Answer, error) {
	l, err := s.letter(ctx, id)
	if err != nil {
		return Answer{}, err
	}
	if len(l.Body) >= maxLetter {
		return Answer{}, fault.Newf(fault.Conflict, "of this message only the first %d bytes were kept", maxLetter).WithHint("Have the device send it again.")
	}
	answers, err := s.Accept(ctx, []Uplink{{Brand: l.Brand, Name: l.Name, Kind: l.Kind, Body: l.Body, ContentType: l.Type, Received: l.First, Via: "replay"}})
	if err != nil {
		return Answer{}, err
	}
	if a := answers[0]; a.Err != nil {
		return a, a.Err
	}
	return answers[0], s.settle(ctx, by, id, "replayed")
}

// Drop settles a dead letter that nobody needs.
func (s *Service) Drop(ctx context.Context, by string, id ident.Event) error {
	if _, err := s.letter(ctx, id); err != nil {
		return err
	}
	return s.settle(ctx, by, id, "dropped")
}

func (s *Service) settle(ctx context.Context, by string, id ident.Event, state string) error {
	now := sqldb.Micros(s.clock.Now())
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE intake_dead SET state = $1, settled_us = $2, settled_by = $3 WHERE id = $4 AND state = 'open'`, state, now, by, string(id))
		return err
	})
}

// OpenLetters counts the dead letters that nobody has settled, inside a transaction.
func OpenLetters(tx *sqldb.Tx) (n int64, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM intake_dead WHERE state = 'open'`).Scan(&n)
	return n, err
}

package reading

import (
	"context"
	"encoding/json"

	"tagline/internal/detect"
	"tagline/internal/device"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
)

// TypeMoment begins the type of a device's moment in the ledger: moment.low.
const TypeMoment = "moment."

// Moment is something that a detector found.
type Moment struct {
	Device   int64
	Key      string
	Name     string
	At       int64 // microseconds of UTC
	From     int64
	Found    int64 // when it was told
	Event    ident.Event
	Standing bool // it was not disproved
	Cause    string
	Values   map[string]float64
	Because  string
}

// momentDoc is what a row keeps beside its columns.
type momentDoc struct {
	From    int64              `json:"from"`
	Cause   string             `json:"cause,omitempty"`
	Values  map[string]float64 `json:"values,omitempty"`
	Because string             `json:"because,omitempty"`
}

// MomentBody is the body of a moment's event.
type MomentBody struct {
	Device  string             `json:"device"`
	Model   string             `json:"model"`
	Moment  string             `json:"moment"`
	GTIN    string             `json:"gtin,omitempty"`
	Serial  string             `json:"serial,omitempty"`
	From    int64              `json:"fromUs,omitempty"`
	Reading string             `json:"reading,omitempty"` // the entry that made it true
	Values  map[string]float64 `json:"values,omitempty"`
	Because string             `json:"because,omitempty"`
	Demo    bool               `json:"demo,omitempty"`
}

// tell writes moments that came true, and takes back those that are so no more.
func (s *Service) tell(tx *sqldb.Tx, d *device.Device, told, gone []detect.Firing) error {
	if len(told)+len(gone) == 0 {
		return nil
	}
	now := s.clock.Now()
	for _, f := range gone {
		var was ident.Event
		err := tx.QueryRow(`UPDATE reading_moment SET standing = 0 WHERE device = $1 AND key = $2 AND standing = 1 RETURNING event`, d.No, f.Key()).Scan(&was)
		if err == sqldb.ErrNoRows {
			continue
		}
		if err != nil {
			return err
		}
		e, err := s.event(d, f, life.TypeTakenBack)
		if err != nil {
			return err
		}
		e.Cause = was
		if err := s.ledger.Append(tx, e); err != nil {
			return err
		}
		if err := s.hand(tx, d, f, e.ID, false); err != nil {
			return err
		}
	}
	for _, f := range told {
		e, err := s.event(d, f, TypeMoment+f.Moment)
		if err != nil {
			return err
		}
		doc, err := json.Marshal(momentDoc{f.From, f.Cause, f.Values, f.Because})
		if err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO reading_moment (device, key, moment, at_us, found_us, event, standing, doc) VALUES ($1, $2, $3, $4, $5, $6, 1, $7)
			ON CONFLICT (device, key) DO UPDATE SET standing = 1, found_us = excluded.found_us, event = excluded.event, doc = excluded.doc WHERE reading_moment.standing = 0`,
			d.No, f.Key(), f.Moment, f.At, sqldb.Micros(now), string(e.ID), doc)
		if err != nil {
			return err
		}
		if n == 0 {
			continue // it stands already
		}
		if err := s.ledger.Append(tx, e); err != nil {
			return err
		}
		if err := s.hand(tx, d, f, e.ID, true); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) event(d *device.Device, f detect.Firing, eventType string) (ledger.Event, error) {
	body, err := json.Marshal(MomentBody{
		Device: d.ID(), Model: d.Model, Moment: f.Moment, GTIN: d.GTIN, Serial: d.Serial, From: f.From, Reading: f.Cause, Values: f.Values, Because: f.Because, Demo: d.Demo,
	})
	return ledger.Event{ID: s.ids.Event(), Source: "device", Type: eventType, Class: ledger.Moment, Thing: d.Thing, At: sqldb.Time(f.At), Body: body}, err
}

func (s *Service) hand(tx *sqldb.Tx, d *device.Device, f detect.Firing, id ident.Event, standing bool) error {
	if s.told == nil {
		return nil
	}
	return s.told(tx, d, Moment{
		Device: d.No, Key: f.Key(), Name: f.Moment, At: f.At, From: f.From, Event: id, Standing: standing, Cause: f.Cause, Values: f.Values, Because: f.Because,
	})
}

// Moments lists the standing moments of a device, the newest first. name chooses a
// kind of moment; "" all.
func (s *Service) Moments(ctx context.Context, no int64, name string, since int64, limit int) (all []Moment, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		all, err = Moments(tx, no, name, since, limit)
		return err
	})
	return all, err
}

// Moments is Service.Moments inside a transaction.
func Moments(tx *sqldb.Tx, no int64, name string, since int64, limit int) ([]Moment, error) {
	if limit <= 0 || limit > 2000 {
		limit = 100
	}
	rows, err := tx.Query(`SELECT key, moment, at_us, found_us, event, doc FROM reading_moment
		WHERE device = $1 AND ($2 = '' OR moment = $2) AND at_us >= $3 AND standing = 1 ORDER BY at_us DESC, key DESC LIMIT $4`, no, name, since, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Moment
	for rows.Next() {
		m := Moment{Device: no, Standing: true}
		var body []byte
		if err := rows.Scan(&m.Key, &m.Name, &m.At, &m.Found, &m.Event, &body); err != nil {
			return nil, err
		}
		var doc momentDoc
		if err := json.Unmarshal(body, &doc); err != nil {
			return nil, err
		}
		m.From, m.Cause, m.Values, m.Because = doc.From, doc.Cause, doc.Values, doc.Because
		all = append(all, m)
	}
	return all, rows.Err()
}

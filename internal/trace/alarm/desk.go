package alarm

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"tagline/internal/fault"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/trace/suspicion"
)

// Filter chooses alarms; its zero value takes all.
type Filter struct {
	State    State
	Rule     suspicion.Rule
	Severity suspicion.Severity
	GTIN     string
	Market   string
	Party    string
	Key      string // of a thing
	Before   string // the last id of the page before
	Limit    int
}

// List lists alarms, the newest first.
func (s *Service) List(ctx context.Context, f Filter) (got []Alarm, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		got, err = list(tx, f)
		return err
	})
	return got, err
}

// Get gives one alarm. Errors: NotFound.
func (s *Service) Get(ctx context.Context, id string) (a Alarm, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		a, err = get(tx, id)
		return err
	})
	return a, err
}

func get(tx *sqldb.Tx, id string) (Alarm, error) {
	a, err := scanCase(tx.QueryRow(`SELECT `+caseColumns+` FROM alarm_case WHERE id = $1`, id).Scan)
	if errors.Is(err, sqldb.ErrNoRows) {
		return a, fault.New(fault.NotFound, "there is no such alarm", "Look at the list of alarms.")
	}
	return a, err
}

// Decide writes down what somebody makes of an alarm. A decision may be changed and
// taken back; one that was corrected is not there to be decided. Errors: NotFound,
// Invalid, Conflict.
func (s *Service) Decide(ctx context.Context, id string, d Decision) (a Alarm, err error) {
	if err := d.check(); err != nil {
		return a, err
	}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		if a, err = get(tx, id); err != nil {
			return err
		}
		if a.State == Corrected {
			return fault.New(fault.Conflict, "this alarm was taken back because its evidence was", "There is nothing to decide.")
		}
		if a.State == d.State && a.Reason == d.Reason {
			return nil
		}
		now := s.Clock.Now()
		if _, err := tx.Exec(`UPDATE alarm_case SET state = $1, decided_by = $2, reason = $3, changed_us = $4 WHERE id = $5`,
			string(d.State), d.By, d.Reason, sqldb.Micros(now), id); err != nil {
			return err
		}
		a.State, a.By, a.Reason, a.Changed = d.State, d.By, d.Reason, sqldb.Time(sqldb.Micros(now))
		return s.record(tx, TypeDecided, Told{Alarm: id, Rule: a.Rule, Key: a.Key, State: d.State, By: d.By, Reason: d.Reason}, now)
	})
	return a, err
}

// Statistic is how a rule did lately.
type Statistic struct {
	Rule      suspicion.Rule
	Open      int64 // now
	Raised    int64 // in the time asked for, like the rest
	Confirmed int64 // those that led to a recall are among them
	Dismissed int64
	Corrected int64
}

// Wrong is the share of decided alarms that were none; false when none was decided.
func (s Statistic) Wrong() (float64, bool) {
	if n := s.Confirmed + s.Dismissed; n > 0 {
		return float64(s.Dismissed) / float64(n), true
	}
	return 0, false
}

// Sum counts alarms by something.
type Sum struct {
	By    string
	Count int64
}

// Statistics tells how each rule did with what was raised since a time, and where the
// alarms that stand come from: countries, and parties who had the things last.
func (s *Service) Statistics(ctx context.Context, since time.Time) (rules []Statistic, markets, parties []Sum, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		rules, markets, parties = nil, nil, nil
		by := map[suspicion.Rule]*Statistic{}
		for _, d := range suspicion.Rules() {
			by[d.Rule] = &Statistic{Rule: d.Rule}
		}
		rows, err := tx.Query(`SELECT rule, state, count(*), count(*) FILTER (WHERE raised_us >= $1) FROM alarm_case GROUP BY rule, state`, sqldb.Micros(since))
		if err != nil {
			return err
		}
		for rows.Next() {
			var rule suspicion.Rule
			var state State
			var all, lately int64
			if err := rows.Scan(&rule, &state, &all, &lately); err != nil {
				rows.Close()
				return err
			}
			st := by[rule]
			if st == nil {
				continue
			}
			st.Raised += lately
			switch state {
			case Open:
				st.Open = all
			case Confirmed, Recalled:
				st.Confirmed += lately
			case Dismissed:
				st.Dismissed = lately
			case Corrected:
				st.Corrected = lately
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for _, d := range suspicion.Rules() {
			rules = append(rules, *by[d.Rule])
		}
		if markets, err = sums(tx, "market", since); err != nil {
			return err
		}
		parties, err = sums(tx, "party", since)
		return err
	})
	return rules, markets, parties, err
}

func sums(tx *sqldb.Tx, column string, since time.Time) (list []Sum, err error) {
	rows, err := tx.Query(`SELECT `+column+`, count(*) FROM alarm_case WHERE `+column+` <> '' AND state IN ('open', 'confirmed', 'recalled') AND raised_us >= $1 GROUP BY `+column+` ORDER BY 2 DESC, 1 LIMIT 50`, sqldb.Micros(since))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s Sum
		if err := rows.Scan(&s.By, &s.Count); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// SettingsChange is the settings of the rules as somebody left them.
type SettingsChange struct {
	suspicion.Settings
	Version int64
	At      time.Time // zero for the settings to begin with
	By      string
}

// Settings gives the settings that hold now.
func (s *Service) Settings(ctx context.Context) (c SettingsChange, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		c, err = latestSettings(tx)
		return err
	})
	return c, err
}

// SetSettings changes the settings. They hold for what is looked at from now on.
// Errors: Invalid; Conflict when the version is not the one that holds.
func (s *Service) SetSettings(ctx context.Context, settings suspicion.Settings, version int64, by string) (c SettingsChange, err error) {
	settings, err = settings.Check()
	if err != nil {
		return c, err
	}
	doc, err := json.Marshal(settings)
	if err != nil {
		return c, err
	}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`UPDATE alarm_turn SET n = n + 1 WHERE id = 1`); err != nil {
			return err
		}
		before, err := latestSettings(tx)
		if err != nil {
			return err
		}
		if before.Version != version {
			return fault.New(fault.Conflict, "somebody else has changed the settings", "Read them again, and change them then.")
		}
		now := s.Clock.Now()
		c = SettingsChange{settings, version + 1, sqldb.Time(sqldb.Micros(now)), by}
		if _, err := tx.Exec(`INSERT INTO alarm_setting (version, doc, changed_us, changed_by) VALUES ($1, $2, $3, $4)`, c.Version, string(doc), sqldb.Micros(now), by); err != nil {
			return err
		}
		body, err := json.Marshal(map[string]any{"version": c.Version, "by": by, "settings": settings})
		if err != nil {
			return err
		}
		return s.Ledger.Append(tx, ledger.Event{ID: s.IDs.Event(), Source: "alarm", Type: TypeSettings, At: now, Body: body})
	})
	return c, err
}

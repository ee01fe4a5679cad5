package alarm

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"tagline/internal/sqldb"
	"tagline/internal/trace/suspicion"
)

const caseColumns = `id, rule, key, anchor, state, severity, gtin, market, party, at_us, raised_us, changed_us, decided_by, reason, doc`

func scanCase(scan func(...any) error) (a Alarm, err error) {
	var at, raised, changed int64
	var doc string
	if err := scan(&a.ID, &a.Rule, &a.Key, &a.Anchor, &a.State, &a.Severity, &a.GTIN, &a.Market, &a.Party, &at, &raised, &changed, &a.By, &a.Reason, &doc); err != nil {
		return a, err
	}
	a.At, a.Raised, a.Changed = sqldb.Time(at), sqldb.Time(raised), sqldb.Time(changed)
	if err := json.Unmarshal([]byte(doc), &a.Details); err != nil {
		return a, fmt.Errorf("alarm: a stored alarm cannot be read: %w", err)
	}
	return a, nil
}

func cases(rows *sqldb.Rows, err error) (list []Alarm, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scanCase(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

func casesOf(tx *sqldb.Tx, keys []any) (map[string][]Alarm, error) {
	list, err := cases(tx.Query(`SELECT `+caseColumns+` FROM alarm_case WHERE key IN (`+sqldb.In(len(keys), 1)+`)`, keys...))
	out := map[string][]Alarm{}
	for _, a := range list {
		out[a.Key] = append(out[a.Key], a)
	}
	return out, err
}

func insert(tx *sqldb.Tx, id, key, gtin string, f suspicion.Finding, doc string, now time.Time) error {
	_, err := tx.Exec(`INSERT INTO alarm_case (`+caseColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, '', '', $12)`,
		id, string(f.Rule), key, f.Anchor, string(Open), string(f.Severity), gtin, f.Market, f.Party, f.At, sqldb.Micros(now), doc)
	return err
}

func refresh(tx *sqldb.Tx, id string, state State, f suspicion.Finding, doc string, now time.Time) error {
	_, err := tx.Exec(`UPDATE alarm_case SET state = $1, market = $2, party = $3, at_us = $4, changed_us = $5, doc = $6, reason = '' WHERE id = $7`,
		string(state), f.Market, f.Party, f.At, sqldb.Micros(now), doc, id)
	return err
}

func visitsOf(tx *sqldb.Tx, keys []any) (map[string][]suspicion.Visit, error) {
	rows, err := tx.Query(`SELECT key, market, from_us, to_us, first_event, last_event, taps, sessions, opened_us, opened_by, resealed_us, resealed_by
		FROM alarm_visit WHERE key IN (`+sqldb.In(len(keys), 1)+`) ORDER BY key, n`, keys...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string][]suspicion.Visit{}
	for rows.Next() {
		var key string
		var v suspicion.Visit
		var taps, sessions int64
		if err := rows.Scan(&key, &v.Market, &v.From, &v.To, &v.First, &v.Last, &taps, &sessions, &v.Opened, &v.OpenedBy, &v.Resealed, &v.ResealedBy); err != nil {
			return nil, err
		}
		v.Taps, v.Sessions = int(taps), int(sessions)
		out[key] = append(out[key], v)
	}
	return out, rows.Err()
}

func putVisit(tx *sqldb.Tx, key string, n int, v *suspicion.Visit) error {
	_, err := tx.Exec(`INSERT INTO alarm_visit (key, n, market, from_us, to_us, first_event, last_event, taps, sessions, opened_us, opened_by, resealed_us, resealed_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (key, n) DO UPDATE SET to_us = excluded.to_us, last_event = excluded.last_event, taps = excluded.taps, sessions = excluded.sessions,
			opened_us = excluded.opened_us, opened_by = excluded.opened_by, resealed_us = excluded.resealed_us, resealed_by = excluded.resealed_by`,
		key, int64(n), v.Market, v.From, v.To, v.First, v.Last, int64(v.Taps), int64(v.Sessions), v.Opened, v.OpenedBy, v.Resealed, v.ResealedBy)
	return err
}

func countOpen(tx *sqldb.Tx, rule suspicion.Rule, gtin string) (n int64, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM alarm_case WHERE rule = $1 AND state = $2 AND gtin = $3`, string(rule), string(Open), gtin).Scan(&n)
	return n, err
}

func dueOf(tx *sqldb.Tx, keys []any) (map[string]int64, error) {
	rows, err := tx.Query(`SELECT key, due_us FROM alarm_due WHERE key IN (`+sqldb.In(len(keys), 1)+`)`, keys...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var key string
		var due int64
		if err := rows.Scan(&key, &due); err != nil {
			return nil, err
		}
		out[key] = due
	}
	return out, rows.Err()
}

func putDue(tx *sqldb.Tx, key string, due int64) (err error) {
	if due == 0 {
		_, err = tx.Exec(`DELETE FROM alarm_due WHERE key = $1`, key)
		return err
	}
	_, err = tx.Exec(`INSERT INTO alarm_due (key, due_us) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET due_us = excluded.due_us`, key, due)
	return err
}

// settings gives the settings that hold now.
func (s *Service) settings(tx *sqldb.Tx) (suspicion.Settings, error) {
	read := tx.Local(settingsKey{}, func() any { return new(suspicion.Settings) }).(*suspicion.Settings)
	if read.SpeedKMH != 0 {
		return *read, nil
	}
	latest, err := latestSettings(tx)
	*read = latest.Settings
	return latest.Settings, err
}

type settingsKey struct{}

func latestSettings(tx *sqldb.Tx) (c SettingsChange, err error) {
	var doc string
	var at int64
	err = tx.QueryRow(`SELECT version, doc, changed_us, changed_by FROM alarm_setting ORDER BY version DESC LIMIT 1`).Scan(&c.Version, &doc, &at, &c.By)
	if errors.Is(err, sqldb.ErrNoRows) {
		return SettingsChange{Settings: suspicion.Defaults()}, nil
	}
	if err != nil {
		return c, err
	}
	c.At = sqldb.Time(at)
	c.Settings = suspicion.Defaults() // for what later versions have added
	if err := json.Unmarshal([]byte(doc), &c.Settings); err != nil {
		return c, fmt.Errorf("alarm: stored settings cannot be read: %w", err)
	}
	return c, nil
}

// list reads alarms, the newest first.
func list(tx *sqldb.Tx, f Filter) ([]Alarm, error) {
	where, args := []string{"id < $1"}, []any{f.Before}
	if f.Before == "" {
		args[0] = "\x7f"
	}
	and := func(column, value string) {
		if value != "" {
			args = append(args, value)
			where = append(where, fmt.Sprintf("%s = $%d", column, len(args)))
		}
	}
	and("state", string(f.State))
	and("rule", string(f.Rule))
	and("severity", string(f.Severity))
	and("gtin", f.GTIN)
	and("market", f.Market)
	and("party", f.Party)
	and("key", f.Key)
	args = append(args, f.Limit)
	return cases(tx.Query(fmt.Sprintf(`SELECT %s FROM alarm_case WHERE %s ORDER BY id DESC LIMIT $%d`, caseColumns, strings.Join(where, " AND "), len(args)), args...))
}

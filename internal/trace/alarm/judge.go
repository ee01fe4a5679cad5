package alarm

import (
	"encoding/json"
	"strings"
	"time"

	"tagline/gs1"
	"tagline/internal/sqldb"
	"tagline/internal/trace/chain"
	"tagline/internal/trace/suspicion"
)

// Judge looks at things whose story may be new: it raises what is suspicious, and
// takes back open alarms that are no longer so. Due is from when Look is to be asked.
func (s *Service) Judge(tx *sqldb.Tx, ways []chain.Way) error {
	if len(ways) == 0 {
		return nil
	}
	if _, err := tx.Exec(`UPDATE alarm_turn SET n = n + 1 WHERE id = 1`); err != nil {
		return err
	}
	settings, err := s.settings(tx)
	if err != nil {
		return err
	}
	places, err := s.Places.Map(tx)
	if err != nil {
		return err
	}
	keys := make([]any, len(ways))
	for i, w := range ways {
		keys[i] = w.Key
	}
	known, err := casesOf(tx, keys)
	if err != nil {
		return err
	}
	visits, err := visitsOf(tx, keys)
	if err != nil {
		return err
	}
	due, err := dueOf(tx, keys)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	ours := map[string]bool{}
	for _, w := range ways {
		f := suspicion.Facts{Key: w.Key, Story: w.Entries, Held: w.Held, Visits: visits[w.Key], Located: s.Located, Places: places, Now: sqldb.Micros(now)}
		var failed error
		if gtin, serial, ok := item(w.Key); ok {
			f.GTIN = gtin
			mine, asked := ours[gtin]
			if !asked {
				if mine, err = s.Ours(tx, gtin); err != nil {
					return err
				}
				ours[gtin] = mine
			}
			f.Ours = mine
			f.Known = func() (bool, string) {
				made, market, err := s.Known(tx, gtin, serial)
				if err != nil {
					failed = err
				}
				return made, market
			}
		}
		found, next := suspicion.Judge(&f, &settings)
		if failed != nil {
			return failed
		}
		if err := s.settle(tx, w.Key, f.GTIN, found, known[w.Key], now); err != nil {
			return err
		}
		if next != due[w.Key] {
			if err := putDue(tx, w.Key, next); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle brings the alarms about a thing in line with what was found.
func (s *Service) settle(tx *sqldb.Tx, key, gtin string, found []suspicion.Finding, known []Alarm, now time.Time) error {
	type name struct {
		rule   suspicion.Rule
		anchor string
	}
	have := map[name]*Alarm{}
	for i := range known {
		have[name{known[i].Rule, known[i].Anchor}] = &known[i]
	}
	for _, f := range found {
		n := name{f.Rule, f.Anchor}
		a := have[n]
		delete(have, n)
		told := Told{Rule: f.Rule, Key: key, Severity: f.Severity, Market: f.Market, State: Open}
		details, err := json.Marshal(Details{f.Expected, f.Seen, f.Evidence})
		if err != nil {
			return err
		}
		switch {
		case a == nil:
			told.Alarm = string(s.IDs.Alarm())
			if err := insert(tx, told.Alarm, key, gtin, f, string(details), now); err != nil {
				return err
			}
			if err := s.record(tx, TypeRaised, told, now); err != nil {
				return err
			}
		case a.State == Corrected:
			told.Alarm = a.ID
			if err := refresh(tx, a.ID, Open, f, string(details), now); err != nil {
				return err
			}
			if err := s.record(tx, TypeRaised, told, now); err != nil {
				return err
			}
		case a.State == Open:
			if before, err := json.Marshal(a.Details); err != nil || string(before) == string(details) && a.Market == f.Market && a.Party == f.Party && sqldb.Micros(a.At) == f.At {
				if err != nil {
					return err
				}
				continue
			}
			if err := refresh(tx, a.ID, Open, f, string(details), now); err != nil {
				return err
			}
		}
	}
	for _, a := range have {
		if a.State != Open {
			continue
		}
		if _, err := tx.Exec(`UPDATE alarm_case SET state = $1, changed_us = $2, reason = $3 WHERE id = $4 AND state = $5`,
			string(Corrected), sqldb.Micros(now), correctedBecause, a.ID, string(Open)); err != nil {
			return err
		}
		if err := s.record(tx, TypeCorrected, Told{Alarm: a.ID, Rule: a.Rule, Key: key, State: Corrected, Reason: correctedBecause}, now); err != nil {
			return err
		}
	}
	return nil
}

const correctedBecause = "What it rested on was declared wrong, or is explained by what came later."

// Look gives things that are due to be looked at again, at most limit. Until the
// transaction ends nobody else judges.
func (s *Service) Look(tx *sqldb.Tx, limit int) (keys []string, err error) {
	rows, err := tx.Query(`SELECT key FROM alarm_due WHERE due_us <= $1 ORDER BY due_us, key LIMIT $2`, sqldb.Micros(s.Clock.Now()), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	if err := rows.Err(); err != nil || len(keys) == 0 {
		return nil, err
	}
	_, err = tx.Exec(`UPDATE alarm_turn SET n = n + 1 WHERE id = 1`)
	return keys, err
}

// item reads the key of a single trade item.
func item(key string) (gtin, serial string, ok bool) {
	if !strings.HasPrefix(key, "01/") || !strings.Contains(key, "/21/") {
		return "", "", false
	}
	link, err := gs1.ParseLinkPath("/"+key, "")
	if err != nil || link.Value("21") == "" {
		return "", "", false
	}
	return link.Key().Value, link.Value("21"), true
}

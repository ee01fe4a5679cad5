package link

import (
	"context"
	"slices"
	"strings"
	"time"

	"tagline/internal/sqldb"
)

// Health is what the link checker found at an address.
type Health struct {
	Href    string
	OK      bool
	Status  int    // of HTTP; 0 when there was no answer
	MovedTo string // where redirects ended; "" without one
	Trouble string // what is wrong, in words; "" when nothing is
	Checked time.Time
}

// Due lists addresses of links that were not checked since a time, the longest
// unchecked first, new ones before all. Addresses with places are left out: there
// is no telling which values they will get. It also forgets what was found at
// addresses that no link has any more.
func (s *Service) Due(ctx context.Context, since time.Time, limit int) (due []string, err error) {
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		due = nil
		hrefs, err := allHrefs(tx)
		if err != nil {
			return err
		}
		last, err := checkedAt(tx)
		if err != nil {
			return err
		}
		for href := range last {
			if !hrefs[href] {
				if _, err := tx.Exec(`DELETE FROM link_check WHERE href = $1`, href); err != nil {
					return err
				}
			}
		}
		for href := range hrefs {
			if us, ok := last[href]; !ok || us < sqldb.Micros(since) {
				due = append(due, href)
			}
		}
		slices.SortFunc(due, func(a, b string) int {
			if last[a] != last[b] {
				return int(min(max(last[a]-last[b], -1), 1))
			}
			return strings.Compare(a, b)
		})
		due = due[:min(limit, len(due))]
		return nil
	})
	return due, err
}

// allHrefs gathers the addresses of all links, a page of entries at a time.
func allHrefs(tx *sqldb.Tx) (map[string]bool, error) {
	hrefs := map[string]bool{}
	for after := ""; ; {
		page, err := search(tx, "", Filter{After: after, Limit: 1000})
		if err != nil || len(page) == 0 {
			return hrefs, err
		}
		for _, r := range page {
			after = r.Anchor
			for i := range r.Links {
				if l := &r.Links[i]; l.IsPublic() && !strings.Contains(l.Href, "{") {
					hrefs[l.Href] = true
				}
			}
		}
	}
}

func checkedAt(tx *sqldb.Tx) (map[string]int64, error) {
	rows, err := tx.Query(`SELECT href, checked_us FROM link_check`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	last := map[string]int64{}
	for rows.Next() {
		var href string
		var us int64
		if err := rows.Scan(&href, &us); err != nil {
			return nil, err
		}
		last[href] = us
	}
	return last, rows.Err()
}

// KeepHealth stores what was found.
func (s *Service) KeepHealth(ctx context.Context, found ...Health) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		for _, h := range found {
			_, err := tx.Exec(`INSERT INTO link_check (href, ok, status, moved_to, trouble, checked_us) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (href) DO UPDATE SET ok = excluded.ok, status = excluded.status, moved_to = excluded.moved_to,
					trouble = excluded.trouble, checked_us = excluded.checked_us`,
				h.Href, h.OK, int64(h.Status), h.MovedTo, h.Trouble, sqldb.Micros(h.Checked))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Healths gives what was last found at some addresses; with none, all that is in
// trouble, by address, at most 1,000.
func (s *Service) Healths(ctx context.Context, hrefs ...string) (list []Health, err error) {
	query := `SELECT href, ok, status, moved_to, trouble, checked_us FROM link_check WHERE `
	if len(hrefs) == 0 {
		query += `NOT ok`
	} else {
		query += `href IN (` + sqldb.In(len(hrefs), 1) + `)`
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		list = nil
		rows, err := tx.Query(query+` ORDER BY href LIMIT 1000`, anys(hrefs)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var h Health
			var status, us int64
			if err := rows.Scan(&h.Href, &h.OK, &status, &h.MovedTo, &h.Trouble, &us); err != nil {
				return err
			}
			h.Status, h.Checked = int(status), sqldb.Time(us)
			list = append(list, h)
		}
		return rows.Err()
	})
	return list, err
}

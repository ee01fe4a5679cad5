package link

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tagline/gs1"
	"tagline/internal/fault"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/link/anchor"
	"tagline/internal/link/linkset"
	"tagline/internal/sqldb"
)

// Follow counts scans at a ledger cursor of its own, until ctx ends.
func (s *Service) Follow(ctx context.Context) error {
	return s.ledger.Follow(ctx, "link.tally", tallyEvents)
}

// Tally is how often links were followed. Fields that were not asked for are empty.
type Tally struct {
	Day      string // UTC, "2026-11-01"
	Key      string // path of the key; "/8003/*" for what a prefix answered
	Level    string // see linkset.Ref
	Type     string // link type
	Link     string // id of the link within its entry
	Market   string // ISO 3166-1 alpha-2; "" is not known
	Language string // two or three letters; "" is not known
	N        int64
}

func (t Tally) fields() []any {
	return []any{t.Day, t.Key, t.Level, t.Type, t.Link, t.Market, t.Language}
}

// tallyEvents adds a batch of events to the sums: taps that a link answered.
func tallyEvents(tx *sqldb.Tx, events []ledger.Event) error {
	sums := map[Tally]int64{}
	for _, same := range ledger.Alike(events, 24*time.Hour) {
		if t, ok := tallyOf(same.Event); ok {
			sums[t] += same.Times
		}
	}
	for _, t := range slices.SortedFunc(maps.Keys(sums), compareTallies) { // one order, so that two nodes never wait for one another
		_, err := tx.Exec(`INSERT INTO link_tally AS t (day, key_path, level, link_type, link_id, market, language, n)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (day, key_path, level, link_type, link_id, market, language) DO UPDATE SET n = t.n + excluded.n`, append(t.fields(), sums[t])...)
		if err != nil {
			return err
		}
	}
	return nil
}

func compareTallies(a, b Tally) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Level, b.Level), cmp.Compare(a.Type, b.Type),
		cmp.Compare(a.Link, b.Link), cmp.Compare(a.Market, b.Market), cmp.Compare(a.Language, b.Language))
}

// tallyOf reads a tap that was answered by a link. What strangers write into a
// path is not counted by itself: without an entry there is no reference, and what
// a prefix answered counts under the prefix's identifier.
func tallyOf(e ledger.Event) (Tally, bool) {
	tap, ok := life.DecodeTap(e)
	if !ok {
		return Tally{}, false
	}
	ref, ok := linkset.ParseReference(tap.Decision)
	if !ok {
		return Tally{}, false
	}
	t := Tally{
		Day: e.At.UTC().Format(time.DateOnly), Level: ref.Level, Type: ref.Type, Link: ref.ID,
		Market: letters(tap.Market, 2, 2), Language: letters(tap.Locale, 2, 3),
	}
	if ai, prefix := strings.CutSuffix(ref.Level, "*"); prefix {
		t.Key = "/" + ai + "/*"
		return t, true
	}
	path := tap.Link
	if path == "" {
		path = "/" + gs1.AIGTIN + "/" + tap.GTIN
	}
	a, err := anchor.Parse(path)
	if err != nil || a.Prefix {
		return Tally{}, false
	}
	t.Key = a.KeyPath() // never with a lot or a serial
	return t, true
}

// letters takes the first part of a tag if it has so many letters.
func letters(s string, least, most int) string {
	s, _, _ = strings.Cut(s, "-")
	if len(s) < least || len(s) > most || strings.IndexFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }) >= 0 {
		return ""
	}
	return s
}

// By is what sums are grouped by.
type By string

// The groups.
const (
	ByDay      By = "day"
	ByKey      By = "key"
	ByType     By = "type"
	ByMarket   By = "market"
	ByLanguage By = "language"
	ByLink     By = "link" // key, level, type and link
)

// TallyFilter chooses scans; empty fields choose all.
type TallyFilter struct {
	From   time.Time // inclusive, by its day in UTC
	Until  time.Time // exclusive, by its day in UTC
	Key    string    // path of a key, or of an entry of it
	Type   string    // link type
	Market string
	By     By
	Limit  int // of groups other than days: 50 when 0, at most 1,000
}

// Tallies sums up scans: days in order, other groups with the most scans first.
// They follow the ledger by moments.
func (s *Service) Tallies(ctx context.Context, f TallyFilter) (list []Tally, err error) {
	names := map[By]string{ByDay: "day", ByKey: "key_path", ByType: "link_type", ByMarket: "market", ByLanguage: "language", ByLink: "key_path, level, link_type, link_id"}[f.By]
	if names == "" {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("scans are not grouped by %.40q", f.By), "Group by day, key, type, market, language or link.")
	}
	order, limit := "n DESC, "+names, limited(f.Limit)
	if f.By == ByDay {
		order, limit = "day", 3700
	}
	query, args := `SELECT `+names+`, CAST(SUM(n) AS BIGINT) AS n FROM link_tally WHERE 1 = 1`, []any(nil)
	where := func(condition string, arg any) {
		args = append(args, arg)
		query += fmt.Sprintf(condition, len(args))
	}
	if !f.From.IsZero() {
		where(` AND day >= $%d`, f.From.UTC().Format(time.DateOnly))
	}
	if !f.Until.IsZero() {
		where(` AND day < $%d`, f.Until.UTC().Format(time.DateOnly))
	}
	if f.Key != "" {
		key := f.Key
		if a, err := anchor.Parse(f.Key); err == nil && !a.Prefix {
			key = a.KeyPath()
		}
		where(` AND key_path = $%d`, key)
	}
	if f.Type != "" {
		t, err := linkset.ParseType(f.Type)
		if err != nil {
			return nil, err
		}
		where(` AND link_type = $%d`, t)
	}
	if f.Market != "" {
		where(` AND market = $%d`, f.Market)
	}
	query += ` GROUP BY ` + names + ` ORDER BY ` + order
	where(` LIMIT $%d`, limit)
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		list = nil
		rows, err := tx.Query(query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t Tally
			into := map[By][]any{
				ByDay: {&t.Day}, ByKey: {&t.Key}, ByType: {&t.Type}, ByMarket: {&t.Market}, ByLanguage: {&t.Language},
				ByLink: {&t.Key, &t.Level, &t.Type, &t.Link},
			}[f.By]
			if err := rows.Scan(append(into, &t.N)...); err != nil {
				return err
			}
			list = append(list, t)
		}
		return rows.Err()
	})
	return list, err
}

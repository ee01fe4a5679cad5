package journey

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/trace/chain"
	"tagline/internal/trace/repository"
)

// told keeps when a tag or a report has told that an item was opened or used up.
func told(tx *sqldb.Tx, e ledger.Event) error {
	column, at := "", int64(0)
	var b struct{ GTIN, Serial string }
	switch e.Type {
	case string(life.MomentOpened), string(life.MomentDrained):
		column, at = map[string]string{string(life.MomentOpened): "opened_us", string(life.MomentDrained): "drained_us"}[e.Type], sqldb.Micros(e.At)
		var m life.MomentBody
		if err := json.Unmarshal(e.Body, &m); err != nil {
			return err
		}
		b.GTIN, b.Serial = m.GTIN, m.Serial
	case life.TypeTakenBack:
		var m life.TakenBackBody
		if err := json.Unmarshal(e.Body, &m); err != nil {
			return err
		}
		column, b.GTIN, b.Serial = map[life.Moment]string{life.MomentOpened: "opened_us", life.MomentDrained: "drained_us"}[m.Moment], m.GTIN, m.Serial
	}
	if column == "" {
		return nil
	}
	_, err := tx.Exec(`UPDATE journey_item SET `+column+` = $1 WHERE key = $2`, at, keyOf(b.GTIN, b.Serial))
	return err
}

// Surveyed is what a survey sees of one thing.
type Surveyed struct {
	Key             string
	State           chain.State
	Opened, Drained int64 // by tags and reports, microseconds since 1970; 0 is not
}

// MaxSurvey is how many things one survey looks at.
const MaxSurvey = 200_000

// Survey hands the items of a product (of all when gtin is empty), or of one of its
// lots, to a function, in the order of their keys; containers are left out. Partial
// tells that there were more than MaxSurvey.
func (s *Service) Survey(ctx context.Context, gtin, lot string, see func(Surveyed)) (partial bool, err error) {
	after, end := "01/", "01/\x7f"
	if gtin != "" {
		after, end = "01/"+gtin+"/21/", "01/"+gtin+"/21/\x7f"
	}
	const page = 5000
	for n := 0; ; {
		var seen []Surveyed
		err := s.DB.View(ctx, func(tx *sqldb.Tx) error {
			seen = seen[:0]
			query, args := `SELECT key, state, opened_us, drained_us FROM journey_item WHERE key > $1 AND key < $2 ORDER BY key LIMIT $3`, []any{after, end, page}
			if lot != "" {
				query, args = `SELECT key, state, opened_us, drained_us FROM journey_item WHERE lot = $4 AND key > $1 AND key < $2 ORDER BY key LIMIT $3`, append(args, lot)
			}
			list, err := tx.Query(query, args...)
			if err != nil {
				return err
			}
			defer list.Close()
			for list.Next() {
				var item Surveyed
				var text string
				if err := list.Scan(&item.Key, &text, &item.Opened, &item.Drained); err != nil {
					return err
				}
				if err := decode(text, &item.State); err != nil {
					return err
				}
				seen = append(seen, item)
			}
			return list.Err()
		})
		if err != nil {
			return false, err
		}
		for _, item := range seen {
			after = item.Key
			if strings.Contains(item.Key, "/21/") {
				see(item)
			}
		}
		if n += len(seen); len(seen) < page {
			return false, nil
		}
		if n >= MaxSurvey {
			return true, nil
		}
	}
}

// Link is a transformation: what went in, and what came out.
type Link struct {
	EventID         string
	At              int64 // microseconds since 1970
	Inputs, Outputs []string
}

// Bounds of a lineage.
const (
	maxGenerations = 8
	maxLinks       = 500
)

// Lineage gives the transformations through which a thing came to be, and those into
// which it went, over several generations; each once, the first first. Partial tells
// that there are more.
func (s *Service) Lineage(ctx context.Context, key string) (list []Link, partial bool, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		list, partial = nil, false
		seen := map[int64]bool{}
		walk := func(next func(*chain.Fact, string) []string) error {
			known := map[string]bool{key: true}
			todo := []string{key}
			for depth := 0; len(todo) > 0; depth++ {
				if depth == maxGenerations || len(list) >= maxLinks {
					partial = true
					return nil
				}
				g := newGraph(tx, 1<<62)
				of, err := repository.OfThings(tx, todo, 1<<62)
				if err != nil {
					return err
				}
				if err := g.fetch(of); err != nil {
					return err
				}
				var others []string
				for _, k := range todo {
					for _, row := range of[k] {
						f := g.rows[row]
						if f == nil || len(f.Inputs)+len(f.Outputs) == 0 {
							continue
						}
						found := next(f, k)
						if found == nil {
							continue
						}
						if !seen[row] {
							seen[row] = true
							list = append(list, Link{f.EventID, f.At, f.Inputs, f.Outputs})
						}
						for _, o := range found {
							if !known[o] {
								known[o] = true
								others = append(others, o)
							}
						}
					}
				}
				todo = others
			}
			return nil
		}
		if err := walk(func(f *chain.Fact, k string) []string {
			if slices.Contains(f.Outputs, k) {
				return append([]string{}, f.Inputs...)
			}
			return nil
		}); err != nil {
			return err
		}
		return walk(func(f *chain.Fact, k string) []string {
			if slices.Contains(f.Inputs, k) {
				return append([]string{}, f.Outputs...)
			}
			return nil
		})
	})
	slices.SortStableFunc(list, func(a, b Link) int { return int(min(1, max(-1, a.At-b.At))) })
	return list, partial, err
}

package thing

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"reflect"
	"sort"
	"strings"

	"tagline/internal/ident"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/tag"
)

// ReplayReport is what a replay of the ledger found.
type ReplayReport struct {
	Events      int64 // read from the ledger, once
	Things      int64
	Chips       int64
	Count       int64        // of differences
	Differences []Difference // the first hundred
}

// Difference is a state that is not the fold of the ledger.
type Difference struct {
	Kind string // item, counts, chip
	Ref  string // thing id, GTIN, tag id
	Text string // what differs
}

func (r *ReplayReport) differ(kind, ref, text string) {
	r.Count++
	if len(r.Differences) < 100 {
		r.Differences = append(r.Differences, Difference{kind, ref, text})
	}
}

// shardSize is how many items are folded in memory at a time: more items take more
// passes over the ledger.
const shardSize = 200_000

// Check folds the whole ledger again and compares it with the items, their counts
// and the counters of the chips, on one snapshot: the server may run.
func (s *Service) Check(ctx context.Context) (ReplayReport, error) {
	return s.replay(ctx, nil)
}

// Rebuild is Check, and puts every item right that differs. Counters of chips are
// raised to what the ledger says, and never lowered. Stop the server first.
func (s *Service) Rebuild(ctx context.Context) (ReplayReport, error) {
	return s.replay(ctx, func(it Item) error {
		return s.db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`DELETE FROM thing_item WHERE id = $1`, it.ID)
			if err == nil {
				_, err = insert(tx, it)
			}
			return err
		})
	})
}

// replay compares on one snapshot, and hands every item that differs to repair if
// that is set.
func (s *Service) replay(ctx context.Context, repair func(Item) error) (ReplayReport, error) {
	var (
		report   ReplayReport
		sums     map[string]*Counts
		counters map[ident.Tag]int64
		wrong    []Item
	)
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		report, sums, counters, wrong = ReplayReport{}, map[string]*Counts{}, map[ident.Tag]int64{}, nil
		var n int64
		if err := tx.QueryRow(`SELECT count(*) FROM thing_item`).Scan(&n); err != nil {
			return err
		}
		shards := uint32(1 + n/shardSize)
		for shard := range shards {
			items, err := s.refold(tx, shard, shards, &report, counters)
			if err != nil {
				return err
			}
			for _, it := range items {
				if sums[it.GTIN] == nil {
					sums[it.GTIN] = &Counts{}
				}
				sums[it.GTIN].add(counts(it), Counts{})
			}
			bad, err := compare(tx, items, shard, shards, &report)
			if err != nil {
				return err
			}
			wrong = append(wrong, bad...)
		}
		if err := compareCounts(tx, sums, &report); err != nil {
			return err
		}
		return compareCounters(tx, counters, &report)
	})
	if err != nil || repair == nil {
		return report, err
	}
	for _, it := range wrong {
		if err := repair(it); err != nil {
			return report, err
		}
	}
	return report, s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := resetCounts(tx, sums); err != nil {
			return err
		}
		return tag.RaiseCounters(tx, counters)
	})
}

func shardOf(id ident.Thing, shards uint32) uint32 {
	if shards == 1 {
		return 0
	}
	h := fnv.New32a()
	h.Write([]byte(id))
	return h.Sum32() % shards
}

// refold folds the events of one shard of the items.
func (s *Service) refold(tx *sqldb.Tx, shard, shards uint32, report *ReplayReport, counters map[ident.Tag]int64) (map[ident.Thing]Item, error) {
	items := map[ident.Thing]Item{}
	for after := int64(0); ; {
		events, err := s.ledger.Read(tx, after, 1000)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			after = e.Seq
			if shard == 0 {
				report.Events++
			}
			if e.Thing == "" || shardOf(e.Thing, shards) != shard {
				continue
			}
			it, known := items[e.Thing]
			if !known && e.Type != string(MomentMade) {
				continue // an event of another domain about a thing that is none of ours
			}
			if items[e.Thing], err = life.Fold(it, e); err != nil {
				return nil, err
			}
			if e.Type == life.TypeTap {
				var b life.TapBody
				if err := json.Unmarshal(e.Body, &b); err != nil {
					return nil, err
				}
				counters[b.Tag] = max(counters[b.Tag], b.Counter)
			}
		}
		if len(events) < 1000 {
			return items, nil
		}
	}
}

// compare finds the items of a shard that are not as the ledger says. It gives
// them as they should be.
func compare(tx *sqldb.Tx, items map[ident.Thing]Item, shard, shards uint32, report *ReplayReport) ([]Item, error) {
	var wrong []Item
	rows, err := tx.Query(`SELECT ` + itemColumns + `, seal, stage, sold, opened, drained, alarmed FROM thing_item ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			seal                           Seal
			stage                          Stage
			sold, opened, drained, alarmed bool
		)
		have, err := scanItem(func(dest ...any) error {
			return rows.Scan(append(dest, &seal, &stage, &sold, &opened, &drained, &alarmed)...)
		})
		if err != nil {
			return nil, err
		}
		if shardOf(have.ID, shards) != shard {
			continue
		}
		report.Things++
		want, known := items[have.ID]
		delete(items, have.ID)
		switch {
		case !known:
			report.differ("item", string(have.ID), "the ledger does not know it")
		case !reflect.DeepEqual(have, want):
			report.differ("item", string(have.ID), differences(have, want))
			wrong = append(wrong, want)
		case seal != want.Seal || stage != want.Stage || sold != want.Life.Sold.Is() || opened != want.Life.Opened.Is() ||
			drained != want.Life.Drained.Is() || alarmed != (len(want.Alarms) > 0):
			report.differ("item", string(have.ID), "a column that lists search by is wrong")
			wrong = append(wrong, want)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	missing := make([]Item, 0, len(items))
	for _, it := range items {
		missing = append(missing, it)
	}
	sort.Slice(missing, func(i, j int) bool { return missing[i].ID < missing[j].ID })
	for _, it := range missing {
		report.differ("item", string(it.ID), "the ledger knows it, the table does not")
	}
	return append(wrong, missing...), nil
}

// differences names the fields in which two items differ.
func differences(have, want Item) string {
	var names []string
	a, b := reflect.ValueOf(have), reflect.ValueOf(want)
	for i := range a.NumField() {
		f := a.Type().Field(i)
		if f.IsExported() && !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return "its record"
	}
	return strings.Join(names, ", ")
}

func compareCounts(tx *sqldb.Tx, want map[string]*Counts, report *ReplayReport) error {
	rows, err := tx.Query(`SELECT gtin, made, sealed, sold, opened, drained, alarmed FROM thing_count ORDER BY gtin`)
	if err != nil {
		return err
	}
	defer rows.Close()
	seen := map[string]bool{}
	for rows.Next() {
		var (
			gtin string
			c    Counts
		)
		if err := rows.Scan(&gtin, &c.Made, &c.Sealed, &c.Sold, &c.Opened, &c.Drained, &c.Alarmed); err != nil {
			return err
		}
		seen[gtin] = true
		if w := want[gtin]; w == nil && c != (Counts{}) || w != nil && c != *w {
			report.differ("counts", gtin, "the counts of this product are wrong")
		}
	}
	for gtin := range want {
		if !seen[gtin] {
			report.differ("counts", gtin, "the counts of this product are missing")
		}
	}
	return rows.Err()
}

func resetCounts(tx *sqldb.Tx, want map[string]*Counts) error {
	if _, err := tx.Exec(`DELETE FROM thing_count`); err != nil {
		return err
	}
	for gtin, c := range want {
		tally(tx, gtin, Counts{}, *c)
	}
	return nil
}

func compareCounters(tx *sqldb.Tx, want map[ident.Tag]int64, report *ReplayReport) error {
	return tag.Counters(tx, func(id ident.Tag, counter int64) error {
		report.Chips++
		if counter < want[id] {
			report.differ("chip", string(id), "its counter is lower than a tap in the ledger: a spent URL would be taken again")
		}
		return nil
	})
}

package replay

import (
	"cmp"
	"context"
	"encoding/json"
	"hash/fnv"
	"maps"
	"reflect"
	"slices"
	"strings"

	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/tag"
	"tagline/internal/thing"
)

// Service replays the ledger of one server.
type Service struct {
	db     *sqldb.DB
	ledger *ledger.Ledger
}

// New makes a Service.
func New(db *sqldb.DB, l *ledger.Ledger) *Service { return &Service{db: db, ledger: l} }

// Report is what a replay of the ledger found.
type Report struct {
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

func (r *Report) differ(kind, ref, text string) {
	r.Count++
	if len(r.Differences) < 100 {
		r.Differences = append(r.Differences, Difference{kind, ref, text})
	}
}

// shardSize is how many items are folded in memory at a time: more items take more
// passes over the ledger.
const shardSize = 200_000

// told is what the ledger tells.
type told struct {
	counts map[string]thing.Counts // by GTIN
	chips  map[ident.Tag]tag.Told
	wrong  []life.Item // items that differ, as they should be
}

// Check folds the whole ledger again and compares it with the items, their counts
// and what chips keep, on one snapshot: the server may run.
func (s *Service) Check(ctx context.Context) (Report, error) {
	r, _, err := s.look(ctx)
	return r, err
}

// Rebuild is Check, and puts right what differs. Counters of chips are raised to
// what the ledger says, and never lowered. Stop the server first.
func (s *Service) Rebuild(ctx context.Context) (Report, error) {
	r, t, err := s.look(ctx)
	if err != nil || r.Count == 0 {
		return r, err
	}
	for part := range slices.Chunk(t.wrong, 200) {
		err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
			for _, it := range part {
				if err := thing.Put(tx, it); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return r, err
		}
	}
	for part := range slices.Chunk(slices.Sorted(maps.Keys(t.chips)), 200) {
		err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
			for _, id := range part {
				if err := tag.Restore(tx, id, t.chips[id]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return r, err
		}
	}
	return r, s.db.Update(ctx, func(tx *sqldb.Tx) error { return thing.SetCounts(tx, t.counts) })
}

// look compares, on one snapshot.
func (s *Service) look(ctx context.Context) (r Report, t told, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		r, t = Report{}, told{counts: map[string]thing.Counts{}, chips: map[ident.Tag]tag.Told{}}
		stored, err := thing.StoredCounts(tx)
		if err != nil {
			return err
		}
		var n int64
		for _, c := range stored {
			n += c.Made
		}
		shards := uint32(1 + max(0, n)/shardSize)
		for shard := range shards {
			items, err := s.fold(tx, shard, shards, &r, &t)
			if err != nil {
				return err
			}
			for _, it := range items {
				t.counts[it.GTIN] = t.counts[it.GTIN].Plus(thing.CountsOf(it))
			}
			if err := compare(tx, items, shard, shards, &r, &t); err != nil {
				return err
			}
		}
		for _, gtin := range slices.Sorted(maps.Keys(mapsUnion(stored, t.counts))) {
			if stored[gtin] != t.counts[gtin] {
				r.differ("counts", gtin, "the counts of this product are wrong")
			}
		}
		r.Chips, err = tag.Compare(tx, t.chips, func(id ident.Tag, what string) { r.differ("chip", string(id), what) })
		return err
	})
	return r, t, err
}

// mapsUnion has the keys of both.
func mapsUnion(a, b map[string]thing.Counts) map[string]thing.Counts {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]thing.Counts{}
	}
	maps.Copy(out, b)
	return out
}

func shardOf(id ident.Thing, shards uint32) uint32 {
	if shards == 1 {
		return 0
	}
	h := fnv.New32a()
	h.Write([]byte(id))
	return h.Sum32() % shards
}

// fold folds the events of one shard of the items.
func (s *Service) fold(tx *sqldb.Tx, shard, shards uint32, r *Report, t *told) (map[ident.Thing]life.Item, error) {
	items := map[ident.Thing]life.Item{}
	for after := int64(0); ; {
		events, err := s.ledger.Read(tx, after, 1000)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			after = e.Seq
			if shard == 0 {
				r.Events++
			}
			if e.Thing == "" || shardOf(e.Thing, shards) != shard {
				continue
			}
			it, known := items[e.Thing]
			if !known && e.Type != string(life.MomentMade) {
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
				c := t.chips[b.Tag]
				t.chips[b.Tag] = tag.Told{Counter: max(c.Counter, b.Counter), Trail: c.Trail.Add(e.At, b.Tamper == "CC", e.ID)}
			}
		}
		if len(events) < 1000 {
			return items, nil
		}
	}
}

// compare finds the items of a shard that are not as the ledger says.
func compare(tx *sqldb.Tx, items map[ident.Thing]life.Item, shard, shards uint32, r *Report, t *told) error {
	for after := ident.Thing(""); ; {
		page, err := thing.Page(tx, after)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		for _, have := range page {
			after = have.Item.ID
			if shardOf(after, shards) != shard {
				continue
			}
			r.Things++
			want, known := items[after]
			delete(items, after)
			switch {
			case !known:
				r.differ("item", string(after), "the ledger does not know it")
			case !reflect.DeepEqual(have.Item, want):
				r.differ("item", string(after), differences(have.Item, want))
				t.wrong = append(t.wrong, want)
			case !have.Found:
				r.differ("item", string(after), "a column that lists search by is wrong")
				t.wrong = append(t.wrong, want)
			}
		}
	}
	missing := slices.SortedFunc(maps.Values(items), func(a, b life.Item) int { return cmp.Compare(a.ID, b.ID) })
	for _, it := range missing {
		r.differ("item", string(it.ID), "the ledger knows it, the table does not")
	}
	t.wrong = append(t.wrong, missing...)
	return nil
}

// differences names the fields in which two items differ.
func differences(have, want life.Item) string {
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

package story

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
)

// Follow keeps the hourly statistics at a ledger cursor of its own, until ctx ends.
func (s *Service) Follow(ctx context.Context) error {
	return s.ledger.Follow(ctx, "story.tally", tallyEvents)
}

// tallyKey is one row of the statistics.
type tallyKey struct {
	hourUs             int64
	gtin, market, what string
	code               string
}

// tallyEvents adds a batch of events to the statistics: taps by result and code,
// moments by name.
func tallyEvents(tx *sqldb.Tx, events []ledger.Event) error {
	sums := map[tallyKey]int64{}
	for _, same := range ledger.Alike(events, time.Hour) {
		e := same.Event
		k, n := tallyKey{hourUs: sqldb.Micros(e.At)}, same.Times
		if t, ok := life.DecodeTap(e); ok {
			k.gtin, k.market, k.what, k.code = t.GTIN, t.Market, string(t.Result), t.Code
			n += same.Times * t.Suppressed
			if !plausible(t.GTIN) {
				k.gtin = ""
			}
		} else if m, ok := life.DecodeMoment(e); ok {
			k.gtin, k.market, k.what = m.GTIN, m.Market, e.Type
		} else {
			continue
		}
		sums[k] += n
	}
	keys := slices.SortedFunc(maps.Keys(sums), func(a, b tallyKey) int {
		return cmp.Or(cmp.Compare(a.hourUs, b.hourUs), cmp.Compare(a.gtin, b.gtin), cmp.Compare(a.market, b.market),
			cmp.Compare(a.what, b.what), cmp.Compare(a.code, b.code))
	})
	for _, k := range keys {
		_, err := tx.Exec(`INSERT INTO story_tally AS t (hour_us, gtin, market, what, code, n) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (hour_us, gtin, market, what, code) DO UPDATE SET n = t.n + excluded.n`,
			k.hourUs, k.gtin, k.market, k.what, k.code, sums[k])
		if err != nil {
			return err
		}
	}
	return nil
}

// StatsFilter chooses statistics; empty fields choose all.
type StatsFilter struct {
	From   time.Time // inclusive, by the hour
	To     time.Time // exclusive
	Bucket time.Duration
	GTIN   string
	Market string
}

// Stats are taps and moments of a period. They follow the ledger by moments.
type Stats struct {
	Buckets []Bucket // every bucket of the period, in order
	Results map[life.Result]int64
	Moments map[life.Moment]int64
	Codes   []Counted // refused and noted taps by code, the most frequent first
	Markets []Counted // taps by country, the most frequent first
	GTINs   []Counted // taps by product, the most frequent first
}

// Bucket is one step of a period.
type Bucket struct {
	At      time.Time
	Results map[life.Result]int64
	Moments map[life.Moment]int64
}

// Counted is a number for a name.
type Counted struct {
	Name   string
	Result life.Result // for codes
	N      int64
}

// maxBuckets bounds one answer.
const maxBuckets = 2000

// Stats sums up a period. Its cost grows with the hours, countries and products in
// it, not with the taps.
func (s *Service) Stats(ctx context.Context, f StatsFilter) (Stats, error) {
	if f.Bucket < time.Hour {
		f.Bucket = time.Hour
	}
	f.From = f.From.UTC().Truncate(f.Bucket)
	out := Stats{Results: map[life.Result]int64{}, Moments: map[life.Moment]int64{}}
	for at := f.From; at.Before(f.To) && len(out.Buckets) < maxBuckets; at = at.Add(f.Bucket) {
		out.Buckets = append(out.Buckets, Bucket{At: at, Results: map[life.Result]int64{}, Moments: map[life.Moment]int64{}})
	}
	codes, markets, gtins := map[Counted]int64{}, map[Counted]int64{}, map[Counted]int64{}
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := tx.Query(`SELECT hour_us, gtin, market, what, code, n FROM story_tally
			WHERE hour_us >= $1 AND hour_us < $2 AND ($3 = '' OR gtin = $3) AND ($4 = '' OR market = $4)`,
			sqldb.Micros(f.From), sqldb.Micros(f.To), f.GTIN, f.Market)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var (
				k tallyKey
				n int64
			)
			if err := rows.Scan(&k.hourUs, &k.gtin, &k.market, &k.what, &k.code, &n); err != nil {
				return err
			}
			var b Bucket
			if i := int(sqldb.Time(k.hourUs).Sub(f.From) / f.Bucket); i < len(out.Buckets) {
				b = out.Buckets[i]
			} else {
				continue
			}
			if m := life.Moment(k.what); momentWords[m] != "" {
				b.Moments[m] += n
				out.Moments[m] += n
				continue
			}
			r := life.Result(k.what)
			b.Results[r] += n
			out.Results[r] += n
			markets[Counted{Name: k.market}] += n
			gtins[Counted{Name: k.gtin}] += n
			if k.code != "" {
				codes[Counted{Name: k.code, Result: r}] += n
			}
		}
		return rows.Err()
	})
	out.Codes, out.Markets, out.GTINs = ranked(codes), ranked(markets), ranked(gtins)
	return out, err
}

func ranked(m map[Counted]int64) []Counted {
	out := make([]Counted, 0, len(m))
	for c, n := range m {
		c.N = n
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Counted) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Result, b.Result))
	})
	return out
}

// plausible keeps what strangers write into a path out of the statistics.
func plausible(gtin string) bool { return len(gtin) == 14 || gtin == "" }

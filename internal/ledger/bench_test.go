package ledger_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

// BenchmarkAppend measures one event in one update, from a number of callers that
// each wait for their commit.
func BenchmarkAppend(b *testing.B) {
	for _, waiters := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("sqlite/waiters=%d", waiters), func(b *testing.B) {
			benchAppend(b, sqldb.Config{Dir: b.TempDir()}, waiters)
		})
	}
	for _, waiters := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("postgres/waiters=%d", waiters), func(b *testing.B) {
			benchAppend(b, sqldb.Config{URL: sqldbtest.NewServer(b).Schema(b)}, waiters)
		})
	}
}

func benchAppend(b *testing.B, c sqldb.Config, waiters int) {
	db, err := sqldb.Open(b.Context(), c)
	must(b, err)
	defer db.Close()
	l, ids := ledger.New(db, clock.System{}, bus.New()), ident.System()
	thing := ids.Thing()
	body := json.RawMessage(`{"counter":17,"seal":"sealed","country":"DE","lang":"de","class":"phone","ok":true}`)
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range waiters {
		wg.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				e := ledger.Event{ID: ids.Event(), Source: "tap", SourceID: fmt.Sprint(n), Type: "tap", Thing: thing, At: clock.System{}.Now(), Body: body}
				if err := db.Update(b.Context(), func(tx *sqldb.Tx) error { return l.Append(tx, e) }); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(0, "ns/op")
}

package thing_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"tagline/internal/ident"
	"tagline/internal/sqldb"
	"tagline/internal/thing"
)

// BenchmarkTap measures authentic taps, each with a durable counter and event:
// 64 visitors at 64 bottles, against SQLite on disk.
func BenchmarkTap(b *testing.B) {
	const callers = 64
	db, err := sqldb.Open(b.Context(), sqldb.Config{Dir: b.TempDir()}) // as the server opens it, without a test's guards
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	w := newWorld(b, db)
	bottles := make([]*bottle, callers)
	for i := range bottles {
		bottles[i] = w.bottle()
	}
	urls := make([][]string, callers)
	ops := make([]ident.Operation, callers)
	for i := range b.N {
		c := i % callers
		urls[c] = append(urls[c], bottles[c].url())
		ops[c] = w.ids.Operation()
	}
	var wrong atomic.Int64
	b.ResetTimer()
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for _, u := range urls[c] {
				r, err := w.try(u, ops[c])
				if err != nil || r.Verdict != thing.Genuine {
					wrong.Add(1)
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	if n := wrong.Load(); n > 0 {
		b.Fatalf("%d taps were not genuine", n)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "taps/s")
}

package thing_test

import (
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tagline/internal/ident"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
	"tagline/internal/thing/thingtest"
)

// cpu is the processor time of this process: it says more than the clock on a
// machine that others use too.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkTap measures authentic taps, each with a durable counter and event: 64
// visitors at 2,560 bottles, against a database on disk as the server opens it.
func BenchmarkTap(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchTap(b, sqldb.Config{Dir: b.TempDir()}) })
	b.Run("postgres", func(b *testing.B) { benchTap(b, sqldb.Config{URL: sqldbtest.NewServer(b).Schema(b)}) })
}

func benchTap(b *testing.B, c sqldb.Config) {
	const callers = 64
	db, err := sqldb.Open(b.Context(), c)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	w := thingtest.New(b, db)
	bottles := w.Bottles(40 * callers) // of which each visitor has many, so that taps fall on many pages
	urls := make([][]string, callers)
	ops := make([]ident.Operation, callers)
	for i := range b.N {
		c := i % callers
		urls[c] = append(urls[c], bottles[i%len(bottles)].URL())
		ops[c] = w.IDs.Operation()
	}
	var wrong atomic.Int64
	before := cpu(b)
	b.ResetTimer()
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for _, u := range urls[c] {
				r, err := w.Try(u, ops[c])
				if err != nil || r.Verdict != thing.Genuine {
					wrong.Add(1)
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-µs/tap")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "taps/s")
	if n := wrong.Load(); n > 0 {
		b.Fatalf("%d taps were not genuine", n)
	}
}

package sqldb_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

// BenchmarkUpdate measures the shape of a tap: a counter that must grow, and a
// row, from a number of callers that each wait for their commit.
func BenchmarkUpdate(b *testing.B) {
	for _, waiters := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("sqlite/waiters=%d", waiters), func(b *testing.B) {
			benchUpdate(b, benchOpen(b, sqldb.Config{Dir: b.TempDir()}), waiters)
		})
	}
	for _, waiters := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("postgres/waiters=%d", waiters), func(b *testing.B) {
			benchUpdate(b, benchOpen(b, sqldb.Config{URL: sqldbtest.NewServer(b).Schema(b)}), waiters)
		})
	}
}

func benchOpen(b *testing.B, c sqldb.Config) *sqldb.DB {
	db, err := sqldb.Open(b.Context(), c)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return db
}

func benchUpdate(b *testing.B, db *sqldb.DB, waiters int) {
	ctx := b.Context()
	must(b, db.Update(ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`CREATE TABLE bench_chip (id BIGINT NOT NULL PRIMARY KEY, ctr BIGINT NOT NULL)`); err != nil {
			return err
		}
		_, err := tx.Exec(`CREATE TABLE bench_event (seq BIGINT NOT NULL PRIMARY KEY, body TEXT NOT NULL)`)
		return err
	}))
	body := fmt.Sprintf(`{"text":%q}`, string(make([]byte, 100)))[:120]
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range waiters {
		wg.Go(func() {
			for {
				n := next.Add(1)
				if n > int64(b.N) {
					return
				}
				err := db.Update(ctx, func(tx *sqldb.Tx) error {
					var ctr int64
					err := tx.QueryRow(`INSERT INTO bench_chip AS c (id, ctr) VALUES ($1, $2)
						ON CONFLICT (id) DO UPDATE SET ctr = excluded.ctr WHERE c.ctr < excluded.ctr RETURNING ctr`, n%5000, n).Scan(&ctr)
					if err != nil {
						return err
					}
					_, err = tx.Exec(`INSERT INTO bench_event (seq, body) VALUES ($1, $2)`, n, body)
					return err
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkView measures one row found by its key, on one snapshot, for a caller
// whose context may end.
func BenchmarkView(b *testing.B) {
	for name, c := range map[string]func(b *testing.B) sqldb.Config{
		"sqlite":   func(b *testing.B) sqldb.Config { return sqldb.Config{Dir: b.TempDir()} },
		"postgres": func(b *testing.B) sqldb.Config { return sqldb.Config{URL: sqldbtest.NewServer(b).Schema(b)} },
	} {
		b.Run(name, func(b *testing.B) {
			db := benchOpen(b, c(b))
			table(b, db)
			must(b, db.Update(b.Context(), func(tx *sqldb.Tx) error {
				for i := range 1000 {
					if err := put(tx, fmt.Sprint(i), i); err != nil {
						return err
					}
				}
				return nil
			}))
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					var n int
					if err := db.View(b.Context(), func(tx *sqldb.Tx) error {
						return tx.QueryRow(`SELECT n FROM test_row WHERE k = $1`, fmt.Sprint(i%1000)).Scan(&n)
					}); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

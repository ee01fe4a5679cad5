package sqldb_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

// What follows holds on both engines. A third engine would have to pass it too.

// table makes a table of keys and numbers.
func table(t testing.TB, db *sqldb.DB) {
	t.Helper()
	must(t, db.Update(context.Background(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`CREATE TABLE test_row (k TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL CHECK (n >= 0))`)
		return err
	}))
}

func put(tx *sqldb.Tx, k string, n int) error {
	_, err := tx.Exec(`INSERT INTO test_row (k, n) VALUES ($1, $2)`, k, n)
	return err
}

// dump writes the table in one line.
func dump(t testing.TB, db *sqldb.DB) string {
	t.Helper()
	var b strings.Builder
	must(t, db.View(context.Background(), func(tx *sqldb.Tx) error {
		b.Reset()
		rows, err := tx.Query(`SELECT k, n FROM test_row ORDER BY k`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k string
			var n int
			if err := rows.Scan(&k, &n); err != nil {
				return err
			}
			fmt.Fprintf(&b, "%s=%d ", k, n)
		}
		return rows.Err()
	}))
	return strings.TrimSpace(b.String())
}

func TestUpdateStoresAllOrNothing(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		table(t, db)
		ctx := t.Context()
		mine := errors.New("mine")
		must(t, db.Update(ctx, func(tx *sqldb.Tx) error { return put(tx, "kept", 1) }))
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			if err := put(tx, "lost", 1); err != nil {
				return err
			}
			return mine
		})
		if !errors.Is(err, mine) {
			t.Errorf("an error of fn came back as %v", err)
		}
		err = db.Update(ctx, func(tx *sqldb.Tx) error {
			if err := put(tx, "swallowed", 1); err != nil {
				return err
			}
			_ = put(tx, "kept", 2) // its error is dropped, as it should not be
			return nil
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("a failed statement that fn swallowed gives %v", err)
		}
		if got := dump(t, db); got != "kept=1" {
			t.Errorf("the table holds %q", got)
		}
	})
}

func TestAPanicComesBackToItsCallerAndLeavesNothing(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		table(t, db)
		fn := func(tx *sqldb.Tx) error {
			if err := put(tx, "lost", 1); err != nil {
				return err
			}
			if _, err := tx.Query(`SELECT k FROM test_row`); err != nil { // left open
				return err
			}
			panic("a bug of mine")
		}
		func() {
			defer func() {
				if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "a bug of mine") {
					t.Errorf("recovered %v", p)
				}
			}()
			_ = db.Update(t.Context(), fn)
		}()
		var p *sqldb.PanicError
		if err := db.UpdateGuarded(t.Context(), fn); !errors.As(err, &p) || !strings.Contains(string(p.Stack), "TestAPanic") {
			t.Errorf("UpdateGuarded gives %v", err)
		}
		must(t, db.Update(t.Context(), func(tx *sqldb.Tx) error { return put(tx, "kept", 1) }))
		if got := dump(t, db); got != "kept=1" {
			t.Errorf("the table holds %q", got)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("a panic in View was swallowed")
				}
			}()
			_ = db.View(t.Context(), func(tx *sqldb.Tx) error { panic("in a reader") })
		}()
		dump(t, db)
	})
}

type level int

func TestValuesComeBackAsTheyWent(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		blob := "BLOB"
		if db.Engine() == sqldb.Postgres {
			blob = "BYTEA"
		}
		ctx := t.Context()
		at := time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.FixedZone("", 3600))
		must(t, db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`CREATE TABLE test_value (s TEXT, i BIGINT, b BOOLEAN, f DOUBLE PRECISION, x ` + blob + `, j TEXT, at_us BIGINT, named TEXT, lvl BIGINT, gone TEXT)`)
			if err != nil {
				return err
			}
			_, err = tx.Exec(`INSERT INTO test_value VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
				"Größe ✓", -1<<63, true, 0.1, []byte{0, 255, 1}, json.RawMessage(`{"a":1}`), sqldb.Micros(at), ident.Thing("thg_1"), level(3), nil)
			return err
		}))
		must(t, db.View(ctx, func(tx *sqldb.Tx) error {
			var (
				s       string
				i       int64
				b, more bool
				f       float64
				x       []byte
				j       json.RawMessage
				us      int64
				named   ident.Thing
				lvl     level
				nothing *string
				null    sql.NullString
				count   int
				sum     int64
			)
			if err := tx.QueryRow(`SELECT s, i, b, f, x, j, at_us, named, lvl, gone, gone, lvl > 2 FROM test_value`).
				Scan(&s, &i, &b, &f, &x, &j, &us, &named, &lvl, &nothing, &null, &more); err != nil {
				return err
			}
			if s != "Größe ✓" || i != -1<<63 || !b || f != 0.1 || string(x) != "\x00\xff\x01" || string(j) != `{"a":1}` ||
				named != "thg_1" || lvl != 3 || nothing != nil || null.Valid || !more {
				t.Errorf("%q %d %v %v %x %s %q %d %v %v %v", s, i, b, f, x, j, named, lvl, nothing, null, more)
			}
			if got := sqldb.Time(us); !got.Equal(at.Truncate(time.Microsecond)) || got.Location() != time.UTC {
				t.Errorf("time %v", got)
			}
			if err := tx.QueryRow(`SELECT count(*), sum(lvl) FROM test_value`).Scan(&count, &sum); err != nil || count != 1 || sum != 3 {
				t.Errorf("count %d, sum %d, %v", count, sum, err)
			}
			var n int64
			if err := tx.QueryRow(`SELECT gone FROM test_value`).Scan(&n); err == nil {
				t.Error("NULL was scanned into an int64")
			}
			if err := tx.QueryRow(`SELECT s FROM test_value WHERE i = $1`, 5).Scan(&s); err != sqldb.ErrNoRows {
				t.Errorf("no row gives %v", err)
			}
			return nil
		}))
	})
}

func TestArgumentsThatNoColumnTakesAreRefused(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		table(t, db)
		for _, row := range []struct {
			name string
			arg  any
			code fault.Code
		}{
			{"a time", time.Now(), fault.Internal},
			{"a struct", struct{ A int }{1}, fault.Internal},
			{"a slice", []string{"a"}, fault.Internal},
			{"an unsigned number over BIGINT", uint64(1) << 63, fault.Internal},
			{"a zero byte in a text", "a\x00b", fault.Invalid},
			{"text that is not UTF-8", "a\xff", fault.Invalid},
			{"JSON that is not UTF-8", json.RawMessage("\"\xff\""), fault.Invalid},
			{"a text of 17 MiB", strings.Repeat("x", 17<<20), fault.TooLarge},
			{"bytes of 17 MiB", make([]byte, 17<<20), fault.TooLarge},
		} {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.Exec(`UPDATE test_row SET k = $1`, row.arg)
				return err
			})
			if fault.CodeOf(err) != row.code {
				t.Errorf("%s: %v, want %s", row.name, err, row.code)
			}
		}
	})
}

func TestConstraintsBecomeFaults(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		table(t, db)
		must(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if err := put(tx, "a", 1); err != nil {
				return err
			}
			if _, err := tx.Exec(`CREATE TABLE test_child (k TEXT NOT NULL PRIMARY KEY REFERENCES test_row (k), u BIGINT NOT NULL)`); err != nil {
				return err
			}
			if _, err := tx.Exec(`CREATE UNIQUE INDEX test_child_u ON test_child (u)`); err != nil {
				return err
			}
			_, err := tx.Exec(`INSERT INTO test_child (k, u) VALUES ('a', 1)`)
			return err
		}))
		for _, row := range []struct {
			name, query string
			code        fault.Code
		}{
			{"primary key", `INSERT INTO test_row (k, n) VALUES ('a', 2)`, fault.Conflict},
			{"unique", `INSERT INTO test_child (k, u) VALUES ('b', 1)`, fault.Conflict},
			{"foreign key on insert", `INSERT INTO test_child (k, u) VALUES ('c', 3)`, fault.Conflict},
			{"foreign key on delete", `DELETE FROM test_row WHERE k = 'a'`, fault.Conflict},
			{"check is our bug", `INSERT INTO test_row (k, n) VALUES ('d', -1)`, fault.Internal},
			{"not null is our bug", `INSERT INTO test_row (k, n) VALUES ('d', NULL)`, fault.Internal},
			{"a typo is our bug", `SELEC 1`, fault.Internal},
		} {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.Exec(row.query)
				return err
			})
			if fault.CodeOf(err) != row.code {
				t.Errorf("%s: %v", row.name, err)
			}
			if row.code != fault.Internal && strings.Contains(err.Error()+fault.From(err).Hint, "test_") {
				t.Errorf("%s: the message shows the schema: %v", row.name, err)
			}
		}
	})
}

func TestHooksRunAtTheirTime(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		table(t, db)
		var order []string
		note := func(s string) func() { return func() { order = append(order, s) } }
		must(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			order = nil
			tx.AfterCommit(note("after"))
			for range 2 { // once per key
				tx.BeforeCommit("one", func(tx *sqldb.Tx) error {
					order = append(order, "one")
					tx.BeforeCommit("two", func(tx *sqldb.Tx) error { order = append(order, "two"); return nil })
					tx.AfterCommit(note("after hook"))
					return put(tx, "by a hook", 1)
				})
			}
			order = append(order, "fn")
			return nil
		}))
		if got := strings.Join(order, ","); got != "fn,one,two,after,after hook" {
			t.Errorf("order %s", got)
		}
		stop := errors.New("stop")
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			tx.AfterCommit(func() { t.Error("AfterCommit of an update that failed") })
			tx.BeforeCommit("x", func(*sqldb.Tx) error { return stop })
			return put(tx, "lost", 1)
		})
		if !errors.Is(err, stop) {
			t.Errorf("a hook's error came back as %v", err)
		}
		if got := dump(t, db); got != "by a hook=1" {
			t.Errorf("the table holds %q", got)
		}
	})
}

func TestLocalLivesAsLongAsTheTransaction(t *testing.T) {
	type key struct{}
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		for range 2 {
			must(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
				n := tx.Local(key{}, func() any { return new(int) }).(*int)
				*n++
				if again := tx.Local(key{}, func() any { t.Error("made twice"); return nil }).(*int); *again != 1 {
					t.Errorf("the value is %d, of another transaction", *again)
				}
				return nil
			}))
		}
	})
}

func TestViewIsOneSnapshotAndOnlyReads(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		table(t, db)
		ctx := context.Background()
		must(t, db.Update(ctx, func(tx *sqldb.Tx) error { return put(tx, "a", 1) }))
		must(t, db.View(ctx, func(tx *sqldb.Tx) error {
			var before, after int
			if err := tx.QueryRow(`SELECT count(*) FROM test_row`).Scan(&before); err != nil {
				return err
			}
			stored := make(chan error)
			go func() { stored <- db.Update(ctx, func(tx *sqldb.Tx) error { return put(tx, "b", 2) }) }()
			if err := <-stored; err != nil {
				return err
			}
			if err := tx.QueryRow(`SELECT count(*) FROM test_row`).Scan(&after); err != nil {
				return err
			}
			if before != 1 || after != 1 {
				t.Errorf("the view counted %d, then %d", before, after)
			}
			return nil
		}))
		if err := db.View(ctx, func(tx *sqldb.Tx) error { return put(tx, "c", 3) }); err == nil {
			t.Error("a view wrote")
		}
		if got := dump(t, db); got != "a=1 b=2" {
			t.Errorf("the table holds %q", got)
		}
	})
}

func TestATransactionThatIsOverIsRefused(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		table(t, db)
		var stale *sqldb.Tx
		var rows *sqldb.Rows
		must(t, db.Update(t.Context(), func(tx *sqldb.Tx) error { stale = tx; return put(tx, "a", 1) }))
		check := func(tx *sqldb.Tx) error {
			if _, err := stale.Exec(`DELETE FROM test_row`); err == nil {
				t.Error("a Tx of another update was of use")
			}
			return nil
		}
		must(t, db.Update(t.Context(), check))
		err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
			rows, err = tx.Query(`SELECT k FROM test_row`)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "not closed") {
			t.Errorf("open rows give %v", err)
		}
		if rows.Next() {
			t.Error("rows outlived their transaction")
		}
		if got := dump(t, db); got != "a=1" {
			t.Errorf("the table holds %q", got)
		}
	})
}

func TestATransactionInsideAnotherPanics(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		nothing := func(*sqldb.Tx) error { return nil }
		for name, inner := range map[string]func() error{
			"an update": func() error { return db.Update(ctx, nothing) },
			"a view":    func() error { return db.View(ctx, nothing) },
		} {
			err := db.UpdateGuarded(ctx, func(*sqldb.Tx) error { return inner() })
			var p *sqldb.PanicError
			if !errors.As(err, &p) || !strings.Contains(fmt.Sprint(p.Value), "inside another one") {
				t.Errorf("%s in an update: %v", name, err)
			}
		}
		must(t, db.Update(ctx, nothing))
	})
}

// PostgreSQL answers one query at a time on a connection, so SQLite does not do
// more.
func TestAStatementWhileRowsAreOpenIsRefused(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		table(t, db)
		must(t, db.Update(t.Context(), func(tx *sqldb.Tx) error { return errors.Join(put(tx, "a", 1), put(tx, "b", 2)) }))
		for name, inner := range map[string]func(tx *sqldb.Tx) error{
			"Exec":     func(tx *sqldb.Tx) error { return put(tx, "c", 3) },
			"Query":    func(tx *sqldb.Tx) error { _, err := tx.Query(`SELECT 1`); return err },
			"QueryRow": func(tx *sqldb.Tx) error { var n int; return tx.QueryRow(`SELECT 1`).Scan(&n) },
		} {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				rows, err := tx.Query(`SELECT k FROM test_row`)
				if err != nil {
					return err
				}
				defer rows.Close()
				rows.Next()
				return inner(tx)
			})
			if err == nil || !strings.Contains(err.Error(), "still open") {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, db.View(t.Context(), func(tx *sqldb.Tx) error { // read to the end, they are closed
			rows, err := tx.Query(`SELECT k FROM test_row`)
			if err != nil {
				return err
			}
			for rows.Next() {
			}
			var n int
			return tx.QueryRow(`SELECT count(*) FROM test_row`).Scan(&n)
		}))
	})
}

func TestManyUpdatesOfOneCounterLoseNone(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		table(t, db)
		must(t, db.Update(t.Context(), func(tx *sqldb.Tx) error { return put(tx, "c", 0) }))
		const callers, each = 16, 25
		seen := make([][]int, callers)
		var wg sync.WaitGroup
		for i := range callers {
			wg.Go(func() {
				for range each {
					var n int
					if err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
						return tx.QueryRow(`UPDATE test_row SET n = n + 1 WHERE k = 'c' RETURNING n`).Scan(&n)
					}); err != nil {
						t.Error(err)
						return
					}
					seen[i] = append(seen[i], n)
				}
			})
		}
		wg.Wait()
		once := map[int]bool{}
		for _, s := range seen {
			for _, n := range s {
				if once[n] {
					t.Errorf("two updates made it %d", n)
				}
				once[n] = true
			}
		}
		if got := dump(t, db); got != fmt.Sprintf("c=%d", callers*each) {
			t.Errorf("the table holds %q", got)
		}
	})
}

// Two that lock the same rows in opposite order cannot both go on: on PostgreSQL
// one is undone and runs again, on SQLite they never meet.
func TestUpdatesThatBlockEachOtherBothEndWell(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		table(t, db)
		must(t, db.Update(t.Context(), func(tx *sqldb.Tx) error { return errors.Join(put(tx, "a", 0), put(tx, "b", 0)) }))
		meet := make(chan struct{}, 2)
		var wg sync.WaitGroup
		for _, keys := range [][2]string{{"a", "b"}, {"b", "a"}} {
			wg.Go(func() {
				err := db.Update(context.Background(), func(tx *sqldb.Tx) error {
					for i, k := range keys {
						if _, err := tx.Exec(`UPDATE test_row SET n = n + 1 WHERE k = $1`, k); err != nil {
							return err
						}
						if i == 0 && db.Engine() == sqldb.Postgres && len(meet) < cap(meet) {
							meet <- struct{}{}
							for len(meet) < cap(meet) { // until the other holds its first row
								var one int
								if err := tx.QueryRow(`SELECT 1`).Scan(&one); err != nil {
									return err
								}
							}
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := dump(t, db); got != "a=2 b=2" {
			t.Errorf("the table holds %q", got)
		}
	})
}

func TestACallerThatLeavesEarly(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		table(t, db)
		gone, leave := context.WithCancel(context.Background())
		leave()
		err := db.Update(gone, func(tx *sqldb.Tx) error { t.Error("fn ran for a caller that had left"); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a caller that had left got %v", err)
		}
		// One that leaves while fn runs gets the true answer: it is stored.
		ctx, leave := context.WithCancel(context.Background())
		must(t, db.Update(ctx, func(tx *sqldb.Tx) error {
			leave()
			return put(tx, "stored", 1)
		}))
		if got := dump(t, db); got != "stored=1" {
			t.Errorf("the table holds %q", got)
		}
		ctx, leave = context.WithCancel(context.Background())
		err = db.View(ctx, func(tx *sqldb.Tx) error {
			leave()
			var n int
			return tx.QueryRow(`SELECT count(*) FROM test_row`).Scan(&n)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a reader that left got %v", err)
		}
		dump(t, db)
	})
}

func TestNothingRunsAfterClose(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		table(t, db)
		must(t, db.Close())
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return nil }); !fault.Is(err, fault.Unavailable) {
			t.Errorf("an update after Close: %v", err)
		}
		if err := db.View(t.Context(), func(tx *sqldb.Tx) error { return nil }); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a view after Close: %v", err)
		}
		must(t, db.Close())
	})
}

func TestInWritesPlaceholders(t *testing.T) {
	for _, row := range []struct {
		n, first int
		want     string
	}{{3, 2, "$2,$3,$4"}, {1, 1, "$1"}, {0, 1, "NULL"}, {2, 9, "$9,$10"}} {
		if got := sqldb.In(row.n, row.first); got != row.want {
			t.Errorf("In(%d, %d) = %q, want %q", row.n, row.first, got, row.want)
		}
	}
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		table(t, db)
		must(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if err := errors.Join(put(tx, "a", 1), put(tx, "b", 2), put(tx, "c", 3)); err != nil {
				return err
			}
			var n, none int
			if err := tx.QueryRow(`SELECT sum(n) FROM test_row WHERE n < $1 AND k IN (`+sqldb.In(2, 2)+`)`, 100, "a", "c").Scan(&n); err != nil {
				return err
			}
			if err := tx.QueryRow(`SELECT count(*) FROM test_row WHERE k IN (` + sqldb.In(0, 1) + `)`).Scan(&none); err != nil {
				return err
			}
			if n != 4 || none != 0 {
				t.Errorf("sum %d, count %d", n, none)
			}
			return nil
		}))
	})
}

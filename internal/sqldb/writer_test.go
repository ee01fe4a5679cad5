package sqldb

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/sqldb/lite"
)

// These tests look inside: they make the engine fail where it hardly ever does,
// and make groups where chance would.

func openTest(t testing.TB) *DB {
	t.Helper()
	// The clock stands still, so that no group ends by its time on a slow machine.
	still := clock.NewManual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	db, err := Open(context.Background(), Config{Dir: t.TempDir(), Strict: true, Clock: still})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	script(t, db, `CREATE TABLE test_row (k TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)`)
	return db
}

func script(t testing.TB, db *DB, text string) {
	t.Helper()
	if err := db.Update(context.Background(), func(tx *Tx) error { _, err := tx.Exec(text); return err }); err != nil {
		t.Fatal(err)
	}
}

func put(tx *Tx, k string, n int) error {
	_, err := tx.Exec(`INSERT INTO test_row (k, n) VALUES ($1, $2) ON CONFLICT (k) DO UPDATE SET n = excluded.n`, k, n)
	return err
}

func dump(t testing.TB, db *DB) string {
	t.Helper()
	var b strings.Builder
	err := db.View(context.Background(), func(tx *Tx) error {
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
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

// onWriter runs something on the writer's goroutine, between two groups' jobs.
func onWriter(t testing.TB, db *DB, fn func(w *writer)) {
	t.Helper()
	if err := db.Update(context.Background(), func(*Tx) error { fn(db.writer); return nil }); err != nil {
		t.Fatal(err)
	}
}

// together queues the jobs in their order behind a job that holds the writer, so
// that they make one group, and gives their answers. fail, when it is not nil, is
// called with each statement after that first job, and gives the code of an error
// that it shall meet, or 0.
func together(t testing.TB, db *DB, fail func(query string) int, jobs ...func(tx *Tx) error) []error {
	t.Helper()
	var wg sync.WaitGroup
	held, release := make(chan struct{}), make(chan struct{})
	var once sync.Once // the job runs again if its group does
	wg.Go(func() {
		_ = db.Update(context.Background(), func(*Tx) error {
			once.Do(func() {
				close(held)
				<-release
				arm(db.writer, fail)
			})
			return nil
		})
	})
	<-held
	answers := make([]error, len(jobs))
	for i, job := range jobs {
		wg.Go(func() { answers[i] = caught(db, job) })
		until(func() bool { return len(db.writer.queue) == i+1 })
	}
	close(release)
	wg.Wait()
	return answers
}

// caught is Update, not UpdateGuarded, which would bring a savepoint of its own.
func caught(db *DB, job func(tx *Tx) error) (err error) {
	defer func() {
		if p, ok := recover().(*PanicError); ok {
			err = p
		}
	}()
	return db.Update(context.Background(), job)
}

// faultyError stands in for SQLite's own error of a result code.
type faultyError int

func (e faultyError) Error() string { return fmt.Sprintf("injected SQLite code %d", int(e)) }
func (e faultyError) Code() int     { return int(e) }

func arm(w *writer, fail func(query string) int) {
	if fail == nil {
		return
	}
	w.inject = func(query string) error {
		if code := fail(query); code != 0 {
			return faultyError(code)
		}
		return nil
	}
	w.conn.Inject = w.inject
}

// nth fails the n-th statement that begins so, once.
func nth(n int, begins string, code int) func(query string) int {
	return func(query string) int {
		if strings.HasPrefix(query, begins) {
			if n--; n == 0 {
				return code
			}
		}
		return 0
	}
}

func until(ok func() bool) {
	for !ok() {
		runtime.Gosched()
	}
}

// mix is one random update, as data, so that it can run in two databases.
type mix struct {
	puts   []string
	values []int
	end    string // "ok", "error", "panic", "clash"
}

func (m mix) run(tx *Tx) error {
	for i, k := range m.puts {
		if err := put(tx, k, m.values[i]); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE test_row SET n = n + (SELECT count(*) FROM test_row) WHERE k = $1`, k); err != nil {
			return err
		}
	}
	switch m.end {
	case "error":
		return fault.New(fault.Conflict, "no", "")
	case "panic":
		panic("oh")
	case "clash":
		_, err := tx.Exec(`INSERT INTO test_row (k, n) SELECT k, n FROM test_row WHERE k = $1`, m.puts[0])
		return err
	}
	return nil
}

func TestGroupedUpdatesEqualSingleOnes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 20 {
		var jobs []func(tx *Tx) error
		single := openTest(t)
		var want []string
		for range 1 + random.IntN(40) {
			m := mix{end: []string{"ok", "ok", "ok", "error", "panic", "clash"}[random.IntN(6)]}
			for range 1 + random.IntN(5) {
				m.puts = append(m.puts, string(rune('a'+random.IntN(8))))
				m.values = append(m.values, random.IntN(100))
			}
			jobs = append(jobs, m.run)
			want = append(want, answer(single.UpdateGuarded(context.Background(), m.run)))
		}
		grouped := openTest(t)
		commits := 0
		count := func(query string) int {
			if query == "COMMIT" {
				commits++
			}
			return 0
		}
		for i, err := range together(t, grouped, count, jobs...) {
			if answer(err) != want[i] {
				t.Fatalf("round %d, job %d: %s together, %s alone", round, i, answer(err), want[i])
			}
		}
		if a, b := dump(t, single), dump(t, grouped); a != b {
			t.Fatalf("round %d: one by one %s\ntogether %s", round, a, b)
		}
		onWriter(t, grouped, func(*writer) {
			if commits != 1 {
				t.Errorf("round %d: %d commits, so this was no group", round, commits)
			}
		})
	}
}

// answer is what a caller learns: the kind of error.
func answer(err error) string {
	var p *PanicError
	if errors.As(err, &p) {
		return fmt.Sprint("panic ", p.Value)
	}
	return string(fault.CodeOf(err))
}

func TestAGroupIsBounded(t *testing.T) {
	db := openTest(t)
	var jobs []func(tx *Tx) error
	for i := range 600 {
		jobs = append(jobs, func(tx *Tx) error { return put(tx, fmt.Sprint(i), i) })
	}
	var sizes []int
	n := 1 // the job that holds the writer
	count := func(query string) int {
		switch {
		case strings.HasPrefix(query, "INSERT"):
			n++
		case query == "COMMIT":
			sizes, n = append(sizes, n), 0
		}
		return 0
	}
	for _, err := range together(t, db, count, jobs...) {
		if err != nil {
			t.Fatal(err)
		}
	}
	onWriter(t, db, func(*writer) {
		for _, s := range sizes {
			if s > maxGroup {
				t.Errorf("a group of %d jobs", s)
			}
		}
		if len(sizes) != 3 {
			t.Errorf("groups of %v jobs", sizes)
		}
	})
}

func TestAFaultOfTheEngineLosesItsGroupAndNothingElse(t *testing.T) {
	refuse := errors.New("refused by its rule")
	for _, row := range []struct {
		name    string
		fault   func(query string) int
		lost    int  // callers that are told: those whose jobs had begun
		outcome bool // it may have been stored
		sick    bool
	}{
		{name: "disk full in a job", fault: nth(2, "INSERT", 13), lost: 2, sick: true},
		{name: "disk full at the commit", fault: nth(1, "COMMIT", 13), lost: 3, sick: true},
		{name: "disk error in a job", fault: nth(2, "INSERT", 10|3<<8), lost: 2, sick: true},
		{name: "disk error at the flush", fault: nth(1, "COMMIT", 10|4<<8), lost: 3, outcome: true, sick: true},
		{name: "no memory", fault: nth(2, "INSERT", 7), lost: 2},
		{name: "interrupted", fault: nth(3, "INSERT", 9), lost: 3},
		{name: "a savepoint that cannot be made", fault: nth(2, "SAVEPOINT", 10), lost: 2, sick: true},
		{name: "a savepoint that is gone", fault: nth(1, "ROLLBACK TO", 1), lost: 2},
		{name: "a savepoint that cannot be left", fault: nth(3, "RELEASE", 1), lost: 2},
		{name: "a file that became read-only", fault: nth(1, "COMMIT", 8), lost: 3, outcome: true, sick: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			db := openTest(t)
			script(t, db, `INSERT INTO test_row (k, n) VALUES ('before', 1)`)
			onWriter(t, db, func(w *writer) { w.careful = wary })
			answers := together(t, db, row.fault,
				func(tx *Tx) error { return put(tx, "a", 1) },
				func(tx *Tx) error { return errors.Join(put(tx, "b", 2), refuse) },
				func(tx *Tx) error { return put(tx, "c", 3) },
			)
			want := "before=1"
			if row.lost == 2 { // the third comes in the next group
				want += " c=3"
			}
			for i, err := range answers {
				if i >= row.lost {
					if err != nil {
						t.Errorf("job %d was not in the group: %v", i, err)
					}
				} else if !fault.Is(err, fault.Unavailable) || errors.Is(err, ErrOutcome) != row.outcome {
					t.Errorf("job %d: %v", i, err)
				}
			}
			if db.sick.Load() != row.sick {
				t.Errorf("sick %v", db.sick.Load())
			}
			if got := dump(t, db); got != want {
				t.Errorf("the table holds %q, want %q", got, want)
			}
			if err := db.Ping(context.Background()); err != nil || db.sick.Load() {
				t.Errorf("once the fault is gone: %v", err)
			}
			script(t, db, `INSERT INTO test_row (k, n) VALUES ('later', 1)`)
			if err := db.Check(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestReadinessStaysBadAsLongAsTheDisk(t *testing.T) {
	db := openTest(t)
	var bad atomic.Bool
	onWriter(t, db, func(w *writer) {
		arm(w, func(query string) int {
			if bad.Load() && query == "COMMIT" {
				return 13
			}
			return 0
		})
	})
	bad.Store(true)
	write := func() error {
		return db.Update(context.Background(), func(tx *Tx) error { return put(tx, "a", 1) })
	}
	if err := db.Ping(context.Background()); err != nil {
		t.Fatalf("before anybody noticed: %v", err)
	}
	if err := write(); !fault.Is(err, fault.Unavailable) {
		t.Fatal(err)
	}
	for range 2 {
		if err := db.Ping(context.Background()); !fault.Is(err, fault.Unavailable) {
			t.Fatalf("ready on a full disk: %v", err)
		}
	}
	bad.Store(false)
	if err := db.Ping(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := write(); err != nil {
		t.Fatal(err)
	}
}

func TestALockHeldByAnotherProcessIsWaitedOut(t *testing.T) {
	for _, row := range []struct {
		name, at  string
		fails     int
		runs      int
		afterward fault.Code
	}{
		{"twice at the beginning", "BEGIN", 2, 1, ""},
		{"twice at the commit", "COMMIT", 2, 3, ""},
		{"once in a job", "INSERT", 1, 2, ""},
		{"for good", "BEGIN", 100, 0, fault.Unavailable},
	} {
		t.Run(row.name, func(t *testing.T) {
			db := openTest(t)
			failed, runs := 0, 0
			// What follows is one group of its own: nothing else is queued.
			onWriter(t, db, func(w *writer) {
				commits := 0
				arm(w, func(query string) int {
					if query == "COMMIT" {
						commits++
					}
					own := query == "COMMIT" && commits == 1 // of this very job
					if !own && strings.HasPrefix(query, row.at) && failed < row.fails {
						failed++
						return lite.Busy
					}
					return 0
				})
			})
			err := db.Update(context.Background(), func(tx *Tx) error { runs++; return put(tx, "a", runs) })
			if fault.CodeOf(err) != row.afterward {
				t.Fatalf("%v", err)
			}
			if runs != row.runs {
				t.Errorf("fn ran %d times, want %d", runs, row.runs)
			}
			if got := dump(t, db); runs > 0 && got != fmt.Sprintf("a=%d", runs) {
				t.Errorf("%d runs, the table holds %q", runs, got)
			}
			if db.sick.Load() {
				t.Error("a lock is no sickness")
			}
		})
	}
}

func TestAFullDiskIsToldAndGetsWell(t *testing.T) {
	db := openTest(t)
	script(t, db, `INSERT INTO test_row (k, n) VALUES ('before', 1)`)
	onWriter(t, db, func(w *writer) { // the bound is the connection's: the next one has none
		pages, err := w.conn.One("PRAGMA page_count")
		if err == nil {
			_, err = w.conn.One(fmt.Sprintf("PRAGMA max_page_count = %d", pages.(int64)+2))
		}
		if err != nil {
			t.Error(err)
		}
	})
	answers := together(t, db, nil,
		func(tx *Tx) error { return put(tx, "small", 1) },
		func(tx *Tx) error { return put(tx, strings.Repeat("large", 10000), 1) },
	)
	for i, err := range answers {
		if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "full") || errors.Is(err, ErrOutcome) {
			t.Errorf("job %d: %v", i, err)
		}
	}
	if !db.sick.Load() {
		t.Error("readiness does not know")
	}
	if got := dump(t, db); got != "before=1" {
		t.Errorf("the table holds %q", got)
	}
	if err := db.Ping(context.Background()); err != nil || db.sick.Load() {
		t.Errorf("with space again: %v", err)
	}
}

func TestAFullQueueRefusesAtOnce(t *testing.T) {
	db := openTest(t)
	var wg sync.WaitGroup
	held, release := make(chan struct{}), make(chan struct{})
	wg.Go(func() { _ = db.Update(context.Background(), func(*Tx) error { close(held); <-release; return nil }) })
	<-held
	for range maxQueue {
		wg.Go(func() {
			if err := db.Update(context.Background(), func(tx *Tx) error { return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	until(func() bool { return len(db.writer.queue) == maxQueue })
	err := db.Update(context.Background(), func(*Tx) error { return nil })
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("beyond the bound: %v", err)
	}
	close(release)
	wg.Wait()
}

func TestACallerMayLeaveTheQueue(t *testing.T) {
	db := openTest(t)
	var wg sync.WaitGroup
	held, release := make(chan struct{}), make(chan struct{})
	wg.Go(func() { _ = db.Update(context.Background(), func(*Tx) error { close(held); <-release; return nil }) })
	<-held
	ctx, leave := context.WithCancel(context.Background())
	left := make(chan error)
	go func() { left <- db.Update(ctx, func(tx *Tx) error { return put(tx, "lost", 1) }) }()
	until(func() bool { return len(db.writer.queue) == 1 })
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) { // while the writer is still held
		t.Errorf("a caller that left the queue got %v", err)
	}
	close(release)
	wg.Wait()
	if got := dump(t, db); got != "" {
		t.Errorf("its job ran: %q", got)
	}
}

func TestCloseStoresWhatWasQueued(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(context.Background(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	script(t, db, `CREATE TABLE test_row (k TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)`)
	var wg sync.WaitGroup
	held, release := make(chan struct{}), make(chan struct{})
	wg.Go(func() { _ = db.Update(context.Background(), func(*Tx) error { close(held); <-release; return nil }) })
	<-held
	var answer error
	wg.Go(func() { answer = db.Update(context.Background(), func(tx *Tx) error { return put(tx, "queued", 1) }) })
	until(func() bool { return len(db.writer.queue) == 1 })
	closed := make(chan error)
	go func() { closed <- db.Close() }()
	until(func() bool { return db.down.Load() })
	close(release)
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if answer != nil {
		t.Fatal(answer)
	}
	db, err = Open(context.Background(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got := dump(t, db); got != "queued=1" {
		t.Errorf("after the start the table holds %q", got)
	}
}

func TestAConnectionKeepsABoundedNumberOfStatements(t *testing.T) {
	db := openTest(t)
	err := db.Update(context.Background(), func(tx *Tx) error {
		for i := range 512 + 100 {
			var n int
			if err := tx.QueryRow(fmt.Sprintf("SELECT %d", i)).Scan(&n); err != nil || n != i {
				return fmt.Errorf("%d: %w", i, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	onWriter(t, db, func(w *writer) {
		if n := w.conn.Statements(); n > 512 {
			t.Errorf("%d statements are kept", n)
		}
	})
}

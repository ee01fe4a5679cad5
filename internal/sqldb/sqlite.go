package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"modernc.org/sqlite"

	"tagline/internal/fault"
)

// The database's file in the data folder.
const liteFile = "tagline.db"

// minSQLite is the first version without the WAL-reset bug, which can corrupt a
// file that two connections write and checkpoint (sqlite.org/wal.html#walresetbug).
const minSQLite = "3.51.3"

// maxStatements bounds the prepared statements that one connection keeps.
const maxStatements = 512

// liteConn is one connection to SQLite with its prepared statements. It goes
// straight to the driver: one goroutine uses it at a time, so the locks, pools
// and watchers of database/sql would only cost.
type liteConn struct {
	c      driver.Conn
	stmts  map[string]*liteStmt
	inject func(query string) error // a test's fault, before a statement runs
}

type liteStmt struct {
	exec  driver.StmtExecContext
	query driver.StmtQueryContext
	close func() error
}

// liteDSN writes the driver's address of a database. Pragmas stand here because
// they belong to a connection; busy_timeout comes before journal_mode, which may
// have to wait. The name begins with file: or else the driver would drop mode=ro.
func liteDSN(dir string, readOnly bool) string {
	path, err := filepath.Abs(filepath.Join(dir, liteFile))
	if err != nil {
		path = filepath.Join(dir, liteFile)
	}
	u := url.URL{Path: filepath.ToSlash(path)}
	q := []string{"_dqs=0", "_pragma=busy_timeout(5000)"}
	if readOnly {
		q = append(q, "mode=ro", "_pragma=query_only(1)")
	} else {
		q = append(q, "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)", "_pragma=journal_size_limit(67108864)")
	}
	q = append(q, "_pragma=foreign_keys(1)", "_pragma=temp_store(memory)", "_pragma=cache_size(-16384)")
	return "file:" + u.EscapedPath() + "?" + strings.Join(q, "&")
}

func liteOpen(dir string, readOnly bool) (*liteConn, error) {
	c, err := new(sqlite.Driver).Open(liteDSN(dir, readOnly))
	if err != nil {
		return nil, err
	}
	return &liteConn{c: c, stmts: map[string]*liteStmt{}}, nil
}

// prepare compiles a text once per connection.
func (c *liteConn) prepare(query string) (*liteStmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	if len(c.stmts) >= maxStatements {
		for text, old := range c.stmts { // any will do: beyond the bound are only odd texts
			delete(c.stmts, text)
			if err := old.close(); err != nil {
				return nil, err
			}
			break
		}
	}
	st, err := c.c.Prepare(query)
	if err != nil {
		return nil, err
	}
	s := &liteStmt{exec: st.(driver.StmtExecContext), query: st.(driver.StmtQueryContext), close: st.Close}
	c.stmts[query] = s
	return s, nil
}

func (c *liteConn) exec(ctx context.Context, query string, args []driver.NamedValue) (int64, error) {
	if c.inject != nil {
		if err := c.inject(query); err != nil {
			return 0, err
		}
	}
	s, err := c.prepare(query)
	if err != nil {
		return 0, err
	}
	r, err := s.exec.ExecContext(ctx, args)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (c *liteConn) query(ctx context.Context, query string, args []driver.NamedValue) (cursor, error) {
	if c.inject != nil {
		if err := c.inject(query); err != nil {
			return nil, err
		}
	}
	s, err := c.prepare(query)
	if err != nil {
		return nil, err
	}
	rows, err := s.query.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	return liteCursor{rows}, nil
}

// script runs several statements without arguments.
func (c *liteConn) script(text string) error {
	_, err := c.c.(driver.ExecerContext).ExecContext(context.Background(), text, nil)
	return err
}

// run executes a statement that belongs to the transaction itself.
func (c *liteConn) run(query string) error {
	_, err := c.exec(context.Background(), query, nil)
	return err
}

func (c *liteConn) one(query string) (driver.Value, error) {
	cur, err := c.query(context.Background(), query, nil)
	if err != nil {
		return nil, err
	}
	row := make([]driver.Value, cur.width())
	err = cur.next(row)
	return row[0], errors.Join(err, cur.close())
}

func (c *liteConn) close() error {
	var all []error
	for _, s := range c.stmts {
		all = append(all, s.close())
	}
	return errors.Join(append(all, c.c.Close())...)
}

type liteCursor struct{ rows driver.Rows }

func (c liteCursor) width() int                     { return len(c.rows.Columns()) }
func (c liteCursor) next(dest []driver.Value) error { return c.rows.Next(dest) }
func (c liteCursor) close() error                   { return c.rows.Close() }

// readers is the pool of connections that only read.
type readers struct {
	dir    string
	free   chan *liteConn // nil stands for one not yet opened
	closed chan struct{}
}

func newReaders(dir string, n int) *readers {
	r := &readers{dir: dir, free: make(chan *liteConn, n), closed: make(chan struct{})}
	for range n {
		r.free <- nil
	}
	return r
}

func (r *readers) take(ctx context.Context) (*liteConn, error) {
	select {
	case c := <-r.free:
		if c != nil {
			return c, nil
		}
		c, err := liteOpen(r.dir, true)
		if err != nil {
			r.free <- nil
		}
		return c, err
	case <-r.closed:
		return nil, closedErr()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// give takes a connection back; one that is not sound is dropped.
func (r *readers) give(c *liteConn, sound bool) {
	if !sound {
		c.close()
		c = nil
	}
	r.free <- c
}

// close waits for those who still read.
func (r *readers) close() error {
	close(r.closed)
	var all []error
	for range cap(r.free) {
		if c := <-r.free; c != nil {
			all = append(all, c.close())
		}
	}
	return errors.Join(all...)
}

func (r *readers) view(ctx context.Context, fn func(tx *Tx) error) error {
	for try := 1; ; try++ {
		err := r.once(ctx, fn)
		if try < maxAttempts && retryableLite(liteCode(err)) && ctx.Err() == nil {
			continue // another process recovers or checkpoints; busy_timeout has waited already
		}
		return err
	}
}

// once runs fn on one snapshot: SQLite takes it at the first read of a deferred
// transaction.
func (r *readers) once(ctx context.Context, fn func(tx *Tx) error) (err error) {
	c, err := r.take(ctx)
	if err != nil {
		return mapErr(err)
	}
	sound := false
	defer func() { r.give(c, sound) }() // after a panic too
	if err := c.run("BEGIN"); err != nil {
		return mapErr(err)
	}
	tx := &Tx{s: c, ctx: ctx, buffers: &buffers{}}
	err = tx.run(fn, nil)
	sound = c.run("ROLLBACK") == nil
	return err
}

// checkLite refuses a SQLite that may corrupt the file.
func checkLite(c *liteConn) error {
	v, err := c.one("SELECT sqlite_version()")
	if err != nil {
		return err
	}
	have, _ := v.(string)
	if olderVersion(have, minSQLite) {
		return fault.New(fault.Internal, fmt.Sprintf("the SQLite inside is %s; Tagline needs %s or newer", have, minSQLite),
			"Build Tagline with the dependencies that go.mod names.")
	}
	return nil
}

func olderVersion(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range y {
		if i >= len(x) {
			return true
		}
		n, err := strconv.Atoi(x[i])
		m, _ := strconv.Atoi(y[i])
		if err != nil || n != m {
			return err != nil || n < m
		}
	}
	return false
}

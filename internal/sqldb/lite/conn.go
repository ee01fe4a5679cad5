package lite

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

// File is the database's file in its folder.
const File = "tagline.db"

// minVersion is the first SQLite without the WAL-reset bug, which can corrupt a
// file that two connections write and checkpoint (sqlite.org/wal.html#walresetbug).
const minVersion = "3.51.3"

// maxStatements bounds the prepared statements that one connection keeps.
const maxStatements = 512

// Conn is one connection with its prepared statements. One goroutine uses it at a
// time.
type Conn struct {
	c     driver.Conn
	stmts map[string]*stmt

	// Inject, when it is set, is asked before each statement and gives the error
	// that it shall meet: the seam for tests of failing disks.
	Inject func(query string) error
}

type stmt struct {
	exec  driver.StmtExecContext
	query driver.StmtQueryContext
	close func() error
}

// OpenWriter opens the database of a folder to read and write; the file is made
// when it is missing.
func OpenWriter(dir string) (*Conn, error) {
	return open(dir, "_pragma=journal_mode(WAL)", "_pragma=synchronous(NORMAL)", "_pragma=journal_size_limit(67108864)", "_pragma=wal_autocheckpoint(4000)", "_pragma=cache_size(-16384)")
}

// OpenReader opens the database of a folder, which a writer must have made, to
// read only.
func OpenReader(dir string) (*Conn, error) {
	return open(dir, "mode=ro", "_pragma=query_only(1)", "_pragma=cache_size(-4096)")
}

func open(dir string, options ...string) (*Conn, error) {
	path, err := filepath.Abs(filepath.Join(dir, File))
	if err != nil {
		return nil, err
	}
	// Pragmas stand in the address because they belong to a connection; busy_timeout
	// comes before journal_mode, which may have to wait. The name begins with file:
	// or else the driver would drop mode=ro.
	address := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + strings.Join(append(append(
		[]string{"_dqs=0", "_pragma=busy_timeout(5000)"}, options...),
		"_pragma=foreign_keys(1)", "_pragma=temp_store(memory)"), "&")
	c, err := new(sqlite.Driver).Open(address)
	if err != nil {
		return nil, err
	}
	return &Conn{c: c, stmts: map[string]*stmt{}}, nil
}

// prepare compiles a text once per connection.
func (c *Conn) prepare(query string) (*stmt, error) {
	if c.Inject != nil {
		if err := c.Inject(query); err != nil {
			return nil, err
		}
	}
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
	st, err := c.c.Prepare(plain(query))
	if err != nil {
		return nil, err
	}
	s := &stmt{exec: st.(driver.StmtExecContext), query: st.(driver.StmtQueryContext), close: st.Close}
	c.stmts[query] = s
	return s, nil
}

// Statements is the number of statements that are kept prepared.
func (c *Conn) Statements() int { return len(c.stmts) }

// Exec runs a statement and says how many rows it changed.
func (c *Conn) Exec(ctx context.Context, query string, args []driver.NamedValue) (int64, error) {
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

// Query runs a statement that gives rows. They must be closed before the same
// text runs again.
func (c *Conn) Query(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.prepare(query)
	if err != nil {
		return nil, err
	}
	return s.query.QueryContext(ctx, args)
}

// Run runs a statement without arguments.
func (c *Conn) Run(query string) error {
	_, err := c.Exec(context.Background(), query, nil)
	return err
}

// Script runs several statements, which are not kept prepared.
func (c *Conn) Script(text string) error {
	_, err := c.c.(driver.ExecerContext).ExecContext(context.Background(), text, nil)
	return err
}

// One gives the first value of a query's first row.
func (c *Conn) One(query string) (driver.Value, error) {
	rows, err := c.Query(context.Background(), query, nil)
	if err != nil {
		return nil, err
	}
	row := make([]driver.Value, len(rows.Columns()))
	err = rows.Next(row)
	return row[0], errors.Join(err, rows.Close())
}

// Close ends the connection. An open transaction is undone.
func (c *Conn) Close() error {
	var all []error
	for _, s := range c.stmts { // an open statement would keep the file's lock
		all = append(all, s.close())
	}
	return errors.Join(append(all, c.c.Close())...)
}

// CheckVersion refuses a SQLite that may corrupt the file.
func (c *Conn) CheckVersion() error {
	v, err := c.One("SELECT sqlite_version()")
	if err != nil {
		return err
	}
	have, _ := v.(string)
	if older(have, minVersion) {
		return fault.New(fault.Internal, fmt.Sprintf("the SQLite inside is %s; Tagline needs %s or newer", have, minVersion),
			"Build Tagline with the dependencies that go.mod names.")
	}
	return nil
}

// older compares versions as "3.51.3".
func older(a, b string) bool {
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

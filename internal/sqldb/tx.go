package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"strings"

	"tagline/internal/sqldb/value"
)

// ErrNoRows says that a QueryRow found nothing. Turn it into a fault.NotFound
// that names what was looked for.
var ErrNoRows = sql.ErrNoRows

var (
	errTxOver  = errors.New("sqldb: a Tx was used after its function returned")
	errAborted = errors.New("sqldb: a statement was run after another one had failed in the same transaction")
	errOpen    = errors.New("sqldb: a statement was run while the rows of another one were still open")
	errLeft    = errors.New("sqldb: a transaction ended with rows that were not closed")
)

// session is a connection of either engine, inside a transaction.
type session interface {
	Exec(ctx context.Context, query string, args []driver.NamedValue) (int64, error)
	Query(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error)
}

// Tx is a transaction in progress. It belongs to the function it was given to and
// to that function's goroutine, and is of no use once the function has returned.
type Tx struct {
	s      session
	ctx    context.Context
	over   bool  // the function has returned
	failed error // the first statement that failed; the transaction is lost
	open   *Rows // not yet closed
	wrote  bool  // a statement was run that may have changed something

	*buffers
	after  []func()
	before []hook
	locals map[any]any
}

// buffers are reused from statement to statement, and by the SQLite writer from
// transaction to transaction.
type buffers struct {
	args []driver.NamedValue
	row  []driver.Value
}

type hook struct {
	key string
	fn  func(tx *Tx) error
}

// Exec runs a statement and says how many rows it changed.
func (tx *Tx) Exec(query string, args ...any) (affected int64, err error) {
	if err := tx.ready(args); err != nil {
		return 0, tx.fail(err)
	}
	tx.wrote = true
	n, err := tx.s.Exec(tx.ctx, query, tx.args)
	if err != nil {
		return 0, tx.fail(mapErr(err))
	}
	return n, nil
}

// Query runs a statement that gives rows. Read them to the end or close them
// before the next statement.
func (tx *Tx) Query(query string, args ...any) (*Rows, error) {
	if err := tx.ready(args); err != nil {
		return nil, tx.fail(err)
	}
	tx.wrote = tx.wrote || !strings.HasPrefix(query, "SELECT ")
	c, err := tx.s.Query(tx.ctx, query, tx.args)
	if err != nil {
		return nil, tx.fail(mapErr(err))
	}
	tx.open = &Rows{tx: tx, c: c, row: make([]driver.Value, len(c.Columns()))}
	return tx.open, nil
}

// QueryRow runs a statement of which the first row is wanted. Its errors,
// ErrNoRows among them, come from Scan, which must be called.
func (tx *Tx) QueryRow(query string, args ...any) Row {
	if err := tx.ready(args); err != nil {
		return Row{err: tx.fail(err)}
	}
	tx.wrote = tx.wrote || !strings.HasPrefix(query, "SELECT ")
	c, err := tx.s.Query(tx.ctx, query, tx.args)
	if err != nil {
		return Row{err: tx.fail(mapErr(err))}
	}
	w := len(c.Columns())
	if cap(tx.row) < w {
		tx.row = make([]driver.Value, w)
	}
	// The cursor ends here, not in Scan: nobody can forget to close it, and a
	// statement with RETURNING has run to its end.
	row := tx.row[:w]
	err = c.Next(row)
	if cerr := c.Close(); err == nil {
		err = cerr
	}
	if err == io.EOF {
		return Row{err: ErrNoRows}
	}
	if err != nil {
		return Row{err: tx.fail(mapErr(err))}
	}
	return Row{values: row}
}

// AfterCommit has fn run once the transaction is durable. It is for wake-ups
// only: fn is lost when the process dies, and must not block.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

// BeforeCommit has fn run when the transaction's function has returned nil, as
// the last thing before the commit, once per key. On PostgreSQL all such hooks
// run one transaction at a time, under an advisory lock that is held to the
// commit: what they number is numbered in the order of commits.
func (tx *Tx) BeforeCommit(key string, fn func(tx *Tx) error) {
	for _, h := range tx.before {
		if h.key == key {
			return
		}
	}
	tx.before = append(tx.before, hook{key, fn})
}

// Local gives the value that belongs to this run of the transaction under a key,
// made by first when there is none yet. The key's type should be unexported.
func (tx *Tx) Local(key any, first func() any) any {
	if v, ok := tx.locals[key]; ok {
		return v
	}
	if tx.locals == nil {
		tx.locals = map[any]any{}
	}
	v := first()
	tx.locals[key] = v
	return v
}

func (tx *Tx) ready(args []any) (err error) {
	switch {
	case tx.over:
		return errTxOver
	case tx.failed != nil:
		return errAborted
	case tx.open != nil:
		return errOpen
	}
	if err := tx.ctx.Err(); err != nil {
		return err
	}
	tx.args, err = value.Bind(tx.args[:0], args)
	return err
}

// fail marks the transaction as lost: PostgreSQL would refuse every further
// statement, so SQLite does too.
func (tx *Tx) fail(err error) error {
	if tx.failed == nil && err != errTxOver {
		tx.failed = err
	}
	return err
}

// run calls the transaction's function and its hooks. lock is called before the
// first hook. A panic passes through, with all rows closed.
func (tx *Tx) run(fn func(tx *Tx) error, lock func() error) (err error) {
	defer func() {
		left := tx.open != nil
		if left {
			tx.open.Close()
		}
		if err == nil {
			err = tx.failed // a failed statement whose error was swallowed
		}
		if err == nil && left {
			err = errLeft
		}
		tx.over = true
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if len(tx.before) != 0 && lock != nil {
		if err := lock(); err != nil {
			return err
		}
	}
	for i := 0; i < len(tx.before); i++ { // a hook may add another
		if err := tx.before[i].fn(tx); err != nil {
			return err
		}
	}
	return nil
}

// Row is the answer of QueryRow.
type Row struct {
	values []driver.Value
	err    error
}

// Scan stores the row. It must be called before the next statement runs.
func (r Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	return scan(dest, r.values)
}

// Rows walks over the answer of Query, like sql.Rows.
type Rows struct {
	tx     *Tx
	c      driver.Rows
	row    []driver.Value
	err    error
	closed bool
}

// Next steps to the next row. At the end, or after an error, the rows are closed.
func (r *Rows) Next() bool {
	if r.closed {
		return false
	}
	err := r.tx.ctx.Err()
	if err == nil && r.tx.over {
		err = errTxOver
	}
	if err == nil {
		err = r.c.Next(r.row)
	}
	if err == nil {
		return true
	}
	if err != io.EOF {
		r.err = r.tx.fail(mapErr(err))
	}
	r.Close()
	return false
}

// Scan stores the present row.
func (r *Rows) Scan(dest ...any) error {
	if r.closed {
		return errors.New("sqldb: Scan without a row")
	}
	return scan(dest, r.row)
}

// Err is the error that ended Next, if any.
func (r *Rows) Err() error { return r.err }

// Close ends the query. It may be called twice.
func (r *Rows) Close() error {
	if r.closed {
		return r.err
	}
	r.closed = true
	r.tx.open = nil
	if err := r.c.Close(); err != nil && r.err == nil {
		r.err = r.tx.fail(mapErr(err))
	}
	return r.err
}

func scan(dest []any, row []driver.Value) error {
	if len(dest) != len(row) {
		return errors.New("sqldb: Scan has another number of destinations than the row has columns")
	}
	for i, d := range dest {
		if err := value.Convert(d, row[i]); err != nil {
			return &scanError{column: i, err: err}
		}
	}
	return nil
}

package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"tagline/internal/clock"
	"tagline/internal/fault"
)

const (
	pgConns   = 24               // open connections at most
	pgTimeout = 30 * time.Second // of one statement; a lost server must not hold its callers for ever
	pgLock    = 0x7461676c696e65 // "tagline": the advisory lock of migrations and of numbering
)

// postgres is the engine of a server outside.
type postgres struct {
	db      *sql.DB
	clock   clock.Clock
	waiting atomic.Int64
	sick    *atomic.Bool
	jitter  atomic.Uint64
}

func pgOpen(url string) (*sql.DB, error) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the address of the PostgreSQL database is not valid",
			"It looks like postgres://user@host:5432/tagline; see the server's documentation for more.")
	}
	if c.RuntimeParams == nil {
		c.RuntimeParams = map[string]string{}
	}
	for k, v := range map[string]string{
		"application_name": "tagline", "statement_timeout": "30000", "lock_timeout": "10000",
		"idle_in_transaction_session_timeout": "60000", "timezone": "UTC",
	} {
		if _, set := c.RuntimeParams[k]; !set {
			c.RuntimeParams[k] = v
		}
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 5 * time.Second
	}
	db := stdlib.OpenDB(*c)
	db.SetMaxOpenConns(pgConns)
	db.SetMaxIdleConns(pgConns)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}

func (p *postgres) view(ctx context.Context, fn func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := p.once(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, fn, nil)
		if err == nil || try >= maxAttempts || !(goneErr(err) || retryablePg(pgCode(err))) || ctx.Err() != nil {
			return p.meaning(err, ctx)
		}
	}
}

func (p *postgres) update(ctx context.Context, fn func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.waiting.Add(1) > maxQueue {
		p.waiting.Add(-1)
		return fault.New(fault.Unavailable, "too many changes wait to be stored", "Try again in a second.")
	}
	defer p.waiting.Add(-1)
	var after []func()
	for try := 1; ; try++ {
		err := p.once(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted}, fn, &after)
		if err == nil {
			for _, f := range after {
				f()
			}
			return nil
		}
		code := pgCode(err)
		switch {
		case errors.Is(err, ErrOutcome):
			return err
		case code == "53100" || code == "58030" || code == "25006":
			p.sick.Store(true)
		}
		// Before its commit a transaction leaves nothing behind: it may run again.
		again := retryablePg(code) || goneErr(err)
		if !again || try >= maxAttempts || ctx.Err() != nil {
			return p.meaning(err, ctx)
		}
		select {
		case <-p.clock.After(p.pause(try)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *postgres) meaning(err error, ctx context.Context) error {
	if late(err, ctx) {
		return gone(err)
	}
	return mapErr(err)
}

// pause spreads out those who met each other: 1 to 4 ms, then 2 to 8.
func (p *postgres) pause(try int) time.Duration {
	n := p.jitter.Add(0x9e3779b97f4a7c15)
	n ^= n >> 29
	return time.Duration(try) * (time.Millisecond + time.Duration(n%3000)*time.Microsecond)
}

// once runs fn in one transaction of its own.
func (p *postgres) once(ctx context.Context, o *sql.TxOptions, fn func(tx *Tx) error, after *[]func()) error {
	// The caller's context bounds the wait for a connection. It does not reach the
	// statements of a writer: a caller that goes away would cost the connection.
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	inner := ctx
	if !o.ReadOnly {
		inner = context.WithoutCancel(ctx)
	}
	inner, cancel := context.WithTimeout(inner, pgTimeout)
	defer cancel()
	t, err := conn.BeginTx(inner, o)
	if err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed { // after a panic too
			t.Rollback()
		}
	}()
	tx := &Tx{s: pgSession{t}, ctx: inner, buffers: &buffers{}}
	if err := tx.run(fn, func() error {
		_, err := t.ExecContext(inner, "SELECT pg_advisory_xact_lock($1)", int64(pgLock))
		return err
	}); err != nil {
		// What the engine said decides whether it runs again, whatever fn made of it.
		if f := tx.failed; retryablePg(pgCode(f)) || goneErr(f) || late(f, ctx) {
			return f
		}
		return err
	}
	if o.ReadOnly {
		return nil
	}
	committed = true
	if err := t.Commit(); err != nil {
		if pgCode(err) != "" && !goneErr(err) || errors.Is(err, pgx.ErrTxCommitRollback) {
			return err // the server itself says that it did not happen
		}
		return unknown(err)
	}
	*after = tx.after
	return nil
}

// late says that a statement ran into pgTimeout, not into its caller's end.
func late(err error, ctx context.Context) bool {
	return errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil
}

// pgSession is a transaction of PostgreSQL. pgx prepares each text once per
// connection by itself.
type pgSession struct{ t *sql.Tx }

func (s pgSession) Exec(ctx context.Context, query string, args []driver.NamedValue) (int64, error) {
	r, err := s.t.ExecContext(ctx, query, pgArgs(args)...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (s pgSession) Query(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := s.t.QueryContext(ctx, query, pgArgs(args)...)
	if err != nil {
		return nil, err
	}
	cols, err := rows.Columns()
	if err != nil {
		rows.Close()
		return nil, err
	}
	return &pgRows{rows: rows, columns: cols}, nil
}

func pgArgs(args []driver.NamedValue) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a.Value
	}
	return out
}

type pgRows struct {
	rows    *sql.Rows
	columns []string
	into    []any
}

func (c *pgRows) Columns() []string { return c.columns }

func (c *pgRows) Next(dest []driver.Value) error {
	if !c.rows.Next() {
		if err := c.rows.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	if c.into == nil {
		c.into = make([]any, len(c.columns))
	}
	for i := range dest {
		dest[i] = nil
		c.into[i] = (*any)(&dest[i])
	}
	return c.rows.Scan(c.into...)
}

func (c *pgRows) Close() error { return c.rows.Close() }

const createHint = "Create it with: CREATE DATABASE tagline LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8' TEMPLATE template0"

// pgCheck refuses what would make the engines differ.
func pgCheck(ctx context.Context, c *sql.Conn) error {
	var version, collation, encoding string
	var bytewise bool
	if err := c.QueryRowContext(ctx, `SELECT current_setting('server_version_num'), datcollate, pg_encoding_to_char(encoding), 'B' < 'a' AND 'z' < 'ä' AND 'a b' < 'aa'
		FROM pg_database WHERE datname = current_database()`).Scan(&version, &collation, &encoding, &bytewise); err != nil {
		return mapErr(err)
	}
	if len(version) < 6 || version < "150000" {
		return fault.Newf(fault.Invalid, "this PostgreSQL is version %s; Tagline needs 15 or newer", version)
	}
	if encoding != "UTF8" {
		return fault.Newf(fault.Invalid, "the database's encoding is %s; Tagline needs UTF8", encoding).WithHint(createHint)
	}
	if !bytewise { // by trial: the name of a collation says little about it
		return fault.Newf(fault.Invalid, "the database sorts text by language (%s), so paging would skip rows", collation).WithHint(createHint)
	}
	return nil
}

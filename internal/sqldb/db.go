package sqldb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb/folder"
	"tagline/internal/sqldb/lite"
	"tagline/internal/sqldb/migrations"
	"tagline/internal/sqldb/strain"
)

// The names of the engines.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Config says which database to open.
type Config struct {
	URL   string       // "" for SQLite in Dir, or postgres://user@host/database
	Dir   string       // the data folder; made when it is missing
	Clock clock.Clock  // clock.System{} when nil
	Log   *slog.Logger // none when nil

	// Strict panics when a transaction is opened inside the function of another one,
	// which would wait for itself. It costs some microseconds; tests switch it on.
	Strict bool
}

// DB is an open database. It may be used by many goroutines.
type DB struct {
	engine string
	node   string
	clock  clock.Clock
	log    *slog.Logger
	sick   atomic.Bool // a disk was in trouble; Ping probes until a write succeeds
	strict *nesting    // nil unless Config.Strict

	lock    *folder.Lock
	writer  *writer
	jobs    jobPool
	readers *readers

	pg *postgres

	// Strain counts how transactions fail and how many wait, for figures of operation.
	Strain strain.Gauge

	closing sync.Once
	down    atomic.Bool // Close was called
	closed  error       // what it gave
}

// Open opens the database, locks the data folder against a second process,
// checks versions and migrates.
//
// Errors: Conflict when another process has the folder or a newer Tagline has
// migrated it, Invalid for a wrong address or a database that cannot serve,
// Unavailable when the server or the disk cannot be reached.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	db := &DB{clock: c.Clock, log: c.Log, node: string(ident.System().Operation())}
	if c.Strict {
		db.strict = newNesting()
	}
	if c.URL == "" {
		db.engine = SQLite
		if err := db.openLite(c.Dir); err != nil {
			return nil, err
		}
		return db, nil
	}
	if !strings.HasPrefix(c.URL, "postgres://") && !strings.HasPrefix(c.URL, "postgresql://") && !strings.Contains(c.URL, "host=") {
		return nil, fault.New(fault.Invalid, "the database's address does not begin with postgres://",
			"Leave it out for SQLite in the data folder, or give postgres://user@host:5432/tagline.")
	}
	db.engine = Postgres
	if err := db.openPg(ctx, c.URL); err != nil {
		if goneErr(err) {
			// Nothing runs yet that could reconnect.
			return nil, fault.Wrap(fault.Unavailable, err, "the database server cannot be reached",
				"Is PostgreSQL running at the address of --db, and may this user sign in there?")
		}
		return nil, err
	}
	return db, nil
}

func (db *DB) openLite(dir string) (err error) {
	if dir == "" {
		return fault.New(fault.Invalid, "no data folder is given", "Name one with --data.")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, err, fmt.Sprintf("the data folder %s cannot be made", dir), "Choose another folder, or give this user the right to write there.")
	}
	if db.lock, err = folder.Take(dir); err != nil {
		return err
	}
	if parent, err := os.Open(filepath.Dir(dir)); err == nil {
		// The folder's name must be on the disk before what is in it counts. SQLite
		// sees to the rest; where a folder cannot be flushed, nothing better is known.
		_ = parent.Sync()
		parent.Close()
	}
	defer func() {
		if err != nil {
			db.lock.Release()
		}
	}()
	// The file is made here, for its owner only; SQLite would let others read it.
	// Nobody else of this process has it open yet (closing a descriptor would drop
	// the locks of all).
	f, err := os.OpenFile(filepath.Join(dir, lite.File), os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil && !errors.Is(err, os.ErrExist) {
		return fault.Wrap(fault.Unavailable, err, fmt.Sprintf("the data folder %s cannot be written", dir), "Give this user the right to write there, or free some space.")
	}
	conn, err := lite.OpenWriter(dir)
	if err != nil {
		return mapErr(err)
	}
	defer func() {
		if err != nil {
			conn.Close()
		}
	}()
	if err := conn.CheckVersion(); err != nil {
		return mapErr(err)
	}
	steps, err := migrations.For(SQLite)
	if err != nil {
		return err
	}
	if err := migrations.Run(steps, liteMigrator{conn}, Micros(db.clock.Now())); err != nil {
		return mapErr(err)
	}
	db.writer, db.readers = newWriter(dir, conn, db.clock, db.log, &db.sick), newReaders(dir, max(4, runtime.NumCPU()))
	db.Strain.Queue = func() int { return len(db.writer.queue) }
	go db.writer.loop()
	return nil
}

func (db *DB) openPg(ctx context.Context, url string) (err error) {
	pool, err := pgOpen(url)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			pool.Close()
		}
	}()
	c, err := pool.Conn(ctx)
	if err != nil {
		return mapErr(err)
	}
	defer c.Close()
	if err := pgCheck(ctx, c); err != nil {
		return err
	}
	steps, err := migrations.For(Postgres)
	if err != nil {
		return err
	}
	if _, err := c.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(pgLock)); err != nil {
		return mapErr(err)
	}
	err = migrations.Run(steps, pgMigrator{ctx, c}, Micros(db.clock.Now()))
	_, uerr := c.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(pgLock))
	if err = errors.Join(err, uerr); err != nil {
		return mapErr(err)
	}
	db.pg = &postgres{db: pool, clock: db.clock, sick: &db.sick}
	return nil
}

// Engine is SQLite or Postgres. It is for words to people (doctor, a start
// message); a query that needs it is a mistake.
func (db *DB) Engine() string { return db.engine }

// Node names this opening of the database: it differs from process to process
// and from start to start. Leases are held under it.
func (db *DB) Node() string { return db.node }

// Log is the log that Open was given, for what works in the background on this
// database.
func (db *DB) Log() *slog.Logger { return db.log }

// Version names the engine and its version, for people.
func (db *DB) Version(ctx context.Context) (string, error) {
	query, name := `SELECT sqlite_version()`, "SQLite "
	if db.engine == Postgres {
		query, name = `SHOW server_version`, "PostgreSQL "
	}
	var v string
	err := db.View(ctx, func(tx *Tx) error { return tx.QueryRow(query).Scan(&v) })
	return name + v, err
}

// Check reads the whole SQLite file and says whether it is sound; it takes its
// time. PostgreSQL checks its own files.
func (db *DB) Check(ctx context.Context) error {
	if db.engine != SQLite {
		return db.Ping(ctx)
	}
	return db.View(ctx, func(tx *Tx) error {
		for query, sound := range map[string]string{"PRAGMA integrity_check(1)": "ok", "PRAGMA foreign_key_check": ""} {
			var said string
			rows, err := tx.Query(query)
			if err != nil {
				return err
			}
			if rows.Next() {
				var first any
				rest := make([]any, len(rows.row))
				for i := range rest {
					rest[i] = new(any)
				}
				rest[0] = &first
				if err := rows.Scan(rest...); err != nil {
					return err
				}
				said = fmt.Sprint(first)
			}
			if err := rows.Close(); err != nil {
				return err
			}
			if said != sound {
				return fault.Newf(fault.Internal, "the database file is damaged: %s", said).WithHint("Restore a backup.")
			}
		}
		return nil
	})
}

// View runs fn on one snapshot of the database. fn may run twice. When ctx ends,
// the present statement is given up; watching for that costs SQLite some
// microseconds a statement, so the hottest reads pass context.WithoutCancel.
func (db *DB) View(ctx context.Context, fn func(tx *Tx) error) error {
	if db.down.Load() {
		return closedErr()
	}
	defer db.strict.enter()()
	if db.engine == SQLite {
		return db.Strain.Note(db.readers.view(ctx, fn))
	}
	return db.Strain.Note(db.pg.view(ctx, fn))
}

// Update runs fn in a transaction and commits it when fn returns nil. When Update
// returns nil, the change is on disk. fn may run twice and must have no effect
// outside tx; a panic of fn comes out of Update.
//
// ctx bounds the wait before fn starts, never its statements.
//
// Errors: what fn returned; Unavailable when the queue is full, the disk is full
// or the server is gone (with ErrOutcome in its chain when the change may have
// been stored nevertheless); Conflict from a key that exists.
func (db *DB) Update(ctx context.Context, fn func(tx *Tx) error) error {
	return db.update(ctx, fn, false)
}

func (db *DB) update(ctx context.Context, fn func(tx *Tx) error, alone bool) error {
	if db.down.Load() {
		return closedErr()
	}
	defer db.strict.enter()()
	if db.engine == SQLite {
		return db.Strain.Note(db.writer.update(ctx, &db.jobs, db.strict.wrap(fn), alone))
	}
	return db.Strain.Note(db.pg.update(ctx, fn))
}

// UpdateGuarded is Update for work in the background: a panic of fn comes back as
// a *PanicError, so that one entry which cannot be handled does not bring down
// the server at every start. On SQLite it runs under a savepoint of its own, so
// that its failure lets nobody else's work, nor its own, run again.
func (db *DB) UpdateGuarded(ctx context.Context, fn func(tx *Tx) error) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *PanicError: // from the writer's goroutine
			err = p
		default:
			err = &PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	return db.update(ctx, fn, true)
}

// Ping says whether the database can serve. After trouble with a disk it stays
// bad until a probe could be written.
func (db *DB) Ping(ctx context.Context) error {
	if db.sick.Load() {
		err := db.Update(ctx, func(tx *Tx) error {
			_, err := tx.Exec(`UPDATE schema_health SET probed_us = $1`, Micros(db.clock.Now()))
			return err
		})
		if err != nil {
			return err
		}
		db.sick.Store(false)
	}
	return db.View(ctx, func(tx *Tx) error {
		var n int
		return tx.QueryRow("SELECT count(*) FROM schema_health").Scan(&n)
	})
}

// Close stores what was queued, then closes. Nobody may begin an update
// afterwards.
func (db *DB) Close() error {
	db.closing.Do(func() {
		db.down.Store(true)
		if db.pg != nil {
			db.closed = db.pg.db.Close()
			return
		}
		close(db.writer.stop)
		<-db.writer.done
		// The writer goes last: the last connection to leave folds the log into the file.
		db.closed = errors.Join(db.readers.close(), db.writer.close(), db.lock.Release())
	})
	return db.closed
}

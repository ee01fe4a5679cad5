package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"tagline/internal/fault"
	"tagline/internal/sqldb/lite"
)

// ErrOutcome says that the engine did not tell how a commit ended: the update is
// either stored whole or not at all. Look again before you repeat it, or repeat
// it under the same idempotency key.
var ErrOutcome = errors.New("sqldb: the outcome of the commit is unknown")

type scanError struct {
	column int
	err    error
}

func (e *scanError) Error() string { return fmt.Sprintf("column %d: %v", e.column+1, e.err) }
func (e *scanError) Unwrap() error { return e.err }

// pgCode gives the SQLSTATE in an error's chain, "" without one.
func pgCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// mapErr gives an engine's error its meaning. Errors without one (a typo in a
// statement, a CHECK that should have been a rule in Go) stay as they are, which
// makes them internal.
func mapErr(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		return err
	}
	switch code := lite.Code(err); {
	case code == 0:
	case code == lite.Unique || code == lite.PrimaryKey || code == lite.RowID:
		return taken(err)
	case code == lite.ForeignKey:
		return dangling(err)
	case lite.Retryable(code):
		return contended(err)
	case code&0xff == lite.Full:
		return noSpace(err)
	case code&0xff == lite.Corrupt || code&0xff == lite.NotADB:
		return damaged(err)
	case lite.Fatal(code) || code&0xff == lite.ReadOnly || code&0xff == lite.CantOpen:
		return unwell(err)
	}
	switch code := pgCode(err); {
	case code == "23505":
		return taken(err)
	case code == "23503":
		return dangling(err)
	case retryablePg(code) || code == "55P03": // the last: waited for a lock too long
		return contended(err)
	case code == "53100":
		return noSpace(err)
	case code == "57014":
		return fault.Wrap(fault.Unavailable, err, "the database gave up on a statement that took too long", "Try again; ask for less at once if it stays.")
	case code == "58030" || code == "25006" || code == "53200" || code == "53300":
		return unwell(err)
	case goneErr(err):
		return gone(err)
	}
	return err
}

func taken(err error) error {
	return fault.Wrap(fault.Conflict, err, "there is already an entry with this key", "Read what is there, then change it instead.")
}

func dangling(err error) error {
	return fault.Wrap(fault.Conflict, err, "an entry that this one refers to is missing, or others still refer to it", "Make the other one first, or remove what refers to it.")
}

func contended(err error) error {
	return fault.Wrap(fault.Unavailable, err, "too many changes of the same data at once", "Try again.")
}

func noSpace(err error) error {
	return fault.Wrap(fault.Unavailable, err, "the disk of the database is full; nothing was stored", "Free some space; Tagline goes on by itself.")
}

func unwell(err error) error {
	return fault.Wrap(fault.Unavailable, err, "the database cannot read or write its files right now", "See the server's log for the cause; Tagline goes on by itself once it is gone.")
}

func damaged(err error) error {
	return fault.Wrap(fault.Unavailable, err, "the file "+lite.File+" in the data folder is damaged, or no database of Tagline's",
		"Stop the server, put the folder aside, and restore a backup of it.")
}

func gone(err error) error {
	return fault.Wrap(fault.Unavailable, err, "the database server cannot be reached", "Try again in a moment; Tagline reconnects by itself.")
}

func unknown(err error) error {
	return fault.Wrap(fault.Unavailable, errors.Join(ErrOutcome, err),
		"the database was lost while it stored this: it may or may not have happened",
		"Look whether it is there, or repeat it with the same idempotency key.")
}

func retryablePg(code string) bool { return code == "40001" || code == "40P01" }

// goneErr: the connection to PostgreSQL broke or could not be made.
func goneErr(err error) bool {
	if code := pgCode(err); code != "" {
		return code == "57P01" || code == "57P02" || code == "57P03" || len(code) == 5 && code[:2] == "08"
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		errors.Is(err, net.ErrClosed) || errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err)
}

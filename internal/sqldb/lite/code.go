package lite

import "errors"

// SQLite's result codes that mean something here (sqlite.org/rescode.html). Of
// those below 256 a result may carry more in its higher bytes.
const (
	Busy       = 5
	NoMem      = 7
	ReadOnly   = 8
	Interrupt  = 9
	IOErr      = 10
	Corrupt    = 11
	Full       = 13
	CantOpen   = 14
	NotADB     = 26
	LockShared = 262
	ForeignKey = 787
	PrimaryKey = 1555
	Unique     = 2067
	RowID      = 2579
)

// Code gives the extended result code in an error's chain, 0 without one.
func Code(err error) int {
	var e interface {
		error
		Code() int
	}
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// Retryable: another connection was in the way; nothing is wrong.
func Retryable(code int) bool { return code&0xff == Busy || code == LockShared }

// Fatal: SQLite may have undone the whole transaction by itself, or the
// connection is not to be trusted any more.
func Fatal(code int) bool {
	switch code & 0xff {
	case NoMem, Interrupt, IOErr, Corrupt, Full, NotADB:
		return true
	}
	return false
}

// Sick: the disk is in trouble; readiness must say so.
func Sick(code int) bool {
	switch code & 0xff {
	case IOErr, Full, ReadOnly, Corrupt, CantOpen, NotADB:
		return true
	}
	return false
}

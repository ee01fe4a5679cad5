package lite

import (
	"errors"
	"os"
	"path/filepath"
)

// Log is the write-ahead log of a database as a file to flush. SQLite itself
// flushes it only before a checkpoint (synchronous=NORMAL); the writer does it for
// each commit, beside SQLite and not inside its COMMIT. SQLite takes no lock on
// this file, so opening and closing it again is harmless.
type Log struct{ f *os.File }

// Flush returns once everything that was written to the log of a folder's
// database is on the disk. fresh opens the file anew: a new connection may have
// made a new one.
func (l *Log) Flush(dir string, fresh bool) error {
	if fresh {
		l.Close()
	}
	if l.f == nil {
		f, err := os.OpenFile(filepath.Join(dir, File+"-wal"), os.O_RDWR, 0)
		if err != nil {
			return err
		}
		l.f = f
	}
	if err := flush(l.f); err != nil {
		return errors.Join(err, l.Close())
	}
	return nil
}

// Close lets go of the file.
func (l *Log) Close() error {
	if l.f == nil {
		return nil
	}
	f := l.f
	l.f = nil
	return f.Close()
}

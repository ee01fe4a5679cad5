//go:build unix

package folder

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"tagline/internal/fault"
)

// Lock keeps other processes out of a data folder. The lock is the
// kernel's: it ends with the process, however that ends.
type Lock struct{ f *os.File }

// Take locks a folder for this process, or says who holds it. Errors: Conflict,
// Unavailable.
func Take(dir string) (*Lock, error) {
	path := filepath.Join(dir, "tagline.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, fmt.Sprintf("the data folder %s cannot be locked", dir), "Give this user the right to write there.")
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder := "another process"
		b := make([]byte, 64)
		if n, _ := f.Read(b); n > 0 {
			holder = "the process " + strings.TrimSpace(string(b[:n]))
		}
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fault.New(fault.Conflict, fmt.Sprintf("the data folder %s is in use by %s", dir, holder),
				"Stop that process, or start this one with another --data folder.")
		}
		return nil, fault.Wrap(fault.Unavailable, err, fmt.Sprintf("the data folder %s cannot be locked", dir), "Put it on a local disk: network disks cannot hold a database.")
	}
	if err := f.Truncate(0); err == nil {
		_, err = f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
		if err != nil {
			f.Close()
			return nil, fault.Wrap(fault.Unavailable, err, fmt.Sprintf("the data folder %s cannot be written", dir), "Free some space on its disk.")
		}
	}
	return &Lock{f}, nil
}

// Release lets go; of nil too.
func (l *Lock) Release() error {
	if l == nil {
		return nil
	}
	return l.f.Close()
}

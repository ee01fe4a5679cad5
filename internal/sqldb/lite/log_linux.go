package lite

import (
	"os"
	"syscall"
)

// flush leaves out what only the file's times would need. A file opened by os is
// never in non-blocking mode here: it is a regular one.
func flush(f *os.File) error {
	for {
		if err := syscall.Fdatasync(int(f.Fd())); err != syscall.EINTR {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}

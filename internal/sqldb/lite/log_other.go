//go:build !linux

package lite

import "os"

func flush(f *os.File) error { return f.Sync() }

//go:build !unix

package folder

// Lock guards nothing here: SQLite's own locks keep the file whole, but two
// servers on one folder would not notice each other.
type Lock struct{}

// Take locks nothing.
func Take(string) (*Lock, error) { return nil, nil }

// Release does nothing.
func (l *Lock) Release() error { return nil }

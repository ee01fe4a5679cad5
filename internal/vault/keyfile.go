package vault

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"tagline/internal/fault"
)

// The key file: a line that says what it is, then a line "id key" for each
// wrapping key, the present one first. There are two only during a rotation.
const (
	keyFile   = "vault.key"
	keyHeader = "# Tagline wrapping keys. Keep this file secret, and keep a copy apart from the database's."
)

// root is a wrapping key.
type root struct {
	id  string
	key [32]byte
}

// String keeps the key out of every print.
func (r root) String() string { return "wrapping key " + r.id }

// GoString keeps the key out of %#v.
func (r root) GoString() string { return r.String() }

func readKeyFile(dir string) ([]root, error) {
	path := filepath.Join(dir, keyFile)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, fmt.Sprintf("the key file %s cannot be read", path), "Give this user the right to read it.")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fault.New(fault.Forbidden, fmt.Sprintf("the key file %s may be read by others (mode %04o)", path, info.Mode().Perm()),
			"Run: chmod 600 "+path)
	}
	broken := fault.New(fault.Invalid, fmt.Sprintf("the key file %s is damaged", path), "Restore it from its copy.")
	var roots []root
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, text, ok := strings.Cut(line, " ")
		key, err := base64.StdEncoding.DecodeString(text)
		if !ok || err != nil || len(key) != 32 || len(roots) == 2 {
			return nil, broken
		}
		r := root{id: id}
		copy(r.key[:], key)
		roots = append(roots, r)
	}
	if lines.Err() != nil || len(roots) == 0 {
		return nil, broken
	}
	return roots, nil
}

// writeKeyFile replaces the file as a whole, durably.
func writeKeyFile(dir string, roots []root) (err error) {
	defer func() {
		if err != nil {
			err = fault.Wrap(fault.Unavailable, err, fmt.Sprintf("the key file in %s cannot be written", dir), "Give this user the right to write there, or free some space.")
		}
	}()
	var b strings.Builder
	b.WriteString(keyHeader + "\n")
	for _, r := range roots {
		b.WriteString(r.id + " " + base64.StdEncoding.EncodeToString(r.key[:]) + "\n")
	}
	f, err := os.CreateTemp(dir, keyFile+".*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(b.String())
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, keyFile)); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

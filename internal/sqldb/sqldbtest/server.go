package sqldbtest

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// Server is a throw-away PostgreSQL server.
type Server struct {
	bin     string
	dir     string // socket, data and log
	options string
	as      *syscall.Credential // nil: as ourselves
	alive   io.Closer           // closing it ends the server and removes dir
	waiter  *exec.Cmd
}

// NewServer starts a server for one test, which may stop and start it. It writes
// through to the disk like a real one. Where there is no PostgreSQL the test is
// skipped. TAGLINE_TEST_POSTGRES does not matter here.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s, err := start(true)
	if err != nil {
		missing(t, err)
	}
	t.Cleanup(func() {
		s.alive.Close()
		_ = s.waiter.Wait()
	})
	return s
}

// DSN is the server's address.
func (s *Server) DSN() string {
	return "postgres://postgres@/postgres?" + url.Values{"host": {s.dir}}.Encode()
}

// Schema is an address on the server with an empty schema, for the test's length.
func (s *Server) Schema(t testing.TB) string { return schema(t, s.DSN()) }

// Stop ends the server at once, as a crash would.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if err := s.ctl("stop", "-m", "immediate"); err != nil {
		t.Fatal(err)
	}
}

// Start brings the server back after Stop.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.ctl("start", "-o", s.options); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) ctl(verb string, args ...string) error {
	return s.run("pg_ctl", append([]string{verb, "-w", "-s", "-D", filepath.Join(s.dir, "data"), "-l", filepath.Join(s.dir, "log")}, args...)...)
}

func (s *Server) run(name string, args ...string) error {
	c := exec.Command(filepath.Join(s.bin, name), args...)
	c.Dir = s.dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
	// Not to a pipe: the server would keep it open, and we would wait for its end.
	log, err := os.CreateTemp(s.dir, "out")
	if err != nil {
		return err
	}
	defer log.Close()
	c.Stdout, c.Stderr = log, log
	if err := c.Run(); err != nil {
		text, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%s: %w\n%s", name, err, text)
	}
	return nil
}

// start makes and starts a server.
func start(durable bool) (s *Server, err error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return nil, errors.New("set TAGLINE_TEST_POSTGRES, or install the package postgresql")
	}
	s = &Server{bin: filepath.Dir(found[len(found)-1])}
	// A socket's path has 107 bytes at most, so not the test's own folder.
	if s.dir, err = os.MkdirTemp("/tmp", "pg"); err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 { // initdb refuses root
		if s.as, err = credential("postgres"); err != nil {
			os.RemoveAll(s.dir)
			return nil, err
		}
		if err := os.Chown(s.dir, int(s.as.Uid), int(s.as.Gid)); err != nil {
			return nil, err
		}
	}
	if err := s.watch(); err != nil {
		os.RemoveAll(s.dir)
		return nil, err
	}
	defer func() {
		if err != nil {
			s.alive.Close()
		}
	}()
	if err := s.run("initdb", "-D", filepath.Join(s.dir, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"); err != nil {
		return nil, err
	}
	s.options = "-k " + s.dir + " -c listen_addresses= -c max_connections=300 -c shared_buffers=64MB"
	if !durable {
		s.options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
	}
	return s, s.ctl("start", "-o", s.options)
}

// watch starts the process that ends the server after us. It reads from a pipe of
// which we hold the only other end.
func (s *Server) watch() error {
	s.waiter = exec.Command("/bin/sh", "-c", `read x; "$1/pg_ctl" stop -s -m immediate -D "$2/data"; cd /; rm -rf "$2"`, "sh", s.bin, s.dir)
	s.waiter.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
	s.waiter.Dir = s.dir
	pipe, err := s.waiter.StdinPipe()
	if err != nil {
		return err
	}
	s.alive = pipe
	return s.waiter.Start()
}

func credential(name string) (*syscall.Credential, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return nil, fmt.Errorf("running as root, and there is no user %s to run PostgreSQL as: %w", name, err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

package sqldb_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tagline/internal/fault"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

func TestBothEnginesHaveTheSameColumns(t *testing.T) {
	lite := sqldb.ColumnsOf(t, sqldbtest.SQLite(t))
	pg := sqldb.ColumnsOf(t, sqldbtest.Open(t, sqldb.Config{URL: sqldbtest.Postgres(t)}))
	for _, c := range lite {
		if !slices.Contains(pg, c) {
			t.Errorf("PostgreSQL lacks %s", c)
		}
	}
	for _, c := range pg {
		if !slices.Contains(lite, c) {
			t.Errorf("SQLite lacks %s", c)
		}
	}
}

func TestAServerThatGoesAwayAndComesBack(t *testing.T) {
	server := sqldbtest.NewServer(t)
	db := sqldbtest.Open(t, sqldb.Config{URL: server.Schema(t)})
	table(t, db)
	ctx := context.Background()
	var wg sync.WaitGroup
	for i := range 8 { // so that several connections are idle, and all of them stale later
		wg.Go(func() {
			if err := db.Update(ctx, func(tx *sqldb.Tx) error { return put(tx, fmt.Sprint("before", i), 1) }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	server.Stop(t)
	err := db.Update(ctx, func(tx *sqldb.Tx) error { return put(tx, "away", 1) })
	if !fault.Is(err, fault.Unavailable) || errors.Is(err, sqldb.ErrOutcome) {
		t.Errorf("an update without a server: %v", err)
	}
	if err := db.Ping(ctx); !fault.Is(err, fault.Unavailable) {
		t.Errorf("ready without a server: %v", err)
	}
	server.Start(t)
	must(t, db.Update(ctx, func(tx *sqldb.Tx) error { return put(tx, "back", 1) }))
	must(t, db.Ping(ctx))
	if got := dump(t, db); !strings.HasPrefix(got, "back=1 before0=1") || strings.Contains(got, "away") {
		t.Errorf("the table holds %q", got)
	}
	server.Stop(t)
	server.Start(t)
	dump(t, db) // a reader meets a stale connection and takes another
}

// cutter stands between us and a server, and cuts the connection at a word of ours.
type cutter struct {
	word  atomic.Pointer[string] // nil: passes everything
	after bool                   // the server still gets the word
	cuts  atomic.Int32
}

func (c *cutter) listen(t *testing.T, server string) (dir string) {
	dir, err := os.MkdirTemp("/tmp", "cut") // short: a socket's path has 107 bytes at most
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	must(t, err)
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			up, err := net.Dial("unix", filepath.Join(server, ".s.PGSQL.5432"))
			if err != nil {
				client.Close()
				continue
			}
			wg.Go(func() { _, _ = io.Copy(client, up); client.Close() })
			wg.Go(func() { c.pump(client, up) })
		}
	})
	return dir
}

func (c *cutter) pump(client, up net.Conn) {
	defer up.Close()
	defer client.Close()
	b := make([]byte, 64<<10)
	for {
		n, err := client.Read(b)
		if err != nil {
			return
		}
		if w := c.word.Load(); w != nil && bytes.Contains(b[:n], []byte(*w)) && c.word.CompareAndSwap(w, nil) {
			c.cuts.Add(1)
			client.Close() // nothing comes back
			if c.after {
				_, _ = up.Write(b[:n])
			}
			return
		}
		if _, err := up.Write(b[:n]); err != nil {
			return
		}
	}
}

func TestALostConnectionIsToldTruly(t *testing.T) {
	for _, row := range []struct {
		name   string
		word   string
		after  bool
		stored string
		know   bool
	}{
		{name: "before the commit: it runs again", word: "INSERT INTO test_row", stored: "a=2", know: true},
		{name: "the commit never arrives", word: "commit\x00", stored: "", know: false},
		{name: "the answer to the commit is lost", word: "commit\x00", after: true, stored: "a=1", know: false},
	} {
		t.Run(row.name, func(t *testing.T) {
			dsn := sqldbtest.Postgres(t)
			u, err := url.Parse(dsn)
			must(t, err)
			q := u.Query()
			if !filepath.IsAbs(q.Get("host")) {
				t.Skip("this server is not reached by a socket")
			}
			c := &cutter{after: row.after}
			q.Set("host", c.listen(t, q.Get("host")))
			u.RawQuery = q.Encode()
			db := sqldbtest.Open(t, sqldb.Config{URL: u.String()})
			direct := sqldbtest.Open(t, sqldb.Config{URL: dsn})
			table(t, direct)
			runs := 0
			c.word.Store(&row.word)
			err = db.Update(context.Background(), func(tx *sqldb.Tx) error { runs++; return put(tx, "a", runs) })
			if row.know && err != nil || !row.know && !(errors.Is(err, sqldb.ErrOutcome) && fault.Is(err, fault.Unavailable)) {
				t.Errorf("the caller learned: %v", err)
			}
			if c.cuts.Load() != 1 {
				t.Fatal("the connection was never cut")
			}
			got := dump(t, direct)
			for row.after && got == "" { // the server commits in its own time
				got = dump(t, direct)
			}
			if got != row.stored {
				t.Errorf("the table holds %q, want %q", got, row.stored)
			}
		})
	}
}

func TestADatabaseThatSortsByLanguageIsRefused(t *testing.T) {
	dsn := sqldbtest.Postgres(t)
	admin, err := sql.Open("pgx", dsn)
	must(t, err)
	defer admin.Close()
	// Every build of the server knows ICU.
	name := "sorted_" + strings.ToLower(rand.Text()[:8])
	query := `CREATE DATABASE ` + name + ` LOCALE_PROVIDER icu ICU_LOCALE 'de' TEMPLATE template0`
	if _, err := admin.Exec(query); err != nil {
		t.Skipf("this server knows no other collation: %v", err)
	}
	defer admin.Exec(`DROP DATABASE ` + name)
	_, err = sqldb.Open(t.Context(), sqldb.Config{URL: strings.Replace(dsn, "/postgres?", "/"+name+"?", 1)})
	if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.From(err).Hint, "LC_COLLATE 'C'") {
		t.Errorf("opened with %v", err)
	}
}

func TestTwoNodesMigrateAtOnce(t *testing.T) {
	dsn := sqldbtest.Postgres(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			db, err := sqldb.Open(context.Background(), sqldb.Config{URL: dsn})
			if err != nil {
				t.Error(err)
				return
			}
			db.Close()
		})
	}
	wg.Wait()
}

package sqldbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx", for the schema of a test

	"tagline/internal/sqldb"
)

// Run runs a test on SQLite, and on PostgreSQL where there is one.
func Run(t *testing.T, fn func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Open(t, sqldb.Config{URL: Postgres(t)})) })
}

// SQLite opens a fresh database in a temporary folder.
func SQLite(t testing.TB) *sqldb.DB {
	t.Helper()
	return Open(t, sqldb.Config{Dir: t.TempDir()})
}

// Open opens a database for the length of a test, and panics on transactions
// inside transactions.
func Open(t testing.TB, c sqldb.Config) *sqldb.DB {
	t.Helper()
	c.Strict = true
	db, err := sqldb.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Postgres gives the address of an empty schema that is dropped when the test
// ends, or skips the test when there is no PostgreSQL.
func Postgres(t testing.TB) (dsn string) {
	t.Helper()
	base := os.Getenv("TAGLINE_TEST_POSTGRES")
	if base == "" {
		s, err := shared()
		if err != nil {
			missing(t, err)
		}
		base = s.DSN()
	}
	return schema(t, base)
}

// shared is the one server of this test binary; nobody stops it but its end.
var shared = sync.OnceValues(func() (*Server, error) { return start(false) })

func missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" && os.Getenv("TAGLINE_REQUIRE_POSTGRES") == "1" {
		t.Fatalf("PostgreSQL is required here: %v", err)
	}
	t.Skipf("SKIPPED ON POSTGRESQL, half of this test did not run: %v", err)
}

// schema makes a schema and gives the address that has it as search_path.
func schema(t testing.TB, base string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		t.Fatal("TAGLINE_TEST_POSTGRES must look like postgres://user@host:5432/database")
	}
	db, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxIdleConns(0)
	name := "t_" + strings.ToLower(rand.Text()[:16])
	if _, err := db.Exec("CREATE SCHEMA " + name); err != nil {
		db.Close()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The server may be gone on purpose; then so is the schema.
		_, _ = db.Exec("DROP SCHEMA " + name + " CASCADE")
		db.Close()
	})
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

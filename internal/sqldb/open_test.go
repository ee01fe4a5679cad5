package sqldb

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"tagline/internal/fault"
	"tagline/internal/sqldb/lite"
	"tagline/internal/sqldb/migrations"
)

func TestADataFolderServesOneProcess(t *testing.T) {
	dir := t.TempDir()
	first, err := Open(context.Background(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(context.Background(), Config{Dir: dir})
	if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), fmt.Sprint("process ", os.Getpid())) || !strings.Contains(err.Error(), dir) {
		t.Errorf("the second got %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := Open(context.Background(), Config{Dir: dir})
	if err != nil {
		t.Fatalf("after the first is gone: %v", err)
	}
	second.Close()
}

func TestFoldersOfAnyName(t *testing.T) {
	for _, name := range []string{"a b", "what?x=1&mode=ro", "50%20#1", "größe", "it's;drop"} {
		dir := filepath.Join(t.TempDir(), name, "deep")
		db, err := Open(context.Background(), Config{Dir: dir})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		script(t, db, `CREATE TABLE test_row (k TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)`)
		if got := dump(t, db); got != "" {
			t.Errorf("%s: %q", name, got)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		info, err := os.Stat(filepath.Join(dir, lite.File))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: the file has mode %v, %v", name, info.Mode(), err)
		}
		if _, err := os.Stat(filepath.Join(dir, lite.File+"-wal")); err == nil {
			t.Errorf("%s: the log was not folded into the file", name)
		}
	}
}

func TestWhatCannotBeOpened(t *testing.T) {
	garbage := t.TempDir()
	if err := os.WriteFile(filepath.Join(garbage, lite.File), []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	occupied := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(occupied, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name string
		c    Config
		code fault.Code
	}{
		{"no folder", Config{}, fault.Invalid},
		{"a file in the folder's place", Config{Dir: occupied}, fault.Unavailable},
		{"a file that is no database", Config{Dir: garbage}, fault.Unavailable},
		{"another kind of address", Config{URL: "mysql://x"}, fault.Invalid},
		{"an address that does not parse", Config{URL: "postgres://user@host:port/db"}, fault.Invalid},
		{"a server that is not there", Config{URL: "postgres://user:hunter2@127.0.0.1:1/db"}, fault.Unavailable},
	} {
		db, err := Open(context.Background(), row.c)
		if !fault.Is(err, row.code) || db != nil {
			t.Errorf("%s: %v", row.name, err)
		}
		if strings.Contains(fmt.Sprint(err), "hunter2") {
			t.Errorf("%s: the error shows a password", row.name)
		}
	}
}

func TestADatabaseOfANewerTaglineIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(context.Background(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	script(t, db, `INSERT INTO schema_migration (version, name, sha256, at_us) VALUES (9000, '9000_future', 'x', 0)`)
	db.Close()
	_, err = Open(context.Background(), Config{Dir: dir})
	if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "9000_future") {
		t.Errorf("opened with %v", err)
	}
}

func TestAMigrationThatFailsLeavesNothing(t *testing.T) {
	c, err := lite.OpenWriter(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	step := func(n int64, text string) migrations.Migration {
		return migrations.Migration{Version: n, Name: fmt.Sprintf("%04d_x", n), Text: text, Sum: fmt.Sprint(n)}
	}
	one := step(1, `CREATE TABLE parent (k TEXT NOT NULL PRIMARY KEY); CREATE TABLE child (k TEXT NOT NULL REFERENCES parent (k)); INSERT INTO parent VALUES ('a'); INSERT INTO child VALUES ('a')`)
	if err := migrations.Run([]migrations.Migration{one}, liteMigrator{c}, 1); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a typo at its end":             `CREATE TABLE other (k TEXT); CREATE TABEL x (k TEXT)`,
		"a row that refers to nothing":  `CREATE TABLE other (k TEXT); DELETE FROM parent`,
		"a name that is already taken":  `CREATE TABLE other (k TEXT); CREATE TABLE parent (k TEXT)`,
		"a commit in its middle":        `CREATE TABLE other (k TEXT); DELETE FROM missing; COMMIT`,
		"a statement that cannot begin": `DELETE FROM missing`,
	} {
		if err := migrations.Run([]migrations.Migration{one, step(2, text)}, liteMigrator{c}, 1); err == nil {
			t.Errorf("%s was applied", name)
		}
		left, err := c.One(`SELECT (SELECT count(*) FROM sqlite_schema WHERE name = 'other') + (SELECT count(*) FROM schema_migration WHERE version = 2) + (SELECT count(*) FROM parent) * 10`)
		if err != nil || left != int64(10) {
			t.Errorf("%s left something: %v, %v", name, left, err)
		}
		if fk, err := c.One("PRAGMA foreign_keys"); err != nil || fk != int64(1) {
			t.Errorf("%s left foreign keys off", name)
		}
	}
	if err := migrations.Run([]migrations.Migration{one, step(2, `CREATE TABLE other (k TEXT)`)}, liteMigrator{c}, 1); err != nil {
		t.Fatal(err)
	}
}

var update = flag.Bool("update", false, "write schema.sql anew")

// schema.sql shows the schema as all migrations together make it, so that a
// change of it is seen in review, and an edited migration is noticed.
func TestMigrationsMakeTheSchemaOfSchemaSQL(t *testing.T) {
	db, err := Open(context.Background(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all []string
	err = db.View(context.Background(), func(tx *Tx) error {
		rows, err := tx.Query(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type DESC, name`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			all = append(all, text+";\n")
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	got := "-- Written by: go test ./internal/sqldb -run SchemaSQL -update\n\n" + strings.Join(all, "\n")
	if *update {
		if err := os.WriteFile("schema.sql", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the migrations make another schema than schema.sql shows; if that is meant, run this test with -update\n%s", firstDifference(got, string(want)))
	}
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return "made:   " + x[i] + "\n" + "schema: " + strings.Join(y[min(i, len(y)):min(i+1, len(y))], "")
		}
	}
	return "schema.sql goes on"
}

// columnsOf lists table.column of a database, sorted.
func columnsOf(t *testing.T, db *DB) []string {
	t.Helper()
	query := `SELECT m.name || '.' || p.name FROM sqlite_schema m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
	if db.engine == Postgres {
		query = `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = current_schema()`
	}
	var all []string
	err := db.View(context.Background(), func(tx *Tx) error {
		rows, err := tx.Query(query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			all = append(all, name)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(all)
	return all
}

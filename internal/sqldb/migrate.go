package sqldb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sort"
	"strconv"
	"strings"

	"tagline/internal/fault"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one step of the schema. It is never edited once released: its
// checksum is kept in the database.
type migration struct {
	version int64
	name    string // "0001_engine"
	text    string
	sum     string
}

// migrations lists the steps for an engine in order. NNNN_name.postgres.sql
// stands in for NNNN_name.sql on PostgreSQL.
func migrations(fsys fs.FS, engine string) ([]migration, error) {
	entries, err := fs.ReadDir(fsys, "migrations")
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, e := range entries {
		b, err := fs.ReadFile(fsys, "migrations/"+e.Name())
		if err != nil {
			return nil, err
		}
		texts[strings.TrimSuffix(e.Name(), ".sql")] = string(b)
	}
	var all []migration
	for name, text := range texts {
		if strings.Contains(name, ".") {
			base, suffix, _ := strings.Cut(name, ".")
			if _, ok := texts[base]; !ok || suffix != Postgres {
				return nil, fmt.Errorf("migration %s.sql stands in for nothing", name)
			}
			continue
		}
		if own, ok := texts[name+"."+engine]; ok {
			text = own
		}
		number, _, ok := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if !ok || err != nil || len(number) != 4 {
			return nil, fmt.Errorf("migration %s.sql is not named NNNN_name.sql", name)
		}
		sum := sha256.Sum256([]byte(text))
		all = append(all, migration{version, name, text, hex.EncodeToString(sum[:])})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].version < all[j].version })
	for i := 1; i < len(all); i++ {
		if all[i].version == all[i-1].version {
			return nil, fmt.Errorf("migrations %s and %s have the same number", all[i-1].name, all[i].name)
		}
	}
	return all, nil
}

const migrationTable = `CREATE TABLE IF NOT EXISTS schema_migration (
	version BIGINT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	at_us BIGINT NOT NULL
)`

// pending compares what a database has with what this program knows.
func pending(known []migration, applied map[int64]migration) ([]migration, error) {
	byVersion := map[int64]migration{}
	var todo []migration
	for _, m := range known {
		byVersion[m.version] = m
		have, ok := applied[m.version]
		if !ok {
			todo = append(todo, m)
		} else if have.sum != m.sum {
			return nil, fault.Newf(fault.Internal, "the database was migrated with another text of %s", m.name).
				WithHint("Start the release of Tagline that made this database, or restore a backup.")
		}
	}
	for v, m := range applied {
		if _, ok := byVersion[v]; !ok {
			newest := int64(0)
			if len(known) > 0 {
				newest = known[len(known)-1].version
			}
			return nil, fault.Newf(fault.Conflict, "this database was made by a newer Tagline: it has the migration %s, this program knows up to %04d", m.name, newest).
				WithHint("Start the newer Tagline, or restore the backup from before the upgrade.")
		}
	}
	return todo, nil
}

// migrator is what the two engines do differently.
type migrator interface {
	applied() (map[int64]migration, error)
	apply(m migration, atUS int64) error
}

func migrate(known []migration, on migrator, atUS int64) error {
	have, err := on.applied()
	if err != nil {
		return err
	}
	todo, err := pending(known, have)
	if err != nil {
		return err
	}
	for _, m := range todo {
		if err := on.apply(m, atUS); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
	}
	return nil
}

const (
	selectApplied = `SELECT version, name, sha256 FROM schema_migration`
	insertApplied = `INSERT INTO schema_migration (version, name, sha256, at_us) VALUES ($1, $2, $3, $4)`
)

type liteMigrator struct{ c *liteConn }

func (l liteMigrator) applied() (map[int64]migration, error) {
	if err := l.c.script(migrationTable); err != nil {
		return nil, err
	}
	tx := &Tx{s: l.c, ctx: context.Background(), buffers: &buffers{}}
	rows, err := tx.Query(selectApplied)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	have := map[int64]migration{}
	for rows.Next() {
		var m migration
		if err := rows.Scan(&m.version, &m.name, &m.sum); err != nil {
			return nil, err
		}
		have[m.version] = m
	}
	return have, rows.Err()
}

func (l liteMigrator) apply(m migration, atUS int64) (err error) {
	// Foreign keys are off while tables are rebuilt (sqlite.org/lang_altertable.html,
	// section 7), which cannot be said inside a transaction; they are checked before the commit.
	if err := l.c.script("PRAGMA foreign_keys = 0; BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			l.c.script("ROLLBACK")
		}
		if e := l.c.script("PRAGMA foreign_keys = 1"); err == nil {
			err = e
		}
	}()
	if err := l.c.script(m.text); err != nil {
		return err
	}
	tx := &Tx{s: l.c, ctx: context.Background(), buffers: &buffers{}}
	if _, err := tx.Exec(insertApplied, m.version, m.name, m.sum, atUS); err != nil {
		return err
	}
	rows, err := tx.Query("PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	broken := rows.Next()
	if err := rows.Close(); err != nil {
		return err
	}
	if broken {
		return fmt.Errorf("it leaves a row that refers to nothing")
	}
	return l.c.script("COMMIT")
}

type pgMigrator struct {
	ctx context.Context
	c   *sql.Conn
}

func (p pgMigrator) applied() (map[int64]migration, error) {
	if _, err := p.c.ExecContext(p.ctx, migrationTable); err != nil {
		return nil, err
	}
	rows, err := p.c.QueryContext(p.ctx, selectApplied)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	have := map[int64]migration{}
	for rows.Next() {
		var m migration
		if err := rows.Scan(&m.version, &m.name, &m.sum); err != nil {
			return nil, err
		}
		have[m.version] = m
	}
	return have, rows.Err()
}

func (p pgMigrator) apply(m migration, atUS int64) error {
	t, err := p.c.BeginTx(p.ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback()
	if _, err := t.ExecContext(p.ctx, m.text); err != nil {
		return err
	}
	if _, err := t.ExecContext(p.ctx, insertApplied, m.version, m.name, m.sum, atUS); err != nil {
		return err
	}
	return t.Commit()
}

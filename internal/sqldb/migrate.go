package sqldb

import (
	"context"
	"database/sql"
	"fmt"

	"tagline/internal/sqldb/lite"
	"tagline/internal/sqldb/migrations"
)

const migrationTable = `CREATE TABLE IF NOT EXISTS schema_migration (
	version BIGINT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	at_us BIGINT NOT NULL
)`

const (
	selectApplied = `SELECT version, name, sha256 FROM schema_migration`
	insertApplied = `INSERT INTO schema_migration (version, name, sha256, at_us) VALUES ($1, $2, $3, $4)`
)

type liteMigrator struct{ c *lite.Conn }

func (l liteMigrator) Applied() (map[int64]migrations.Migration, error) {
	if err := l.c.Script(migrationTable); err != nil {
		return nil, err
	}
	tx := &Tx{s: l.c, ctx: context.Background(), buffers: &buffers{}}
	rows, err := tx.Query(selectApplied)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	have := map[int64]migrations.Migration{}
	for rows.Next() {
		var m migrations.Migration
		if err := rows.Scan(&m.Version, &m.Name, &m.Sum); err != nil {
			return nil, err
		}
		have[m.Version] = m
	}
	return have, rows.Err()
}

func (l liteMigrator) Apply(m migrations.Migration, atUS int64) (err error) {
	// Foreign keys are off while tables are rebuilt (sqlite.org/lang_altertable.html,
	// section 7), which cannot be said inside a transaction; they are checked before the commit.
	if err := l.c.Script("PRAGMA foreign_keys = 0; BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			l.c.Script("ROLLBACK")
		}
		if e := l.c.Script("PRAGMA foreign_keys = 1"); err == nil {
			err = e
		}
	}()
	if err := l.c.Script(m.Text); err != nil {
		return err
	}
	tx := &Tx{s: l.c, ctx: context.Background(), buffers: &buffers{}}
	if _, err := tx.Exec(insertApplied, m.Version, m.Name, m.Sum, atUS); err != nil {
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
	return l.c.Script("COMMIT")
}

type pgMigrator struct {
	ctx context.Context
	c   *sql.Conn
}

func (p pgMigrator) Applied() (map[int64]migrations.Migration, error) {
	if _, err := p.c.ExecContext(p.ctx, migrationTable); err != nil {
		return nil, err
	}
	rows, err := p.c.QueryContext(p.ctx, selectApplied)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	have := map[int64]migrations.Migration{}
	for rows.Next() {
		var m migrations.Migration
		if err := rows.Scan(&m.Version, &m.Name, &m.Sum); err != nil {
			return nil, err
		}
		have[m.Version] = m
	}
	return have, rows.Err()
}

func (p pgMigrator) Apply(m migrations.Migration, atUS int64) error {
	t, err := p.c.BeginTx(p.ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback()
	if _, err := t.ExecContext(p.ctx, m.Text); err != nil {
		return err
	}
	if _, err := t.ExecContext(p.ctx, insertApplied, m.Version, m.Name, m.Sum, atUS); err != nil {
		return err
	}
	return t.Commit()
}

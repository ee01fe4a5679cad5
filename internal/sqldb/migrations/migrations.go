package migrations

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sort"
	"strconv"
	"strings"

	"tagline/internal/fault"
)

//go:embed *.sql
var files embed.FS

// Migration is one step of the schema. It is never edited once released: its
// checksum is kept in the database.
type Migration struct {
	Version int64
	Name    string // "0001_engine"
	Text    string
	Sum     string // SHA-256 of the text, in hex
}

// For lists the steps for an engine, "sqlite" or "postgres", in order.
func For(engine string) ([]Migration, error) { return list(files, engine) }

// list reads the steps of a folder. NNNN_name.postgres.sql stands in for
// NNNN_name.sql on PostgreSQL.
func list(fsys fs.FS, engine string) ([]Migration, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, e := range entries {
		b, err := fs.ReadFile(fsys, e.Name())
		if err != nil {
			return nil, err
		}
		texts[strings.TrimSuffix(e.Name(), ".sql")] = string(b)
	}
	var all []Migration
	for name, text := range texts {
		if strings.Contains(name, ".") {
			base, suffix, _ := strings.Cut(name, ".")
			if _, ok := texts[base]; !ok || suffix != "postgres" {
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
		all = append(all, Migration{version, name, text, hex.EncodeToString(sum[:])})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Version < all[j].Version })
	for i := 1; i < len(all); i++ {
		if all[i].Version == all[i-1].Version {
			return nil, fmt.Errorf("migrations %s and %s have the same number", all[i-1].Name, all[i].Name)
		}
	}
	return all, nil
}

// pending compares what a database has with what this program knows.
func pending(known []Migration, applied map[int64]Migration) ([]Migration, error) {
	byVersion := map[int64]Migration{}
	var todo []Migration
	for _, m := range known {
		byVersion[m.Version] = m
		have, ok := applied[m.Version]
		if !ok {
			todo = append(todo, m)
		} else if have.Sum != m.Sum {
			return nil, fault.Newf(fault.Internal, "the database was migrated with another text of %s", m.Name).
				WithHint("Start the release of Tagline that made this database, or restore a backup.")
		}
	}
	for v, m := range applied {
		if _, ok := byVersion[v]; !ok {
			newest := int64(0)
			if len(known) > 0 {
				newest = known[len(known)-1].Version
			}
			return nil, fault.Newf(fault.Conflict, "this database was made by a newer Tagline: it has the migration %s, this program knows up to %04d", m.Name, newest).
				WithHint("Start the newer Tagline, or restore the backup from before the upgrade.")
		}
	}
	return todo, nil
}

// Database is a database to migrate. It keeps what was applied to it.
type Database interface {
	// Applied gives the migrations that the database has, by version; their texts
	// are not known.
	Applied() (map[int64]Migration, error)
	// Apply runs one migration in a transaction of its own and notes it with the
	// time in microseconds.
	Apply(m Migration, atUS int64) error
}

// Run applies to a database what it has not yet.
//
// Errors: Conflict when a newer program has migrated it, Internal when one of its
// migrations was edited since.
func Run(known []Migration, on Database, atUS int64) error {
	have, err := on.Applied()
	if err != nil {
		return err
	}
	todo, err := pending(known, have)
	if err != nil {
		return err
	}
	for _, m := range todo {
		if err := on.Apply(m, atUS); err != nil {
			return fmt.Errorf("migration %s: %w", m.Name, err)
		}
	}
	return nil
}

package link

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tagline/gs1"
	"tagline/internal/fault"
	"tagline/internal/link/anchor"
	"tagline/internal/link/linkset"
	"tagline/internal/sqldb"
)

// stored is an entry with the very text it is stored as.
type stored struct {
	record linkset.Record
	doc    string // "" when there is none
}

func (s stored) there() bool { return s.doc != "" }

const columns = `doc, version, changed_us`

func scan(row interface{ Scan(...any) error }) (stored, error) {
	var st stored
	var us int64
	if err := row.Scan(&st.doc, &st.record.Version, &us); err != nil {
		return stored{}, err
	}
	st.record.Changed = sqldb.Time(us)
	return st, json.Unmarshal([]byte(st.doc), &st.record.Entry)
}

// load reads one entry. Errors: NotFound.
func load(tx *sqldb.Tx, path string) (stored, error) {
	st, err := scan(tx.QueryRow(`SELECT `+columns+` FROM link_entry WHERE anchor = $1`, path))
	if errors.Is(err, sqldb.ErrNoRows) {
		return stored{}, missing(path)
	}
	return st, err
}

func records(tx *sqldb.Tx, query string, args ...any) (list []linkset.Record, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		st, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, st.record)
	}
	return list, rows.Err()
}

// loadKeys reads the entries under some key paths, in one query.
func loadKeys(tx *sqldb.Tx, keys ...string) ([]linkset.Record, error) {
	return records(tx, `SELECT `+columns+` FROM link_entry WHERE key_path IN (`+sqldb.In(len(keys), 1)+`) ORDER BY anchor`, anys(keys)...)
}

func loadAnchors(tx *sqldb.Tx, anchors []string) ([]linkset.Record, error) {
	return records(tx, `SELECT `+columns+` FROM link_entry WHERE anchor IN (`+sqldb.In(len(anchors), 1)+`) ORDER BY anchor`, anys(anchors)...)
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// like makes a pattern of a text, for LIKE … ESCAPE '!'.
func like(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

// search lists entries by anchor.
func search(tx *sqldb.Tx, key string, f Filter) ([]linkset.Record, error) {
	query, args := `SELECT `+columns+` FROM link_entry WHERE anchor > $1`, []any{f.After}
	where := func(condition string, arg any) {
		args = append(args, arg)
		query += fmt.Sprintf(condition, len(args))
	}
	if key != "" {
		where(` AND key_path = $%d`, key)
	}
	if f.Prefix != "" {
		// Not LIKE, which has no case on SQLite.
		where(` AND substr(anchor, 1, $%d)`, len([]rune(f.Prefix)))
		where(` = $%d`, f.Prefix)
	}
	if text := strings.TrimSpace(f.Text); text != "" {
		where(` AND search LIKE $%d ESCAPE '!'`, "%"+like(strings.ToLower(text))+"%")
	}
	if f.Type != "" {
		where(` AND types LIKE $%d ESCAPE '!'`, "% "+like(f.Type)+" %")
	}
	where(` ORDER BY anchor LIMIT $%d`, limited(f.Limit))
	return records(tx, query, args...)
}

// Load lists all entries that tx sees, by anchor.
func Load(tx *sqldb.Tx) ([]linkset.Record, error) {
	return records(tx, `SELECT `+columns+` FROM link_entry ORDER BY anchor`)
}

func put(tx *sqldb.Tx, a anchor.Anchor, st stored) error {
	e := st.record.Entry
	words := []string{e.Anchor, e.ItemDescription, e.HandledBy}
	var types []string
	for _, l := range e.Links {
		words = append(words, l.Title, l.Href)
		if !slices.Contains(types, l.LinkType) {
			types = append(types, l.LinkType)
		}
	}
	_, err := tx.Exec(`INSERT INTO link_entry (anchor, key_path, prefix, doc, version, changed_us, search, types)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (anchor) DO UPDATE SET doc = excluded.doc, version = excluded.version, changed_us = excluded.changed_us,
			search = excluded.search, types = excluded.types`,
		a.String(), a.KeyPath(), a.Prefix, st.doc, st.record.Version, sqldb.Micros(st.record.Changed),
		strings.ToLower(strings.Join(words, "\n")), " "+strings.Join(types, " ")+" ")
	return err
}

func remove(tx *sqldb.Tx, path string) error {
	_, err := tx.Exec(`DELETE FROM link_entry WHERE anchor = $1`, path)
	return err
}

// docs gives the text of every entry by its anchor.
func docs(tx *sqldb.Tx) (map[string]string, error) {
	rows, err := tx.Query(`SELECT anchor, doc FROM link_entry`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var path, doc string
		if err := rows.Scan(&path, &doc); err != nil {
			return nil, err
		}
		all[path] = doc
	}
	return all, rows.Err()
}

func insertChange(tx *sqldb.Tx, a anchor.Anchor, c Changed) error {
	_, err := tx.Exec(`INSERT INTO link_change (seq, anchor, key_path, prefix, at_us, who, action, doc_before, doc_after)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.Seq, c.Anchor, a.KeyPath(), a.Prefix, sqldb.Micros(c.At), c.By, string(c.Action), c.Before, c.After)
	return err
}

const changeColumns = `seq, anchor, at_us, who, action, doc_before, doc_after`

func scanChange(row interface{ Scan(...any) error }) (c Changed, err error) {
	var us int64
	var action string
	err = row.Scan(&c.Seq, &c.Anchor, &us, &c.By, &action, &c.Before, &c.After)
	c.At, c.Action = sqldb.Time(us), Action(action)
	return c, err
}

func loadChange(tx *sqldb.Tx, seq int64) (Changed, error) {
	c, err := scanChange(tx.QueryRow(`SELECT `+changeColumns+` FROM link_change WHERE seq = $1`, seq))
	if errors.Is(err, sqldb.ErrNoRows) {
		return c, fault.New(fault.NotFound, fmt.Sprintf("there is no change %d", seq), "See the history of the entry.")
	}
	return c, err
}

func changesAfter(tx *sqldb.Tx, path string, seq int64) (n int64, err error) {
	err = tx.QueryRow(`SELECT COUNT(*) FROM link_change WHERE anchor = $1 AND seq > $2`, path, seq).Scan(&n)
	return n, err
}

func history(tx *sqldb.Tx, path string, before int64, limit int) (list []Changed, err error) {
	rows, err := tx.Query(`SELECT `+changeColumns+` FROM link_change WHERE anchor = $1 AND ($2 = 0 OR seq < $2) ORDER BY seq DESC LIMIT $3`, path, before, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		c, err := scanChange(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// changedSince lists what was changed after a change, one more than are dropped
// one by one at most, and the number of the last change.
func changedSince(tx *sqldb.Tx, seq int64) (news []touched, head int64, err error) {
	if err := tx.QueryRow(`SELECT n FROM link_version WHERE id = 1`).Scan(&head); err != nil || head == seq {
		return nil, head, err
	}
	rows, err := tx.Query(`SELECT key_path, prefix FROM link_change WHERE seq > $1 ORDER BY seq LIMIT $2`, seq, maxDropped+1)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var t touched
		if err := rows.Scan(&t.key, &t.prefix); err != nil {
			return nil, 0, err
		}
		news = append(news, t)
	}
	return news, head, rows.Err()
}

// keyOf reads the path of a key.
func keyOf(path string) (gs1.Element, bool) {
	a, err := anchor.Parse(path)
	return a.Key, err == nil && !a.Prefix
}

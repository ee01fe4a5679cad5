package repository

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tagline/epcis"
	"tagline/epcis/query"
	"tagline/internal/sqldb"
)

const selectEvents = `SELECT e.id, e.event_us, e.record_us, b.body FROM repository_event e JOIN repository_body b ON b.id = e.id `

// Range gives the events of rows first to last, in record order; for followers.
func Range(tx *sqldb.Tx, first, last int64) ([]Stored, error) {
	rows, err := tx.Query(selectEvents+`WHERE e.id >= $1 AND e.id <= $2 ORDER BY e.id`, first, last)
	if err != nil {
		return nil, err
	}
	return read(rows, nil)
}

// Load gives the events of some rows, in record order.
func Load(tx *sqldb.Tx, ids []int64) ([]Stored, error) {
	var list []Stored
	for chunk := range slices.Chunk(ids, 500) {
		args := make([]any, len(chunk))
		for i, id := range chunk {
			args[i] = id
		}
		rows, err := tx.Query(selectEvents+`WHERE e.id IN (`+sqldb.In(len(args), 1)+`) ORDER BY e.id`, args...)
		if err != nil {
			return nil, err
		}
		part, err := read(rows, nil)
		if err != nil {
			return nil, err
		}
		list = append(list, part...)
	}
	return list, nil
}

// OfThings gives the rows of all events that name one of the keys as a thing, in
// whatever role, up to a row.
func OfThings(tx *sqldb.Tx, keys []string, upTo int64) (map[string][]int64, error) {
	out := make(map[string][]int64, len(keys))
	for chunk := range slices.Chunk(keys, 500) {
		args := make([]any, len(chunk), len(chunk)+1)
		for i, k := range chunk {
			args[i] = bounded(k)
		}
		args = append(args, upTo)
		rows, err := tx.Query(fmt.Sprintf(`SELECT DISTINCT key, id FROM repository_epc WHERE key IN (%s) AND id <= $%d ORDER BY key, id`, sqldb.In(len(chunk), 1), len(args)), args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var key string
			var id int64
			if err := rows.Scan(&key, &id); err != nil {
				rows.Close()
				return nil, err
			}
			out[key] = append(out[key], id)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ByID gives an event and the error declarations about it.
func (r *Repository) ByID(ctx context.Context, eventID string, v Viewer) (list []Stored, err error) {
	q := &query.Query{Max: -1, Ascending: true, Conditions: []query.Condition{{Roles: []query.Role{query.EventID}, Operator: query.Equal, Values: []query.Value{{Text: eventID}}}}}
	a, err := r.Find(ctx, q, v, Page{Size: 100})
	return a.Events, err
}

// Values lists what occurs in a role (EventType, BizStep, Disposition, ReadPoint,
// BizLocation, or EPC for all things), in order, at most size after a value. Whoever
// does not see all gets what stands in the events that it sees.
func (r *Repository) Values(ctx context.Context, role query.Role, v Viewer, after string, size int) (list []string, err error) {
	err = r.db.View(ctx, func(tx *sqldb.Tx) error {
		list = nil
		text, args := "", []any{after, size}
		switch {
		case v.All && role == query.EPC:
			text = `SELECT DISTINCT key FROM repository_epc WHERE key > $1 ORDER BY key LIMIT $2`
		case v.All:
			text, args = `SELECT value FROM repository_word WHERE value > $1 AND role = $3 ORDER BY value LIMIT $2`, append(args, int64(role))
		default:
			s := &search{args: args}
			s.viewer(v)
			column, from := columnOf(role), `repository_event e`
			if role == query.EPC {
				column, from = `x.key`, `repository_epc x JOIN repository_event e ON e.id = x.id`
			}
			text = `SELECT DISTINCT ` + column + ` FROM ` + from + ` WHERE ` + column + ` > $1 AND ` + strings.Join(s.where, " AND ") + ` ORDER BY 1 LIMIT $2`
			args = s.args
		}
		rows, err := tx.Query(text, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var value string
			if err := rows.Scan(&value); err != nil {
				return err
			}
			list = append(list, value)
		}
		return rows.Err()
	})
	return list, err
}

func columnOf(role query.Role) string {
	switch role {
	case query.BizStep:
		return "e.biz_step"
	case query.Disposition:
		return "e.disposition"
	case query.ReadPoint:
		return "e.read_point"
	case query.BizLocation:
		return "e.biz_location"
	}
	return "e.type"
}

// Head gives the highest row and its record time in microseconds.
func (r *Repository) Head(ctx context.Context) (row, recorded int64, err error) {
	err = r.db.View(ctx, func(tx *sqldb.Tx) error {
		return tx.QueryRow(`SELECT last, recorded_us FROM repository_head WHERE id = 1`).Scan(&row, &recorded)
	})
	return row, recorded, err
}

// masterData answers queries about the vocabulary.
type masterData struct{ tx *sqldb.Tx }

// maxDescendants bounds what stands below a place.
const maxDescendants = 20_000

func (m masterData) Descendants(kind, key string) (out []string, err error) {
	seen := map[string]bool{key: true}
	for todo := []string{key}; len(todo) > 0; {
		batch := todo[:min(len(todo), 500)]
		todo = todo[len(batch):]
		args := []any{kind}
		for _, k := range batch {
			args = append(args, bounded(k))
		}
		children, err := m.texts(`SELECT child FROM repository_child WHERE kind = $1 AND parent IN (`+sqldb.In(len(batch), 2)+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, child := range children {
			if !seen[child] {
				seen[child] = true
				out, todo = append(out, child), append(todo, child)
			}
		}
		if len(out) > maxDescendants {
			return nil, ErrTooComplex
		}
	}
	return out, nil
}

func (m masterData) WithAttribute(kind, attribute string, values []string) ([]string, error) {
	args := []any{kind, bounded(attribute)}
	text := `SELECT key FROM repository_attribute WHERE kind = $1 AND attribute = $2`
	if values != nil {
		for _, v := range values {
			args = append(args, bounded(v))
		}
		text += ` AND value IN (` + sqldb.In(len(values), 3) + `)`
	}
	list, err := m.texts(text+fmt.Sprintf(` LIMIT %d`, maxDescendants+1), args...)
	if err == nil && len(list) > maxDescendants {
		err = ErrTooComplex
	}
	return list, err
}

func (m masterData) texts(text string, args ...any) (list []string, err error) {
	rows, err := m.tx.Query(text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// MasterData gives what is known of an identifier; false when nothing is.
func MasterData(tx *sqldb.Tx, kind, key string) (e epcis.VocabularyElement, known bool, err error) {
	var doc string
	err = tx.QueryRow(`SELECT doc FROM repository_vocabulary WHERE kind = $1 AND key = $2`, kind, bounded(key)).Scan(&doc)
	if errors.Is(err, sqldb.ErrNoRows) {
		return e, false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(doc), &e)
	}
	return e, err == nil, err
}

// Prefixes gives what prefixes of extensions meant in captured events (of several
// meanings one), and the company prefixes of their URNs.
func (r *Repository) Prefixes(ctx context.Context) (c *epcis.Context, companies []string, err error) {
	err = r.db.View(ctx, func(tx *sqldb.Tx) error {
		m := masterData{tx}
		names, err := m.texts(`SELECT value FROM repository_word WHERE role = $1 ORDER BY value LIMIT 1000`, int64(prefixWords))
		if err != nil {
			return err
		}
		c = &epcis.Context{}
		for _, text := range names {
			prefix, space, _ := strings.Cut(text, " ")
			c.Bindings = append(c.Bindings, epcis.Binding{Prefix: prefix, Space: space})
		}
		companies, err = m.texts(`SELECT value FROM repository_word WHERE role = $1 ORDER BY value LIMIT 10000`, int64(companyWords))
		return err
	})
	return c, companies, err
}

// DeclaredWrong tells which of some events were declared wrong.
func DeclaredWrong(tx *sqldb.Tx, eventIDs []string) (map[string]bool, error) {
	out := map[string]bool{}
	for chunk := range slices.Chunk(eventIDs, 500) {
		short := make(map[string]string, len(chunk))
		args := make([]any, len(chunk))
		for i, id := range chunk {
			args[i] = bounded(id)
			short[bounded(id)] = id
		}
		list, err := (masterData{tx}).texts(`SELECT event_id FROM repository_event WHERE declared_us <> 0 AND event_id IN (`+sqldb.In(len(args), 1)+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, id := range list {
			out[short[id]] = true
		}
	}
	return out, nil
}

// RowBefore gives the last row that was recorded before a time, 0 for none. Rows are
// numbered without gaps in the order of record times.
func (r *Repository) RowBefore(ctx context.Context, micro int64) (row int64, err error) {
	err = r.db.View(ctx, func(tx *sqldb.Tx) error {
		var last int64
		if err := tx.QueryRow(`SELECT last FROM repository_head WHERE id = 1`).Scan(&last); err != nil {
			return err
		}
		low, high := int64(0), last // low was recorded before, what is above high was not
		for low < high {
			middle := low + (high-low+1)/2
			var at int64
			if err := tx.QueryRow(`SELECT record_us FROM repository_event WHERE id = $1`, middle).Scan(&at); err != nil {
				return err
			}
			if at < micro {
				low = middle
			} else {
				high = middle - 1
			}
		}
		row = low
		return nil
	})
	return row, err
}

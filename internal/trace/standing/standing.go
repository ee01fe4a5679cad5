package standing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"tagline/epcis"
	"tagline/epcis/query"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/sqldb"
)

// Query is a query with a name.
type Query struct {
	Name     string
	Doc      json.RawMessage // as it was sent
	Prefixes []epcis.Binding
	By       string
}

// Parse reads the query. The error is a *query.Error.
func (q Query) Parse() (*query.Query, error) {
	return query.ParseJSON(q.Doc, &epcis.Context{Bindings: q.Prefixes})
}

// Service keeps queries. It may be used by many goroutines.
type Service struct {
	db    *sqldb.DB
	clock clock.Clock
}

// New makes the service.
func New(db *sqldb.DB, c clock.Clock) *Service { return &Service{db, c} }

// most is how many queries there may be.
const most = 10_000

// Make keeps a query. Errors: Conflict for a name that is given, Invalid for one
// that cannot be.
func (s *Service) Make(ctx context.Context, q Query) error {
	if q.Name == "SimpleEventQuery" {
		return fault.New(fault.Conflict, "the name SimpleEventQuery is the standard's own", "Choose another name.")
	}
	if q.Name == "" || len(q.Name) > 200 || !utf8.ValidString(q.Name) || strings.ContainsFunc(q.Name, func(r rune) bool { return r < ' ' || r == '/' }) {
		return fault.New(fault.Invalid, "the name of a query has 1 to 200 bytes, without slashes and control characters", "Choose another name.")
	}
	doc, err := json.Marshal(struct {
		Doc      json.RawMessage
		Prefixes []epcis.Binding `json:",omitempty"`
	}{q.Doc, q.Prefixes})
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		var n int64
		if err := tx.QueryRow(`SELECT count(*) FROM standing_query`).Scan(&n); err != nil {
			return err
		}
		if n >= most {
			return fault.Newf(fault.TooLarge, "there are %d queries, and no more are kept", n).WithHint("Delete some that are not needed.")
		}
		made, err := tx.Exec(`INSERT INTO standing_query (name, doc, created_us, made_by) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING`,
			q.Name, string(doc), sqldb.Micros(s.clock.Now()), q.By)
		if err == nil && made == 0 {
			err = fault.Newf(fault.Conflict, "there is a query named %s already", q.Name).WithHint("Choose another name, or delete that one first.")
		}
		return err
	})
}

// Query gives a query. Errors: NotFound.
func (s *Service) Query(ctx context.Context, name string) (q Query, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		q, err = scan(tx.QueryRow(`SELECT name, doc, made_by FROM standing_query WHERE name = $1`, name))
		if errors.Is(err, sqldb.ErrNoRows) {
			return fault.New(fault.NotFound, "there is no query of this name", "Look at the list of queries.")
		}
		return err
	})
	return q, err
}

// List lists queries by name, at most size after a name.
func (s *Service) List(ctx context.Context, after string, size int) (list []Query, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		list = nil
		rows, err := tx.Query(`SELECT name, doc, made_by FROM standing_query WHERE name > $1 ORDER BY name LIMIT $2`, after, size)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			q, err := scan(rows)
			if err != nil {
				return err
			}
			list = append(list, q)
		}
		return rows.Err()
	})
	return list, err
}

func scan(row interface{ Scan(...any) error }) (q Query, err error) {
	var doc string
	if err := row.Scan(&q.Name, &doc, &q.By); err != nil {
		return q, err
	}
	var stored struct {
		Doc      json.RawMessage
		Prefixes []epcis.Binding
	}
	if err := json.Unmarshal([]byte(doc), &stored); err != nil {
		return q, fmt.Errorf("standing: a stored query cannot be read: %w", err)
	}
	q.Doc, q.Prefixes = stored.Doc, stored.Prefixes
	return q, nil
}

// Delete deletes a query, if it is there.
func (s *Service) Delete(ctx context.Context, name, by string) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`DELETE FROM standing_query WHERE name = $1`, name)
		return err
	})
}

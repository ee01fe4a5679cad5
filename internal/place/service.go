package place

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/place/listfile"
	"tagline/internal/sqldb"
	"tagline/internal/vault"
)

// Config is what a Service stands on.
type Config struct {
	DB     *sqldb.DB
	Ledger *ledger.Ledger
	Vault  *vault.Vault
	Clock  clock.Clock
	IDs    *ident.Source
	Chance io.Reader
	Signer string // name of the key by which lists are signed
}

// Service keeps locations and parties. It may be used by many goroutines.
type Service struct {
	Config
	latest atomic.Pointer[Map]
}

// New makes the service.
func New(c Config) *Service { return &Service{Config: c} }

// Map is all locations and parties at one moment, for readers that ask often.
type Map struct {
	version int64
	all     map[string]*Place
}

// Of gives what is known of a key; nil for nothing. What is known of a GLN holds for
// its parts (AI 254) too, unless they are known themselves.
func (m *Map) Of(key string) *Place {
	if p := m.all[key]; p != nil {
		return p
	}
	if gln, _, part := strings.Cut(key, "/254/"); part {
		return m.all[gln]
	}
	return nil
}

// Len is how many there are.
func (m *Map) Len() int { return len(m.all) }

// NewMap makes a map of places that are at hand.
func NewMap(list []Place) *Map {
	m := &Map{all: make(map[string]*Place, len(list))}
	for i := range list {
		m.all[list[i].Key] = &list[i]
	}
	return m
}

// most is how many locations and parties there may be: all are kept in memory.
const most = 200_000

// Map gives all locations and parties as they are in a transaction.
func (s *Service) Map(tx *sqldb.Tx) (*Map, error) {
	var version int64
	if err := tx.QueryRow(`SELECT version FROM place_version WHERE id = 1`).Scan(&version); err != nil {
		return nil, err
	}
	if m := s.latest.Load(); m != nil && m.version == version {
		return m, nil
	}
	read := tx.Local(mapKey{}, func() any { return new(*Map) }).(**Map)
	if *read != nil && (*read).version == version {
		return *read, nil
	}
	list, err := scan(tx.Query(`SELECT doc FROM place_entry ORDER BY key`))
	if err != nil {
		return nil, err
	}
	m := NewMap(list)
	m.version = version
	*read = m
	// Not before the commit: what stands in the tables may yet be undone.
	tx.AfterCommit(func() { s.latest.Store(m) })
	return m, nil
}

type mapKey struct{}

// Current gives all locations and parties as they are now.
func (s *Service) Current(ctx context.Context) (m *Map, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		m, err = s.Map(tx)
		return err
	})
	if err == nil {
		s.latest.Store(m) // it was read from what is committed
	}
	return m, err
}

func scan(rows *sqldb.Rows, err error) (list []Place, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var doc string
		var p Place
		if err := rows.Scan(&doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(doc), &p); err != nil {
			return nil, fmt.Errorf("place: a stored place cannot be read: %w", err)
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// Filter chooses from a list; its zero value takes all.
type Filter struct {
	Class   Class
	Country string
	Query   string // a part of the name, or of the key
	After   string // the last key of the page before
	Limit   int
}

// List lists by key.
func (s *Service) List(ctx context.Context, f Filter) (list []Place, err error) {
	where, args := `key > $1`, []any{f.After}
	and := func(text string, v any) {
		args = append(args, v)
		where += fmt.Sprintf(text, len(args))
	}
	if f.Class != "" {
		and(` AND class = $%d`, string(f.Class))
	}
	if f.Country != "" {
		and(` AND country = $%d`, f.Country)
	}
	if f.Query != "" {
		args = append(args, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(f.Query))+"%")
		where += fmt.Sprintf(` AND (lower(name) LIKE $%d ESCAPE '\' OR lower(key) LIKE $%d ESCAPE '\')`, len(args), len(args))
	}
	args = append(args, f.Limit)
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		list, err = scan(tx.Query(fmt.Sprintf(`SELECT doc FROM place_entry WHERE %s ORDER BY key LIMIT $%d`, where, len(args)), args...))
		return err
	})
	return list, err
}

// Get gives one. Errors: NotFound.
func (s *Service) Get(ctx context.Context, key string) (p Place, err error) {
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		list, err := scan(tx.Query(`SELECT doc FROM place_entry WHERE key = $1`, key))
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return notFound(key)
		}
		p = list[0]
		return nil
	})
	return p, err
}

func notFound(key string) error {
	return fault.Newf(fault.NotFound, "there is no location or party %s", key).WithHint("Look at the list of places.")
}

// TypeChanged is the type of this package's events.
const TypeChanged = "place.changed"

// Changed is the body of place.changed; Place is nil when it was taken away.
type Changed struct {
	Key   string `json:"key"`
	By    string `json:"by,omitempty"`
	Place *Place `json:"place,omitempty"`
}

// Put keeps a location or a party, new or changed. Errors: Invalid.
func (s *Service) Put(ctx context.Context, p Place, by string) (Place, error) {
	p, err := p.Check()
	if err != nil {
		return p, err
	}
	_, err = s.PutAll(ctx, []Place{p}, by)
	return p, err
}

// Outcome counts what became of a list.
type Outcome struct{ Created, Changed, Same int }

// PutAll keeps many checked ones, all or none.
func (s *Service) PutAll(ctx context.Context, list []Place, by string) (out Outcome, err error) {
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		out, err = s.putAll(tx, list, by)
		return err
	})
	return out, err
}

var errRehearsed = errors.New("place: only rehearsed")

// Rehearse tells what PutAll would do, and does nothing.
func (s *Service) Rehearse(ctx context.Context, list []Place) (out Outcome, err error) {
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		if out, err = s.putAll(tx, list, ""); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		err = nil
	}
	return out, err
}

func (s *Service) putAll(tx *sqldb.Tx, list []Place, by string) (out Outcome, err error) {
	now := s.Clock.Now()
	for i := range list {
		p := &list[i]
		doc, err := json.Marshal(p)
		if err != nil {
			return out, err
		}
		var before string
		switch err := tx.QueryRow(`SELECT doc FROM place_entry WHERE key = $1`, p.Key).Scan(&before); {
		case errors.Is(err, sqldb.ErrNoRows):
			out.Created++
		case err != nil:
			return out, err
		case before == string(doc):
			out.Same++
			continue
		default:
			out.Changed++
		}
		if _, err := tx.Exec(`INSERT INTO place_entry (key, class, name, country, doc, changed_us, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (key) DO UPDATE SET class = excluded.class, name = excluded.name, country = excluded.country, doc = excluded.doc, changed_us = excluded.changed_us, changed_by = excluded.changed_by`,
			p.Key, string(p.Class), p.Name, p.Country, string(doc), sqldb.Micros(now), by); err != nil {
			return out, err
		}
		if err := s.record(tx, Changed{Key: p.Key, By: by, Place: p}, now); err != nil {
			return out, err
		}
	}
	if out.Created+out.Changed == 0 {
		return out, nil
	}
	var n int64
	if err := tx.QueryRow(`SELECT count(*) FROM place_entry`).Scan(&n); err != nil {
		return out, err
	}
	if n > most {
		return out, fault.Newf(fault.TooLarge, "there may be %d locations and parties, and this would make %d", most, n)
	}
	return out, turn(tx)
}

func turn(tx *sqldb.Tx) error {
	_, err := tx.Exec(`UPDATE place_version SET version = version + 1 WHERE id = 1`)
	return err
}

func (s *Service) record(tx *sqldb.Tx, c Changed, now time.Time) error {
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return s.Ledger.Append(tx, ledger.Event{ID: s.IDs.Event(), Source: "place", Type: TypeChanged, At: now, Body: body})
}

// Delete takes one away. Errors: NotFound.
func (s *Service) Delete(ctx context.Context, key, by string) error {
	return s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(`DELETE FROM place_entry WHERE key = $1`, key)
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound(key)
		}
		if err := turn(tx); err != nil {
			return err
		}
		return s.record(tx, Changed{Key: key, By: by}, s.Clock.Now())
	})
}

// purpose is under which the vault keeps the signing key.
const purpose = "signing key of locations"

// signer gives the pair of keys, which is made when it is first asked for.
func (s *Service) signer(ctx context.Context) (secret, public string, err error) {
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		var sealed string
		switch err := tx.QueryRow(`SELECT public, secret FROM place_signer WHERE id = 1`).Scan(&public, &sealed); {
		case err == nil:
			b, err := s.Vault.Unwrap(purpose, sealed)
			secret = string(b)
			return err
		case !errors.Is(err, sqldb.ErrNoRows):
			return err
		}
		if secret, public, err = listfile.NewKey(s.Chance, s.Signer); err != nil {
			return err
		}
		if sealed, err = s.Vault.Wrap(purpose, []byte(secret)); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO place_signer (id, public, secret, created_us) VALUES (1, $1, $2, $3)`, public, sealed, sqldb.Micros(s.Clock.Now()))
		return err
	})
	return secret, public, err
}

// PublicKey is the key by which this server's signed lists are checked.
func (s *Service) PublicKey(ctx context.Context) (string, error) {
	_, public, err := s.signer(ctx)
	return public, err
}

// All gives all locations and parties by key.
func (s *Service) All(ctx context.Context) ([]Place, error) {
	return s.List(ctx, Filter{Limit: most})
}

// SignedList gives all locations and parties as a list that proves itself.
func (s *Service) SignedList(ctx context.Context) ([]byte, error) {
	list, err := s.All(ctx)
	if err != nil {
		return nil, err
	}
	secret, _, err := s.signer(ctx)
	if err != nil {
		return nil, err
	}
	return listfile.Sign(Rows(list), s.Clock.Now(), secret)
}

// Rows writes places as lines of a file.
func Rows(list []Place) []listfile.Row {
	rows := make([]listfile.Row, len(list))
	for i, p := range list {
		rows[i] = p.Row()
	}
	return rows
}

package product

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/model"
	"tagline/internal/sqldb"
)

// FreshFor is how long the catalogue in memory is taken for fresh on PostgreSQL,
// where another node may have changed it.
const FreshFor = 500 * time.Millisecond

// User says what still refers to a resource of this package, in words, or "" for
// nothing. kind is brand, model, product or image.
type User func(tx *sqldb.Tx, kind, key string) (what string, err error)

// Config is what a Service stands on.
type Config struct {
	DB     *sqldb.DB
	Ledger *ledger.Ledger
	Clock  clock.Clock
	IDs    *ident.Source
	Users  []User // asked before something is removed
}

// Service keeps the catalogue.
type Service struct {
	db     *sqldb.DB
	ledger *ledger.Ledger
	clock  clock.Clock
	ids    *ident.Source
	users  []User
	shared bool // other nodes may change the catalogue

	loading sync.Mutex // one loads, the others wait for it
	mu      sync.Mutex // guards the pair of current and changes
	current atomic.Pointer[snapshot]
	changes uint64     // counts invalidations
	last    *Catalogue // the newest that was invalidated: what the next one is made from
}

type snapshot struct {
	catalogue *Catalogue
	checked   atomic.Int64 // when it was last known to be fresh, in microseconds
}

// New makes the service. It reads nothing yet.
func New(c Config) *Service {
	return &Service{db: c.DB, ledger: c.Ledger, clock: c.Clock, ids: c.IDs, users: c.Users, shared: c.DB.Engine() == "postgres"}
}

// Catalogue gives the present snapshot, from memory if it is fresh.
func (s *Service) Catalogue(ctx context.Context) (*Catalogue, error) {
	return s.snapshot(ctx, FreshFor)
}

// fresh gives a snapshot that is no older than the call, whoever made the change.
func (s *Service) fresh(ctx context.Context) (*Catalogue, error) { return s.snapshot(ctx, 0) }

func (s *Service) snapshot(ctx context.Context, age time.Duration) (*Catalogue, error) {
	if c := s.usable(age); c != nil {
		return c, nil
	}
	s.loading.Lock()
	defer s.loading.Unlock()
	if age > 0 {
		if c := s.usable(age); c != nil {
			return c, nil
		}
	}
	s.mu.Lock()
	seen, old := s.changes, s.last
	if snap := s.current.Load(); snap != nil {
		old = snap.catalogue
	}
	s.mu.Unlock()
	start := sqldb.Micros(s.clock.Now())
	var loaded *Catalogue
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		loaded = nil
		if old != nil {
			n, err := Version(tx)
			if err != nil {
				return err
			}
			if n == old.version {
				loaded = old
				return nil
			}
		}
		loaded, err = load(tx, old)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// What was read before a change was announced may not hold it, and must not stay.
	if s.changes == seen {
		snap := &snapshot{catalogue: loaded}
		snap.checked.Store(start)
		s.current.Store(snap)
	}
	return loaded, nil
}

// usable gives the snapshot in memory unless it may be stale.
func (s *Service) usable(age time.Duration) *Catalogue {
	snap := s.current.Load()
	if snap == nil {
		return nil
	}
	if s.shared {
		since := sqldb.Micros(s.clock.Now()) - snap.checked.Load()
		if age <= 0 || since < 0 || since >= age.Microseconds() {
			return nil
		}
	}
	return snap.catalogue
}

// invalidate is called after every commit that changed the catalogue.
func (s *Service) invalidate() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	if snap := s.current.Load(); snap != nil {
		s.last = snap.catalogue
	}
	s.current.Store(nil)
}

// Filter narrows a list. After is the last key of the page before.
type Filter struct {
	Brand, Category string
	Query           string // part of a key or a name, in any case
	After           string
	Limit           int // 50 when 0, at most 1000
}

// Limited gives the number of entries that a list may have.
func Limited(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 1000)
}

// list walks over a shelf from the key behind f.After.
func list[T any](sorted []Stored[T], f Filter, key func(T) string, keep func(T) bool) []Stored[T] {
	var out []Stored[T]
	for _, st := range sorted {
		if key(st.Value) <= f.After || !keep(st.Value) {
			continue
		}
		if out = append(out, st); len(out) == Limited(f.Limit) {
			break
		}
	}
	return out
}

// Matches reports whether a query is part of one of the texts, whatever the case.
func Matches(query string, texts ...string) bool {
	query = strings.ToLower(strings.TrimSpace(query))
	if query == "" {
		return true
	}
	for _, t := range texts {
		if strings.Contains(strings.ToLower(t), query) {
			return true
		}
	}
	return false
}

func (l Localized) texts() []string {
	var all []string
	for _, t := range l {
		all = append(all, t)
	}
	return all
}

// Brands lists brands by slug.
func (s *Service) Brands(ctx context.Context, f Filter) ([]Stored[Brand], error) {
	c, err := s.fresh(ctx)
	if err != nil {
		return nil, err
	}
	return list(c.Brands(), f, brands.key, func(b Brand) bool { return Matches(f.Query, b.Slug, b.Name) }), nil
}

// Models lists models by name.
func (s *Service) Models(ctx context.Context, f Filter) ([]Stored[model.Model], error) {
	c, err := s.fresh(ctx)
	if err != nil {
		return nil, err
	}
	return list(c.Models(), f, models.key, func(m model.Model) bool { return Matches(f.Query, m.Name, m.Title) }), nil
}

// Products lists products by GTIN.
func (s *Service) Products(ctx context.Context, f Filter) ([]Stored[Product], error) {
	c, err := s.fresh(ctx)
	if err != nil {
		return nil, err
	}
	return list(c.Products(), f, products.key, func(p Product) bool {
		return (f.Brand == "" || p.Brand == f.Brand) && (f.Category == "" || p.Category == f.Category) &&
			Matches(f.Query, append(p.Name.texts(), p.GTIN)...)
	}), nil
}

// Brand finds a brand by its slug.
func (s *Service) Brand(ctx context.Context, slug string) (Stored[Brand], error) {
	return find(ctx, s, brands, slug)
}

// Model finds a model by its name.
func (s *Service) Model(ctx context.Context, name string) (Stored[model.Model], error) {
	return find(ctx, s, models, name)
}

// Product finds a product by its GTIN, of 8 to 14 digits.
func (s *Service) Product(ctx context.Context, gtin string) (Stored[Product], error) {
	full, err := ParseGTIN(gtin)
	if err != nil {
		return Stored[Product]{}, err
	}
	return find(ctx, s, products, full)
}

func find[T any](ctx context.Context, s *Service, k kind[T], key string) (Stored[T], error) {
	c, err := s.fresh(ctx)
	if err != nil {
		return Stored[T]{}, err
	}
	st, ok := k.shelf(c).byKey[key]
	if !ok {
		var known []string
		for _, other := range k.shelf(c).sorted {
			known = append(known, k.key(other.Value))
		}
		return Stored[T]{}, missing(k.name, key, known)
	}
	return *st, nil
}

// PutBrand creates or replaces a brand and says whether it is new.
func (s *Service) PutBrand(ctx context.Context, b Brand, c Change) (Stored[Brand], bool, error) {
	return change(ctx, s, func(e *Editor) (Stored[Brand], bool, error) { return e.PutBrand(b, c) })
}

// PutModel creates or replaces a model and says whether it is new.
func (s *Service) PutModel(ctx context.Context, m model.Model, c Change) (Stored[model.Model], bool, error) {
	return change(ctx, s, func(e *Editor) (Stored[model.Model], bool, error) { return e.PutModel(m, c) })
}

// PutProduct creates or replaces a product and says whether it is new. Its brand,
// model, picture and next product must be there.
func (s *Service) PutProduct(ctx context.Context, p Product, c Change) (Stored[Product], bool, error) {
	return change(ctx, s, func(e *Editor) (Stored[Product], bool, error) { return e.PutProduct(p, c) })
}

// DeleteBrand removes a brand that nothing refers to.
func (s *Service) DeleteBrand(ctx context.Context, slug string, c Change) error {
	return s.edit(ctx, func(e *Editor) error { return e.RemoveBrand(slug, c) })
}

// DeleteModel removes a model that nothing refers to.
func (s *Service) DeleteModel(ctx context.Context, name string, c Change) error {
	return s.edit(ctx, func(e *Editor) error { return e.RemoveModel(name, c) })
}

// DeleteProduct removes a product that nothing refers to.
func (s *Service) DeleteProduct(ctx context.Context, gtin string, c Change) error {
	full, err := ParseGTIN(gtin)
	if err != nil {
		return err
	}
	return s.edit(ctx, func(e *Editor) error { return e.RemoveProduct(full, c) })
}

func change[T any](ctx context.Context, s *Service, fn func(e *Editor) (Stored[T], bool, error)) (st Stored[T], created bool, err error) {
	err = s.edit(ctx, func(e *Editor) (err error) {
		st, created, err = fn(e)
		return err
	})
	return st, created, err
}

func (s *Service) edit(ctx context.Context, fn func(e *Editor) error) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		e, err := s.Edit(tx)
		if err != nil {
			return err
		}
		if err := fn(e); err != nil {
			return err
		}
		return e.Close()
	})
}

// ImageData reads the file of a picture by its hash.
func (s *Service) ImageData(ctx context.Context, hash string) (Image, []byte, error) {
	c, err := s.Catalogue(ctx)
	if err != nil {
		return Image{}, nil, err
	}
	gone := fault.New(fault.NotFound, "there is no such picture", "")
	st, ok := c.byHash[hash]
	if !ok {
		return Image{}, nil, gone
	}
	var data []byte
	err = s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		data, err = ImageFile(tx, hash)
		return err
	})
	if errors.Is(err, sqldb.ErrNoRows) {
		return Image{}, nil, gone
	}
	return st.Value, data, err
}

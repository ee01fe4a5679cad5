package content

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/manifest"
	"tagline/internal/product"
	"tagline/internal/sqldb"
)

// Config is what a Service stands on.
type Config struct {
	DB       *sqldb.DB
	Ledger   *ledger.Ledger
	Clock    clock.Clock
	IDs      *ident.Source
	Products *product.Service
}

// Service keeps what can be said.
type Service struct {
	db       *sqldb.DB
	ledger   *ledger.Ledger
	clock    clock.Clock
	ids      *ident.Source
	products *product.Service

	loading sync.Mutex
	current atomic.Pointer[library]
}

// New makes the service. It reads nothing yet.
func New(c Config) *Service {
	return &Service{db: c.DB, ledger: c.Ledger, clock: c.Clock, ids: c.IDs, products: c.Products}
}

// library is every item, as of a version of the catalogue. Content shares that
// version: a change of either makes both fresh.
type library struct {
	version int64
	sorted  []product.Stored[Item] // by name
	byName  map[string]*product.Stored[Item]

	mu    sync.RWMutex
	about map[question][]Item
}

// question is all of a product that says which items are about it, and a placement.
type question struct{ gtin, brand, category, placement string }

// For gives the items that are about a product in a placement, from memory: the
// candidates for Choose. The list is shared; it is to be read only.
func (s *Service) For(ctx context.Context, p *product.Product, placement string) ([]Item, error) {
	lib, err := s.library(ctx)
	if err != nil {
		return nil, err
	}
	q := question{p.GTIN, p.Brand, p.Category, placement}
	lib.mu.RLock()
	items, ok := lib.about[q]
	lib.mu.RUnlock()
	if ok {
		return items, nil
	}
	items = []Item{}
	for i := range lib.sorted {
		if item := &lib.sorted[i].Value; item.Placement == placement && item.about(p) {
			items = append(items, *item)
		}
	}
	lib.mu.Lock()
	defer lib.mu.Unlock()
	// Products are bounded, placements are the caller's: neither may fill the memory.
	const most = 50_000
	if len(lib.about) < most {
		lib.about[q] = items
	}
	return items, nil
}

// All gives every item by name, to be read only.
func (s *Service) All(ctx context.Context) ([]Item, error) {
	lib, err := s.library(ctx)
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(lib.sorted))
	for i, st := range lib.sorted {
		items[i] = st.Value
	}
	return items, nil
}

// library gives the items at least as fresh as the catalogue in memory.
func (s *Service) library(ctx context.Context) (*library, error) {
	c, err := s.products.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	return s.since(ctx, c.Version())
}

// since gives the items as of a version of the catalogue or a later one.
func (s *Service) since(ctx context.Context, version int64) (*library, error) {
	if lib := s.current.Load(); lib != nil && lib.version >= version {
		return lib, nil
	}
	s.loading.Lock()
	defer s.loading.Unlock()
	if lib := s.current.Load(); lib != nil && lib.version >= version {
		return lib, nil
	}
	var lib *library
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		lib, err = load(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.current.Store(lib)
	return lib, nil
}

// fresh gives the items as they are now, whoever changed them.
func (s *Service) fresh(ctx context.Context) (*library, error) {
	var version int64
	if err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		version, err = product.Version(tx)
		return err
	}); err != nil {
		return nil, err
	}
	return s.since(ctx, version)
}

// Filter narrows a list. After is the last name of the page before.
type Filter struct {
	Product   string // a GTIN of 14 digits
	Placement string
	Query     string // part of a name or a title, in any case
	After     string
	Limit     int // 50 when 0, at most 1000
}

// Items lists items by name.
func (s *Service) Items(ctx context.Context, f Filter) ([]product.Stored[Item], error) {
	lib, err := s.fresh(ctx)
	if err != nil {
		return nil, err
	}
	var about *product.Product
	if f.Product != "" {
		st, err := s.products.Product(ctx, f.Product)
		if err != nil {
			return nil, err
		}
		about = &st.Value
	}
	var out []product.Stored[Item]
	for _, st := range lib.sorted {
		item := &st.Value
		if item.Name <= f.After || f.Placement != "" && item.Placement != f.Placement || about != nil && !item.about(about) {
			continue
		}
		texts := []string{item.Name}
		for _, t := range item.Texts {
			texts = append(texts, t.Title)
		}
		if !product.Matches(f.Query, texts...) {
			continue
		}
		if out = append(out, st); len(out) == product.Limited(f.Limit) {
			break
		}
	}
	return out, nil
}

// Item finds an item by its name.
func (s *Service) Item(ctx context.Context, name string) (product.Stored[Item], error) {
	lib, err := s.fresh(ctx)
	if err != nil {
		return product.Stored[Item]{}, err
	}
	st, ok := lib.byName[name]
	if !ok {
		return product.Stored[Item]{}, missing(name, slices.Collect(maps.Keys(lib.byName)))
	}
	return *st, nil
}

func missing(name string, known []string) error {
	return fault.Newf(fault.NotFound, "there is no content %.60q", name).WithHint("%s", manifest.Known(name, known))
}

// Put creates or replaces an item and says whether it is new. Its products and
// brands must be there.
func (s *Service) Put(ctx context.Context, item Item, c product.Change) (st product.Stored[Item], created bool, err error) {
	err = s.edit(ctx, func(e *Editor) (err error) {
		st, created, err = e.Put(item, c)
		return err
	})
	return st, created, err
}

// Delete removes an item.
func (s *Service) Delete(ctx context.Context, name string, c product.Change) error {
	return s.edit(ctx, func(e *Editor) error { return e.Remove(name, c) })
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

// Replay folds the ledger's events of this package and says where the table
// differs from them, in words; nothing when they agree.
func (s *Service) Replay(ctx context.Context) (differences []string, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		want, err := product.Fold(tx, s.ledger, "content")
		if err != nil {
			return err
		}
		lib, err := load(tx)
		if err != nil {
			return err
		}
		have := map[string]string{}
		for _, st := range lib.sorted {
			body, err := json.Marshal(st.Value)
			if err != nil {
				return err
			}
			have["content "+st.Value.Name] = string(body)
		}
		differences = product.Differences(want, have)
		return nil
	})
	return differences, err
}

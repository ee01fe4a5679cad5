package content

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tagline/internal/fault"
	"tagline/internal/ledger"
	"tagline/internal/manifest"
	"tagline/internal/product"
	"tagline/internal/sqldb"
)

// The bounds of what is kept in memory.
const (
	maxBody  = 48 << 10 // bytes of one item
	maxItems = 20_000
)

func load(tx *sqldb.Tx) (*library, error) {
	lib := &library{byName: map[string]*product.Stored[Item]{}, about: map[question][]Item{}}
	var err error
	if lib.version, err = product.Version(tx); err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT body, rev, updated_us FROM content_item ORDER BY name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var body string
		var us int64
		var st product.Stored[Item]
		if err := rows.Scan(&body, &st.Rev, &us); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(body), &st.Value); err != nil {
			return nil, err
		}
		st.Updated = sqldb.Time(us)
		lib.sorted = append(lib.sorted, st)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range lib.sorted {
		lib.byName[lib.sorted[i].Value.Name] = &lib.sorted[i]
	}
	return lib, nil
}

// Editor changes content inside a transaction, beside the Editor of the catalogue,
// which keeps the order of changes.
type Editor struct {
	s     *Service
	tx    *sqldb.Tx
	goods *product.Editor
	now   time.Time
	after map[string]*product.Stored[Item]
}

// editing holds the one Editor of a transaction.
type editing struct{ e *Editor }

type editingKey struct{ s *Service }

// Edit begins a change of content, and of the catalogue with it. Within one
// transaction there is one Editor.
func (s *Service) Edit(tx *sqldb.Tx) (*Editor, error) {
	hold := tx.Local(editingKey{s}, func() any { return &editing{} }).(*editing)
	if hold.e != nil {
		return hold.e, nil
	}
	goods, err := s.products.Edit(tx) // first, so that what is read next stays as it is
	if err != nil {
		return nil, err
	}
	lib, err := load(tx)
	if err != nil {
		return nil, err
	}
	hold.e = &Editor{s: s, tx: tx, goods: goods, now: s.clock.Now(), after: maps.Clone(lib.byName)}
	return hold.e, nil
}

// Load lists the items that tx sees, by name.
func Load(tx *sqldb.Tx) ([]product.Stored[Item], error) {
	lib, err := load(tx)
	if err != nil {
		return nil, err
	}
	return lib.sorted, nil
}

// Put creates or replaces an item and says whether it is new.
func (e *Editor) Put(item Item, c product.Change) (st product.Stored[Item], created bool, err error) {
	item = item.Normalize()
	if err := item.Check().Err(); err != nil {
		return st, false, err
	}
	old, exists := e.after[item.Name]
	var rev int64
	if exists {
		rev = old.Rev
	}
	if err := c.Allows("content", item.Name, exists, rev); err != nil {
		return st, false, err
	}
	body, err := json.Marshal(item)
	if err != nil {
		return st, false, err
	}
	if len(body) > maxBody {
		return st, false, fault.Newf(fault.TooLarge, "content %q has %d bytes, at most %d are kept", item.Name, len(body), maxBody)
	}
	action := product.Created
	if exists {
		same, err := json.Marshal(old.Value)
		if err != nil {
			return st, false, err
		}
		if string(same) == string(body) {
			return *old, false, nil
		}
		action = product.Changed
	} else if len(e.after) >= maxItems {
		return st, false, fault.Newf(fault.TooLarge, "there are %d contents already, more are not kept", maxItems)
	}
	st = product.Stored[Item]{Value: item, Rev: e.goods.Rev(), Updated: e.now}
	_, err = e.tx.Exec(`INSERT INTO content_item (name, body, rev, updated_us) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO UPDATE SET body = excluded.body, rev = excluded.rev, updated_us = excluded.updated_us`,
		item.Name, string(body), st.Rev, sqldb.Micros(st.Updated))
	if err != nil {
		return st, false, err
	}
	e.after[item.Name] = &st
	return st, !exists, e.record(item.Name, action, body, c)
}

// Remove removes an item.
func (e *Editor) Remove(name string, c product.Change) error {
	old, exists := e.after[name]
	if !exists {
		return missing(name, slices.Collect(maps.Keys(e.after)))
	}
	if err := c.Allows("content", name, exists, old.Rev); err != nil {
		return err
	}
	if _, err := e.tx.Exec(`DELETE FROM content_item WHERE name = $1`, name); err != nil {
		return err
	}
	delete(e.after, name)
	return e.record(name, product.Removed, nil, c)
}

// record appends the event of a change to the ledger: content.changed or
// content.removed, with a product.Happening.
func (e *Editor) record(name string, a product.Action, after []byte, c product.Change) error {
	body, err := json.Marshal(product.Happening{Key: name, By: c.By, Action: a, After: after})
	if err != nil {
		return err
	}
	kind := "content.changed"
	if a == product.Removed {
		kind = "content.removed"
	}
	return e.s.ledger.Append(e.tx, ledger.Event{
		ID: e.s.ids.Event(), Source: "catalogue", Type: kind, Class: ledger.Fact, Cause: c.Cause, At: e.now, Body: body,
	})
}

// Close checks that the products and brands that changed items are about exist,
// and closes the Editor of the catalogue.
func (e *Editor) Close() error {
	var ps manifest.Problems
	for _, name := range slices.Sorted(maps.Keys(e.after)) {
		st := e.after[name]
		if st.Rev != e.goods.Rev() {
			continue
		}
		for n, gtin := range st.Value.Products {
			if _, ok := e.goods.Product(gtin); !ok {
				ps.Add(manifest.Path{"products", n}, "there is no product "+gtin, "Create it first.")
			}
		}
		for n, slug := range st.Value.Brands {
			if _, ok := e.goods.Brand(slug); !ok {
				ps.Add(manifest.Path{"brands", n}, fmt.Sprintf("there is no brand %q", slug), "Create it first.")
			}
		}
	}
	if err := ps.Err(); err != nil {
		return err
	}
	return e.goods.Close()
}

// Users says which items are about a product or a brand: it is for
// product.Config, which knows nothing of content.
func Users(tx *sqldb.Tx, kind, key string) (string, error) {
	if kind != "product" && kind != "brand" {
		return "", nil
	}
	lib, err := load(tx)
	if err != nil {
		return "", err
	}
	var names []string
	for _, st := range lib.sorted {
		if kind == "product" && slices.Contains(st.Value.Products, key) || kind == "brand" && slices.Contains(st.Value.Brands, key) {
			names = append(names, st.Value.Name)
		}
	}
	if len(names) == 0 {
		return "", nil
	}
	const few = 3
	if len(names) > few {
		return fmt.Sprintf("the contents %s and %d more", strings.Join(names[:few], ", "), len(names)-few), nil
	}
	return "content " + strings.Join(names, ", "), nil
}

var _ product.User = Users

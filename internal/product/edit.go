package product

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/manifest"
	"tagline/internal/model"
	"tagline/internal/sqldb"
)

// Change says who changes a resource, and on what condition.
type Change struct {
	By    string // id of the member or key; stands in the ledger
	IfRev int64  // the Rev that was read; 0: whatever it is now
	New   bool   // only if there is none yet
	Cause ident.Event
}

// The bounds of the catalogue, which is held in memory.
const (
	maxBody   = 48 << 10 // bytes of one resource
	maxOfKind = 200_000
)

// Editor changes the catalogue inside a transaction. Resources may be put in any
// order; Close sees to it that they fit together.
type Editor struct {
	s       *Service
	tx      *sqldb.Tx
	now     time.Time
	before  *Catalogue
	after   Catalogue // only the maps of its shelves
	version int64
	removed map[string][]string // kind to keys
	closed  bool
}

// editing holds the one Editor of a transaction.
type editing struct{ e *Editor }

type editingKey struct{ s *Service }

// Edit begins a change of the catalogue: it waits for changes under way, and keeps
// others waiting until tx has committed. Within one transaction there is one Editor.
func (s *Service) Edit(tx *sqldb.Tx) (*Editor, error) {
	hold := tx.Local(editingKey{s}, func() any { return &editing{} }).(*editing)
	if hold.e != nil {
		return hold.e, nil
	}
	e, err := s.begin(tx)
	if err != nil {
		return nil, err
	}
	hold.e = e
	return e, nil
}

func (s *Service) begin(tx *sqldb.Tx) (*Editor, error) {
	e := &Editor{s: s, tx: tx, now: s.clock.Now(), removed: map[string][]string{}}
	err := tx.QueryRow(`UPDATE product_version SET n = n + 1 WHERE id = 1 RETURNING n`).Scan(&e.version)
	if err != nil {
		return nil, err
	}
	// The catalogue in memory is what this change stands on if nothing lies between.
	if snap := s.current.Load(); snap != nil && snap.catalogue.version == e.version-1 {
		e.before = snap.catalogue
	} else if e.before, err = Load(tx); err != nil {
		return nil, err
	}
	e.after.brands.byKey = maps.Clone(e.before.brands.byKey)
	e.after.models.byKey = maps.Clone(e.before.models.byKey)
	e.after.products.byKey = maps.Clone(e.before.products.byKey)
	e.after.images.byKey = maps.Clone(e.before.images.byKey)
	tx.AfterCommit(s.invalidate)
	return e, nil
}

// Rev is the revision that everything changed by this editor gets.
func (e *Editor) Rev() int64 { return e.version }

// Product finds a product as it is in the middle of the change.
func (e *Editor) Product(gtin string) (*Product, bool) { return e.after.products.get(gtin) }

// Brand finds a brand as it is in the middle of the change.
func (e *Editor) Brand(slug string) (*Brand, bool) { return e.after.brands.get(slug) }

// PutBrand creates or replaces a brand and says whether it is new.
func (e *Editor) PutBrand(b Brand, c Change) (Stored[Brand], bool, error) {
	return put(e, brands, b, c)
}

// PutModel creates or replaces a model and says whether it is new.
func (e *Editor) PutModel(m model.Model, c Change) (Stored[model.Model], bool, error) {
	return put(e, models, m, c)
}

// PutProduct creates or replaces a product and says whether it is new.
func (e *Editor) PutProduct(p Product, c Change) (Stored[Product], bool, error) {
	return put(e, products, p.Normalize(), c)
}

// PutImage creates or replaces a picture and says whether it is new.
func (e *Editor) PutImage(name string, data []byte, c Change) (Stored[Image], bool, error) {
	img, ps := ReadImage(name, data)
	if err := ps.Err(); err != nil {
		return Stored[Image]{}, false, err
	}
	return put(e, images, img, c, img.Hash, base64.StdEncoding.EncodeToString(data))
}

// RemoveBrand removes a brand.
func (e *Editor) RemoveBrand(slug string, c Change) error { return remove(e, brands, slug, c) }

// RemoveModel removes a model.
func (e *Editor) RemoveModel(name string, c Change) error { return remove(e, models, name, c) }

// RemoveProduct removes a product.
func (e *Editor) RemoveProduct(gtin string, c Change) error { return remove(e, products, gtin, c) }

// RemoveImage removes a picture.
func (e *Editor) RemoveImage(name string, c Change) error { return remove(e, images, name, c) }

// Sweep removes the pictures that no product names any more.
func (e *Editor) Sweep(c Change) error {
	used := map[string]bool{}
	for _, p := range e.after.products.byKey {
		used[p.Value.Image] = true
	}
	for _, name := range slices.Sorted(maps.Keys(e.after.images.byKey)) {
		if !used[name] {
			if err := e.RemoveImage(name, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func put[T any](e *Editor, k kind[T], v T, c Change, more ...any) (st Stored[T], created bool, err error) {
	if k.check != nil {
		if err := k.check(v).Err(); err != nil {
			return st, false, err
		}
	}
	key := k.key(v)
	shelf := k.shelf(&e.after).byKey
	old, exists := shelf[key]
	if err := c.Allows(k.name, key, exists, revOf(old)); err != nil {
		return st, false, err
	}
	body, err := json.Marshal(v)
	if err != nil {
		return st, false, err
	}
	if len(body) > maxBody {
		return st, false, fault.Newf(fault.TooLarge, "%s %s has %d bytes, at most %d are kept", k.name, quote(key), len(body), maxBody)
	}
	if exists {
		same, err := json.Marshal(old.Value)
		if err != nil {
			return st, false, err
		}
		if string(same) == string(body) {
			return *old, false, nil
		}
	} else if len(shelf) >= maxOfKind {
		return st, false, fault.Newf(fault.TooLarge, "there are %d of the kind %s already, more are not kept", len(shelf), k.name)
	}
	st = Stored[T]{Value: v, Rev: e.version, Updated: e.now}
	args := append([]any{key, string(body), st.Rev, sqldb.Micros(st.Updated)}, more...)
	if _, err := e.tx.Exec(k.put, args...); err != nil {
		return st, false, err
	}
	shelf[key] = &st
	action := Changed
	if !exists {
		action = Created
	}
	return st, !exists, e.s.record(e.tx, k.name, key, action, body, c)
}

func remove[T any](e *Editor, k kind[T], key string, c Change) error {
	shelf := k.shelf(&e.after).byKey
	old, exists := shelf[key]
	if !exists {
		return missing(k.name, key, slices.Collect(maps.Keys(shelf)))
	}
	if err := c.Allows(k.name, key, exists, old.Rev); err != nil {
		return err
	}
	if _, err := e.tx.Exec(k.remove, key); err != nil {
		return err
	}
	delete(shelf, key)
	e.removed[k.name] = append(e.removed[k.name], key)
	return e.s.record(e.tx, k.name, key, Removed, nil, c)
}

func revOf[T any](st *Stored[T]) int64 {
	if st == nil {
		return 0
	}
	return st.Rev
}

// Allows checks the condition of a change against what is there.
func (c Change) Allows(kind, key string, exists bool, rev int64) error {
	switch {
	case c.New && exists:
		return fault.New(fault.Conflict, kind+" "+quote(key)+" exists already", "Read it and change it, or choose another name.")
	case c.IfRev != 0 && !exists:
		return fault.New(fault.Conflict, kind+" "+quote(key)+" is gone", "Read the list again.")
	case c.IfRev != 0 && rev != c.IfRev:
		return fault.New(fault.Conflict, kind+" "+quote(key)+" was changed in the meantime", "Read it again, then make your change to what it is now.")
	}
	return nil
}

func missing(kind, key string, known []string) error {
	return fault.New(fault.NotFound, "there is no "+kind+" "+quote(key), manifest.Known(key, known))
}

// Close checks that everything fits together: that what products name is there,
// and that nothing that was removed is still referred to. Changes of others in the
// same transaction, such as content, come before it. Close again does nothing.
func (e *Editor) Close() error {
	if e.closed {
		return nil
	}
	e.closed = true
	var ps manifest.Problems
	for _, gtin := range slices.Sorted(maps.Keys(e.after.products.byKey)) {
		p := e.after.products.byKey[gtin].Value
		for _, ref := range p.refs() {
			if e.has(ref) {
				continue
			}
			if slices.Contains(e.removed[ref.kind], ref.key) {
				return fault.New(fault.Conflict, fmt.Sprintf("%s %s is still named by product %s", ref.kind, quote(ref.key), gtin), "Change or remove that product first.")
			}
			ps.Add(ref.at, "there is no "+ref.kind+" "+quote(ref.key), ref.hint(e))
		}
	}
	if err := ps.Err(); err != nil {
		return err
	}
	for _, kind := range slices.Sorted(maps.Keys(e.removed)) {
		for _, key := range e.removed[kind] {
			for _, uses := range e.s.users {
				what, err := uses(e.tx, kind, key)
				if err != nil {
					return err
				}
				if what != "" {
					return fault.New(fault.Conflict, kind+" "+quote(key)+" is still used by "+what, "Change or remove that first.")
				}
			}
		}
	}
	return nil
}

// ref is what one resource says of another.
type ref struct {
	kind, key string
	at        manifest.Path
}

func (p Product) refs() []ref {
	list := []ref{{"brand", p.Brand, manifest.Path{"brand"}}}
	if p.Model != "" {
		list = append(list, ref{"model", p.Model, manifest.Path{"model"}})
	}
	if p.Next != "" {
		list = append(list, ref{"product", p.Next, manifest.Path{"next"}})
	}
	if IsFile(p.Image) {
		list = append(list, ref{"image", p.Image, manifest.Path{"image"}})
	}
	return list
}

func (e *Editor) has(r ref) (ok bool) {
	switch r.kind {
	case "brand":
		_, ok = e.after.brands.byKey[r.key]
	case "model":
		_, ok = e.after.models.byKey[r.key]
	case "product":
		_, ok = e.after.products.byKey[r.key]
	case "image":
		_, ok = e.after.images.byKey[r.key]
	}
	return ok
}

func (r ref) hint(e *Editor) string {
	switch r.kind {
	case "brand":
		return manifest.Known(r.key, slices.Collect(maps.Keys(e.after.brands.byKey)))
	case "model":
		return manifest.Known(r.key, slices.Collect(maps.Keys(e.after.models.byKey)))
	case "image":
		return "Pictures come with apply: put the file beside the documents."
	}
	return "Create it first."
}

package product

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"tagline/internal/manifest"
	"tagline/internal/model"
	"tagline/internal/sqldb"
)

// kind is what the code must know of one kind of resource.
type kind[T any] struct {
	name   string // in messages and event types: "brand"
	key    func(T) string
	check  func(T) manifest.Problems
	shelf  func(*Catalogue) *shelf[T]
	table  string
	column string // of the key
	put    string
	remove string
}

var brands = kind[Brand]{
	name: "brand", key: func(b Brand) string { return b.Slug }, check: Brand.Check,
	shelf: func(c *Catalogue) *shelf[Brand] { return &c.brands },
	table: "product_brand", column: "slug",
	put: `INSERT INTO product_brand (slug, body, rev, updated_us) VALUES ($1, $2, $3, $4)
		ON CONFLICT (slug) DO UPDATE SET body = excluded.body, rev = excluded.rev, updated_us = excluded.updated_us`,
	remove: `DELETE FROM product_brand WHERE slug = $1`,
}

var models = kind[model.Model]{
	name: "model", key: func(m model.Model) string { return m.Name }, check: model.Model.Check,
	shelf: func(c *Catalogue) *shelf[model.Model] { return &c.models },
	table: "product_model", column: "name",
	put: `INSERT INTO product_model (name, body, rev, updated_us) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO UPDATE SET body = excluded.body, rev = excluded.rev, updated_us = excluded.updated_us`,
	remove: `DELETE FROM product_model WHERE name = $1`,
}

var products = kind[Product]{
	name: "product", key: func(p Product) string { return p.GTIN }, check: Product.Check,
	shelf: func(c *Catalogue) *shelf[Product] { return &c.products },
	table: "product_item", column: "gtin",
	put: `INSERT INTO product_item (gtin, body, rev, updated_us) VALUES ($1, $2, $3, $4)
		ON CONFLICT (gtin) DO UPDATE SET body = excluded.body, rev = excluded.rev, updated_us = excluded.updated_us`,
	remove: `DELETE FROM product_item WHERE gtin = $1`,
}

// The put of images takes the file as well: see Editor.PutImage.
var images = kind[Image]{
	name: "image", key: func(i Image) string { return i.Name },
	shelf: func(c *Catalogue) *shelf[Image] { return &c.images },
	table: "product_image", column: "name",
	put: `INSERT INTO product_image (name, body, rev, updated_us, hash, data) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (name) DO UPDATE SET body = excluded.body, rev = excluded.rev, updated_us = excluded.updated_us,
			hash = excluded.hash, data = excluded.data`,
	remove: `DELETE FROM product_image WHERE name = $1`,
}

// load fills the shelf of a kind. What has not changed since old is taken from
// there, so that one change among a hundred thousand products costs little.
func (k kind[T]) load(tx *sqldb.Tx, c, old *Catalogue) error {
	s := k.shelf(c)
	if old != nil {
		was := k.shelf(old)
		changed, err := k.read(tx, old.version)
		if err != nil {
			return err
		}
		var n int
		if err := tx.QueryRow(`SELECT count(*) FROM ` + k.table).Scan(&n); err != nil {
			return err
		}
		if len(changed) == 0 && n == len(was.sorted) {
			*s = *was
			return nil
		}
		s.sorted = k.merge(was.sorted, changed)
		if len(s.sorted) == n { // or else something was removed
			s.index(k.key)
			return nil
		}
	}
	all, err := k.read(tx, 0)
	s.sorted = all
	s.index(k.key)
	return err
}

// read gives what was changed after a version, by key; 0 stands for all.
func (k kind[T]) read(tx *sqldb.Tx, after int64) (all []Stored[T], err error) {
	rows, err := tx.Query(`SELECT body, rev, updated_us FROM `+k.table+` WHERE rev > $1 ORDER BY `+k.column, after)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var body string
		var us int64
		var st Stored[T]
		if err := rows.Scan(&body, &st.Rev, &us); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(body), &st.Value); err != nil {
			return nil, err
		}
		st.Updated = sqldb.Time(us)
		all = append(all, st)
	}
	return all, rows.Err()
}

// merge puts changed resources into a list, both by key.
func (k kind[T]) merge(was, changed []Stored[T]) []Stored[T] {
	all := make([]Stored[T], 0, len(was)+len(changed))
	for _, c := range changed {
		key := k.key(c.Value)
		i, same := slices.BinarySearchFunc(was, key, func(st Stored[T], key string) int { return strings.Compare(k.key(st.Value), key) })
		all = append(append(all, was[:i]...), c)
		if same {
			i++
		}
		was = was[i:]
	}
	return append(all, was...)
}

func (s *shelf[T]) index(key func(T) string) {
	s.byKey = make(map[string]*Stored[T], len(s.sorted))
	for i := range s.sorted {
		s.byKey[key(s.sorted[i].Value)] = &s.sorted[i]
	}
}

// Version gives the version of the catalogue and of content that tx sees.
func Version(tx *sqldb.Tx) (n int64, err error) {
	err = tx.QueryRow(`SELECT n FROM product_version WHERE id = 1`).Scan(&n)
	return n, err
}

// Load reads the whole catalogue that tx sees.
func Load(tx *sqldb.Tx) (*Catalogue, error) { return load(tx, nil) }

// load is Load with the help of an older catalogue.
func load(tx *sqldb.Tx, old *Catalogue) (*Catalogue, error) {
	n, err := Version(tx)
	if err != nil {
		return nil, err
	}
	c := &Catalogue{version: n, byHash: map[string]*Stored[Image]{}}
	for _, load := range []func(tx *sqldb.Tx, c, old *Catalogue) error{brands.load, models.load, products.load, images.load} {
		if err := load(tx, c, old); err != nil {
			return nil, err
		}
	}
	for i := range c.images.sorted {
		c.byHash[c.images.sorted[i].Value.Hash] = &c.images.sorted[i]
	}
	return c, nil
}

// Sold says whether there is a product of a GTIN, of 14 digits, that tx sees.
func Sold(tx *sqldb.Tx, gtin string) (bool, error) {
	var n int64
	err := tx.QueryRow(`SELECT count(*) FROM product_item WHERE gtin = $1`, gtin).Scan(&n)
	return n > 0, err
}

// ImageFile reads the file of a picture by its hash.
func ImageFile(tx *sqldb.Tx, hash string) ([]byte, error) {
	var data string
	if err := tx.QueryRow(`SELECT data FROM product_image WHERE hash = $1 ORDER BY name LIMIT 1`, hash).Scan(&data); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(data)
}

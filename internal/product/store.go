package product

import (
	"encoding/base64"
	"encoding/json"

	"tagline/internal/manifest"
	"tagline/internal/sqldb"
)

// kind is what the code must know of one kind of resource.
type kind[T any] struct {
	name   string // in messages and event types: "brand"
	key    func(T) string
	check  func(T) manifest.Problems
	shelf  func(*Catalogue) *shelf[T]
	list   string
	put    string
	remove string
}

var brands = kind[Brand]{
	name: "brand", key: func(b Brand) string { return b.Slug }, check: Brand.Check,
	shelf: func(c *Catalogue) *shelf[Brand] { return &c.brands },
	list:  `SELECT body, rev, updated_us FROM product_brand ORDER BY slug`,
	put: `INSERT INTO product_brand (slug, body, rev, updated_us) VALUES ($1, $2, $3, $4)
		ON CONFLICT (slug) DO UPDATE SET body = excluded.body, rev = excluded.rev, updated_us = excluded.updated_us`,
	remove: `DELETE FROM product_brand WHERE slug = $1`,
}

var models = kind[Model]{
	name: "model", key: func(m Model) string { return m.Name }, check: Model.Check,
	shelf: func(c *Catalogue) *shelf[Model] { return &c.models },
	list:  `SELECT body, rev, updated_us FROM product_model ORDER BY name`,
	put: `INSERT INTO product_model (name, body, rev, updated_us) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO UPDATE SET body = excluded.body, rev = excluded.rev, updated_us = excluded.updated_us`,
	remove: `DELETE FROM product_model WHERE name = $1`,
}

var products = kind[Product]{
	name: "product", key: func(p Product) string { return p.GTIN }, check: Product.Check,
	shelf: func(c *Catalogue) *shelf[Product] { return &c.products },
	list:  `SELECT body, rev, updated_us FROM product_item ORDER BY gtin`,
	put: `INSERT INTO product_item (gtin, body, rev, updated_us) VALUES ($1, $2, $3, $4)
		ON CONFLICT (gtin) DO UPDATE SET body = excluded.body, rev = excluded.rev, updated_us = excluded.updated_us`,
	remove: `DELETE FROM product_item WHERE gtin = $1`,
}

// The put of images takes the file as well: see Editor.PutImage.
var images = kind[Image]{
	name: "image", key: func(i Image) string { return i.Name },
	shelf: func(c *Catalogue) *shelf[Image] { return &c.images },
	list:  `SELECT body, rev, updated_us FROM product_image ORDER BY name`,
	put: `INSERT INTO product_image (name, body, rev, updated_us, hash, data) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (name) DO UPDATE SET body = excluded.body, rev = excluded.rev, updated_us = excluded.updated_us,
			hash = excluded.hash, data = excluded.data`,
	remove: `DELETE FROM product_image WHERE name = $1`,
}

// load fills the shelf of a kind.
func (k kind[T]) load(tx *sqldb.Tx, c *Catalogue) error {
	rows, err := tx.Query(k.list)
	if err != nil {
		return err
	}
	defer rows.Close()
	s := k.shelf(c)
	for rows.Next() {
		var body string
		var us int64
		var st Stored[T]
		if err := rows.Scan(&body, &st.Rev, &us); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(body), &st.Value); err != nil {
			return err
		}
		st.Updated = sqldb.Time(us)
		s.sorted = append(s.sorted, st)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	s.byKey = make(map[string]*Stored[T], len(s.sorted))
	for i := range s.sorted {
		s.byKey[k.key(s.sorted[i].Value)] = &s.sorted[i]
	}
	return nil
}

// Version gives the version of the catalogue and of content that tx sees.
func Version(tx *sqldb.Tx) (n int64, err error) {
	err = tx.QueryRow(`SELECT n FROM product_version WHERE id = 1`).Scan(&n)
	return n, err
}

// Load reads the whole catalogue that tx sees.
func Load(tx *sqldb.Tx) (*Catalogue, error) {
	n, err := Version(tx)
	if err != nil {
		return nil, err
	}
	c := &Catalogue{version: n, byHash: map[string]*Stored[Image]{}}
	for _, load := range []func(*sqldb.Tx, *Catalogue) error{brands.load, models.load, products.load, images.load} {
		if err := load(tx, c); err != nil {
			return nil, err
		}
	}
	for i := range c.images.sorted {
		c.byHash[c.images.sorted[i].Value.Hash] = &c.images.sorted[i]
	}
	return c, nil
}

// ImageFile reads the file of a picture by its hash.
func ImageFile(tx *sqldb.Tx, hash string) ([]byte, error) {
	var data string
	if err := tx.QueryRow(`SELECT data FROM product_image WHERE hash = $1 ORDER BY name LIMIT 1`, hash).Scan(&data); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(data)
}

package product

import (
	"path"
	"strings"
	"time"

	"tagline/internal/model"
)

// Stored is a resource as it was stored.
type Stored[T any] struct {
	Value   T
	Rev     int64     // changes with every change of it
	Updated time.Time // when it was last changed
}

// shelf holds the resources of one kind.
type shelf[T any] struct {
	sorted []Stored[T] // by key
	byKey  map[string]*Stored[T]
}

func (s *shelf[T]) get(key string) (*T, bool) {
	st, ok := s.byKey[key]
	if !ok {
		return nil, false
	}
	return &st.Value, true
}

// Catalogue is everything that a server sells, as it was at one moment. It is
// shared: what it hands out is to be read, never written to.
type Catalogue struct {
	version  int64
	brands   shelf[Brand]
	models   shelf[model.Model]
	products shelf[Product]
	images   shelf[Image]
	byHash   map[string]*Stored[Image]
}

// Version grows with every change of the catalogue or of content.
func (c *Catalogue) Version() int64 { return c.version }

// Brand finds a brand by its slug.
func (c *Catalogue) Brand(slug string) (*Brand, bool) { return c.brands.get(slug) }

// Model finds a model by its name.
func (c *Catalogue) Model(name string) (*model.Model, bool) { return c.models.get(name) }

// Product finds a product by its GTIN of 14 digits.
func (c *Catalogue) Product(gtin string) (*Product, bool) { return c.products.get(gtin) }

// Image finds a picture by its name.
func (c *Catalogue) Image(name string) (*Image, bool) { return c.images.get(name) }

// Brands lists the brands by slug.
func (c *Catalogue) Brands() []Stored[Brand] { return c.brands.sorted }

// Models lists the models by name.
func (c *Catalogue) Models() []Stored[model.Model] { return c.models.sorted }

// Products lists the products by GTIN.
func (c *Catalogue) Products() []Stored[Product] { return c.products.sorted }

// Images lists the pictures by name.
func (c *Catalogue) Images() []Stored[Image] { return c.images.sorted }

// ImageURL gives the address of a picture that a product names, and its size in
// pixels if it is known: a path that changes with the file, so that it may be
// cached for ever, or the https address itself. It is empty for an unknown picture.
func (c *Catalogue) ImageURL(name string) (src string, width, height int) {
	if strings.HasPrefix(name, "https://") {
		return name, 0, 0
	}
	img, ok := c.images.get(name)
	if !ok {
		return "", 0, 0
	}
	return "/media/" + img.Hash + "/" + path.Base(img.Name), img.Width, img.Height
}

package brand

import (
	"slices"

	"tagline/internal/content"
	"tagline/internal/link"
	"tagline/internal/manifest"
	"tagline/internal/model"
	"tagline/internal/passport"
	"tagline/internal/product"
	"tagline/internal/sqldb"
)

// Resource is one thing that a document describes.
type Resource struct {
	Kind   string
	Key    string
	Value  any      // a struct that manifest can write
	Refs   []Ref    // what it names of others
	Brands []string // whose it is; none: everybody's

	about string // GTIN of the product that it is about, which need not be there

	at   manifest.Position
	doc  manifest.Document
	data []byte // the file of a picture

	files     map[string][]byte // the documents of a passport, by hash
	withdrawn bool              // a passport that is not exported
	fixed     bool              // stays whatever is pruned: it was published
}

// Ref is the name of another resource inside one.
type Ref struct {
	Kind, Key string
	Path      manifest.Path // where it stands in the document
}

// Kind is one kind of document. Its functions get a transaction; whether they
// share more than that, such as one lock, is between their packages.
type Kind struct {
	Name string
	// Read turns a document into a resource. It reports what is wrong with the
	// document by itself.
	Read func(d manifest.Document) (Resource, manifest.Problems)
	// Load lists the stored resources by key.
	Load func(tx *sqldb.Tx) ([]Resource, error)
	// Put creates or replaces one, Remove removes one.
	Put    func(tx *sqldb.Tx, r Resource, c product.Change) error
	Remove func(tx *sqldb.Tx, key string, c product.Change) error
	// Close checks that everything fits together at the end. The kinds are closed in
	// the reverse of their order.
	Close func(tx *sqldb.Tx) error
}

// The kinds that refs may name beside those of documents.
const (
	imageKind    = "Image"
	categoryKind = "category"
	slotKind     = "slot"
)

// Kinds lists the kinds of the catalogue, of content, of passports and of links, in
// the order in which they are applied.
func Kinds(goods *product.Service, says *content.Service, kept *passport.Service, links *link.Service) []Kind {
	catalogue := func(k Kind) Kind {
		k.Close = func(tx *sqldb.Tx) error {
			e, err := goods.Edit(tx)
			if err != nil {
				return err
			}
			return e.Close()
		}
		return k
	}
	return []Kind{
		catalogue(kindOf("Brand",
			func(b product.Brand) product.Brand { return b }, product.Brand.Check, describeBrand,
			func(tx *sqldb.Tx) ([]product.Stored[product.Brand], error) {
				c, err := product.Load(tx)
				if err != nil {
					return nil, err
				}
				return c.Brands(), nil
			},
			func(tx *sqldb.Tx, b product.Brand, c product.Change) error {
				return edit(tx, goods.Edit, func(e *product.Editor) error { _, _, err := e.PutBrand(b, c); return err })
			},
			func(tx *sqldb.Tx, key string, c product.Change) error {
				return edit(tx, goods.Edit, func(e *product.Editor) error { return e.RemoveBrand(key, c) })
			})),
		catalogue(kindOf("Model",
			func(m model.Model) model.Model { return m }, model.Model.Check, describeModel,
			func(tx *sqldb.Tx) ([]product.Stored[model.Model], error) {
				c, err := product.Load(tx)
				if err != nil {
					return nil, err
				}
				return c.Models(), nil
			},
			func(tx *sqldb.Tx, m model.Model, c product.Change) error {
				return edit(tx, goods.Edit, func(e *product.Editor) error { _, _, err := e.PutModel(m, c); return err })
			},
			func(tx *sqldb.Tx, key string, c product.Change) error {
				return edit(tx, goods.Edit, func(e *product.Editor) error { return e.RemoveModel(key, c) })
			})),
		catalogue(images(goods)),
		catalogue(kindOf("Product",
			product.Product.Normalize, product.Product.Check, describeProduct,
			func(tx *sqldb.Tx) ([]product.Stored[product.Product], error) {
				c, err := product.Load(tx)
				if err != nil {
					return nil, err
				}
				return c.Products(), nil
			},
			func(tx *sqldb.Tx, p product.Product, c product.Change) error {
				return edit(tx, goods.Edit, func(e *product.Editor) error { _, _, err := e.PutProduct(p, c); return err })
			},
			func(tx *sqldb.Tx, key string, c product.Change) error {
				return edit(tx, goods.Edit, func(e *product.Editor) error { return e.RemoveProduct(key, c) })
			})),
		contents(says),
		passports(kept),
		linksKind(links),
	}
}

func contents(says *content.Service) Kind {
	k := kindOf("Content", content.Item.Normalize, content.Item.Check, describeContent, content.Load,
		func(tx *sqldb.Tx, i content.Item, c product.Change) error {
			return edit(tx, says.Edit, func(e *content.Editor) error { _, _, err := e.Put(i, c); return err })
		},
		func(tx *sqldb.Tx, key string, c product.Change) error {
			return edit(tx, says.Edit, func(e *content.Editor) error { return e.Remove(key, c) })
		})
	k.Close = func(tx *sqldb.Tx) error {
		return edit(tx, says.Edit, func(e *content.Editor) error { return e.Close() })
	}
	return k
}

// edit does something with the editor of a transaction.
func edit[E any](tx *sqldb.Tx, begin func(*sqldb.Tx) (E, error), do func(E) error) error {
	e, err := begin(tx)
	if err != nil {
		return err
	}
	return do(e)
}

// kindOf makes a Kind of a struct's own functions.
func kindOf[T any](name string, normal func(T) T, check func(T) manifest.Problems, describe func(T) Resource,
	load func(*sqldb.Tx) ([]product.Stored[T], error), put func(*sqldb.Tx, T, product.Change) error,
	remove func(*sqldb.Tx, string, product.Change) error,
) Kind {
	resource := func(v T) Resource {
		r := describe(v)
		r.Kind, r.Value = name, v
		return r
	}
	return Kind{
		Name: name,
		Read: func(d manifest.Document) (Resource, manifest.Problems) {
			var v T
			ps := d.Decode(&v)
			v = normal(v)
			found := d.Place(check(v))
			// A field that could not be read is not also empty.
			for _, p := range found {
				if !slices.ContainsFunc(ps, func(q manifest.Problem) bool { return q.At == p.At }) {
					ps = append(ps, p)
				}
			}
			r := resource(v)
			r.doc, r.at = d, d.At
			return r, ps
		},
		Load: func(tx *sqldb.Tx) ([]Resource, error) {
			list, err := load(tx)
			if err != nil {
				return nil, err
			}
			resources := make([]Resource, len(list))
			for i, st := range list {
				resources[i] = resource(st.Value)
			}
			return resources, nil
		},
		Put: func(tx *sqldb.Tx, r Resource, c product.Change) error {
			v, ok := r.Value.(T)
			if !ok {
				return errKind
			}
			return put(tx, v, c)
		},
		Remove: remove,
	}
}

func describeBrand(b product.Brand) Resource {
	return Resource{Key: b.Slug, Brands: []string{b.Slug}}
}

func describeModel(m model.Model) Resource { return Resource{Key: m.Name} }

func describeProduct(p product.Product) Resource {
	r := Resource{Key: p.GTIN, Brands: []string{p.Brand}, Refs: []Ref{{"Brand", p.Brand, manifest.Path{"brand"}}}}
	if p.Model != "" {
		r.Refs = append(r.Refs, Ref{"Model", p.Model, manifest.Path{"model"}})
	}
	if p.Next != "" {
		r.Refs = append(r.Refs, Ref{"Product", p.Next, manifest.Path{"next"}})
	}
	if product.IsFile(p.Image) {
		r.Refs = append(r.Refs, Ref{imageKind, p.Image, manifest.Path{"image"}})
	}
	return r
}

func describeContent(i content.Item) Resource {
	r := Resource{Key: i.Name, Brands: i.Brands}
	for n, gtin := range i.Products {
		r.Refs = append(r.Refs, Ref{"Product", gtin, manifest.Path{"products", n}})
	}
	for n, slug := range i.Brands {
		r.Refs = append(r.Refs, Ref{"Brand", slug, manifest.Path{"brands", n}})
	}
	for n, category := range i.Categories {
		r.Refs = append(r.Refs, Ref{categoryKind, category, manifest.Path{"categories", n}})
	}
	if i.Placement != content.TapPage {
		r.Refs = append(r.Refs, Ref{slotKind, i.Placement, manifest.Path{"placement"}})
	}
	return r
}

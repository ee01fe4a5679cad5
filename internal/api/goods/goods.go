package goods

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/api/wire/connected"
	"tagline/internal/brand"
	"tagline/internal/clock"
	"tagline/internal/content"
	"tagline/internal/fault"
	"tagline/internal/model"
	"tagline/internal/product"
	"tagline/internal/rule"
	"tagline/internal/story"
	"tagline/internal/thing"
)

const group = "Brand as data"

// Desk answers the operations about a brand as data.
type Desk struct {
	Products *product.Service
	Contents *content.Service
	Brands   *brand.Service
	Things   *thing.Service
	Stories  *story.Service
	Clock    clock.Clock
}

// Register adds the operations to the API. (A method of a service that is nil can be
// named, so the specification needs no services.)
func (d *Desk) Register(f *frame.Frame) {
	resource[wire.Brand](f, kind[product.Brand]{name: "brand", plural: "brands", read: access.ProductRead, write: access.ProductWrite,
		key: func(b product.Brand) string { return b.Slug },
		list: func(ctx context.Context, in *listResources, after string, limit int) ([]product.Stored[product.Brand], error) {
			return d.Products.Brands(ctx, product.Filter{Query: in.Q, After: after, Limit: limit})
		},
		get:    d.Products.Brand,
		put:    d.Products.PutBrand,
		remove: d.Products.DeleteBrand,
	}, nil)
	resource[connected.Model](f, kind[model.Model]{name: "model", plural: "models", read: access.ProductRead, write: access.ProductWrite,
		key: func(m model.Model) string { return m.Name },
		list: func(ctx context.Context, in *listResources, after string, limit int) ([]product.Stored[model.Model], error) {
			return d.Products.Models(ctx, product.Filter{Query: in.Q, After: after, Limit: limit})
		},
		get:    d.Products.Model,
		put:    d.Products.PutModel,
		remove: d.Products.DeleteModel,
	}, nil)
	resource(f, kind[product.Product]{name: "product", plural: "products", read: access.ProductRead, write: access.ProductWrite,
		key: func(p product.Product) string { return p.Normalize().GTIN }, normal: wire.GTIN,
		list: func(ctx context.Context, in *listResources, after string, limit int) ([]product.Stored[product.Product], error) {
			return d.Products.Products(ctx, product.Filter{Brand: in.Brand, Category: in.Category, Query: in.Q, After: after, Limit: limit})
		},
		get:    d.Products.Product,
		put:    d.Products.PutProduct,
		remove: d.Products.DeleteProduct,
	}, d.finishProduct)
	resource[wire.Content](f, kind[content.Item]{name: "content", plural: "contents", read: access.ContentRead, write: access.ContentWrite,
		key: func(i content.Item) string { return i.Name },
		list: func(ctx context.Context, in *listResources, after string, limit int) ([]product.Stored[content.Item], error) {
			return d.Contents.Items(ctx, content.Filter{Product: wire.GTIN(in.Product), Placement: in.Placement, Query: in.Q, After: after, Limit: limit})
		},
		get:    d.Contents.Item,
		put:    d.Contents.Put,
		remove: d.Contents.Delete,
	}, finishContent)
	frame.Handle(f, frame.Op{ID: "preview-content", Method: http.MethodPost, Path: "/contents/preview", Action: access.ContentRead, Group: group,
		Summary: "What would be shown, and why", Words: "Chooses content for made-up facts and says for every content why it was chosen or not."}, d.preview)
	d.files(f)
}

// finishProduct adds what only answers hold.
func (d *Desk) finishProduct(ctx context.Context, p *wire.Product, whole bool) error {
	c, err := d.Products.Catalogue(ctx)
	if err != nil {
		return err
	}
	p.ImageURL, _, _ = c.ImageURL(p.Image)
	if !whole {
		return nil
	}
	n, err := d.Things.Counts(ctx, p.GTIN)
	if err != nil {
		return err
	}
	now := d.Clock.Now()
	taps, err := d.Stories.Stats(ctx, story.StatsFilter{From: now.AddDate(0, 0, -tapDays), To: now.Add(time.Hour), Bucket: 24 * time.Hour, GTIN: p.GTIN})
	p.Counts = &wire.ProductCounts{Things: n.Made, Sealed: n.Sealed, Opened: n.Opened, Drained: n.Drained, Taps: wire.AllTaps(taps)}
	return err
}

// finishContent says the condition in words.
func finishContent(_ context.Context, c *wire.Content, _ bool) error {
	if len(c.When) == 0 {
		return nil
	}
	var when rule.Condition
	if err := json.Unmarshal(c.When, &when); err != nil {
		return err
	}
	c.WhenWords = when.Words(content.Schema())
	return nil
}

// tapDays is how far back a product's taps are counted.
const tapDays = 90

func (d *Desk) preview(ctx context.Context, _ access.Actor, in *struct{ Body wire.PreviewRequest }) (*frame.Answer[wire.Preview], error) {
	f := in.Body.Facts
	p, err := d.Products.Product(ctx, f.GTIN)
	if err != nil {
		return nil, wire.Below("body.facts", err)
	}
	facts := f.DomainFacts()
	facts.Product = &p.Value
	if facts.Placement == "" {
		facts.Placement = content.TapPage
	}
	items, err := d.Contents.For(ctx, facts.Product, facts.Placement)
	if err != nil {
		return nil, err
	}
	shape, err := wire.PreviewOf(f, content.Choose(facts, items, wire.OrNow(f.At, d.Clock.Now())))
	return frame.Say(shape, err)
}

// kind is what the API needs of a kind of resource.
type kind[D any] struct {
	name, plural string
	read, write  access.Action
	key          func(D) string
	normal       func(key string) string // nil: a key has one form
	list         func(ctx context.Context, in *listResources, after string, limit int) ([]product.Stored[D], error)
	get          func(ctx context.Context, key string) (product.Stored[D], error)
	put          func(ctx context.Context, v D, c product.Change) (product.Stored[D], bool, error)
	remove       func(ctx context.Context, key string, c product.Change) error
}

// Condition guards a change against another one in between.
type Condition struct {
	IfMatch     string `header:"If-Match" maxLength:"100" doc:"The ETag of what was read: 409 when it changed since"`
	IfNoneMatch string `header:"If-None-Match" maxLength:"100" doc:"* to create only: 409 when it is there"`
}

// change turns the headers into a condition of the domain.
func (c Condition) change(who access.Actor) (product.Change, error) {
	change := product.Change{By: who.ID, New: c.IfNoneMatch == "*"}
	if c.IfMatch == "" || c.IfMatch == "*" {
		return change, nil
	}
	rev, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(c.IfMatch, "W/"), `"`), 10, 64)
	if err != nil || rev <= 0 {
		return change, fault.New(fault.Invalid, "If-Match is not an ETag of this server", "Send the ETag as it was answered.").At("header.If-Match", "not an ETag")
	}
	change.IfRev = rev
	return change, nil
}

// tagged is an answer with the version of what it shows.
type tagged[T any] struct {
	ETag string `header:"ETag" doc:"Send it back as If-Match"`
	Body T
}

// saved is the answer of a put: 201 when it is new.
type saved[T any] struct {
	Status int
	ETag   string `header:"ETag"`
	Body   T
}

type listResources struct {
	frame.Paging
	Q         string `query:"q" maxLength:"100" doc:"Part of a key or name"`
	Brand     string `query:"brand" maxLength:"63" doc:"Of products"`
	Category  string `query:"category" maxLength:"63" doc:"Of products"`
	Product   string `query:"product" maxLength:"14" doc:"GTIN that content is about"`
	Placement string `query:"placement" maxLength:"63" doc:"Of content"`
}

// ByKey names a resource by its natural key.
type ByKey struct {
	Key string `path:"key" maxLength:"63"`
}

// resource registers the operations of a kind of resource. finish adds to a shape
// what only answers hold; whole is true in the answer for one.
func resource[T any, P interface {
	*T
	wire.Resource
}, D any](f *frame.Frame, k kind[D], finish func(ctx context.Context, shape *T, whole bool) error) {
	shape := func(ctx context.Context, st product.Stored[D], whole bool) (T, error) {
		v, err := wire.Recast[T](st.Value)
		if err != nil {
			return v, err
		}
		P(&v).Mark(st.Updated)
		if finish != nil {
			err = finish(ctx, &v, whole)
		}
		return v, err
	}
	etag := func(st product.Stored[D]) string { return `"` + strconv.FormatInt(st.Rev, 10) + `"` }
	normal := k.normal
	if normal == nil {
		normal = func(key string) string { return key }
	}

	frame.Handle(f, frame.Op{ID: "list-" + k.plural, Method: http.MethodGet, Path: "/" + k.plural, Action: k.read, Group: group,
		Summary: "List " + k.plural},
		func(ctx context.Context, _ access.Actor, in *listResources) (*frame.Answer[frame.Page[T]], error) {
			return frame.List(in.Paging, k.plural, []any{in.Q, in.Brand, in.Category, in.Product, in.Placement},
				func(st product.Stored[D]) (T, error) { return shape(ctx, st, false) },
				func(st product.Stored[D]) string { return k.key(st.Value) },
				func(after string, limit int) ([]product.Stored[D], error) { return k.list(ctx, in, after, limit) })
		})
	frame.Handle(f, frame.Op{ID: "get-" + k.name, Method: http.MethodGet, Path: "/" + k.plural + "/{key}", Action: k.read, Group: group,
		Summary: "Get a " + k.name},
		func(ctx context.Context, _ access.Actor, in *ByKey) (*tagged[T], error) {
			st, err := k.get(ctx, in.Key)
			if err != nil {
				return nil, err
			}
			v, err := shape(ctx, st, true)
			return &tagged[T]{ETag: etag(st), Body: v}, err
		})

	type putIn struct {
		ByKey
		Condition
		Body T
	}
	frame.Handle(f, frame.Op{ID: "put-" + k.name, Method: http.MethodPut, Path: "/" + k.plural + "/{key}", Action: k.write, Group: group,
		Summary: "Create or replace a " + k.name, Words: "The body is the whole resource, as it was read."},
		func(ctx context.Context, who access.Actor, in *putIn) (*saved[T], error) {
			change, err := in.change(who)
			if err != nil {
				return nil, err
			}
			P(&in.Body).Bare()
			v, err := wire.Recast[D](in.Body)
			if err != nil {
				return nil, wire.Below("body", asInvalid(err))
			}
			if k.key(v) != normal(in.Key) {
				return nil, fault.New(fault.Invalid, "the path names another "+k.name+" than the body", "A key does not change: make a new one and delete the old.").At("path.key", "not the key in the body")
			}
			st, isNew, err := k.put(ctx, v, change)
			if err != nil {
				return nil, wire.Below("body", err)
			}
			out := &saved[T]{Status: http.StatusOK, ETag: etag(st)}
			if isNew {
				out.Status = http.StatusCreated
			}
			out.Body, err = shape(ctx, st, true)
			return out, err
		})

	type deleteIn struct {
		ByKey
		Condition
	}
	frame.Handle(f, frame.Op{ID: "delete-" + k.name, Method: http.MethodDelete, Path: "/" + k.plural + "/{key}", Action: k.write, Group: group,
		Summary: "Delete a " + k.name, Words: "409 when something still refers to it.", Status: http.StatusNoContent},
		func(ctx context.Context, who access.Actor, in *deleteIn) (*frame.Nothing, error) {
			change, err := in.change(who)
			if err != nil {
				return nil, err
			}
			return nil, k.remove(ctx, normal(in.Key), change)
		})
}

// asInvalid makes a request's fault of an error that came up while reading it:
// conditions check their own form while they are decoded.
func asInvalid(err error) error {
	if f := fault.From(err); f.Code != fault.Internal {
		return err
	}
	return fault.Wrap(fault.Invalid, err, "the body is not of the right form", "Compare it with the reference of this operation.")
}

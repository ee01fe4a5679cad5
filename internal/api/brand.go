package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/fault"
	"tagline/internal/product"
)

const brandGroup = "Brand as data"

func (a *API) brand() {
	resource[wire.Brand](a, kind[product.Brand]{name: "brand", plural: "brands", read: access.ProductRead, write: access.ProductWrite,
		key: func(b product.Brand) string { return b.Slug },
		list: func(ctx context.Context, in *listResources, after string, limit int) ([]product.Stored[product.Brand], error) {
			return a.Products.Brands(ctx, product.Filter{Query: in.Q, After: after, Limit: limit})
		},
		get: func(ctx context.Context, key string) (product.Stored[product.Brand], error) {
			return a.Products.Brand(ctx, key)
		},
		put: func(ctx context.Context, b product.Brand, c product.Change) (product.Stored[product.Brand], bool, error) {
			return a.Products.PutBrand(ctx, b, c)
		},
		remove: func(ctx context.Context, key string, c product.Change) error {
			return a.Products.DeleteBrand(ctx, key, c)
		},
	}, nil)
	resource[wire.Model](a, kind[product.Model]{name: "model", plural: "models", read: access.ProductRead, write: access.ProductWrite,
		key: func(m product.Model) string { return m.Name },
		list: func(ctx context.Context, in *listResources, after string, limit int) ([]product.Stored[product.Model], error) {
			return a.Products.Models(ctx, product.Filter{Query: in.Q, After: after, Limit: limit})
		},
		get: func(ctx context.Context, key string) (product.Stored[product.Model], error) {
			return a.Products.Model(ctx, key)
		},
		put: func(ctx context.Context, m product.Model, c product.Change) (product.Stored[product.Model], bool, error) {
			return a.Products.PutModel(ctx, m, c)
		},
		remove: func(ctx context.Context, key string, c product.Change) error {
			return a.Products.DeleteModel(ctx, key, c)
		},
	}, nil)
	resource(a, kind[product.Product]{name: "product", plural: "products", read: access.ProductRead, write: access.ProductWrite,
		key: func(p product.Product) string { return p.Normalize().GTIN }, normal: normalGTIN,
		list: func(ctx context.Context, in *listResources, after string, limit int) ([]product.Stored[product.Product], error) {
			return a.Products.Products(ctx, product.Filter{Brand: in.Brand, Category: in.Category, Query: in.Q, After: after, Limit: limit})
		},
		get: func(ctx context.Context, key string) (product.Stored[product.Product], error) {
			return a.Products.Product(ctx, key)
		},
		put: func(ctx context.Context, p product.Product, c product.Change) (product.Stored[product.Product], bool, error) {
			return a.Products.PutProduct(ctx, p, c)
		},
		remove: func(ctx context.Context, key string, c product.Change) error {
			return a.Products.DeleteProduct(ctx, key, c)
		},
	}, a.finishProduct)
	resource[wire.Content](a, kind[wire.Content]{name: "content", plural: "contents", read: access.ContentRead, write: access.ContentWrite,
		key: func(c wire.Content) string { return c.Name },
		list: func(context.Context, *listResources, string, int) ([]product.Stored[wire.Content], error) {
			return nil, errPending
		},
		get: func(context.Context, string) (product.Stored[wire.Content], error) {
			return product.Stored[wire.Content]{}, errPending
		},
		put: func(context.Context, wire.Content, product.Change) (product.Stored[wire.Content], bool, error) {
			return product.Stored[wire.Content]{}, false, errPending
		},
		remove: func(context.Context, string, product.Change) error { return errPending },
	}, nil)
	a.files()
}

func normalGTIN(key string) string {
	if gtin, err := product.ParseGTIN(key); err == nil {
		return gtin
	}
	return key
}

// finishProduct adds what only answers hold.
func (a *API) finishProduct(ctx context.Context, p *wire.Product, _ bool) error {
	c, err := a.Products.Catalogue(ctx)
	if err != nil {
		return err
	}
	p.ImageURL, _, _ = c.ImageURL(p.Image)
	return nil
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
	Paging
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
}, D any](a *API, k kind[D], finish func(ctx context.Context, shape *T, whole bool) error) {
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

	frame.Handle(a.frame, frame.Op{ID: "list-" + k.plural, Method: http.MethodGet, Path: "/" + k.plural, Action: k.read, Group: brandGroup,
		Summary: "List " + k.plural},
		func(ctx context.Context, _ access.Actor, in *listResources) (*answer[wire.Page[T]], error) {
			var failed error
			got, err := page(in.Paging, k.plural, []any{in.Q, in.Brand, in.Category, in.Product, in.Placement},
				func(st product.Stored[D]) T {
					v, err := shape(ctx, st, false)
					if err != nil && failed == nil {
						failed = err
					}
					return v
				},
				func(st product.Stored[D]) string { return k.key(st.Value) },
				func(after string, limit int) ([]product.Stored[D], error) { return k.list(ctx, in, after, limit) })
			if err == nil {
				err = failed
			}
			return got, err
		})
	frame.Handle(a.frame, frame.Op{ID: "get-" + k.name, Method: http.MethodGet, Path: "/" + k.plural + "/{key}", Action: k.read, Group: brandGroup,
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
	frame.Handle(a.frame, frame.Op{ID: "put-" + k.name, Method: http.MethodPut, Path: "/" + k.plural + "/{key}", Action: k.write, Group: brandGroup,
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
	frame.Handle(a.frame, frame.Op{ID: "delete-" + k.name, Method: http.MethodDelete, Path: "/" + k.plural + "/{key}", Action: k.write, Group: brandGroup,
		Summary: "Delete a " + k.name, Words: "409 when something still refers to it.", Status: http.StatusNoContent},
		func(ctx context.Context, who access.Actor, in *deleteIn) (*nothing, error) {
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

func (a *API) files() {
	frame.Handle(a.frame, frame.Op{ID: "preview-content", Method: http.MethodPost, Path: "/contents/preview", Action: access.ContentRead, Group: brandGroup,
		Summary: "What would be shown, and why", Words: "Chooses content for made-up facts and says for every content why it was chosen or not.",
	}, pending[struct{ Body wire.PreviewRequest }, answer[wire.Preview]])
	frame.Handle(a.frame, frame.Op{ID: "apply", Method: http.MethodPost, Path: "/apply", Action: access.BrandApply, Group: brandGroup,
		Summary: "Apply a brand's files", MaxBody: 16 << 20, Types: []string{"application/json", "application/yaml", "application/x-yaml", "text/yaml"},
		Words: "Takes YAML documents, as one stream or as JSON `{files: [{path, text}]}`, and makes the brand be as they say, in one transaction. With `dryRun` it only says what would change. Errors point at `path:line:column`.",
	}, pending[applyIn, answer[wire.Applied]])
	// Described after it is registered: huma would take the JSON schema as that of every body.
	a.frame.Spec().Paths["/apply"].Post.RequestBody.Content["application/json"] = &huma.MediaType{Schema: frame.Describe[wire.Files](a.frame)}
	frame.Handle(a.frame, frame.Op{ID: "export", Answers: "application/yaml", Method: http.MethodGet, Path: "/export", Action: access.BrandExport, Group: brandGroup,
		Summary: "Export a brand as YAML"}, pending[exportIn, download])
	frame.Handle(a.frame, frame.Op{ID: "export-files", Method: http.MethodGet, Path: "/export/files", Action: access.BrandExport, Group: brandGroup,
		Summary: "Export a brand as files, images too", Words: "Applying them again changes nothing."}, pending[exportIn, answer[wire.Files]])
}

type exportIn struct {
	Brand string `query:"brand" maxLength:"63" doc:"Only this brand"`
}

type applyIn struct {
	DryRun  bool   `query:"dryRun" doc:"Change nothing"`
	Prune   bool   `query:"prune" doc:"Also remove what the files do not name"`
	RawBody []byte `contentType:"application/yaml"`
}

// download is a file.
type download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
)

// Condition guards a change against another one in between.
type Condition struct {
	IfMatch     string `header:"If-Match" maxLength:"100" doc:"The ETag of what was read: 409 when it changed since"`
	IfNoneMatch string `header:"If-None-Match" maxLength:"100" doc:"* to create only: 409 when it is there"`
}

// tagged is an answer with the version of what it shows.
type tagged[T any] struct {
	ETag string `header:"ETag" doc:"Send it back as If-Match"`
	Body T
}

type put[K, T any] struct {
	Status int
	ETag   string `header:"ETag"`
	Body   T
}

func (a *API) brand() {
	resource[wire.Brand](a, "brand", "brands", "slug", access.ProductRead, access.ProductWrite)
	resource[wire.Model](a, "model", "models", "name", access.ProductRead, access.ProductWrite)
	resource[wire.Product](a, "product", "products", "gtin", access.ProductRead, access.ProductWrite)
	resource[wire.Content](a, "content", "contents", "name", access.ContentRead, access.ContentWrite)

	const group = "Brand as data"
	frame.Handle(a.frame, frame.Op{ID: "preview-content", Method: http.MethodPost, Path: "/contents/preview", Action: access.ContentRead, Group: group,
		Summary: "What would be shown, and why", Words: "Chooses content for made-up facts and says for every content why it was chosen or not.",
	}, pending[struct{ Body wire.PreviewRequest }, answer[wire.Preview]])
	frame.Handle(a.frame, frame.Op{ID: "apply", Method: http.MethodPost, Path: "/apply", Action: access.BrandApply, Group: group,
		Summary: "Apply a brand's files", MaxBody: 8 << 20, Types: []string{"application/json", "application/yaml", "application/x-yaml", "text/yaml"},
		Words: "Takes YAML documents, as one stream or as JSON `{files: [{path, text}]}`, and makes the brand be as they say, in one transaction. With `dryRun` it only says what would change. Errors point at `path:line:column`.",
	}, pending[applyIn, answer[wire.Applied]])
	// Described after it is registered: huma would take the JSON schema as that of every body.
	a.frame.Spec().Paths["/apply"].Post.RequestBody.Content["application/json"] = &huma.MediaType{Schema: frame.Describe[wire.Files](a.frame)}
	frame.Handle(a.frame, frame.Op{ID: "export", Answers: "application/yaml", Method: http.MethodGet, Path: "/export", Action: access.BrandExport, Group: group,
		Summary: "Export a brand as YAML"}, pending[struct {
		Brand string `query:"brand" maxLength:"63" doc:"Only this brand"`
	}, download])
	frame.Handle(a.frame, frame.Op{ID: "export-files", Method: http.MethodGet, Path: "/export/files", Action: access.BrandExport, Group: group,
		Summary: "Export a brand as files, images too", Words: "Applying them again changes nothing."}, pending[struct {
		Brand string `query:"brand" maxLength:"63" doc:"Only this brand"`
	}, answer[wire.Files]])
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

type listResources struct {
	Paging
	Q         string `query:"q" maxLength:"100" doc:"Part of a name"`
	Brand     string `query:"brand" maxLength:"63"`
	Category  string `query:"category" maxLength:"63"`
	Product   string `query:"product" maxLength:"14" doc:"GTIN"`
	Placement string `query:"placement" maxLength:"63"`
}

type ByKey struct {
	Key string `path:"key" maxLength:"63"`
}

func resource[T any](a *API, name, plural, key string, read, write access.Action) {
	const group = "Brand as data"
	frame.Handle(a.frame, frame.Op{ID: "list-" + plural, Method: http.MethodGet, Path: "/" + plural, Action: read, Group: group,
		Summary: "List " + plural}, pending[listResources, answer[wire.Page[T]]])
	frame.Handle(a.frame, frame.Op{ID: "get-" + name, Method: http.MethodGet, Path: "/" + plural + "/{key}", Action: read, Group: group,
		Summary: "Get a " + name}, pending[ByKey, tagged[T]])
	frame.Handle(a.frame, frame.Op{ID: "put-" + name, Method: http.MethodPut, Path: "/" + plural + "/{key}", Action: write, Group: group,
		Summary: "Create or replace a " + name}, pending[struct {
		ByKey
		Condition
		Body T
	}, put[string, T]])
	frame.Handle(a.frame, frame.Op{ID: "delete-" + name, Method: http.MethodDelete, Path: "/" + plural + "/{key}", Action: write, Group: group,
		Summary: "Delete a " + name, Words: "409 when something still refers to it.", Status: http.StatusNoContent}, pending[ByKey, nothing])
}

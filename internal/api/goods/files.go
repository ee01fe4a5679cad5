package goods

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/fault"
)

type exportIn struct {
	Brand string `query:"brand" maxLength:"63" doc:"Only this brand"`
}

type applyIn struct {
	DryRun  bool   `query:"dryRun" doc:"Change nothing"`
	Prune   bool   `query:"prune" doc:"Also remove what the files do not name"`
	RawBody []byte `contentType:"application/yaml"`
}

// maxFiles bounds what is applied at once, in bytes.
const maxFiles = 16 << 20

var errPending = fault.New(fault.Unavailable, "this operation is not connected yet", "")

func pending[I, O any](context.Context, access.Actor, *I) (*O, error) { return nil, errPending }

func (d *Desk) files(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "apply", Method: http.MethodPost, Path: "/apply", Action: access.BrandApply, Group: group,
		Summary: "Apply a brand's files", MaxBody: maxFiles, Types: []string{"application/json", "application/yaml", "application/x-yaml", "text/yaml"},
		Words: "Takes YAML documents, as one stream or as JSON `{files: [{path, text}]}`, and makes the brand be as they say, in one transaction. With `dryRun` it only says what would change. Errors point at `path:line:column`.",
	}, pending[applyIn, frame.Answer[wire.Applied]])
	// Described after it is registered: huma would take the JSON schema as that of every body.
	f.Spec().Paths["/apply"].Post.RequestBody.Content["application/json"] = &huma.MediaType{Schema: frame.Describe[wire.Files](f)}
	frame.Handle(f, frame.Op{ID: "export", Answers: "application/yaml", Method: http.MethodGet, Path: "/export", Action: access.BrandExport, Group: group,
		Summary: "Export a brand as YAML"}, pending[exportIn, frame.Download])
	frame.Handle(f, frame.Op{ID: "export-files", Method: http.MethodGet, Path: "/export/files", Action: access.BrandExport, Group: group,
		Summary: "Export a brand as files, images too", Words: "Applying them again changes nothing."}, pending[exportIn, frame.Answer[wire.Files]])
}

package goods

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/brand"
	"tagline/internal/fault"
	"tagline/internal/manifest"
	"tagline/internal/product"
)

type exportIn struct {
	Brand string `query:"brand" maxLength:"63" doc:"Only this brand"`
}

type applyIn struct {
	DryRun  bool   `query:"dryRun" doc:"Change nothing"`
	Prune   bool   `query:"prune" doc:"Also remove what the files do not name"`
	Type    string `header:"Content-Type" hidden:"true"`
	RawBody []byte `contentType:"application/yaml"`
}

// Bounds of what is applied at once.
const (
	maxApply = 16 << 20 // bytes
	maxFiles = 1000
	stream   = "body.yaml" // the name of a file that has none, in the places of errors
)

func (d *Desk) files(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "apply", Method: http.MethodPost, Path: "/apply", Action: access.BrandApply, Group: group,
		Summary: "Apply a brand's files", MaxBody: maxApply, Types: []string{"application/json", "application/yaml", "application/x-yaml", "text/yaml"},
		Words: "Takes YAML documents, as one stream or as JSON `{files: [{path, text}]}`, and makes the brand be as they say, in one transaction. With `dryRun` it only says what would change. Errors point at `path:line:column`."}, d.apply)
	// Described after it is registered: huma would take the JSON schema as that of every body.
	f.Spec().Paths["/apply"].Post.RequestBody.Content["application/json"] = &huma.MediaType{Schema: frame.Describe[wire.Files](f)}
	frame.Handle(f, frame.Op{ID: "export", Noted: true, Answers: "application/yaml", Method: http.MethodGet, Path: "/export", Action: access.BrandExport, Group: group,
		Summary: "Export a brand as one YAML stream", Words: "Pictures are documents of it. Applying it again changes nothing."},
		func(ctx context.Context, who access.Actor, in *exportIn) (*frame.Download, error) {
			files, err := d.Brands.Export(ctx, in.Brand, hidden(who)...)
			if err != nil {
				return nil, err
			}
			text, err := brand.Stream(files)
			return &frame.Download{ContentType: "application/yaml; charset=utf-8", Disposition: `attachment; filename="brand.yaml"`, Body: text}, err
		})
	frame.Handle(f, frame.Op{ID: "export-files", Noted: true, Method: http.MethodGet, Path: "/export/files", Action: access.BrandExport, Group: group,
		Summary: "Export a brand as files, pictures too", Words: "Applying them again changes nothing."},
		func(ctx context.Context, who access.Actor, in *exportIn) (*frame.Answer[wire.Files], error) {
			files, err := d.Brands.Export(ctx, in.Brand, hidden(who)...)
			return frame.Say(wire.Files{Files: wire.Each(files, shapeFile)}, err)
		})
}

// hidden lists the kinds that somebody may not read: passports hold closed parts.
func hidden(who access.Actor) []string {
	if who.May(access.PassportRead) {
		return nil
	}
	return []string{passportKind}
}

const passportKind = "Passport"

// allow asks for the rights that brand.apply does not hold by itself.
func allow(who access.Actor) func(brand.Resource) error {
	return func(r brand.Resource) error {
		if r.Kind != passportKind {
			return nil
		}
		if r.Publishes() {
			if err := who.Require(access.PassportPublish); err != nil {
				return fault.From(err).WithHint("Write draft: true to apply it unpublished, or ask an owner.")
			}
		}
		return who.Require(access.PassportWrite)
	}
}

func shapeFile(f brand.File) wire.File {
	if manifest.IsManifest(f.Name) {
		return wire.File{Path: f.Name, Text: string(f.Data)}
	}
	return wire.File{Path: f.Name, Data: f.Data}
}

// read takes the files out of a body.
func (in *applyIn) read() ([]brand.File, error) {
	if frame.Media(in.Type) != "application/json" {
		// The body lies in a buffer that is used again: the files must outlive it.
		return []brand.File{{Name: stream, Data: bytes.Clone(in.RawBody)}}, nil
	}
	var body wire.Files
	decoder := json.NewDecoder(bytes.NewReader(in.RawBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "the body is not JSON of the form {files: [{path, text}]}", "Send that, or YAML as application/yaml.").At("body", "not of this form")
	}
	if len(body.Files) == 0 || len(body.Files) > maxFiles {
		return nil, fault.Newf(fault.Invalid, "there are %d files", len(body.Files)).WithHint("Send 1 to %d.", maxFiles).At("body.files", "too few or too many")
	}
	files := make([]brand.File, 0, len(body.Files))
	for _, f := range body.Files {
		data := f.Data
		if f.Text != "" {
			data = []byte(f.Text)
		}
		files = append(files, brand.File{Name: f.Path, Data: data})
	}
	return files, nil
}

func (d *Desk) apply(ctx context.Context, who access.Actor, in *applyIn) (*frame.Answer[wire.Applied], error) {
	files, err := in.read()
	if err != nil {
		return nil, err
	}
	do := d.Brands.Apply
	if in.DryRun {
		do = d.Brands.Plan
	}
	diff, err := do(ctx, files, brand.Options{Prune: in.Prune, By: who.ID, Allow: allow(who)})
	return frame.Say(wire.Applied{DryRun: in.DryRun, Changed: diff.Changed(), Changes: wire.Each(diff.Changes, shapeChange)}, err)
}

func shapeChange(c brand.Change) wire.Change {
	shape := wire.Change{Action: "none", Kind: c.Kind, Name: c.Name,
		Fields: wire.Each(c.Fields, func(f brand.FieldChange) wire.FieldChange {
			return wire.FieldChange{Path: f.Path, Before: f.Before, After: f.After, Added: f.Added, Removed: f.Removed}
		})}
	if c.At.Line > 0 {
		shape.At = c.At.String()
	}
	switch c.Action {
	case product.Created:
		shape.Action = "create"
	case product.Changed:
		shape.Action = "update"
	case product.Removed:
		shape.Action = "delete"
	}
	return shape
}

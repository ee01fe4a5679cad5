package links

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/fault"
	"tagline/internal/link"
	"tagline/internal/link/entryfile"
	"tagline/internal/link/linkset"
)

// formats are the media types of files of links.
func formats() map[string]entryfile.Format {
	return map[string]entryfile.Format{
		"text/csv":         entryfile.CSV,
		"application/json": entryfile.JSON,
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": entryfile.Excel,
	}
}

func (d *Desk) files(f *frame.Frame) {
	types := []string{"text/csv", "application/json", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	frame.Handle(f, frame.Op{ID: "import-links", Noted: true, Method: http.MethodPost, Path: "/links/import", Action: access.LinkWrite, Group: group,
		Summary: "Import links from a file", MaxBody: entryfile.MaxBytes + 1, Types: types,
		Words: "The body is the file: CSV or Excel with one link a row, or JSON as the reference resolver writes it, version 3 or 2. Its entries take the place of those at their anchors, all in one transaction. With `dryRun` the answer says what would happen; without, a file with problems is 400 and changes nothing."}, d.importFile)
	for _, t := range types[1:] {
		f.Spec().Paths["/links/import"].Post.RequestBody.Content[t] = &huma.MediaType{}
	}
	frame.Handle(f, frame.Op{ID: "export-links", Answers: "application/json", Method: http.MethodGet, Path: "/links/export", Action: access.LinkRead, Group: group,
		Summary: "Export links as a file", Words: "As JSON of the reference resolver's version 3, or as CSV. Importing it again changes nothing."}, d.exportFile)
	frame.Handle(f, frame.Op{ID: "list-link-checks", Method: http.MethodGet, Path: "/links/checks", Action: access.LinkRead, Group: group,
		Summary: "List addresses in trouble", Words: "What the link checker last found, by address; at most 1,000."},
		func(ctx context.Context, _ access.Actor, _ *frame.Nothing) (*frame.Answer[wire.LinkChecks], error) {
			list, err := d.Links.Healths(ctx)
			return frame.Say(wire.LinkChecks{Items: wire.Each(list, shapeHealth)}, err)
		})
	frame.Handle(f, frame.Op{ID: "check-links", Method: http.MethodPost, Path: "/links/checks", Action: access.LinkWrite, Group: group,
		Summary: "Check the links at an anchor now", Words: "Asks at most 10 of their addresses, for 20 seconds at most, the longest unchecked first. Addresses with places are left out: there is no telling which values they will get."}, d.check)
}

type importIn struct {
	DryRun  bool   `query:"dryRun" doc:"Change nothing"`
	Type    string `header:"Content-Type" hidden:"true"`
	RawBody []byte `contentType:"text/csv"`
}

// maxOutcomes bounds the list in the answer to an import.
const maxOutcomes = 500

func (d *Desk) importFile(ctx context.Context, who access.Actor, in *importIn) (*frame.Answer[wire.LinkImport], error) {
	format, ok := formats()[frame.Media(in.Type)]
	if !ok {
		return nil, fault.New(fault.Unsupported, "the content type does not say what file this is", "Send text/csv, application/json, or that of an Excel workbook.")
	}
	var r entryfile.Report
	var err error
	if in.DryRun {
		r, err = entryfile.Rehearse(ctx, d.Links, format, in.RawBody)
	} else {
		r, err = entryfile.Import(ctx, d.Links, format, in.RawBody, link.Change{By: who.ID})
		if err == nil {
			err = r.Err()
		}
	}
	if err != nil {
		return nil, err
	}
	shape := wire.LinkImport{DryRun: in.DryRun, Entries: len(r.Changes), Links: r.Links, Created: r.Count(link.Created), Changed: r.Count(link.Replaced), Same: r.Count(link.Same),
		Problems: wire.Each(r.Problems, func(p entryfile.Problem) wire.LinkProblem { return wire.LinkProblem(p) }), Changes: []wire.LinkOutcome{}}
	for _, o := range r.Changes {
		if o.Action != link.Same && len(shape.Changes) < maxOutcomes {
			shape.Changes = append(shape.Changes, wire.LinkOutcome{Anchor: o.Anchor, Action: string(o.Action)})
		}
	}
	return frame.Say(shape, nil)
}

type exportIn struct {
	Format string `query:"format" enum:"json,csv" default:"json"`
	GTIN   string `query:"gtin" maxLength:"14" doc:"Of one product"`
	Prefix string `query:"prefix" maxLength:"500" doc:"The beginning of an anchor"`
	Q      string `query:"q" maxLength:"100"`
	Type   string `query:"type" maxLength:"200" doc:"A link type that the entry has"`
}

// exportFile writes page by page: a file of many entries never stands in memory.
func (d *Desk) exportFile(ctx context.Context, _ access.Actor, in *exportIn) (*huma.StreamResponse, error) {
	filter := link.Filter{GTIN: in.GTIN, Prefix: in.Prefix, Text: in.Q, Type: in.Type}
	first := filter
	first.Limit = 1
	if _, err := d.Links.List(ctx, first); err != nil { // while it can still be said
		return nil, placed("query", err)
	}
	media := map[string]string{"json": "application/json", "csv": "text/csv; charset=utf-8"}[in.Format]
	return &huma.StreamResponse{Body: func(out huma.Context) {
		out.SetHeader("Content-Type", media)
		out.SetHeader("Content-Disposition", `attachment; filename="links.`+in.Format+`"`)
		if err := entryfile.Export(ctx, d.Links, entryfile.Format(in.Format), filter, out.BodyWriter()); err != nil {
			panic(http.ErrAbortHandler) // half a file must not look like a whole one
		}
	}}, nil
}

// Bounds of a check that somebody waits for.
const (
	maxChecked = 10
	checkTime  = 20 * time.Second
)

type checkIn struct {
	At
}

func (d *Desk) check(ctx context.Context, _ access.Actor, in *checkIn) (*frame.Answer[wire.LinkChecks], error) {
	r, err := d.Links.Get(ctx, in.Anchor)
	if err != nil {
		return nil, placed("query.anchor", err)
	}
	hrefs, err := d.due(ctx, r.Links)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var (
		group sync.WaitGroup
		found = make([]*link.Health, len(hrefs))
	)
	for i, href := range hrefs {
		group.Go(func() {
			if h := d.Checker.Check(limited, href); limited.Err() == nil {
				found[i] = &h // what was broken off says nothing about the address
			}
		})
	}
	group.Wait()
	shape := wire.LinkChecks{Items: []wire.LinkHealth{}}
	for _, h := range found {
		if h == nil {
			continue
		}
		if err := d.Links.KeepHealth(ctx, *h); err != nil {
			return nil, err
		}
		shape.Items = append(shape.Items, shapeHealth(*h))
	}
	return frame.Say(shape, nil)
}

// due lists the addresses of links to ask now.
func (d *Desk) due(ctx context.Context, links []linkset.Link) ([]string, error) {
	var hrefs []string
	for i := range links {
		if l := &links[i]; l.IsPublic() && !strings.Contains(l.Href, "{") && !slices.Contains(hrefs, l.Href) {
			hrefs = append(hrefs, l.Href)
		}
	}
	last, err := d.healths(ctx, hrefs)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(hrefs, func(a, b string) int { return last[a].CheckedAt.Compare(last[b].CheckedAt) })
	return hrefs[:min(len(hrefs), maxChecked)], nil
}

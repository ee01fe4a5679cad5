package links

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"tagline/gs1"
	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/link"
	"tagline/internal/link/anchor"
	"tagline/internal/link/check"
	"tagline/internal/link/linkset"
	"tagline/internal/product"
	"tagline/internal/rule"
)

const group = "Links"

// Desk answers the operations about links.
type Desk struct {
	Links    *link.Service
	Products *product.Service
	Access   *access.Service
	Checker  *check.Checker
	Clock    clock.Clock
	BaseURL  string // without a slash at the end
}

// Register adds the operations to the API.
func (d *Desk) Register(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "list-links", Method: http.MethodGet, Path: "/links", Action: access.LinkRead, Group: group,
		Summary: "List entries of links, by anchor"}, d.list)
	frame.Handle(f, frame.Op{ID: "get-links", Method: http.MethodGet, Path: "/links/entry", Action: access.LinkRead, Group: group,
		Summary: "Get the links at an anchor"}, d.get)
	frame.Handle(f, frame.Op{ID: "put-links", Method: http.MethodPut, Path: "/links/entry", Action: access.LinkWrite, Group: group,
		Summary: "Create or replace the links at an anchor", Words: "The body is the whole entry, as it was read. Links without an id keep the id of the link they replace. An entry with public links needs a default, its own or that of an entry above it."}, d.put)
	frame.Handle(f, frame.Op{ID: "merge-links", Method: http.MethodPatch, Path: "/links/entry", Action: access.LinkWrite, Group: group,
		Summary: "Add to the links at an anchor", Words: "Links of the same linktype, hreflang and context are changed in the fields that are given, others are added; the rest stays."}, d.merge)
	frame.Handle(f, frame.Op{ID: "delete-links", Method: http.MethodDelete, Path: "/links/entry", Action: access.LinkWrite, Group: group, Status: http.StatusNoContent,
		Summary: "Delete the links at an anchor", Words: "All of them, or those that `link` names; the entry goes with the last one."}, d.remove)
	frame.Handle(f, frame.Op{ID: "recall-links", Method: http.MethodPut, Path: "/links/recall", Action: access.LinkRecall, Group: group,
		Summary: "Put a recall into force", Words: "At once: it is the answer for the product, lot or serial at the anchor and all below it, and links that promote are withheld. An entry is made when there is none."}, d.recall)
	frame.Handle(f, frame.Op{ID: "end-recall", Method: http.MethodDelete, Path: "/links/recall", Action: access.LinkRecall, Group: group, Status: http.StatusNoContent,
		Summary: "Take a recall back"}, d.endRecall)
	frame.Handle(f, frame.Op{ID: "list-link-changes", Method: http.MethodGet, Path: "/links/history", Action: access.LinkRead, Group: group,
		Summary: "List the changes at an anchor, the newest first"}, d.history)
	frame.Handle(f, frame.Op{ID: "undo-links", Method: http.MethodPost, Path: "/links/undo", Action: access.LinkWrite, Group: group, Status: http.StatusNoContent,
		Summary: "Undo a change", Words: "Restores what was there before it, and is a change itself. 409 when the entry was changed later, unless those changes may be lost."}, d.undo)
	frame.Handle(f, frame.Op{ID: "tally-links", Method: http.MethodGet, Path: "/links/tallies", Action: access.TapRead, Group: group,
		Summary: "Count scans by the link they led to", Words: "Without lot, serial or person. They follow the scans by moments."}, d.tallies)
	frame.Handle(f, frame.Op{ID: "list-link-types", Method: http.MethodGet, Path: "/links/types", Action: access.LinkRead, Group: group,
		Summary: "List link types, and what conditions may ask"},
		func(context.Context, access.Actor, *frame.Nothing) (*frame.Answer[wire.LinkTypes], error) {
			return frame.Say(wire.LinkTypes{Types: Types(), Facts: facts()}, nil)
		})
	frame.Handle(f, frame.Op{ID: "try-links", Method: http.MethodPost, Path: "/links/try", Action: access.LinkRead, Group: group,
		Summary: "What would happen to a request, and why", Words: "Counts as no scan."}, d.try)
	d.files(f)
}

// At names an entry.
type At struct {
	Anchor string `query:"anchor" required:"true" minLength:"1" maxLength:"500" example:"/01/09506000134352" doc:"Path of the entry"`
}

// Expected guards a change against another one in between.
type Expected struct {
	IfMatch     string `header:"If-Match" maxLength:"100" doc:"The ETag of what was read: 409 when it changed since"`
	IfNoneMatch string `header:"If-None-Match" maxLength:"100" doc:"* to create only: 409 when it is there"`
}

func (e Expected) change(who access.Actor) (link.Change, error) {
	change := link.Change{By: who.ID, New: e.IfNoneMatch == "*"}
	if e.IfMatch == "" || e.IfMatch == "*" {
		return change, nil
	}
	version, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(e.IfMatch, "W/"), `"`), 10, 64)
	if err != nil || version <= 0 {
		return change, fault.New(fault.Invalid, "If-Match is not an ETag of this server", "Send the ETag as it was answered.").At("header.If-Match", "not an ETag")
	}
	change.IfVersion = version
	return change, nil
}

// tagged is an entry with its version.
type tagged struct {
	Status int
	ETag   string `header:"ETag" doc:"Send it back as If-Match"`
	Body   wire.LinkEntry
}

func (d *Desk) tagged(ctx context.Context, status int, r linkset.Record, err error) (*tagged, error) {
	if err != nil {
		return nil, err
	}
	shapes, err := d.shapes(ctx, r)
	if err != nil {
		return nil, err
	}
	return &tagged{Status: status, ETag: `"` + strconv.FormatInt(r.Version, 10) + `"`, Body: shapes[0]}, nil
}

type listIn struct {
	frame.Paging
	GTIN   string `query:"gtin" maxLength:"14" doc:"Of one product; 8, 12, 13 or 14 digits"`
	Prefix string `query:"prefix" maxLength:"500" doc:"The beginning of an anchor" example:"/414/"`
	Q      string `query:"q" maxLength:"100" doc:"Part of an anchor, a description, a title or an address"`
	Type   string `query:"type" maxLength:"200" doc:"A link type that the entry has" example:"gs1:recallStatus"`
}

func (d *Desk) list(ctx context.Context, _ access.Actor, in *listIn) (*frame.Answer[frame.Page[wire.LinkEntry]], error) {
	page, err := frame.List(in.Paging, "links", []any{in.GTIN, in.Prefix, in.Q, in.Type}, frame.Sure(func(r linkset.Record) linkset.Record { return r }),
		func(r linkset.Record) string { return r.Anchor },
		func(after string, limit int) ([]linkset.Record, error) {
			list, err := d.Links.List(ctx, link.Filter{GTIN: in.GTIN, Prefix: in.Prefix, Text: in.Q, Type: in.Type, After: after, Limit: limit})
			return list, placed("query", err)
		})
	if err != nil {
		return nil, err
	}
	items, err := d.shapes(ctx, page.Body.Items...)
	return frame.Say(frame.Page[wire.LinkEntry]{Items: items, Next: page.Body.Next}, err)
}

// placed puts a fault without a place where its cause stands.
func placed(place string, err error) error {
	if f := fault.From(err); f != nil && f.Code == fault.Invalid && len(f.Fields) == 0 {
		return fault.Wrap(f.Code, err, f.Message, f.Hint).At(place, f.Message)
	}
	return wire.Below(place, err)
}

func (d *Desk) get(ctx context.Context, _ access.Actor, in *At) (*tagged, error) {
	r, err := d.Links.Get(ctx, in.Anchor)
	return d.tagged(ctx, http.StatusOK, r, placed("query.anchor", err))
}

type putIn struct {
	At
	Expected
	Body wire.LinkEntry
}

func (d *Desk) put(ctx context.Context, who access.Actor, in *putIn) (*tagged, error) {
	change, err := in.change(who)
	if err != nil {
		return nil, err
	}
	in.Body.Bare()
	e, err := wire.Recast[linkset.Entry](in.Body)
	if err != nil {
		return nil, wire.Below("body", asInvalid(err))
	}
	if !sameAnchor(in.Anchor, e.Anchor) {
		return nil, fault.New(fault.Invalid, "the query names another anchor than the body", "An anchor does not change: make a new entry and delete the old.").At("query.anchor", "not the anchor in the body")
	}
	r, created, err := d.Links.Put(ctx, e, change)
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	return d.tagged(ctx, status, r, below(in.Anchor, err))
}

// below puts the places of a fault below the body. That an entry has no default is
// said of its anchor: of the one in the body it is said of its links.
func below(own string, err error) error {
	f := fault.From(err)
	if f == nil || len(f.Fields) == 0 {
		return err
	}
	moved := fault.Wrap(f.Code, err, f.Message, f.Hint)
	for _, field := range f.Fields {
		if sameAnchor(field.Location, own) {
			field.Location = "links"
		}
		if !strings.HasPrefix(field.Location, "/") {
			field.Location = "body." + field.Location
		}
		moved = moved.At(field.Location, field.Message)
	}
	return moved
}

func sameAnchor(a, b string) bool {
	one, err := anchor.Parse(a)
	other, failed := anchor.Parse(b)
	return a == b || err == nil && failed == nil && one.String() == other.String()
}

type mergeIn struct {
	At
	Expected
	Body wire.LinkMerge
}

func (d *Desk) merge(ctx context.Context, who access.Actor, in *mergeIn) (*tagged, error) {
	change, err := in.change(who)
	if err != nil {
		return nil, err
	}
	e, err := wire.Recast[linkset.Entry](in.Body)
	if err != nil {
		return nil, wire.Below("body", asInvalid(err))
	}
	e.Anchor = in.Anchor
	r, err := d.Links.Merge(ctx, e, change)
	return d.tagged(ctx, http.StatusOK, r, below(in.Anchor, err))
}

type removeIn struct {
	At
	Expected
	Link []string `query:"link" maxItems:"100" nullable:"false" doc:"Ids of links, separated by commas; all when left out"`
}

func (d *Desk) remove(ctx context.Context, who access.Actor, in *removeIn) (*frame.Nothing, error) {
	change, err := in.change(who)
	if err != nil {
		return nil, err
	}
	if len(in.Link) > 0 {
		return nil, d.Links.DeleteLinks(ctx, in.Anchor, in.Link, change)
	}
	return nil, d.Links.Delete(ctx, in.Anchor, change)
}

type recallIn struct {
	At
	Body wire.Recall
}

func (d *Desk) recall(ctx context.Context, who access.Actor, in *recallIn) (*tagged, error) {
	r, err := d.Links.SetRecall(ctx, in.Anchor, in.Body.Href, in.Body.Title, link.Change{By: who.ID})
	return d.tagged(ctx, http.StatusOK, r, below(in.Anchor, err))
}

func (d *Desk) endRecall(ctx context.Context, who access.Actor, in *At) (*frame.Nothing, error) {
	return nil, d.Links.EndRecall(ctx, in.Anchor, link.Change{By: who.ID})
}

// asInvalid makes a request's fault of an error that came up while reading it:
// conditions check their own form while they are decoded.
func asInvalid(err error) error {
	if f := fault.From(err); f.Code != fault.Internal {
		return err
	}
	return fault.Wrap(fault.Invalid, err, "the body is not of the right form", "Compare it with the reference of this operation.")
}

// shapes shapes entries with what the link checker found.
func (d *Desk) shapes(ctx context.Context, records ...linkset.Record) ([]wire.LinkEntry, error) {
	items := make([]wire.LinkEntry, 0, len(records))
	var hrefs []string
	for _, r := range records {
		shape, err := shapeEntry(r)
		if err != nil {
			return nil, err
		}
		items = append(items, shape)
		for i := range r.Links {
			hrefs = append(hrefs, r.Links[i].Href)
		}
	}
	found, err := d.healths(ctx, hrefs)
	if err != nil {
		return nil, err
	}
	goods, err := d.Products.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	for i := range items {
		if p, ok := goods.Product(items[i].GTIN); ok {
			items[i].Product, _ = p.Name.In("en")
		}
		for n := range items[i].Links {
			if h, ok := found[items[i].Links[n].Href]; ok {
				items[i].Links[n].Health = &h
			}
		}
	}
	return items, nil
}

func shapeEntry(r linkset.Record) (wire.LinkEntry, error) {
	shape, err := wire.Recast[wire.LinkEntry](r.Entry)
	if err != nil {
		return shape, err
	}
	shape.Version, shape.UpdatedAt = r.Version, wire.When(r.Changed)
	if a, err := anchor.Parse(r.Anchor); err == nil {
		shape.Level = a.Level()
		if a.Key.AI == gs1.AIGTIN && !a.Prefix {
			shape.GTIN = a.Key.Value
		}
	}
	for i := range r.Links {
		l := &r.Links[i]
		if !l.When.IsZero() {
			shape.Links[i].WhenWords = l.When.Words(linkset.Facts())
		}
		shape.Recalled = shape.Recalled || l.LinkType == linkset.RecallStatus && l.IsPublic()
	}
	return shape, nil
}

// healths gives what the link checker found, by address.
func (d *Desk) healths(ctx context.Context, hrefs []string) (map[string]wire.LinkHealth, error) {
	found := map[string]wire.LinkHealth{}
	const step = 500
	for len(hrefs) > 0 {
		part := hrefs[:min(step, len(hrefs))]
		hrefs = hrefs[len(part):]
		list, err := d.Links.Healths(ctx, part...)
		if err != nil {
			return nil, err
		}
		for _, h := range list {
			found[h.Href] = shapeHealth(h)
		}
	}
	return found, nil
}

func shapeHealth(h link.Health) wire.LinkHealth {
	return wire.LinkHealth{Href: h.Href, OK: h.OK, Status: h.Status, MovedTo: h.MovedTo, Trouble: h.Trouble, CheckedAt: h.Checked.UTC()}
}

func facts() []wire.LinkFact {
	schema := linkset.Facts()
	var list []wire.LinkFact
	for _, name := range []string{"seal", "stage", "recalled", "result", "channel", "market", "language"} {
		f, ok := schema.Facts[name]
		if !ok {
			continue
		}
		kind := "text"
		if f.Kind == rule.BoolKind {
			kind = "yes-no"
		}
		list = append(list, wire.LinkFact{Fact: name, Says: f.Says, Kind: kind, OneOf: append([]string{}, f.OneOf...)})
	}
	return list
}

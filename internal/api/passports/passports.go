package passports

import (
	"context"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/passport"
	"tagline/internal/passport/sheet"
)

const group = "Product passports"

// maxUpload is the most bytes of an upload: a document in base64, and its description.
const maxUpload = 8 << 20

// Desk answers the operations about passports.
type Desk struct {
	Passports *passport.Service
	Clock     clock.Clock
	BaseURL   string
	Log       *slog.Logger
}

// ByAnchor names a passport: a product, or one of its lots or items.
type ByAnchor struct {
	GTIN   string `path:"gtin" maxLength:"14" doc:"8, 12, 13 or 14 digits"`
	Lot    string `query:"lot" maxLength:"20" doc:"Of the passport of a lot"`
	Serial string `query:"serial" maxLength:"20" doc:"Of the passport of an item"`
}

func (b ByAnchor) anchor() (passport.Anchor, error) { return sheet.NewAnchor(b.GTIN, b.Lot, b.Serial) }

// Condition guards a change against another one in between.
type Condition struct {
	IfMatch     string `header:"If-Match" maxLength:"100" doc:"The ETag of what was read: 409 when it changed since"`
	IfNoneMatch string `header:"If-None-Match" maxLength:"100" doc:"* to create only: 409 when it is there"`
}

func (c Condition) change(who access.Actor) (passport.Change, error) {
	change := passport.Change{By: who.ID, New: c.IfNoneMatch == "*"}
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

// target is what a change is made to, and on what condition.
type target struct {
	ByAnchor
	Condition
}

func (t target) read(who access.Actor) (passport.Anchor, passport.Change, error) {
	a, err := t.anchor()
	if err != nil {
		return a, passport.Change{}, err
	}
	c, err := t.change(who)
	return a, c, err
}

// saved is an answer with the revision of a passport.
type saved struct {
	Status int
	ETag   string `header:"ETag" doc:"Send it back as If-Match"`
	Body   wire.Passport
}

func (d *Desk) saved(p passport.Passport, created bool, err error) (*saved, error) {
	if err != nil {
		return nil, err
	}
	out := &saved{Status: http.StatusOK, ETag: `"` + strconv.FormatInt(p.Rev, 10) + `"`}
	if created {
		out.Status = http.StatusCreated
	}
	out.Body, err = d.shape(p, true)
	return out, err
}

func (d *Desk) shape(p passport.Passport, whole bool) (wire.Passport, error) {
	s := wire.Passport{GTIN: p.Anchor.GTIN, Lot: p.Anchor.Lot, Serial: p.Anchor.Serial, Level: string(p.Anchor.Level()), Status: string(p.Status), Rev: p.Rev,
		Version: p.Version, Name: p.Draft.Name, Reason: p.Reason, DigitalLink: d.BaseURL + p.Anchor.Path(), Page: d.BaseURL + sheet.PagePath(p.Anchor),
		UpdatedAt: p.Updated, WithdrawnAt: wire.When(p.WithdrawnAt)}
	if !whole {
		return s, nil
	}
	draft, err := wire.Recast[wire.PassportDocument](p.Draft)
	s.Draft = &draft
	return s, err
}

type listIn struct {
	frame.Paging
	Q      string `query:"q" maxLength:"100" doc:"Part of a number or a name"`
	GTIN   string `query:"gtin" maxLength:"14" doc:"Of one product, with its lots and items"`
	Status string `query:"status" enum:"draft,published,withdrawn"`
}

type putIn struct {
	ByAnchor
	Condition
	Body wire.PassportDocument
}

type uploadIn struct {
	ByAnchor
	Condition
	Body wire.PassportUpload
}

type withdrawIn struct {
	ByAnchor
	Condition
	Body wire.PassportWithdrawal
}

type documentIn struct {
	ByAnchor
	SHA256 string `path:"sha256" maxLength:"64"`
}

type dropIn struct {
	ByAnchor
	Condition
	SHA256 string `path:"sha256" maxLength:"64"`
}

type versionsIn struct {
	ByAnchor
	frame.Paging
}

type copyIn struct {
	ByAnchor
	Version int64  `query:"version" minimum:"0" doc:"The one that is shown now when absent"`
	All     bool   `query:"all" doc:"All versions"`
	Tier    string `query:"tier" enum:"public,legitimate,authority" default:"authority" doc:"What the copy shows"`
}

// Register adds the operations to the API.
func (d *Desk) Register(f *frame.Frame) {
	const one = "/passports/{gtin}"
	frame.Handle(f, frame.Op{ID: "list-passports", Method: http.MethodGet, Path: "/passports", Action: access.PassportRead, Group: group,
		Summary: "List passports"}, d.list)
	frame.Handle(f, frame.Op{ID: "get-passport", Method: http.MethodGet, Path: one, Action: access.PassportRead, Group: group,
		Summary: "Get a passport with its draft"}, func(ctx context.Context, _ access.Actor, in *ByAnchor) (*saved, error) {
		a, err := in.anchor()
		if err != nil {
			return nil, err
		}
		p, err := d.Passports.Get(ctx, a)
		return d.saved(p, false, err)
	})
	frame.Handle(f, frame.Op{ID: "put-passport", Method: http.MethodPut, Path: one, Action: access.PassportWrite, Group: group,
		Summary: "Create or replace the draft of a passport", Words: "The body is the whole draft, as it was read. Nobody outside sees it before it is published."}, d.put)
	frame.Handle(f, frame.Op{ID: "delete-passport", Method: http.MethodDelete, Path: one, Action: access.PassportWrite, Group: group,
		Summary: "Delete a draft that was never published", Words: "409 for one that was: withdraw it.", Status: http.StatusNoContent},
		func(ctx context.Context, who access.Actor, in *target) (*frame.Nothing, error) {
			a, c, err := in.read(who)
			if err != nil {
				return nil, err
			}
			return nil, d.Passports.Remove(ctx, a, c)
		})
	frame.Handle(f, frame.Op{ID: "get-passport-pending", Method: http.MethodGet, Path: one + "/pending", Action: access.PassportRead, Group: group,
		Summary: "What publishing the draft would change"}, d.pending)
	frame.Handle(f, frame.Op{ID: "publish-passport", Method: http.MethodPost, Path: one + "/publish", Action: access.PassportPublish, Group: group,
		Summary: "Publish the draft as a version", Words: "A version never changes. 409 when nothing has changed since the newest one.", Status: http.StatusCreated}, d.publish)
	frame.Handle(f, frame.Op{ID: "withdraw-passport", Method: http.MethodPost, Path: one + "/withdraw", Action: access.PassportPublish, Group: group,
		Summary: "Withdraw a published passport", Words: "Its place then shows the reason; its versions stay at their own addresses."},
		func(ctx context.Context, who access.Actor, in *withdrawIn) (*saved, error) {
			a, c, err := target{in.ByAnchor, in.Condition}.read(who)
			if err != nil {
				return nil, err
			}
			p, err := d.Passports.Withdraw(ctx, a, in.Body.Reason, c)
			return d.saved(p, false, wire.Below("body", err))
		})
	frame.Handle(f, frame.Op{ID: "list-passport-versions", Method: http.MethodGet, Path: one + "/versions", Action: access.PassportRead, Group: group,
		Summary: "List versions, the newest first"}, d.versions)
	frame.Handle(f, frame.Op{ID: "add-passport-document", Method: http.MethodPost, Path: one + "/documents", Action: access.PassportWrite, Group: group,
		Summary: "Add a document to the draft", Words: "It replaces the one of the same name. 20 documents of 5 MiB at most.", MaxBody: maxUpload}, d.upload)
	frame.Handle(f, frame.Op{ID: "get-passport-document", Method: http.MethodGet, Path: one + "/documents/{sha256}", Action: access.PassportRead, Group: group,
		Summary: "Download a document of the draft", Answers: "application/octet-stream"}, d.document)
	frame.Handle(f, frame.Op{ID: "delete-passport-document", Method: http.MethodDelete, Path: one + "/documents/{sha256}", Action: access.PassportWrite, Group: group,
		Summary: "Take a document out of the draft", Words: "Published versions keep theirs."},
		func(ctx context.Context, who access.Actor, in *dropIn) (*saved, error) {
			a, c, err := target{in.ByAnchor, in.Condition}.read(who)
			if err != nil {
				return nil, err
			}
			p, err := d.Passports.DropFile(ctx, a, in.SHA256, c)
			return d.saved(p, false, err)
		})
	frame.Handle(f, frame.Op{ID: "export-passport", Method: http.MethodGet, Path: one + "/copy", Action: access.PassportRead, Group: group, Noted: true,
		Summary: "Export a published passport as an independent copy", Words: "A ZIP with JSON-LD, a page, the documents, and a manifest of hashes.", Answers: "application/zip"}, d.export)
	d.grants(f)
}

func (d *Desk) list(ctx context.Context, _ access.Actor, in *listIn) (*frame.Answer[frame.Page[wire.Passport]], error) {
	return frame.List(in.Paging, "passports", []any{in.Q, in.GTIN, in.Status},
		func(p passport.Passport) (wire.Passport, error) { return d.shape(p, false) },
		func(p passport.Passport) string { return p.Anchor.Path() },
		func(after string, limit int) ([]passport.Passport, error) {
			f := passport.Filter{Query: in.Q, Status: passport.Status(in.Status), After: after, Limit: limit}
			if in.GTIN != "" {
				f.GTIN = wire.GTIN(in.GTIN)
			}
			return d.Passports.List(ctx, f)
		})
}

func (d *Desk) put(ctx context.Context, who access.Actor, in *putIn) (*saved, error) {
	a, c, err := target{in.ByAnchor, in.Condition}.read(who)
	if err != nil {
		return nil, err
	}
	draft, err := wire.Recast[passport.Document](in.Body)
	if err != nil {
		return nil, err
	}
	if draft.Normalize().Anchor() != a {
		return nil, fault.New(fault.Invalid, "the path names another passport than the body", "A passport does not move: make a new one.").At("path.gtin", "not the one in the body")
	}
	p, created, err := d.Passports.Put(ctx, draft, c)
	return d.saved(p, created, wire.Below("body", err))
}

func (d *Desk) pending(ctx context.Context, _ access.Actor, in *ByAnchor) (*frame.Answer[wire.PassportPending], error) {
	a, err := in.anchor()
	if err != nil {
		return nil, err
	}
	changes, err := d.Passports.Pending(ctx, a)
	return frame.Say(wire.PassportPending{Changes: wire.Each(changes, func(c passport.FieldChange) wire.FieldChange {
		return wire.FieldChange{Path: c.Path, Before: c.Before, After: c.After}
	})}, err)
}

func (d *Desk) publish(ctx context.Context, who access.Actor, in *target) (*frame.Created[wire.PassportVersion], error) {
	a, c, err := in.read(who)
	if err != nil {
		return nil, err
	}
	v, err := d.Passports.Publish(ctx, a, c)
	if err != nil {
		return nil, err
	}
	shape := d.version(v)
	return &frame.Created[wire.PassportVersion]{Location: shape.Page, Body: shape}, nil
}

func (d *Desk) version(v passport.Version) wire.PassportVersion {
	return wire.PassportVersion{Version: v.Number, SHA256: v.SHA256, ValidFrom: v.ValidFrom, PublishedAt: v.Published, By: v.By,
		Page: d.BaseURL + sheet.PagePath(v.Anchor) + "?version=" + strconv.FormatInt(v.Number, 10)}
}

func (d *Desk) versions(ctx context.Context, _ access.Actor, in *versionsIn) (*frame.Answer[frame.Page[wire.PassportVersion]], error) {
	a, err := in.anchor()
	if err != nil {
		return nil, err
	}
	return frame.List(in.Paging, "passport-versions", []any{a.Path()}, frame.Sure(d.version),
		func(v passport.Version) string { return strconv.FormatInt(v.Number, 10) },
		func(place string, limit int) ([]passport.Version, error) {
			before, err := frame.Number(place)
			if err != nil {
				return nil, err
			}
			return d.Passports.Versions(ctx, a, before, limit)
		})
}

func (d *Desk) upload(ctx context.Context, who access.Actor, in *uploadIn) (*saved, error) {
	a, c, err := target{in.ByAnchor, in.Condition}.read(who)
	if err != nil {
		return nil, err
	}
	u := in.Body
	p, err := d.Passports.AddFile(ctx, a, passport.File{Name: u.Name, Title: u.Title, Language: u.Language, Type: u.Type, Tier: passport.Tier(u.Tier)}, u.Data, c)
	return d.saved(p, false, err)
}

func (d *Desk) document(ctx context.Context, _ access.Actor, in *documentIn) (*frame.Download, error) {
	a, err := in.anchor()
	if err != nil {
		return nil, err
	}
	f, data, err := d.Passports.FileOf(ctx, a, in.SHA256)
	// Whatever its own type is: here it is a file to save, and nothing to show.
	return &frame.Download{ContentType: "application/octet-stream", Disposition: mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}), Body: data}, err
}

func (d *Desk) export(ctx context.Context, _ access.Actor, in *copyIn) (*huma.StreamResponse, error) {
	a, err := in.anchor()
	if err != nil {
		return nil, err
	}
	c, err := d.Passports.CopyFor(ctx, passport.Query{Anchor: a, Version: in.Version}, in.All, passport.Tier(in.Tier))
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		out.SetHeader("Content-Type", "application/zip")
		out.SetHeader("Content-Disposition", `attachment; filename="`+c.Name()+`"`)
		if err := c.Write(out.Context(), out.BodyWriter()); err != nil {
			if out.Context().Err() == nil {
				d.Log.LogAttrs(out.Context(), slog.LevelError, "a copy of a passport broke off", slog.Any("error", err))
			}
			panic(http.ErrAbortHandler) // half a ZIP must not look whole
		}
	}}, nil
}

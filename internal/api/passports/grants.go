package passports

import (
	"context"
	"net/http"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/ident"
	"tagline/internal/passport"
)

type usesIn struct {
	frame.Paging
	Grant string `query:"grant" maxLength:"40" doc:"Id of a grant"`
	Path  string `query:"path" maxLength:"200" doc:"Path of a passport's Digital Link, /01/09506000134352"`
}

func (d *Desk) grants(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "list-passport-grants", Method: http.MethodGet, Path: "/passport-grants", Action: access.PassportGrantRead, Group: group,
		Summary: "List grants of access, the newest first"},
		func(ctx context.Context, _ access.Actor, in *frame.Paging) (*frame.Answer[frame.Page[wire.PassportGrant]], error) {
			return frame.List(*in, "passport-grants", nil, frame.Sure(d.grant), func(g passport.Grant) string { return string(g.ID) },
				func(after string, limit int) ([]passport.Grant, error) {
					return d.Passports.Grants(ctx, ident.Access(after), limit)
				})
		})
	frame.Handle(f, frame.Op{ID: "create-passport-grant", Method: http.MethodPost, Path: "/passport-grants", Action: access.PassportGrantWrite, Group: group,
		Summary: "Give an organisation access to closed parts", Words: "The token is shown this once. Every use of it is in the access log.", Status: http.StatusCreated},
		func(ctx context.Context, who access.Actor, in *struct{ Body wire.PassportGrantRequest }) (*frame.Answer[wire.PassportGrantMade], error) {
			r := in.Body
			g, token, err := d.Passports.MakeGrant(ctx, passport.Grant{Tier: passport.Tier(r.Tier), Holder: r.Holder, Purpose: r.Purpose, GTINs: r.GTINs, Expires: r.ExpiresAt}, who.ID)
			return frame.Say(wire.PassportGrantMade{Grant: d.grant(g), Token: token}, wire.Below("body", err))
		})
	frame.Handle(f, frame.Op{ID: "revoke-passport-grant", Method: http.MethodDelete, Path: "/passport-grants/{id}", Action: access.PassportGrantWrite, Group: group,
		Summary: "End a grant at once", Status: http.StatusNoContent},
		func(ctx context.Context, who access.Actor, in *frame.ByID) (*frame.Nothing, error) {
			return nil, d.Passports.RevokeGrant(ctx, ident.Access(in.ID), who.ID)
		})
	frame.Handle(f, frame.Op{ID: "list-passport-accesses", Method: http.MethodGet, Path: "/passport-accesses", Action: access.PassportGrantRead, Group: group,
		Summary: "The access log: uses of grants, the newest first", Words: "Public readings are not in it; they leave no trace."},
		func(ctx context.Context, _ access.Actor, in *usesIn) (*frame.Answer[frame.Page[wire.PassportAccess]], error) {
			return frame.List(in.Paging, "passport-accesses", []any{in.Grant, in.Path}, frame.Sure(shapeUse), func(u passport.Use) string { return string(u.ID) },
				func(before string, limit int) ([]passport.Use, error) {
					return d.Passports.AccessLog(ctx, passport.UseFilter{Grant: ident.Access(in.Grant), Path: in.Path, Before: ident.Access(before), Limit: limit})
				})
		})
}

func (d *Desk) grant(g passport.Grant) wire.PassportGrant {
	s := wire.PassportGrant{ID: string(g.ID), Tier: string(g.Tier), Holder: g.Holder, Purpose: g.Purpose, GTINs: g.GTINs, State: g.State(d.Clock.Now()), By: g.By,
		CreatedAt: g.Created, ExpiresAt: g.Expires, RevokedAt: wire.When(g.Revoked)}
	if s.GTINs == nil {
		s.GTINs = []string{}
	}
	return s
}

func shapeUse(u passport.Use) wire.PassportAccess {
	return wire.PassportAccess{ID: string(u.ID), Grant: string(u.Grant), Path: u.Path, Version: u.Version, Form: u.Form, At: u.At}
}

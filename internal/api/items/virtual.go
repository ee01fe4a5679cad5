package items

import (
	"context"
	"net/http"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/tag"
	"tagline/internal/thing"
)

// ByChip names a virtual bottle by its chip.
type ByChip struct {
	Chip string `path:"chip" maxLength:"40"`
}

type forgotten struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

// consumerCookies are what package visitor keeps in the phone of who taps.
func consumerCookies() []string { return []string{"tagline_tap", "tagline_age"} }

func (d *Desk) virtual(f *frame.Frame) {
	const group = "Phone frame"
	frame.Handle(f, frame.Op{ID: "list-virtual-bottles", Method: http.MethodGet, Path: "/virtual", Action: access.PhoneUse, Group: group,
		Summary: "List virtual bottles, the newest first"}, d.listVirtual)
	frame.Handle(f, frame.Op{ID: "create-virtual-bottle", Method: http.MethodPost, Path: "/virtual", Action: access.PhoneUse, Group: group,
		Summary: "Make a virtual bottle", Words: "Its chip belongs to the first test key set.", Status: http.StatusCreated},
		func(ctx context.Context, _ access.Actor, in *struct{ Body wire.VirtualRequest }) (*frame.Answer[wire.VirtualBottle], error) {
			c, it, err := d.Things.MakeVirtual(ctx, "", wire.GTIN(in.Body.GTIN), in.Body.Market)
			return d.bottle(ctx, c, it, wire.Below("body", err))
		})
	frame.Handle(f, frame.Op{ID: "tap-virtual-bottle", Method: http.MethodPost, Path: "/virtual/{chip}/tap", Action: access.PhoneUse, Group: group,
		Summary: "Hold the phone to a virtual bottle", Words: "Every call is one physical tap: the chip counts up and signs a new URL."}, d.tapVirtual)
	frame.Handle(f, frame.Op{ID: "tear-virtual-bottle", Method: http.MethodPost, Path: "/virtual/{chip}/tear", Action: access.PhoneUse, Group: group,
		Summary: "Tear the seal of a virtual bottle", Words: "The server learns of it by the next tap."},
		func(ctx context.Context, _ access.Actor, in *ByChip) (*frame.Answer[wire.VirtualBottle], error) {
			id, err := ident.ParseTag(in.Chip)
			if err != nil {
				return nil, err
			}
			c, err := d.Tags.Tear(ctx, id)
			return d.bottleOf(ctx, c, err)
		})
	frame.Handle(f, frame.Op{ID: "reset-virtual-bottle", Method: http.MethodPost, Path: "/virtual/{chip}/reset", Action: access.PhoneUse, Group: group,
		Summary: "Take a fresh bottle", Words: "A new serial number and a new chip, sealed; the old one keeps its story."},
		func(ctx context.Context, _ access.Actor, in *ByChip) (*frame.Answer[wire.VirtualBottle], error) {
			id, err := ident.ParseTag(in.Chip)
			if err != nil {
				return nil, err
			}
			c, it, err := d.Things.ResetVirtual(ctx, id)
			return d.bottle(ctx, c, it, err)
		})
	frame.Handle(f, frame.Op{ID: "forget-phone", Method: http.MethodPost, Path: "/phone/forget", Action: access.PhoneUse, Group: group,
		Summary: "Take another phone", Words: "Clears the consumer's cookies in this browser.", Status: http.StatusNoContent},
		func(context.Context, access.Actor, *frame.Nothing) (*forgotten, error) {
			out := &forgotten{}
			for _, name := range consumerCookies() {
				out.SetCookie = append(out.SetCookie, http.Cookie{Name: name, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
			}
			return out, nil
		})
}

func (d *Desk) bottle(ctx context.Context, c tag.VirtualChip, it thing.Item, err error) (*frame.Answer[wire.VirtualBottle], error) {
	if err != nil {
		return nil, err
	}
	label, err := wire.LabelsFrom(ctx, d.Products)
	if err != nil {
		return nil, err
	}
	ring, err := d.Keysets.Ring(ctx, keyset.Fresh)
	if err != nil {
		return nil, err
	}
	return frame.Say(wire.VirtualOf(c, it, label.Named(it.GTIN), ring.Epoch(c.Set, c.Epoch)), nil)
}

// bottleOf is bottle for a chip whose item is yet to be found.
func (d *Desk) bottleOf(ctx context.Context, c tag.VirtualChip, err error) (*frame.Answer[wire.VirtualBottle], error) {
	if err != nil {
		return nil, err
	}
	it, err := d.Things.Find(ctx, c.GTIN, c.Serial)
	return d.bottle(ctx, c, it, err)
}

func (d *Desk) listVirtual(ctx context.Context, _ access.Actor, in *frame.Paging) (*frame.Answer[frame.Page[wire.VirtualBottle]], error) {
	label, err := wire.LabelsFrom(ctx, d.Products)
	if err != nil {
		return nil, err
	}
	ring, err := d.Keysets.Ring(ctx, keyset.Fresh)
	if err != nil {
		return nil, err
	}
	return frame.List(*in, "virtual", nil,
		func(c tag.VirtualChip) (wire.VirtualBottle, error) {
			it, err := d.Things.Find(ctx, c.GTIN, c.Serial)
			return wire.VirtualOf(c, it, label.Named(c.GTIN), ring.Epoch(c.Set, c.Epoch)), err
		},
		func(c tag.VirtualChip) string { return string(c.ID) },
		func(after string, limit int) ([]tag.VirtualChip, error) {
			return d.Tags.Virtuals(ctx, ident.Tag(after), limit)
		})
}

func (d *Desk) tapVirtual(ctx context.Context, _ access.Actor, in *ByChip) (*frame.Answer[wire.VirtualTap], error) {
	id, err := ident.ParseTag(in.Chip)
	if err != nil {
		return nil, err
	}
	url, c, err := d.Tags.TapVirtual(ctx, id)
	b, err := d.bottleOf(ctx, c, err)
	if err != nil {
		return nil, err
	}
	return frame.Say(wire.VirtualTap{URL: url, Bottle: b.Body}, nil)
}

package watch

import (
	"context"
	"net/url"
	"strings"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/ledger"
	"tagline/internal/product"
	"tagline/internal/sqldb"
	"tagline/internal/thing"
)

type searchIn struct {
	Q     string `query:"q" required:"true" minLength:"1" maxLength:"300" doc:"Part of a name, a GTIN, the beginning of a serial number, an id, or a pasted link"`
	Limit int    `query:"limit" minimum:"1" maximum:"20" default:"8"`
}

// finding collects hits of what the caller may read, up to a limit.
type finding struct {
	who   access.Actor
	query string
	limit int
	hits  []wire.Hit
}

func (f *finding) full() bool { return len(f.hits) >= f.limit }

func (f *finding) add(need access.Action, h wire.Hit) {
	if !f.full() && f.who.May(need) {
		f.hits = append(f.hits, h)
	}
}

func (f *finding) matches(texts ...string) bool { return product.Matches(f.query, texts...) }

// search looks from the exact to the vague: an id or a link first, then names.
func (d *Desk) search(ctx context.Context, who access.Actor, in *searchIn) (*frame.Answer[wire.Hits], error) {
	f := &finding{who: who, query: strings.TrimSpace(in.Q), limit: in.Limit, hits: []wire.Hit{}}
	label, err := wire.LabelsFrom(ctx, d.Products)
	if err != nil {
		return nil, err
	}
	for _, look := range []func(context.Context, *finding, wire.Labels) error{d.searchIDs, d.searchCatalogue, d.searchThings, d.searchPeople} {
		if f.full() {
			break
		}
		if err := look(ctx, f, label); err != nil {
			return nil, err
		}
	}
	return frame.Say(wire.Hits{Items: f.hits}, nil)
}

func thingHit(it thing.Item, label wire.Labels) wire.Hit {
	return wire.Hit{Kind: "thing", ID: string(it.ID), Title: it.Serial, Subtitle: label.Named(it.GTIN).Name, Href: "/things/" + url.PathEscape(string(it.ID))}
}

// absent drops the error of something that is not there.
func absent(err error) error {
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		return nil
	}
	return err
}

// searchIDs finds what is named exactly: by an id, or by a link as a phone shows it.
func (d *Desk) searchIDs(ctx context.Context, f *finding, label wire.Labels) error {
	if id, err := ident.ParseThing(f.query); err == nil {
		it, err := d.Things.Get(ctx, id)
		if err == nil {
			f.add(access.ThingRead, thingHit(it, label))
		}
		return absent(err)
	}
	if id, err := ident.ParseTag(f.query); err == nil {
		c, err := d.Tags.Chip(ctx, id)
		if err == nil {
			f.add(access.TagRead, wire.Hit{Kind: "chip", ID: string(c.ID), Title: c.Masked, Subtitle: c.Set, Href: "/tags/chips?chip=" + url.QueryEscape(string(c.ID))})
		}
		return absent(err)
	}
	if id, err := ident.ParseEvent(f.query); err == nil {
		e, err := view(ctx, d.DB, func(tx *sqldb.Tx) (ledger.Event, error) { return d.Ledger.Get(tx, id) })
		if err == nil {
			f.add(access.EventRead, wire.Hit{Kind: "event", ID: string(e.ID), Title: e.Type, Subtitle: e.Source, Href: "/events/" + url.PathEscape(string(e.ID))})
		}
		return absent(err)
	}
	path, _ := keyset.Split(f.query)
	if r := keyset.PathItem(path); r.Serial != "" {
		it, err := d.Things.Find(ctx, r.GTIN, r.Serial)
		if err == nil {
			f.add(access.ThingRead, thingHit(it, label))
		}
		return absent(err)
	}
	return nil
}

func (d *Desk) searchCatalogue(ctx context.Context, f *finding, _ wire.Labels) error {
	c, err := d.Products.Catalogue(ctx)
	if err != nil {
		return err
	}
	for _, st := range c.Products() {
		name, _ := st.Value.Name.In()
		if f.matches(name, st.Value.GTIN, st.Value.Category) {
			f.add(access.ProductRead, wire.Hit{Kind: "product", ID: st.Value.GTIN, Title: name, Subtitle: st.Value.GTIN, Href: "/products/" + url.PathEscape(st.Value.GTIN)})
		}
	}
	for _, st := range c.Brands() {
		if f.matches(st.Value.Name, st.Value.Slug) {
			f.add(access.ProductRead, wire.Hit{Kind: "brand", ID: st.Value.Slug, Title: st.Value.Name, Subtitle: "Brand", Href: "/products?brand=" + url.QueryEscape(st.Value.Slug)})
		}
	}
	for _, st := range c.Models() {
		if f.matches(st.Value.Name, st.Value.Title) {
			f.add(access.ProductRead, wire.Hit{Kind: "model", ID: st.Value.Name, Title: st.Value.Name, Subtitle: "Model", Href: "/products?q=" + url.QueryEscape(st.Value.Name)})
		}
	}
	contents, err := d.Contents.All(ctx)
	if err != nil {
		return err
	}
	for _, item := range contents {
		_, text, _ := product.Pick(item.Texts)
		if f.matches(item.Name, text.Title) {
			f.add(access.ContentRead, wire.Hit{Kind: "content", ID: item.Name, Title: text.Title, Subtitle: item.Name, Href: "/content/" + url.PathEscape(item.Name)})
		}
	}
	sets, err := d.everyKeyset(ctx)
	if err != nil {
		return err
	}
	for _, k := range sets {
		if f.matches(k.Name) {
			f.add(access.TagRead, wire.Hit{Kind: "keyset", ID: k.Name, Title: k.Name, Subtitle: "Key set", Href: "/tags/sets/" + url.PathEscape(k.Name)})
		}
	}
	return nil
}

func (d *Desk) searchThings(ctx context.Context, f *finding, label wire.Labels) error {
	if !f.who.May(access.ThingRead) {
		return nil
	}
	items, err := d.Things.List(ctx, thing.Filter{Query: f.query, Limit: f.limit})
	for _, it := range items {
		f.add(access.ThingRead, thingHit(it, label))
	}
	return absent(err)
}

// searchAmong is how many members and keys are looked at.
const searchAmong = 500

func (d *Desk) searchPeople(ctx context.Context, f *finding, _ wire.Labels) error {
	if f.who.May(access.MemberRead) {
		members, err := d.Access.Members(ctx, "", searchAmong)
		if err != nil {
			return err
		}
		for _, m := range members {
			if f.matches(m.Name, m.Email) {
				f.add(access.MemberRead, wire.Hit{Kind: "member", ID: string(m.ID), Title: m.Name, Subtitle: string(m.Role), Href: "/team?member=" + url.QueryEscape(string(m.ID))})
			}
		}
	}
	if f.who.May(access.KeyRead) {
		keys, err := d.Access.Keys(ctx, "", searchAmong)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if f.matches(k.Name) {
				f.add(access.KeyRead, wire.Hit{Kind: "key", ID: string(k.ID), Title: k.Name, Subtitle: "API key", Href: "/team?key=" + url.QueryEscape(string(k.ID))})
			}
		}
	}
	return nil
}

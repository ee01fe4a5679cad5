package links

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/ident"
	"tagline/internal/link"
	"tagline/internal/link/linkset"
)

type historyIn struct {
	At
	frame.Paging
}

func (d *Desk) history(ctx context.Context, _ access.Actor, in *historyIn) (*frame.Answer[frame.Page[wire.LinkChange]], error) {
	names := map[string]string{}
	return frame.List(in.Paging, "link changes", []any{in.Anchor},
		func(c link.Changed) (wire.LinkChange, error) { return d.shapeChange(ctx, c, names) },
		func(c link.Changed) string { return strconv.FormatInt(c.Seq, 10) },
		func(before string, limit int) ([]link.Changed, error) {
			seq, err := frame.Number(before)
			if err != nil {
				return nil, err
			}
			list, err := d.Links.History(ctx, in.Anchor, seq, limit)
			return list, placed("query.anchor", err)
		})
}

func (d *Desk) shapeChange(ctx context.Context, c link.Changed, names map[string]string) (shape wire.LinkChange, err error) {
	shape = wire.LinkChange{Seq: strconv.FormatInt(c.Seq, 10), Anchor: c.Anchor, At: c.At, Action: string(c.Action)}
	if c.By != "" {
		shape.By = &wire.Ref{ID: c.By, Name: d.name(ctx, c.By, names)}
	}
	if shape.Before, err = shapeDoc(c.Before); err != nil {
		return shape, err
	}
	shape.After, err = shapeDoc(c.After)
	return shape, err
}

func shapeDoc(doc string) (*wire.LinkEntry, error) {
	if doc == "" {
		return nil, nil
	}
	var e linkset.Entry
	if err := json.Unmarshal([]byte(doc), &e); err != nil {
		return nil, err
	}
	shape, err := shapeEntry(linkset.Record{Entry: e})
	return &shape, err
}

// name gives the name of the member or key that made a change: colleagues may know
// it, though not the address. Who is not found is named by the id.
func (d *Desk) name(ctx context.Context, by string, names map[string]string) string {
	if name, ok := names[by]; ok {
		return name
	}
	names[by] = by
	if id, err := ident.ParseMember(by); err == nil {
		if m, err := d.Access.Member(ctx, id); err == nil && m.Name != "" {
			names[by] = m.Name
		}
		return names[by]
	}
	if keys, err := d.Access.Keys(ctx, "", 200); err == nil {
		for _, k := range keys {
			if _, known := names[string(k.ID)]; !known || string(k.ID) == by {
				names[string(k.ID)] = k.Name
			}
		}
	}
	return names[by]
}

func (d *Desk) undo(ctx context.Context, who access.Actor, in *struct{ Body wire.Undo }) (*frame.Nothing, error) {
	seq, err := strconv.ParseInt(in.Body.Seq, 10, 64)
	if err != nil {
		seq = 0 // there is no such change, which the answer says
	}
	force := link.KeepLater
	if in.Body.ForgetLater {
		force = link.ForgetLater
	}
	return nil, d.Links.Undo(ctx, seq, force, link.Change{By: who.ID})
}

type talliesIn struct {
	From   time.Time `query:"from" doc:"Inclusive, by its day in UTC"`
	Until  time.Time `query:"until" doc:"Exclusive, by its day in UTC"`
	By     string    `query:"by" enum:"day,key,type,market,language,link" default:"day"`
	Anchor string    `query:"anchor" maxLength:"500" doc:"Of one key; scans are counted without lot and serial"`
	Type   string    `query:"type" maxLength:"200" doc:"A link type"`
	Market string    `query:"market" maxLength:"2" doc:"A country"`
	Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"Of groups other than days"`
}

func (d *Desk) tallies(ctx context.Context, _ access.Actor, in *talliesIn) (*frame.Answer[wire.LinkTallies], error) {
	list, err := d.Links.Tallies(ctx, link.TallyFilter{From: in.From, Until: in.Until, Key: in.Anchor, Type: in.Type, Market: in.Market, By: link.By(in.By), Limit: in.Limit})
	shape := wire.LinkTallies{By: in.By, Items: wire.Each(list, func(t link.Tally) wire.LinkTally { return wire.LinkTally(t) })}
	for _, t := range list {
		shape.Total += t.N
	}
	return frame.Say(shape, placed("query", err))
}

package items

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/life"
	"tagline/internal/story"
	"tagline/internal/tag"
	"tagline/internal/thing"
)

type listThings struct {
	frame.Paging
	GTIN    string `query:"gtin" maxLength:"14"`
	Serial  string `query:"serial" maxLength:"20"`
	Lot     string `query:"lot" maxLength:"20"`
	Seal    string `query:"seal" enum:"unknown,sealed,opened"`
	Life    string `query:"life" enum:"made,sold,opened,in-use,drained" doc:"Where they are now"`
	Reached string `query:"reached" enum:"made,sold,opened,drained" doc:"How far they ever came"`
	Market  string `query:"market" maxLength:"2"`
	Alarm   bool   `query:"alarm" doc:"Only those with an alarm"`
	Q       string `query:"q" maxLength:"100" doc:"Beginning of a serial number, or a whole GTIN"`
}

type storyIn struct {
	frame.ByID
	frame.Paging
}

type reported struct {
	Status int
	Body   wire.MomentReported
}

// longestStory is the most entries of a story on one page.
const longestStory = 100

func (d *Desk) things(f *frame.Frame) {
	const group = "Things"
	frame.Handle(f, frame.Op{ID: "list-things", Method: http.MethodGet, Path: "/things", Action: access.ThingRead, Group: group,
		Summary: "List things, the newest first"}, d.listThings)
	frame.Handle(f, frame.Op{ID: "create-things", Noted: true, Method: http.MethodPost, Path: "/things", Action: access.ThingWrite, Group: group,
		Summary: "Make things of a product", Status: http.StatusCreated}, d.createThings)
	frame.Handle(f, frame.Op{ID: "get-thing", Method: http.MethodGet, Path: "/things/{id}", Action: access.ThingRead, Group: group,
		Summary: "Get a thing", Words: "By its id, or by its GTIN and serial number as `gtin.serial`."}, d.getThing)
	frame.Handle(f, frame.Op{ID: "get-thing-story", Method: http.MethodGet, Path: "/things/{id}/story", Action: access.ThingRead, Group: group,
		Summary: "The life of a thing, the newest first", Words: "At most 100 entries on a page."}, d.getStory)
	frame.Handle(f, frame.Op{ID: "report-moment", Method: http.MethodPost, Path: "/moments", Action: access.MomentReport, Group: group,
		Summary: "Report a moment that another system saw", Status: http.StatusCreated,
		Words: "The same `source` and `sourceId` count once: a repeat is answered with 200 and `repeated`."}, d.reportMoment)
}

func (d *Desk) shapeThing(label wire.Labels) func(thing.Item) wire.Thing {
	return func(it thing.Item) wire.Thing { return wire.ThingOf(it, label, d.BaseURL) }
}

func (d *Desk) listThings(ctx context.Context, _ access.Actor, in *listThings) (*frame.Answer[frame.Page[wire.Thing]], error) {
	label, err := wire.LabelsFrom(ctx, d.Products)
	if err != nil {
		return nil, err
	}
	f := thing.Filter{GTIN: wire.GTIN(in.GTIN), Serial: in.Serial, Lot: in.Lot, Market: in.Market, Query: in.Q, Seal: thing.Seal(in.Seal),
		Stage: thing.Stage(in.Life), Reached: thing.Stage(in.Reached), Alarmed: in.Alarm}
	if in.Reached == string(thing.StageMade) {
		f.Reached = "" // all of them
	}
	filters := []any{in.GTIN, in.Serial, in.Lot, in.Seal, in.Life, in.Reached, in.Market, in.Alarm, in.Q}
	return frame.List(in.Paging, "things", filters, frame.Sure(d.shapeThing(label)), func(it thing.Item) string { return string(it.ID) },
		func(after string, limit int) ([]thing.Item, error) {
			f.After, f.Limit = ident.Thing(after), limit
			return d.Things.List(ctx, f)
		})
}

func (d *Desk) createThings(ctx context.Context, _ access.Actor, in *struct{ Body wire.ThingsRequest }) (*frame.Answer[wire.Things], error) {
	label, err := wire.LabelsFrom(ctx, d.Products)
	if err != nil {
		return nil, err
	}
	made, err := d.Things.Make(ctx, thing.Batch{GTIN: in.Body.GTIN, Serials: in.Body.Serials, Count: in.Body.Count, Lot: in.Body.Lot, Market: in.Body.Market})
	if err != nil {
		return nil, wire.Below("body", err)
	}
	return frame.Say(wire.Things{Items: wire.Each(made, d.shapeThing(label))}, nil)
}

// find gives the item that a path names by id or as gtin.serial.
func (d *Desk) find(ctx context.Context, name string) (thing.Item, error) {
	if gtin, serial, ok := strings.Cut(name, "."); ok {
		return d.Things.Find(ctx, wire.GTIN(gtin), serial)
	}
	id, err := ident.ParseThing(name)
	if err != nil {
		return thing.Item{}, fault.From(err).WithHint("Give the thing's id, or its GTIN and serial number as gtin.serial.")
	}
	return d.Things.Get(ctx, id)
}

func (d *Desk) getThing(ctx context.Context, _ access.Actor, in *frame.ByID) (*frame.Answer[wire.Thing], error) {
	label, err := wire.LabelsFrom(ctx, d.Products)
	if err != nil {
		return nil, err
	}
	it, err := d.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	shape := wire.ThingOf(it, label, d.BaseURL)
	chips, err := d.Tags.Chips(ctx, tag.ChipFilter{GTIN: it.GTIN, Serial: it.Serial})
	ref := wire.RefOf(it)
	shape.Chips = wire.Each(chips, func(c tag.Chip) wire.Chip { return wire.ChipOf(c, &ref) })
	return frame.Say(shape, err)
}

func (d *Desk) getStory(ctx context.Context, _ access.Actor, in *storyIn) (*frame.Answer[frame.Page[wire.StoryEntry]], error) {
	it, err := d.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	in.Limit = min(in.Limit, longestStory)
	return frame.List(in.Paging, "story", []any{it.ID}, frame.Sure(wire.StoryOf), func(e story.Entry) string { return strconv.FormatInt(e.Seq, 10) },
		func(after string, limit int) ([]story.Entry, error) {
			before, err := frame.Number(after)
			if err != nil {
				return nil, err
			}
			return d.Stories.Story(ctx, it.ID, before, limit)
		})
}

func (d *Desk) reportMoment(ctx context.Context, _ access.Actor, in *struct{ Body wire.MomentReport }) (*reported, error) {
	b := in.Body
	moment, err := life.ParseMoment(b.Moment)
	if err != nil {
		return nil, wire.Below("body", err)
	}
	label, err := wire.LabelsFrom(ctx, d.Products)
	if err != nil {
		return nil, err
	}
	if (b.Thing == "") == (b.GTIN == "" && b.Serial == "") {
		return nil, fault.New(fault.Invalid, "the report does not name one thing", "Give thing, or gtin and serial.").At("body.thing", "this or gtin and serial")
	}
	got, err := d.Things.Report(ctx, thing.Report{Source: b.Source, SourceID: b.SourceID, Thing: ident.Thing(b.Thing), GTIN: wire.GTIN(b.GTIN), Serial: b.Serial,
		Moment: moment, At: wire.OrNow(b.At, d.Clock.Now()), Market: b.Market})
	if err != nil {
		return nil, wire.Below("body", err)
	}
	out := &reported{Status: http.StatusCreated, Body: wire.MomentReported{Event: string(got.Event), Repeated: got.Repeated,
		Thing: wire.ThingOf(got.Item, label, d.BaseURL)}}
	if got.Repeated {
		out.Status = http.StatusOK
	}
	return out, nil
}

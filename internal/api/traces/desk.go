package traces

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"tagline/epcis/identifier"
	"tagline/gs1"
	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/api/wire/supply"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/link"
	"tagline/internal/place"
	"tagline/internal/product"
	"tagline/internal/sqldb"
	"tagline/internal/story"
	"tagline/internal/thing"
	"tagline/internal/trace/alarm"
	"tagline/internal/trace/chain"
	"tagline/internal/trace/journey"
)

const group = "Supply chain"

// Desk answers the operations about ways.
type Desk struct {
	DB       *sqldb.DB
	Journeys *journey.Service
	Alarms   *alarm.Service
	Places   *place.Service
	Products *product.Service
	Things   *thing.Service
	Stories  *story.Service
	Links    *link.Service
	Clock    clock.Clock
}

// Register adds the operations to the API.
func (d *Desk) Register(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "get-way", Method: http.MethodGet, Path: "/traces/way", Action: access.WayRead, Group: group,
		Summary: "Get the way of a thing, and its state at a time", Words: "Events of a container that held the thing at their time are part of its way, marked with the container. Events that were declared wrong are left out."}, d.way)
	frame.Handle(f, frame.Op{ID: "list-lot-ways", Method: http.MethodGet, Path: "/traces/lot", Action: access.WayRead, Group: group,
		Summary: "List the things of a lot with where they are"}, d.lot)
	frame.Handle(f, frame.Op{ID: "get-survey", Method: http.MethodGet, Path: "/traces/survey", Action: access.WayRead, Group: group,
		Summary: "Where things are, how they came there, and how far they got", Words: "Places with their stock, lanes between them, steps by country with the time between them, and who holds how many: of all items, of a product, or of a lot. At most 200,000 items are looked at."}, d.survey)
	d.alarming(f)
}

type wayIn struct {
	ID string    `query:"id" required:"true" minLength:"1" maxLength:"1000" example:"urn:epc:id:sgtin:9506000.013435.A1" doc:"An EPC as a URN, a Digital Link, or a key such as (01)09506000134352(21)A1"`
	At time.Time `query:"at" doc:"The time for which the state is asked; now when it is left out"`
}

// maxContents is how much of a container is listed.
const maxContents = 200

func (d *Desk) way(ctx context.Context, _ access.Actor, in *wayIn) (*frame.Answer[supply.TraceWay], error) {
	key, err := keyOf(in.ID)
	if err != nil {
		return nil, err
	}
	at := in.At
	if at.IsZero() {
		at = d.Clock.Now()
	}
	way, err := d.Journeys.Of(ctx, key, sqldb.Micros(at))
	if err != nil {
		return nil, err
	}
	if len(way.Entries) == 0 {
		return nil, fault.New(fault.NotFound, "no event names this thing up to that time", "Look at the spelling, or ask for a later time.")
	}
	contents, err := d.Journeys.Contents(ctx, key, sqldb.Micros(at), "", maxContents)
	if err != nil {
		return nil, err
	}
	out := supply.TraceWay{ID: spell(key), Key: key, At: at.UTC(), State: stateOf(way.State), Contents: each(contents), Entries: []supply.TraceEntry{}}
	if link, err := gs1.ParseLinkPath("/"+key, ""); err == nil && link.Key().AI == "01" {
		out.GTIN, out.Serial = link.Key().Value, link.Value("21")
	}
	for _, e := range slices.Backward(way.Entries) {
		f := e.Fact
		entry := supply.TraceEntry{EventID: f.EventID, At: sqldb.Time(f.At), Type: f.Type, Action: f.Action, Step: f.Step, Disposition: f.Disposition,
			Place: spell(first(f.Place, f.Point)), Via: each(e.Via)}
		if f.Parent != key {
			entry.Parent = spell(f.Parent)
		}
		out.Entries = append(out.Entries, entry)
	}
	if err := d.complete(ctx, key, at, &out); err != nil {
		return nil, err
	}
	return frame.Say(out, nil)
}

// maxStory is how much of an item's own story is told between the events.
const maxStory = 500

// complete adds the names of places, what became of what, and what tags and reports
// told in between.
func (d *Desk) complete(ctx context.Context, key string, at time.Time, out *supply.TraceWay) error {
	places, err := d.known(ctx)
	if err != nil {
		return err
	}
	name := func(id string) (string, string) {
		if id == "" {
			return "", ""
		}
		if p := places.Of(identifier.Key(id)); p != nil {
			return p.Name, p.Country
		}
		return "", ""
	}
	out.State.PlaceName, out.State.Country = name(out.State.Place)
	out.State.DestinationName, _ = name(out.State.Destination)
	for i := range out.Entries {
		e := &out.Entries[i]
		e.Kind = "event"
		e.PlaceName, e.Country = name(e.Place)
	}
	list, partial, err := d.Journeys.Lineage(ctx, key)
	if err != nil {
		return err
	}
	out.LineagePartial = partial
	for _, l := range list {
		out.Lineage = append(out.Lineage, supply.TraceLink{EventID: l.EventID, At: sqldb.Time(l.At), Inputs: each(l.Inputs), Outputs: each(l.Outputs)})
	}
	if out.Serial == "" {
		return nil
	}
	item, err := d.Things.Find(ctx, out.GTIN, out.Serial)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	out.Thing = string(item.ID)
	told, err := d.Stories.Story(ctx, item.ID, 0, maxStory)
	if err != nil {
		return err
	}
	for _, e := range told {
		// What the supply chain has told stands there as its event.
		if e.Source == "epcis" || e.At.After(at) {
			continue
		}
		kind := string(e.Class)
		if strings.HasPrefix(e.Type, "tap.") {
			kind = "tap"
		}
		out.Entries = append(out.Entries, supply.TraceEntry{Kind: kind, Event: string(e.Event), At: e.At, Title: e.Title, Tone: string(e.Tone), Country: e.Market, Via: []string{}})
	}
	slices.SortStableFunc(out.Entries, func(a, b supply.TraceEntry) int { return b.At.Compare(a.At) })
	return nil
}

type lotIn struct {
	frame.Paging
	GTIN string `query:"gtin" required:"true" pattern:"^[0-9]{8,14}$" example:"09506000134352"`
	Lot  string `query:"lot" required:"true" minLength:"1" maxLength:"20" example:"L2406"`
}

func (d *Desk) lot(ctx context.Context, _ access.Actor, in *lotIn) (*frame.Answer[frame.Page[supply.TraceItem]], error) {
	gtin, err := gs1.NormalizeGTIN(in.GTIN)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "this is not a GTIN", "Give 8, 12, 13 or 14 digits, the last being the check digit.").At("query.gtin", "not a GTIN")
	}
	places, err := d.known(ctx)
	if err != nil {
		return nil, err
	}
	return frame.List(in.Paging, "lot-ways", []any{gtin, in.Lot}, frame.Sure(func(p journey.Present) supply.TraceItem {
		shape := supply.TraceItem{Key: p.Key, ID: spell(p.Key), State: stateOf(p.State)}
		if at := places.Of(first(p.State.Place, p.State.Point)); at != nil {
			shape.State.PlaceName, shape.State.Country = at.Name, at.Country
		}
		return shape
	}), func(p journey.Present) string { return p.Key },
		func(after string, limit int) ([]journey.Present, error) {
			return d.Journeys.OfLot(ctx, gtin, in.Lot, after, limit)
		})
}

// keyOf reads an identifier as people have it: a URN, a link, an element string.
func keyOf(text string) (string, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "(") {
		elements, err := gs1.ParseElements(text)
		if err != nil {
			return "", fault.Wrap(fault.Invalid, err, "this element string cannot be read: "+strings.TrimPrefix(err.Error(), "gs1: "), "Write it as in (01)09506000134352(21)A1.").At("query.id", "cannot be read")
		}
		uri, err := gs1.FormatLink(gs1.CanonicalStem, elements)
		if err != nil {
			return "", fault.Wrap(fault.Invalid, err, "this element string names no thing", "It needs a key, such as (01) with (21), or (00).").At("query.id", "names no thing")
		}
		text = uri
	}
	if identifier.IsKey(text) {
		text = gs1.CanonicalStem + "/" + text
	}
	return identifier.Key(text), nil
}

// spell writes a key for people: a Digital Link where it is a GS1 key.
func spell(key string) string {
	if identifier.IsKey(key) {
		return gs1.CanonicalStem + "/" + key
	}
	return key
}

func each(keys []string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = spell(k)
	}
	return out
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func stateOf(s chain.State) supply.TraceState {
	when := func(m chain.Mark) *time.Time {
		if !m.Is() {
			return nil
		}
		return wire.When(sqldb.Time(m.At))
	}
	return supply.TraceState{
		Place: spell(s.Place), ReadPoint: spell(s.Point), Since: when(s.Where), Step: s.Step, Disposition: s.Disposition, Persistent: s.Persistent,
		Owner: spell(s.Owner), Possessor: spell(s.Possessor), Destination: spell(s.Destination), Container: each(s.Container), Lot: s.Lot, BestBefore: s.BestBefore,
		BornAt: when(s.Born), ShippedAt: when(s.Shipped), ReceivedAt: when(s.Received), StockedAt: when(s.Stocked), SoldAt: when(s.Sold),
		OpenedAt: when(s.Opened), EndedAt: when(s.Ended), RecalledAt: when(s.Recalled), StolenAt: when(s.Stolen),
	}
}

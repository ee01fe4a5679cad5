package watch

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/life"
	"tagline/internal/sqldb"
	"tagline/internal/story"
)

type listTaps struct {
	frame.Paging
	Result  string    `query:"result" enum:"genuine,repeat,replayed,refused,plain"`
	Code    string    `query:"code" maxLength:"40"`
	Step    string    `query:"step" maxLength:"40"`
	GTIN    string    `query:"gtin" maxLength:"14"`
	Thing   string    `query:"thing" maxLength:"40"`
	Set     string    `query:"set" maxLength:"32"`
	Country string    `query:"country" maxLength:"2"`
	From    time.Time `query:"from" doc:"Not before"`
	To      time.Time `query:"to" doc:"Before"`
}

type listEvents struct {
	frame.Paging
	Thing string   `query:"thing" maxLength:"40"`
	Type  []string `query:"type,explode" maxItems:"20"`
	Class string   `query:"class" enum:"fact,reading,moment"`
}

func (d *Desk) happening(f *frame.Frame) {
	const group = "What happens"
	frame.Handle(f, frame.Op{ID: "get-overview", Method: http.MethodGet, Path: "/overview", Action: access.OverviewRead, Group: group,
		Summary: "Counts, funnel and taps of a period, with those of the period before"}, d.overview)
	frame.Handle(f, frame.Op{ID: "search", Method: http.MethodGet, Path: "/search", Action: access.SearchRead, Group: group,
		Summary: "Find anything by its name or number", Words: "Finds only what the caller may read."}, d.search)
	frame.Handle(f, frame.Op{ID: "list-taps", Method: http.MethodGet, Path: "/taps", Action: access.TapRead, Group: group,
		Summary: "List taps, the newest first"}, d.listTaps)
	frame.Handle(f, frame.Op{ID: "list-events", Method: http.MethodGet, Path: "/events", Action: access.EventRead, Group: group,
		Summary: "List the ledger, the newest first"}, d.listEvents)
	frame.Handle(f, frame.Op{ID: "get-event", Method: http.MethodGet, Path: "/events/{id}", Action: access.EventRead, Group: group,
		Summary: "Get an event, its cause and what followed"}, d.getEvent)
	frame.Describe[wire.Live](f)
	frame.Describe[wire.LiveReset](f)
	frame.Handle(f, frame.Op{ID: "follow", Answers: "text/event-stream", Method: http.MethodGet, Path: "/live", Action: access.LiveRead, Group: group,
		Summary: "Follow what happens",
		Words:   "Server-sent events. Each holds a reference as JSON (`Live`); its id is the ledger's number, and a reader that sends it back as Last-Event-ID misses nothing. `event: reset` says that too much was missed. A comment comes every 15 seconds.",
	}, d.follow)
}

func (d *Desk) listTaps(ctx context.Context, _ access.Actor, in *listTaps) (*frame.Answer[wire.Taps], error) {
	label, err := wire.LabelsFrom(ctx, d.Products)
	if err != nil {
		return nil, err
	}
	filters := []any{in.Result, in.Code, in.Step, in.GTIN, in.Thing, in.Set, in.Country, in.From, in.To}
	place, err := frame.DecodeCursor("taps", in.Cursor, filters...)
	if err != nil {
		return nil, err
	}
	before, err := frame.Number(place)
	if err != nil {
		return nil, err
	}
	// A page of rare taps may be short and still have a next: the reading is bounded.
	taps, next, err := d.Stories.Taps(ctx, story.TapFilter{Result: life.Result(in.Result), Code: in.Code, Step: in.Step, GTIN: wire.GTIN(in.GTIN), Set: in.Set,
		Market: in.Country, Thing: ident.Thing(in.Thing), From: in.From, To: in.To, Before: before, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := wire.Taps{Items: wire.Each(taps, wire.TapOf(label)), Unrecorded: d.Things.Seen().Waiting}
	if next != 0 {
		out.Next = frame.EncodeCursor("taps", strconv.FormatInt(next, 10), filters...)
	}
	return frame.Say(out, nil)
}

func (d *Desk) listEvents(ctx context.Context, _ access.Actor, in *listEvents) (*frame.Answer[frame.Page[wire.Event]], error) {
	return frame.List(in.Paging, "events", []any{in.Thing, in.Type, in.Class}, frame.Sure(wire.EventOf), func(e ledger.Event) string { return strconv.FormatInt(e.Seq, 10) },
		func(after string, limit int) ([]ledger.Event, error) {
			f := ledger.Filter{Thing: ident.Thing(in.Thing), Types: in.Type, Class: ledger.Class(in.Class), Limit: limit}
			var err error
			if f.Before, err = frame.Number(after); err != nil {
				return nil, err
			}
			return view(ctx, d.DB, func(tx *sqldb.Tx) ([]ledger.Event, error) { return d.Ledger.List(tx, f) })
		})
}

// followUps is how many of the next events are searched for the effects of one:
// they are appended in the same transaction.
const followUps = 50

func (d *Desk) getEvent(ctx context.Context, _ access.Actor, in *frame.ByID) (*frame.Answer[wire.Evidence], error) {
	id, err := ident.ParseEvent(in.ID)
	if err != nil {
		return nil, err
	}
	got, err := view(ctx, d.DB, func(tx *sqldb.Tx) (got wire.Evidence, err error) {
		e, err := d.Ledger.Get(tx, id)
		if err != nil {
			return got, err
		}
		got = wire.Evidence{Event: wire.EventOf(e), Effects: []wire.Event{}}
		if e.Cause != "" {
			cause, err := d.Ledger.Get(tx, e.Cause)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return got, err
			}
			if err == nil {
				shape := wire.EventOf(cause)
				got.Cause = &shape
			}
		}
		next, err := d.Ledger.Read(tx, e.Seq, followUps)
		for _, n := range next {
			if n.Cause == e.ID {
				got.Effects = append(got.Effects, wire.EventOf(n))
			}
		}
		return got, err
	})
	return frame.Say(got, err)
}

package api

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
	"tagline/internal/sqldb"
)

type listTaps struct {
	Paging
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
	Paging
	Thing string   `query:"thing" maxLength:"40"`
	Type  []string `query:"type,explode" maxItems:"20"`
	Class string   `query:"class" enum:"fact,reading,moment"`
}

type overviewIn struct {
	Period string `query:"period" enum:"24h,7d,30d,90d" default:"7d"`
	Market string `query:"market" maxLength:"2"`
	GTIN   string `query:"gtin" maxLength:"14"`
}

type searchIn struct {
	Q     string `query:"q" required:"true" minLength:"1" maxLength:"100"`
	Limit int    `query:"limit" minimum:"1" maximum:"20" default:"8"`
}

func (a *API) happening() {
	const group = "What happens"
	frame.Handle(a.frame, frame.Op{ID: "get-overview", Method: http.MethodGet, Path: "/overview", Action: access.OverviewRead, Group: group,
		Summary: "Counts, funnel and taps of a period, with those of the period before"}, pending[overviewIn, answer[wire.Overview]])
	frame.Handle(a.frame, frame.Op{ID: "search", Method: http.MethodGet, Path: "/search", Action: access.SearchRead, Group: group,
		Summary: "Find anything by its name or number", Words: "Finds only what the caller may read."}, pending[searchIn, answer[wire.Hits]])
	frame.Handle(a.frame, frame.Op{ID: "list-taps", Method: http.MethodGet, Path: "/taps", Action: access.TapRead, Group: group,
		Summary: "List taps, the newest first"}, pending[listTaps, answer[wire.Page[wire.Tap]]])
	frame.Handle(a.frame, frame.Op{ID: "list-events", Method: http.MethodGet, Path: "/events", Action: access.EventRead, Group: group,
		Summary: "List the ledger, the newest first"}, a.listEvents)
	frame.Handle(a.frame, frame.Op{ID: "get-event", Method: http.MethodGet, Path: "/events/{id}", Action: access.EventRead, Group: group,
		Summary: "Get an event, its cause and what followed"}, a.getEvent)
	frame.Describe[wire.Live](a.frame)
	frame.Describe[wire.LiveReset](a.frame)
	frame.Handle(a.frame, frame.Op{ID: "follow", Answers: "text/event-stream", Method: http.MethodGet, Path: "/live", Action: access.LiveRead, Group: group,
		Summary: "Follow what happens",
		Words:   "Server-sent events. Each holds a reference as JSON (`Live`); its id is the ledger's number, and a reader that sends it back as Last-Event-ID misses nothing. `event: reset` says that too much was missed. A comment comes every 15 seconds.",
	}, a.follow)
}

func (a *API) listEvents(ctx context.Context, _ access.Actor, in *listEvents) (*answer[wire.Page[wire.Event]], error) {
	return page(in.Paging, "events", []any{in.Thing, in.Type, in.Class}, wire.EventOf, func(e ledger.Event) string { return strconv.FormatInt(e.Seq, 10) },
		func(after string, limit int) ([]ledger.Event, error) {
			f := ledger.Filter{Thing: ident.Thing(in.Thing), Types: in.Type, Class: ledger.Class(in.Class), Limit: limit}
			if after != "" {
				var err error
				if f.Before, err = strconv.ParseInt(after, 10, 64); err != nil {
					return nil, fault.Wrap(fault.Invalid, err, "the cursor is damaged", "Leave it out to begin at the start.")
				}
			}
			return view(ctx, a.DB, func(tx *sqldb.Tx) ([]ledger.Event, error) { return a.Ledger.List(tx, f) })
		})
}

// followUps is how many of the next events are searched for the effects of one:
// they are appended in the same transaction.
const followUps = 50

func (a *API) getEvent(ctx context.Context, _ access.Actor, in *ByID) (*answer[wire.Evidence], error) {
	id, err := ident.ParseEvent(in.ID)
	if err != nil {
		return nil, err
	}
	got, err := view(ctx, a.DB, func(tx *sqldb.Tx) (got wire.Evidence, err error) {
		e, err := a.Ledger.Get(tx, id)
		if err != nil {
			return got, err
		}
		got = wire.Evidence{Event: wire.EventOf(e), Effects: []wire.Event{}}
		if e.Cause != "" {
			cause, err := a.Ledger.Get(tx, e.Cause)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return got, err
			}
			if err == nil {
				shape := wire.EventOf(cause)
				got.Cause = &shape
			}
		}
		next, err := a.Ledger.Read(tx, e.Seq, followUps)
		for _, n := range next {
			if n.Cause == e.ID {
				got.Effects = append(got.Effects, wire.EventOf(n))
			}
		}
		return got, err
	})
	return &answer[wire.Evidence]{got}, err
}

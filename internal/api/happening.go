package api

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
)

type listTaps struct {
	paging
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
	paging
	Thing string    `query:"thing" maxLength:"40"`
	Type  []string  `query:"type,explode" maxItems:"20"`
	Class string    `query:"class" enum:"fact,reading,moment"`
	From  time.Time `query:"from" doc:"Not before"`
	To    time.Time `query:"to" doc:"Before"`
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

type liveIn struct {
	Topic       []string `query:"topic,explode" enum:"tap,thing,product,content,tag,access,system" doc:"All of them when left out"`
	LastEventID string   `header:"Last-Event-ID" maxLength:"20" doc:"Where the stream broke off"`
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
		Summary: "List the ledger, the newest first"}, pending[listEvents, answer[wire.Page[wire.Event]]])
	frame.Handle(a.frame, frame.Op{ID: "get-event", Method: http.MethodGet, Path: "/events/{id}", Action: access.EventRead, Group: group,
		Summary: "Get an event, its cause and what followed"}, pending[byID, answer[wire.Evidence]])
	frame.Describe[wire.Live](a.frame)
	frame.Describe[wire.LiveReset](a.frame)
	frame.Handle(a.frame, frame.Op{ID: "follow", Answers: "text/event-stream", Method: http.MethodGet, Path: "/live", Action: access.LiveRead, Group: group,
		Summary: "Follow what happens",
		Words:   "Server-sent events. Each holds a reference as JSON (`Live`); its id is the ledger's number, and a reader that sends it back as Last-Event-ID misses nothing. `event: reset` says that too much was missed. A comment comes every 15 seconds.",
	}, pending[liveIn, huma.StreamResponse])
}

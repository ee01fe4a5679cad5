package epcisapi

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"tagline/epcis"
	"tagline/epcis/identifier"
	"tagline/internal/access"
	"tagline/internal/fault"
	"tagline/internal/trace/subscription"
)

// subscriptionRoute finds what stands below /queries/{name}/subscriptions.
func (x *exchange) subscriptionRoute(parts []string) (route, error) {
	switch len(parts) {
	case 3:
		return route{exists: (*exchange).queryExists, methods: map[string]operation{
			http.MethodPost: {action: access.TraceQuery, do: (*exchange).subscribe},
			http.MethodGet:  {action: access.TraceRead, do: (*exchange).subscriptions, page: true},
		}}, nil
	case 4:
		return route{exists: (*exchange).subscriptionExists, plain: true, methods: map[string]operation{
			http.MethodGet:    {action: access.TraceRead, do: (*exchange).subscription},
			http.MethodDelete: {action: access.TraceQuery, do: (*exchange).unsubscribe},
		}}, nil
	}
	return route{}, noResource()
}

// subscriptionBody is a subscription as it comes and as it is answered. The token
// comes only.
type subscriptionBody struct {
	ID             string                 `json:"subscriptionID,omitempty"`
	Dest           string                 `json:"dest"`
	SignatureToken string                 `json:"signatureToken,omitempty"`
	Stream         *bool                  `json:"stream,omitempty"`
	Schedule       *subscription.Schedule `json:"schedule,omitempty"`
	ReportIfEmpty  bool                   `json:"reportIfEmpty"`
	Initial        string                 `json:"initialRecordTime,omitempty"`
	MinRecord      string                 `json:"minRecordTime,omitempty"`
	Created        string                 `json:"createdAt,omitempty"`
	Notified       string                 `json:"lastNotifiedAt,omitempty"`
	EPCFormat      string                 `json:"epcFormat,omitempty"`
	State          string                 `json:"tagline:state,omitempty"`
	Reason         string                 `json:"tagline:reason,omitempty"`
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func bodyOf(s subscription.Subscription) subscriptionBody {
	b := subscriptionBody{
		ID: s.ID, Dest: s.Dest, Schedule: s.Schedule, ReportIfEmpty: s.ReportEmpty, Initial: stamp(s.Initial), MinRecord: stamp(s.MinRecord),
		Created: stamp(s.Created), Notified: stamp(s.Notified), State: "active", Reason: s.Reason,
	}
	switch s.Spelling.Form {
	case identifier.URN:
		b.EPCFormat = "Always_EPC_URN"
	case identifier.Captured:
		b.EPCFormat = "Never_Translates"
	default:
		b.EPCFormat = "Always_GS1_Digital_Link"
	}
	if s.Suspended {
		b.State = "suspended"
	}
	if s.Schedule == nil {
		yes := true
		b.Stream = &yes
	}
	return b
}

func controls(detail string) problem {
	return problem{status: http.StatusBadRequest, name: "SubscriptionControlsException", detail: detail}
}

func (x *exchange) subscribe() error {
	if kind, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type")); err != nil || kind != "application/json" && kind != "application/ld+json" {
		return fault.New(fault.Unsupported, "a subscription is read as JSON only", "Send it as application/json.")
	}
	if _, err := x.named(); err != nil {
		return err
	}
	b, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, maxQuery))
	if err != nil {
		return bodyError(err)
	}
	var body subscriptionBody
	if err := json.Unmarshal(b, &body); err != nil {
		return problem{status: http.StatusBadRequest, name: "ValidationException", detail: "a subscription is an object of JSON with dest, and stream or schedule"}
	}
	stream := body.Stream != nil && *body.Stream
	if stream == (body.Schedule != nil) {
		return controls(`exactly one of "stream": true and "schedule" is needed`)
	}
	made := subscription.New{Query: x.parts[1], Dest: body.Dest, Secret: body.SignatureToken, Schedule: body.Schedule, ReportEmpty: body.ReportIfEmpty, Viewer: x.viewer(), By: x.who.ID}
	if made.Spelling, err = spellingOf(x.r.Header); err != nil {
		return err
	}
	made.Spelling.XML = x.accept.XML
	if body.Initial != "" {
		at, ok := epcis.ParseTime(body.Initial)
		if !ok {
			return controls("initialRecordTime is no date and time with a zone, as in 2026-11-26T12:00:00Z")
		}
		made.Initial = time.UnixMicro(at.Micro).UTC()
	}
	s, err := x.Subscriptions.Make(x.r.Context(), made)
	if fault.Is(err, fault.Invalid) {
		f := fault.From(err)
		return controls(f.Message + ". " + f.Hint)
	}
	if err != nil {
		return err
	}
	x.w.Header().Set("Location", x.BaseURL+Prefix+"/queries/"+url.PathEscape(x.parts[1])+"/subscriptions/"+s.ID)
	return x.json(http.StatusCreated, bodyOf(s))
}

// mine tells whether the caller may see a subscription.
func (x *exchange) mine(s subscription.Subscription) bool {
	return x.who.Role != access.Partner || s.By == x.who.ID
}

func (x *exchange) subscriptions() error {
	if _, err := x.named(); err != nil {
		return err
	}
	size, at, err := x.page()
	if err != nil {
		return err
	}
	list, err := x.Subscriptions.List(x.r.Context(), x.parts[1], at.Text, size+1)
	if err != nil {
		return err
	}
	if len(list) > size {
		list = list[:size]
		if err := x.next(size, place{Text: list[size-1].ID}); err != nil {
			return err
		}
	}
	out := []subscriptionBody{}
	for _, s := range list {
		if x.mine(s) {
			out = append(out, bodyOf(s))
		}
	}
	return x.json(http.StatusOK, out)
}

func (x *exchange) one() (subscription.Subscription, error) {
	s, err := x.Subscriptions.Get(x.r.Context(), x.parts[1], x.parts[3])
	if fault.Is(err, fault.NotFound) || err == nil && !x.mine(s) {
		err = problem{status: http.StatusNotFound, name: "NoSuchNameException", detail: "this query has no such subscription"}
	}
	return s, err
}

func (x *exchange) subscriptionExists() error {
	s, err := x.one()
	if err == nil {
		x.w.Header().Set("GS1-Query-Min-Record-Time", stamp(s.MinRecord))
	}
	return err
}

func (x *exchange) subscription() error {
	s, err := x.one()
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, bodyOf(s))
}

func (x *exchange) unsubscribe() error {
	s, err := x.one()
	if err != nil {
		return err
	}
	if err := x.Subscriptions.Delete(x.r.Context(), s.ID); err != nil {
		return err
	}
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

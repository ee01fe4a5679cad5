package epcisapi

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"

	"tagline/epcis/query"
	"tagline/internal/access"
	"tagline/internal/epcisapi/socket"
	"tagline/internal/fault"
	"tagline/internal/trace/standing"
)

// queryRoute finds what stands below /queries.
func (x *exchange) queryRoute(parts []string) (route, error) {
	switch {
	case len(parts) == 1:
		return route{methods: map[string]operation{
			http.MethodPost: {action: access.TraceQuery, do: (*exchange).postQuery},
			http.MethodGet:  {action: access.TraceRead, do: (*exchange).queries, page: true},
		}}, nil
	case len(parts) == 2:
		return route{exists: (*exchange).queryExists, methods: map[string]operation{
			http.MethodGet:    {action: access.TraceRead, do: (*exchange).getQuery},
			http.MethodDelete: {action: access.TraceQuery, do: (*exchange).deleteQuery},
		}}, nil
	case len(parts) == 3 && parts[2] == "events":
		get := operation{action: access.TraceRead, do: (*exchange).queryEvents, page: true, xml: true}
		if socket.Upgrades(x.r) {
			get = operation{action: access.TraceRead, do: (*exchange).stream, open: true, xml: true}
		}
		return route{exists: (*exchange).queryExists, methods: map[string]operation{http.MethodGet: get}}, nil
	}
	if len(parts) >= 3 && parts[2] == "subscriptions" {
		return x.subscriptionRoute(parts)
	}
	return route{}, noResource()
}

// queryBody is a named query.
type queryBody struct {
	Name  string          `json:"name"`
	Query json.RawMessage `json:"query"`
}

const maxQuery = 64 << 10

func (x *exchange) postQuery() error {
	if kind, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type")); err != nil || kind != "application/json" && kind != "application/ld+json" {
		return fault.New(fault.Unsupported, "a query is read as JSON only", "Send it as application/json.")
	}
	b, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, maxQuery))
	if err != nil {
		return bodyError(err)
	}
	var body queryBody
	if err := json.Unmarshal(b, &body); err != nil || body.Name == "" || len(body.Query) == 0 {
		return problem{status: http.StatusBadRequest, name: "QueryValidationException", detail: `a query is an object with "name" and "query"`}
	}
	context, err := x.prefixes()
	if err != nil {
		return err
	}
	if _, err := query.ParseJSON(body.Query, context); err != nil {
		if wrong, ok := errors.AsType[*query.Error](err); ok {
			return problem{status: http.StatusBadRequest, name: "QueryValidationException", detail: wrong.Error()}
		}
		return err
	}
	// What prefixes mean today must still hold when the query runs.
	stored := standing.Query{Name: body.Name, Doc: body.Query, Prefixes: context.Bindings, By: x.who.ID}
	if err := x.Queries.Make(x.r.Context(), stored); err != nil {
		return err
	}
	x.w.Header().Set("Location", x.BaseURL+Prefix+"/queries/"+url.PathEscape(body.Name))
	x.said("")
	x.w.WriteHeader(http.StatusCreated)
	return nil
}

func (x *exchange) queries() error {
	size, at, err := x.page()
	if err != nil {
		return err
	}
	list, err := x.Queries.List(x.r.Context(), at.Text, size+1)
	if err != nil {
		return err
	}
	if len(list) > size {
		list = list[:size]
		if err := x.next(size, place{Text: list[size-1].Name}); err != nil {
			return err
		}
	}
	out := make([]queryBody, len(list))
	for i, q := range list {
		out[i] = queryBody{q.Name, q.Doc}
	}
	return x.json(http.StatusOK, out)
}

func (x *exchange) named() (standing.Query, error) {
	q, err := x.Queries.Query(x.r.Context(), x.parts[1])
	if fault.Is(err, fault.NotFound) {
		err = problem{status: http.StatusNotFound, name: "NoSuchNameException", detail: "there is no query named " + clip(x.parts[1])}
	}
	return q, err
}

func (x *exchange) queryExists() error {
	_, err := x.named()
	return err
}

func (x *exchange) getQuery() error {
	q, err := x.named()
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, queryBody{q.Name, q.Doc})
}

func (x *exchange) deleteQuery() error {
	if _, err := x.named(); err != nil {
		return err
	}
	if err := x.Queries.Delete(x.r.Context(), x.parts[1], x.who.ID); err != nil {
		return err
	}
	if err := x.Subscriptions.DeleteOf(x.r.Context(), x.parts[1]); err != nil {
		return err
	}
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (x *exchange) queryEvents() error {
	named, err := x.named()
	if err != nil {
		return err
	}
	q, err := named.Parse()
	if err != nil {
		return err
	}
	return x.answer(q, named.Name)
}

package epcisapi

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"tagline/epcis"
	"tagline/epcis/jsondoc"
	"tagline/epcis/jsonout"
	"tagline/epcis/query"
	"tagline/internal/fault"
	"tagline/internal/sqldb"
	"tagline/internal/trace/answer"
	"tagline/internal/trace/repository"
)

// events answers GET /events.
func (x *exchange) events() error {
	q, err := x.parameters(nil)
	if err != nil {
		return err
	}
	return x.answer(q, "SimpleEventQuery")
}

// parameters reads the query of an address; fixed are parameters that the path
// stands for.
func (x *exchange) parameters(fixed url.Values) (*query.Query, error) {
	context, err := x.prefixes()
	if err != nil {
		return nil, err
	}
	values := url.Values{}
	for name, list := range x.query {
		if name != "perPage" && name != "nextPageToken" {
			values[name] = list
		}
	}
	for name := range fixed {
		if _, twice := values[name]; twice {
			return nil, parameterError(name, "the path says this already")
		}
	}
	q, err := query.Parse(values, context)
	if err != nil {
		return nil, err
	}
	if len(fixed) == 0 {
		return q, nil
	}
	own, err := query.Build(fixed, context)
	if err != nil {
		return nil, err
	}
	q.Conditions = append(own.Conditions, q.Conditions...)
	return q, nil
}

// prefixes gives what prefixes in parameters mean: what captured events taught, and
// what the request says.
func (x *exchange) prefixes() (*epcis.Context, error) {
	named, err := extensions(x.r.Header)
	if err != nil {
		return nil, err
	}
	c, _, err := x.Repository.Prefixes(x.r.Context())
	if err != nil {
		return nil, err
	}
	c.Bindings = append(c.Bindings, named.Bindings...)
	return c, nil
}

// answer gives a page of what a query asks for.
func (x *exchange) answer(q *query.Query, name string) error {
	size, at, err := x.page()
	if err != nil {
		return err
	}
	a, err := x.Repository.Find(x.r.Context(), q, x.viewer(), repository.Page{Size: size, After: at.After, Pin: at.Pin})
	if err != nil {
		return err
	}
	if a.Next != nil {
		if err := x.next(size, place{After: *a.Next, Pin: a.Pin}); err != nil {
			return err
		}
	}
	return x.write(a.Events, name)
}

// write answers events as a query document.
func (x *exchange) write(list []repository.Stored, name string) error {
	s, err := spellingOf(x.r.Header)
	if err != nil {
		return err
	}
	_, companies, err := x.Repository.Prefixes(x.r.Context())
	if err != nil {
		return err
	}
	s.XML = x.accept.XML
	b, err := answer.Document(list, answer.Query{Name: name}, s, companies, x.Clock.Now())
	if err != nil {
		return err
	}
	contentType := "application/json"
	switch {
	case x.accept.XML:
		contentType = "application/xml"
	case x.accept.LD:
		contentType = "application/ld+json"
	}
	x.send(http.StatusOK, contentType, b)
	return nil
}

// send answers a body with the headers that every answer has.
func (x *exchange) send(status int, contentType string, b []byte) {
	x.said(contentType)
	x.w.WriteHeader(status)
	if x.r.Method != http.MethodHead {
		x.w.Write(b) //nolint:errcheck // the client went away
	}
}

func (x *exchange) said(contentType string) {
	header := x.w.Header()
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	header.Set("GS1-EPCIS-Version", epcisVersion)
	header.Set("GS1-CBV-Version", cbvVersion)
	header.Set("GS1-Extensions", strings.Join(x.r.Header.Values("GS1-Extensions"), ","))
	header.Add("Vary", "Accept")
}

// oneEvent answers GET /events/{id}: the event, and error declarations about it.
func (x *exchange) oneEvent() error {
	list, err := x.Repository.ByID(x.r.Context(), x.parts[1], x.viewer())
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return problem{status: http.StatusNotFound, name: "NoSuchResourceException", detail: "there is no event of this identifier"}
	}
	return x.write(list, "SimpleEventQuery")
}

func (x *exchange) eventExists() error {
	list, err := x.Repository.ByID(x.r.Context(), x.parts[1], x.viewer())
	if err == nil && len(list) == 0 {
		err = noResource()
	}
	return err
}

// maxEvent bounds the body of one event.
const maxEvent = 1 << 20

// postEvent takes one bare event (POST /events).
func (x *exchange) postEvent() error {
	if kind, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type")); err != nil || kind != "application/json" && kind != "application/ld+json" {
		return fault.New(fault.Unsupported, "one event is read as JSON only", "Send it as application/json, or a document in XML to /capture.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, maxEvent))
	if err != nil {
		return bodyError(err)
	}
	item, err := jsondoc.ReadEvent(body, epcis.Limits{MaxEvent: maxEvent})
	if p, ok := err.(epcis.Problem); ok {
		return problem{status: http.StatusBadRequest, name: "ValidationException", detail: p.Error(), errors: []fieldError{{p.Pointer, p.Line, p.Detail}}}
	}
	if err != nil {
		return err
	}
	if item.Refused() {
		out := problem{status: http.StatusBadRequest, name: "ValidationException", detail: "the event is not valid"}
		for _, p := range item.Problems {
			if !p.Warning {
				out.errors = append(out.errors, fieldError{p.Pointer, p.Line, p.Detail})
			}
		}
		out.detail += ": " + out.errors[0].Detail
		return out
	}
	prepared, err := repository.Prepare(item.Event)
	if err != nil {
		return err
	}
	outcome := repository.Kept
	err = x.Captures.DB.Update(x.r.Context(), func(tx *sqldb.Tx) error {
		outcomes, err := x.Repository.Append(tx, []repository.Prepared{prepared}, repository.Origin{By: x.who.ID})
		if err == nil {
			outcome = outcomes[0]
		}
		return err
	})
	if err != nil {
		return err
	}
	if outcome == repository.Conflict {
		return problem{status: http.StatusConflict, name: "ResourceAlreadyExistsException", detail: "another event with this eventID is stored, with other content; to correct it, send it again with an errorDeclaration"}
	}
	x.w.Header().Set("Location", x.BaseURL+Prefix+"/events/"+url.PathEscape(prepared.Event.EventID))
	// The same event again is no error: the answer to the first attempt may have
	// been lost.
	b := jsonout.AppendEvent(nil, prepared.Event, nil)
	x.send(http.StatusCreated, "application/json", b)
	return nil
}

func bodyError(err error) error {
	if _, ok := err.(*http.MaxBytesError); ok {
		return fault.Wrap(fault.TooLarge, err, "the body is larger than is read", "Send events in several documents.")
	}
	return fault.Wrap(fault.Invalid, err, "the body broke off", "Send it again.")
}

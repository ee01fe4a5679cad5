package epcisapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/epcisapi/accept"
	"tagline/internal/epcisapi/socket"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/trace/capture"
	"tagline/internal/trace/repository"
	"tagline/internal/trace/standing"
	"tagline/internal/trace/subscription"
)

// Prefix stands before every path.
const Prefix = "/epcis/v2"

// The releases that are spoken, and what the server says of itself.
const (
	epcisVersion = "2.0.0"
	epcisMin     = "1.2.0"
	cbvVersion   = "2.0.0"
)

// Doors are the ways to be known.
type Doors interface {
	BySession(ctx context.Context, token string) (access.Actor, error)
	ByKey(ctx context.Context, key string) (access.Actor, error)
}

// Config is what a Handler stands on.
type Config struct {
	Repository *repository.Repository
	Captures   *capture.Service
	Queries    *standing.Service
	Doors      Doors
	// Subscriptions are those of named queries.
	Subscriptions *subscription.Service
	Bus           *bus.Bus
	Clock         clock.Clock
	IDs           *ident.Source
	Log           *slog.Logger
	BaseURL       string // scheme, host and port, without a slash at the end
	Version       string // of Tagline
	// Secret signs page tokens; all nodes have the same.
	Secret [32]byte
}

// Handler answers everything below Prefix.
type Handler struct {
	Config
	revoked revoked
	hub     *socket.Hub
}

// New makes the handler.
func New(c Config) *Handler {
	return &Handler{Config: c, hub: socket.New(socket.Config{Repository: c.Repository, Queries: c.Queries, Clock: c.Clock, Bus: c.Bus})}
}

// exchange is one request with its answer.
type exchange struct {
	*Handler
	w     http.ResponseWriter
	r     *http.Request
	who   access.Actor
	trace string
	// parts of the path, unescaped
	parts  []string
	query  url.Values
	accept accept.Media
}

// route is what a path offers.
type route struct {
	methods map[string]operation
	// exists tells whether the resource is there, for OPTIONS; nil is always.
	exists func(*exchange) error
	// headers of OPTIONS beside the usual.
	headers map[string]string
	plain   bool // OPTIONS without versions of the vocabulary
}

type operation struct {
	action access.Action
	do     func(*exchange) error
	// allows says what query parameters it takes; nil is none but paging.
	open bool // any parameter: those of a query
	page bool // perPage and nextPageToken
	xml  bool // it can answer XML
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{Handler: h, w: w, r: r, trace: string(h.IDs.Operation())}
	w.Header().Set("X-Request-Id", x.trace)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v)
			}
			h.Log.LogAttrs(r.Context(), slog.LevelError, "operation panicked", slog.String("trace", x.trace), slog.Any("panic", v))
			x.fail(problem{status: http.StatusInternalServerError, name: "ImplementationException", detail: "something went wrong inside Tagline"})
		}
	}()
	if err := x.serve(); err != nil {
		x.fail(x.problemOf(err))
	}
}

func (x *exchange) serve() error {
	if len(x.r.URL.RequestURI()) > 8000 {
		return problem{status: http.StatusRequestURITooLong, name: "URITooLongException", detail: "the address is longer than 8,000 bytes: send the query as a named query (POST /queries)"}
	}
	x.accept = accept.Of(x.r.Header.Values("Accept"))
	found, err := x.route()
	if err != nil {
		return err
	}
	allow := slices.Sorted(func(yield func(string) bool) {
		for m := range found.methods {
			if !yield(m) {
				return
			}
		}
	})
	slices.SortFunc(allow, func(a, b string) int {
		return strings.Index("GET POST DELETE", a) - strings.Index("GET POST DELETE", b)
	})
	if x.r.Method == http.MethodOptions {
		if found.exists != nil {
			if err := x.identify(access.TraceRead); err != nil {
				return err
			}
			if err := found.exists(x); err != nil {
				return err
			}
		}
		x.discover(allow, found)
		return nil
	}
	method := x.r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	op, ok := found.methods[method]
	if !ok {
		x.w.Header().Set("Allow", strings.Join(append([]string{http.MethodOptions}, allow...), ", "))
		return problem{status: http.StatusMethodNotAllowed, name: "UnsupportedOperationException", detail: x.r.Method + " is not possible here"}
	}
	if err := x.identify(op.action); err != nil {
		return err
	}
	if err := x.versions(); err != nil {
		return err
	}
	if x.accept.None || x.accept.XML && !op.xml {
		return problem{status: http.StatusNotAcceptable, name: "NotAcceptableException", detail: "what is accepted cannot be given: here there is " + offered(op)}
	}
	if x.query, err = url.ParseQuery(x.r.URL.RawQuery); err != nil {
		return parameterError("", "the parameters of the address cannot be read: "+strings.TrimPrefix(err.Error(), "invalid URL escape "))
	}
	if !op.open {
		for name := range x.query {
			if !op.page || name != "perPage" && name != "nextPageToken" {
				return parameterError(name, "this parameter is unknown here")
			}
		}
	}
	return op.do(x)
}

func offered(op operation) string {
	if op.xml {
		return "application/json, application/ld+json and application/xml"
	}
	return "application/json and application/ld+json"
}

// split takes the path apart. Segments are unescaped after that: an escaped slash is
// part of an identifier.
func split(escaped string) ([]string, error) {
	rest := strings.TrimPrefix(escaped, Prefix)
	rest = strings.TrimSuffix(strings.TrimPrefix(rest, "/"), "/")
	if rest == "" {
		return nil, nil
	}
	parts := strings.Split(rest, "/")
	for i, p := range parts {
		text, err := url.PathUnescape(p)
		if err != nil || strings.IndexByte(text, 0) >= 0 {
			return nil, problem{status: http.StatusBadRequest, name: "ValidationException", detail: "the path has a percent sign that escapes nothing"}
		}
		parts[i] = text
	}
	return parts, nil
}

// route finds what a path offers.
func (x *exchange) route() (route, error) {
	parts, err := split(x.r.URL.EscapedPath())
	if err != nil {
		return route{}, err
	}
	x.parts = parts
	get := func(action access.Action, do func(*exchange) error) map[string]operation {
		return map[string]operation{http.MethodGet: {action: action, do: do}}
	}
	switch {
	case len(parts) == 0:
		return route{methods: get(access.TraceRead, (*exchange).root)}, nil
	case parts[0] == "capture" && len(parts) == 1:
		return route{headers: captureLimits(), methods: map[string]operation{
			http.MethodPost: {action: access.TraceCapture, do: (*exchange).capture},
			http.MethodGet:  {action: access.TraceRead, do: (*exchange).jobs, page: true},
		}}, nil
	case parts[0] == "capture" && len(parts) == 2:
		return route{exists: (*exchange).jobExists, methods: map[string]operation{http.MethodGet: {action: access.TraceRead, do: (*exchange).job, xml: true}}}, nil
	case parts[0] == "events" && len(parts) == 1:
		return route{methods: map[string]operation{
			http.MethodPost: {action: access.TraceCapture, do: (*exchange).postEvent},
			http.MethodGet:  {action: access.TraceRead, do: (*exchange).events, open: true, page: true, xml: true},
		}}, nil
	case parts[0] == "events":
		x.parts = []string{"events", strings.Join(parts[1:], "/")}
		return route{exists: (*exchange).eventExists, methods: map[string]operation{http.MethodGet: {action: access.TraceRead, do: (*exchange).oneEvent, xml: true}}}, nil
	case parts[0] == "queries":
		return x.queryRoute(parts)
	case parts[0] == "nextPageToken" && len(parts) == 2:
		return route{methods: map[string]operation{http.MethodDelete: {action: access.TraceRead, do: (*exchange).forgetToken}}}, nil
	}
	if _, known := collections()[parts[0]]; known {
		return x.collectionRoute(parts)
	}
	return route{}, noResource()
}

func noResource() error {
	return problem{status: http.StatusNotFound, name: "NoSuchResourceException", detail: "there is nothing at this path; the root lists what there is"}
}

// identify finds out who asks and whether they may.
func (x *exchange) identify(action access.Action) error {
	ctx := x.r.Context()
	header := x.r.Header.Get("Authorization")
	var err error
	switch {
	case header != "":
		key, ok := strings.CutPrefix(header, "Bearer ")
		if !ok {
			return fault.New(fault.Unauthenticated, "the Authorization header is not of the form Bearer KEY", "Send Authorization: Bearer tl_...")
		}
		x.who, err = x.Doors.ByKey(ctx, strings.TrimSpace(key))
	default:
		cookie, none := x.r.Cookie(frame.SessionCookie)
		if none != nil {
			return fault.New(fault.Unauthenticated, "nobody is signed in", "Send an API key as Authorization: Bearer tl_...")
		}
		x.who, err = x.Doors.BySession(ctx, cookie.Value)
		if err == nil && x.r.Method != http.MethodGet && x.r.Method != http.MethodHead && x.r.Method != http.MethodOptions {
			err = x.ownPage()
		}
	}
	if err != nil {
		return err
	}
	return x.who.Require(action)
}

// ownPage refuses a write that a page of another site has caused.
func (x *exchange) ownPage() error {
	if origin := x.r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || u.Host != x.r.Host && origin != x.BaseURL {
			return fault.New(fault.Forbidden, "the request comes from another site", "Use the console of this server, or an API key.")
		}
	}
	if x.r.Header.Get("X-Requested-With") == "" {
		return fault.New(fault.Forbidden, "a write with the session cookie needs the header X-Requested-With", "Send X-Requested-With: tagline, or use an API key.")
	}
	return nil
}

// viewer says what the caller sees.
func (x *exchange) viewer() repository.Viewer {
	return repository.Viewer{All: x.who.Role != access.Partner, By: x.who.ID, Parties: x.who.Parties}
}

// discover answers OPTIONS.
func (x *exchange) discover(allow []string, found route) {
	header := x.w.Header()
	header.Set("Allow", strings.Join(append([]string{http.MethodOptions}, allow...), ", "))
	header.Set("GS1-EPCIS-Version", epcisVersion)
	header.Set("GS1-EPCIS-Min", epcisMin)
	header.Set("GS1-EPCIS-Max", epcisVersion)
	if !found.plain { // a subscription has no vocabulary of its own
		header.Set("GS1-CBV-Version", cbvVersion)
		header.Set("GS1-CBV-Min", cbvVersion)
		header.Set("GS1-CBV-Max", cbvVersion)
		header.Set("GS1-EPC-Format", "No_Preference, Always_GS1_Digital_Link, Always_EPC_URN, Never_Translates")
		header.Set("GS1-CBV-XML-Format", "No_Preference, Always_Web_URI, Always_URN, Never_Translates")
	}
	header.Set("GS1-Vendor-Version", "Tagline "+x.Version)
	header.Set("GS1-Extensions", "")
	for name, value := range found.headers {
		header.Set(name, value)
	}
	x.w.WriteHeader(http.StatusNoContent)
}

// versions refuses a client that speaks only other releases (406).
func (x *exchange) versions() error {
	header := x.r.Header
	for _, v := range []struct{ name, ours, oldest string }{{"GS1-EPCIS", epcisVersion, epcisMin}, {"GS1-CBV", cbvVersion, "1.2.0"}} {
		if least := header.Get(v.name + "-Min"); least != "" && !accept.AtLeast(v.ours, least) {
			return problem{status: http.StatusNotAcceptable, name: "NotAcceptableException", detail: v.name + "-Min asks for a later release than " + v.ours}
		}
		if most := header.Get(v.name + "-Max"); most != "" && !accept.AtLeast(most, v.ours) {
			return problem{status: http.StatusNotAcceptable, name: "NotAcceptableException", detail: v.name + "-Max asks for an earlier release than " + v.ours + ", in which answers are written"}
		}
		if given := header.Get(v.name + "-Version"); given != "" && (!accept.AtLeast(given, v.oldest) || !accept.AtLeast(v.ours, given)) {
			return problem{status: http.StatusNotAcceptable, name: "NotAcceptableException", detail: v.name + "-Version names a release that is not read here: from " + v.oldest + " to " + v.ours}
		}
	}
	return nil
}

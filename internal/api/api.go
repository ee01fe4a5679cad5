package api

import (
	"context"
	"net/http"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/fault"
)

// Backend is the services that the API speaks to. The zero Backend is enough to
// print the specification.
type Backend struct {
	Access *access.Service
}

// Config says how the API is served.
type Config struct {
	Backend
	Version string
	BaseURL string // without a slash at the end
	Demo    bool
}

// API is the HTTP API.
type API struct {
	Config
	frame *frame.Frame
}

// New makes the API from its services.
func New(c Config) *API {
	a := &API{Config: c}
	a.frame = frame.New(frame.Config{Version: c.Version})
	for _, register := range []func(){
		a.session, a.people, a.brand, a.things, a.tags, a.happening, a.virtual, a.system,
	} {
		register()
	}
	return a
}

// Spec prints the OpenAPI document of the API as YAML. It needs no services.
func Spec() ([]byte, error) {
	return New(Config{Version: "1"}).frame.Spec().YAML()
}

// ServeHTTP implements http.Handler. It is to be mounted at /api/.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.frame.ServeHTTP(w, r) }

// answer is a success with a body.
type answer[T any] struct{ Body T }

// created is the answer for something new.
type created[T any] struct {
	Location string `header:"Location" doc:"Where it is"`
	Body     T
}

// nothing is a request or an answer without a body.
type nothing struct{}

type byID struct {
	ID string `path:"id" maxLength:"100"`
}

type byName struct {
	Name string `path:"name" maxLength:"63"`
}

type paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Cursor string `query:"cursor" maxLength:"500" doc:"What the page before answered as next"`
}

var errPending = fault.New(fault.Unavailable, "this operation is not connected yet", "")

func pending[I, O any](context.Context, access.Actor, *I) (*O, error) { return nil, errPending }

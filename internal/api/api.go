package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/product"
	"tagline/internal/sqldb"
	"tagline/internal/timer"
	"tagline/internal/vault"
)

// Backend is the services that the API speaks to. The zero Backend is enough to
// print the specification.
type Backend struct {
	DB       *sqldb.DB
	Ledger   *ledger.Ledger
	Bus      *bus.Bus
	Vault    *vault.Vault
	Timers   *timer.Timers
	Access   *access.Service
	Products *product.Service
}

// Config says how the API is served.
type Config struct {
	Backend
	Clock   clock.Clock
	IDs     *ident.Source
	Log     *slog.Logger
	Version string
	BaseURL string    // scheme, host and port, without a slash at the end
	Demo    bool      // it shows made-up data
	Started time.Time // when the server started
}

// API is the HTTP API.
type API struct {
	Config
	frame    *frame.Frame
	drained  chan struct{} // closed when long answers must end
	drain    sync.Once
	watchers atomic.Int64
}

// New makes the API from its services. It fails only on a mistake in its own
// specification.
func New(c Config) (*API, error) {
	a := assemble(c)
	return a, a.reference()
}

// assemble registers the operations.
func assemble(c Config) *API {
	a := &API{Config: c, drained: make(chan struct{})}
	a.frame = frame.New(frame.Config{Doors: c.Access, IDs: c.IDs, Log: c.Log, Version: c.Version, Origin: c.BaseURL, Once: a.once,
		Unclear: func(err error) bool { return errors.Is(err, sqldb.ErrOutcome) }})
	for _, register := range []func(){
		a.session, a.people, a.brand, a.things, a.tags, a.happening, a.virtual, a.system,
	} {
		register()
	}
	return a
}

// Spec prints the OpenAPI document of the API as YAML. It needs no services.
func Spec() ([]byte, error) {
	return assemble(Config{Version: "1"}).frame.Spec().YAML()
}

// Operations lists what the API can do, for tests and documentation.
func (a *API) Operations() []frame.Op { return a.frame.Ops() }

// ServeHTTP implements http.Handler. It is to be mounted at /api/.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.frame.ServeHTTP(w, r) }

// Drain ends the long answers (live views), so that a server can shut down.
func (a *API) Drain() { a.drain.Do(func() { close(a.drained) }) }

// answer is a success with a body.
type answer[T any] struct{ Body T }

// created is the answer for something new.
type created[T any] struct {
	Location string `header:"Location" doc:"Where it is"`
	Body     T
}

// nothing is a request or an answer without a body.
type nothing struct{}

// Parts of requests that several operations share. They are exported because huma
// passes over embedded fields that are not.
type ByID struct {
	ID string `path:"id" maxLength:"100"`
}

type ByName struct {
	Name string `path:"name" maxLength:"63"`
}

var errPending = fault.New(fault.Unavailable, "this operation is not connected yet", "")

func pending[I, O any](context.Context, access.Actor, *I) (*O, error) { return nil, errPending }

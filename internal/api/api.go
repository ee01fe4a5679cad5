package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/ce"
	"tagline/internal/api/devices"
	"tagline/internal/api/frame"
	"tagline/internal/api/goods"
	"tagline/internal/api/items"
	"tagline/internal/api/labels"
	"tagline/internal/api/links"
	"tagline/internal/api/passports"
	"tagline/internal/api/people"
	"tagline/internal/api/places"
	"tagline/internal/api/traces"
	"tagline/internal/api/watch"
	"tagline/internal/brand"
	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/command"
	"tagline/internal/content"
	"tagline/internal/device"
	"tagline/internal/ident"
	"tagline/internal/intake"
	"tagline/internal/keyset"
	"tagline/internal/ledger"
	"tagline/internal/link"
	"tagline/internal/link/check"
	"tagline/internal/passport"
	"tagline/internal/personalise"
	"tagline/internal/place"
	"tagline/internal/product"
	"tagline/internal/reading"
	"tagline/internal/sqldb"
	"tagline/internal/story"
	"tagline/internal/tag"
	"tagline/internal/thing"
	"tagline/internal/timer"
	"tagline/internal/trace/alarm"
	"tagline/internal/trace/journey"
	"tagline/internal/vault"
)

// Backend is the services that the API speaks to. The zero Backend is enough to
// print the specification.
type Backend struct {
	DB        *sqldb.DB
	Ledger    *ledger.Ledger
	Bus       *bus.Bus
	Vault     *vault.Vault
	Timers    *timer.Timers
	Access    *access.Service
	Products  *product.Service
	Contents  *content.Service
	Brands    *brand.Service
	Keysets   *keyset.Service
	Tags      *tag.Service
	Things    *thing.Service
	Stories   *story.Service
	Batches   *personalise.Service
	Passports *passport.Service
	Links     *link.Service
	Checker   *check.Checker
	Journeys  *journey.Service
	Devices   *device.Service
	Readings  *reading.Service
	Commands  *command.Service
	Intake    *intake.Service
	Places    *place.Service
	Alarms    *alarm.Service
}

// Config says how the API is served.
type Config struct {
	Backend
	Clock   clock.Clock
	IDs     *ident.Source
	Chance  io.Reader // for serials that are drawn
	Log     *slog.Logger
	Version string
	BaseURL string // scheme, host and port, without a slash at the end
	Demo    bool   // it shows made-up data
	// AddressHeader is the header in which a trusted proxy names the caller's address;
	// empty takes that of the connection. Failed sign-ins are counted by it.
	AddressHeader string
	Started       time.Time // when the server started
}

// API is the HTTP API.
type API struct {
	Config
	frame *frame.Frame
	watch *watch.Desk
	ce    *ce.Handler
}

// New makes the API from its services. It fails only on a mistake in its own
// specification.
func New(c Config) (*API, error) {
	a := assemble(c)
	return a, a.reference()
}

// assemble registers the operations, in the order of the reference.
func assemble(c Config) *API {
	a := &API{Config: c}
	a.frame = frame.New(frame.Config{Doors: c.Access, IDs: c.IDs, Log: c.Log, Version: c.Version, Origin: c.BaseURL, Once: a.once,
		AddressHeader: c.AddressHeader,
		Noted: func(ctx context.Context, who access.Actor, op frame.Op, path string) error {
			return c.Access.Acted(ctx, who, op.ID, path)
		},
		Unclear: func(err error) bool { return errors.Is(err, sqldb.ErrOutcome) }})
	a.ce = &ce.Handler{Links: c.Links, Doors: c.Access, IDs: c.IDs, Log: c.Log}
	a.watch = &watch.Desk{DB: c.DB, Ledger: c.Ledger, Bus: c.Bus, Vault: c.Vault, Timers: c.Timers, Access: c.Access, Products: c.Products,
		Contents: c.Contents, Keysets: c.Keysets, Tags: c.Tags, Things: c.Things, Stories: c.Stories, Clock: c.Clock, Version: c.Version, Started: c.Started}
	(&people.Desk{Access: c.Access, Clock: c.Clock, Version: c.Version, BaseURL: c.BaseURL, Demo: c.Demo}).Register(a.frame)
	(&goods.Desk{Products: c.Products, Contents: c.Contents, Brands: c.Brands, Things: c.Things, Stories: c.Stories, Clock: c.Clock}).Register(a.frame)
	(&links.Desk{Links: c.Links, Products: c.Products, Access: c.Access, Checker: c.Checker, Clock: c.Clock, BaseURL: c.BaseURL}).Register(a.frame)
	(&items.Desk{Products: c.Products, Keysets: c.Keysets, Tags: c.Tags, Things: c.Things, Stories: c.Stories, Batches: c.Batches,
		Clock: c.Clock, BaseURL: c.BaseURL}).Register(a.frame)
	(&passports.Desk{Passports: c.Passports, Clock: c.Clock, BaseURL: c.BaseURL, Log: c.Log}).Register(a.frame)
	(&labels.Desk{Things: c.Things, Chance: c.Chance, BaseURL: c.BaseURL}).Register(a.frame)
	(&places.Desk{Places: c.Places}).Register(a.frame)
	(&traces.Desk{DB: c.DB, Journeys: c.Journeys, Alarms: c.Alarms, Places: c.Places, Products: c.Products, Things: c.Things, Stories: c.Stories, Links: c.Links, Clock: c.Clock}).Register(a.frame)
	(&devices.Desk{DB: c.DB, Access: c.Access, Products: c.Products, Devices: c.Devices, Readings: c.Readings, Commands: c.Commands, Intake: c.Intake, Clock: c.Clock, BaseURL: c.BaseURL}).Register(a.frame)
	a.watch.Register(a.frame)
	return a
}

// Spec prints the OpenAPI document of the API as YAML. It needs no services.
func Spec() ([]byte, error) {
	return assemble(Config{Version: "1"}).frame.Spec().YAML()
}

// Operations lists what the API can do, for tests and documentation.
func (a *API) Operations() []frame.Op { return a.frame.Ops() }

// ServeHTTP implements http.Handler. It is to be mounted at /api/.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if ce.Mine(r.URL.EscapedPath()) {
		a.ce.ServeHTTP(w, r)
		return
	}
	a.frame.ServeHTTP(w, r)
}

// Drain ends the long answers (live views), so that a server can shut down.
func (a *API) Drain() { a.watch.Drain() }

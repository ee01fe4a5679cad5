package app

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"golang.org/x/sync/errgroup"

	"tagline/internal/api"
	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/console"
	"tagline/internal/deviceweb"
	"tagline/internal/epcisapi"
	"tagline/internal/mqtt"
	"tagline/internal/pages"
	"tagline/internal/passportweb"
	"tagline/internal/resolver"
	"tagline/internal/timer"
)

// Config is everything that can be set from outside.
type Config struct {
	Version       string
	Data          string // data folder; made when it is missing
	Database      string // postgres://…, or "" for SQLite in the data folder
	Listen        string // HOST:PORT
	TLSCert       string // certificate file in PEM, with TLSKey: the server speaks TLS itself
	TLSKey        string
	BaseURL       string // how the outside reaches this server; "" = the address it listens on
	CountryHeader string // header of a trusted proxy with the visitor's country; "" = none is trusted
	AddressHeader string // header of a trusted proxy with the visitor's address; "" = the connection's is taken
	BootstrapKey  string // on an empty folder it becomes an owner's API key
	// PrivateWebhooks lets subscriptions call addresses of closed networks.
	PrivateWebhooks bool
	MQTT            string // HOST:PORT for devices without TLS; "" = none
	MQTTS           string // HOST:PORT for devices with TLS, with TLSCert and TLSKey; "" = none
	MQTTConformance bool   // a general broker for test suites of the protocol, not for devices
	Demo            bool   // shows made-up data, and says so
	Log             *slog.Logger
	Clock           clock.Clock // nil = the machine's
	Chance          io.Reader   // nil = the machine's
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Chance == nil {
		c.Chance = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	return c
}

// App is the whole server.
type App struct {
	*rooms
	server *server
	checks linkChecks
	api    *api.API
	mqtt   *mqtt.Server
	link   string // the one-time sign-in link, until somebody has signed in
}

// New opens the address and the database and builds everything. Requests wait in
// the listener until Run. Errors: Unavailable when the address or the data folder
// is in use or the database does not answer; Invalid for what cannot work.
func New(ctx context.Context, c Config) (_ *App, err error) {
	c = c.withDefaults()
	listener, err := listen(c.Listen)
	if err != nil {
		return nil, err
	}
	a := &App{rooms: &rooms{config: c, bus: bus.New()}, checks: linkChecks{due: make(chan struct{}, 1)}}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreClosed(listener.Close()))
		}
	}()
	a.server = newServer(listener, c.Log)
	if c.TLSCert != "" {
		certificates, err := openCertificates(c.TLSCert, c.TLSKey, c.Clock)
		if err != nil {
			return nil, err
		}
		a.server.secure, a.server.http.TLSConfig = true, &tls.Config{GetCertificate: certificates.get, MinVersion: tls.VersionTLS12}
	}
	if a.config.BaseURL == "" {
		a.config.BaseURL = a.server.url()
	}
	if err := a.open(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	if err := a.setLinkCheck(ctx); err != nil {
		return nil, err
	}
	if err := a.openFrontDoor(); err != nil {
		return nil, err
	}
	token, err := a.access.Bootstrap(ctx, c.BootstrapKey)
	if err != nil {
		return nil, err
	}
	if token != "" {
		a.link = signInAt(a.config.BaseURL, token)
	}
	if a.server.http.Handler, err = a.surfaces(); err != nil {
		return nil, err
	}
	return a, nil
}

// surfaces builds what the outside meets, and the switch in front of it.
func (a *App) surfaces() (http.Handler, error) {
	c := a.config
	m := newMetrics(c.Clock, c.Version, a.db.Engine())
	drawn, err := pages.New()
	if err != nil {
		return nil, err
	}
	consumer, err := resolver.New(resolver.Config{
		Tags: a.tags, Things: a.things, Products: a.products, Contents: a.contents, Links: a.links, Passports: a.passports, Pages: drawn,
		Vault: a.vault, Clock: c.Clock, IDs: a.ids, Log: c.Log, BaseURL: c.BaseURL, CountryHeader: c.CountryHeader, AddressHeader: c.AddressHeader,
	})
	if err != nil {
		return nil, err
	}
	web, err := console.Handler(console.Built())
	if err != nil {
		return nil, err
	}
	surface, err := api.New(api.Config{
		Backend: api.Backend{
			Access: a.access, Products: a.products, Contents: a.contents, Brands: a.brands, Keysets: a.keysets, Tags: a.tags, Things: a.things, Stories: a.stories, Batches: a.batches, Passports: a.passports, Links: a.links, Checker: a.checker, Journeys: a.journeys, Places: a.places, Alarms: a.alarms,
			Devices: a.devices, Readings: a.readings, Commands: a.commands, Intake: a.intake,
			DB: a.db, Ledger: a.ledger, Timers: a.timers, Vault: a.vault, Bus: a.bus,
		},
		Version: c.Version, BaseURL: c.BaseURL, Demo: c.Demo, AddressHeader: c.AddressHeader,
		Clock: c.Clock, IDs: a.ids, Chance: c.Chance, Log: c.Log, Started: c.Clock.Now(),
	})
	if err != nil {
		return nil, err
	}
	a.api = surface

	own := http.NewServeMux()
	a.server.probes(own, a.db.Ping)
	own.Handle("GET /metrics", m.handler())
	own.Handle("GET /{$}", http.RedirectHandler("/console/", http.StatusSeeOther))
	m.registry.MustRegister(newReadings(a.rooms))

	// What is counted of passports is how many answers of which status went out, and
	// nothing of who asked.
	toPassports := m.count("passport", passportweb.New(passportweb.Config{Passports: a.passports, Drawer: a.drawer, Log: c.Log}))
	events := epcisapi.New(epcisapi.Config{
		Repository: a.traces, Captures: a.captures, Queries: a.standing, Subscriptions: a.subscribe, Doors: a.access, Bus: a.bus, Clock: c.Clock, IDs: a.ids, Log: c.Log,
		BaseURL: c.BaseURL, Version: c.Version, Secret: a.vault.Derive("epcis.page"),
	})
	toEPCIS := m.count("epcis", events)
	a.server.live = func() {
		a.api.Drain()
		events.Drain()
	}
	toDevices := m.count("device", deviceweb.New(deviceweb.Config{Devices: a.devices, Intake: a.intake, Commands: a.commands, Keys: a.access, Clock: c.Clock,
		Address: func(r *http.Request) string { return r.Header.Get(c.AddressHeader) }}))
	toBrowserDevices := a.mqtt.Handler()
	toAPI, toConsole, toConsumer, toOwn := m.count("api", a.api), m.count("console", web), m.count("consumer", consumer), m.count("own", own)
	// A mux would clean paths by a redirect, which would change the bytes of a
	// tap: the switch looks at the escaped path alone.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		switch {
		case under(path, "/api"):
			toAPI.ServeHTTP(w, r)
		case under(path, epcisapi.Prefix):
			if r.Method == http.MethodPost { // a document of many megabytes on a slow line takes longer than other bodies
				if err := http.NewResponseController(w).SetReadDeadline(c.Clock.Now().Add(captureTime)); err != nil {
					c.Log.DebugContext(r.Context(), "the time to read a document could not be set", "error", err)
				}
			}
			toEPCIS.ServeHTTP(w, r)
		case path == "/mqtt":
			toBrowserDevices.ServeHTTP(w, r)
		case under(path, deviceweb.Prefix):
			toDevices.ServeHTTP(w, r)
		case under(path, "/console"):
			toConsole.ServeHTTP(w, r)
		case under(path, passportweb.Prefix):
			toPassports.ServeHTTP(w, r)
		case path == "/" && r.URL.RawQuery == "" || path == "/healthz" || path == "/readyz" || path == "/metrics":
			toOwn.ServeHTTP(w, r)
		default:
			toConsumer.ServeHTTP(w, r)
		}
	}), nil
}

func under(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '/')
}

// URL is where this machine reaches the server.
func (a *App) URL() string { return a.server.url() }

// SignInLink is the owner's one-time link, "" when somebody has signed in before
// or a bootstrap key was given.
func (a *App) SignInLink() string { return a.link }

// Run serves until ctx ends and then drains.
func (a *App) Run(ctx context.Context) error {
	a.config.Log.InfoContext(ctx, "ready", "url", a.URL(), "engine", a.db.Engine(), "version", a.config.Version)
	group, ctx := errgroup.WithContext(ctx)
	// The followers go on while requests under way are answered.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group.Go(func() error {
		defer stop()
		return a.server.run(ctx, a.config.Clock)
	})
	// Devices are let out before what they sent last is committed.
	settled := make(chan struct{})
	group.Go(func() error {
		defer close(settled)
		return unlessEnded(ctx, a.mqtt.Serve(ctx))
	})
	intake, ended := context.WithCancel(context.WithoutCancel(ctx))
	group.Go(func() error {
		defer ended()
		<-settled
		<-background.Done()
		return nil
	})
	group.Go(func() error { return unlessEnded(intake, a.intake.Run(intake)) })
	group.Go(func() error { return unlessEnded(background, a.readings.Run(background)) })
	group.Go(func() error { return unlessEnded(background, a.commands.Run(background)) })
	group.Go(func() error { return unlessEnded(background, a.stories.Follow(background)) })
	group.Go(func() error { return unlessEnded(background, a.links.Follow(background)) })
	group.Go(func() error { return unlessEnded(background, a.followLinkChecks(background)) })
	group.Go(func() error { return unlessEnded(background, a.captures.Run(background)) })
	group.Go(func() error { return unlessEnded(background, a.journeys.Follow(background)) })
	group.Go(func() error { return unlessEnded(background, a.journeys.Watch(background)) })
	group.Go(func() error { return unlessEnded(background, a.subscribe.Run(background)) })
	group.Go(func() error { return unlessEnded(background, a.timers.Run(background, a.handlers())) })
	err := group.Wait()
	a.config.Log.InfoContext(background, "drained")
	return err
}

// Close undoes New. It may be called without Run.
func (a *App) Close() error {
	return errors.Join(ignoreClosed(a.server.listener.Close()), a.close())
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func unlessEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// handlers are what the durable timers wake.
func (a *App) handlers() map[string]timer.Handler {
	return map[string]timer.Handler{checkKind: a.linkCheckDue}
}

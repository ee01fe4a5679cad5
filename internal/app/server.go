package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
)

// The limits of the HTTP server. Bodies are limited by each surface.
const (
	maxHeaderBytes    = 16 << 10
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 60 * time.Second
	captureTime       = 10 * time.Minute // to read a document of supply-chain events
	idleTimeout       = 2 * time.Minute
	drainTime         = 15 * time.Second
)

// listen opens the address, and says in words why it cannot.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err == nil {
		return l, nil
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fault.Wrap(fault.Unavailable, err, fmt.Sprintf("the address %s is in use by another program", address),
			"Stop that program, or choose another --listen HOST:PORT; port 0 takes a free one.")
	case errors.Is(err, syscall.EACCES):
		return nil, fault.Wrap(fault.Forbidden, err, fmt.Sprintf("this user may not listen on %s", address),
			"Ports below 1024 need a privilege; choose a higher one behind a proxy.")
	default:
		return nil, fault.Wrap(fault.Invalid, err, fmt.Sprintf("cannot listen on %q", address), "It is HOST:PORT, such as 127.0.0.1:8080.")
	}
}

// server is the HTTP side of the app.
type server struct {
	http     *http.Server
	listener net.Listener
	secure   bool // TLS; http.Server sets its own TLSConfig in any case
	draining atomic.Bool
	live     func() // ends the streams, which would otherwise last for ever
}

func newServer(l net.Listener, log *slog.Logger) *server {
	s := &server{listener: l, live: func() {}}
	s.http = &http.Server{
		MaxHeaderBytes:    maxHeaderBytes,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	return s
}

// run serves until ctx ends, then drains: readiness turns off, the streams end,
// and requests under way have drainTime to finish.
func (s *server) run(ctx context.Context, c clock.Clock) error {
	failed := make(chan error, 1)
	go func() {
		if s.secure {
			failed <- s.http.ServeTLS(s.listener, "", "") // the certificate is in TLSConfig
			return
		}
		failed <- s.http.Serve(s.listener)
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.draining.Store(true)
	s.live()
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	go func() {
		select {
		case <-c.After(drainTime):
			cancel()
		case <-ctx.Done():
		}
	}()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.Canceled) {
		return errors.Join(s.http.Close(), fault.Newf(fault.Unavailable, "some requests did not end within %v and were cut off", drainTime))
	}
	return err
}

// url is the address as a URL that a person on this machine can open.
func (s *server) url() string {
	address := s.listener.Addr().(*net.TCPAddr)
	host := address.IP.String()
	if address.IP.IsUnspecified() {
		host = "localhost"
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	scheme := "http"
	if s.secure {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s:%d", scheme, host, address.Port)
}

// probes answers /healthz and /readyz.
func (s *server) probes(mux *http.ServeMux, ready func(context.Context) error) {
	say := func(w http.ResponseWriter, status int, text string) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		fmt.Fprintln(w, text)
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if s.draining.Load() {
			say(w, http.StatusServiceUnavailable, "draining")
			return
		}
		if err := ready(r.Context()); err != nil {
			say(w, http.StatusServiceUnavailable, fault.From(err).Message)
			return
		}
		say(w, http.StatusOK, "ready")
	})
}

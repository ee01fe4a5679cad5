package mqtt

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"

	"tagline/internal/clock"
	"tagline/internal/fault"
)

// Identity is who a connection is, as its credential says.
type Identity struct {
	Brand, Device string    // each [a-z0-9-]{1,40}
	No            int64     // the Hub's own number of the device
	Claim         bool      // a claim's credential: up/prov and dn/prov only
	Credential    string    // its id, for the log; never a secret
	Until         time.Time // the connection ends then; zero: with the client
}

func (i Identity) clientID() string { return i.Brand + "_" + i.Device }

// Credentials is what a CONNECT shows.
type Credentials struct {
	ClientID    string
	Username    string
	Password    []byte
	Certificate *x509.Certificate // verified; nil without
	Remote      netip.Addr
	Secure      bool // TLS
}

// Uplink is one message of a device.
type Uplink struct {
	Identity
	Kind        string // the topic after up/: "ev", "rep", …
	Body        []byte // the receiver's
	ContentType string // of MQTT 5
	Properties  [][2]string
	QoS         byte
	Received    time.Time
}

// Outcome is what became of an uplink.
type Outcome int

// The outcomes.
const (
	Stored        Outcome = iota // durable
	Invalid                      // never to be sent again
	NotAuthorised                // not this device
	OverQuota                    // later
	Failed                       // not stored; the device sends it again
)

// Ended is why a connection is no more.
type Ended string

// The ways to end.
const (
	Left      Ended = "left" // it said so
	Lost      Ended = "lost"
	TakenOver Ended = "taken-over"
	Kicked    Ended = "kicked"
)

// Hub is what the front door asks of the server.
type Hub interface {
	// Authenticate says who somebody is. A fault refuses him.
	Authenticate(ctx context.Context, c Credentials) (Identity, error)

	// Connected and Disconnected tell of a device's sessions; the number of a session
	// grows with every connection.
	Connected(id Identity, session int64)
	Disconnected(id Identity, session int64, why Ended)

	// Listening tells that a device has subscribed to what is sent to it. It must not
	// wait.
	Listening(id Identity)

	// Offer takes an uplink in. It may wait, which holds the connection back, until ctx
	// ends. done is told once, from any goroutine, unless Offer gave an error. why is
	// for the device: a code and a sentence.
	Offer(ctx context.Context, u Uplink, done func(o Outcome, code, why string)) error
}

// Profile is how the front door behaves.
type Profile int

// The profiles.
const (
	// Product is the way in for devices.
	Product Profile = iota

	// Conformance is a general broker behind the same guards, for test suites of the
	// protocol: everybody may do everything, so it never stands before real data.
	Conformance
)

// Config is what a Server is made of.
type Config struct {
	Plain   string // HOST:PORT without encryption; "" = none
	Secure  string // HOST:PORT with TLS; "" = none
	TLS     *tls.Config
	Profile Profile
	Hub     Hub
	Clock   clock.Clock
	Log     *slog.Logger
	Limits  Limits
}

// Limits bound the front door; zero fields take their defaults.
type Limits struct {
	Connections int           // 20,000
	PerAddress  int           // connections from one address that is not this machine (IPv6: /64): 1,000
	PerSecond   int           // new connections in a second: 2,000
	Patience    time.Duration // for TLS, and again for CONNECT: 5 s
	WriteBuffer int           // bytes for a device that does not read: 256 KiB
	Receive     int           // publishes of a device that are not answered yet: 100
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		field *int
		value int
	}{{&l.Connections, 20_000}, {&l.PerAddress, 1000}, {&l.PerSecond, 2000}, {&l.WriteBuffer, 256 << 10}, {&l.Receive, 100}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if l.Patience == 0 {
		l.Patience = 5 * time.Second
	}
	return l
}

// Figures count since the start, but for Connections, which are those that are there.
type Figures struct {
	Connections int64
	Accepted    int64
	Refused     int64 // connections that were over a limit, or never said who they are
	Denied      int64 // credentials that were not good
	Malformed   int64 // connections that ended with a packet that is none
	Uplinks     int64
	Acknowledged,
	Downlinks, Delivered,
	Overflowed, // connections that did not read
	Panics int64
}

// figures are counted by many.
type figures struct {
	connections, accepted, refused, denied, malformed, uplinks, acknowledged, downlinks, delivered, overflowed, panics atomic.Int64
}

// Server is the front door.
type Server struct {
	config    Config
	engine    *mochi.Server
	log       *slog.Logger
	listeners []*listener
	gate      *gate
	figures   figures
	session   atomic.Int64
	drained   chan struct{} // closed when nobody is let in any more
	draining  sync.Once
	conns     sync.WaitGroup

	mu    sync.Mutex
	named map[string]*conn // by client id
	sends map[string]*send // on their way to the engine, by token
}

// New opens the addresses. Connections wait in them until Serve. Errors: Unavailable or
// Invalid for an address that cannot be had.
func New(c Config) (*Server, error) {
	c.Limits = c.Limits.withDefaults()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Secure != "" && c.TLS == nil {
		return nil, fault.New(fault.Invalid, "MQTT over TLS needs a certificate", "Give --tls-cert and --tls-key too.")
	}
	s := &Server{
		config: c, log: c.Log, gate: newGate(c.Limits), drained: make(chan struct{}),
		named: map[string]*conn{}, sends: map[string]*send{},
	}
	// Numbers of sessions grow through restarts too.
	s.session.Store(c.Clock.Now().UnixMicro())
	s.engine = mochi.New(s.options())
	if err := s.engine.AddHook(s.hook(), nil); err != nil {
		return nil, err
	}
	for _, at := range []struct {
		address string
		tls     *tls.Config
	}{{c.Plain, nil}, {c.Secure, c.TLS}} {
		if at.address == "" {
			continue
		}
		l, err := net.Listen("tcp", at.address)
		if err != nil {
			s.close()
			return nil, fault.Wrap(fault.Unavailable, err, "the address "+at.address+" for MQTT cannot be had", "Stop the program that has it, or choose another HOST:PORT.")
		}
		s.listeners = append(s.listeners, &listener{server: s, inner: l, tls: at.tls, handshakes: make(chan struct{}, 4)})
	}
	return s, nil
}

func (s *Server) close() {
	for _, l := range s.listeners {
		if err := l.inner.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			s.log.Warn("an address could not be given up", "error", err)
		}
	}
}

// Address is the address without encryption, or the one with it where there is no
// other; nil when there is none.
func (s *Server) Address() net.Addr {
	if len(s.listeners) == 0 {
		return nil
	}
	return s.listeners[0].inner.Addr()
}

// SecureAddress is the address with TLS; nil when there is none.
func (s *Server) SecureAddress() net.Addr {
	for _, l := range s.listeners {
		if l.tls != nil {
			return l.inner.Addr()
		}
	}
	return nil
}

// Serve lets devices in until ctx ends, tells those that are there to leave, and gives
// up the addresses.
func (s *Server) Serve(ctx context.Context) error {
	if err := s.engine.Serve(); err != nil {
		return err
	}
	for _, l := range s.listeners {
		s.conns.Add(1)
		go func() {
			defer s.conns.Done()
			l.accept(ctx)
		}()
	}
	<-ctx.Done()
	s.draining.Do(func() { close(s.drained) })
	s.close()
	s.mu.Lock()
	var open []*conn
	for _, c := range s.named {
		open = append(open, c)
	}
	s.mu.Unlock()
	for _, c := range open {
		c.end(Lost, shuttingDown)
	}
	s.gate.endAll()
	s.conns.Wait()
	if err := s.engine.Close(); err != nil {
		s.log.Warn("the engine did not close well", "error", err)
	}
	return ctx.Err()
}

// Kick ends a device's connection; false when it has none.
func (s *Server) Kick(brand, device, reason string) bool {
	s.mu.Lock()
	c := s.named[brand+"_"+device]
	s.mu.Unlock()
	if c == nil {
		return false
	}
	s.log.Info("a device is told to leave", "device", brand+"/"+device, "reason", reason)
	c.end(Kicked, administrative)
	return true
}

// Online reports whether a device is connected here.
func (s *Server) Online(brand, device string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.named[brand+"_"+device] != nil
}

// Figures gives the figures of operation.
func (s *Server) Figures() Figures {
	f := &s.figures
	return Figures{
		Connections: f.connections.Load(), Accepted: f.accepted.Load(), Refused: f.refused.Load(), Denied: f.denied.Load(), Malformed: f.malformed.Load(),
		Uplinks: f.uplinks.Load(), Acknowledged: f.acknowledged.Load(), Downlinks: f.downlinks.Load(), Delivered: f.delivered.Load(),
		Overflowed: f.overflowed.Load(), Panics: f.panics.Load(),
	}
}

// Handler is the door for browsers: MQTT over WebSocket.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.webSocket) }

package mqtt

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/coder/websocket"
)

// listener accepts connections at one address.
type listener struct {
	server     *Server
	inner      net.Listener
	tls        *tls.Config
	handshakes chan struct{} // those under way
}

// The pauses when the machine has no more room for a connection.
const (
	firstPause = 5 * time.Millisecond
	lastPause  = time.Second
)

func (l *listener) accept(ctx context.Context) {
	pause := firstPause
	for {
		raw, err := l.inner.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return
			}
			if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
				l.server.log.Warn("there is no room for another connection", "error", err)
			}
			select {
			case <-l.server.config.Clock.After(pause):
			case <-ctx.Done():
				return
			}
			pause = min(2*pause, lastPause)
			continue
		}
		pause = firstPause
		l.server.start(raw, l)
	}
}

// start serves a connection in a goroutine of its own.
func (s *Server) start(raw net.Conn, l *listener) {
	s.conns.Add(1)
	go func() {
		defer s.conns.Done()
		s.serve(raw, l)
	}()
}

// serve is the whole life of a connection.
func (s *Server) serve(raw net.Conn, l *listener) {
	c := s.newConn(raw)
	defer c.Close()
	if why := s.gate.enter(c, s.config.Clock.Now()); why != "" {
		s.figures.refused.Add(1)
		s.log.Debug("a connection was refused", "remote", c.remote.String(), "why", why)
		return
	}
	defer s.gate.leave(c)
	s.figures.accepted.Add(1)
	// From here until the engine has read CONNECT nothing else bounds the wait.
	if err := raw.SetDeadline(s.config.Clock.Now().Add(s.config.Limits.Patience)); err != nil {
		return
	}
	if l != nil && l.tls != nil {
		if err := c.handshake(l); err != nil {
			s.figures.refused.Add(1)
			s.log.Debug("no TLS connection was made", "remote", c.remote.String(), "error", err)
			return
		}
	}
	if err := c.Conn.SetDeadline(s.config.Clock.Now().Add(s.config.Limits.Patience)); err != nil {
		return
	}
	if c.Conn.SetWriteDeadline(time.Time{}) != nil {
		return
	}
	s.run(c)
}

func (c *conn) handshake(l *listener) error {
	l.handshakes <- struct{}{}
	defer func() { <-l.handshakes }()
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	secure := tls.Server(c.Conn, l.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		return err
	}
	if certs := secure.ConnectionState().PeerCertificates; len(certs) > 0 {
		c.cert = certs[0]
	}
	c.Conn, c.secure = secure, true
	c.reader.Reset(secure)
	return nil
}

// run hands the connection to the engine. The engine has no guard against its own
// panics: here one costs a connection. After one it leaves the client where it was, and
// what it never tells is told here.
func (s *Server) run(c *conn) {
	defer s.leave(c)
	defer func() {
		if r := recover(); r != nil {
			s.figures.panics.Add(1)
			s.log.Error("the MQTT engine panicked", "device", c.name(), "panic", r, "stack", string(debug.Stack()))
			c.mu.Lock()
			cl := c.client
			c.mu.Unlock()
			if cl != nil {
				s.engine.UnsubscribeClient(cl)
				if now, ok := s.engine.Clients.Get(cl.ID); ok && now == cl {
					s.engine.Clients.Delete(cl.ID)
				}
				cl.Stop(nil)
			}
		}
	}()
	err := s.engine.EstablishConnection("tagline", c)
	if err == nil {
		c.mu.Lock()
		if c.why == Lost {
			c.why = Left
		}
		c.mu.Unlock()
	}
}

// leave tells that a session is over.
func (s *Server) leave(c *conn) {
	c.mu.Lock()
	known, id, session, why := c.known, c.id, c.session, c.why
	flights := c.flights
	c.flights, c.acks = map[uint16]*send{}, nil
	c.mu.Unlock()
	for _, f := range flights {
		f.finish(false)
	}
	if !known {
		return
	}
	s.mu.Lock()
	if s.named[id.clientID()] == c {
		delete(s.named, id.clientID())
	} else {
		why = TakenOver
	}
	s.mu.Unlock()
	s.figures.connections.Add(-1)
	if s.config.Hub != nil && !id.Claim {
		s.config.Hub.Disconnected(id, session, why)
	}
}

// webSocket takes a connection of a browser in.
func (s *Server) webSocket(w http.ResponseWriter, r *http.Request) {
	select {
	case <-s.drained:
		http.Error(w, "the server is stopping", http.StatusServiceUnavailable)
		return
	default:
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"mqtt"}, InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // Accept has answered
	}
	if ws.Subprotocol() != "mqtt" {
		ws.Close(websocket.StatusPolicyViolation, "the subprotocol is mqtt")
		return
	}
	ws.SetReadLimit(int64(s.frameLimit()) + 16)
	s.conns.Add(1)
	defer s.conns.Done()
	s.serve(&webConn{Conn: websocket.NetConn(context.WithoutCancel(r.Context()), ws, websocket.MessageBinary), remote: r.RemoteAddr, secure: r.TLS != nil}, nil)
}

func (s *Server) frameLimit() int { return 128 << 10 }

// webConn knows from where its request came, which a WebSocket's connection does not.
type webConn struct {
	net.Conn
	remote string
	secure bool
}

type address string

func (a address) Network() string { return "websocket" }
func (a address) String() string  { return string(a) }

// RemoteAddr implements net.Conn.
func (c *webConn) RemoteAddr() net.Addr { return address(c.remote) }

package mqtt

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"tagline/internal/mqtt/frame"
)

// The bounds of a connection.
const (
	readBuffer    = 1 << 10
	writePatience = 5 * time.Second // for a device to take what is written
)

var (
	administrative = packets.ErrAdministrativeAction
	shuttingDown   = packets.ErrServerShuttingDown
)

// conn is the connection that the engine sees: it reads whole, checked packets and
// never waits in a write.
type conn struct {
	net.Conn
	server *Server
	remote netip.Addr
	secure bool
	cert   *x509.Certificate
	ctx    context.Context // ends with the connection
	cancel context.CancelFunc

	reader *bufio.Reader
	guard  frame.Guard
	ready  []byte // of a packet that was checked, what the engine has not read yet

	mu       sync.Mutex
	out      []byte // to be written
	flushing bool
	closing  bool
	closed   bool

	// Of a session; set once it is known who this is.
	client  *mochi.Client
	id      Identity
	session int64
	known   bool
	why     Ended
	acking  bool   // somebody answers them
	acks    []*ack // publishes that are not answered, in their order
	waiting map[uint16]bool
	flights map[uint16]*send // deliveries that are not acknowledged
}

func (s *Server) newConn(inner net.Conn) *conn {
	c := &conn{Conn: inner, server: s, guard: frame.Guard{Limits: frame.Default()}, why: Lost, waiting: map[uint16]bool{}, flights: map[uint16]*send{}}
	if a, err := netip.ParseAddrPort(inner.RemoteAddr().String()); err == nil {
		c.remote = a.Addr()
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.reader = bufio.NewReaderSize(inner, readBuffer)
	return c
}

// Read gives the engine bytes of packets that were checked.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.ready) == 0 {
		packet, err := c.guard.Next(c.reader)
		if err != nil {
			var r *frame.Refusal
			if errors.As(err, &r) {
				c.server.figures.malformed.Add(1)
				c.server.log.Info("a packet was refused", "device", c.name(), "remote", c.remote.String(), "why", r.Why)
				c.say(packets.Code{Code: r.Code})
			}
			return 0, err
		}
		c.ready = packet
	}
	n := copy(p, c.ready)
	c.ready = c.ready[n:]
	return n, nil
}

// say sends DISCONNECT with a reason where the protocol has one.
func (c *conn) say(code packets.Code) {
	c.mu.Lock()
	cl := c.client
	c.mu.Unlock()
	if cl != nil && c.guard.Version == 5 {
		_ = cl.WritePacket(packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Disconnect}, ReasonCode: code.Code}) // it is over anyway
	}
}

// Write takes bytes that a goroutine of its own sends. A device that does not read is
// cut off when its buffer is full.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.closing {
		return 0, net.ErrClosed
	}
	if c.guard.Version == 4 && len(p) > 0 && p[0] == 0xe0 {
		return len(p), nil // 3.1.1 knows no DISCONNECT from a server
	}
	if len(c.out)+len(p) > c.server.config.Limits.WriteBuffer {
		c.server.figures.overflowed.Add(1)
		c.shut()
		return 0, errors.New("mqtt: the device does not read")
	}
	c.out = append(c.out, p...)
	if !c.flushing {
		c.flushing = true
		go c.flush()
	}
	return len(p), nil
}

func (c *conn) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.out) > 0 && !c.closed {
		b := c.out
		c.out = nil
		c.mu.Unlock()
		err := c.Conn.SetWriteDeadline(c.server.config.Clock.Now().Add(writePatience))
		if err == nil {
			_, err = c.Conn.Write(b)
		}
		c.mu.Lock()
		if err != nil {
			c.shut()
		}
	}
	c.flushing = false
	if c.closing {
		c.shut()
	}
}

// shut closes at once. c.mu is held.
func (c *conn) shut() {
	if !c.closed {
		c.closed = true
		c.cancel()
		c.Conn.Close()
	}
}

// Close ends the connection when what was written is sent.
func (c *conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel()
	if c.flushing {
		c.closing = true
		// Whoever reads is woken; whoever writes has his time.
		return c.Conn.SetReadDeadline(time.Unix(1, 0))
	}
	c.shut()
	return nil
}

// SetDeadline is the engine's, for the keepalive: it is for reading only.
func (c *conn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing || c.closed {
		return net.ErrClosed
	}
	return c.Conn.SetReadDeadline(t)
}

// end tells the client why, and closes.
func (c *conn) end(why Ended, code packets.Code) {
	c.mu.Lock()
	cl := c.client
	if c.why == Lost {
		c.why = why
	}
	c.mu.Unlock()
	if cl == nil {
		c.Close()
		return
	}
	_ = c.server.engine.DisconnectClient(cl, code) // its error is the code
	cl.Stop(code)
}

func (c *conn) name() string {
	if !c.known {
		return ""
	}
	return c.id.Brand + "/" + c.id.Device
}

// of gives the connection behind a client of the engine; nil for our own.
func of(cl *mochi.Client) *conn {
	c, _ := cl.Net.Conn.(*conn)
	return c
}

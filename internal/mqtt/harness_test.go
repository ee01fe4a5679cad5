package mqtt_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/mqtt"
)

// hub is a server behind the front door that keeps nothing: it notes what it is told,
// and answers as the test says.
type hub struct {
	mu       sync.Mutex
	uplinks  []mqtt.Uplink
	told     []string
	changed  chan struct{}
	deny     func(c mqtt.Credentials) error
	identify func(c mqtt.Credentials) mqtt.Identity
	offer    func(u mqtt.Uplink, done func(mqtt.Outcome, string, string)) bool // true: it answers itself
}

func newHub() *hub { return &hub{changed: make(chan struct{}, 1)} }

func (h *hub) note(fn func()) {
	h.mu.Lock()
	fn()
	h.mu.Unlock()
	select {
	case h.changed <- struct{}{}:
	default:
	}
}

func (h *hub) Authenticate(_ context.Context, c mqtt.Credentials) (mqtt.Identity, error) {
	if h.deny != nil {
		if err := h.deny(c); err != nil {
			return mqtt.Identity{}, err
		}
	}
	if h.identify != nil {
		return h.identify(c), nil
	}
	brand, device, ok := strings.Cut(string(c.Password), "_") // the password is who it is
	if !ok {
		return mqtt.Identity{}, fault.New(fault.Unauthenticated, "no", "")
	}
	return mqtt.Identity{Brand: brand, Device: device}, nil
}

func (h *hub) Connected(id mqtt.Identity, session int64) {
	h.note(func() { h.told = append(h.told, "connected "+id.Device) })
}

func (h *hub) Listening(id mqtt.Identity) {
	h.note(func() { h.told = append(h.told, "listening "+id.Device) })
}

func (h *hub) Disconnected(id mqtt.Identity, _ int64, why mqtt.Ended) {
	h.note(func() { h.told = append(h.told, string(why)+" "+id.Device) })
}

func (h *hub) Offer(_ context.Context, u mqtt.Uplink, done func(mqtt.Outcome, string, string)) error {
	h.note(func() { h.uplinks = append(h.uplinks, u) })
	if h.offer != nil && h.offer(u, done) {
		return nil
	}
	done(mqtt.Stored, "", "")
	return nil
}

// until waits for something to be so.
func (h *hub) until(t testing.TB, what string, so func() bool) {
	t.Helper()
	end := time.After(10 * time.Second)
	for {
		h.mu.Lock()
		ok := so()
		h.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-h.changed:
		case <-end:
			t.Fatalf("never came: %s; told %v", what, h.told)
		}
	}
}

func (h *hub) untilTold(t testing.TB, line string) {
	t.Helper()
	h.until(t, line, func() bool {
		for _, s := range h.told {
			if s == line {
				return true
			}
		}
		return false
	})
}

func start(t testing.TB, c mqtt.Config) *mqtt.Server {
	t.Helper()
	if c.Plain == "" && c.Secure == "" {
		c.Plain = "127.0.0.1:0"
	}
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s, err := mqtt.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Serve(ctx)
	}()
	t.Cleanup(func() {
		stop()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Error("the server does not stop")
		}
	})
	return s
}

// wire is a client that sends bytes.
type wire struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func dial(t testing.TB, s *mqtt.Server) *wire {
	t.Helper()
	c, err := net.Dial("tcp", s.Address().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &wire{t, c, bufio.NewReader(c)}
}

func (w *wire) send(parts ...any) {
	w.t.Helper()
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			raw, err := hex.DecodeString(strings.ReplaceAll(p, " ", ""))
			if err != nil {
				w.t.Fatal(err)
			}
			b = append(b, raw...)
		case []byte:
			b = append(b, p...)
		}
	}
	if _, err := w.Write(b); err != nil {
		w.t.Log("write:", err) // the server may have closed already
	}
}

// packet reads one packet: its first byte and its body; 0 for the end.
func (w *wire) packet() (first byte, body []byte) {
	w.t.Helper()
	if err := w.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		w.t.Fatal(err)
	}
	first, err := w.r.ReadByte()
	if err != nil {
		if ne, ok := err.(net.Error); ok && ne.Timeout() {
			w.t.Fatal("nothing came, and the connection is open")
		}
		return 0, nil
	}
	n, err := binary.ReadUvarint(w.r)
	if err != nil {
		return 0, nil
	}
	body = make([]byte, n)
	if _, err := io.ReadFull(w.r, body); err != nil {
		return 0, nil
	}
	return first, body
}

func (w *wire) want(first byte, body string) {
	w.t.Helper()
	f, b := w.packet()
	if f != first || hex.EncodeToString(b) != strings.ReplaceAll(body, " ", "") {
		w.t.Fatalf("got %02x %x, want %02x %s", f, b, first, body)
	}
}

// ended wants the connection to be closed, whatever is said before.
func (w *wire) ended() (last byte, body []byte) {
	w.t.Helper()
	for {
		f, b := w.packet()
		if f == 0 {
			return last, body
		}
		last, body = f, b
	}
}

func str(s string) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...) }

func whole(first byte, body ...[]byte) []byte {
	var b []byte
	for _, p := range body {
		b = append(b, p...)
	}
	return append(binary.AppendUvarint([]byte{first}, uint64(len(b))), b...)
}

// connectPacket is a clean CONNECT that shows who it is as its password.
func connectPacket(version byte, id string, keep uint16) []byte {
	props := []byte{}
	if version == 5 {
		props = []byte{0}
	}
	return whole(0x10, str("MQTT"), []byte{version, 0xc2}, binary.BigEndian.AppendUint16(nil, keep), props, str(id), str("u"), str(id))
}

func publishPacket(version byte, topic string, id uint16, payload string) []byte {
	first, packet := byte(0x30), []byte(nil)
	if id > 0 {
		first, packet = 0x32, binary.BigEndian.AppendUint16(nil, id)
	}
	if version == 5 {
		packet = append(packet, 0)
	}
	return whole(first, str(topic), packet, []byte(payload))
}

func subscribePacket(version byte, id uint16, filter string, qos byte) []byte {
	packet := binary.BigEndian.AppendUint16(nil, id)
	if version == 5 {
		packet = append(packet, 0)
	}
	return whole(0x82, packet, str(filter), []byte{qos})
}

func (w *wire) connected(version byte, id string) *wire {
	w.t.Helper()
	w.send(connectPacket(version, id, 60))
	if f, b := w.packet(); f != 0x20 || b[1] != 0 {
		w.t.Fatalf("CONNACK %02x %x", f, b)
	}
	return w
}

func up(kind string) string { return "tl/1/halden/d1/up/" + kind }

var _ = fmt.Sprint

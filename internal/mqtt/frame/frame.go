package frame

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The types of control packets that are looked at.
const (
	connect     = 1
	publish     = 3
	pubrel      = 6
	subscribe   = 8
	unsubscribe = 10
)

// Limits are the sizes that are allowed, in bytes behind the fixed header.
type Limits struct {
	Connect int
	Packet  int
}

// Default are the limits of the product.
func Default() Limits { return Limits{Connect: 8 << 10, Packet: 128 << 10} }

// Refusal is a packet that is not handed on. The connection is of no use after it.
type Refusal struct {
	Code byte   // reason code of MQTT 5
	Why  string // for the log: it holds nothing of the packet
}

// Error implements error.
func (r *Refusal) Error() string { return r.Why }

func refuse(code byte, format string, args ...any) error {
	return &Refusal{code, fmt.Sprintf(format, args...)}
}

// The reason codes.
const (
	Malformed = 0x81
	Protocol  = 0x82
	TooLarge  = 0x95
)

// Guard reads the packets of one connection.
type Guard struct {
	Limits  Limits
	Version byte // of CONNECT: 4 or 5; 0 before it
}

// Next reads one whole packet with its header. Errors: *Refusal, and those of the
// reader; io.EOF between two packets only.
func (g *Guard) Next(r *bufio.Reader) ([]byte, error) {
	first, err := r.ReadByte()
	if err != nil {
		return nil, err
	}
	kind := first >> 4
	switch {
	case g.Version == 0 && kind != connect:
		return nil, refuse(Protocol, "the first packet is not CONNECT")
	case g.Version != 0 && kind == connect:
		return nil, refuse(Protocol, "a second CONNECT")
	case kind == 0:
		return nil, refuse(Malformed, "there is no packet of type 0")
	}
	var head [5]byte
	head[0] = first
	size, n := 0, 1
	for shift := 0; ; shift += 7 {
		if n == len(head) {
			return nil, refuse(Malformed, "the length has more than four bytes")
		}
		b, err := r.ReadByte()
		if err != nil {
			return nil, torn(err)
		}
		head[n] = b
		n++
		size |= int(b&0x7f) << shift
		if b < 0x80 {
			break
		}
	}
	limit := g.Limits.Packet
	if kind == connect {
		limit = g.Limits.Connect
	}
	if size > limit {
		return nil, refuse(TooLarge, "a packet of type %d claims %d bytes, %d are allowed", kind, size, limit)
	}
	packet := make([]byte, n+size)
	copy(packet, head[:n])
	if _, err := io.ReadFull(r, packet[n:]); err != nil {
		return nil, torn(err)
	}
	return packet, g.check(kind, first&0x0f, packet[n:])
}

func torn(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (g *Guard) check(kind, flags byte, body []byte) error {
	switch kind {
	case connect:
		return g.connect(body)
	case subscribe, unsubscribe:
		if flags != 2 {
			return refuse(Malformed, "a packet of type %d has the flags %d", kind, flags)
		}
		return g.filters(body, kind == subscribe)
	case pubrel:
		if flags != 2 {
			return refuse(Malformed, "PUBREL has the flags %d", flags)
		}
	case publish:
		if flags>>1&3 == 3 {
			return refuse(Malformed, "PUBLISH with a quality of service of 3")
		}
	default:
		if flags != 0 {
			return refuse(Malformed, "a packet of type %d has the flags %d", kind, flags)
		}
	}
	return nil
}

// connect learns the version. The rest is the engine's business.
func (g *Guard) connect(body []byte) error {
	name, rest, ok := text(body)
	if !ok || len(rest) == 0 {
		return refuse(Malformed, "CONNECT ends in its protocol's name")
	}
	if string(name) != "MQTT" || rest[0] != 4 && rest[0] != 5 {
		return refuse(0x84, "a protocol that is not spoken here")
	}
	g.Version = rest[0]
	return nil
}

// filters walks the filters of SUBSCRIBE and UNSUBSCRIBE to the last byte.
func (g *Guard) filters(body []byte, options bool) error {
	if len(body) < 2 {
		return refuse(Malformed, "a subscription without a packet identifier")
	}
	body = body[2:]
	if g.Version == 5 {
		n, rest, ok := length(body)
		if !ok || n > len(rest) {
			return refuse(Malformed, "the properties of a subscription are longer than it")
		}
		body = rest[n:]
	}
	if len(body) == 0 {
		return refuse(Protocol, "a subscription without a filter")
	}
	for len(body) > 0 {
		_, rest, ok := text(body)
		if !ok {
			return refuse(Malformed, "a filter is longer than its packet")
		}
		if options {
			if len(rest) == 0 {
				return refuse(Malformed, "a filter without its options")
			}
			rest = rest[1:]
		}
		body = rest
	}
	return nil
}

// text reads a string with its length in two bytes.
func text(b []byte) (s, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	n := int(binary.BigEndian.Uint16(b))
	if len(b) < 2+n {
		return nil, nil, false
	}
	return b[2 : 2+n], b[2+n:], true
}

// length reads a variable byte integer.
func length(b []byte) (n int, rest []byte, ok bool) {
	for i := range min(len(b), 4) {
		n |= int(b[i]&0x7f) << (7 * i)
		if b[i] < 0x80 {
			return n, b[i+1:], true
		}
	}
	return 0, nil, false
}

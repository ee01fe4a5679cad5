package fleet

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"
)

// wire is a light client of MQTT 3.1.1.
type wire struct {
	net.Conn
	r *bufio.Reader
}

func text(s string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...)
}

func packet(first byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	b := binary.AppendUvarint([]byte{first}, uint64(n))
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// dial connects a device; keep is in seconds.
func dial(address, id, token string, keep uint16, until time.Time) (*wire, error) {
	c, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return nil, err
	}
	w := &wire{c, bufio.NewReaderSize(c, 512)}
	if err := c.SetDeadline(until); err != nil {
		return nil, err
	}
	_, err = c.Write(packet(0x10, text("MQTT"), []byte{4, 0xc2}, binary.BigEndian.AppendUint16(nil, keep), text(id), text("token"), text(token)))
	if err == nil {
		var body []byte
		if _, body, err = w.next(nil); err == nil && (len(body) != 2 || body[1] != 0) {
			err = fmt.Errorf("the server answers CONNECT with %x", body)
		}
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return w, nil
}

// next reads a packet into a buffer.
func (w *wire) next(buffer []byte) (first byte, body []byte, err error) {
	if first, err = w.r.ReadByte(); err != nil {
		return 0, nil, err
	}
	n, err := binary.ReadUvarint(w.r)
	if err != nil {
		return 0, nil, err
	}
	if uint64(cap(buffer)) < n {
		buffer = make([]byte, n)
	}
	body = buffer[:n]
	_, err = io.ReadFull(w.r, body)
	return first, body, err
}

// publish writes a QoS 1 publish.
func publish(topic string, id uint16, body []byte) []byte {
	return packet(0x32, text(topic), binary.BigEndian.AppendUint16(nil, id), body)
}

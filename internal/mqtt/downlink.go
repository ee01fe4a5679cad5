package mqtt

import (
	"strconv"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"tagline/internal/fault"
)

// Downlink is one message for a device.
type Downlink struct {
	Brand, Device string
	Kind          string // the topic after dn/
	Body          []byte
	ContentType   string
	Correlation   []byte        // of MQTT 5
	Expiry        time.Duration // after which the message is of no use; 0: none
	QoS           byte
}

// send is a downlink on its way.
type send struct {
	client string
	done   func(delivered bool)
	taken  bool // the engine has it for the device
}

func (f *send) finish(delivered bool) {
	if f.done != nil {
		f.done(delivered)
		f.done = nil
	}
}

// Send hands a message to a device that is connected and listens. done is told once,
// from any goroutine: whether the device has acknowledged it. Errors: Unavailable for a
// device that is not there, or does not listen; done is not told then.
func (s *Server) Send(d Downlink, done func(delivered bool)) error {
	id := d.Brand + "_" + d.Device
	s.mu.Lock()
	c := s.named[id]
	token := "send-" + strconv.FormatInt(s.session.Add(1), 36)
	f := &send{client: id, done: done}
	if c != nil {
		s.sends[token] = f
	}
	s.mu.Unlock()
	if c == nil {
		return fault.Newf(fault.Unavailable, "the device %s/%s is not connected", d.Brand, d.Device)
	}
	defer func() {
		s.mu.Lock()
		delete(s.sends, token)
		s.mu.Unlock()
	}()
	pk := packets.Packet{
		FixedHeader: packets.FixedHeader{Type: packets.Publish, Qos: d.QoS}, TopicName: topic(d.Brand, d.Device, "dn/"+d.Kind), Payload: d.Body, PacketID: uint16(d.QoS),
	}
	pk.Properties.ContentType = d.ContentType
	pk.Properties.CorrelationData = d.Correlation
	if d.Expiry > 0 {
		pk.Properties.MessageExpiryInterval = uint32(max(d.Expiry/time.Second, 1))
	}
	// The origin of the packet, which the engine copies along, is what tells it again.
	if err := s.engine.InjectPacket(s.engine.NewClient(nil, mochi.LocalListener, token, true), pk); err != nil {
		return fault.Wrap(fault.Unavailable, err, "the message could not be handed over", "")
	}
	if d.QoS > 0 && !f.taken {
		return fault.Newf(fault.Unavailable, "the device %s/%s does not listen to dn/%s", d.Brand, d.Device, d.Kind)
	}
	s.figures.downlinks.Add(1)
	return nil
}

// OnQosPublish implements mochi.Hook: the engine has a message for a device. It runs in
// the goroutine of Send.
func (h *hook) OnQosPublish(cl *mochi.Client, pk packets.Packet, _ int64, _ int) {
	defer h.safe()
	h.s.mu.Lock()
	f := h.s.sends[pk.Origin]
	h.s.mu.Unlock()
	c := of(cl)
	if f == nil || c == nil || f.client != cl.ID {
		return
	}
	f.taken = true
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flights[pk.PacketID] = f
}

// OnQosComplete implements mochi.Hook.
func (h *hook) OnQosComplete(cl *mochi.Client, pk packets.Packet) {
	defer h.safe()
	if f := landed(cl, pk.PacketID); f != nil {
		h.s.figures.delivered.Add(1)
		f.finish(true)
	}
}

// OnQosDropped implements mochi.Hook.
func (h *hook) OnQosDropped(cl *mochi.Client, pk packets.Packet) {
	defer h.safe()
	if f := landed(cl, pk.PacketID); f != nil {
		f.finish(false)
	}
}

// OnPublishDropped implements mochi.Hook: the device's queue in the engine is full.
func (h *hook) OnPublishDropped(cl *mochi.Client, pk packets.Packet) {
	defer h.safe()
	h.s.mu.Lock()
	f := h.s.sends[pk.Origin]
	h.s.mu.Unlock()
	if f != nil {
		f.taken = false
	}
}

func landed(cl *mochi.Client, packet uint16) *send {
	c := of(cl)
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.flights[packet]
	delete(c.flights, packet)
	return f
}

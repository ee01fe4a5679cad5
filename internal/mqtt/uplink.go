package mqtt

import (
	"bytes"
	"encoding/json"
	"strings"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// ack is the answer that a publish waits for.
type ack struct {
	packet  uint16
	qos     byte
	ready   bool
	outcome Outcome
	code    string
	why     string
	kind    string
}

// OnPublish implements mochi.Hook. The engine is told to forget the message: it would
// acknowledge it at once. When the Hub has it, it is acknowledged here.
func (h *hook) OnPublish(cl *mochi.Client, pk packets.Packet) (packets.Packet, error) {
	defer h.safe()
	if cl.Net.Inline {
		return pk, nil
	}
	c := of(cl)
	if c == nil {
		return pk, packets.ErrRejectPacket
	}
	kind, _ := strings.CutPrefix(pk.TopicName, topic(c.id.Brand, c.id.Device, "up/"))
	a := &ack{packet: pk.PacketID, qos: pk.FixedHeader.Qos, kind: kind}
	if a.qos > 0 {
		c.mu.Lock()
		switch {
		case c.waiting[a.packet]: // it is on its way; sent again it is the same
			c.mu.Unlock()
			return pk, packets.ErrRejectPacket
		case len(c.waiting) >= h.s.config.Limits.Receive:
			c.mu.Unlock()
			c.end(Kicked, packets.ErrReceiveMaximum)
			return pk, packets.ErrRejectPacket
		}
		c.waiting[a.packet] = true
		c.acks = append(c.acks, a)
		c.mu.Unlock()
	}
	u := Uplink{Identity: c.id, Kind: kind, Body: bytes.Clone(pk.Payload), ContentType: pk.Properties.ContentType, QoS: a.qos, Received: h.s.config.Clock.Now()}
	for _, p := range pk.Properties.User {
		if len(u.Properties) < 32 {
			u.Properties = append(u.Properties, [2]string{p.Key, p.Val})
		}
	}
	h.s.figures.uplinks.Add(1)
	// Waiting here holds the connection back: nothing more is read from it.
	err := h.s.config.Hub.Offer(c.ctx, u, func(o Outcome, code, why string) { c.answer(a, o, code, why) })
	if err != nil {
		c.answer(a, Failed, "unavailable", "the server is stopping")
	}
	return pk, packets.ErrRejectPacket
}

// answer notes what became of a publish, and acknowledges what is ready, in the order
// of the publishes.
func (c *conn) answer(a *ack, o Outcome, code, why string) {
	c.mu.Lock()
	a.ready, a.outcome, a.code, a.why = true, o, code, why
	if a.qos == 0 {
		c.mu.Unlock()
		if o == Invalid {
			c.report(a)
		}
		return
	}
	if c.acking { // somebody is at it, and takes this one too
		c.mu.Unlock()
		return
	}
	c.acking = true
	for len(c.acks) > 0 && c.acks[0].ready && c.client != nil {
		next, cl := c.acks[0], c.client
		c.acks = c.acks[1:]
		delete(c.waiting, next.packet)
		c.mu.Unlock() // the engine's write takes it
		c.acknowledge(cl, next)
		c.mu.Lock()
	}
	c.acking = false
	c.mu.Unlock()
}

func (c *conn) acknowledge(cl *mochi.Client, a *ack) {
	reason := packets.CodeSuccess
	switch a.outcome {
	case Stored:
	case Invalid:
		c.report(a)
		reason = packets.ErrPayloadFormatInvalid
	case NotAuthorised:
		reason = packets.ErrNotAuthorized
	case OverQuota:
		reason = packets.ErrQuotaExceeded
	case Failed:
		c.end(Kicked, packets.ErrImplementationSpecificError)
		return
	}
	if cl.Properties.ProtocolVersion < 5 {
		if a.outcome == NotAuthorised || a.outcome == OverQuota { // there is no word for it
			c.end(Kicked, packets.ErrNotAuthorized)
			return
		}
		reason = packets.CodeSuccess
	}
	pk := packets.Packet{FixedHeader: packets.FixedHeader{Type: packets.Puback}, PacketID: a.packet, ReasonCode: reason.Code}
	if reason.Code >= packets.ErrUnspecifiedError.Code {
		pk.Properties.ReasonString = short(a.why)
	}
	if cl.WritePacket(pk) == nil {
		c.server.figures.acknowledged.Add(1)
	}
}

func short(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

// report tells a device on dn/err why an uplink was not taken.
func (c *conn) report(a *ack) {
	body, err := json.Marshal(struct {
		Ref  string `json:"ref"`
		Code string `json:"code"`
		Msg  string `json:"msg"`
	}{"up/" + a.kind, a.code, short(a.why)})
	if err != nil {
		return
	}
	// A device that does not listen there learns it by the log of the console.
	_ = c.server.Send(Downlink{Brand: c.id.Brand, Device: c.id.Device, Kind: "err", Body: body, ContentType: "application/json"}, nil)
}

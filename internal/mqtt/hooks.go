package mqtt

import (
	"bytes"
	"context"
	"log/slog"
	"strings"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"tagline/internal/fault"
)

// The product's bounds that the engine keeps.
const (
	maxSession  = 60 // seconds that a session is kept for a device that is gone
	maxKeep     = 300
	maxPacket   = 128 << 10
	maxFlights  = 64
	maxWill     = 1 << 10
	maxTopic    = 256
	maxLevels   = 10
	maxSubs     = 8
	neverResend = 3600 // seconds between two tellings of $SYS, which nobody may read
)

func (s *Server) options() *mochi.Options {
	c := mochi.NewDefaultServerCapabilities()
	c.MinimumProtocolVersion = 4
	c.TopicAliasMaximum = 0
	c.Compatibilities.NoInheritedPropertiesOnAck = true
	if s.config.Profile == Product {
		c.MaximumPacketSize = maxPacket + 5
		c.MaximumSessionExpiryInterval = maxSession
		c.ReceiveMaximum, c.MaximumInflight = uint16(s.config.Limits.Receive), maxFlights
		c.MaximumClientWritesPending = 64
		c.MaximumQos, c.RetainAvailable, c.SharedSubAvailable, c.SubIDAvailable = 1, 0, 0, 0
	} else {
		c.MaximumClientWritesPending = 256
		c.Compatibilities.ObscureNotAuthorized = true
		c.Compatibilities.PassiveClientDisconnect = true
	}
	return &mochi.Options{
		Capabilities: c, ClientNetWriteBufferSize: 1 << 10, ClientNetReadBufferSize: readBuffer,
		Logger: slog.New(discreet{s.log.Handler()}), SysTopicResendInterval: neverResend,
	}
}

// discreet is a log handler that drops what packets hold: payloads, wills, passwords.
type discreet struct{ slog.Handler }

// Enabled implements slog.Handler: the engine tells at Info what is of use to nobody.
func (d discreet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && d.Handler.Enabled(ctx, slog.LevelDebug)
}

// Handle implements slog.Handler.
func (d discreet) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, slog.LevelDebug, "mqtt engine: "+r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "client", "listener":
			clean.AddAttrs(a)
		}
		return true
	})
	return d.Handler.Handle(ctx, clean)
}

// WithAttrs implements slog.Handler.
func (d discreet) WithAttrs([]slog.Attr) slog.Handler { return d }

// WithGroup implements slog.Handler.
func (d discreet) WithGroup(string) slog.Handler { return d }

// hook is the only one that the engine has: its answers would be joined by or.
type hook struct {
	mochi.HookBase
	s *Server
}

func (s *Server) hook() mochi.Hook {
	if s.config.Profile == Conformance {
		return &open{hook{s: s}}
	}
	return &hook{s: s}
}

// ID implements mochi.Hook.
func (h *hook) ID() string { return "tagline" }

// Provides implements mochi.Hook.
func (h *hook) Provides(b byte) bool {
	switch b {
	case mochi.OnConnect, mochi.OnConnectAuthenticate, mochi.OnACLCheck, mochi.OnSessionEstablish, mochi.OnPacketRead, mochi.OnPacketEncode, mochi.OnSubscribe, mochi.OnSubscribed,
		mochi.OnPublish, mochi.OnPublishDropped, mochi.OnQosPublish, mochi.OnQosComplete, mochi.OnQosDropped, mochi.OnWill, mochi.OnClientExpired:
		return true
	}
	return false
}

// safe keeps a panic of ours out of the engine's own goroutines, where it would end the
// process.
func (h *hook) safe() {
	if r := recover(); r != nil {
		h.s.figures.panics.Add(1)
		h.s.log.Error("a hook panicked", "panic", r)
	}
}

// OnConnect implements mochi.Hook: before anybody is known. An error closes without an
// answer.
func (h *hook) OnConnect(cl *mochi.Client, pk packets.Packet) error {
	c := of(cl)
	if c == nil {
		return packets.ErrNotAuthorized
	}
	if keep := cl.State.Keepalive; keep == 0 || keep > maxKeep {
		cl.State.Keepalive = maxKeep
	}
	cl.State.ServerKeepalive = true
	if len(cl.ID) > 81 { // two parts of 40 and what joins them
		return packets.ErrClientIdentifierTooLong
	}
	brand, device, _ := strings.Cut(cl.ID, "_")
	if pk.Connect.WillFlag && (pk.Connect.WillTopic != topic(brand, device, "up/lwt") || pk.Connect.WillQos > 1 || pk.Connect.WillRetain || len(pk.Connect.WillPayload) > maxWill) {
		h.s.log.Info("a will was refused", "remote", c.remote.String())
		return packets.ErrTopicNameInvalid // the engine checks wills nowhere
	}
	return nil
}

// OnConnectAuthenticate implements mochi.Hook.
func (h *hook) OnConnectAuthenticate(cl *mochi.Client, pk packets.Packet) bool {
	defer h.safe()
	c := of(cl)
	if c == nil {
		return false
	}
	id, err := h.s.config.Hub.Authenticate(c.ctx, Credentials{
		ClientID: cl.ID, Username: string(pk.Connect.Username), Password: pk.Connect.Password, Certificate: c.cert, Remote: c.remote, Secure: c.secure,
	})
	if err == nil && (id.clientID() != cl.ID || !id.Until.IsZero() && !id.Until.After(h.s.config.Clock.Now())) {
		err = fault.New(fault.Unauthenticated, "the client id is not that of the credential", "")
	}
	if err != nil {
		h.s.figures.denied.Add(1)
		h.s.log.Info("a device was not let in", "remote", c.remote.String(), "why", fault.From(err).Message)
		return false
	}
	c.mu.Lock()
	c.id, c.client = id, cl
	c.mu.Unlock()
	return true
}

// OnSessionEstablish implements mochi.Hook: before the answer to CONNECT.
func (h *hook) OnSessionEstablish(cl *mochi.Client, _ packets.Packet) {
	defer h.safe()
	c := of(cl)
	if c == nil {
		return
	}
	s := h.s
	session := s.session.Add(1)
	c.mu.Lock()
	c.known, c.session = true, session
	id := c.id
	c.mu.Unlock()
	s.mu.Lock()
	if old := s.named[id.clientID()]; old != nil && old != c {
		old.mu.Lock()
		if old.why == Lost {
			old.why = TakenOver
		}
		old.mu.Unlock()
	}
	s.named[id.clientID()] = c
	s.mu.Unlock()
	s.figures.connections.Add(1)
	if !id.Claim {
		s.config.Hub.Connected(id, session)
	}
	if !id.Until.IsZero() {
		go c.endAt(id)
	}
}

// endAt ends a connection with its credential.
func (c *conn) endAt(id Identity) {
	clock := c.server.config.Clock
	for {
		left := id.Until.Sub(clock.Now())
		if left <= 0 {
			c.end(Kicked, administrative)
			return
		}
		select {
		case <-clock.After(left):
		case <-c.ctx.Done():
			return
		}
	}
}

func topic(brand, device, rest string) string { return "tl/1/" + brand + "/" + device + "/" + rest }

// plain reports whether a topic has sane levels.
func plainTopic(t string) bool {
	return len(t) <= maxTopic && strings.Count(t, "/") < maxLevels && !strings.Contains(t, "//") && !strings.HasSuffix(t, "/") && !strings.HasPrefix(t, "/")
}

// OnACLCheck implements mochi.Hook. Filters come here as they are asked for, and topics
// as they are delivered, both as reading.
func (h *hook) OnACLCheck(cl *mochi.Client, t string, write bool) bool {
	defer h.safe()
	if cl.Net.Inline {
		return true
	}
	c := of(cl)
	if c == nil || !plainTopic(t) {
		return false
	}
	if write {
		rest, own := strings.CutPrefix(t, topic(c.id.Brand, c.id.Device, "up/"))
		return own && rest != "" && (rest == "prov") == c.id.Claim
	}
	rest, own := strings.CutPrefix(t, topic(c.id.Brand, c.id.Device, "dn/"))
	if !own || rest == "" || strings.ContainsAny(rest, "+") || strings.Contains(rest, "#") && rest != "#" {
		return false
	}
	return !c.id.Claim || rest == "prov" || rest == "#"
}

// OnSubscribe implements mochi.Hook.
func (h *hook) OnSubscribe(cl *mochi.Client, pk packets.Packet) packets.Packet {
	defer h.safe()
	if c := of(cl); c != nil && cl.State.Subscriptions.Len()+len(pk.Filters) > maxSubs {
		c.end(Kicked, packets.ErrQuotaExceeded)
		pk.Filters = nil
	}
	return pk
}

// OnSubscribed implements mochi.Hook.
func (h *hook) OnSubscribed(cl *mochi.Client, _ packets.Packet, codes []byte) {
	defer h.safe()
	c := of(cl)
	if c == nil || c.id.Claim {
		return
	}
	for _, code := range codes {
		if code < packets.ErrUnspecifiedError.Code {
			h.s.config.Hub.Listening(c.id)
			return
		}
	}
}

// OnPacketRead implements mochi.Hook: what the engine would answer wrongly, or not at
// all, ends here.
func (h *hook) OnPacketRead(cl *mochi.Client, pk packets.Packet) (packets.Packet, error) {
	defer h.safe()
	c := of(cl)
	if c == nil || pk.FixedHeader.Type != packets.Publish {
		return pk, nil
	}
	code := packets.CodeSuccess
	switch {
	case pk.FixedHeader.Qos > 1:
		code = packets.ErrQosNotSupported
	case pk.FixedHeader.Retain:
		code = packets.ErrRetainNotSupported
	case pk.TopicName == "" || pk.Properties.TopicAliasFlag:
		code = packets.ErrTopicAliasInvalid
	case !h.OnACLCheck(cl, pk.TopicName, true):
		code = packets.ErrNotAuthorized
	default:
		return pk, nil
	}
	h.s.log.Info("a publish was refused", "device", c.name(), "why", code.Reason)
	if cl.Properties.ProtocolVersion == 5 {
		_ = h.s.engine.DisconnectClient(cl, code)
	}
	return pk, packets.ErrRejectPacket
}

// OnPacketEncode implements mochi.Hook: the answer to CONNECT tells what there is.
func (h *hook) OnPacketEncode(cl *mochi.Client, pk packets.Packet) packets.Packet {
	if pk.FixedHeader.Type == packets.Connack && pk.ReasonCode == 0 && cl.Properties.ProtocolVersion == 5 {
		p := &pk.Properties
		p.MaximumPacketSize = maxPacket
		p.RetainAvailable, p.RetainAvailableFlag = 0, true
		p.SharedSubAvailable, p.SharedSubAvailableFlag = 0, true
		p.SubIDAvailable, p.SubIDAvailableFlag = 0, true
		p.WildcardSubAvailable, p.WildcardSubAvailableFlag = 1, true
	}
	return pk
}

// OnWill implements mochi.Hook: the will is an uplink like others, and nobody else's.
func (h *hook) OnWill(cl *mochi.Client, will mochi.Will) (mochi.Will, error) {
	defer h.safe()
	if c := of(cl); c != nil && c.known && !c.id.Claim {
		u := Uplink{Identity: c.id, Kind: "lwt", Body: bytes.Clone(will.Payload), QoS: will.Qos, Received: h.s.config.Clock.Now()}
		if err := h.s.config.Hub.Offer(context.WithoutCancel(c.ctx), u, func(Outcome, string, string) {}); err != nil {
			h.s.log.Debug("a will was lost", "device", c.name(), "error", err)
		}
	}
	return mochi.Will{TopicName: "$SYS/none", Flag: will.Flag}, nil
}

// OnClientExpired implements mochi.Hook: the engine leaves the subscriptions behind.
func (h *hook) OnClientExpired(cl *mochi.Client) {
	defer h.safe()
	h.s.engine.UnsubscribeClient(cl)
}

// open is the hook of the conformance profile.
type open struct{ hook }

// Provides implements mochi.Hook.
func (h *open) Provides(b byte) bool {
	switch b {
	case mochi.OnConnect, mochi.OnConnectAuthenticate, mochi.OnACLCheck, mochi.OnSessionEstablish, mochi.OnClientExpired:
		return true
	}
	return false
}

// OnConnect implements mochi.Hook.
func (h *open) OnConnect(cl *mochi.Client, pk packets.Packet) error {
	if pk.Connect.Keepalive == 120 && pk.Connect.Clean { // the suite wants to see that a server may ask for less
		cl.State.Keepalive, cl.State.ServerKeepalive = 60, true
	}
	return nil
}

// OnConnectAuthenticate implements mochi.Hook.
func (h *open) OnConnectAuthenticate(cl *mochi.Client, _ packets.Packet) bool {
	c := of(cl)
	c.mu.Lock()
	c.client = cl
	c.mu.Unlock()
	return true
}

// OnSessionEstablish implements mochi.Hook.
func (h *open) OnSessionEstablish(*mochi.Client, packets.Packet) {}

// OnACLCheck implements mochi.Hook.
func (h *open) OnACLCheck(_ *mochi.Client, t string, write bool) bool {
	return t != "test/nosubscribe" || write
}

package mqtt_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/fault"
	"tagline/internal/mqtt"
)

func TestMalformedPacketsLoseOneConnection(t *testing.T) {
	h := newHub()
	s := start(t, mqtt.Config{Hub: h})
	other := dial(t, s).connected(4, "halden_other")
	for name, packet := range map[string]string{
		"the known crash":    "8205 0001 00 0000",
		"256 megabytes":      "30ffffff7f",
		"a second CONNECT":   hex.EncodeToString(connectPacket(5, "halden_d1", 60)),
		"a length too long":  "30ffffffffff01",
		"QoS 3":              "3603000161",
		"type 0":             "0000",
		"an empty SUBSCRIBE": "8203 0001 00",
	} {
		w := dial(t, s).connected(5, "halden_d1")
		w.send(packet)
		if last, body := w.ended(); last != 0xe0 || len(body) == 0 || body[0] < 0x80 {
			t.Errorf("%s: ended with %02x %x", name, last, body)
		}
	}
	for name, packet := range map[string]string{"HTTP": "474554202f20485454502f312e310d0a0d0a", "a large CONNECT": "10ffff03", "MQTT 3.1": "100e00064d514973647003020000 0000", "no name": "1004 0004 4d51"} {
		w := dial(t, s)
		w.send(packet)
		w.ended()
		_ = name
	}
	other.send("c000")
	other.want(0xd0, "")
	if f := s.Figures(); f.Malformed < 10 || f.Panics != 0 {
		t.Errorf("%+v", f)
	}
}

// TestRandomPacketsLeaveTheServerAlive sends thousands of packets that are nearly right.
func TestRandomPacketsLeaveTheServerAlive(t *testing.T) {
	h := newHub()
	s := start(t, mqtt.Config{Hub: h, Limits: mqtt.Limits{PerSecond: 1 << 20}})
	rng := rand.New(rand.NewPCG(5, 6))
	seeds := [][]byte{
		publishPacket(5, up("ev"), 7, `{"id":"1"}`), publishPacket(5, up("tm"), 0, "x"), subscribePacket(5, 2, "tl/1/halden/d1/dn/#", 1), {0xc0, 0}, {0xe0, 0},
		whole(0xa2, []byte{0, 1, 0}, str("tl/1/halden/d1/dn/#")), whole(0x40, []byte{0, 7}), whole(0x62, []byte{0, 7}), whole(0x50, []byte{0, 7}), whole(0xf0, []byte{0x18, 0}),
	}
	rounds := 600
	for round := range rounds {
		w := dial(t, s).connected(byte(4+rng.IntN(2)), fmt.Sprintf("halden_d%d", round%3))
		for range 1 + rng.IntN(8) {
			p := bytes.Clone(seeds[rng.IntN(len(seeds))])
			for range rng.IntN(3) {
				p[rng.IntN(len(p))] = byte(rng.IntN(256))
			}
			if _, err := w.Write(p); err != nil {
				break
			}
		}
		w.Close()
	}
	w := dial(t, s).connected(5, "halden_last")
	w.send("c000")
	w.want(0xd0, "")
}

func TestHalfOpenConnectionsEnd(t *testing.T) {
	s := start(t, mqtt.Config{Hub: newHub(), Limits: mqtt.Limits{Patience: 50 * time.Millisecond}})
	silent, half := dial(t, s), dial(t, s)
	half.send("10 40 0004")
	silent.ended()
	half.ended()
}

func TestLimitsOfConnections(t *testing.T) {
	s := start(t, mqtt.Config{Hub: newHub(), Limits: mqtt.Limits{Connections: 2, PerSecond: 1000}})
	a := dial(t, s).connected(4, "halden_a")
	dial(t, s).connected(4, "halden_b")
	dial(t, s).ended()
	if f := s.Figures(); f.Refused != 1 || f.Connections != 2 {
		t.Errorf("%+v", f)
	}
	a.send("e000")
	a.ended()
}

func TestADeviceTouchesItsOwnTopicsOnly(t *testing.T) {
	h := newHub()
	s := start(t, mqtt.Config{Hub: h})
	for _, topic := range []string{
		"tl/1/halden/d2/up/ev", "tl/1/other/d1/up/ev", "tl/1/halden/d1/dn/cmd", "tl/1/halden/d1/up/", "tl/1/halden/d1/up", "tl/1/halden/d1/up//ev", "/tl/1/halden/d1/up/ev", "$SYS/broker", "a",
		"tl/1/halden/d1/up/prov", "tl/2/halden/d1/up/ev", "tl/1/halden/d1/up/" + strings.Repeat("x", 300),
	} {
		for _, version := range []byte{4, 5} {
			w := dial(t, s).connected(version, "halden_d1")
			w.send(publishPacket(version, topic, 9, "{}"))
			last, body := w.ended()
			if version == 5 && (last != 0xe0 || body[0] != 0x87) {
				t.Errorf("%.40s: ended with %02x %x", topic, last, body)
			}
		}
	}
	h.mu.Lock()
	if len(h.uplinks) != 0 {
		t.Errorf("taken: %+v", h.uplinks)
	}
	h.mu.Unlock()
	w := dial(t, s).connected(5, "halden_d1")
	for i, c := range []struct {
		filter string
		code   string
	}{
		{"tl/1/halden/d1/dn/#", "01"}, {"tl/1/halden/d1/dn/cmd", "01"}, {"#", "87"}, {"tl/#", "87"}, {"tl/1/+/d1/dn/#", "87"}, {"tl/1/halden/d1/#", "87"}, {"tl/1/halden/d1/dn/+", "87"},
		{"tl/1/halden/d2/dn/#", "87"}, {"$SYS/#", "87"}, {"$share/g/tl/1/halden/d1/dn/#", "87"}, {"tl/1/halden/d1/up/#", "87"},
	} {
		w.send(subscribePacket(5, uint16(i+1), c.filter, 1))
		f, body := w.packet()
		if f != 0x90 || hex.EncodeToString(body[len(body)-1:]) != c.code && !(c.code == "87" && body[len(body)-1] >= 0x80) {
			t.Fatalf("%s: %02x %x, want %s", c.filter, f, body, c.code)
		}
	}
}

func TestWillsAreTheDevicesOwn(t *testing.T) {
	h := newHub()
	s := start(t, mqtt.Config{Hub: h})
	will := func(flags byte, topic, payload string) *wire {
		w := dial(t, s)
		w.send(whole(0x10, str("MQTT"), []byte{4, 0xc2 | flags}, []byte{0, 60}, str("halden_d1"), str(topic), str(payload), str("u"), str("halden_d1")))
		return w
	}
	for _, w := range []*wire{
		will(0x04, "tl/1/halden/d2/dn/cmd", "{}"), will(0x04, up("ev"), "{}"), will(0x24, up("lwt"), "{}"), will(0x14, up("lwt"), "{}"), will(0x04, up("lwt"), strings.Repeat("x", 1025)),
	} {
		if f, body := w.packet(); f != 0 && (f != 0x20 || body[1] == 0) {
			t.Errorf("a will was taken: %02x %x", f, body)
		}
	}
	w := will(0x0c, up("lwt"), `{"st":"lost"}`)
	if f, _ := w.packet(); f != 0x20 {
		t.Fatal("the good will was refused")
	}
	listener := dial(t, s).connected(4, "halden_d2")
	listener.send(subscribePacket(4, 1, "tl/1/halden/d2/dn/#", 1))
	listener.want(0x90, "0001 01")
	w.Close()
	h.until(t, "the will", func() bool {
		return len(h.uplinks) == 1 && h.uplinks[0].Kind == "lwt" && string(h.uplinks[0].Body) == `{"st":"lost"}`
	})
	h.untilTold(t, "lost d1")
}

func TestAnswersComeWhenItIsDurableInTheOrderOfThePublishes(t *testing.T) {
	h := newHub()
	var mu sync.Mutex
	answers := map[string]func(mqtt.Outcome, string, string){}
	h.offer = func(u mqtt.Uplink, done func(mqtt.Outcome, string, string)) bool {
		mu.Lock()
		answers[string(u.Body)] = done
		mu.Unlock()
		return true
	}
	s := start(t, mqtt.Config{Hub: h})
	w := dial(t, s).connected(5, "halden_d1")
	for i, body := range []string{"a", "b", "c", "d"} {
		w.send(publishPacket(5, up("ev"), uint16(10+i), body))
	}
	again := publishPacket(5, up("ev"), 10, "a")
	again[0] |= 8 // DUP of what is not answered yet
	w.send(again, "c000")
	w.want(0xd0, "") // nothing was acknowledged
	h.mu.Lock()
	if len(h.uplinks) != 4 {
		t.Errorf("%d uplinks", len(h.uplinks))
	}
	h.mu.Unlock()
	mu.Lock()
	defer mu.Unlock()
	answers["c"](mqtt.Stored, "", "")
	answers["b"](mqtt.Invalid, "invalid", "fill is 140")
	w.send("c000")
	w.want(0xd0, "") // the first one is still missing
	answers["a"](mqtt.Stored, "", "")
	w.want(0x40, "000a")
	if f, body := w.packet(); f != 0x40 || body[1] != 11 || body[2] != 0x99 || !bytes.Contains(body, []byte("fill is 140")) {
		t.Fatalf("%02x %x", f, body)
	}
	w.want(0x40, "000c")
	answers["d"](mqtt.NotAuthorised, "forbidden", "frozen")
	if f, body := w.packet(); f != 0x40 || body[2] != 0x87 {
		t.Fatalf("%02x %x", f, body)
	}
}

func TestWhatIsNotStoredIsNotAcknowledged(t *testing.T) {
	h := newHub()
	h.offer = func(_ mqtt.Uplink, done func(mqtt.Outcome, string, string)) bool {
		done(mqtt.Failed, "unavailable", "")
		return true
	}
	s := start(t, mqtt.Config{Hub: h})
	w := dial(t, s).connected(5, "halden_d1")
	w.send(publishPacket(5, up("ev"), 1, "a"))
	if last, body := w.ended(); last != 0xe0 || body[0] != 0x83 {
		t.Errorf("ended with %02x %x", last, body)
	}
	w = dial(t, s).connected(4, "halden_d1")
	w.send(publishPacket(4, up("ev"), 1, "a"))
	if last, _ := w.ended(); last != 0 {
		t.Errorf("ended with %02x", last)
	}
}

func TestOnOldClientsBadPayloadsAreAcknowledgedAndReported(t *testing.T) {
	h := newHub()
	h.offer = func(_ mqtt.Uplink, done func(mqtt.Outcome, string, string)) bool {
		done(mqtt.Invalid, "invalid", "the message is not JSON")
		return true
	}
	s := start(t, mqtt.Config{Hub: h})
	w := dial(t, s).connected(4, "halden_d1")
	w.send(subscribePacket(4, 1, "tl/1/halden/d1/dn/#", 1))
	w.want(0x90, "0001 01")
	w.send(publishPacket(4, up("ev"), 5, "x"))
	seen := ""
	for range 2 {
		f, body := w.packet()
		switch f {
		case 0x40:
			seen += "ack "
		case 0x30:
			if !bytes.Contains(body, []byte(`tl/1/halden/d1/dn/err{"ref":"up/ev","code":"invalid","msg":"the message is not JSON"}`)) {
				t.Errorf("%s", body)
			}
			seen += "err "
		}
	}
	if !strings.Contains(seen, "ack") || !strings.Contains(seen, "err") {
		t.Errorf("came %q", seen)
	}
}

func TestWhatTheEngineWouldAnswerWronglyIsRefused(t *testing.T) {
	h := newHub()
	s := start(t, mqtt.Config{Hub: h})
	for _, c := range []struct {
		name   string
		packet []byte
		code   byte
	}{
		{"QoS 2", append([]byte{0x34}, publishPacket(5, up("ev"), 1, "a")[1:]...), 0x9b},
		{"retain", append([]byte{0x33}, publishPacket(5, up("ev"), 1, "a")[1:]...), 0x9a},
		{"a topic alias", whole(0x32, str(""), []byte{0, 1, 3, 0x23, 0, 1}), 0x94},
	} {
		w := dial(t, s).connected(5, "halden_d1")
		w.send(c.packet)
		if last, body := w.ended(); last != 0xe0 || body[0] != c.code {
			t.Errorf("%s: ended with %02x %x", c.name, last, body)
		}
	}
}

func TestTooManyUnansweredPublishes(t *testing.T) {
	h := newHub()
	h.offer = func(mqtt.Uplink, func(mqtt.Outcome, string, string)) bool { return true }
	s := start(t, mqtt.Config{Hub: h, Limits: mqtt.Limits{Receive: 5}})
	w := dial(t, s).connected(5, "halden_d1")
	for i := range 6 {
		w.send(publishPacket(5, up("ev"), uint16(i+1), "a"))
	}
	if last, body := w.ended(); last != 0xe0 || body[0] != 0x93 {
		t.Errorf("ended with %02x %x", last, body)
	}
}

func TestTheAnswerToConnectTellsWhatThereIs(t *testing.T) {
	s := start(t, mqtt.Config{Hub: newHub()})
	w := dial(t, s)
	w.send(connectPacket(5, "halden_d1", 0))
	_, body := w.packet()
	text := hex.EncodeToString(body)
	for name, prop := range map[string]string{
		"receive maximum 100": "210064", "maximum QoS 1": "2401", "no retained messages": "2500", "packets of 128 KiB": "2700020000", "no shared subscriptions": "2a00", "no subscription identifiers": "2900", "keep alive 300": "13012c",
	} {
		if !strings.Contains(text, prop) {
			t.Errorf("%s is missing in %s", name, text)
		}
	}
}

func TestWhoMayComeIn(t *testing.T) {
	h := newHub()
	h.deny = func(c mqtt.Credentials) error {
		if c.Username != "u" || c.Secure || !c.Remote.IsLoopback() {
			return fault.New(fault.Unauthenticated, "no", "")
		}
		return nil
	}
	s := start(t, mqtt.Config{Hub: h})
	w := dial(t, s)
	w.send(whole(0x10, str("MQTT"), []byte{4, 0xc2, 0, 60}, str("halden_d1"), str("v"), str("halden_d1")))
	w.want(0x20, "0005")
	w = dial(t, s) // the credential is another device's
	w.send(whole(0x10, str("MQTT"), []byte{4, 0xc2, 0, 60}, str("halden_d1"), str("u"), str("halden_d2")))
	w.want(0x20, "0005")
	if f := s.Figures(); f.Denied != 2 {
		t.Errorf("%+v", f)
	}
}

func TestTakeoverKickAndTheEndOfACredential(t *testing.T) {
	h := newHub()
	s := start(t, mqtt.Config{Hub: h})
	first := dial(t, s).connected(5, "halden_d1")
	second := dial(t, s).connected(5, "halden_d1")
	if last, body := first.ended(); last != 0xe0 || body[0] != 0x8e {
		t.Errorf("the first ended with %02x %x", last, body)
	}
	h.untilTold(t, "taken-over d1")
	if !s.Online("halden", "d1") || s.Online("halden", "d2") || s.Kick("halden", "d2", "x") {
		t.Error("who is there?")
	}
	if !s.Kick("halden", "d1", "revoked") {
		t.Error("nobody was kicked")
	}
	if last, body := second.ended(); last != 0xe0 || body[0] != 0x98 {
		t.Errorf("the second ended with %02x %x", last, body)
	}
	h.untilTold(t, "kicked d1")
	h.mu.Lock()
	h.identify = func(mqtt.Credentials) mqtt.Identity {
		return mqtt.Identity{Brand: "halden", Device: "d3", Until: time.Now().Add(50 * time.Millisecond)}
	}
	h.mu.Unlock()
	w := dial(t, s).connected(5, "halden_d3")
	if last, body := w.ended(); last != 0xe0 || body[0] != 0x98 {
		t.Errorf("ended with %02x %x", last, body)
	}
	left := dial(t, s)
	h.mu.Lock()
	h.identify = nil
	h.mu.Unlock()
	left.connected(4, "halden_d4")
	left.send("e000")
	left.ended()
	h.untilTold(t, "left d4")
}

func TestClaimsMayAskForACredentialAndNothingElse(t *testing.T) {
	h := newHub()
	h.identify = func(c mqtt.Credentials) mqtt.Identity {
		return mqtt.Identity{Brand: "halden", Device: "claim-1", Claim: true}
	}
	s := start(t, mqtt.Config{Hub: h})
	w := dial(t, s).connected(5, "halden_claim-1")
	w.send(subscribePacket(5, 1, "tl/1/halden/claim-1/dn/prov", 1))
	w.want(0x90, "0001 00 01")
	w.send(publishPacket(5, "tl/1/halden/claim-1/up/prov", 2, "{}"))
	w.want(0x40, "0002")
	w.send(publishPacket(5, "tl/1/halden/claim-1/up/ev", 3, "{}"))
	if last, body := w.ended(); last != 0xe0 || body[0] != 0x87 {
		t.Errorf("ended with %02x %x", last, body)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.told) != 0 || len(h.uplinks) != 1 || !h.uplinks[0].Claim {
		t.Errorf("%v %+v", h.told, h.uplinks)
	}
}

func TestADeviceThatDoesNotReadIsCutOff(t *testing.T) {
	h := newHub()
	s := start(t, mqtt.Config{Hub: h, Limits: mqtt.Limits{WriteBuffer: 64 << 10}})
	slow := dial(t, s).connected(4, "halden_slow")
	slow.send(subscribePacket(4, 1, "tl/1/halden/slow/dn/#", 0))
	slow.want(0x90, "0001 00")
	quick := dial(t, s).connected(4, "halden_quick")
	body := bytes.Repeat([]byte("x"), 60<<10)
	for range 2000 {
		if err := s.Send(mqtt.Downlink{Brand: "halden", Device: "slow", Kind: "ct", Body: body}, nil); err != nil {
			break
		}
		if s.Figures().Overflowed > 0 {
			break
		}
	}
	h.until(t, "the slow one is lost", func() bool { return s.Figures().Overflowed > 0 })
	quick.send("c000")
	quick.want(0xd0, "")
	h.untilTold(t, "lost slow")
}

func TestDownlinksAreToldWhenTheyAreDelivered(t *testing.T) {
	h := newHub()
	s := start(t, mqtt.Config{Hub: h})
	told := make(chan bool, 4)
	d := mqtt.Downlink{Brand: "halden", Device: "d1", Kind: "cmd", Body: []byte(`{"cmd":"1"}`), QoS: 1, ContentType: "application/json", Correlation: []byte("c1"), Expiry: 10 * time.Second}
	if err := s.Send(d, func(ok bool) { told <- ok }); !fault.Is(err, fault.Unavailable) {
		t.Errorf("nobody is there: %v", err)
	}
	w := dial(t, s).connected(5, "halden_d1")
	if err := s.Send(d, func(ok bool) { told <- ok }); !fault.Is(err, fault.Unavailable) {
		t.Errorf("it does not listen: %v", err)
	}
	w.send(subscribePacket(5, 1, "tl/1/halden/d1/dn/#", 1))
	w.want(0x90, "0001 00 01")
	h.untilTold(t, "listening d1")
	if err := s.Send(d, func(ok bool) { told <- ok }); err != nil {
		t.Fatal(err)
	}
	f, body := w.packet()
	if f != 0x32 || !bytes.Contains(body, []byte("tl/1/halden/d1/dn/cmd")) || !bytes.HasSuffix(body, []byte(`{"cmd":"1"}`)) || !bytes.Contains(body, []byte("\x09\x00\x02c1")) {
		t.Fatalf("%02x %q", f, body)
	}
	select {
	case <-told:
		t.Fatal("told before it was acknowledged")
	default:
	}
	n := 2 + len("tl/1/halden/d1/dn/cmd")
	w.send(whole(0x40, body[n:n+2]))
	if !<-told {
		t.Error("not delivered")
	}
	if err := s.Send(d, func(ok bool) { told <- ok }); err != nil {
		t.Fatal(err)
	}
	w.packet()
	w.Close()
	if <-told {
		t.Error("it was never acknowledged")
	}
}

func TestPanicsOfTheEngineLoseOneConnection(t *testing.T) {
	h := newHub()
	h.offer = func(u mqtt.Uplink, _ func(mqtt.Outcome, string, string)) bool {
		if string(u.Body) == "boom" {
			panic("boom")
		}
		return false
	}
	s := start(t, mqtt.Config{Hub: h})
	w := dial(t, s).connected(5, "halden_d1")
	w.send(publishPacket(5, up("ev"), 1, "boom"))
	h.until(t, "the panic", func() bool { return s.Figures().Panics == 1 })
	other := dial(t, s).connected(5, "halden_d2")
	other.send(publishPacket(5, "tl/1/halden/d2/up/ev", 1, "a"))
	other.want(0x40, "0001")
}

package mqtt_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/paho"
	paho3 "github.com/eclipse/paho.mqtt.golang"

	"tagline/internal/device/authority"
	"tagline/internal/mqtt"
)

// certificates makes an authority of devices, a device's certificate, and one for the
// server.
func certificates(t testing.TB) (server *tls.Config, client tls.Certificate, pool *x509.CertPool) {
	t.Helper()
	now := time.Now()
	a, err := authority.New("halden", 1, now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := a.Sign(csr, "halden", "d1", now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	devices := x509.NewCertPool()
	devices.AddCert(a.Certificate)
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "server"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, form, form, own.Public(), own)
	if err != nil {
		t.Fatal(err)
	}
	parsed, _ := x509.ParseCertificate(der)
	pool = x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: own}}, ClientCAs: devices, ClientAuth: tls.VerifyClientCertIfGiven, MinVersion: tls.VersionTLS12,
	}, tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}, pool
}

func TestPahoForMQTT5(t *testing.T) {
	h := newHub()
	s := start(t, mqtt.Config{Hub: h})
	conn, err := net.Dial("tcp", s.Address().String())
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan *paho.Publish, 4)
	c := paho.NewClient(paho.ClientConfig{Conn: conn, ClientID: "halden_d1", OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(p paho.PublishReceived) (bool, error) {
		got <- p.Packet
		return true, nil
	}}})
	ack, err := c.Connect(t.Context(), &paho.Connect{ClientID: "halden_d1", CleanStart: true, KeepAlive: 30, UsernameFlag: true, Username: "u", PasswordFlag: true, Password: []byte("halden_d1")})
	if err != nil || ack.ReasonCode != 0 {
		t.Fatal(ack, err)
	}
	if _, err := c.Subscribe(t.Context(), &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{{Topic: "tl/1/halden/d1/dn/#", QoS: 1}}}); err != nil {
		t.Fatal(err)
	}
	if r, err := c.Publish(t.Context(), &paho.Publish{Topic: up("ev"), QoS: 1, Payload: []byte(`{"id":"1"}`), Properties: &paho.PublishProperties{ContentType: "application/json", User: paho.UserProperties{{Key: "specversion", Value: "1.0"}}}}); err != nil || r.ReasonCode != 0 {
		t.Fatal(r, err)
	}
	delivered := make(chan bool, 1)
	if err := s.Send(mqtt.Downlink{Brand: "halden", Device: "d1", Kind: "des", Body: []byte("{}"), QoS: 1}, func(ok bool) { delivered <- ok }); err != nil {
		t.Fatal(err)
	}
	if p := <-got; p.Topic != "tl/1/halden/d1/dn/des" || !<-delivered {
		t.Error(p)
	}
	h.mu.Lock()
	u := h.uplinks[0]
	h.mu.Unlock()
	if u.ContentType != "application/json" || fmt.Sprint(u.Properties) != "[[specversion 1.0]]" || u.QoS != 1 {
		t.Errorf("%+v", u)
	}
	if err := c.Disconnect(&paho.Disconnect{}); err != nil {
		t.Error(err)
	}
	h.untilTold(t, "left d1")
}

func TestPahoForMQTT3OverTLSWithACertificate(t *testing.T) {
	h := newHub()
	h.identify = func(c mqtt.Credentials) mqtt.Identity {
		if c.Certificate == nil || !c.Secure {
			return mqtt.Identity{}
		}
		brand, device, _ := authority.Who(c.Certificate)
		return mqtt.Identity{Brand: brand, Device: device}
	}
	server, cert, pool := certificates(t)
	s := start(t, mqtt.Config{Hub: h, Secure: "127.0.0.1:0", TLS: server})
	dialTLS := func(id string, certs ...tls.Certificate) error {
		o := paho3.NewClientOptions().AddBroker("ssl://" + s.SecureAddress().String()).SetClientID(id).SetTLSConfig(&tls.Config{RootCAs: pool, Certificates: certs}).
			SetConnectRetry(false).SetAutoReconnect(false).SetConnectTimeout(5 * time.Second).SetProtocolVersion(4)
		c := paho3.NewClient(o)
		token := c.Connect()
		token.Wait()
		if token.Error() != nil {
			return token.Error()
		}
		defer c.Disconnect(100)
		p := c.Publish(up("ev"), 1, false, `{"id":"1"}`)
		p.Wait()
		return p.Error()
	}
	if err := dialTLS("halden_d1", cert); err != nil {
		t.Fatal(err)
	}
	if err := dialTLS("halden_d2", cert); err == nil {
		t.Error("another device's certificate was taken")
	}
	if err := dialTLS("halden_d1"); err == nil {
		t.Error("nobody's certificate was taken")
	}
	// What does not speak TLS is gone after the patience.
	raw, err := net.Dial("tcp", s.SecureAddress().String())
	if err != nil {
		t.Fatal(err)
	}
	(&wire{t, raw, nil}).Close()
}

func TestMosquittoOverTheWire(t *testing.T) {
	if _, err := exec.LookPath("mosquitto_pub"); err != nil {
		if os.Getenv("TAGLINE_REQUIRE_MOSQUITTO") != "" {
			t.Fatal("mosquitto_pub is missing")
		}
		t.Skip("mosquitto_pub is not installed: its clients are not tried")
	}
	h := newHub()
	s := start(t, mqtt.Config{Hub: h})
	_, port, _ := net.SplitHostPort(s.Address().String())
	for i, version := range []string{"mqttv311", "mqttv5"} {
		run := func(name string, args ...string) *exec.Cmd {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			t.Cleanup(cancel)
			return exec.CommandContext(ctx, name, append([]string{"-h", "127.0.0.1", "-p", port, "-V", version, "-u", "u", "-P", "halden_d1", "-i", "halden_d1"}, args...)...)
		}
		if out, err := run("mosquitto_pub", "-t", up("ev"), "-q", "1", "-m", "hello").CombinedOutput(); err != nil {
			t.Fatalf("%s: %v %s", version, err, out)
		}
		h.until(t, "the message", func() bool { return len(h.uplinks) == i+1 && string(h.uplinks[i].Body) == "hello" })
		sub := run("mosquitto_sub", "-t", "tl/1/halden/d1/dn/#", "-q", "1", "-C", "1")
		var out strings.Builder
		sub.Stdout = &out
		if err := sub.Start(); err != nil {
			t.Fatal(err)
		}
		h.until(t, "the subscriber", func() bool { return s.Online("halden", "d1") })
		var ok sync.WaitGroup
		ok.Add(1)
		for {
			err := s.Send(mqtt.Downlink{Brand: "halden", Device: "d1", Kind: "cmd", Body: []byte("do it"), QoS: 1}, func(d bool) { ok.Done() })
			if err == nil {
				break
			}
			if t.Context().Err() != nil {
				t.Fatal(err)
			}
		}
		ok.Wait()
		if err := sub.Wait(); err != nil || out.String() != "do it\n" {
			t.Errorf("%s: %v %q", version, err, out.String())
		}
		h.until(t, "it has left", func() bool { return !s.Online("halden", "d1") })
	}
}

func TestWebSocket(t *testing.T) {
	h := newHub()
	s := start(t, mqtt.Config{Hub: h})
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	o := paho3.NewClientOptions().AddBroker(strings.Replace(web.URL, "http", "ws", 1)).SetClientID("halden_d1").SetUsername("u").SetPassword("halden_d1").SetAutoReconnect(false)
	c := paho3.NewClient(o)
	if token := c.Connect(); token.Wait() && token.Error() != nil {
		t.Fatal(token.Error())
	}
	if p := c.Publish(up("ev"), 1, false, "over the web"); p.Wait() && p.Error() != nil {
		t.Fatal(p.Error())
	}
	c.Disconnect(100)
	h.untilTold(t, "left d1")
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.uplinks) != 1 || string(h.uplinks[0].Body) != "over the web" {
		t.Errorf("%+v", h.uplinks)
	}
}

// BenchmarkPublish is the front door before a hub that keeps nothing.
func BenchmarkPublish(b *testing.B) {
	s := start(b, mqtt.Config{Hub: newHub(), Limits: mqtt.Limits{PerSecond: 1 << 20}})
	const clients = 100
	var wires []*wire
	for i := range clients {
		wires = append(wires, dial(b, s).connected(4, fmt.Sprintf("halden_d%d", i)))
	}
	var wait sync.WaitGroup
	n := b.N/clients + 1
	b.ResetTimer()
	for i, w := range wires {
		wait.Go(func() {
			p := publishPacket(4, fmt.Sprintf("tl/1/halden/d%d/up/ev", i), 1, strings.Repeat("x", 200))
			for range n {
				if _, err := w.Write(p); err != nil {
					b.Error(err)
					return
				}
				if f, _ := w.packet(); f != 0x40 {
					b.Error("no answer")
					return
				}
			}
		})
	}
	wait.Wait()
	b.ReportMetric(float64(n*clients)/b.Elapsed().Seconds(), "msg/s")
}

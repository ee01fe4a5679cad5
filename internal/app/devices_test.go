package app

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"tagline/demo"
	"tagline/internal/brand"
	"tagline/internal/device"
)

func withDevices(t *testing.T) *running {
	t.Helper()
	r := serveTLS(t, func(c *Config) { c.MQTT, c.MQTTS = "127.0.0.1:0", "127.0.0.1:0" })
	files, err := demo.Files()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.brands.Apply(t.Context(), files, brand.Options{By: "test"}); err != nil {
		t.Fatal(err)
	}
	return r
}

// ask sends JSON to the API and reads the answer into a value, if there is one.
func (r *running) call(method, path, authorization string, body, into any) (status int, text string) {
	r.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	q, err := http.NewRequestWithContext(r.t.Context(), method, r.base+path, bytes.NewReader(data))
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Authorization", authorization)
	q.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(authorization, "tagline_session=") {
		q.Header.Del("Authorization")
		q.Header.Set("Cookie", authorization)
		q.Header.Set("X-Requested-With", "tagline")
	}
	resp, answer := r.answer(q)
	if into != nil && resp.StatusCode < 300 {
		if err := json.Unmarshal([]byte(answer), into); err != nil {
			r.t.Fatalf("%s: %v", answer, err)
		}
	}
	return resp.StatusCode, answer
}

func (r *running) must(method, path string, body, into any) {
	r.t.Helper()
	if status, text := r.call(method, "/api/v1"+path, "Bearer "+ownerKey, body, into); status >= 300 {
		r.t.Fatalf("%s %s answers %d %s", method, path, status, text)
	}
}

// dial connects a client of MQTT 3.1.1 over TLS.
func (r *running) dial(id, token string, certs ...tls.Certificate) (paho.Client, chan struct{}, error) {
	lost := make(chan struct{})
	o := paho.NewClientOptions().AddBroker("ssl://" + r.mqtt.SecureAddress().String()).SetClientID(id).SetAutoReconnect(false).SetConnectRetry(false).
		SetTLSConfig(&tls.Config{RootCAs: r.trusted, Certificates: certs}).SetConnectionLostHandler(func(paho.Client, error) { close(lost) })
	if token != "" {
		o.SetUsername("token").SetPassword(token)
	}
	c := paho.NewClient(o)
	t := c.Connect()
	t.Wait()
	return c, lost, t.Error()
}

// TestADeviceClaimsItselfAndIsCutOff goes the whole way of a device: made, claimed over
// MQTT, connected with its own certificate, heard, and cut off.
func TestADeviceClaimsItselfAndIsCutOff(t *testing.T) {
	r := withDevices(t)
	secret := "burned-in-0123456789"
	r.must("POST", "/devices/expected", map[string]any{"devices": []any{map[string]any{"brand": "ostrel", "name": "t-1", "model": "thermostat", "secret": secret}}}, nil)
	var claim struct{ Token, ClientID string }
	r.must("POST", "/claims", map[string]any{"brand": "ostrel", "model": "thermostat", "uses": 1}, &claim)
	c, _, err := r.dial(claim.ClientID, claim.Token)
	if err != nil {
		t.Fatal(err)
	}
	brandName, name, _ := strings.Cut(claim.ClientID, "_")
	answers := make(chan []byte, 1)
	if s := c.Subscribe("tl/1/"+brandName+"/"+name+"/dn/prov", 1, func(_ paho.Client, m paho.Message) { answers <- m.Payload() }); s.Wait() && s.Error() != nil {
		t.Fatal(s.Error())
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	csr := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
	ask, _ := json.Marshal(map[string]string{"device": "t-1", "csr": string(csr), "nonce": "nonce-nonce", "proof": device.Proof([]byte(secret), "nonce-nonce", csr)})
	if p := c.Publish("tl/1/"+brandName+"/"+name+"/up/prov", 1, false, ask); p.Wait() && p.Error() != nil {
		t.Fatal(p.Error())
	}
	var given struct{ Device, ClientID, Cert, Msg string }
	if err := json.Unmarshal(<-answers, &given); err != nil || given.Device != "ostrel/t-1" {
		t.Fatalf("%+v %v", given, err)
	}
	c.Disconnect(100)

	pair, err := tls.X509KeyPair([]byte(given.Cert), must(pemKey(key)))
	if err != nil {
		t.Fatal(err)
	}
	own, lost, err := r.dial(given.ClientID, "", pair)
	if err != nil {
		t.Fatal(err)
	}
	wishes := make(chan []byte, 4)
	if s := own.Subscribe("tl/1/ostrel/t-1/dn/#", 1, func(_ paho.Client, m paho.Message) {
		wishes <- append([]byte(m.Topic()[len("tl/1/ostrel/t-1/"):]+" "), m.Payload()...)
	}); s.Wait() && s.Error() != nil {
		t.Fatal(s.Error())
	}
	if p := own.Publish("tl/1/ostrel/t-1/up/rep", 1, false, `{"rv":1,"boot":1,"patch":{"temperature":21,"target":20},"full":true}`); p.Wait() && p.Error() != nil {
		t.Fatal(p.Error())
	}
	var twin struct {
		Leaves []struct {
			Name  string
			Value any
		}
	}
	r.must("GET", "/devices/ostrel/t-1/twin", nil, &twin)
	if !strings.Contains(fmt.Sprint(twin), "{temperature 21}") {
		t.Errorf("acknowledged, and not there: %+v", twin)
	}
	r.must("PATCH", "/devices/ostrel/t-1/desired", map[string]any{"target": 22}, nil)
	if got := string(<-wishes); got != `dn/des {"dv":1,"delta":{"target":22}}` {
		t.Error(got)
	}
	// A report that leaves one out is asked for as a whole.
	own.Publish("tl/1/ostrel/t-1/up/rep", 1, false, `{"rv":3,"boot":1,"patch":{"target":22}}`).Wait()
	if got := string(<-wishes); !strings.HasPrefix(got, `dn/err {"code":"gap"`) {
		t.Error(got)
	}
	var credentials struct{ Items []struct{ ID, State string } }
	r.must("GET", "/devices/ostrel/t-1/credentials", nil, &credentials)
	if len(credentials.Items) != 1 || credentials.Items[0].State != "active" {
		t.Fatalf("%+v", credentials)
	}
	r.must("POST", "/devices/ostrel/t-1/credentials/"+credentials.Items[0].ID+"/revocation", nil, nil)
	select {
	case <-lost:
	case <-time.After(10 * time.Second):
		t.Error("it is still connected")
	}
	if _, _, err := r.dial(given.ClientID, "", pair); err == nil {
		t.Error("a revoked certificate opens the door")
	}
}

func pemKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// member makes an owner with a password, and gives the cookie of a session.
func (r *running) member(password string) string {
	r.t.Helper()
	var invited struct{ Link struct{ URL string } }
	r.must("POST", "/members", map[string]any{"email": "ada@example.com", "name": "Ada", "role": "engineer"}, &invited)
	_, token, _ := strings.Cut(invited.Link.URL, "#token=")
	data, _ := json.Marshal(map[string]string{"token": token})
	q, _ := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.base+"/api/v1/session", bytes.NewReader(data))
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("X-Requested-With", "tagline")
	resp, text := r.answer(q)
	if resp.StatusCode >= 300 || len(resp.Cookies()) == 0 {
		r.t.Fatalf("the sign-in answers %d %s", resp.StatusCode, text)
	}
	cookie := resp.Cookies()[0].Name + "=" + resp.Cookies()[0].Value
	if password != "" {
		if status, text := r.call("PUT", "/api/v1/me/password", cookie, map[string]string{"password": password}, nil); status >= 300 {
			r.t.Fatalf("the password is answered with %d %s", status, text)
		}
	}
	return cookie
}

func TestAnUnlockTakesThePasswordOnceMore(t *testing.T) {
	r := withDevices(t)
	r.must("POST", "/devices", map[string]any{"devices": []any{map[string]any{"brand": "ostrel", "name": "front", "model": "lock", "demo": true}}}, nil)
	var made struct{ Secret string }
	r.must("POST", "/devices/ostrel/front/credentials", map[string]any{"kind": "token"}, &made)
	c, _, err := r.dial("ostrel_front", made.Secret)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Disconnect(100)
	commands := make(chan []byte, 1)
	if s := c.Subscribe("tl/1/ostrel/front/dn/cmd", 1, func(_ paho.Client, m paho.Message) { commands <- m.Payload() }); s.Wait() && s.Error() != nil {
		t.Fatal(s.Error())
	}
	cookie := r.member("correct horse battery staple")
	if !strings.HasPrefix(cookie, "tagline_session=") {
		t.Fatalf("the cookie is %.20s", cookie)
	}
	var order struct{ ID, State, Challenge string }
	if status, text := r.call("POST", "/api/v1/devices/ostrel/front/commands", cookie, map[string]any{"name": "unlock"}, &order); status != 201 || order.State != "awaiting-confirmation" || order.Challenge == "" {
		t.Fatalf("%d %s", status, text)
	}
	confirm := func(who, password, challenge string) (int, string) {
		return r.call("POST", "/api/v1/commands/"+order.ID+"/confirmation", who, map[string]string{"password": password, "challenge": challenge}, nil)
	}
	if status, text := confirm(cookie, "wrong", order.Challenge); status != 401 {
		t.Errorf("a wrong password: %d %s", status, text)
	}
	if status, text := confirm(cookie, "correct horse battery staple", "other"); status != 409 {
		t.Errorf("another command: %d %s", status, text)
	}
	if status, text := confirm("Bearer "+ownerKey, "correct horse battery staple", order.Challenge); status != 403 {
		t.Errorf("a key: %d %s", status, text)
	}
	select {
	case m := <-commands:
		t.Fatalf("sent without a word: %s", m)
	default:
	}
	if status, text := confirm(cookie, "correct horse battery staple", order.Challenge); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	if m := string(<-commands); !strings.Contains(m, `"name":"unlock"`) || !strings.Contains(m, `"by":"member:mem_`) {
		t.Error(m)
	}
	c.Publish("tl/1/ostrel/front/up/ack", 1, false, `{"cmd":"`+order.ID+`","st":"succeeded"}`).Wait()
	var ended struct{ State, ConfirmedBy string }
	r.must("GET", "/commands/"+order.ID, nil, &ended)
	if ended.State != "succeeded" || !strings.HasPrefix(ended.ConfirmedBy, "member:") {
		t.Errorf("%+v", ended)
	}
}

func TestCloudEventsOverHTTP(t *testing.T) {
	r := withDevices(t)
	r.must("POST", "/devices", map[string]any{"devices": []any{
		map[string]any{"brand": "ostrel", "name": "a", "model": "refrigerator", "demo": true}, map[string]any{"brand": "ostrel", "name": "b", "model": "refrigerator", "demo": true},
	}}, nil)
	var made struct{ Secret string }
	r.must("POST", "/devices/ostrel/a/credentials", map[string]any{"kind": "token"}, &made)
	post := func(path, contentType, authorization, body string, headers ...string) (int, string) {
		t.Helper()
		q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Content-Type", contentType)
		if authorization != "" {
			q.Header.Set("Authorization", "Bearer "+authorization)
		}
		for i := 0; i+1 < len(headers); i += 2 {
			q.Header.Set(headers[i], headers[i+1])
		}
		resp, text := r.answer(q)
		return resp.StatusCode, strings.TrimSpace(text)
	}
	event := func(id, source string, milk int) string {
		return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":%q,"type":"tl.fridge.v1","data":{"milk":%d}}`, id, source, milk)
	}
	const structured, batch = "application/cloudevents+json", "application/cloudevents-batch+json"
	for _, c := range []struct {
		name, path, contentType, token, body string
		status                               int
		says                                 string
		headers                              []string
	}{
		{"structured", "/d/v1/events", structured, made.Secret, event("1", "x", 50), 200, `{"id":"1","status":"stored"}`, nil},
		{"again", "/d/v1/events", structured, made.Secret, event("1", "x", 50), 200, `{"id":"1","status":"known"}`, nil},
		{"binary", "/d/v1/events", "application/json", made.Secret, `{"milk":49}`, 200, `"status":"stored"`, []string{"ce-specversion", "1.0", "ce-id", "2", "ce-source", "x", "ce-type", "y"}},
		{"a batch of a device", "/d/v1/events", batch, made.Secret, `[` + event("3", "urn:tl:ostrel:b", 48) + `,` + event("1", "x", 50) + `]`, 200, `{"stored":1,"known":1,"refused":0,"results":[]}`, nil},
		{"a batch of many devices", "/d/v1/events", batch, ownerKey, `[` + event("9", "urn:tl:ostrel:a", 40) + `,` + event("9", "urn:tl:ostrel:b", 30) + `,` + event("8", "urn:tl:ostrel:b", 101) + `]`, 207, `"stored":2,"known":0,"refused":1,"results":[{"id":"8","status":"invalid","why":"milk is 101, above its greatest 100"}]`, nil},
		{"a device that is not there", "/d/v1/events", structured, ownerKey, event("1", "urn:tl:ostrel:none", 1), 403, "the device is not known", nil},
		{"a key without a device", "/d/v1/events", structured, ownerKey, event("1", "x", 1), 400, "names no device", nil},
		{"nobody", "/d/v1/events", structured, "", event("1", "x", 1), 401, "nothing shows who this is", nil},
		{"a wrong token", "/d/v1/events", structured, "tld_wrong", event("1", "x", 1), 401, "does not prove", nil},
		{"no CloudEvent", "/d/v1/events", "application/json", made.Secret, `{"milk":3}`, 415, "this is no CloudEvent", nil},
		{"an impossible value", "/d/v1/events", structured, made.Secret, event("7", "x", 101), 400, "above its greatest 100", nil},
		{"our own form", "/d/v1/up/ev", "application/json", made.Secret, `{"id":"20","data":{"door":"open"}}`, 200, `{"stored":1}`, nil},
		{"a key there", "/d/v1/up/ev", "application/json", ownerKey, `{"id":"20"}`, 403, "only", nil},
		{"no such topic", "/d/v1/up/wish", "application/json", made.Secret, `{}`, 400, "there is no topic up/wish", nil},
		{"no such door", "/d/v1/elsewhere", "application/json", made.Secret, `{}`, 404, "there is no such door", nil},
		{"only claims are provisioned", "/d/v1/prov", "application/json", made.Secret, `{}`, 403, "only a claim", nil},
	} {
		status, text := post(c.path, c.contentType, c.token, c.body, c.headers...)
		if status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %s", c.name, status, text)
		}
	}
	// What waits is fetched by a device that is not connected.
	r.must("PATCH", "/devices/ostrel/a/desired", map[string]any{"target": 5}, nil)
	q, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, r.base+"/d/v1/dn", nil)
	q.Header.Set("Authorization", "Bearer "+made.Secret)
	if resp, text := r.answer(q); resp.StatusCode != 200 || strings.TrimSpace(text) != `{"des":{"dv":1,"delta":{"target":5}},"cmd":[]}` {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
}

// A smart pourer tells that a bottle is empty: so does the bottle's page.
func TestWhatADeviceFindsCountsInTheLifeOfItsItem(t *testing.T) {
	r := withDevices(t)
	r.must("POST", "/devices", map[string]any{"devices": []any{map[string]any{"brand": "ferrow", "name": "pourer", "gtin": "09506000134352", "serial": "POUR1", "demo": true}}}, nil)
	send := func(id, at string, fill int) {
		body := fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"urn:tl:ferrow:pourer","type":"t","time":%q,"data":{"fill":%d}}`, id, at, fill)
		q, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, r.base+"/d/v1/events", strings.NewReader(body))
		q.Header.Set("Authorization", "Bearer "+ownerKey)
		q.Header.Set("Content-Type", "application/cloudevents+json")
		if resp, text := r.answer(q); resp.StatusCode != 200 {
			t.Fatalf("%d %s", resp.StatusCode, text)
		}
	}
	now := time.Now().Add(-time.Hour)
	at := func(minutes int) string {
		return now.Add(time.Duration(minutes) * time.Minute).UTC().Format(time.RFC3339)
	}
	send("1", at(0), 10)
	send("3", at(20), 3)
	send("4", at(30), 2)
	it, err := r.things.Find(t.Context(), "09506000134352", "POUR1")
	if err != nil || !it.Life.Drained.Is() {
		t.Fatalf("%+v %v", it.Life, err)
	}
	// A late reading between the two: it was refilled in between, so nobody knows yet.
	send("2", at(25), 60)
	it, err = r.things.Find(t.Context(), "09506000134352", "POUR1")
	if err != nil || it.Life.Drained.Is() {
		t.Errorf("%+v %v", it.Life, err)
	}
}

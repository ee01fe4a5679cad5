package webhook_test

import (
	"context"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tagline/internal/channel/webhook"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/outbound"
)

func now() time.Time { return time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC) }

// sender trusts the test's server; change may take that back.
func sender(t *testing.T, s *httptest.Server, change func(*webhook.Config)) *webhook.Sender {
	t.Helper()
	c := webhook.Config{Clock: clock.NewManual(now()), Guard: outbound.Guard{Loopback: true}, Roots: x509.NewCertPool()}
	if s != nil {
		c.Roots.AddCert(s.Certificate())
	}
	if change != nil {
		change(&c)
	}
	return webhook.New(c)
}

// RFC 4231, test case 2, in base64.
func TestTheSignatureIsHMACSHA256(t *testing.T) {
	got := webhook.Sign("Jefe", []byte("what do ya want for nothing?"))
	if got != "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=" {
		t.Errorf("the signature is %s", got)
	}
}

func TestWhatIsSignedIsSent(t *testing.T) {
	var got *http.Request
	var body []byte
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		got = q
		body, _ = io.ReadAll(q.Body)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer s.Close()
	m := webhook.Message{
		URL: s.URL + "/epcis", ContentType: "application/json", Body: []byte(`{"a":"ü\n"}`), Secret: "s3cret", Delivery: "dlv_1",
		Header: map[string]string{"GS1-EPCIS-Version": "2.0.0"},
	}
	if a := sender(t, s, nil).Send(t.Context(), m); a.Outcome != webhook.Delivered || a.Status != 204 || a.Words != "" {
		t.Fatalf("%+v", a)
	}
	if string(body) != string(m.Body) || got.Header.Get(webhook.SignatureHeader) != webhook.Sign("s3cret", body) {
		t.Errorf("body %q, signature %s", body, got.Header.Get(webhook.SignatureHeader))
	}
	for name, want := range map[string]string{webhook.DeliveryHeader: "dlv_1", "Content-Type": "application/json", "GS1-EPCIS-Version": "2.0.0", "User-Agent": "Tagline"} {
		if got.Header.Get(name) != want {
			t.Errorf("%s is %q, not %q", name, got.Header.Get(name), want)
		}
	}
	for _, values := range got.Header {
		if strings.Contains(strings.Join(values, " "), "s3cret") {
			t.Error("the secret itself was sent")
		}
	}
	m.Secret = ""
	sender(t, s, nil).Send(t.Context(), m)
	if got.Header.Get(webhook.SignatureHeader) != "" {
		t.Error("signed without a secret")
	}
}

func TestEveryAnswerHasItsOutcome(t *testing.T) {
	for _, c := range []struct {
		status  int
		after   string
		outcome webhook.Outcome
		wait    time.Duration
	}{
		{200, "", webhook.Delivered, 0}, {202, "9", webhook.Delivered, 0}, {204, "", webhook.Delivered, 0},
		{301, "", webhook.Refused, 0}, {304, "", webhook.Refused, 0}, {307, "", webhook.Refused, 0},
		{400, "", webhook.Refused, 0}, {401, "", webhook.Refused, 0}, {403, "", webhook.Refused, 0}, {404, "", webhook.Refused, 0},
		{408, "", webhook.Later, 0}, {410, "", webhook.Refused, 0}, {413, "", webhook.Smaller, 0}, {415, "", webhook.Refused, 0},
		{429, "30", webhook.Later, 30 * time.Second}, {429, "-5", webhook.Later, 0}, {429, "soon", webhook.Later, 0},
		{503, "Thu, 26 Nov 2026 12:01:00 GMT", webhook.Later, time.Minute}, {503, "Thu, 26 Nov 2026 11:00:00 GMT", webhook.Later, 0},
		{500, "999999999", webhook.Later, time.Hour}, {599, "", webhook.Later, 0},
	} {
		s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", c.after)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(c.status)
		}))
		a := sender(t, s, nil).Send(t.Context(), webhook.Message{URL: s.URL})
		if a.Outcome != c.outcome || a.After != c.wait || a.Status != c.status || (a.Words == "") != (a.Outcome == webhook.Delivered) {
			t.Errorf("%d with %q: %+v", c.status, c.after, a)
		}
		s.Close()
	}
}

func TestSilenceIsUnclear(t *testing.T) {
	broken := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer broken.Close()
	if a := sender(t, broken, nil).Send(t.Context(), webhook.Message{URL: broken.URL}); a.Outcome != webhook.Unclear || a.Words == "" {
		t.Errorf("broken off: %+v", a)
	}
	s := httptest.NewTLSServer(http.NotFoundHandler())
	if a := sender(t, nil, nil).Send(t.Context(), webhook.Message{URL: s.URL}); a.Outcome != webhook.Unclear || a.Words != "its certificate is not trusted" {
		t.Errorf("strange certificate: %+v", a)
	}
	s.Close()
	if a := sender(t, s, nil).Send(t.Context(), webhook.Message{URL: s.URL}); a.Outcome != webhook.Unclear || a.Words != "nothing answers there" {
		t.Errorf("nobody there: %+v", a)
	}
	waiting := make(chan struct{})
	slow := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		_, _ = io.Copy(io.Discard, q.Body) // only then does a server notice that the other side has gone
		close(waiting)
		<-q.Context().Done()
	}))
	defer slow.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-waiting; cancel() }()
	if a := sender(t, slow, nil).Send(ctx, webhook.Message{URL: slow.URL, Body: []byte("{}")}); a.Outcome != webhook.Unclear {
		t.Errorf("we stopped waiting: %+v", a)
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	asked := false
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer s.Close()
	strict := sender(t, s, func(c *webhook.Config) { c.Guard.Loopback = false })
	if a := strict.Send(t.Context(), webhook.Message{URL: s.URL}); a.Outcome != webhook.Refused || a.Words != outbound.Private || asked {
		t.Errorf("a loopback address without leave: %+v, asked %v", a, asked)
	}
	private := sender(t, s, func(c *webhook.Config) { c.Guard = outbound.Guard{Private: true} })
	if a := private.Send(t.Context(), webhook.Message{URL: s.URL}); a.Outcome != webhook.Delivered {
		t.Errorf("with leave: %+v", a)
	}
	for _, address := range []string{
		"", "partner", "http://partner.example/", "ftp://partner.example/", "https://", "https://user:pass@partner.example/",
		"https://partner.example/#a", "https://partner.example/" + strings.Repeat("a", 2000), "://", "https://%zz/",
	} {
		if err := webhook.CheckURL(address); !fault.Is(err, fault.Invalid) || strings.Contains(err.Error(), "pass@") {
			t.Errorf("%.40q: %v", address, err)
		}
		if a := private.Send(t.Context(), webhook.Message{URL: address}); a.Outcome != webhook.Refused {
			t.Errorf("%.40q was sent to: %+v", address, a)
		}
	}
	if err := webhook.CheckURL("https://partner.example:8443/epcis?a=b"); err != nil {
		t.Error(err)
	}
}

func TestPausesGrowToAnHour(t *testing.T) {
	last := time.Duration(0)
	for tries := range 40 {
		d := webhook.Pause(tries, 0.5)
		if d < last || d > time.Hour {
			t.Fatalf("after %d tries %s, before %s", tries, d, last)
		}
		last = d
		if lo, hi := webhook.Pause(tries, 0), webhook.Pause(tries, 1); lo != d*3/4 || hi != d*5/4 {
			t.Errorf("after %d tries %s to %s around %s", tries, lo, hi, d)
		}
	}
	if first := webhook.Pause(1, 0.5); first != 2*time.Second || last != time.Hour {
		t.Errorf("from %s to %s", first, last)
	}
}

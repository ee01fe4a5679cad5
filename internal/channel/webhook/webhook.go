package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/outbound"
)

// SignatureHeader carries the signature, DeliveryHeader the name of the delivery:
// it stays the same when the same body is sent again.
const (
	SignatureHeader = "GS1-Signature"
	DeliveryHeader  = "Tagline-Delivery"
)

// Message is one body for one address.
type Message struct {
	URL         string
	ContentType string
	Body        []byte
	Secret      string            // signs the body; no signature when empty
	Delivery    string            // the name of the delivery
	Header      map[string]string // others
}

// Outcome says what an attempt means for the next.
type Outcome string

// The outcomes.
const (
	Delivered Outcome = "delivered" // 2xx
	Later     Outcome = "later"     // try the same again: 408, 429, 5xx
	Unclear   Outcome = "unclear"   // nobody knows whether it arrived: try the same again, under the same name
	Smaller   Outcome = "smaller"   // 413: try less at a time
	Refused   Outcome = "refused"   // no attempt will help before somebody changes something
)

// Answer is what became of one attempt.
type Answer struct {
	Outcome Outcome
	Status  int           // of HTTP; 0 when there was no answer
	After   time.Duration // what the other side asks us to wait; 0 when it does not say
	Words   string        // why not, in plain English; "" when delivered
}

// Config is what a Sender stands on.
type Config struct {
	Clock   clock.Clock
	Guard   outbound.Guard
	Agent   string         // "Tagline" when empty
	Timeout time.Duration  // of one attempt; 15 s when 0
	Roots   *x509.CertPool // authorities that are trusted; those of the machine when nil
}

// Sender sends. It may be used by many goroutines.
type Sender struct {
	Config
	client *http.Client
}

// maxWait is the longest that another side can make us wait.
const maxWait = time.Hour

// maxBody is how much of an answer is read.
const maxBody = 64 << 10

// New makes a sender.
func New(c Config) *Sender {
	if c.Agent == "" {
		c.Agent = "Tagline"
	}
	if c.Timeout <= 0 {
		c.Timeout = 15 * time.Second
	}
	return &Sender{Config: c, client: &http.Client{
		Timeout:       c.Timeout,
		Transport:     c.Guard.Transport(c.Timeout, c.Roots),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// CheckURL tells whether an address can be sent to at all: https, a host, no user,
// no fragment. Whether its host is public is seen when it is connected to. Errors:
// Invalid.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || len(address) > 2000:
		return fault.New(fault.Invalid, "the address to send to cannot be read", "Give a whole address, such as https://partner.example/epcis.")
	case u.Scheme != "https":
		return fault.New(fault.Invalid, "the address to send to does not begin with https://", "Events are sent encrypted only: give an https address.")
	case u.User != nil:
		return fault.New(fault.Invalid, "the address to send to holds a user name or password", "Leave it out, and check the signature of what arrives instead.")
	case u.Fragment != "":
		return fault.New(fault.Invalid, "the address to send to has a fragment (#), which no server sees", "Leave it out.")
	}
	return nil
}

// Sign gives the signature of a body.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Send makes one attempt. When ctx ends the outcome is Unclear.
func (s *Sender) Send(ctx context.Context, m Message) Answer {
	if err := CheckURL(m.URL); err != nil {
		return Answer{Outcome: Refused, Words: err.Error()}
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return Answer{Outcome: Refused, Words: "the address cannot be read"}
	}
	for name, value := range m.Header {
		q.Header.Set(name, value)
	}
	q.Header.Set("User-Agent", s.Agent)
	q.Header.Set("Content-Type", m.ContentType)
	if m.Delivery != "" {
		q.Header.Set(DeliveryHeader, m.Delivery)
	}
	if m.Secret != "" {
		q.Header.Set(SignatureHeader, Sign(m.Secret, m.Body))
	}
	a, err := s.client.Do(q)
	if err != nil {
		out := Answer{Outcome: Unclear, Words: outbound.Words(err)}
		if errors.Is(err, outbound.ErrPrivate) {
			out.Outcome = Refused
		}
		return out
	}
	defer a.Body.Close()
	// The status is the answer; a body that breaks off changes nothing about it.
	_, _ = io.Copy(io.Discard, io.LimitReader(a.Body, maxBody))
	return s.judge(a)
}

func (s *Sender) judge(a *http.Response) Answer {
	out := Answer{Status: a.StatusCode}
	switch code := a.StatusCode; {
	case code >= 200 && code < 300:
		out.Outcome = Delivered
		return out
	case code == http.StatusRequestEntityTooLarge:
		out.Outcome, out.Words = Smaller, "it was too much at a time"
		return out
	case code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code >= 500:
		out.Outcome = Later
		out.After = retryAfter(a.Header.Get("Retry-After"), s.Clock.Now())
	case code >= 300 && code < 400:
		out.Outcome, out.Words = Refused, fmt.Sprintf("it redirects (status %d), which is not followed", code)
		return out
	default:
		out.Outcome = Refused
	}
	out.Words = fmt.Sprintf("it answers with status %d", a.StatusCode)
	if text := http.StatusText(a.StatusCode); text != "" {
		out.Words += " (" + strings.ToLower(text) + ")"
	}
	return out
}

// retryAfter reads a number of seconds or a date (RFC 9110, 10.2.3).
func retryAfter(text string, now time.Time) time.Duration {
	var d time.Duration
	if n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32); err == nil {
		d = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), maxWait)
}

// The pauses between attempts: the first, and the longest.
const (
	firstPause = 2 * time.Second
	maxPause   = time.Hour
)

// Pause says how long to wait after so many failed attempts in a row, at least 1:
// doubling, up to an hour, with a quarter more or less by chance (0 to 1) so that
// many who failed together do not come back together.
func Pause(tries int, chance float64) time.Duration {
	d := maxPause
	if shift := max(tries, 1) - 1; shift < 11 {
		d = min(firstPause<<shift, maxPause)
	}
	return time.Duration(float64(d) * (0.75 + 0.5*min(max(chance, 0), 1)))
}

package visitor

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"tagline/internal/ident"
)

const (
	tapCookie = "tagline_tap"
	ageCookie = "tagline_age"

	tapLasts     = 30 * time.Minute
	ageLasts     = 12 * time.Hour
	ageRemains   = 30 * 24 * time.Hour
	refusalLasts = 24 * time.Hour
)

// Session is what the cookie of a tap says. It holds no secret and no state of
// the item, which is read afresh for every page. The zero value is no session.
type Session struct {
	Op      ident.Operation
	Outcome Outcome
	GTIN    string
	Serial  string
	Until   time.Time // in whole seconds; KeepTap sets it
}

// Outcome is what the tap was, in one byte.
type Outcome byte

// The outcomes that begin a session.
const (
	Live     Outcome = 'l' // genuine
	First    Outcome = 'f' // genuine, and the first reading of the item
	Replayed Outcome = 'r' // a link that was used before
)

func (o Outcome) valid() bool { return o == Live || o == First || o == Replayed }

// IsOf says whether a session belongs to an item.
func (s Session) IsOf(gtin, serial string) bool {
	return s.Op != "" && s.GTIN == gtin && s.Serial == serial
}

// Began is when the tap was.
func (s Session) Began() time.Time { return s.Until.Add(-tapLasts) }

// Cookies signs and reads the two cookies of the consumer pages.
type Cookies struct {
	taps, ages *sealer
	secure     bool
}

// NewCookies takes one key for each kind of cookie. Secure cookies are sent back
// over https only.
func NewCookies(tapKey, ageKey [32]byte, secure bool) *Cookies {
	return &Cookies{newSealer(tapKey), newSealer(ageKey), secure}
}

// Tap gives the session of a request; the zero Session without a valid one.
func (c *Cookies) Tap(h http.Header, now time.Time) Session {
	s, ok := readSession(c.taps, cookie(h, tapCookie), now)
	if !ok {
		return Session{}
	}
	return s
}

// KeepTap begins the session of a tap that was at a moment: it lasts half an hour
// from then. It gives false, and keeps nothing, when that is over.
func (c *Cookies) KeepTap(h http.Header, s Session, began, now time.Time) bool {
	s.Until = began.Add(tapLasts)
	left := s.Until.Sub(now)
	if left <= 0 {
		return false
	}
	setCookie(h, tapCookie, writeSession(c.taps, s), max(left, time.Second), c.secure)
	return true
}

// Age gives the outcome of the age question.
func (c *Cookies) Age(h http.Header, now time.Time) Age {
	return readAge(c.ages, cookie(h, ageCookie), now)
}

// KeepAge keeps an outcome, and nothing of the answer. An adult's is forgotten
// when the browser closes, and after twelve hours at the latest, unless it asks to
// be remembered; a refusal is kept for a day, so that the back button does not ask
// again.
func (c *Cookies) KeepAge(h http.Header, a Age, remember Remember, now time.Time) {
	lasts, stored := ageLasts, time.Duration(0)
	switch {
	case a == UnderAge:
		lasts, stored = refusalLasts, refusalLasts
	case remember == ThirtyDays:
		lasts, stored = ageRemains, ageRemains
	}
	setCookie(h, ageCookie, writeAge(c.ages, a, now.Add(lasts)), stored, c.secure)
}

// Remember says how long the outcome of the age question is kept.
type Remember bool

// The choices of the form.
const (
	ThisVisit  Remember = false
	ThirtyDays Remember = true
)

// sealer signs cookies. Every purpose has its own key, so that a cookie of one
// kind is never taken for another.
type sealer struct{ macs sync.Pool }

func newSealer(key [32]byte) *sealer {
	s := &sealer{}
	s.macs.New = func() any { return hmac.New(sha256.New, key[:]) }
	return s
}

const macSize = 16 // bytes; half of HMAC-SHA256, as RFC 2104 section 5 allows

// seal appends a MAC to a payload and encodes both for a cookie.
func (s *sealer) seal(payload []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(payload, s.mac(payload)...))
}

// open gives the payload of a cookie, or false if we did not seal it.
func (s *sealer) open(value string) ([]byte, bool) {
	if len(value) > 512 {
		return nil, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(value)
	if err != nil || len(raw) < macSize {
		return nil, false
	}
	payload, sum := raw[:len(raw)-macSize], raw[len(raw)-macSize:]
	if subtle.ConstantTimeCompare(sum, s.mac(payload)) != 1 {
		return nil, false
	}
	return payload, true
}

func (s *sealer) mac(payload []byte) []byte {
	h := s.macs.Get().(hash.Hash)
	defer s.macs.Put(h)
	h.Reset()
	h.Write(payload)
	return h.Sum(make([]byte, 0, sha256.Size))[:macSize]
}

// writeSession encodes a session: version, outcome, end, then texts with their length.
func writeSession(s *sealer, v Session) string {
	payload := make([]byte, 0, 128)
	payload = append(payload, 1, byte(v.Outcome))
	payload = binary.BigEndian.AppendUint64(payload, uint64(v.Until.Unix()))
	for _, text := range []string{string(v.Op), v.GTIN, v.Serial} {
		payload = append(payload, byte(len(text)))
		payload = append(payload, text...)
	}
	return s.seal(payload)
}

// readSession gives the session of a cookie while it lasts.
func readSession(s *sealer, value string, now time.Time) (Session, bool) {
	if value == "" {
		return Session{}, false
	}
	p, ok := s.open(value)
	if !ok || len(p) < 10 || p[0] != 1 || !Outcome(p[1]).valid() {
		return Session{}, false
	}
	v := Session{Outcome: Outcome(p[1]), Until: time.Unix(int64(binary.BigEndian.Uint64(p[2:10])), 0).UTC()}
	p = p[10:]
	var op string
	for _, field := range []*string{&op, &v.GTIN, &v.Serial} {
		if len(p) == 0 || len(p) < 1+int(p[0]) {
			return Session{}, false
		}
		*field, p = string(p[1:1+int(p[0])]), p[1+int(p[0]):]
	}
	v.Op = ident.Operation(op)
	return v, len(p) == 0 && now.Before(v.Until)
}

// Age is what is known of the visitor's age.
type Age byte

// The outcomes of the age question.
const (
	AgeUnknown Age = 0
	OfAge      Age = 'y'
	UnderAge   Age = 'n'
)

func writeAge(s *sealer, a Age, until time.Time) string {
	return s.seal(binary.BigEndian.AppendUint64([]byte{1, byte(a)}, uint64(until.Unix())))
}

func readAge(s *sealer, value string, now time.Time) Age {
	if value == "" {
		return AgeUnknown
	}
	p, ok := s.open(value)
	if !ok || len(p) != 10 || p[0] != 1 {
		return AgeUnknown
	}
	if !now.Before(time.Unix(int64(binary.BigEndian.Uint64(p[2:])), 0)) {
		return AgeUnknown
	}
	if a := Age(p[1]); a == OfAge || a == UnderAge {
		return a
	}
	return AgeUnknown
}

// cookie finds a cookie without building a list of all of them. The first one of
// the name counts.
func cookie(h http.Header, name string) string {
	for _, line := range h["Cookie"] {
		if len(line) > 8<<10 { // nobody's browser; do not search it
			return ""
		}
		for line != "" {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			key, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
			if ok && key == name {
				return value
			}
		}
	}
	return ""
}

// setCookie writes a cookie for the whole site: a tap under /t/ and the page
// under /01/ share it. A zero lifetime makes it last as long as the browser runs.
func setCookie(h http.Header, name, value string, lasts time.Duration, secure bool) {
	var b strings.Builder
	b.Grow(len(name) + len(value) + 64)
	b.WriteString(name)
	b.WriteByte('=')
	b.WriteString(value)
	b.WriteString("; Path=/")
	if lasts > 0 {
		b.WriteString("; Max-Age=")
		b.WriteString(strconv.Itoa(int(lasts / time.Second)))
	}
	b.WriteString("; HttpOnly; SameSite=Lax")
	if secure {
		b.WriteString("; Secure")
	}
	h.Add("Set-Cookie", b.String())
}

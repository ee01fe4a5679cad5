package epcisapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tagline/internal/trace/repository"
)

// The size of pages, and how long a token works.
const (
	defaultPage = 30
	maxPage     = 1000
	tokenLife   = time.Hour
)

// place is what a page token carries.
type place struct {
	Digest  string              `json:"d"` // of what was asked, and by whom
	After   repository.Position `json:"a"`
	Pin     int64               `json:"p,omitempty"`
	Text    string              `json:"t,omitempty"` // of lists that are in the order of a text
	Expires int64               `json:"e"`           // seconds since 1970
}

// digest names what is asked: the path, the parameters without paging, and who.
func (x *exchange) digest() string {
	h := sha256.New()
	h.Write([]byte(x.who.ID + "\x00" + strings.Join(x.parts, "\x00") + "\x00"))
	names := make([]string, 0, len(x.query))
	for name := range x.query {
		if name != "nextPageToken" && name != "perPage" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		h.Write([]byte(name + "\x00" + strings.Join(x.query[name], "\x00") + "\x00\x00"))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12])
}

func (h *Handler) mac(payload string) string {
	m := hmac.New(sha256.New, h.Secret[:])
	m.Write([]byte(payload))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}

func (h *Handler) token(p place) (string, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	payload := base64.RawURLEncoding.EncodeToString(b)
	return payload + "." + h.mac(payload), nil
}

// open reads a token that this server made; false for every other.
func (h *Handler) open(token string) (p place, ok bool) {
	payload, mac, found := strings.Cut(token, ".")
	if !found || !hmac.Equal([]byte(mac), []byte(h.mac(payload))) {
		return p, false
	}
	b, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil || json.Unmarshal(b, &p) != nil {
		return p, false
	}
	return p, !h.Clock.Now().After(time.Unix(p.Expires, 0)) && !h.revoked.has(mac)
}

// page reads perPage and nextPageToken.
func (x *exchange) page() (size int, at place, err error) {
	size = defaultPage
	if values := x.query["perPage"]; len(values) > 0 {
		size, err = strconv.Atoi(values[0])
		if err != nil || size < 1 || len(values) > 1 {
			return 0, at, parameterError("perPage", "a number from 1 is needed; pages hold at most "+strconv.Itoa(maxPage))
		}
		size = min(size, maxPage)
	}
	if values := x.query["nextPageToken"]; len(values) > 0 {
		var ok bool
		if at, ok = x.open(values[0]); !ok || len(values) > 1 {
			return 0, at, parameterError("nextPageToken", "this token is unknown here or has expired: begin with the first page again")
		}
		if at.Digest != x.digest() {
			return 0, at, parameterError("nextPageToken", "this token belongs to another query: follow the Link of the page before as it is")
		}
	}
	return size, at, nil
}

// next announces the next page.
func (x *exchange) next(size int, p place) error {
	p.Digest = x.digest()
	expires := x.Clock.Now().Add(tokenLife).Truncate(time.Second)
	p.Expires = expires.Unix()
	token, err := x.token(p)
	if err != nil {
		return err
	}
	values := url.Values{}
	for name, list := range x.query {
		values[name] = list
	}
	values.Set("perPage", strconv.Itoa(size))
	values.Set("nextPageToken", token)
	x.w.Header().Set("Link", "<"+x.BaseURL+x.r.URL.EscapedPath()+"?"+values.Encode()+`>; rel="next"`)
	x.w.Header().Set("GS1-Next-Page-Token-Expires", expires.UTC().Format(time.RFC3339))
	return nil
}

// forgetToken makes a token unusable. Tokens carry all they need, so that only those
// that were given back have to be remembered, for as long as they would have worked.
func (x *exchange) forgetToken() error {
	token := x.parts[1]
	p, ok := x.open(token)
	if !ok {
		return noResource()
	}
	_, mac, _ := strings.Cut(token, ".")
	x.revoked.add(mac, p.Expires, x.Clock.Now().Unix())
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

// revoked remembers tokens that were given back.
type revoked struct {
	mu   sync.Mutex
	list map[string]int64
}

// maxRevoked bounds what is remembered; what is over it would have expired soon.
const maxRevoked = 10_000

func (r *revoked) has(mac string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.list[mac]
	return ok
}

func (r *revoked) add(mac string, expires, now int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.list == nil {
		r.list = map[string]int64{}
	}
	if len(r.list) >= maxRevoked {
		for m, e := range r.list {
			if e < now {
				delete(r.list, m)
			}
		}
	}
	if len(r.list) < maxRevoked {
		r.list[mac] = expires
	}
}

package simulate

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"
)

// outcome is what a visitor sees, as far as a person could tell.
type outcome string

const (
	live    outcome = "live"    // sent on to a clean link that says genuine
	used    outcome = "used"    // sent on, and told that this was a live link
	public  outcome = "public"  // a public page
	refused outcome = "refused" // a page that says: not verified
	thanked outcome = "thanked" // a form was taken
)

// doors are the server's consumer side, as phones reach it.
type doors struct {
	server  string
	country string
	address string
	guests  atomic.Uint32
	http    *http.Transport
	line    *line
}

func newDoors(server, country, address string) *doors {
	return &doors{server: strings.TrimSuffix(server, "/"), country: country, address: address,
		http: &http.Transport{MaxIdleConnsPerHost: visitors, IdleConnTimeout: 30 * time.Second}}
}

// visitor is somebody with a phone: a place, a language, and a jar of cookies.
type visitor struct {
	doors *doors
	place place
	agent string
	from  string // an address of the range for documentation (RFC 3849)
	http  *http.Client
	at    string // the clean link that the last tap led to
}

const (
	phoneAgent   = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
	previewAgent = "WhatsApp/2.24.1 i"
)

func (d *doors) visitor(p place) *visitor {
	jar, _ := cookiejar.New(nil) // fails never
	v := &visitor{doors: d, place: p, agent: phoneAgent, from: fmt.Sprintf("2001:db8::%x:1", d.guests.Add(1)%0xffff)}
	v.http = &http.Client{
		Transport: d.http, Jar: jar, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return v
}

// request sends one request and reads its page.
func (v *visitor) request(ctx context.Context, method, target string, form url.Values) (*http.Response, string, error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	if strings.HasPrefix(target, "/") {
		target = v.doors.server + target
	}
	r, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("User-Agent", v.agent)
	r.Header.Set("Accept", "text/html,application/xhtml+xml")
	r.Header.Set("Accept-Language", v.place.locale)
	if v.doors.country != "" {
		r.Header.Set(v.doors.country, v.place.market)
	}
	if v.doors.address != "" {
		r.Header.Set(v.doors.address, v.from)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", v.doors.server)
	}
	a, err := v.http.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(io.LimitReader(a.Body, 1<<20))
	return a, string(text), err
}

// tap opens a tag's URL and looks at the page it leads to.
func (v *visitor) tap(ctx context.Context, target string) (outcome, error) {
	a, _, err := v.request(ctx, http.MethodGet, target, nil)
	if err != nil {
		return "", err
	}
	switch {
	case a.StatusCode == http.StatusSeeOther:
		v.at = a.Header.Get("Location")
		page, text, err := v.request(ctx, http.MethodGet, v.at, nil)
		if err != nil {
			return "", err
		}
		if page.StatusCode != http.StatusOK {
			return "", fmt.Errorf("the page behind a tap answers %d", page.StatusCode)
		}
		if m := pageKind.FindStringSubmatch(text); m == nil || m[1] == "replayed" {
			return used, nil
		}
		return live, nil
	case a.StatusCode == http.StatusOK:
		return public, nil
	case a.StatusCode == http.StatusTemporaryRedirect:
		return public, nil // a link of the brand: what stands there is not part of this world
	case a.StatusCode == http.StatusNotFound, a.StatusCode == http.StatusBadRequest, a.StatusCode == http.StatusTooManyRequests:
		return refused, nil
	default:
		return "", fmt.Errorf("a tap is answered with %d", a.StatusCode)
	}
}

// pageKind is the mark of a consumer page that says which one it is.
var pageKind = regexp.MustCompile(`data-page="([a-z-]+)"`)

var formAction = regexp.MustCompile(`<form[^>]*action="([^"]+)"`)

// errNoForm means that the page does not offer what the visitor wants to do.
var errNoForm = errors.New("the page has no such form")

// submit fills in the form of the visitor's page whose action ends with what.
func (v *visitor) submit(ctx context.Context, what string, form url.Values) (outcome, error) {
	_, text, err := v.request(ctx, http.MethodGet, v.at, nil)
	if err != nil {
		return "", err
	}
	for _, m := range formAction.FindAllStringSubmatch(text, -1) {
		target := html.UnescapeString(m[1])
		action, _, _ := strings.Cut(target, "?")
		if !strings.HasSuffix(action, what) {
			continue
		}
		a, _, err := v.request(ctx, http.MethodPost, target, form)
		if err != nil {
			return "", err
		}
		if a.StatusCode != http.StatusSeeOther {
			return "", fmt.Errorf("the form %s is answered with %d", what, a.StatusCode)
		}
		return thanked, nil
	}
	return "", fmt.Errorf("%w: %s", errNoForm, what)
}

// saysAge answers the age question when the page asks it.
func (v *visitor) saysAge(ctx context.Context, born time.Time) error {
	_, err := v.submit(ctx, "/age", url.Values{
		"country": {v.place.market}, "year": {fmt.Sprint(born.Year())}, "month": {fmt.Sprint(int(born.Month()))}, "day": {fmt.Sprint(born.Day())},
	})
	if errors.Is(err, errNoForm) {
		return nil
	}
	return err
}

package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"tagline/internal/clock"
	"tagline/internal/link"
	"tagline/internal/outbound"
)

// Config is what a Checker stands on. Zero values are the usual.
type Config struct {
	Links *link.Service
	Clock clock.Clock

	Agent    string        // who asks, with a way to find out more; "Tagline link checker" when empty
	Parallel int           // hosts that are asked at the same time; 4 when 0
	Pause    time.Duration // between two questions to a host; 1 s when 0, none when negative
	Timeout  time.Duration // of one address, redirects included; 15 s when 0
	MaxRun   int           // addresses in one run; 200 when 0
	Age      time.Duration // after which an address is due again; a day when 0
	Loopback bool          // lets it ask this machine, on any port: for tests
}

// Checker asks addresses. It may be used by many goroutines.
type Checker struct {
	Config
	client *http.Client
}

// What is read of an answer.
const (
	maxBody      = 64 << 10
	maxRedirects = 5
)

var errRedirects = errors.New("check: too many redirects")

// New makes a checker.
func New(c Config) *Checker {
	if c.Agent == "" {
		c.Agent = "Tagline link checker"
	}
	if c.Parallel <= 0 {
		c.Parallel = 4
	}
	if c.Pause == 0 {
		c.Pause = time.Second
	}
	if c.Timeout <= 0 {
		c.Timeout = 15 * time.Second
	}
	if c.MaxRun <= 0 {
		c.MaxRun = 200
	}
	if c.Age <= 0 {
		c.Age = 24 * time.Hour
	}
	web := outbound.Guard{Ports: []uint16{80, 443}, Loopback: c.Loopback}
	return &Checker{Config: c, client: &http.Client{
		Timeout:   c.Timeout,
		Transport: web.Transport(c.Timeout, nil),
		CheckRedirect: func(q *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return errRedirects
			}
			if q.URL.Scheme != "http" && q.URL.Scheme != "https" || q.URL.User != nil {
				return outbound.ErrPrivate
			}
			q.Header.Del("Referer")
			return nil
		},
	}}
}

// Run checks what is due, the longest unchecked first, and says how many addresses
// it asked. What was found until ctx ended is kept.
func (c *Checker) Run(ctx context.Context) (int, error) {
	due, err := c.Links.Due(ctx, c.Clock.Now().Add(-c.Age), c.MaxRun)
	if err != nil {
		return 0, err
	}
	hosts := map[string][]string{}
	var order []string
	for _, href := range due {
		host := ""
		if u, err := url.Parse(href); err == nil {
			host = strings.ToLower(u.Host)
		}
		if hosts[host] == nil {
			order = append(order, host)
		}
		hosts[host] = append(hosts[host], href)
	}
	var (
		work  = make(chan []string)
		group sync.WaitGroup
		mu    sync.Mutex
		asked int
		first error
	)
	for range min(c.Parallel, len(order)) {
		group.Go(func() {
			for hrefs := range work {
				n, err := c.host(ctx, hrefs)
				mu.Lock()
				asked += n
				if first == nil {
					first = err
				}
				mu.Unlock()
			}
		})
	}
	for _, host := range order {
		select {
		case work <- hosts[host]:
		case <-ctx.Done():
		}
	}
	close(work)
	group.Wait()
	if first == nil {
		first = ctx.Err()
	}
	return asked, first
}

// host checks the addresses of one host, one after another.
func (c *Checker) host(ctx context.Context, hrefs []string) (asked int, err error) {
	for i, href := range hrefs {
		if i > 0 && c.Pause > 0 {
			select {
			case <-c.Clock.After(c.Pause):
			case <-ctx.Done():
				return asked, ctx.Err()
			}
		}
		h := c.Check(ctx, href)
		if ctx.Err() != nil {
			return asked, ctx.Err() // it was broken off, which says nothing about the address
		}
		if err := c.Links.KeepHealth(ctx, h); err != nil {
			return asked, err
		}
		asked++
	}
	return asked, nil
}

// Check asks one address and says what it found.
func (c *Checker) Check(ctx context.Context, href string) link.Health {
	h := c.ask(ctx, http.MethodHead, href)
	if !h.OK && ctx.Err() == nil && h.Trouble != outbound.Private && h.Status != http.StatusTooManyRequests {
		h = c.ask(ctx, http.MethodGet, href)
	}
	h.Checked = c.Clock.Now()
	return h
}

func (c *Checker) ask(ctx context.Context, method, href string) link.Health {
	h := link.Health{Href: href}
	q, err := http.NewRequestWithContext(ctx, method, href, nil)
	if err != nil || q.URL.Scheme != "http" && q.URL.Scheme != "https" {
		h.Trouble = "the address cannot be read"
		return h
	}
	q.Header.Set("User-Agent", c.Agent)
	q.Header.Set("Accept", "*/*")
	a, err := c.client.Do(q)
	if err != nil {
		h.Trouble = words(err)
		return h
	}
	defer a.Body.Close()
	// Enough to see that there is an answer; the rest is not ours to carry.
	if _, err := io.Copy(io.Discard, io.LimitReader(a.Body, maxBody)); err != nil {
		h.Trouble = words(err)
		return h
	}
	h.Status = a.StatusCode
	if final := a.Request.URL.String(); a.Request != q && final != href {
		h.MovedTo = final
	}
	h.OK = a.StatusCode >= 200 && a.StatusCode < 300
	if !h.OK {
		h.Trouble = statusWords(a.StatusCode)
	}
	return h
}

// words says in plain English why there was no answer.
func words(err error) string {
	if errors.Is(err, errRedirects) {
		return fmt.Sprintf("it redirects more than %d times", maxRedirects)
	}
	return outbound.Words(err)
}

func statusWords(status int) string {
	switch {
	case status == http.StatusNotFound:
		return "there is no such page"
	case status == http.StatusGone:
		return "the page is gone for good"
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return "it lets not everybody in"
	case status == http.StatusTooManyRequests:
		return "it was asked too often"
	case status >= 500:
		return "the server has a fault"
	case status >= 300 && status < 400:
		return "it redirects to nowhere"
	}
	return fmt.Sprintf("it answers with status %d", status)
}

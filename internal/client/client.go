package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
)

// Client speaks to one server as one API key. It may be used by many goroutines.
type Client struct {
	base  string
	key   string
	http  *http.Client
	clock clock.Clock
}

// The limits of a call.
const (
	tries     = 4
	maxWait   = 5 * time.Second
	maxAnswer = 64 << 20
)

// New makes a client of the server at base ("http://127.0.0.1:8080") with an API
// key. It fails with Invalid when base is no such URL.
func New(base, key string, c clock.Clock) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("%q is not the address of a server", base),
			"Give scheme and host, such as http://127.0.0.1:8080.")
	}
	return &Client{
		base: u.Scheme + "://" + u.Host, key: key, clock: c,
		http: &http.Client{
			Timeout:   2 * time.Minute,
			Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute},
		},
	}, nil
}

// request is one call.
type request struct {
	method      string
	path        string // below /api/v1, with its query
	contentType string
	body        []byte
	repeat      string // an Idempotency-Key; makes a write safe to repeat
}

// do sends a request and hands the answer's body to read. What is safe to repeat
// is repeated a few times when the server is not available.
func (c *Client) do(ctx context.Context, r request, read func(io.Reader) error) error {
	safe := r.method == http.MethodGet || r.repeat != ""
	for try := 1; ; try++ {
		wait, err := c.once(ctx, r, read)
		if err == nil || !safe || try == tries || !fault.Is(err, fault.Unavailable) && !fault.Is(err, fault.RateLimited) {
			return err
		}
		if wait <= 0 {
			wait = time.Duration(try*try) * 100 * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.clock.After(min(wait, maxWait)):
		}
	}
}

// once sends a request once. wait is what the server asked to wait, if it did.
func (c *Client) once(ctx context.Context, r request, read func(io.Reader) error) (wait time.Duration, err error) {
	q, err := http.NewRequestWithContext(ctx, r.method, c.base+"/api/v1"+r.path, bytes.NewReader(r.body))
	if err != nil {
		return 0, err
	}
	if c.key != "" {
		q.Header.Set("Authorization", "Bearer "+c.key)
	}
	if r.contentType != "" {
		q.Header.Set("Content-Type", r.contentType)
	}
	if r.repeat != "" {
		q.Header.Set("Idempotency-Key", r.repeat)
	}
	a, err := c.http.Do(q)
	if err != nil {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		return 0, fault.Wrap(fault.Unavailable, err, "no server answers at "+c.base, "Is it running there? tagline serve prints its address.")
	}
	defer a.Body.Close()
	body := io.LimitReader(a.Body, maxAnswer)
	if a.StatusCode >= 400 {
		seconds, _ := strconv.Atoi(a.Header.Get("Retry-After")) // absent is zero
		return time.Duration(seconds) * time.Second, problem(a, body)
	}
	if read == nil {
		_, err = io.Copy(io.Discard, body)
		return 0, err
	}
	return 0, read(body)
}

// problem turns an error answer back into the fault it came from.
func problem(a *http.Response, body io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(body, 1<<20))
	if err != nil {
		return err
	}
	var p struct {
		Code, Detail, Hint string
		Errors             []struct{ Location, Message string }
	}
	if json.Unmarshal(text, &p) != nil || p.Code == "" {
		return fault.New(fault.Internal, fmt.Sprintf("the server answered %s, which is not an answer of Tagline", a.Status), "Is the address that of a Tagline server?")
	}
	f := fault.New(fault.Code(p.Code), p.Detail, p.Hint)
	for _, e := range p.Errors {
		f = f.At(e.Location, e.Message)
	}
	return f
}

// into decodes an answer of JSON.
func into(v any) func(io.Reader) error {
	return func(r io.Reader) error { return json.NewDecoder(r).Decode(v) }
}

// get reads a resource.
func get[T any](ctx context.Context, c *Client, path string) (T, error) {
	var v T
	err := c.do(ctx, request{method: http.MethodGet, path: path}, into(&v))
	return v, err
}

// send writes a resource as JSON.
func send[T any](ctx context.Context, c *Client, method, path string, in any, repeat string) (T, error) {
	var v T
	body, err := json.Marshal(in)
	if err != nil {
		return v, err
	}
	err = c.do(ctx, request{method: method, path: path, contentType: "application/json", body: body, repeat: repeat}, into(&v))
	return v, err
}

// page is one part of a list.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// all reads every page of a list, at most limit items.
func all[T any](ctx context.Context, c *Client, path string, query url.Values, limit int) ([]T, error) {
	var items []T
	query.Set("limit", "200")
	for {
		part, err := get[page[T]](ctx, c, path+"?"+query.Encode())
		if err != nil {
			return nil, err
		}
		items = append(items, part.Items...)
		if part.Next == "" || len(items) >= limit {
			return items[:min(len(items), limit)], nil
		}
		query.Set("cursor", part.Next)
	}
}

// escape makes a value fit to stand as one path segment.
func escape(s string) string { return strings.ReplaceAll(url.PathEscape(s), "+", "%2B") }

package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tagline/internal/fault"
)

// Capture is a job of capturing EPCIS events.
type Capture struct {
	ID      string `json:"captureID"`
	Running bool   `json:"running"`
	Success bool   `json:"success"`
	Counts  struct {
		Events, Stored, Repeated, Refused int64
	} `json:"tagline:counts"`
	Errors []struct {
		Detail, Pointer, EventID string
	} `json:"errors"`
}

// epcis is where the surface of EPCIS stands.
const epcis = "/epcis/v2"

// Capture sends an EPCIS document and waits for the end of its job. With proceed the
// good events of a document are kept when others are wrong. Tick, which may be nil,
// is called while the job runs.
func (c *Client) Capture(ctx context.Context, media string, document io.Reader, proceed bool, tick func(Capture)) (Capture, error) {
	var job Capture
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+epcis+"/capture", document)
	if err != nil {
		return job, err
	}
	q.Header.Set("Content-Type", media)
	if proceed {
		q.Header.Set("GS1-Capture-Error-Behaviour", "proceed")
	}
	location := ""
	if err := c.exception(q, func(a *http.Response) error { location = a.Header.Get("Location"); return nil }); err != nil {
		return job, err
	}
	at := strings.LastIndexByte(location, '/')
	if at < 0 {
		return job, fault.New(fault.Internal, "the server did not say where the capture is", "Is the address that of a Tagline server?")
	}
	for {
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+epcis+"/capture"+location[at:], nil)
		if err != nil {
			return job, err
		}
		job = Capture{}
		if err := c.exception(q, func(a *http.Response) error { return json.NewDecoder(io.LimitReader(a.Body, maxAnswer)).Decode(&job) }); err != nil {
			return job, err
		}
		if !job.Running {
			return job, nil
		}
		if tick != nil {
			tick(job)
		}
		select {
		case <-ctx.Done():
			return job, ctx.Err()
		case <-c.clock.After(200 * time.Millisecond):
		}
	}
}

// exception sends a request of EPCIS, whose problems are not those of the API.
func (c *Client) exception(q *http.Request, read func(*http.Response) error) error {
	q.Header.Set("Authorization", "Bearer "+c.key)
	// A large document takes longer than the calls of the API.
	patient := http.Client{Transport: c.http.Transport}
	a, err := patient.Do(q)
	if err != nil {
		if q.Context().Err() != nil {
			return q.Context().Err()
		}
		return fault.Wrap(fault.Unavailable, err, "no server answers at "+c.base, "Is it running there? tagline serve prints its address.")
	}
	defer a.Body.Close()
	if a.StatusCode < 400 {
		return read(a)
	}
	var p struct {
		Type, Detail string
		Errors       []struct{ Pointer, Detail string }
	}
	if err := json.NewDecoder(io.LimitReader(a.Body, 1<<20)).Decode(&p); err != nil || !strings.HasPrefix(p.Type, "epcisException:") {
		return fault.New(fault.Internal, fmt.Sprintf("the server answered %s, which is not an answer of Tagline", a.Status), "Is the address that of a Tagline server?")
	}
	code := fault.Invalid
	switch a.StatusCode {
	case http.StatusUnauthorized:
		code = fault.Unauthenticated
	case http.StatusForbidden:
		code = fault.Forbidden
	case http.StatusRequestEntityTooLarge:
		code = fault.TooLarge
	case http.StatusServiceUnavailable:
		code = fault.Unavailable
	}
	return fault.New(code, p.Detail, "")
}

package epcisapi

import (
	"errors"

	"tagline/internal/access"
	"tagline/internal/epcisapi/socket"
	"tagline/internal/trace/subscription"
)

// stream answers GET /queries/{name}/events with Upgrade: websocket.
func (x *exchange) stream() error {
	if _, err := x.named(); err != nil {
		return err
	}
	l, err := subscription.Listen(x.query, x.Clock.Now())
	if refusal, ok := errors.AsType[*subscription.Refusal](err); ok {
		if refusal.Parameter != "" {
			return parameterError(refusal.Parameter, refusal.Says)
		}
		return controls(refusal.Says)
	}
	wish := socket.Wish{Query: x.parts[1], Viewer: x.viewer(), Empty: l.Empty, From: l.From, Holds: func() error { return x.identify(access.TraceRead) }}
	if l.Schedule != nil {
		wish.Next = l.Schedule.Next
	}
	if wish.Spelling, err = spellingOf(x.r.Header); err != nil {
		return err
	}
	return x.hub.Serve(x.w, x.r, wish)
}

// Drain ends the connections that stay open, so that a server can shut down.
func (h *Handler) Drain() { h.hub.Drain() }

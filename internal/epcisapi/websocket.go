package epcisapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"tagline/epcis"
	"tagline/internal/fault"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/trace/answer"
	"tagline/internal/trace/repository"
	"tagline/internal/trace/subscription"
)

// Bounds of what is delivered through open connections.
const (
	maxSockets   = 200              // on this node
	socketBatch  = 100              // events in one message
	socketWrite  = 10 * time.Second // for one message to a slow reader, who is then let go
	socketPing   = 30 * time.Second
	socketPoll   = time.Second // other nodes' captures wake nobody here
	socketReason = 120         // bytes of a closing reason; the protocol allows 123
)

// upgrades tells whether a request asks for a connection that stays open.
func upgrades(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// socket is a subscriber that listens on its own connection. Nothing of it outlives
// that: whoever comes back says from when it wants events.
type socket struct {
	*exchange
	conn     *websocket.Conn
	name     string
	schedule *subscription.Schedule
	empty    bool // a report without events is sent too
	spelling answer.Spelling
	row      int64 // of the last event that was sent, or looked at
}

// stream answers GET /queries/{name}/events with Upgrade: websocket.
func (x *exchange) stream() error {
	if _, err := x.named(); err != nil {
		return err
	}
	s := &socket{exchange: x, name: x.parts[1], schedule: &subscription.Schedule{
		Second: x.query.Get("second"), Minute: x.query.Get("minute"), Hour: x.query.Get("hour"),
		DayOfMonth: x.query.Get("dayOfMonth"), Month: x.query.Get("month"), DayOfWeek: x.query.Get("dayOfWeek"),
	}}
	for name := range x.query {
		switch name {
		case "stream", "second", "minute", "hour", "dayOfMonth", "month", "dayOfWeek", "reportIfEmpty", "initialRecordTime":
		default:
			return parameterError(name, "this parameter is unknown to a connection that stays open")
		}
	}
	if stream := x.query.Get("stream") == "true"; stream == s.schedule.Is() {
		return controls("exactly one of stream=true and a schedule (second, minute, hour, dayOfMonth, month, dayOfWeek) is needed")
	}
	if !s.schedule.Is() {
		s.schedule = nil
	} else if err := s.schedule.Read(); err != nil {
		return controls(fault.From(err).Message)
	}
	s.empty = x.query.Get("reportIfEmpty") == "true"
	var err error
	if s.spelling, err = spellingOf(x.r.Header); err != nil {
		return err
	}
	from := x.Clock.Now()
	if text := x.query.Get("initialRecordTime"); text != "" {
		at, ok := epcis.ParseTime(text)
		if !ok {
			return controls("initialRecordTime is no date and time with a zone, as in 2026-11-26T12:00:00Z")
		}
		from = time.UnixMicro(at.Micro).UTC()
	}
	if s.row, err = x.Repository.RowBefore(x.r.Context(), sqldb.Micros(from)); err != nil {
		return err
	}
	if x.sockets.Add(1) > maxSockets {
		x.sockets.Add(-1)
		return fault.New(fault.Unavailable, "too many connections are open", "Subscribe by a webhook, or try again later.")
	}
	defer x.sockets.Add(-1)
	x.w.Header().Set("GS1-Query-Min-Record-Time", from.UTC().Format(time.RFC3339Nano))
	if s.conn, err = websocket.Accept(x.w, x.r, nil); err != nil {
		return nil // it has answered
	}
	s.run(x.r.Context())
	return nil
}

// run delivers until the other side goes, the query is deleted, the right to see it
// ends, or the server does.
func (s *socket) run(ctx context.Context) {
	ctx = s.conn.CloseRead(ctx) // ends when the other side closes; nothing is read from it
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(s.ending, stop)()
	code, reason := websocket.StatusGoingAway, "the server is going down"
	if err := s.deliver(ctx); err != nil && ctx.Err() == nil {
		code, reason = websocket.StatusInternalError, "something went wrong inside Tagline"
		if f := fault.From(err); f.Code != fault.Internal {
			code, reason = websocket.StatusPolicyViolation, f.Message
		} else if p := (problem{}); errors.As(err, &p) {
			code, reason = websocket.StatusPolicyViolation, p.detail
		}
	}
	_ = s.conn.Close(code, reason[:min(len(reason), socketReason)]) // it may be gone already
}

func (s *socket) deliver(ctx context.Context) error {
	wake, unlisten := s.Bus.Listen(ledger.Topic)
	defer unlisten()
	ping := s.Clock.Now().Add(socketPing)
	var due time.Time
	if s.schedule != nil {
		due, _ = s.schedule.Next(s.Clock.Now())
	}
	for {
		now := s.Clock.Now()
		if s.schedule == nil || !due.IsZero() && !due.After(now) {
			if err := s.report(ctx); err != nil {
				return err
			}
			if s.schedule != nil {
				due, _ = s.schedule.Next(now)
			}
		}
		if !ping.After(now) {
			// Whoever lost the right is told nothing more.
			if err := s.identify("trace.read"); err != nil {
				return err
			}
			limited, cancel := context.WithTimeout(ctx, socketWrite)
			err := s.conn.Ping(limited)
			cancel()
			if err != nil {
				return err
			}
			ping = now.Add(socketPing)
		}
		hear := wake
		if s.schedule != nil {
			hear = nil // it comes at its times only
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-hear:
		case <-s.Clock.After(socketPoll):
		}
	}
}

// report sends what is new.
func (s *socket) report(ctx context.Context) error {
	named, err := s.Queries.Query(ctx, s.name)
	if err != nil {
		return err // the query was deleted: its subscribers go with it
	}
	q, err := named.Parse()
	if err != nil {
		return err
	}
	// Reports come in record order, whatever order the query asks for.
	q.OrderBy, q.Ascending, q.Limit, q.Max = "", true, 0, -1
	for first := true; ; first = false {
		a, err := s.Repository.Find(ctx, q, s.viewer(), repository.Page{Size: socketBatch, After: repository.Position{Row: s.row}})
		if err != nil {
			return err
		}
		if len(a.Events) > 0 || first && s.schedule != nil && s.empty {
			_, companies, err := s.Repository.Prefixes(ctx)
			if err != nil {
				return err
			}
			doc, err := answer.Document(a.Events, answer.Query{Name: s.name}, s.spelling, companies, s.Clock.Now())
			if err != nil {
				return s.write(ctx, exception(err))
			}
			if err := s.write(ctx, doc); err != nil {
				return err
			}
		}
		if n := len(a.Events); n > 0 {
			s.row = a.Events[n-1].Row
		}
		if a.Next == nil {
			s.row = max(s.row, a.Pin)
			return nil
		}
	}
}

// exception is a problem as a message.
func exception(err error) []byte {
	text, wrong := json.Marshal(map[string]any{"type": "epcisException:ImplementationException", "title": err.Error(), "status": http.StatusInternalServerError})
	if wrong != nil {
		panic(wrong) // texts can always be written
	}
	return text
}

func (s *socket) write(ctx context.Context, message []byte) error {
	limited, cancel := context.WithTimeout(ctx, socketWrite)
	defer cancel()
	return s.conn.Write(limited, websocket.MessageText, message)
}

// Drain ends the connections that stay open, so that a server can shut down.
func (h *Handler) Drain() { h.end() }

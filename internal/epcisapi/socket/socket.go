package socket

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/trace/answer"
	"tagline/internal/trace/repository"
	"tagline/internal/trace/standing"
)

// Bounds of what is delivered through open connections.
const (
	most       = 200              // connections on this node
	batch      = 100              // events in one message
	writeTime  = 10 * time.Second // for one message to a slow reader, who is then let go
	pingEvery  = 30 * time.Second
	pollEvery  = time.Second // other nodes' captures wake nobody here
	maxReason  = 120         // bytes of a closing reason; the protocol allows 123
	timeFormat = time.RFC3339Nano
)

// Upgrades tells whether a request asks for a connection that stays open.
func Upgrades(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Config is what a Hub stands on.
type Config struct {
	Repository *repository.Repository
	Queries    *standing.Service
	Clock      clock.Clock
	Bus        *bus.Bus
}

// Hub holds the connections. It may be used by many goroutines.
type Hub struct {
	Config
	open   atomic.Int64
	ending context.Context
	end    context.CancelFunc
}

// New makes a hub.
func New(c Config) *Hub {
	h := &Hub{Config: c}
	h.ending, h.end = context.WithCancel(context.Background())
	return h
}

// Drain ends all connections, so that a server can shut down.
func (h *Hub) Drain() { h.end() }

// Wish is what a caller wants to hear.
type Wish struct {
	Query    string
	Spelling answer.Spelling
	Viewer   repository.Viewer
	// Holds tells whether the caller may still see it; it is asked now and then.
	Holds func() error

	// Next gives the time of the next report after one; nil reports what is new at once.
	Next  func(after time.Time) (time.Time, bool)
	Empty bool      // a report without events is sent too
	From  time.Time // of recording
}

// socket is one connection. Nothing of it outlives that: whoever comes back says from
// when it wants events.
type socket struct {
	*Hub
	Wish
	conn *websocket.Conn
	row  int64     // of the last event that was sent, or looked at
	due  time.Time // of the next report, with a schedule
}

// Serve answers a request that Upgrades, and returns when the connection has ended. An
// error means that nothing was answered yet.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, wish Wish) error {
	row, err := h.Repository.RowBefore(r.Context(), sqldb.Micros(wish.From))
	if err != nil {
		return err
	}
	defer h.open.Add(-1)
	if h.open.Add(1) > most {
		return fault.New(fault.Unavailable, "too many connections are open", "Subscribe by a webhook, or try again later.")
	}
	s := &socket{Hub: h, Wish: wish, row: row}
	if s.Next != nil { // it counts from the request, not from when all is ready
		s.due, _ = s.Next(h.Clock.Now())
	}
	w.Header().Set("GS1-Query-Min-Record-Time", wish.From.UTC().Format(timeFormat))
	if s.conn, err = websocket.Accept(w, r, nil); err != nil {
		return nil // it has answered
	}
	s.run(r.Context())
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
	if err := s.deliver(ctx); ctx.Err() == nil {
		code, reason = websocket.StatusInternalError, "something went wrong inside Tagline"
		if f := fault.From(err); f.Code != fault.Internal {
			code, reason = websocket.StatusPolicyViolation, f.Message
		}
	}
	_ = s.conn.Close(code, reason[:min(len(reason), maxReason)]) // it may be gone already
}

func (s *socket) deliver(ctx context.Context) error {
	wake, unlisten := s.Bus.Listen(ledger.Topic)
	defer unlisten()
	ping := s.Clock.Now().Add(pingEvery)
	if s.Next != nil {
		wake = nil // it comes at its times only
	}
	for {
		now := s.Clock.Now()
		if s.Next == nil || !s.due.IsZero() && !s.due.After(now) {
			if err := s.report(ctx); err != nil {
				return err
			}
			if s.Next != nil {
				s.due, _ = s.Next(now)
			}
		}
		if !ping.After(now) {
			if err := s.Holds(); err != nil {
				return err
			}
			limited, cancel := context.WithTimeout(ctx, writeTime)
			err := s.conn.Ping(limited)
			cancel()
			if err != nil {
				return err
			}
			ping = now.Add(pingEvery)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wake:
		case <-s.Clock.After(pollEvery):
		}
	}
}

// report sends what is new.
func (s *socket) report(ctx context.Context) error {
	named, err := s.Queries.Query(ctx, s.Query)
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
		a, err := s.Repository.Find(ctx, q, s.Viewer, repository.Page{Size: batch, After: repository.Position{Row: s.row}})
		if err != nil {
			return err
		}
		if len(a.Events) > 0 || first && s.Next != nil && s.Empty {
			_, companies, err := s.Repository.Prefixes(ctx)
			if err != nil {
				return err
			}
			doc, err := answer.Document(a.Events, answer.Query{Name: s.Query}, s.Spelling, companies, s.Clock.Now())
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
	limited, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	return s.conn.Write(limited, websocket.MessageText, message)
}

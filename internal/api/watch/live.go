package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/fault"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
)

// Bounds of the live view. A reader that cannot keep up, or comes back too late,
// is told to read everything anew instead of being sent what it cannot use.
const (
	liveWindow   = 1000                   // events behind the head that are still sent one by one
	liveBatch    = 200                    // events of one reading
	livePause    = 200 * time.Millisecond // between two readings: a flood stays readable
	liveKeep     = 15 * time.Second       // a comment keeps the line open, and rights are checked anew
	livePoll     = time.Second            // where other nodes write too, their commits wake nobody here
	liveWrite    = 10 * time.Second       // for one write to a slow reader
	liveWatchers = 200                    // at most, on this node
)

type liveIn struct {
	Topic       []string `query:"topic,explode" enum:"tap,thing,product,content,link,tag,trace,alarm,place,access,system" doc:"All of them when left out" nullable:"false"`
	LastEventID string   `header:"Last-Event-ID" maxLength:"20" doc:"Where the stream broke off"`
}

func (d *Desk) follow(ctx context.Context, who access.Actor, in *liveIn) (*huma.StreamResponse, error) {
	head, err := view(ctx, d.DB, d.Ledger.Head)
	if err != nil {
		return nil, err
	}
	from := head
	if in.LastEventID != "" {
		if from, err = strconv.ParseInt(in.LastEventID, 10, 64); err != nil || from < 0 || from > head {
			from = -1 // of another ledger: everything is to be read anew
		}
	}
	if d.watchers.Add(1) > liveWatchers {
		d.watchers.Add(-1)
		return nil, fault.New(fault.Unavailable, "too many live views are open", "Close some, or reload now and then.")
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		defer d.watchers.Add(-1)
		w := &watcher{desk: d, who: who, topics: in.Topic, pos: from, out: out.BodyWriter().(http.ResponseWriter)}
		w.out.Header().Set("Content-Type", "text/event-stream")
		w.out.Header().Set("X-Accel-Buffering", "no")
		w.line = http.NewResponseController(w.out)
		w.run(ctx)
	}}, nil
}

// watcher is one live view.
type watcher struct {
	desk   *Desk
	who    access.Actor
	topics []string
	pos    int64 // number of the last event that was seen; -1 = unknown
	out    http.ResponseWriter
	line   *http.ResponseController
}

// run sends until the reader goes away, loses the right, or the server drains.
func (w *watcher) run(ctx context.Context) {
	wake, stop := w.desk.Bus.Listen(ledger.Topic)
	defer stop()
	if w.send(": hello\n\n") != nil {
		return
	}
	wait := liveKeep
	if w.desk.DB.Engine() == "postgres" {
		wait = livePoll
	}
	checked := w.desk.Clock.Now()
	for {
		if err := w.catchUp(ctx); err != nil {
			return // the reader comes back by itself, with Last-Event-ID
		}
		select {
		case <-ctx.Done():
			return
		case <-w.desk.drained:
			return
		case <-wake:
			select {
			case <-w.desk.Clock.After(livePause):
			case <-w.desk.drained:
				return
			case <-ctx.Done():
				return
			}
		case <-w.desk.Clock.After(wait):
		}
		if now := w.desk.Clock.Now(); now.Sub(checked) >= liveKeep {
			checked = now
			var err error
			if w.who, err = frame.Still(ctx, access.LiveRead); err != nil || w.send(": keep-alive\n\n") != nil {
				return
			}
		}
	}
}

// catchUp sends what happened since the last time.
func (w *watcher) catchUp(ctx context.Context) error {
	for {
		var head int64
		var events []ledger.Event
		err := w.desk.DB.View(ctx, func(tx *sqldb.Tx) (err error) {
			if head, err = w.desk.Ledger.Head(tx); err != nil {
				return err
			}
			events, err = w.desk.Ledger.Read(tx, max(w.pos, 0), liveBatch)
			return err
		})
		if err != nil {
			return err
		}
		if w.pos < 0 || head-w.pos > liveWindow {
			w.pos = head
			if err := w.message(head, "reset", wire.LiveReset{Seq: head}); err != nil {
				return err
			}
			continue
		}
		for _, e := range events {
			w.pos = e.Seq
			topic, need := wire.Topic(e)
			if !w.who.May(need) || len(w.topics) > 0 && !slices.Contains(w.topics, topic) {
				continue
			}
			if err := w.message(e.Seq, "", wire.LiveOf(topic, e)); err != nil {
				return err
			}
		}
		if len(events) < liveBatch {
			return nil
		}
	}
}

func (w *watcher) message(seq int64, event string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if event != "" {
		event = "event: " + event + "\n"
	}
	return w.send(fmt.Sprintf("id: %d\n%sdata: %s\n\n", seq, event, body))
}

func (w *watcher) send(text string) error {
	// A deadline that cannot be set (a recorder in a test) is no reason to be silent.
	w.line.SetWriteDeadline(w.desk.Clock.Now().Add(liveWrite)) //nolint:errcheck
	if _, err := w.out.Write([]byte(text)); err != nil {
		return err
	}
	return w.line.Flush()
}

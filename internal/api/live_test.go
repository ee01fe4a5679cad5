package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

// message is one server-sent event.
type message struct{ id, event, data string }

// watch opens a live view. The messages end when the stream does.
func (s *server) watch(t *testing.T, key, query, last string) <-chan message {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", s.URL+frame.Base+"/live"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Body.Close() })
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", a.StatusCode, a.Header.Get("Content-Type"))
	}
	out := make(chan message, 100)
	lines := bufio.NewScanner(a.Body)
	lines.Scan() // the greeting says that the view has begun
	go func() {
		defer close(out)
		var m message
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "id":
				m.id = value
			case "event":
				m.event = value
			case "data":
				m.data = value
			case "":
				if value == "" && m.data != "" {
					out <- m
					m = message{}
				}
			}
		}
	}()
	return out
}

func next(t *testing.T, from <-chan message) message {
	t.Helper()
	select {
	case m, ok := <-from:
		if !ok {
			t.Fatal("the stream ended")
		}
		return m
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came")
	}
	return message{}
}

func (s *server) happen(t *testing.T, n int, kind string) {
	t.Helper()
	err := s.back.DB.Update(t.Context(), func(tx *sqldb.Tx) error {
		for i := range n {
			e := ledger.Event{ID: ident.System().Event(), Source: "test", Type: kind, Thing: ident.Thing(fmt.Sprint("thg_", i)), At: time.Now()}
			if err := s.back.Ledger.Append(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheLiveView(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		all := s.watch(t, ownerKey, "", "")
		taps := s.watch(t, ownerKey, "?topic=tap", "")
		s.happen(t, 1, "access.key-made")
		s.happen(t, 1, "tap.verified")
		first, second := next(t, all), next(t, all)
		var l wire.Live
		if err := json.Unmarshal([]byte(second.data), &l); err != nil || l.Topic != "tap" || l.Kind != "tap.verified" || l.Ref != "thg_0" || fmt.Sprint(l.Seq) != second.id {
			t.Errorf("%+v %v", second, err)
		}
		if !strings.Contains(first.data, `"topic":"access"`) {
			t.Errorf("%+v", first)
		}
		if m := next(t, taps); !strings.Contains(m.data, `"topic":"tap"`) {
			t.Errorf("another topic came: %+v", m)
		}

		again := s.watch(t, ownerKey, "", first.id)
		if m := next(t, again); m != second {
			t.Errorf("after %s came %+v", first.id, m)
		}
	})
}

func TestWhoIsTooFarBehindIsToldToReadAnew(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	for range 3 {
		s.happen(t, 500, "tap.verified")
	}
	for _, last := range []string{"1", "999999", "nonsense"} {
		m := next(t, s.watch(t, ownerKey, "", last))
		if m.event != "reset" {
			t.Errorf("after %s came %+v", last, m)
		}
	}
}

func TestTheLiveViewHidesWhatOneMayNotRead(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	pr := s.watch(t, s.key(t, access.PR), "", "")
	s.happen(t, 1, "access.key-made")
	s.happen(t, 1, "tag.blocked")
	s.happen(t, 1, "tap.verified")
	if m := next(t, pr); !strings.Contains(m.data, `"topic":"tap"`) {
		t.Errorf("%+v", m)
	}
	s.do(t, call{path: "/live", key: s.key(t, access.Partner)}).problem(t, 403, "forbidden")
}

func TestDrainEndsTheLiveViews(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	all := s.watch(t, ownerKey, "", "")
	s.api.Drain()
	select {
	case _, open := <-all:
		if open {
			t.Fatal("an event came")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the stream goes on")
	}
}

func TestEvidence(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		tap := ledger.Event{ID: ident.System().Event(), Source: "tap", Type: "tap.verified", Thing: "thg_a", At: time.Now()}
		opened := ledger.Event{ID: ident.System().Event(), Type: "opened", Class: ledger.Moment, Thing: "thg_a", Cause: tap.ID, At: time.Now()}
		err := s.back.DB.Update(t.Context(), func(tx *sqldb.Tx) error { return s.back.Ledger.Append(tx, tap, opened) })
		if err != nil {
			t.Fatal(err)
		}
		var got wire.Evidence
		s.do(t, call{path: "/events/" + string(tap.ID)}).into(t, 200, &got)
		if len(got.Effects) != 1 || got.Effects[0].ID != string(opened.ID) || got.Cause != nil {
			t.Errorf("%+v", got)
		}
		s.do(t, call{path: "/events/" + string(opened.ID)}).into(t, 200, &got)
		if got.Cause == nil || got.Cause.ID != string(tap.ID) {
			t.Errorf("%+v", got)
		}
		var page frame.Page[wire.Event]
		s.do(t, call{path: "/events?type=opened&type=low"}).into(t, 200, &page)
		if len(page.Items) != 1 || page.Items[0].Class != "moment" {
			t.Errorf("%+v", page)
		}
		s.do(t, call{path: "/events/evt_00000000000000000000000000"}).problem(t, 404, "not-found")
		var sys wire.System
		s.do(t, call{path: "/system"}).into(t, 200, &sys)
		if sys.Head < 2 || sys.Engine != s.back.DB.Engine() {
			t.Errorf("%+v", sys)
		}
	})
}

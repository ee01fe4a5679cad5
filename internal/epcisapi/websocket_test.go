package epcisapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

// dial opens a connection that stays open.
func (s *server) dial(query, key string) (*websocket.Conn, *http.Response, error) {
	s.t.Helper()
	conn, resp, err := websocket.Dial(s.t.Context(), "ws"+strings.TrimPrefix(s.URL, "http")+"/epcis/v2/queries/mine/events?"+query,
		&websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + key}}})
	if err == nil {
		s.t.Cleanup(func() { _ = conn.CloseNow() })
	}
	return conn, resp, err
}

// hear reads one message: the ids of its events.
func (s *server) hear(conn *websocket.Conn) (ids []string, err error) {
	ctx, stop := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer stop()
	_, text, err := conn.Read(ctx)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Type string
		Body struct {
			Results struct {
				Name   string                                         `json:"queryName"`
				Result struct{ EventList []struct{ EventID string } } `json:"resultsBody"`
			} `json:"queryResults"`
		} `json:"epcisBody"`
	}
	if err := json.Unmarshal(text, &doc); err != nil || doc.Type != "EPCISQueryDocument" || doc.Body.Results.Name != "mine" {
		s.t.Fatalf("not the answer of a query: %s", text)
	}
	for _, e := range doc.Body.Results.Result.EventList {
		ids = append(ids, e.EventID)
	}
	return ids, nil
}

func shipped(n int, step string) string {
	return fmt.Sprintf(`{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-01T00:00:00Z","epcisBody":{"eventList":[
{"type":"ObjectEvent","eventID":"urn:x:%d","action":"OBSERVE","bizStep":"%s","epcList":["urn:epc:id:sgtin:0614141.112345.%d"],"eventTime":"2026-10-01T00:00:00Z","eventTimeZoneOffset":"+00:00"}]}}`, n, step, n)
}

func TestWhatIsNewComesOverAnOpenConnection(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s := serve(t, db)
		s.ask("POST", "/queries", `{"name":"mine","query":{"EQ_bizStep":["shipping"]}}`, "Content-Type", "application/json")
		s.capture(shipped(1, "shipping"))
		s.clock.Advance(time.Second)
		conn, resp, err := s.dial("stream=true", owner)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 101 || resp.Header.Get("GS1-Query-Min-Record-Time") == "" {
			t.Errorf("%d %v", resp.StatusCode, resp.Header)
		}
		late, _, err := s.dial("stream=true&initialRecordTime=2020-01-01T00:00:00Z", owner)
		if err != nil {
			t.Fatal(err)
		}
		partner, _, err := s.dial("stream=true", s.partner)
		if err != nil {
			t.Fatal(err)
		}
		if ids, err := s.hear(late); err != nil || len(ids) != 1 || ids[0] != "urn:x:1" {
			t.Errorf("from the beginning there are %v (%v)", ids, err)
		}
		s.capture(shipped(2, "receiving"))
		s.capture(shipped(3, "shipping"))
		for _, c := range []*websocket.Conn{conn, late} {
			if ids, err := s.hear(c); err != nil || len(ids) != 1 || ids[0] != "urn:x:3" {
				t.Errorf("of what is new came %v (%v)", ids, err)
			}
		}
		// A partner gets what it may see, and nothing else before that.
		s.capture(shipped(4, "shipping"), "Authorization", "Bearer "+s.partner)
		if ids, err := s.hear(partner); err != nil || len(ids) != 1 || ids[0] != "urn:x:4" {
			t.Errorf("a partner hears %v (%v)", ids, err)
		}
		if ids, err := s.hear(conn); err != nil || len(ids) != 1 || ids[0] != "urn:x:4" {
			t.Errorf("of the partner's capture came %v (%v)", ids, err)
		}
		// The subscribers of a query go with it.
		s.ask("DELETE", "/queries/mine", "")
		s.capture(shipped(5, "shipping"))
		if _, err := s.hear(conn); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
			t.Errorf("the query is deleted, and the connection ends by %v", err)
		}
	})
}

func TestWhatCannotBeAConnectionIsRefused(t *testing.T) {
	s := serve(t, sqldbtest.SQLite(t))
	s.ask("POST", "/queries", `{"name":"mine","query":{}}`, "Content-Type", "application/json")
	for query, status := range map[string]int{
		"":                                  400,
		"stream=false":                      400,
		"stream=true&hour=1":                400,
		"hour=25":                           400,
		"stream=true&initialRecordTime=now": 400,
		"stream=true&perPage=3":             400,
	} {
		if _, resp, err := s.dial(query, owner); err == nil || resp == nil || resp.StatusCode != status {
			t.Errorf("%q: %v (%v)", query, resp, err)
		}
	}
	if _, resp, err := s.dial("stream=true", "tl_nobody"); err == nil || resp.StatusCode != 401 {
		t.Errorf("with a wrong key: %v (%v)", resp, err)
	}
	conn, _, err := s.dial("minute=5&reportIfEmpty=true", owner)
	if err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(6 * time.Minute)
	if ids, err := s.hear(conn); err != nil || len(ids) != 0 {
		t.Errorf("at its time came %v (%v)", ids, err)
	}
}

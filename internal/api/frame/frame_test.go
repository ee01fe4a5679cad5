package frame_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/fault"
	"tagline/internal/ident"
)

// doors knows one key and one session, both an engineer's.
type doors struct{}

func (doors) ByKey(_ context.Context, key string) (access.Actor, error) {
	return doors{}.who(key == "good")
}

func (doors) BySession(_ context.Context, token string) (access.Actor, error) {
	return doors{}.who(token == "good")
}

func (doors) who(known bool) (access.Actor, error) {
	if !known {
		return access.Actor{}, fault.New(fault.Unauthenticated, "unknown", "Sign in.")
	}
	return access.Actor{Kind: access.KindMember, ID: "mem_x", Role: access.Engineer}, nil
}

type nothing struct{}

type text struct{ Body struct{ Said string } }

// small is a frame with a few operations.
func small(t *testing.T) (*httptest.Server, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	f := frame.New(frame.Config{Doors: doors{}, IDs: ident.System(), Log: slog.New(slog.NewJSONHandler(&log, nil)), Origin: "https://tagline.example", AddressHeader: "X-Forwarded-For"})
	frame.Handle(f, frame.Op{ID: "read", Method: http.MethodGet, Path: "/read", Action: access.TagRead, Group: "g", Summary: "s"},
		func(_ context.Context, who access.Actor, _ *nothing) (*text, error) {
			out := &text{}
			out.Body.Said = who.ID
			return out, nil
		})
	frame.Handle(f, frame.Op{ID: "write", Method: http.MethodPost, Path: "/write", Action: access.TagWrite, Group: "g", Summary: "s", Status: 204},
		func(context.Context, access.Actor, *nothing) (*nothing, error) { return nil, nil })
	frame.Handle(f, frame.Op{ID: "enter", Method: http.MethodPost, Path: "/enter", Action: frame.Anyone, Group: "g", Summary: "s", Status: 204},
		func(context.Context, access.Actor, *nothing) (*nothing, error) { return nil, nil })
	frame.Handle(f, frame.Op{ID: "where", Method: http.MethodGet, Path: "/where", Action: frame.Anyone, Group: "g", Summary: "s"},
		func(ctx context.Context, _ access.Actor, _ *nothing) (*text, error) {
			out := &text{}
			out.Body.Said = frame.Address(ctx)
			return out, nil
		})
	frame.Handle(f, frame.Op{ID: "fail", Method: http.MethodGet, Path: "/fail", Action: frame.Anyone, Group: "g", Summary: "s"},
		func(context.Context, access.Actor, *nothing) (*text, error) {
			return nil, errors.New("dial postgres://user:password@host")
		})
	frame.Handle(f, frame.Op{ID: "panic", Method: http.MethodGet, Path: "/panic", Action: frame.Anyone, Group: "g", Summary: "s"},
		func(context.Context, access.Actor, *nothing) (*text, error) { panic("a password in a panic") })
	frame.Handle(f, frame.Op{ID: "busy", Method: http.MethodGet, Path: "/busy", Action: frame.Anyone, Group: "g", Summary: "s"},
		func(context.Context, access.Actor, *nothing) (*text, error) {
			return nil, fault.New(fault.Unavailable, "the queue is full", "Wait.").At("here", "full")
		})
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return s, &log
}

func ask(t *testing.T, method, url string, header map[string]string) (*http.Response, frame.Problem) {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	var p frame.Problem
	if a.StatusCode >= 400 {
		if err := json.Unmarshal(body, &p); err != nil {
			t.Fatalf("%d %s", a.StatusCode, body)
		}
	}
	return a, p
}

func TestAWriteFromAnotherSiteIsRefused(t *testing.T) {
	s, _ := small(t)
	own := "http://" + strings.TrimPrefix(s.URL, "http://")
	cookie := frame.SessionCookie + "=good"
	for name, row := range map[string]struct {
		method, path string
		header       map[string]string
		status       int
	}{
		"a read needs no more than the cookie":    {"GET", "/read", map[string]string{"Cookie": cookie}, 200},
		"the console":                             {"POST", "/write", map[string]string{"Cookie": cookie, "X-Requested-With": "tagline", "Origin": own}, 204},
		"the console behind a proxy":              {"POST", "/write", map[string]string{"Cookie": cookie, "X-Requested-With": "tagline", "Origin": "https://tagline.example"}, 204},
		"no Origin, as of a program":              {"POST", "/write", map[string]string{"Cookie": cookie, "X-Requested-With": "tagline"}, 204},
		"a form of another site":                  {"POST", "/write", map[string]string{"Cookie": cookie, "Origin": "https://evil.example"}, 403},
		"another site with the header":            {"POST", "/write", map[string]string{"Cookie": cookie, "X-Requested-With": "x", "Origin": "https://evil.example"}, 403},
		"a sandboxed page":                        {"POST", "/write", map[string]string{"Cookie": cookie, "X-Requested-With": "x", "Origin": "null"}, 403},
		"without the header":                      {"POST", "/write", map[string]string{"Cookie": cookie, "Origin": own}, 403},
		"a key needs neither":                     {"POST", "/write", map[string]string{"Authorization": "Bearer good"}, 204},
		"a key from a page of the integrator":     {"POST", "/write", map[string]string{"Authorization": "Bearer good", "Origin": "https://shop.example"}, 204},
		"a sign-in that another site would cause": {"POST", "/enter", map[string]string{"Origin": "https://evil.example"}, 403},
		"a sign-in of our own":                    {"POST", "/enter", map[string]string{"Origin": own}, 204},
		"an old cookie does not hinder a sign-in": {"POST", "/enter", map[string]string{"Cookie": frame.SessionCookie + "=old", "Origin": own}, 204},
	} {
		if a, p := ask(t, row.method, s.URL+frame.Base+row.path, row.header); a.StatusCode != row.status {
			t.Errorf("%s: %d %s", name, a.StatusCode, p.Detail)
		}
	}
}

func TestAnInternalErrorIsLoggedAndNotShown(t *testing.T) {
	for _, path := range []string{"/fail", "/panic"} {
		s, log := small(t)
		a, p := ask(t, "GET", s.URL+frame.Base+path, nil)
		if a.StatusCode != 500 || p.Code != "internal" || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %+v", path, a.StatusCode, p)
		}
		if strings.Contains(p.Detail+p.Hint, "password") {
			t.Errorf("%s shows what is inside: %+v", path, p)
		}
		if !strings.Contains(log.String(), p.Trace) || !strings.Contains(log.String(), "password") {
			t.Errorf("%s is not in the log: %s", path, log)
		}
	}
}

func TestAProblemSaysWhenToComeBack(t *testing.T) {
	s, log := small(t)
	a, p := ask(t, "GET", s.URL+frame.Base+"/busy", nil)
	if a.StatusCode != 503 || a.Header.Get("Retry-After") == "" || p.Hint != "Wait." || len(p.Errors) != 1 {
		t.Fatalf("%d %v %+v", a.StatusCode, a.Header, p)
	}
	if log.Len() != 0 {
		t.Errorf("what is not our bug was logged as one: %s", log)
	}
}

func TestTheAddressIsTheOneThatTheProxyNames(t *testing.T) {
	s, _ := small(t)
	for header, want := range map[string]string{"": "127.0.0.1", "198.51.100.7": "198.51.100.7", "10.0.0.1, 198.51.100.7": "198.51.100.7", "nonsense": "127.0.0.1", "198.51.100.7, x": "127.0.0.1"} {
		r, err := http.NewRequest("GET", s.URL+frame.Base+"/where", nil)
		if err != nil {
			t.Fatal(err)
		}
		if header != "" {
			r.Header.Set("X-Forwarded-For", header)
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Said string }
		err = json.NewDecoder(a.Body).Decode(&got)
		a.Body.Close()
		if err != nil || got.Said != want {
			t.Errorf("%q: %q, want %q, %v", header, got.Said, want, err)
		}
	}
}

func TestAnOperationWithoutAnActionCannotBeRegistered(t *testing.T) {
	for _, action := range []access.Action{"", "tag.reed"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q was accepted", action)
				}
			}()
			frame.Handle(frame.New(frame.Config{}), frame.Op{ID: "x", Method: "GET", Path: "/x", Action: action},
				func(context.Context, access.Actor, *nothing) (*text, error) { return nil, nil })
		}()
	}
}

func TestCursorsBelongToTheirListAndFilters(t *testing.T) {
	c := frame.EncodeCursor("things", "thg_42", "sealed", true)
	if place, err := frame.DecodeCursor("things", c, "sealed", true); err != nil || place != "thg_42" {
		t.Fatalf("%q %v", place, err)
	}
	for name, try := range map[string]func() (string, error){
		"another list":   func() (string, error) { return frame.DecodeCursor("taps", c, "sealed", true) },
		"another filter": func() (string, error) { return frame.DecodeCursor("things", c, "opened", true) },
		"damaged":        func() (string, error) { return frame.DecodeCursor("things", c+"!", "sealed", true) },
		"cut off":        func() (string, error) { return frame.DecodeCursor("things", c[:8], "sealed", true) },
	} {
		if place, err := try(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %q %v", name, place, err)
		}
	}
	if frame.EncodeCursor("things", "") != "" {
		t.Error("the end has a cursor")
	}
}

func FuzzDecodeCursor(f *testing.F) {
	f.Add(frame.EncodeCursor("things", "thg_42"))
	f.Add("")
	f.Add("AAAAAAAA")
	f.Fuzz(func(t *testing.T, cursor string) {
		place, err := frame.DecodeCursor("things", cursor)
		if err == nil && frame.EncodeCursor("things", place) != cursor {
			t.Fatalf("%q is taken for the cursor of %q", cursor, place)
		}
	})
}

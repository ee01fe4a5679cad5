package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/sqldb/sqldbtest"
)

var console = map[string]string{"X-Requested-With": "tagline"}

// sessionOf gives the token that an answer sets as cookie.
func sessionOf(t *testing.T, r reply) *http.Cookie {
	t.Helper()
	cookies, err := http.ParseSetCookie(r.header.Get("Set-Cookie"))
	if err != nil || cookies.Name != frame.SessionCookie {
		t.Fatalf("%v in %q", err, r.header.Get("Set-Cookie"))
	}
	return cookies
}

func TestAMemberFromInvitationToSigningOut(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		var welcome wire.Welcome
		s.do(t, call{path: "/welcome", key: "-"}).into(t, 200, &welcome)
		if welcome.FirstStart || welcome.Server.BaseURL != "https://tagline.example" {
			t.Errorf("%+v", welcome)
		}
		var invited wire.Invited
		s.do(t, call{method: "POST", path: "/members", body: wire.Invitation{Name: "Ada", Email: "ada@example.com", Role: "engineer"}}).into(t, 201, &invited)
		link, err := url.Parse(invited.Link.URL)
		if err != nil || link.Path != "/console/sign-in" || link.RawQuery != "" || !strings.HasPrefix(link.Fragment, "token=") {
			t.Fatalf("the token is not in the fragment: %v", err)
		}
		token := strings.TrimPrefix(link.Fragment, "token=")

		in := s.do(t, call{method: "POST", path: "/session", key: "-", body: wire.SignIn{Token: token}})
		var session wire.Session
		in.into(t, 200, &session)
		if session.Member == nil || session.Member.Name != "Ada" || session.Actor.Role != "engineer" || session.ExpiresAt == nil {
			t.Fatalf("%s", in.body)
		}
		c := sessionOf(t, in)
		if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
			t.Errorf("the cookie is %v", c)
		}
		s.do(t, call{method: "POST", path: "/session", key: "-", body: wire.SignIn{Token: token}}).problem(t, 410, "gone")
		s.do(t, call{path: "/session", cookie: c.Value}).into(t, 200, &session)
		s.do(t, call{path: "/members", cookie: c.Value}).problem(t, 403, "forbidden")
		s.do(t, call{method: "PUT", path: "/me/password", cookie: c.Value, header: console, body: wire.Password{Password: "correct horse battery"}}).into(t, 204, nil)
		name := "Ada King"
		s.do(t, call{method: "PATCH", path: "/me", cookie: c.Value, header: console, body: wire.SelfChange{Name: &name}}).into(t, 200, nil)

		again := s.do(t, call{method: "POST", path: "/session", key: "-", body: wire.SignIn{Email: "ada@example.com", Password: "correct horse battery"}})
		again.into(t, 200, &session)
		if session.Member.Name != name || !session.Member.HasPassword {
			t.Errorf("%+v", session.Member)
		}
		s.do(t, call{method: "POST", path: "/session", key: "-", body: wire.SignIn{Email: "ada@example.com", Password: "wrong"}}).problem(t, 401, "unauthenticated")
		s.do(t, call{method: "POST", path: "/session", key: "-", body: wire.SignIn{Email: "ada@example.com"}}).problem(t, 400, "invalid")

		out := s.do(t, call{method: "DELETE", path: "/session", cookie: c.Value, header: console})
		out.into(t, 204, nil)
		if gone := sessionOf(t, out); gone.MaxAge >= 0 || gone.Value != "" {
			t.Errorf("the cookie stays: %v", gone)
		}
		s.do(t, call{path: "/session", cookie: c.Value}).problem(t, 401, "unauthenticated")

		yes := true
		s.do(t, call{method: "PATCH", path: "/members/" + invited.Member.ID, body: wire.MemberChange{Disabled: &yes}}).into(t, 200, nil)
		s.do(t, call{path: "/session", cookie: sessionOf(t, again).Value}).problem(t, 401, "unauthenticated")
	})
}

func TestKeysAreShownOnce(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	var made wire.NewKey
	s.do(t, call{method: "POST", path: "/keys", body: wire.KeyRequest{Name: "ERP", Role: "engineer", Scopes: []string{"moment.report"}}}).into(t, 201, &made)
	list := s.do(t, call{path: "/keys"})
	var keys frame.Page[wire.Key]
	list.into(t, 200, &keys)
	if len(keys.Items) != 2 || strings.Contains(string(list.body), made.Secret) {
		t.Fatalf("%s", list.body)
	}
	var session wire.Session
	s.do(t, call{path: "/session", key: made.Secret}).into(t, 200, &session)
	if session.Actor.Kind != "key" || len(session.Actor.Actions) != 1 {
		t.Errorf("%+v", session.Actor)
	}
	in := s.do(t, call{method: "POST", path: "/session", key: "-", body: wire.SignIn{Key: made.Secret}})
	in.into(t, 200, nil)
	s.do(t, call{method: "DELETE", path: "/keys/" + made.Key.ID}).into(t, 204, nil)
	s.do(t, call{path: "/session", key: made.Secret}).problem(t, 401, "unauthenticated")
	s.do(t, call{path: "/session", cookie: sessionOf(t, in).Value}).problem(t, 401, "unauthenticated")
}

func TestAListIsReadPageByPage(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		for i := range 7 {
			s.do(t, call{method: "POST", path: "/members", body: wire.Invitation{Name: string(rune('A' + i)), Role: "pr"}}).into(t, 201, nil)
		}
		var names string
		cursor, pages := "", 0
		for {
			var page frame.Page[wire.Member]
			s.do(t, call{path: "/members?limit=3&cursor=" + cursor}).into(t, 200, &page)
			for _, m := range page.Items {
				names += m.Name
			}
			pages++
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		if names != "ABCDEFG" || pages != 3 {
			t.Fatalf("%q in %d pages", names, pages)
		}
		s.do(t, call{path: "/events?cursor=" + frame.EncodeCursor("members", "x")}).problem(t, 400, "invalid")
	})
}

func TestWhoActedIsRecordedWhereTheDomainDoesNotSay(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	s.stock(t)
	s.keyset(t)
	csv := map[string]string{"Content-Type": "text/csv"}
	s.do(t, call{method: "POST", path: "/chips/import?set=k1&dryRun=true", body: "uid,gtin,serial\n04AABBCCDDEE80," + gtin + ",S1\n", header: csv}).into(t, 200, nil)
	s.do(t, call{method: "POST", path: "/keysets", body: wire.KeySetRequest{Name: "bad", Template: "x"}}).problem(t, 400, "invalid")
	s.do(t, call{path: "/chips/encode.csv?set=k1"}).into(t, 200, nil)
	var events frame.Page[wire.Event]
	s.do(t, call{path: "/events?type=access.acted"}).into(t, 200, &events)
	var did []string
	for _, e := range events.Items {
		var body struct{ By, Did, To string }
		if err := json.Unmarshal(e.Body, &body); err != nil || !strings.HasPrefix(body.By, "key_") || !strings.HasPrefix(body.To, frame.Base) {
			t.Errorf("%s %v", e.Body, err)
		}
		did = append(did, body.Did)
	}
	if got := strings.Join(did, " "); got != "encode-chips create-keyset" {
		t.Errorf("%q", got)
	}
}

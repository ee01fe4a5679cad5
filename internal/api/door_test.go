package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/sqldb/sqldbtest"
)

// TestEveryOperationAnswersTheRolesThatHoldItsAction asks every operation as every
// role and without a key. Whether an admitted request then finds anything does
// not matter here.
func TestEveryOperationAnswersTheRolesThatHoldItsAction(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	keys := map[access.Role]string{}
	for _, g := range access.Grades() {
		keys[g.Role] = s.key(t, g.Role)
	}
	ops := s.api.Operations()
	if len(ops) < 50 {
		t.Fatalf("only %d operations", len(ops))
	}
	for _, op := range ops {
		if op.ID == "follow" {
			continue // it does not end; TestTheLiveView asks it
		}
		path := op.Path
		for _, name := range []string{"{id}", "{key}", "{name}", "{chip}"} {
			path = strings.ReplaceAll(path, name, "none")
		}
		r := s.do(t, call{method: op.Method, path: path, key: "-"})
		if open := op.Action == frame.Anyone; (r.status == http.StatusUnauthorized) == open {
			t.Errorf("%s without a key: %d", op.ID, r.status)
		}
		for role, key := range keys {
			if op.ID == "sign-out" && role == access.Owner {
				continue
			}
			may := op.Action == frame.Anyone || op.Action == frame.SignedIn || access.Actor{Role: role}.May(op.Action)
			r := s.do(t, call{method: op.Method, path: path, key: key})
			forbidden := r.status == http.StatusForbidden && strings.Contains(string(r.body), "may not "+string(op.Action))
			if may == forbidden || !may && r.status != http.StatusForbidden {
				t.Errorf("%s as %s: %d, may be %v: %s", op.ID, role, r.status, may, r.body)
			}
		}
	}
}

func TestAuditorsAndPartnersReachNoWrite(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	own := []string{"sign-in", "sign-out", "change-me", "set-my-password"}
	reading := []string{"preview-content", "try-links"} // questions asked by POST
	for _, op := range s.api.Operations() {
		if op.Method == http.MethodGet || slices.Contains(own, op.ID) || slices.Contains(reading, op.ID) {
			continue
		}
		for _, role := range []access.Role{access.Auditor, access.Partner} {
			if (access.Actor{Role: role}).May(op.Action) {
				t.Errorf("%s may %s", role, op.ID)
			}
		}
	}
}

func TestProblemsOfTheDoor(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	json := map[string]string{"Content-Type": "application/json"}
	for name, row := range map[string]struct {
		call   call
		status int
		code   string
		detail string
	}{
		"no such path":              {call{path: "/nothing"}, 404, "not-found", "no such path"},
		"no such method":            {call{method: "PUT", path: "/members", body: "{}"}, 405, "method-not-allowed", "PUT"},
		"nobody is signed in":       {call{path: "/members", key: "-"}, 401, "unauthenticated", "signed in"},
		"an unknown key":            {call{path: "/members", key: "tl_00000000000000000000000000_unknown"}, 401, "unauthenticated", "unknown"},
		"an old session":            {call{path: "/members", cookie: "old"}, 401, "unauthenticated", "ended"},
		"not a bearer":              {call{path: "/members", key: "-", header: map[string]string{"Authorization": "Basic YTpi"}}, 401, "unauthenticated", "Bearer"},
		"a body of another type":    {call{method: "POST", path: "/members", body: "name=Ada", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}, 415, "unsupported", "content type"},
		"a body that is no JSON":    {call{method: "POST", path: "/members", body: "{\"name\":", header: json}, 400, "invalid", "body"},
		"no body":                   {call{method: "POST", path: "/members", header: json}, 400, "invalid", "body"},
		"a limit of zero":           {call{path: "/members?limit=0"}, 400, "invalid", "query.limit"},
		"a limit that is no number": {call{path: "/members?limit=ten"}, 400, "invalid", "query.limit"},
		"an unknown field":          {call{method: "POST", path: "/members", body: `{"name":"Ada","role":"pr","rolle":"pr"}`}, 400, "invalid", "body.rolle"},
		"a wrong role":              {call{method: "POST", path: "/members", body: `{"name":"Ada","role":"chief"}`}, 400, "invalid", "body.role"},
		"two faults at once":        {call{method: "POST", path: "/members", body: `{"name":"","role":"chief"}`}, 400, "invalid", "2 parts"},
		"a cursor of another list":  {call{path: "/members?cursor=AAAAAAAAAAAAAA"}, 400, "invalid", "cursor"},
		"an id of another kind":     {call{method: "DELETE", path: "/keys/mem_00000000000000000000000000"}, 400, "invalid", "key"},
		"an id of nothing":          {call{method: "DELETE", path: "/keys/key_00000000000000000000000000"}, 404, "not-found", "key"},
		"a body over the limit":     {call{method: "POST", path: "/members", body: `{"name":"` + strings.Repeat("a", 2<<20) + `"}`}, 413, "too-large", "limit"},
		"bad UTF-8":                 {call{method: "POST", path: "/members", body: "{\"name\":\"\xff\xfe\",\"role\":\"pr\"}"}, 400, "invalid", "UTF-8"},
		"a NUL in a text":           {call{method: "POST", path: "/members", body: `{"name":"a\u0000b","role":"pr"}`}, 400, "invalid", "U+0000"},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.do(t, row.call)
			if row.code == "" {
				r.into(t, row.status, nil)
				return
			}
			p := r.problem(t, row.status, row.code)
			if !strings.Contains(p.Detail, row.detail) {
				t.Errorf("detail %q does not say %q", p.Detail, row.detail)
			}
			if p.Hint == "" {
				t.Errorf("no way out: %s", r.body)
			}
		})
	}
}

func TestValidationPointsAtEveryFault(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	p := s.do(t, call{method: "POST", path: "/members", body: `{"name":"","role":"chief"}`}).problem(t, 400, "invalid")
	var at []string
	for _, e := range p.Errors {
		at = append(at, e.Location)
	}
	slices.Sort(at)
	if !slices.Equal(at, []string{"body.name", "body.role"}) {
		t.Fatalf("%v", at)
	}
}

func TestTheRequestIdIsTheCallersIfItIsOne(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	if got := s.do(t, call{path: "/session", header: map[string]string{"X-Request-Id": "my-request-4711"}}).header.Get("X-Request-Id"); got != "my-request-4711" {
		t.Errorf("%q", got)
	}
	if got := s.do(t, call{path: "/session", header: map[string]string{"X-Request-Id": "<script>"}}).header.Get("X-Request-Id"); !strings.HasPrefix(got, "op_") {
		t.Errorf("%q", got)
	}
}

func TestThePagesOfTheReference(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	for path, want := range map[string]string{"/openapi.yaml": "openapi: 3.1.0", "/openapi.json": `"openapi":"3.1.0"`, "/docs": `id="report-moment"`} {
		r := s.do(t, call{path: path, key: "-"})
		if r.status != 200 || !strings.Contains(string(r.body), want) {
			t.Errorf("%s: %d, %d bytes", path, r.status, len(r.body))
		}
	}
	r := s.do(t, call{path: "/problems/not-found", key: "-"})
	if r.status != http.StatusSeeOther || !strings.HasSuffix(r.header.Get("Location"), "/docs#problem-not-found") {
		t.Errorf("%d %s", r.status, r.header.Get("Location"))
	}
	for _, op := range s.api.Operations() {
		if !strings.Contains(string(s.do(t, call{path: "/docs", key: "-"}).body), `id="`+op.ID+`"`) {
			t.Errorf("the reference leaves out %s", op.ID)
		}
	}
}

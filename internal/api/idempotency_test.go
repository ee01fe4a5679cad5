package api_test

import (
	"strings"
	"sync"
	"testing"

	"tagline/internal/access"
	"tagline/internal/api/wire"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

func idem(key string) map[string]string { return map[string]string{"Idempotency-Key": key} }

func TestARepeatGetsTheSameAnswerAndIsNotExecuted(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		ask := call{method: "POST", path: "/keys", body: wire.KeyRequest{Name: "ERP"}, header: idem("k-1")}
		first := s.do(t, ask)
		var made wire.NewKey
		first.into(t, 201, &made)
		again := s.do(t, ask)
		if again.status != 201 || string(again.body) != string(first.body) || again.header.Get("Location") != first.header.Get("Location") ||
			again.header.Get("Content-Type") != first.header.Get("Content-Type") {
			t.Fatalf("first %d %s, again %d %s", first.status, first.body, again.status, again.body)
		}
		if first.header.Get("Idempotency-Replayed") != "" || again.header.Get("Idempotency-Replayed") != "true" {
			t.Error("a repeat is not told from the first answer")
		}
		s.do(t, call{method: "POST", path: "/keys", body: wire.KeyRequest{Name: "another"}, header: idem("k-1")}).problem(t, 409, "conflict")
		s.do(t, call{method: "POST", path: "/members", body: wire.Invitation{Name: "Ada", Role: "pr"}, header: idem("k-1")}).problem(t, 409, "conflict")

		other := s.key(t, access.Owner) // another caller has keys of its own
		s.do(t, call{method: "POST", path: "/keys", key: other, body: wire.KeyRequest{Name: "ERP"}, header: idem("k-1")}).into(t, 201, nil)
		if n := s.count(t, "ERP"); n != 2 {
			t.Fatalf("%d keys were made by two callers", n)
		}
		s.do(t, call{method: "POST", path: "/keys", body: wire.KeyRequest{Name: "x"}, header: idem(strings.Repeat("k", 201))}).problem(t, 400, "invalid")
	})
}

// count counts the API keys of a name.
func (s *server) count(t *testing.T, name string) (n int) {
	t.Helper()
	keys, err := s.back.Access.Keys(t.Context(), "", 200)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.Name == name {
			n++
		}
	}
	return n
}

func TestManyAtOnceAreExecutedOnce(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		replies := make([]reply, 12)
		var wg sync.WaitGroup
		for i := range replies {
			wg.Go(func() {
				r, err := s.try(call{method: "POST", path: "/keys", body: wire.KeyRequest{Name: "ERP"}, header: idem("one")})
				if err != nil {
					t.Error(err)
				}
				replies[i] = r
			})
		}
		wg.Wait()
		for _, r := range replies {
			if r.status != 201 || string(r.body) != string(replies[0].body) {
				t.Errorf("%d %s", r.status, r.body)
			}
		}
		if n := s.count(t, "ERP"); n != 1 {
			t.Fatalf("%d keys were made", n)
		}
	})
}

func TestARefusalIsRepeatedToo(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	bad := call{method: "POST", path: "/keys", body: `{"name":""}`, header: idem("bad")}
	first := s.do(t, bad)
	p := first.problem(t, 400, "invalid")
	again := s.do(t, bad)
	if again.status != 400 || string(again.body) != string(first.body) || again.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%d %s, first trace %s", again.status, again.body, p.Trace)
	}
}

func TestAnAttemptThatBrokeOffIsNotRunAgain(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		ask := call{method: "POST", path: "/keys", body: wire.KeyRequest{Name: "ERP"}, header: idem("died")}
		s.do(t, ask).into(t, 201, nil)
		// As if the server had died before it could keep the answer, two minutes ago.
		err := s.back.DB.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`UPDATE api_idempotency SET status = 0, sealed = '', begun_us = begun_us - 120000000`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		p := s.do(t, ask).problem(t, 409, "conflict")
		if !strings.Contains(p.Detail, "not known") {
			t.Errorf("%s", p.Detail)
		}
		if n := s.count(t, "ERP"); n != 1 {
			t.Fatalf("%d keys were made", n)
		}
		// After a day the key is free again.
		err = s.back.DB.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`UPDATE api_idempotency SET begun_us = begun_us - 86400000000`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		s.do(t, ask).into(t, 201, nil)
	})
}

func TestAKeptAnswerIsSealed(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	var made wire.NewKey
	s.do(t, call{method: "POST", path: "/keys", body: wire.KeyRequest{Name: "ERP"}, header: idem("secret")}).into(t, 201, &made)
	err := s.back.DB.View(t.Context(), func(tx *sqldb.Tx) error {
		var sealed string
		if err := tx.QueryRow(`SELECT sealed FROM api_idempotency WHERE idem = 'secret'`).Scan(&sealed); err != nil {
			return err
		}
		if sealed == "" || strings.Contains(sealed, made.Secret) || strings.Contains(sealed, made.Key.ID) {
			t.Errorf("the answer is kept as it is: %.40s", sealed)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

package standing_test

import (
	"fmt"
	"testing"
	"time"

	"tagline/epcis"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/trace/standing"
)

func TestQueriesKeepTheirNameAndTheirPrefixes(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s := standing.New(db, clock.NewManual(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)))
		for n := range 3 {
			q := standing.Query{Name: fmt.Sprint("q", n), Doc: []byte(`{"EQ_g:note":["x"]}`), Prefixes: []epcis.Binding{{Prefix: "g", Space: "https://gin.example/"}}, By: "key_1"}
			if err := s.Make(t.Context(), q); err != nil {
				t.Fatal(err)
			}
			if err := s.Make(t.Context(), q); !fault.Is(err, fault.Conflict) {
				t.Errorf("the same name again: %v", err)
			}
		}
		q, err := s.Query(t.Context(), "q1")
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := q.Parse()
		if err != nil || parsed.Conditions[0].Name != "https://gin.example/#note" || q.By != "key_1" {
			t.Errorf("%+v %v", parsed, err)
		}
		list, err := s.List(t.Context(), "q0", 5)
		if err != nil || len(list) != 2 || list[0].Name != "q1" {
			t.Errorf("behind q0 there are %+v (%v)", list, err)
		}
		if err := s.Delete(t.Context(), "q1", "key_1"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Query(t.Context(), "q1"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a deleted query: %v", err)
		}
		for _, name := range []string{"", "a/b", "SimpleEventQuery", "a\x00", string(make([]byte, 201))} {
			if err := s.Make(t.Context(), standing.Query{Name: name, Doc: []byte("{}")}); err == nil {
				t.Errorf("%q was taken as a name", name)
			}
		}
	})
}

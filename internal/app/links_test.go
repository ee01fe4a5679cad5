package app

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"tagline/internal/clock"
	"tagline/internal/link"
	"tagline/internal/link/check"
	"tagline/internal/link/linkset"
	"tagline/internal/sqldb"
	"tagline/internal/timer"
)

func TestLinksAreCheckedOnceADay(t *testing.T) {
	c := clock.NewManual(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
	a, err := New(t.Context(), Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	entry := func() (e timer.Entry) {
		err := a.db.View(t.Context(), func(tx *sqldb.Tx) error {
			list, err := a.timers.List(tx, checkKind, 2)
			if len(list) == 1 {
				e = list[0]
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	if e := entry(); !e.Due.Equal(c.Now().Add(checkFirst)) {
		t.Fatalf("%+v", e)
	}
	c.Advance(checkFirst)
	for range 2 { // a run that was not begun yet takes the second's work
		if err := a.db.Update(t.Context(), func(tx *sqldb.Tx) error { return a.linkCheckDue(tx, entry().Timer) }); err != nil {
			t.Fatal(err)
		}
	}
	if e := entry(); !e.Due.Equal(c.Now().Add(checkEvery)) || len(a.checks.due) != 1 {
		t.Errorf("%+v, %d runs are due", e, len(a.checks.due))
	}
	if err := a.setLinkCheck(t.Context()); err != nil || !entry().Due.Equal(c.Now().Add(checkEvery)) {
		t.Errorf("a second start changes the day: %v %+v", err, entry())
	}

	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	_, _, err = a.links.Put(t.Context(), linkset.Entry{Anchor: "/01/09506000134352", ItemDescription: "Gin",
		Links: []linkset.Link{{LinkType: "gs1:pip", Href: web.URL, Title: "Gin", Default: true}}}, link.Change{})
	if err != nil {
		t.Fatal(err)
	}
	checker := check.New(check.Config{Links: a.links, Clock: c, Loopback: true})
	if err := runLinkChecks(t.Context(), checker, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if found, err := a.links.Healths(t.Context()); err != nil || len(found) != 1 || found[0].Status != http.StatusNotFound {
		t.Errorf("%+v %v", found, err)
	}
}

func TestADemoAsksNobody(t *testing.T) {
	a, err := New(t.Context(), Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	err = a.db.View(t.Context(), func(tx *sqldb.Tx) error {
		list, err := a.timers.List(tx, "", 10)
		if len(list) != 0 {
			t.Errorf("%+v", list)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

package api_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tagline/internal/access"
	"tagline/internal/api/wire"
	"tagline/internal/ident"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/tag"
	"tagline/internal/thing"
)

// lively is a server with a bottle that was made, tapped, sold and opened.
func (s *server) lively(t *testing.T) wire.VirtualBottle {
	t.Helper()
	s.stock(t)
	s.keyset(t)
	var b wire.VirtualBottle
	s.do(t, call{method: "POST", path: "/virtual", body: wire.VirtualRequest{GTIN: gtin, Market: "DE"}}).into(t, 201, &b)
	var tapped wire.VirtualTap
	s.do(t, call{method: "POST", path: "/virtual/" + b.Chip + "/tap"}).into(t, 200, &tapped)
	s.tap(t, tapped.URL, "DE")
	s.tap(t, tapped.URL, "FR")
	s.do(t, call{method: "POST", path: "/moments", body: wire.MomentReport{Source: "till", SourceID: "1", Thing: b.Thing.ID, Moment: "sold"}}).into(t, 201, nil)
	s.do(t, call{method: "POST", path: "/virtual/" + b.Chip + "/tear"}).into(t, 200, nil)
	s.do(t, call{method: "POST", path: "/virtual/" + b.Chip + "/tap"}).into(t, 200, &tapped)
	s.tap(t, tapped.URL, "DE")
	scan := tag.Reading{Code: "not_a_tag", Path: tag.Ref{GTIN: gtin, Serial: b.Thing.Serial}}
	if _, err := s.back.Things.Tap(t.Context(), thing.TapRequest{Reading: scan, Op: ident.System().Operation(), Market: "NO"}); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheOverviewAddsUp(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.lively(t)
		following, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.back.Stories.Follow(following) }()
		t.Cleanup(func() {
			stop()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		var o wire.Overview
		for o.Taps.Value < 4 { // the sums follow the ledger
			o = wire.Overview{}
			s.do(t, call{path: "/overview?period=24h"}).into(t, 200, &o)
		}
		if o.Genuine.Value != 2 || o.Replayed.Value != 1 || o.Plain.Value != 1 || o.Refused.Value != 0 || o.Taps.Previous != 0 {
			t.Errorf("%+v", o)
		}
		if o.Funnel.Made.Total != 1 || o.Funnel.Sold.Total != 1 || o.Funnel.Opened.Total != 1 || o.Funnel.Drained.Total != 0 || o.Funnel.Opened.During.Value != 1 {
			t.Errorf("%+v", o.Funnel)
		}
		var series, countries, results int64
		for _, b := range o.Series {
			series += b.Genuine + b.Replayed + b.Refused + b.Plain
		}
		for _, c := range o.Countries {
			countries += c.Taps
		}
		for _, r := range o.Results {
			results += r.Taps
		}
		if series != 4 || countries != 4 || results != 4 || len(o.Series) != 24 {
			t.Errorf("of 4 taps the series has %d in %d hours, the countries %d, the results %d", series, len(o.Series), countries, results)
		}
		if o.Totals.Products != 1 || o.Totals.KeySets != 1 || o.Totals.Chips != 1 || o.Totals.Things != 1 || len(o.Products) != 1 || o.Products[0].Name != "Halden Gin" {
			t.Errorf("%+v %+v", o.Totals, o.Products)
		}
		for period, buckets := range map[string]int{"7d": 7, "30d": 30, "90d": 90} {
			o = wire.Overview{}
			s.do(t, call{path: "/overview?period=" + period}).into(t, 200, &o)
			if len(o.Series) != buckets || o.To.Sub(o.From) != o.From.Sub(o.PreviousFrom)-(o.From.AddDate(0, 0, buckets).Sub(o.To)) {
				t.Errorf("%s: %d buckets from %v to %v after %v", period, len(o.Series), o.From, o.To, o.PreviousFrom)
			}
		}
		s.do(t, call{path: "/overview?market=FR&period=24h"}).into(t, 200, &o)
		if o.Taps.Value != 1 {
			t.Errorf("%+v", o.Taps)
		}
		s.do(t, call{path: "/overview?period=1y"}).problem(t, 400, "invalid")
		var p wire.Product
		s.do(t, call{path: "/products/" + gtin}).into(t, 200, &p)
		if p.Counts == nil || p.Counts.Things != 1 || p.Counts.Opened != 1 || p.Counts.Taps != 4 {
			t.Errorf("%+v", p.Counts)
		}
	})
}

func TestSearchFindsWhatOneMayRead(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	b := s.lively(t)
	s.do(t, call{method: "POST", path: "/members", body: wire.Invitation{Name: "Ada Lovelace", Email: "ada@example.com", Role: "pr"}}).into(t, 201, nil)
	find := func(q, key string) string {
		var hits wire.Hits
		s.do(t, call{path: "/search?q=" + q, key: key}).into(t, 200, &hits)
		var kinds []string
		for _, h := range hits.Items {
			if h.Title == "" || !strings.HasPrefix(h.Href, "/") {
				t.Errorf("%+v", h)
			}
			kinds = append(kinds, h.Kind)
		}
		return strings.Join(kinds, " ")
	}
	pr := s.key(t, access.PR)
	for _, row := range []struct{ why, q, key, want string }{
		{"a product by its name", "halden+gin", "", "product"},
		{"a brand too", "halden", "", "product brand"},
		{"a GTIN", gtin, "", "product thing"},
		{"a serial's beginning", b.Thing.Serial[:5], "", "thing"},
		{"a thing's id", b.Thing.ID, "", "thing"},
		{"a pasted link", "https%3A%2F%2Ftagline.example%2F01%2F" + gtin + "%2F21%2F" + b.Thing.Serial, "", "thing"},
		{"a chip", b.Chip, "", "chip"},
		{"a key set", "k1", "", "keyset"},
		{"a member", "lovelace", "", "member"},
		{"a member, by PR", "lovelace", pr, ""},
		{"a key set, by PR", "k1", pr, ""},
		{"nothing", "zzzzzz", "", ""},
	} {
		if got := find(row.q, row.key); got != row.want {
			t.Errorf("%s: %q gives %q, want %q", row.why, row.q, got, row.want)
		}
	}
	s.do(t, call{path: "/search?q="}).problem(t, 400, "invalid")
}

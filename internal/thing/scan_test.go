package thing_test

import (
	"encoding/json"
	"testing"

	"tagline/internal/keyset"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/thing"
	"tagline/internal/thing/thingtest"
)

// Scan and Tap leave the same record of a code without an item.
func TestAScanIsRecordedAsTapWould(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := thingtest.New(t, db)
		if err := w.Things.Scan(t.Context(), thing.Scan{GTIN: thingtest.GTIN, Market: "SE", Locale: "sv-SE", Decision: "link:01:gs1:pip:x"}); err != nil {
			t.Fatal(err)
		}
		_, err := w.Things.Tap(t.Context(), thing.TapRequest{
			Reading: keyset.Reading{Code: keyset.NotATag, Path: keyset.Ref{GTIN: thingtest.GTIN}}, Op: w.IDs.Operation(), Market: "SE", Locale: "sv-SE",
			Decide: func(thing.TapResult) string { return "link:01:gs1:pip:x" },
		})
		if err != nil {
			t.Fatal(err)
		}
		events := w.Events(ledger.Filter{Types: []string{"tap.plain"}})
		if len(events) != 2 {
			t.Fatalf("%d events", len(events))
		}
		a, b := events[0], events[1]
		if string(a.Body) != string(b.Body) || a.Class != b.Class || a.Source != b.Source || a.Thing != b.Thing || !json.Valid(a.Body) {
			t.Errorf("Tap: %s %s\nScan: %s %s", a.Class, a.Body, b.Class, b.Body)
		}
	})
}

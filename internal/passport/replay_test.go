package passport_test

import (
	"strings"
	"testing"
	"time"

	"tagline/internal/passport"
	"tagline/internal/passport/sheet"
	"tagline/internal/sqldb"
)

func (h house) replays(t *testing.T) []string {
	t.Helper()
	differences, err := h.Replay(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return differences
}

// lived is a house with a passport in every state, drafts that came and went, and
// grants that ended.
func lived(t *testing.T, h house) {
	t.Helper()
	stocked(t, h)
	other := passport.Document{GTIN: gin, Lot: "L7", Name: en("A lot")}
	h.publish(t, other)
	if _, err := h.Withdraw(t.Context(), other.Anchor(), "Recalled", passport.Change{}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // removed and made again
		item := passport.Document{GTIN: gin, Serial: "S1", Name: en("An item")}
		h.put(t, item)
		if err := h.Remove(t.Context(), item.Anchor(), passport.Change{}); err != nil {
			t.Fatal(err)
		}
	}
	h.put(t, passport.Document{GTIN: gin, Serial: "S1", Name: en("The item again")})
	h.put(t, passport.Document{GTIN: gin, Lot: "L7", Name: en("A lot, corrected")})
	p, err := h.Get(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.DropFile(t.Context(), at, p.Draft.Documents[0].SHA256, passport.Change{}); err != nil {
		t.Fatal(err)
	}
	h.grant(t, passport.Authority)
	h.clock.Advance(time.Minute)
	g, _ := h.grant(t, passport.Legitimate, gin)
	if err := h.RevokeGrant(t.Context(), g.ID, "mem_x"); err != nil {
		t.Fatal(err)
	}
}

func TestTheTablesEqualTheFoldOfTheLedger(t *testing.T) {
	both(t, func(t *testing.T, h house) {
		if d := h.replays(t); len(d) > 0 {
			t.Fatalf("an empty house: %q", d)
		}
		lived(t, h)
		if d := h.replays(t); len(d) > 0 {
			t.Fatalf("%q", d)
		}
	})
}

func TestReplayFindsWhatWasChangedBehindTheLedger(t *testing.T) {
	for name, row := range map[string]struct{ sql, finds string }{
		"a draft":          {`UPDATE passport_document SET draft = '{"gtin":"` + gin + `"}' WHERE path = '/01/` + gin + `'`, "passport /01/" + gin + ": "},
		"a status":         {`UPDATE passport_document SET status = 'published' WHERE path = '/01/` + gin + `/10/L7'`, "passport /01/" + gin + "/10/L7: "},
		"a passport":       {`DELETE FROM passport_document WHERE path = '/01/` + gin + `/21/S1'`, "passport /01/" + gin + "/21/S1: "},
		"a version's body": {`UPDATE passport_version SET body = REPLACE(body, 'One', 'Eins') WHERE n = 1`, "version 1 of /01/" + gin + ": "},
		"a version's hash": {`UPDATE passport_version SET sha256 = 'x' WHERE n = 2`, "version 2 of /01/" + gin + ": "},
		"a lost version":   {`DELETE FROM passport_version WHERE n = 2`, "version 2 of /01/" + gin + ": "},
		"a grant":          {`UPDATE passport_grant SET revoked_us = 0`, "grant "},
		"a lost file":      {`DELETE FROM passport_file WHERE sha256 = '` + sheet.Hash([]byte("The text of care.txt")) + `'`, `the table "missing"`},
		"a changed file":   {`UPDATE passport_file SET data = 'AAAA'`, `the table "changed"`},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, h house) {
				lived(t, h)
				if err := h.db.Update(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(row.sql); return err }); err != nil {
					t.Fatal(err)
				}
				d := h.replays(t)
				if len(d) == 0 || !strings.Contains(strings.Join(d, "\n"), row.finds) {
					t.Errorf("it finds %q", d)
				}
			})
		})
	}
}

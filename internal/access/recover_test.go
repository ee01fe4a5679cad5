package access_test

import (
	"strings"
	"testing"
	"time"

	"tagline/internal/access"
	"tagline/internal/fault"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

func TestWhoHoldsTheDataGetsAnOwnerBackIn(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		p, ctx := open(db), t.Context()
		owner, _ := p.owner(t)

		m, l, err := p.RecoverOwner(ctx, "")
		if err != nil || string(m.ID) != owner.ID || !l.Expires.Equal(p.clock.Now().Add(24*time.Hour)) {
			t.Fatalf("%+v %v %v", m, l.Expires, err)
		}
		_, again, err := p.RecoverOwner(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.SignInByLink(ctx, l.Token)
		wantCode(t, err, fault.Gone) // the newer link has replaced it
		in, err := p.SignInByLink(ctx, again.Token)
		if err != nil || in.Actor.Role != access.Owner || in.Actor.ID != owner.ID {
			t.Fatalf("%+v %v", in.Actor, err)
		}
		_, err = p.SignInByLink(ctx, again.Token)
		wantCode(t, err, fault.Gone)

		// Somebody who may not sign in any more, and was never an owner.
		marketer, _, err := p.Invite(ctx, owner, access.Invitation{Name: "Mina", Email: "mina@example.com", Role: access.Marketer})
		if err != nil {
			t.Fatal(err)
		}
		yes := true
		if _, err := p.ChangeMember(ctx, owner, marketer.ID, access.Change{Disabled: &yes}); err != nil {
			t.Fatal(err)
		}
		m, l, err = p.RecoverOwner(ctx, " Mina@Example.com")
		if err != nil || m.ID != marketer.ID || m.Role != access.Owner || m.Disabled {
			t.Fatalf("%+v %v", m, err)
		}
		if in, err := p.SignInByLink(ctx, l.Token); err != nil || in.Actor.Role != access.Owner {
			t.Errorf("%+v %v", in.Actor, err)
		}

		m, l, err = p.RecoverOwner(ctx, "new@example.com")
		if err != nil || m.ID == marketer.ID || string(m.ID) == owner.ID || m.Email != "new@example.com" {
			t.Fatalf("%+v %v", m, err)
		}
		if _, err := p.SignInByLink(ctx, l.Token); err != nil {
			t.Error(err)
		}
		_, _, err = p.RecoverOwner(ctx, "no address")
		wantCode(t, err, fault.Invalid)

		told := 0
		for _, e := range p.events(t) {
			if e.Type != access.EventRecovered {
				continue
			}
			told++
			if body := string(e.Body); !strings.Contains(body, `"by":"operator"`) || strings.Contains(body, "@") || strings.Contains(body, l.Token) {
				t.Errorf("%s", body)
			}
		}
		if told != 4 {
			t.Errorf("the ledger tells of %d recoveries, there were 4", told)
		}
	})
}

func TestWithoutAnyOwnerANewOneIsMade(t *testing.T) {
	p := open(sqldbtest.SQLite(t))
	m, l, err := p.RecoverOwner(t.Context(), "")
	if err != nil || m.Role != access.Owner {
		t.Fatalf("%+v %v", m, err)
	}
	if _, err := p.SignInByLink(t.Context(), l.Token); err != nil {
		t.Fatal(err)
	}
}

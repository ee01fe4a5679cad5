package access_test

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tagline/internal/access"
	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

// place is a service on a fresh database.
type place struct {
	*access.Service
	db     *sqldb.DB
	clock  *clock.Manual
	ledger *ledger.Ledger
}

func open(db *sqldb.DB) place {
	c := clock.NewManual(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	l := ledger.New(db, c, bus.New())
	return place{access.New(access.Config{DB: db, Ledger: l, Clock: c, IDs: ident.NewSource(c, rand.Reader), Chance: rand.Reader}), db, c, l}
}

// owner signs in the first owner.
func (p place) owner(t *testing.T) (access.Actor, access.SignIn) {
	t.Helper()
	token, err := p.Bootstrap(t.Context(), "")
	if err != nil || token == "" {
		t.Fatalf("token %q, error %v", token, err)
	}
	in, err := p.SignInByLink(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return in.Actor, in
}

func (p place) events(t *testing.T) []ledger.Event {
	t.Helper()
	var all []ledger.Event
	err := p.db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		all, err = p.ledger.Read(tx, 0, 1000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func wantCode(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Fatalf("got %v (%s), want %s", err, fault.CodeOf(err), code)
	}
}

func TestTheBootstrapKeyOpensAnEmptyPlaceOnly(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		p, ctx := open(db), t.Context()
		token, err := p.Bootstrap(ctx, "a-key-of-the-operator")
		if err != nil || token != "" {
			t.Fatalf("token %q, error %v", token, err)
		}
		who, err := p.ByKey(ctx, "a-key-of-the-operator")
		if err != nil || who.Role != access.Owner || !who.May(access.MemberWrite) {
			t.Fatalf("%+v %v", who, err)
		}
		if token, err := p.Bootstrap(ctx, "another-key-later"); err != nil || token != "" {
			t.Fatalf("token %q, error %v", token, err)
		}
		_, err = p.ByKey(ctx, "another-key-later")
		wantCode(t, err, fault.Unauthenticated)
		if token, err := p.Bootstrap(ctx, ""); err != nil || token != "" {
			t.Fatalf("a link was made although there is a key: %q %v", token, err)
		}
	})
}

func TestABootstrapKeyThatNoHeaderCarriesIsRefused(t *testing.T) {
	p := open(sqldbtest.SQLite(t))
	for _, bad := range []string{"short", "has a space in it", "umlaut-äöü-key", "new\nline-key"} {
		_, err := p.Bootstrap(t.Context(), bad)
		wantCode(t, err, fault.Invalid)
		if strings.Contains(err.Error()+fault.From(err).Hint, bad) {
			t.Errorf("the error repeats the key: %v", err)
		}
	}
}

func TestWithoutAKeyAFreshLinkIsMadeUntilSomebodySignedIn(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		p, ctx := open(db), t.Context()
		first, err := p.Bootstrap(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		second, err := p.Bootstrap(ctx, "")
		if err != nil || second == "" || second == first {
			t.Fatalf("a restart before the first sign-in gives no link: %q %v", second, err)
		}
		if fresh, err := p.Fresh(ctx); err != nil || !fresh {
			t.Fatalf("%v %v", fresh, err)
		}
		if _, err := p.SignInByLink(ctx, first); err != nil {
			t.Fatal(err)
		}
		members, err := p.Members(ctx, "", 10)
		if err != nil || len(members) != 1 || members[0].State() != access.Active {
			t.Fatalf("two starts made %+v, %v", members, err)
		}
		if third, err := p.Bootstrap(ctx, ""); err != nil || third != "" {
			t.Fatalf("%q %v", third, err)
		}
		if fresh, err := p.Fresh(ctx); err != nil || fresh {
			t.Fatalf("%v %v", fresh, err)
		}
	})
}

func TestAKeyOfALesserRoleDoesNotCloseTheFirstDoor(t *testing.T) {
	p, ctx := open(sqldbtest.SQLite(t)), t.Context()
	server := access.Actor{Kind: access.KindKey, ID: "demo", Role: access.Owner}
	if _, _, err := p.MakeKey(ctx, server, access.NewKey{Name: "Simulation", Role: access.Engineer}); err != nil {
		t.Fatal(err)
	}
	if token, err := p.Bootstrap(ctx, ""); err != nil || token == "" {
		t.Fatalf("%q %v", token, err)
	}
	if _, _, err := p.MakeKey(ctx, server, access.NewKey{Name: "Automation"}); err != nil {
		t.Fatal(err)
	}
	if token, err := p.Bootstrap(ctx, ""); err != nil || token != "" {
		t.Fatalf("%q %v", token, err)
	}
}

func TestALinkWorksOnceUnderConcurrency(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		p := open(db)
		token, err := p.Bootstrap(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		var won, gone atomic.Int64
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				switch _, err := p.SignInByLink(t.Context(), token); {
				case err == nil:
					won.Add(1)
				case fault.Is(err, fault.Gone):
					gone.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || gone.Load() != 15 {
			t.Fatalf("%d signed in, %d were told that it is gone", won.Load(), gone.Load())
		}
	})
}

func TestLinksEnd(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		p, ctx := open(db), t.Context()
		owner, _ := p.owner(t)
		m, old, err := p.Invite(ctx, owner, access.Invitation{Name: "Ada", Email: "Ada@Example.com", Role: access.Engineer})
		if err != nil || m.Email != "ada@example.com" {
			t.Fatalf("%+v %v", m, err)
		}
		next, err := p.NewLink(ctx, owner, m.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.SignInByLink(ctx, old.Token)
		wantCode(t, err, fault.Gone)
		p.clock.Advance(8 * 24 * time.Hour)
		_, err = p.SignInByLink(ctx, next.Token)
		wantCode(t, err, fault.Gone)
		_, err = p.SignInByLink(ctx, "nonsense")
		wantCode(t, err, fault.Unauthenticated)
	})
}

func TestSessionsSlideAndEnd(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		p, ctx := open(db), t.Context()
		_, in := p.owner(t)
		for day := range 29 { // used every 23 hours it stays
			p.clock.Advance(23 * time.Hour)
			if _, err := p.BySession(ctx, in.Token); err != nil {
				t.Fatalf("after %d days: %v", day, err)
			}
		}
		p.clock.Advance(72 * time.Hour)
		_, err := p.BySession(ctx, in.Token)
		wantCode(t, err, fault.Unauthenticated)

		owner, err := p.Members(ctx, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		l, err := p.NewLink(ctx, access.Actor{Kind: access.KindMember, ID: string(owner[0].ID), Role: access.Owner}, owner[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		again, err := p.SignInByLink(ctx, l.Token)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.SignOut(ctx, again.Token); err != nil {
			t.Fatal(err)
		}
		_, err = p.BySession(ctx, again.Token)
		wantCode(t, err, fault.Unauthenticated)
		if err := p.SignOut(ctx, again.Token); err != nil {
			t.Fatalf("signing out twice: %v", err)
		}
	})
}

func TestASessionNeverLivesBeyondThirtyDays(t *testing.T) {
	p := open(sqldbtest.SQLite(t))
	_, in := p.owner(t)
	ended := 0
	for hours := 0; hours <= 31*24; hours += 12 {
		if _, err := p.BySession(t.Context(), in.Token); err != nil {
			ended = hours
			break
		}
		p.clock.Advance(12 * time.Hour)
	}
	if ended != 30*24 {
		t.Fatalf("a session in use ended after %d hours", ended)
	}
}

func TestPasswords(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		p, ctx := open(db), t.Context()
		owner, in := p.owner(t)
		email := "owner@example.com"
		if _, err := p.ChangeSelf(ctx, owner, nil, &email); err != nil {
			t.Fatal(err)
		}
		wantCode(t, p.SetPassword(ctx, owner, "", "short", in.Token), fault.Invalid)
		wantCode(t, p.SetPassword(ctx, owner, "", email, in.Token), fault.Invalid)
		if err := p.SetPassword(ctx, owner, "", "correct horse battery", in.Token); err != nil {
			t.Fatal(err)
		}
		other, err := p.SignInByPassword(ctx, " Owner@Example.COM ", "correct horse battery", "192.0.2.1")
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.SignInByPassword(ctx, email, "correct horse batterY", "192.0.2.1")
		wantCode(t, err, fault.Unauthenticated)
		_, unknown := p.SignInByPassword(ctx, "nobody@example.com", "correct horse battery", "192.0.2.1")
		wantCode(t, unknown, fault.Unauthenticated)
		if unknown.Error() != err.Error() {
			t.Errorf("the answers tell an unknown address (%q) from a wrong password (%q)", unknown, err)
		}

		wantCode(t, p.SetPassword(ctx, owner, "wrong", "another good password", in.Token), fault.Forbidden)
		if err := p.SetPassword(ctx, owner, "correct horse battery", "another good password", in.Token); err != nil {
			t.Fatal(err)
		}
		if _, err := p.BySession(ctx, in.Token); err != nil {
			t.Errorf("the session that changed the password ended: %v", err)
		}
		_, err = p.BySession(ctx, other.Token)
		wantCode(t, err, fault.Unauthenticated)
	})
}

func TestGuessesOfAPasswordRunOut(t *testing.T) {
	p, ctx := open(sqldbtest.SQLite(t)), t.Context()
	owner, in := p.owner(t)
	email := "owner@example.com"
	if _, err := p.ChangeSelf(ctx, owner, nil, &email); err != nil {
		t.Fatal(err)
	}
	if err := p.SetPassword(ctx, owner, "", "correct horse battery", in.Token); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		_, err := p.SignInByPassword(ctx, email, "a wrong password", "192.0.2.1")
		wantCode(t, err, fault.Unauthenticated)
	}
	_, err := p.SignInByPassword(ctx, email, "correct horse battery", "198.51.100.7")
	wantCode(t, err, fault.RateLimited)
	p.clock.Advance(16 * time.Minute)
	if _, err := p.SignInByPassword(ctx, email, "correct horse battery", "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
}

func TestTheLastOwnerStays(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		p, ctx := open(db), t.Context()
		owner, _ := p.owner(t)
		second, _, err := p.Invite(ctx, owner, access.Invitation{Name: "Second", Role: access.Owner})
		if err != nil {
			t.Fatal(err)
		}
		// Two owners demote each other at the same moment: one of them must lose.
		marketer := access.Marketer
		ids := []ident.Member{ident.Member(owner.ID), second.ID}
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, id := range ids {
			wg.Go(func() { _, errs[i] = p.ChangeMember(ctx, owner, id, access.Change{Role: &marketer}) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both demotions gave %v and %v", errs[0], errs[1])
		}
		left := slices.IndexFunc(errs, func(err error) bool { return err != nil })
		wantCode(t, errs[left], fault.Conflict)
		yes := true
		_, err = p.ChangeMember(ctx, owner, ids[left], access.Change{Disabled: &yes})
		wantCode(t, err, fault.Conflict)
	})
}

func TestWhoIsDisabledIsOutAtOnce(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		p, ctx := open(db), t.Context()
		owner, _ := p.owner(t)
		m, l, err := p.Invite(ctx, owner, access.Invitation{Name: "Ada", Role: access.Engineer})
		if err != nil {
			t.Fatal(err)
		}
		in, err := p.SignInByLink(ctx, l.Token)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.BySession(ctx, in.Token); err != nil { // now it is remembered
			t.Fatal(err)
		}
		next, err := p.NewLink(ctx, owner, m.ID)
		if err != nil {
			t.Fatal(err)
		}
		yes, no := true, false
		if _, err := p.ChangeMember(ctx, owner, m.ID, access.Change{Disabled: &yes}); err != nil {
			t.Fatal(err)
		}
		_, err = p.BySession(ctx, in.Token)
		wantCode(t, err, fault.Unauthenticated)
		_, err = p.SignInByLink(ctx, next.Token)
		wantCode(t, err, fault.Gone)
		_, err = p.NewLink(ctx, owner, m.ID)
		wantCode(t, err, fault.Conflict)
		if m, err := p.ChangeMember(ctx, owner, m.ID, access.Change{Disabled: &no}); err != nil || m.State() != access.Active {
			t.Fatalf("%+v %v", m, err)
		}
		_, err = p.BySession(ctx, in.Token)
		wantCode(t, err, fault.Unauthenticated)
	})
}

func TestARoleChangeIsFeltAtOnce(t *testing.T) {
	p, ctx := open(sqldbtest.SQLite(t)), t.Context()
	owner, _ := p.owner(t)
	m, l, err := p.Invite(ctx, owner, access.Invitation{Name: "Ada", Role: access.Engineer})
	if err != nil {
		t.Fatal(err)
	}
	in, err := p.SignInByLink(ctx, l.Token)
	if err != nil {
		t.Fatal(err)
	}
	if who, err := p.BySession(ctx, in.Token); err != nil || !who.May(access.TagWrite) {
		t.Fatalf("%+v %v", who, err)
	}
	auditor := access.Auditor
	if _, err := p.ChangeMember(ctx, owner, m.ID, access.Change{Role: &auditor}); err != nil {
		t.Fatal(err)
	}
	if who, err := p.BySession(ctx, in.Token); err != nil || who.May(access.TagWrite) || !who.May(access.TagRead) {
		t.Fatalf("%+v %v", who, err)
	}
}

func TestAnAddressBelongsToOneMember(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		p, ctx := open(db), t.Context()
		owner, _ := p.owner(t)
		if _, _, err := p.Invite(ctx, owner, access.Invitation{Name: "Ada", Email: "ada@example.com", Role: access.PR}); err != nil {
			t.Fatal(err)
		}
		_, _, err := p.Invite(ctx, owner, access.Invitation{Name: "Other", Email: "ADA@example.com", Role: access.PR})
		wantCode(t, err, fault.Conflict)
		taken := "ada@example.com"
		_, err = p.ChangeSelf(ctx, owner, nil, &taken)
		wantCode(t, err, fault.Conflict)
		for _, bad := range []string{"ada", "Ada <ada@example.com>", "a@b@c", strings.Repeat("a", 250) + "@example.com"} {
			_, err := p.ChangeSelf(ctx, owner, nil, &bad)
			wantCode(t, err, fault.Invalid)
		}
	})
}

func TestEveryChangeLeavesAnEventWithoutSecrets(t *testing.T) {
	p, ctx := open(sqldbtest.SQLite(t)), t.Context()
	owner, in := p.owner(t)
	m, l, err := p.Invite(ctx, owner, access.Invitation{Name: "Ada Lovelace", Email: "ada@example.com", Role: access.Engineer})
	if err != nil {
		t.Fatal(err)
	}
	role, name := access.PR, "Ada King"
	steps := []struct {
		kind string
		do   func() error
	}{
		{access.EventChanged, func() error { _, err := p.ChangeMember(ctx, owner, m.ID, access.Change{Role: &role}); return err }},
		{access.EventLinked, func() error { _, err := p.NewLink(ctx, owner, m.ID); return err }},
		{access.EventOwnProfileSaved, func() error { _, err := p.ChangeSelf(ctx, owner, &name, nil); return err }},
		{access.EventPasswordSet, func() error { return p.SetPassword(ctx, owner, "", "correct horse battery", in.Token) }},
		{access.EventSessionsEnded, func() error { return p.EndSessions(ctx, owner, m.ID) }},
		{access.EventKeyMade, func() error { _, _, err := p.MakeKey(ctx, owner, access.NewKey{Name: "ERP"}); return err }},
		{access.EventSignedOut, func() error { return p.SignOut(ctx, in.Token) }},
	}
	for _, step := range steps {
		before := len(p.events(t))
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.kind, err)
		}
		after := p.events(t)
		if len(after) != before+1 || after[before].Type != step.kind {
			t.Fatalf("%s left %d events", step.kind, len(after)-before)
		}
		var body struct{ By string }
		if err := json.Unmarshal(after[before].Body, &body); err != nil || body.By != owner.ID {
			t.Errorf("%s does not say who did it: %s", step.kind, after[before].Body)
		}
	}
	for _, e := range p.events(t) {
		for _, secret := range []string{l.Token, in.Token, "Ada", "ada@", "horse", "ERP", "argon2"} {
			if strings.Contains(string(e.Body), secret) {
				t.Errorf("%s holds %q: %s", e.Type, secret, e.Body)
			}
		}
	}
}

func TestNothingThatOpensADoorIsStored(t *testing.T) {
	p, ctx := open(sqldbtest.SQLite(t)), t.Context()
	owner, in := p.owner(t)
	_, l, err := p.Invite(ctx, owner, access.Invitation{Name: "Ada", Role: access.Engineer})
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := p.MakeKey(ctx, owner, access.NewKey{Name: "ERP"})
	if err != nil {
		t.Fatal(err)
	}
	random := secret[strings.LastIndex(secret, "_")+1:]
	err = p.db.View(ctx, func(tx *sqldb.Tx) error {
		for table, column := range map[string]string{"access_link": "hash", "access_session": "hash", "access_key": "hash"} {
			rows, err := tx.Query(`SELECT ` + column + ` FROM ` + table)
			if err != nil {
				return err
			}
			for rows.Next() {
				var hash string
				if err := rows.Scan(&hash); err != nil {
					return err
				}
				for _, open := range []string{in.Token, l.Token, random} {
					if strings.Contains(hash, open) {
						t.Errorf("%s holds a secret as it is", table)
					}
				}
				if len(hash) != 64 {
					t.Errorf("%s holds %d characters", table, len(hash))
				}
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

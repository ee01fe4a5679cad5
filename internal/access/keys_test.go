package access_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"tagline/internal/access"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

func TestKeys(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		p, ctx := open(db), t.Context()
		owner, _ := p.owner(t)
		k, secret, err := p.MakeKey(ctx, owner, access.NewKey{Name: "ERP", Role: access.Engineer,
			Scopes: []access.Action{access.MomentReport}, Expires: p.clock.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(secret, "tl_"+strings.TrimPrefix(string(k.ID), "key_")+"_") {
			t.Errorf("the secret does not name its key: %d characters", len(secret))
		}
		who, err := p.ByKey(ctx, secret)
		if err != nil || !who.May(access.MomentReport) || who.May(access.ThingWrite) || who.ID != string(k.ID) {
			t.Fatalf("%+v %v", who, err)
		}
		in, err := p.SignInByKey(ctx, secret)
		if err != nil || in.Expires.After(k.Expires) {
			t.Fatalf("%+v %v", in, err)
		}
		if _, err := p.ByKey(ctx, secret+"x"); !fault.Is(err, fault.Unauthenticated) {
			t.Fatalf("a longer key: %v", err)
		}
		p.clock.Advance(time.Hour)
		_, err = p.ByKey(ctx, secret)
		wantCode(t, err, fault.Unauthenticated)
		_, err = p.BySession(ctx, in.Token)
		wantCode(t, err, fault.Unauthenticated)

		_, forever, err := p.MakeKey(ctx, owner, access.NewKey{Name: "CI"})
		if err != nil {
			t.Fatal(err)
		}
		in, err = p.SignInByKey(ctx, forever)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.ByKey(ctx, forever); err != nil {
			t.Fatal(err)
		}
		keys, err := p.Keys(ctx, "", 10)
		if err != nil || len(keys) != 2 || keys[0].Name != "CI" || keys[1].Used.IsZero() {
			t.Fatalf("%+v %v", keys, err)
		}
		if err := p.RevokeKey(ctx, owner, keys[0].ID); err != nil {
			t.Fatal(err)
		}
		_, err = p.ByKey(ctx, forever)
		wantCode(t, err, fault.Unauthenticated)
		_, err = p.BySession(ctx, in.Token)
		wantCode(t, err, fault.Unauthenticated)
		if err := p.RevokeKey(ctx, owner, keys[0].ID); err != nil {
			t.Fatalf("revoking twice: %v", err)
		}
	})
}

func TestNobodyHandsOutMoreThanTheyHold(t *testing.T) {
	p, ctx := open(sqldbtest.SQLite(t)), t.Context()
	owner, _ := p.owner(t)
	engineer := access.Actor{Kind: access.KindMember, ID: "mem_x", Role: access.Engineer}
	narrow := access.Actor{Kind: access.KindKey, ID: "key_x", Role: access.Owner, Scopes: []access.Action{access.KeyWrite, access.MemberWrite, access.TapRead}}
	for name, try := range map[string]func() error{
		"a marketer's key by an engineer": func() error {
			_, _, err := p.MakeKey(ctx, engineer, access.NewKey{Name: "k", Role: access.Marketer})
			return err
		},
		"a whole owner's key by a narrow one": func() error {
			_, _, err := p.MakeKey(ctx, narrow, access.NewKey{Name: "k", Role: access.Owner})
			return err
		},
		"an owner invited by a narrow key": func() error {
			_, _, err := p.Invite(ctx, narrow, access.Invitation{Name: "n", Role: access.Owner})
			return err
		},
		"a link of the owner by a narrow key": func() error {
			_, err := p.NewLink(ctx, narrow, ident.Member(owner.ID))
			return err
		},
		"the owner made a marketer by a narrow key": func() error {
			role := access.Partner
			_, err := p.ChangeMember(ctx, narrow, ident.Member(owner.ID), access.Change{Role: &role})
			return err
		},
	} {
		if err := try(); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	k, secret, err := p.MakeKey(ctx, narrow, access.NewKey{Name: "same"})
	if err != nil || len(k.Scopes) != 3 {
		t.Fatalf("a key without a role is not as narrow as its maker: %+v %v", k, err)
	}
	if who, err := p.ByKey(ctx, secret); err != nil || who.May(access.ProductWrite) {
		t.Fatalf("%+v %v", who, err)
	}
	_, _, err = p.MakeKey(ctx, owner, access.NewKey{Name: "k", Role: access.Auditor, Scopes: []access.Action{access.TagWrite}})
	wantCode(t, err, fault.Invalid)
}

func TestAKnownKeyCostsNoQuery(t *testing.T) {
	p := open(sqldbtest.SQLite(t))
	if _, err := p.Bootstrap(t.Context(), "a-key-of-the-operator"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.ByKey(t.Context(), "a-key-of-the-operator"); err != nil {
		t.Fatal(err)
	}
	// With its context ended no query could run.
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.ByKey(ended, "a-key-of-the-operator"); err != nil {
		t.Fatal(err)
	}
	p.clock.Advance(11 * time.Second)
	if _, err := p.ByKey(ended, "a-key-of-the-operator"); err == nil {
		t.Fatal("a key is trusted for ever")
	}
}

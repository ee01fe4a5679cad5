package vault_test

import (
	"crypto/rand"
	"testing"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/vault"
)

func TestRotationChangesNothingThatWasSealed(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		c := vault.Config{DB: db, Dir: t.TempDir(), Chance: rand.Reader, Clock: clock.System{}}
		v, err := vault.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := v.Wrap("p", []byte("secret"))
		if err != nil {
			t.Fatal(err)
		}
		d := v.Derive("cookie")
		if err := v.Rotate(t.Context()); err != nil {
			t.Fatal(err)
		}
		v, err = vault.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := v.Unwrap("p", sealed); err != nil || string(b) != "secret" || v.Derive("cookie") != d {
			t.Fatal(string(b), err)
		}
		if _, err := v.Unwrap("q", sealed); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		per := ident.System().Person()
		err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
			s, err := v.SealFor(tx, per, "mail", []byte("a@b"))
			if err != nil {
				return err
			}
			if b, err := v.OpenFor(tx, per, "mail", s); err != nil || string(b) != "a@b" {
				t.Error(string(b), err)
			}
			if err := v.Forget(tx, per); err != nil {
				return err
			}
			if _, err := v.OpenFor(tx, per, "mail", s); !fault.Is(err, fault.Gone) {
				t.Error(err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

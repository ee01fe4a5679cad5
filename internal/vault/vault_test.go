package vault_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/vault"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func config(db *sqldb.DB, dir string) vault.Config {
	return vault.Config{DB: db, Dir: dir, Chance: rand.Reader, Clock: clock.System{}}
}

func openVault(t testing.TB, db *sqldb.DB, dir string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(context.Background(), config(db, dir))
	must(t, err)
	return v
}

func sealFor(t testing.TB, db *sqldb.DB, v *vault.Vault, p ident.Person, text string) (sealed string, err error) {
	t.Helper()
	err = db.Update(context.Background(), func(tx *sqldb.Tx) (err error) {
		sealed, err = v.SealFor(tx, p, "mail", []byte(text))
		return err
	})
	return sealed, err
}

func openFor(t testing.TB, db *sqldb.DB, v *vault.Vault, p ident.Person, purpose, sealed string) (text string, err error) {
	t.Helper()
	err = db.View(context.Background(), func(tx *sqldb.Tx) error {
		b, err := v.OpenFor(tx, p, purpose, sealed)
		text = string(b)
		return err
	})
	return text, err
}

func TestASecretOpensForItsPurposeOnly(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		dir := t.TempDir()
		v := openVault(t, db, dir)
		for _, secret := range []string{"", "a", strings.Repeat("key", 1000)} {
			sealed, err := v.Wrap("key set", []byte(secret))
			must(t, err)
			again, err := v.Wrap("key set", []byte(secret))
			must(t, err)
			if sealed == again {
				t.Error("two seals are alike")
			}
			if len(secret) > 1 && strings.Contains(sealed, base64.RawURLEncoding.EncodeToString([]byte(secret))) {
				t.Error("the seal shows the secret")
			}
			got, err := openVault(t, db, dir).Unwrap("key set", sealed) // after a restart
			if err != nil || string(got) != secret {
				t.Errorf("%q, %v", got, err)
			}
			raw, err := base64.RawURLEncoding.DecodeString(sealed[3:])
			must(t, err)
			for i := range raw {
				changed := bytes.Clone(raw)
				changed[i] ^= 1
				if _, err := v.Unwrap("key set", "v1."+base64.RawURLEncoding.EncodeToString(changed)); !fault.Is(err, fault.Invalid) {
					t.Fatalf("with byte %d changed: %v", i, err)
				}
			}
			for _, bad := range []string{"", "v1.", "v1.AAAA", "v2." + sealed[3:], sealed[:len(sealed)-4], "v1.!"} {
				if _, err := v.Unwrap("key set", bad); !fault.Is(err, fault.Invalid) {
					t.Errorf("%q: %v", bad, err)
				}
			}
			if _, err := v.Unwrap("cookie", sealed); !fault.Is(err, fault.Invalid) {
				t.Errorf("for another purpose: %v", err)
			}
		}
	})
}

func TestDeriveIsStableAndApart(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		dir := t.TempDir()
		v := openVault(t, db, dir)
		a := v.Derive("cookie")
		if a == v.Derive("pseudonym") || a == [32]byte{} {
			t.Error("two purposes have one key")
		}
		must(t, v.Rotate(t.Context()))
		if v.Derive("cookie") != a || openVault(t, db, dir).Derive("cookie") != a {
			t.Error("it changed by a rotation or a restart")
		}
	})
	one, two := sqldbtest.SQLite(t), sqldbtest.SQLite(t)
	if openVault(t, one, t.TempDir()).Derive("cookie") == openVault(t, two, t.TempDir()).Derive("cookie") {
		t.Error("two houses have one key")
	}
}

func TestForgettingDestroys(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		dir := t.TempDir()
		v := openVault(t, db, dir)
		ids := ident.System()
		gone, stays, never := ids.Person(), ids.Person(), ids.Person()
		a, err := sealFor(t, db, v, gone, "a@example.com")
		must(t, err)
		b, err := sealFor(t, db, v, stays, "b@example.com")
		must(t, err)
		if _, err := openFor(t, db, v, stays, "mail", a); !fault.Is(err, fault.Invalid) {
			t.Errorf("one person's seal under another's key: %v", err)
		}
		if _, err := openFor(t, db, v, gone, "phone", a); !fault.Is(err, fault.Invalid) {
			t.Errorf("for another purpose: %v", err)
		}
		if _, err := openFor(t, db, v, never, "mail", a); !fault.Is(err, fault.NotFound) {
			t.Errorf("of somebody unknown: %v", err)
		}
		if _, err := sealFor(t, db, v, "", "x"); !fault.Is(err, fault.Invalid) {
			t.Errorf("for nobody: %v", err)
		}
		must(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			for _, p := range []ident.Person{gone, never, gone} { // once more does no harm
				if err := v.Forget(tx, p); err != nil {
					return err
				}
			}
			return nil
		}))
		must(t, v.Rotate(t.Context()))
		for _, v := range []*vault.Vault{v, openVault(t, db, dir)} {
			for _, p := range []ident.Person{gone, never} {
				if _, err := openFor(t, db, v, p, "mail", a); !fault.Is(err, fault.Gone) {
					t.Errorf("opening for somebody forgotten: %v", err)
				}
				if _, err := sealFor(t, db, v, p, "again"); !fault.Is(err, fault.Gone) {
					t.Errorf("sealing for somebody forgotten: %v", err)
				}
			}
			if text, err := openFor(t, db, v, stays, "mail", b); text != "b@example.com" {
				t.Errorf("the other person: %q, %v", text, err)
			}
		}
		must(t, db.View(t.Context(), func(tx *sqldb.Tx) error {
			var left int
			err := tx.QueryRow(`SELECT count(*) FROM vault_key WHERE id = $1 AND wrapped <> ''`, "person:"+string(gone)).Scan(&left)
			if left != 0 {
				t.Error("the wrapped key is still there")
			}
			return err
		}))
	})
}

func TestTheKeyFile(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		dir := t.TempDir()
		path := filepath.Join(dir, "vault.key")
		v := openVault(t, db, dir)
		sealed, err := v.Wrap("p", []byte("secret"))
		must(t, err)
		info, err := os.Stat(path)
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("made with mode %o", info.Mode().Perm())
		}
		right, err := os.ReadFile(path)
		must(t, err)
		elsewhere := t.TempDir()
		openVault(t, sqldbtest.SQLite(t), elsewhere)
		others, err := os.ReadFile(filepath.Join(elsewhere, "vault.key"))
		must(t, err)
		name := strings.Fields(string(right[strings.IndexByte(string(right), '\n'):]))[0]
		forged := strings.Replace(string(others), strings.Fields(string(others[strings.IndexByte(string(others), '\n'):]))[0], name, 1)
		for _, row := range []struct {
			name    string
			content []byte
			mode    os.FileMode
			code    fault.Code
			says    string
		}{
			{"another house's", others, 0o600, fault.Invalid, "not the one"},
			{"another key under the same name", []byte(forged), 0o600, fault.Invalid, "not the one"},
			{"readable by the group", right, 0o640, fault.Forbidden, "read by others"},
			{"readable by all", right, 0o604, fault.Forbidden, "read by others"},
			{"empty", nil, 0o600, fault.Invalid, "damaged"},
			{"cut off", right[:len(right)-9], 0o600, fault.Invalid, "damaged"},
			{"three keys", bytes.Repeat(right, 3), 0o600, fault.Invalid, "damaged"},
			{"no key file at all", []byte("GIF89a"), 0o600, fault.Invalid, "damaged"},
		} {
			must(t, os.Remove(path))
			must(t, os.WriteFile(path, row.content, row.mode))
			must(t, os.Chmod(path, row.mode))
			_, err := vault.Open(t.Context(), config(db, dir))
			if !fault.Is(err, row.code) || !strings.Contains(err.Error(), row.says) {
				t.Errorf("%s: %v", row.name, err)
			}
			noKeys(t, row.name, err, right, others)
		}
		must(t, os.Remove(path))
		if _, err := vault.Open(t.Context(), config(db, dir)); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "missing") {
			t.Errorf("missing: %v", err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("a new key was made for a database that has keys")
		}
		must(t, os.WriteFile(path, right, 0o600))
		if b, err := openVault(t, db, dir).Unwrap("p", sealed); string(b) != "secret" {
			t.Errorf("restored: %v", err)
		}
		noKeys(t, "printing a vault", fmt.Sprintf("%v %+v %#v %s", v, v, v, v), right)
	})
}

// noKeys looks for the keys of key files in what is shown to people.
func noKeys(t *testing.T, name string, shown any, files ...[]byte) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v", shown, shown, shown)
	if err, ok := shown.(error); ok {
		f := fault.From(err)
		text += f.Message + f.Hint + fmt.Sprintf("%#v", f)
	}
	for _, file := range files {
		fields := strings.Fields(string(file))
		key := fields[len(fields)-1]
		raw, err := base64.StdEncoding.DecodeString(key)
		must(t, err)
		if strings.Contains(text, key) || strings.Contains(text, hex.EncodeToString(raw)) || strings.Contains(text, strings.Trim(fmt.Sprint(raw), "[]")) {
			t.Errorf("%s: a key shows", name)
		}
	}
}

// stopping is a context that ends at the n-th time somebody asks.
type stopping struct {
	context.Context
	mu sync.Mutex
	n  int
}

func (s *stopping) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n--; s.n < 0 {
		return context.Canceled
	}
	return nil
}

// Wherever a rotation is interrupted, everything opens after the next start, and
// in the end there is one wrapping key.
func TestARotationMayBeInterruptedAnywhere(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		dir := t.TempDir()
		v := openVault(t, db, dir)
		secret, err := v.Wrap("p", []byte("secret"))
		must(t, err)
		derived := v.Derive("p")
		ids := ident.System()
		sealed := map[ident.Person]string{}
		must(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			for range 450 { // three batches
				p := ids.Person()
				if sealed[p], err = v.SealFor(tx, p, "mail", []byte(p)); err != nil {
					return err
				}
			}
			return nil
		}))
		check := func(v *vault.Vault, when string) {
			t.Helper()
			if b, err := v.Unwrap("p", secret); string(b) != "secret" || v.Derive("p") != derived {
				t.Fatalf("%s: the house's secret: %v", when, err)
			}
			must(t, db.View(context.Background(), func(tx *sqldb.Tx) error {
				for p, s := range sealed {
					if b, err := v.OpenFor(tx, p, "mail", s); string(b) != string(p) {
						return fmt.Errorf("%s: %w", when, err)
					}
				}
				return nil
			}))
		}
		interrupted := 0
		for n := 0; ; n++ {
			before, err := os.ReadFile(filepath.Join(dir, "vault.key"))
			must(t, err)
			err = v.Rotate(&stopping{Context: context.Background(), n: n})
			check(v, fmt.Sprintf("stopped at %d, still running", n))
			if err == nil {
				break
			}
			interrupted++
			v = openVault(t, db, dir) // finishes what was begun
			check(v, fmt.Sprintf("stopped at %d, started again", n))
			after, err := os.ReadFile(filepath.Join(dir, "vault.key"))
			must(t, err)
			if bytes.Count(after, []byte("\n")) != 2 || n > 4 && bytes.Equal(before, after) {
				t.Fatalf("stopped at %d: the key file was not left with one new key", n)
			}
		}
		if interrupted < 5 {
			t.Errorf("only %d places to stop at", interrupted)
		}
	})
}

// While one node rotates, others that share its folder go on.
func TestRotationWhileOthersWork(t *testing.T) {
	run := func(t *testing.T, dbs ...*sqldb.DB) {
		dir := t.TempDir()
		var vaults []*vault.Vault
		var wg sync.WaitGroup
		var mu sync.Mutex
		for _, db := range dbs { // both start at once: one makes the key file
			wg.Go(func() {
				v, err := vault.Open(context.Background(), config(db, dir))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				vaults = append(vaults, v)
				mu.Unlock()
			})
		}
		wg.Wait()
		if t.Failed() {
			return
		}
		ids := ident.System()
		sealed := make([]map[ident.Person]string, 4)
		for i := range sealed {
			sealed[i] = map[ident.Person]string{}
			wg.Go(func() {
				for range 40 {
					p := ids.Person()
					s, err := sealFor(t, dbs[i%len(dbs)], vaults[i%len(vaults)], p, "x")
					if err != nil {
						t.Error(err)
						return
					}
					sealed[i][p] = s
				}
			})
		}
		for i := range 2 {
			wg.Go(func() {
				for range 4 {
					if err := vaults[i%len(vaults)].Rotate(context.Background()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for i, v := range append(vaults, openVault(t, dbs[0], dir)) {
			for _, some := range sealed {
				for p, s := range some {
					if text, err := openFor(t, dbs[i%len(dbs)], v, p, "mail", s); text != "x" {
						t.Fatalf("vault %d: %v", i, err)
					}
				}
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		db := sqldbtest.SQLite(t)
		run(t, db, db)
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := sqldbtest.Postgres(t)
		run(t, sqldbtest.Open(t, sqldb.Config{URL: dsn}), sqldbtest.Open(t, sqldb.Config{URL: dsn}))
	})
}

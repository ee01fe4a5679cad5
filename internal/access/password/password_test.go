package password_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/access/password"
	"tagline/internal/fault"
)

func TestAHashMatchesItsPasswordOnly(t *testing.T) {
	h := password.NewHasher(rand.Reader, 1, 0)
	hash, err := h.Hash(t.Context(), "correct horse battery")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=32768,t=2,p=1$") {
		t.Fatalf("%q %v", hash, err)
	}
	again, err := h.Hash(t.Context(), "correct horse battery")
	if err != nil || again == hash {
		t.Fatalf("two hashes of one password are the same: no salt (%v)", err)
	}
	for name, row := range map[string]struct {
		stored, given string
		want          bool
	}{
		"the password":          {hash, "correct horse battery", true},
		"another":               {hash, "correct horse batterz", false},
		"nothing given":         {hash, "", false},
		"no password is stored": {"", "", false},
		// Made by the reference program of RFC 9106's authors: argon2 somesalt -id -t 2 -m 16 -p 1.
		"of other costs": {"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password", true},
	} {
		if got, err := h.Matches(t.Context(), row.stored, row.given); err != nil || got != row.want {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}

func TestADamagedHashIsAnErrorAndNotAWayIn(t *testing.T) {
	h := password.NewHasher(rand.Reader, 1, 0)
	for _, bad := range []string{"plain", "$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFh", "$argon2id$v=19$m=65536,t=2,p=1$$", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$"} {
		if ok, err := h.Matches(t.Context(), bad, "x"); ok || err == nil {
			t.Errorf("%q: %v %v", bad, ok, err)
		}
	}
}

func TestAFloodWaitsInABoundedQueue(t *testing.T) {
	h := password.NewHasher(rand.Reader, 1, 2)
	var mu sync.Mutex
	codes := map[fault.Code]int{}
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			_, err := h.Matches(context.Background(), "", "guess")
			mu.Lock()
			defer mu.Unlock()
			codes[fault.CodeOf(err)]++
		})
	}
	wg.Wait()
	if codes[""] < 3 || codes[fault.RateLimited] == 0 || codes[""]+codes[fault.RateLimited] != 40 {
		t.Fatalf("%v", codes)
	}
	if _, err := h.Matches(context.Background(), "", "later"); err != nil {
		t.Fatalf("the queue does not empty: %v", err)
	}
}

func TestGuessesAreCountedPerAccountAndAddress(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	g := password.NewGuesses()
	for range 10 {
		g.Failed("ada", "192.0.2.1", now)
	}
	if !g.Over("ada", "198.51.100.7", now) || g.Over("bob", "192.0.2.1", now) {
		t.Fatal("an account's guesses are not its own")
	}
	g.Succeeded("ada")
	if g.Over("ada", "192.0.2.1", now) {
		t.Fatal("a success does not forgive")
	}
	for i := range 90 {
		g.Failed(fmt.Sprint("account ", i), "192.0.2.1", now)
	}
	if !g.Over("carol", "192.0.2.1", now) || g.Over("carol", "198.51.100.7", now) {
		t.Fatal("an address's guesses are not its own")
	}
	if g.Over("carol", "192.0.2.1", now.Add(password.Window)) {
		t.Fatal("guesses are held against an address for ever")
	}
}

func TestWhatMakesABadPassword(t *testing.T) {
	for name, row := range map[string]struct {
		password string
		good     bool
	}{
		"eleven characters":              {"elevenchars", false},
		"twelve characters":              {"twelve chars", true},
		"twelve characters of two bytes": {"äöüäöüäöüäöü", true},
		"the owner's address":            {"Ada@Example.com", false},
		"too long":                       {strings.Repeat("a", 1001), false},
		"not text":                       {"\xff\xfe\xfd\xfc\xff\xfe\xfd\xfc\xff\xfe\xfd\xfc", false},
	} {
		if err := password.Check(row.password, "Ada", "ada@example.com"); (err == nil) != row.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

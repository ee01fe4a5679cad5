package password

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"

	"tagline/internal/fault"
)

// The cost of a password's hash. OWASP's password storage cheat sheet names 19 MiB
// and two passes as its minimum for argon2id; this is somewhat above.
const (
	argonMemory  = 32 << 10 // KiB
	argonPasses  = 2
	argonThreads = 1
	argonKey     = 32
	argonSalt    = 16

	shortest = 12 // characters
)

// Longest is the most bytes a password may have.
const Longest = 1000

// Hasher makes and compares password hashes, a few at a time: each takes 32 MiB,
// and a flood of sign-ins must not take all memory.
type Hasher struct {
	chance io.Reader
	turn   *semaphore.Weighted
	queue  *semaphore.Weighted
}

// NewHasher makes a hasher that works on some at once and lets some more wait.
func NewHasher(chance io.Reader, atOnce, waiting int64) *Hasher {
	return &Hasher{chance: chance, turn: semaphore.NewWeighted(atOnce), queue: semaphore.NewWeighted(atOnce + waiting)}
}

// enter waits for a turn. Errors: RateLimited when too many wait already.
func (h *Hasher) enter(ctx context.Context) (leave func(), err error) {
	if !h.queue.TryAcquire(1) {
		return nil, fault.New(fault.RateLimited, "too many people are signing in at this moment", "Try again in a few seconds.")
	}
	if err := h.turn.Acquire(ctx, 1); err != nil {
		h.queue.Release(1)
		return nil, err
	}
	return func() { h.turn.Release(1); h.queue.Release(1) }, nil
}

// Hash gives the PHC string of a password. Errors: RateLimited when too many wait.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, argonSalt)
	if _, err := io.ReadFull(h.chance, salt); err != nil {
		return "", err
	}
	key := argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, argonThreads, argonKey)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonThreads,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// Matches compares a password with a stored hash. For an empty hash it works as
// hard and says no, so that time does not tell which accounts have a password.
// Errors: RateLimited when too many wait.
func (h *Hasher) Matches(ctx context.Context, stored, password string) (bool, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	p, err := parsePHC(stored)
	if err != nil {
		argon2.IDKey([]byte(password), make([]byte, argonSalt), argonPasses, argonMemory, argonThreads, argonKey)
		if stored == "" {
			return false, nil
		}
		return false, err
	}
	got := argon2.IDKey([]byte(password), p.salt, p.passes, p.memory, p.threads, uint32(len(p.key)))
	return subtle.ConstantTimeCompare(got, p.key) == 1, nil
}

type phc struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

// parsePHC reads a hash, whatever its costs were. Its bounds keep a damaged row
// from taking all memory.
func parsePHC(s string) (p phc, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, fmt.Errorf("password: a stored password is not argon2id")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.threads); err != nil {
		return phc{}, fmt.Errorf("password: a stored password has no costs: %w", err)
	}
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return phc{}, fmt.Errorf("password: a stored password has no salt: %w", err)
	}
	if p.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return phc{}, fmt.Errorf("password: a stored password has no key: %w", err)
	}
	if p.memory < 8 || p.memory > 1<<20 || p.passes < 1 || p.passes > 100 || p.threads < 1 || len(p.salt) < 8 || len(p.key) < 16 || len(p.key) > 64 {
		return phc{}, fmt.Errorf("password: a stored password has costs out of bounds")
	}
	return p, nil
}

// Check says what is wrong with a new password. It must not be one of the texts
// that everybody knows of its owner. Errors: Invalid.
func Check(password string, known ...string) error {
	switch {
	case !utf8.ValidString(password) || len(password) > Longest:
		return fault.Newf(fault.Invalid, "the password is too long").WithHint("At most %d bytes of text are taken.", Longest).At("body.password", "too long")
	case utf8.RuneCountInString(password) < shortest:
		return fault.Newf(fault.Invalid, "the password is too short").
			WithHint("Take at least %d characters; a few words that do not belong together are good.", shortest).At("body.password", "too short")
	case slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(password, k) }):
		return fault.New(fault.Invalid, "the password is your name or e-mail address", "Take something that nobody can know of you.").At("body.password", "too easy")
	}
	return nil
}

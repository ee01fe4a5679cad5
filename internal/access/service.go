package access

import (
	"context"
	"io"
	"time"

	"tagline/internal/access/password"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
)

// Lives of what opens a door.
const (
	firstLinkLife = 24 * time.Hour      // the link that the first start prints
	linkLife      = 7 * 24 * time.Hour  // of an invitation
	keepLinks     = 30 * 24 * time.Hour // an expired link is told from a wrong one that long
	idleLife      = 24 * time.Hour      // of a session without use
	wholeLife     = 30 * 24 * time.Hour // of a session, used or not
	touchEvery    = 10 * time.Minute    // the grain of a session's use
	usedEvery     = time.Hour           // the grain of a key's use
	minBootstrap  = 8                   // characters
)

// Config is what a Service needs.
type Config struct {
	DB     *sqldb.DB
	Ledger *ledger.Ledger
	Clock  clock.Clock
	IDs    *ident.Source
	Chance io.Reader // crypto/rand.Reader in the running server
}

// Service keeps members, sessions and keys. It may be used by many goroutines.
type Service struct {
	db      *sqldb.DB
	ledger  *ledger.Ledger
	clock   clock.Clock
	ids     *ident.Source
	chance  io.Reader
	hasher  *password.Hasher
	guesses *password.Guesses
	known   *known
}

// New makes a Service. It starts nothing.
func New(c Config) *Service {
	return &Service{
		db: c.DB, ledger: c.Ledger, clock: c.Clock, ids: c.IDs, chance: c.Chance,
		hasher: password.NewHasher(c.Chance, 2, 16), guesses: password.NewGuesses(), known: newKnown(),
	}
}

// Bootstrap opens the first door. While nobody has ever signed in and no owner has a
// key: a key that is given becomes the key of an owner; without one a one-time link
// for an owner is made, whose token is returned to be shown to whoever started the
// server. Later it does nothing and returns "".
//
// Errors: Invalid for a key of under eight characters or with characters that no
// HTTP header can carry.
func (s *Service) Bootstrap(ctx context.Context, key string) (token string, err error) {
	for _, r := range key {
		if r <= ' ' || r > '~' {
			return "", fault.New(fault.Invalid, "the bootstrap key holds a space or a character that is not ASCII", "Take letters and digits, for example from: openssl rand -hex 32.")
		}
	}
	if key != "" && len(key) < minBootstrap {
		return "", fault.Newf(fault.Invalid, "the bootstrap key has %d characters", len(key)).WithHint("Take at least %d, better 64, for example from: openssl rand -hex 32.", minBootstrap)
	}
	secret, err := drawSecret(s.chance)
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		token = ""
		if err := takeTurn(tx); err != nil {
			return err
		}
		empty, err := nobodyYet(tx)
		if err != nil || !empty {
			return err
		}
		if key != "" {
			k := Key{ID: s.ids.Key(), Name: "Bootstrap", Role: Owner, Created: now}
			if err := insertKey(tx, k, digest("key", key)); err != nil {
				return err
			}
			return s.record(tx, EventStarted, note{By: "server", Key: k.ID, Role: Owner})
		}
		owner, found, err := firstOwner(tx)
		if err != nil {
			return err
		}
		if !found {
			owner = Member{ID: s.ids.Member(), Name: "Owner", Role: Owner, Created: now}
			if err := insertMember(tx, owner); err != nil {
				return err
			}
		}
		if err := insertLink(tx, digest("link", secret), owner.ID, now, now.Add(firstLinkLife)); err != nil {
			return err
		}
		token = secret
		return s.record(tx, EventStarted, note{By: "server", Member: owner.ID, Role: Owner})
	})
	return token, err
}

// Fresh reports whether nobody has signed in yet and no owner has a key.
func (s *Service) Fresh(ctx context.Context) (bool, error) { return view(ctx, s, nobodyYet) }

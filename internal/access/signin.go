package access

import (
	"context"
	"time"

	"tagline/internal/access/password"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

func errNoSession() error {
	return fault.New(fault.Unauthenticated, "the session has ended", "Sign in again.")
}

func errWrongPassword() error {
	return fault.New(fault.Unauthenticated, "the e-mail address or the password is wrong", "Check both, or ask an owner for a one-time link.")
}

func errNoKey() error {
	return fault.New(fault.Unauthenticated, "the API key is unknown, revoked or expired", "Make a new key on the console, under People and keys.")
}

// SignInByLink uses up a one-time link.
//
// Errors: Unauthenticated for a wrong token, Gone for one that was used, replaced
// or is too old.
func (s *Service) SignInByLink(ctx context.Context, token string) (SignIn, error) {
	hash := digest("link", token)
	// A made-up token must not cost a write: first it is looked for.
	known, err := view(ctx, s, func(tx *sqldb.Tx) (bool, error) { return linkExists(tx, hash) })
	if err == nil && !known {
		err = fault.New(fault.Unauthenticated, "this sign-in link is not valid", "Copy the whole link, or ask an owner for a new one.")
	}
	if err != nil {
		return SignIn{}, err
	}
	return s.signIn(ctx, "link", func(tx *sqldb.Tx, now time.Time) (Actor, time.Time, error) {
		id, won, err := useLink(tx, hash, now)
		if err == nil && !won {
			err = fault.New(fault.Gone, "this sign-in link was used or has ended", "Ask an owner for a new one; if you used it yourself, sign in by password.")
		}
		if err != nil {
			return Actor{}, time.Time{}, err
		}
		return enter(loadMember(tx, id))
	})
}

// SignInByPassword compares a password. The address is where the caller is.
//
// Errors: Unauthenticated, without saying which of both is wrong; RateLimited after
// ten failures of an account or a hundred of an address within 15 minutes.
func (s *Service) SignInByPassword(ctx context.Context, email, secret, address string) (SignIn, error) {
	email, err := cleanEmail(email)
	if err != nil || email == "" || len(secret) > password.Longest {
		return SignIn{}, errWrongPassword()
	}
	if s.guesses.Over(email, address, s.clock.Now()) {
		return SignIn{}, fault.New(fault.RateLimited, "there were too many failed sign-ins", "Wait 15 minutes, or ask an owner for a one-time link.")
	}
	var m Member
	var found bool
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		m, found, err = findMember(tx, email)
		return err
	})
	if err != nil {
		return SignIn{}, err
	}
	good, err := s.hasher.Matches(ctx, m.password, secret)
	if err != nil {
		return SignIn{}, err
	}
	if !good || !found || m.Disabled {
		s.guesses.Failed(email, address, s.clock.Now())
		return SignIn{}, errWrongPassword()
	}
	in, err := s.signIn(ctx, "password", func(tx *sqldb.Tx, _ time.Time) (Actor, time.Time, error) {
		// The hash took a while: what was compared must still be so.
		now, err := loadMember(tx, m.ID)
		if err == nil && now.password != m.password {
			err = errWrongPassword()
		}
		return enter(now, err)
	})
	if err == nil {
		s.guesses.Succeeded(email)
	}
	return in, err
}

// Prove asks a member who is signed in for the password once more: for what needs a
// fresh word. Errors: Forbidden for a key, and for a member who has no password;
// Unauthenticated for a wrong one; RateLimited as at the sign-in.
func (s *Service) Prove(ctx context.Context, who Actor, secret, address string) error {
	if who.Kind != KindMember {
		return fault.New(fault.Forbidden, "only a person can give a fresh word, a key cannot", "Sign in to the console.")
	}
	m, err := view(ctx, s, func(tx *sqldb.Tx) (Member, error) { return loadMember(tx, ident.Member(who.ID)) })
	if err != nil {
		return err
	}
	if m.password == "" {
		return fault.New(fault.Forbidden, "you have no password yet", "Set one under Settings, then confirm with it.")
	}
	if len(secret) > password.Longest {
		return errWrongPassword()
	}
	if s.guesses.Over(m.Email, address, s.clock.Now()) {
		return fault.New(fault.RateLimited, "there were too many wrong passwords", "Wait 15 minutes.")
	}
	good, err := s.hasher.Matches(ctx, m.password, secret)
	if err != nil {
		return err
	}
	if !good || m.Disabled {
		s.guesses.Failed(m.Email, address, s.clock.Now())
		return fault.New(fault.Unauthenticated, "the password is not right", "Type it again.")
	}
	s.guesses.Succeeded(m.Email)
	return nil
}

// signIn opens a session for whom find gives: an actor who may sign in, at most
// until a time, if there is one.
func (s *Service) signIn(ctx context.Context, way string, find func(*sqldb.Tx, time.Time) (Actor, time.Time, error)) (SignIn, error) {
	token, err := drawSecret(s.chance)
	if err != nil {
		return SignIn{}, err
	}
	var out SignIn
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		now := s.clock.Now()
		who, until, err := find(tx, now)
		if err != nil {
			return err
		}
		if err := sweep(tx, now); err != nil {
			return err
		}
		n := note{By: who.ID, Way: way}
		if who.Kind == KindKey {
			n.Key = ident.Key(who.ID)
		} else {
			n.Member = ident.Member(who.ID)
			if err := markSeen(tx, n.Member, now); err != nil {
				return err
			}
		}
		out = SignIn{Session{who, soonest(now.Add(idleLife), until)}, token}
		if err := insertSession(tx, digest("session", token), n.Member, n.Key, now, out.Expires); err != nil {
			return err
		}
		return s.record(tx, EventSignedIn, n)
	})
	if err != nil {
		return SignIn{}, err
	}
	return out, nil
}

// enter gives a member as an actor. Errors: Unauthenticated for a disabled one.
func enter(m Member, err error) (Actor, time.Time, error) {
	if err == nil && m.Disabled {
		err = fault.New(fault.Unauthenticated, "this account is disabled", "Ask an owner.")
	}
	return m.actor(), time.Time{}, err
}

// SignInByKey opens a session for a machine's key, so that a browser can use one.
// Errors: Unauthenticated.
func (s *Service) SignInByKey(ctx context.Context, key string) (SignIn, error) {
	if _, err := s.ByKey(ctx, key); err != nil { // a made-up key must not cost a write
		return SignIn{}, err
	}
	return s.signIn(ctx, "key", func(tx *sqldb.Tx, now time.Time) (Actor, time.Time, error) {
		k, err := validKey(tx, digest("key", key), now)
		return k.actor(), k.Expires, err
	})
}

func validKey(tx *sqldb.Tx, hash string, now time.Time) (Key, error) {
	k, err := findKey(tx, hash)
	if err == sqldb.ErrNoRows || err == nil && k.State(now) != "active" {
		err = errNoKey()
	}
	return k, err
}

func soonest(a, b time.Time) time.Time {
	if !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Session gives the session of a token. It costs no query when the session was
// seen within the last seconds. Errors: Unauthenticated.
func (s *Service) Session(ctx context.Context, token string) (Session, error) {
	hash, now := digest("session", token), s.clock.Now()
	got, ok, turn := s.known.get(hash, now)
	if ok {
		return got, nil
	}
	var was kept
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		was, got, err = s.session(tx, hash, now)
		return err
	})
	if err != nil {
		return Session{}, err
	}
	if now.Sub(was.seen) >= touchEvery {
		got.Expires = soonest(now.Add(idleLife), was.created.Add(wholeLife))
		err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
			if was.member != "" {
				if err := markSeen(tx, was.member, now); err != nil {
					return err
				}
			}
			return touchSession(tx, hash, now, got.Expires)
		})
		if err != nil {
			return Session{}, err
		}
	}
	s.known.put(hash, got, now, turn)
	return got, nil
}

func (s *Service) session(tx *sqldb.Tx, hash string, now time.Time) (was kept, got Session, err error) {
	was, err = loadSession(tx, hash)
	if err == sqldb.ErrNoRows || err == nil && !now.Before(was.expires) {
		return was, got, errNoSession()
	}
	if err != nil {
		return was, got, err
	}
	if was.key != "" {
		k, err := loadKey(tx, was.key)
		if err == nil && k.State(now) != "active" {
			err = errNoSession()
		}
		return was, Session{k.actor(), was.expires}, err
	}
	m, err := loadMember(tx, was.member)
	if err == nil && m.Disabled {
		err = errNoSession()
	}
	return was, Session{m.actor(), was.expires}, err
}

// BySession gives who holds the token. Errors: Unauthenticated.
func (s *Service) BySession(ctx context.Context, token string) (Actor, error) {
	got, err := s.Session(ctx, token)
	return got.Actor, err
}

// ByKey gives the machine that holds an API key. It costs no query when the key
// was seen within the last seconds. Errors: Unauthenticated.
func (s *Service) ByKey(ctx context.Context, key string) (Actor, error) {
	hash, now := digest("key", key), s.clock.Now()
	got, ok, turn := s.known.get(hash, now)
	if ok {
		return got.Actor, nil
	}
	k, err := view(ctx, s, func(tx *sqldb.Tx) (Key, error) { return validKey(tx, hash, now) })
	if err != nil {
		return Actor{}, err
	}
	if now.Sub(k.Used) >= usedEvery {
		if err := s.db.Update(ctx, func(tx *sqldb.Tx) error { return markUsed(tx, k.ID, now) }); err != nil {
			return Actor{}, err
		}
	}
	got = Session{k.actor(), k.Expires}
	s.known.put(hash, got, now, turn)
	return got.Actor, nil
}

// SignOut ends a session. A token that is none is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	hash := digest("session", token)
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		was, err := loadSession(tx, hash)
		if err == sqldb.ErrNoRows {
			return nil
		}
		if err != nil {
			return err
		}
		if err := deleteSession(tx, hash); err != nil {
			return err
		}
		return s.record(tx, EventSignedOut, note{By: string(was.member) + string(was.key), Member: was.member, Key: was.key})
	})
}

// SetPassword sets the password of the member who asks. The session of the given
// token stays, all others end. Who signed in by a link need not know an older
// password only if there is none.
//
// Errors: Invalid for a weak password, Forbidden when the present one is wrong,
// RateLimited.
func (s *Service) SetPassword(ctx context.Context, by Actor, present, chosen, token string) error {
	m, err := view(ctx, s, func(tx *sqldb.Tx) (Member, error) { return self(tx, by) })
	if err != nil {
		return err
	}
	if err := password.Check(chosen, m.Name, m.Email); err != nil {
		return err
	}
	if m.HasPassword {
		who := "own " + string(m.ID)
		if s.guesses.Over(who, who, s.clock.Now()) {
			return fault.New(fault.RateLimited, "there were too many tries", "Wait 15 minutes.")
		}
		good, err := s.hasher.Matches(ctx, m.password, present)
		if err != nil {
			return err
		}
		if !good {
			s.guesses.Failed(who, who, s.clock.Now())
			return fault.New(fault.Forbidden, "the present password is wrong", "Give the password that you have now.").At("body.current", "wrong")
		}
		s.guesses.Succeeded(who)
	}
	hash, err := s.hasher.Hash(ctx, chosen)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		now, err := self(tx, by)
		if err != nil {
			return err
		}
		if now.password != m.password {
			return fault.New(fault.Conflict, "the password was changed in the meantime", "Try again with the new one.")
		}
		now.password = hash
		if err := saveMember(tx, now); err != nil {
			return err
		}
		if err := endSessions(tx, now.ID, digest("session", token)); err != nil {
			return err
		}
		return s.record(tx, EventPasswordSet, note{By: by.ID, Member: now.ID})
	})
}

// self loads the member who asks.
func self(tx *sqldb.Tx, by Actor) (Member, error) {
	if by.Kind != KindMember {
		return Member{}, fault.New(fault.Forbidden, "an API key has no account of its own", "Sign in as a member.")
	}
	return loadMember(tx, ident.Member(by.ID))
}

package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/sqldb"
)

// Members lists members by age, those after an id.
func (s *Service) Members(ctx context.Context, after ident.Member, limit int) ([]Member, error) {
	return view(ctx, s, func(tx *sqldb.Tx) ([]Member, error) { return listMembers(tx, after, limit) })
}

func view[T any](ctx context.Context, s *Service, fn func(tx *sqldb.Tx) (T, error)) (got T, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		got, err = fn(tx)
		return err
	})
	return got, err
}

// Member gives one member. Errors: NotFound.
func (s *Service) Member(ctx context.Context, id ident.Member) (Member, error) {
	return view(ctx, s, func(tx *sqldb.Tx) (Member, error) { return loadMember(tx, id) })
}

// Invitation is what is said of a new member.
type Invitation struct {
	Name  string
	Email string // may be empty: such a member signs in by links
	Role  Role
	// Parties are the canonical keys for which a partner acts; others have none.
	Parties []string
}

// Invite makes a member and a one-time link to hand over.
//
// Errors: Invalid, Conflict when the address is taken, Forbidden when the role has
// more than the inviter.
func (s *Service) Invite(ctx context.Context, by Actor, i Invitation) (m Member, l Link, err error) {
	name, err := cleanName(i.Name)
	if err != nil {
		return Member{}, Link{}, err
	}
	email, err := cleanEmail(i.Email)
	if err != nil {
		return Member{}, Link{}, err
	}
	if _, err := ParseRole(string(i.Role)); err != nil {
		return Member{}, Link{}, err
	}
	if err := by.holds(i.Role, nil); err != nil {
		return Member{}, Link{}, err
	}
	if err := checkParties(i.Role, i.Parties); err != nil {
		return Member{}, Link{}, err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		now := s.clock.Now()
		if err := free(tx, email, ""); err != nil {
			return err
		}
		m = Member{ID: s.ids.Member(), Name: name, Email: email, Role: i.Role, Parties: i.Parties, Created: now}
		if err := insertMember(tx, m); err != nil {
			return err
		}
		if l, err = s.link(tx, m.ID, now); err != nil {
			return err
		}
		return s.record(tx, EventInvited, note{By: by.ID, Member: m.ID, Role: m.Role})
	})
	return m, l, err
}

// free says whether an address is not another member's.
func free(tx *sqldb.Tx, email string, own ident.Member) error {
	other, found, err := findMember(tx, email)
	if err == nil && found && other.ID != own {
		err = fault.New(fault.Conflict, "another member has this e-mail address", "Use another one, or change that member.").At("body.email", "taken")
	}
	return err
}

func (s *Service) link(tx *sqldb.Tx, m ident.Member, now time.Time) (Link, error) {
	token, err := drawSecret(s.chance)
	if err != nil {
		return Link{}, err
	}
	l := Link{Token: token, Expires: now.Add(linkLife)}
	return l, insertLink(tx, digest("link", token), m, now, l.Expires)
}

// NewLink makes a one-time link for a member; older ones end.
// Errors: NotFound, Conflict when the member is disabled, Forbidden when the member
// may do more than who asks.
func (s *Service) NewLink(ctx context.Context, by Actor, id ident.Member) (l Link, err error) {
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		now := s.clock.Now()
		m, err := loadMember(tx, id)
		if err != nil {
			return err
		}
		if err := by.holds(m.Role, nil); err != nil {
			return err
		}
		if m.Disabled {
			return fault.New(fault.Conflict, "this member is disabled", "Enable the member first.")
		}
		if err := endLinks(tx, id, now); err != nil {
			return err
		}
		if l, err = s.link(tx, id, now); err != nil {
			return err
		}
		return s.record(tx, EventLinked, note{By: by.ID, Member: id})
	})
	return l, err
}

// Change is what is to change of a member; nil leaves it.
type Change struct {
	Name     *string
	Role     *Role
	Disabled *bool
	Parties  *[]string // canonical keys
}

// ChangeMember changes a member. Who is disabled is signed out at once.
//
// Errors: NotFound, Invalid, Forbidden as for Invite, Conflict when no owner would
// be left.
func (s *Service) ChangeMember(ctx context.Context, by Actor, id ident.Member, c Change) (m Member, err error) {
	if c.Role != nil {
		if _, err := ParseRole(string(*c.Role)); err != nil {
			return Member{}, err
		}
		if err := by.holds(*c.Role, nil); err != nil {
			return Member{}, err
		}
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := takeTurn(tx); err != nil {
			return err
		}
		if m, err = loadMember(tx, id); err != nil {
			return err
		}
		if err := by.holds(m.Role, nil); err != nil {
			return err
		}
		var fields []string
		if c.Name != nil {
			if m.Name, err = cleanName(*c.Name); err != nil {
				return err
			}
			fields = append(fields, "name")
		}
		wasOwner := m.Role == Owner && !m.Disabled
		if c.Role != nil && *c.Role != m.Role {
			m.Role = *c.Role
			fields = append(fields, "role")
		}
		if c.Disabled != nil && *c.Disabled != m.Disabled {
			m.Disabled = *c.Disabled
			fields = append(fields, "disabled")
		}
		if c.Parties != nil {
			m.Parties = *c.Parties
			fields = append(fields, "parties")
		}
		if m.Role != Partner && c.Parties == nil {
			m.Parties = nil // another role sees by its role alone
		}
		if err := checkParties(m.Role, m.Parties); err != nil {
			return err
		}
		if wasOwner && (m.Role != Owner || m.Disabled) {
			if err := ownerLeft(tx, id); err != nil {
				return err
			}
		}
		if err := saveMember(tx, m); err != nil {
			return err
		}
		if m.Disabled {
			if err := endSessions(tx, id, ""); err != nil {
				return err
			}
			if err := endLinks(tx, id, s.clock.Now()); err != nil {
				return err
			}
		}
		if len(fields) == 0 {
			return nil
		}
		return s.record(tx, EventChanged, note{By: by.ID, Member: id, Role: m.Role, Disabled: &m.Disabled, Fields: fields})
	})
	return m, err
}

// maxParties bounds for how many companies and locations one partner acts.
const maxParties = 100

func checkParties(role Role, parties []string) error {
	switch {
	case len(parties) == 0:
		return nil
	case role != Partner:
		return fault.New(fault.Invalid, "only a partner acts for parties", "Leave them out, or choose the role partner.").At("body.parties", "only for partners")
	case len(parties) > maxParties:
		return fault.Newf(fault.Invalid, "a partner acts for at most %d parties", maxParties).At("body.parties", "too many")
	}
	for i, p := range parties {
		if p == "" || len(p) > 500 || strings.ContainsFunc(p, func(r rune) bool { return r <= ' ' }) {
			return fault.New(fault.Invalid, "this is not a key of a party", "Give a GLN.").At(fmt.Sprintf("body.parties[%d]", i), "not a key")
		}
	}
	return nil
}

func ownerLeft(tx *sqldb.Tx, without ident.Member) error {
	n, err := countOtherOwners(tx, without)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "this is the last owner", "Make somebody else an owner first.")
	}
	return err
}

// EndSessions signs a member out everywhere. Errors: NotFound.
func (s *Service) EndSessions(ctx context.Context, by Actor, id ident.Member) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if _, err := loadMember(tx, id); err != nil {
			return err
		}
		if err := endSessions(tx, id, ""); err != nil {
			return err
		}
		return s.record(tx, EventSessionsEnded, note{By: by.ID, Member: id})
	})
}

// ChangeSelf changes the name or e-mail address of the member who asks; nil leaves
// it. Errors: Invalid, Conflict when the address is taken.
func (s *Service) ChangeSelf(ctx context.Context, by Actor, name, email *string) (m Member, err error) {
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if m, err = self(tx, by); err != nil {
			return err
		}
		var fields []string
		if name != nil {
			if m.Name, err = cleanName(*name); err != nil {
				return err
			}
			fields = append(fields, "name")
		}
		if email != nil {
			if m.Email, err = cleanEmail(*email); err != nil {
				return err
			}
			if err := free(tx, m.Email, m.ID); err != nil {
				return err
			}
			fields = append(fields, "email")
		}
		if err := saveMember(tx, m); err != nil || len(fields) == 0 {
			return err
		}
		return s.record(tx, EventOwnProfileSaved, note{By: by.ID, Member: m.ID, Fields: fields})
	})
	return m, err
}

// Keys lists API keys, the newest first, those before an id.
func (s *Service) Keys(ctx context.Context, before ident.Key, limit int) ([]Key, error) {
	return view(ctx, s, func(tx *sqldb.Tx) ([]Key, error) { return listKeys(tx, before, limit) })
}

// NewKey is what is said of a new key.
type NewKey struct {
	Name    string
	Role    Role     // that of the maker when empty
	Scopes  []Action // among the role's; all of them when empty
	Parties []string // canonical keys for which a partner acts
	Expires time.Time
}

// MakeKey makes an API key and gives its secret, this once.
//
// Errors: Invalid for a scope that the role does not have or an expiry in the past,
// Forbidden when it would have more than its maker.
func (s *Service) MakeKey(ctx context.Context, by Actor, n NewKey) (k Key, secret string, err error) {
	name, err := cleanName(n.Name)
	if err != nil {
		return Key{}, "", err
	}
	if n.Role == "" {
		n.Role = by.Role
		if len(n.Scopes) == 0 {
			n.Scopes = by.Scopes
		}
	}
	if _, err := ParseRole(string(n.Role)); err != nil {
		return Key{}, "", err
	}
	for i, scope := range n.Scopes {
		if !slices.Contains(n.Role.actions(), scope) {
			return Key{}, "", fault.New(fault.Invalid, "the role "+string(n.Role)+" has no action "+string(scope),
				"List the roles to see their actions.").At(fmt.Sprintf("body.scopes[%d]", i), "not an action of the role")
		}
	}
	if err := by.holds(n.Role, n.Scopes); err != nil {
		return Key{}, "", err
	}
	if n.Role == by.Role && by.Role == Partner {
		n.Parties = by.Parties // a partner's key sees what the partner sees
	}
	if err := checkParties(n.Role, n.Parties); err != nil {
		return Key{}, "", err
	}
	now := s.clock.Now()
	if !n.Expires.IsZero() && !n.Expires.After(now) {
		return Key{}, "", fault.New(fault.Invalid, "the key would have expired already", "Give a time in the future, or none.").At("body.expiresAt", "in the past")
	}
	random, err := drawSecret(s.chance)
	if err != nil {
		return Key{}, "", err
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		k = Key{ID: s.ids.Key(), Name: name, Role: n.Role, Scopes: n.Scopes, Parties: n.Parties, Maker: by.ID, MakerName: by.Name, Created: now, Expires: n.Expires.UTC().Truncate(time.Microsecond)}
		secret = keyText(k.ID, random)
		if err := insertKey(tx, k, digest("key", secret)); err != nil {
			return err
		}
		return s.record(tx, EventKeyMade, note{By: by.ID, Key: k.ID, Role: k.Role, Scopes: k.Scopes})
	})
	if err != nil {
		return Key{}, "", err
	}
	return k, secret, nil
}

// RevokeKey ends a key and the sessions that were opened by it. Revoking it again
// changes nothing. Errors: NotFound, Forbidden when the key may do more than who asks.
func (s *Service) RevokeKey(ctx context.Context, by Actor, id ident.Key) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		k, err := loadKey(tx, id)
		if err != nil {
			return err
		}
		if err := by.holds(k.Role, k.Scopes); err != nil {
			return err
		}
		if !k.Revoked.IsZero() {
			return nil
		}
		if err := revokeKey(tx, id, s.clock.Now()); err != nil {
			return err
		}
		return s.record(tx, EventKeyRevoked, note{By: by.ID, Key: id})
	})
}

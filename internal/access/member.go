package access

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tagline/internal/fault"
	"tagline/internal/ident"
)

// State says whether a member can sign in.
type State string

// The states of a member.
const (
	Invited  State = "invited" // has never signed in
	Active   State = "active"
	Disabled State = "disabled"
)

// Member is a person of the organisation.
type Member struct {
	ID          ident.Member
	Name        string
	Email       string // folded; may be empty
	Role        Role
	HasPassword bool
	Disabled    bool
	Created     time.Time
	Parties     []string  // for which a partner acts, by their canonical keys
	Seen        time.Time // last sign-in, or use of a session to some minutes; zero = never

	password string
}

// State gives the member's state.
func (m Member) State() State {
	switch {
	case m.Disabled:
		return Disabled
	case m.Seen.IsZero():
		return Invited
	}
	return Active
}

func (m Member) actor() Actor {
	return Actor{Kind: KindMember, ID: string(m.ID), Role: m.Role, Name: m.Name, Parties: m.Parties}
}

// Link is a one-time sign-in link, without the address around it.
type Link struct {
	Token   string
	Expires time.Time
}

// Session is a sign-in.
type Session struct {
	Actor   Actor
	Expires time.Time // moves on with use; zero for an API key that does not expire
}

// SignIn is a new session with its token, which goes into the cookie and nowhere
// else.
type SignIn struct {
	Session
	Token string
}

// Key is an API key without its secret.
type Key struct {
	ID        ident.Key
	Name      string
	Role      Role
	Scopes    []Action
	Parties   []string // for which a partner acts, by their canonical keys
	Maker     string   // a member's or key's id; empty for the bootstrap key
	MakerName string
	Created   time.Time
	Expires   time.Time // zero = never
	Used      time.Time // to the hour; zero = never
	Revoked   time.Time // zero = not
}

// State gives active, expired or revoked.
func (k Key) State(now time.Time) string {
	switch {
	case !k.Revoked.IsZero():
		return "revoked"
	case !k.Expires.IsZero() && !now.Before(k.Expires):
		return "expired"
	}
	return "active"
}

func (k Key) actor() Actor {
	return Actor{Kind: KindKey, ID: string(k.ID), Role: k.Role, Scopes: k.Scopes, Name: k.Name, Parties: k.Parties}
}

const maxName = 200

func cleanName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > maxName || !utf8.ValidString(name) || strings.IndexFunc(name, unicode.IsControl) >= 0 {
		return "", fault.New(fault.Invalid, "the name is empty, too long or not plain text", "Give a name of 1 to 200 bytes.").At("body.name", "not a name")
	}
	return name, nil
}

// cleanEmail folds an address for comparison; an empty one stays empty.
func cleanEmail(email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if email == "" {
		return "", nil
	}
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > 254 {
		return "", fault.New(fault.Invalid, "this is not an e-mail address", "Give one like name@example.com, without a display name.").At("body.email", "not an e-mail address")
	}
	return email, nil
}

// holds says whether an actor has everything that a role (narrowed by scopes) has:
// nobody hands out more than they hold.
func (a Actor) holds(role Role, scopes []Action) error {
	other := Actor{Role: role, Scopes: scopes}
	for _, action := range other.Actions() {
		if !a.May(action) {
			return fault.New(fault.Forbidden, "this would give away "+string(action)+", which you do not have yourself", "Ask an owner.")
		}
	}
	return nil
}

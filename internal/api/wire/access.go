package wire

import (
	"time"

	"tagline/internal/access"
)

// ActorOf shapes who is signed in.
func ActorOf(a access.Actor) Actor {
	return Actor{Kind: string(a.Kind), ID: a.ID, Name: a.Name, Role: string(a.Role), Actions: ActionNames(a.Actions())}
}

// ActionNames gives actions as text.
func ActionNames(actions []access.Action) []string {
	return Each(actions, func(a access.Action) string { return string(a) })
}

// MemberOf shapes a member.
func MemberOf(m access.Member) Member {
	return Member{ID: string(m.ID), Name: m.Name, Email: m.Email, Role: string(m.Role), State: string(m.State()),
		HasPassword: m.HasPassword, Parties: m.Parties, CreatedAt: m.Created, LastSeenAt: When(m.Seen)}
}

// KeyOf shapes an API key; its state is that of now.
func KeyOf(now time.Time) func(access.Key) Key {
	return func(k access.Key) Key {
		key := Key{ID: string(k.ID), Name: k.Name, Role: string(k.Role), Scopes: ActionNames(k.Scopes), Parties: k.Parties, State: k.State(now),
			CreatedAt: k.Created, ExpiresAt: When(k.Expires), LastUsedAt: When(k.Used), RevokedAt: When(k.Revoked)}
		if k.Maker != "" {
			key.CreatedBy = &Ref{ID: k.Maker, Name: k.MakerName}
		}
		return key
	}
}

// RolesOf shapes the table of who may do what.
func RolesOf() Roles {
	return Roles{
		Roles: Each(access.Grades(), func(g access.Grade) Role {
			return Role{Role: string(g.Role), Title: g.Title, Description: g.Words, Actions: ActionNames(g.Allowed)}
		}),
		Actions: Each(access.Actions(), func(d access.Described) Action {
			return Action{Action: string(d.Action), Description: d.Words}
		}),
	}
}

package api

import (
	"context"
	"net/http"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/ident"
)

func (a *API) people() {
	const group = "People and keys"
	frame.Handle(a.frame, frame.Op{ID: "list-roles", Method: http.MethodGet, Path: "/roles", Action: frame.SignedIn, Group: group,
		Summary: "Who may do what"},
		func(context.Context, access.Actor, *nothing) (*answer[wire.Roles], error) {
			return &answer[wire.Roles]{wire.RolesOf()}, nil
		})
	frame.Handle(a.frame, frame.Op{ID: "list-members", Method: http.MethodGet, Path: "/members", Action: access.MemberRead, Group: group,
		Summary: "List members"}, a.listMembers)
	frame.Handle(a.frame, frame.Op{ID: "invite-member", Method: http.MethodPost, Path: "/members", Action: access.MemberWrite, Group: group,
		Summary: "Invite a member", Words: "The answer holds a one-time sign-in link to hand over; it is shown this once.", Status: http.StatusCreated},
		a.invite)
	frame.Handle(a.frame, frame.Op{ID: "change-member", Method: http.MethodPatch, Path: "/members/{id}", Action: access.MemberWrite, Group: group,
		Summary: "Change a member's name or role, disable or enable", Words: "The last owner stays an owner: 409."}, a.changeMember)
	frame.Handle(a.frame, frame.Op{ID: "link-member", Method: http.MethodPost, Path: "/members/{id}/link", Action: access.MemberWrite, Group: group,
		Summary: "Make a new one-time sign-in link", Words: "Older links of the member end.", Status: http.StatusCreated},
		func(ctx context.Context, who access.Actor, in *ByID) (*answer[wire.Link], error) {
			id, err := ident.ParseMember(in.ID)
			if err != nil {
				return nil, err
			}
			l, err := a.Access.NewLink(ctx, who, id)
			return &answer[wire.Link]{a.link(l)}, err
		})
	frame.Handle(a.frame, frame.Op{ID: "end-member-sessions", Method: http.MethodDelete, Path: "/members/{id}/sessions", Action: access.MemberWrite, Group: group,
		Summary: "Sign a member out everywhere", Status: http.StatusNoContent},
		func(ctx context.Context, who access.Actor, in *ByID) (*nothing, error) {
			id, err := ident.ParseMember(in.ID)
			if err != nil {
				return nil, err
			}
			return nil, a.Access.EndSessions(ctx, who, id)
		})
	frame.Handle(a.frame, frame.Op{ID: "list-keys", Method: http.MethodGet, Path: "/keys", Action: access.KeyRead, Group: group,
		Summary: "List API keys, the newest first"}, a.listKeys)
	frame.Handle(a.frame, frame.Op{ID: "create-key", Method: http.MethodPost, Path: "/keys", Action: access.KeyWrite, Group: group,
		Summary: "Make an API key", Words: "A key may do at most what its maker may. The secret is shown this once.", Status: http.StatusCreated},
		a.createKey)
	frame.Handle(a.frame, frame.Op{ID: "revoke-key", Method: http.MethodDelete, Path: "/keys/{id}", Action: access.KeyWrite, Group: group,
		Summary: "Revoke an API key", Status: http.StatusNoContent},
		func(ctx context.Context, who access.Actor, in *ByID) (*nothing, error) {
			id, err := ident.ParseKey(in.ID)
			if err != nil {
				return nil, err
			}
			return nil, a.Access.RevokeKey(ctx, who, id)
		})
}

// link puts a token where it reaches no log: into the fragment.
func (a *API) link(l access.Link) wire.Link {
	return wire.Link{URL: a.BaseURL + "/console/sign-in#token=" + l.Token, ExpiresAt: l.Expires}
}

func (a *API) listMembers(ctx context.Context, _ access.Actor, in *Paging) (*answer[wire.Page[wire.Member]], error) {
	return page(*in, "members", nil, wire.MemberOf, func(m access.Member) string { return string(m.ID) },
		func(after string, limit int) ([]access.Member, error) {
			return a.Access.Members(ctx, ident.Member(after), limit)
		})
}

func (a *API) invite(ctx context.Context, who access.Actor, in *struct{ Body wire.Invitation }) (*created[wire.Invited], error) {
	m, l, err := a.Access.Invite(ctx, who, access.Invitation{Name: in.Body.Name, Email: in.Body.Email, Role: access.Role(in.Body.Role)})
	if err != nil {
		return nil, err
	}
	return &created[wire.Invited]{Location: frame.Base + "/members/" + string(m.ID), Body: wire.Invited{Member: wire.MemberOf(m), Link: a.link(l)}}, nil
}

type changeMemberIn struct {
	ByID
	Body wire.MemberChange
}

func (a *API) changeMember(ctx context.Context, who access.Actor, in *changeMemberIn) (*answer[wire.Member], error) {
	id, err := ident.ParseMember(in.ID)
	if err != nil {
		return nil, err
	}
	m, err := a.Access.ChangeMember(ctx, who, id, access.Change{Name: in.Body.Name, Role: (*access.Role)(in.Body.Role), Disabled: in.Body.Disabled})
	return &answer[wire.Member]{wire.MemberOf(m)}, err
}

func (a *API) listKeys(ctx context.Context, _ access.Actor, in *Paging) (*answer[wire.Page[wire.Key]], error) {
	return page(*in, "keys", nil, wire.KeyOf(a.Clock.Now()), func(k access.Key) string { return string(k.ID) },
		func(before string, limit int) ([]access.Key, error) {
			return a.Access.Keys(ctx, ident.Key(before), limit)
		})
}

func (a *API) createKey(ctx context.Context, who access.Actor, in *struct{ Body wire.KeyRequest }) (*created[wire.NewKey], error) {
	n := access.NewKey{Name: in.Body.Name, Role: access.Role(in.Body.Role),
		Scopes: wire.Each(in.Body.Scopes, func(s string) access.Action { return access.Action(s) })}
	if in.Body.ExpiresAt != nil {
		n.Expires = *in.Body.ExpiresAt
	}
	k, secret, err := a.Access.MakeKey(ctx, who, n)
	if err != nil {
		return nil, err
	}
	return &created[wire.NewKey]{Location: frame.Base + "/keys/" + string(k.ID), Body: wire.NewKey{Key: wire.KeyOf(a.Clock.Now())(k), Secret: secret}}, nil
}

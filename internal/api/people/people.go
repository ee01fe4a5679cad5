package people

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/place"
)

func (d *Desk) people(f *frame.Frame) {
	const group = "People and keys"
	frame.Handle(f, frame.Op{ID: "list-roles", Method: http.MethodGet, Path: "/roles", Action: frame.SignedIn, Group: group,
		Summary: "Who may do what"},
		func(context.Context, access.Actor, *frame.Nothing) (*frame.Answer[wire.Roles], error) {
			return frame.Say(wire.RolesOf(), nil)
		})
	frame.Handle(f, frame.Op{ID: "list-members", Method: http.MethodGet, Path: "/members", Action: access.MemberRead, Group: group,
		Summary: "List members"}, d.listMembers)
	frame.Handle(f, frame.Op{ID: "invite-member", Method: http.MethodPost, Path: "/members", Action: access.MemberWrite, Group: group,
		Summary: "Invite a member", Words: "The answer holds a one-time sign-in link to hand over; it is shown this once.", Status: http.StatusCreated},
		d.invite)
	frame.Handle(f, frame.Op{ID: "change-member", Method: http.MethodPatch, Path: "/members/{id}", Action: access.MemberWrite, Group: group,
		Summary: "Change a member's name or role, disable or enable", Words: "The last owner stays an owner: 409."}, d.changeMember)
	frame.Handle(f, frame.Op{ID: "link-member", Method: http.MethodPost, Path: "/members/{id}/link", Action: access.MemberWrite, Group: group,
		Summary: "Make a new one-time sign-in link", Words: "Older links of the member end.", Status: http.StatusCreated},
		func(ctx context.Context, who access.Actor, in *frame.ByID) (*frame.Answer[wire.Link], error) {
			id, err := ident.ParseMember(in.ID)
			if err != nil {
				return nil, err
			}
			l, err := d.Access.NewLink(ctx, who, id)
			return frame.Say(d.link(l), err)
		})
	frame.Handle(f, frame.Op{ID: "end-member-sessions", Method: http.MethodDelete, Path: "/members/{id}/sessions", Action: access.MemberWrite, Group: group,
		Summary: "Sign a member out everywhere", Status: http.StatusNoContent},
		func(ctx context.Context, who access.Actor, in *frame.ByID) (*frame.Nothing, error) {
			id, err := ident.ParseMember(in.ID)
			if err != nil {
				return nil, err
			}
			return nil, d.Access.EndSessions(ctx, who, id)
		})
	frame.Handle(f, frame.Op{ID: "list-keys", Method: http.MethodGet, Path: "/keys", Action: access.KeyRead, Group: group,
		Summary: "List API keys, the newest first"}, d.listKeys)
	frame.Handle(f, frame.Op{ID: "create-key", Method: http.MethodPost, Path: "/keys", Action: access.KeyWrite, Group: group,
		Summary: "Make an API key", Words: "A key may do at most what its maker may. The secret is shown this once.", Status: http.StatusCreated},
		d.createKey)
	frame.Handle(f, frame.Op{ID: "revoke-key", Method: http.MethodDelete, Path: "/keys/{id}", Action: access.KeyWrite, Group: group,
		Summary: "Revoke an API key", Status: http.StatusNoContent},
		func(ctx context.Context, who access.Actor, in *frame.ByID) (*frame.Nothing, error) {
			id, err := ident.ParseKey(in.ID)
			if err != nil {
				return nil, err
			}
			return nil, d.Access.RevokeKey(ctx, who, id)
		})
}

// link puts a token where it reaches no log: into the fragment.
func (d *Desk) link(l access.Link) wire.Link {
	return wire.Link{URL: d.BaseURL + "/console/sign-in#token=" + l.Token, ExpiresAt: l.Expires}
}

func (d *Desk) listMembers(ctx context.Context, _ access.Actor, in *frame.Paging) (*frame.Answer[frame.Page[wire.Member]], error) {
	return frame.List(*in, "members", nil, frame.Sure(wire.MemberOf), func(m access.Member) string { return string(m.ID) },
		func(after string, limit int) ([]access.Member, error) {
			return d.Access.Members(ctx, ident.Member(after), limit)
		})
}

func (d *Desk) invite(ctx context.Context, who access.Actor, in *struct{ Body wire.Invitation }) (*frame.Created[wire.Invited], error) {
	parties, err := partyKeys(in.Body.Parties)
	if err != nil {
		return nil, err
	}
	m, l, err := d.Access.Invite(ctx, who, access.Invitation{Name: in.Body.Name, Email: in.Body.Email, Role: access.Role(in.Body.Role), Parties: parties})
	if err != nil {
		return nil, err
	}
	return &frame.Created[wire.Invited]{Location: frame.Base + "/members/" + string(m.ID), Body: wire.Invited{Member: wire.MemberOf(m), Link: d.link(l)}}, nil
}

type changeMemberIn struct {
	frame.ByID
	Body wire.MemberChange
}

func (d *Desk) changeMember(ctx context.Context, who access.Actor, in *changeMemberIn) (*frame.Answer[wire.Member], error) {
	id, err := ident.ParseMember(in.ID)
	if err != nil {
		return nil, err
	}
	change := access.Change{Name: in.Body.Name, Role: (*access.Role)(in.Body.Role), Disabled: in.Body.Disabled}
	if in.Body.Parties != nil {
		parties, err := partyKeys(*in.Body.Parties)
		if err != nil {
			return nil, err
		}
		change.Parties = &parties
	}
	m, err := d.Access.ChangeMember(ctx, who, id, change)
	return frame.Say(wire.MemberOf(m), err)
}

func (d *Desk) listKeys(ctx context.Context, _ access.Actor, in *frame.Paging) (*frame.Answer[frame.Page[wire.Key]], error) {
	return frame.List(*in, "keys", nil, frame.Sure(wire.KeyOf(d.Clock.Now())), func(k access.Key) string { return string(k.ID) },
		func(before string, limit int) ([]access.Key, error) {
			return d.Access.Keys(ctx, ident.Key(before), limit)
		})
}

func (d *Desk) createKey(ctx context.Context, who access.Actor, in *struct{ Body wire.KeyRequest }) (*frame.Created[wire.NewKey], error) {
	parties, err := partyKeys(in.Body.Parties)
	if err != nil {
		return nil, err
	}
	n := access.NewKey{Name: in.Body.Name, Role: access.Role(in.Body.Role), Parties: parties,
		Scopes: wire.Each(in.Body.Scopes, func(s string) access.Action { return access.Action(s) })}
	if in.Body.ExpiresAt != nil {
		n.Expires = *in.Body.ExpiresAt
	}
	k, secret, err := d.Access.MakeKey(ctx, who, n)
	if err != nil {
		return nil, err
	}
	return &frame.Created[wire.NewKey]{Location: frame.Base + "/keys/" + string(k.ID), Body: wire.NewKey{Key: wire.KeyOf(d.Clock.Now())(k), Secret: secret}}, nil
}

// partyKeys reads keys of companies and locations as people have them. A GLN by
// itself stands for both the company and the location.
func partyKeys(list []string) ([]string, error) {
	keys := []string{}
	for i, text := range list {
		var found []string
		var wrong error
		for _, class := range []place.Class{place.Party, place.Location} {
			key, err := place.KeyOf(text, class)
			if err == nil && !slices.Contains(keys, key) {
				found = append(found, key)
			}
			wrong = cmp.Or(wrong, err)
		}
		if len(found) == 0 && wrong != nil {
			return nil, fault.Wrap(fault.Invalid, wrong, "this is not a key of a party", "Give a GLN of 13 digits.").At(fmt.Sprintf("body.parties[%d]", i), "not a key of a company or location")
		}
		keys = append(keys, found...)
	}
	return keys, nil
}

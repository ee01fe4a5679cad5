package api

import (
	"net/http"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
)

func (a *API) people() {
	const group = "People and keys"
	frame.Handle(a.frame, frame.Op{ID: "list-roles", Method: http.MethodGet, Path: "/roles", Action: frame.SignedIn, Group: group,
		Summary: "Who may do what"}, pending[nothing, answer[wire.Roles]])
	frame.Handle(a.frame, frame.Op{ID: "list-members", Method: http.MethodGet, Path: "/members", Action: access.MemberRead, Group: group,
		Summary: "List members"}, pending[paging, answer[wire.Page[wire.Member]]])
	frame.Handle(a.frame, frame.Op{ID: "invite-member", Method: http.MethodPost, Path: "/members", Action: access.MemberWrite, Group: group,
		Summary: "Invite a member", Words: "The answer holds a one-time sign-in link to hand over; it is shown this once.", Status: http.StatusCreated,
	}, pending[struct{ Body wire.Invitation }, created[wire.Invited]])
	frame.Handle(a.frame, frame.Op{ID: "change-member", Method: http.MethodPatch, Path: "/members/{id}", Action: access.MemberWrite, Group: group,
		Summary: "Change a member's name or role, disable or enable", Words: "The last owner stays an owner: 409.",
	}, pending[struct {
		byID
		Body wire.MemberChange
	}, answer[wire.Member]])
	frame.Handle(a.frame, frame.Op{ID: "link-member", Method: http.MethodPost, Path: "/members/{id}/link", Action: access.MemberWrite, Group: group,
		Summary: "Make a new one-time sign-in link", Words: "Older links of the member end.", Status: http.StatusCreated,
	}, pending[byID, answer[wire.Link]])
	frame.Handle(a.frame, frame.Op{ID: "end-member-sessions", Method: http.MethodDelete, Path: "/members/{id}/sessions", Action: access.MemberWrite, Group: group,
		Summary: "Sign a member out everywhere", Status: http.StatusNoContent}, pending[byID, nothing])
	frame.Handle(a.frame, frame.Op{ID: "list-keys", Method: http.MethodGet, Path: "/keys", Action: access.KeyRead, Group: group,
		Summary: "List API keys"}, pending[paging, answer[wire.Page[wire.Key]]])
	frame.Handle(a.frame, frame.Op{ID: "create-key", Method: http.MethodPost, Path: "/keys", Action: access.KeyWrite, Group: group,
		Summary: "Make an API key", Words: "A key may do at most what its maker may. The secret is shown this once.", Status: http.StatusCreated,
	}, pending[struct{ Body wire.KeyRequest }, created[wire.NewKey]])
	frame.Handle(a.frame, frame.Op{ID: "revoke-key", Method: http.MethodDelete, Path: "/keys/{id}", Action: access.KeyWrite, Group: group,
		Summary: "Revoke an API key", Status: http.StatusNoContent}, pending[byID, nothing])
}

package api

import (
	"net/http"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
)

type signedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie" doc:"The session's cookie, HttpOnly and SameSite=Lax"`
	Body      wire.Session
}

type signedOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (a *API) session() {
	const group = "Session"
	frame.Handle(a.frame, frame.Op{ID: "welcome", Method: http.MethodGet, Path: "/welcome", Action: frame.Anyone, Group: group,
		Summary: "What the sign-in screen needs"}, pending[nothing, answer[wire.Welcome]])
	frame.Handle(a.frame, frame.Op{ID: "sign-in", Method: http.MethodPost, Path: "/session", Action: frame.Anyone, Group: group,
		Summary: "Sign in",
		Words:   "Give one of: the `token` of a one-time link, `email` and `password`, or an API `key`. A wrong secret is 401, a link that was used or is too old is 410, too many tries are 429.",
	}, pending[struct{ Body wire.SignIn }, signedIn])
	frame.Handle(a.frame, frame.Op{ID: "get-session", Method: http.MethodGet, Path: "/session", Action: frame.SignedIn, Group: group,
		Summary: "Who is signed in, and what they may do"}, pending[nothing, answer[wire.Session]])
	frame.Handle(a.frame, frame.Op{ID: "sign-out", Method: http.MethodDelete, Path: "/session", Action: frame.SignedIn, Group: group,
		Summary: "Sign out", Status: http.StatusNoContent}, pending[nothing, signedOut])
	frame.Handle(a.frame, frame.Op{ID: "change-me", Method: http.MethodPatch, Path: "/me", Action: access.SelfWrite, Group: group,
		Summary: "Change the own name or e-mail address"}, pending[struct{ Body wire.SelfChange }, answer[wire.Member]])
	frame.Handle(a.frame, frame.Op{ID: "set-my-password", Method: http.MethodPut, Path: "/me/password", Action: access.SelfWrite, Group: group,
		Summary: "Set the own password", Words: "All other sessions of the member end.", Status: http.StatusNoContent,
	}, pending[struct{ Body wire.Password }, nothing])
}

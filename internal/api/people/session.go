package people

import (
	"context"
	"net/http"
	"strings"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/fault"
	"tagline/internal/ident"
)

type signedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie" doc:"The session's cookie, HttpOnly and SameSite=Lax"`
	Body      wire.Session
}

type signedOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (d *Desk) session(f *frame.Frame) {
	const group = "Session"
	frame.Handle(f, frame.Op{ID: "welcome", Method: http.MethodGet, Path: "/welcome", Action: frame.Anyone, Group: group,
		Summary: "What the sign-in screen needs"}, d.welcome)
	frame.Handle(f, frame.Op{ID: "sign-in", Method: http.MethodPost, Path: "/session", Action: frame.Anyone, Group: group,
		Summary: "Sign in",
		Words:   "Give one of: the `token` of a one-time link, `email` and `password`, or an API `key`. A wrong secret is 401, a link that was used or is too old is 410, too many tries are 429.",
	}, d.signIn)
	frame.Handle(f, frame.Op{ID: "get-session", Method: http.MethodGet, Path: "/session", Action: frame.SignedIn, Group: group,
		Summary: "Who is signed in, and what they may do"}, d.getSession)
	frame.Handle(f, frame.Op{ID: "sign-out", Method: http.MethodDelete, Path: "/session", Action: frame.SignedIn, Group: group,
		Summary: "Sign out", Status: http.StatusNoContent}, d.signOut)
	frame.Handle(f, frame.Op{ID: "change-me", Method: http.MethodPatch, Path: "/me", Action: access.SelfWrite, Group: group,
		Summary: "Change the own name or e-mail address"},
		func(ctx context.Context, who access.Actor, in *struct{ Body wire.SelfChange }) (*frame.Answer[wire.Member], error) {
			m, err := d.Access.ChangeSelf(ctx, who, in.Body.Name, in.Body.Email)
			return frame.Say(wire.MemberOf(m), err)
		})
	frame.Handle(f, frame.Op{ID: "set-my-password", Method: http.MethodPut, Path: "/me/password", Action: access.SelfWrite, Group: group,
		Summary: "Set the own password", Words: "All other sessions of the member end.", Status: http.StatusNoContent},
		func(ctx context.Context, who access.Actor, in *struct{ Body wire.Password }) (*frame.Nothing, error) {
			return nil, d.Access.SetPassword(ctx, who, in.Body.Current, in.Body.Password, frame.SessionToken(ctx))
		})
}

func (d *Desk) server() wire.Server {
	return wire.Server{Version: d.Version, Demo: d.Demo, BaseURL: d.BaseURL}
}

func (d *Desk) welcome(ctx context.Context, _ access.Actor, _ *frame.Nothing) (*frame.Answer[wire.Welcome], error) {
	fresh, err := d.Access.Fresh(ctx)
	return frame.Say(wire.Welcome{Server: d.server(), FirstStart: fresh, Methods: []string{"link", "password", "key"}}, err)
}

func (d *Desk) signIn(ctx context.Context, _ access.Actor, in *struct{ Body wire.SignIn }) (*signedIn, error) {
	var got access.SignIn
	var err error
	switch b := in.Body; {
	case b.Token != "" && b.Email == "" && b.Password == "" && b.Key == "":
		got, err = d.Access.SignInByLink(ctx, b.Token)
	case b.Email != "" && b.Password != "" && b.Token == "" && b.Key == "":
		got, err = d.Access.SignInByPassword(ctx, b.Email, b.Password, frame.Address(ctx))
	case b.Key != "" && b.Token == "" && b.Email == "" && b.Password == "":
		got, err = d.Access.SignInByKey(ctx, b.Key)
	default:
		err = fault.New(fault.Invalid, "this is not one of the ways to sign in", "Give token, or email and password, or key.")
	}
	if err != nil {
		return nil, err
	}
	session, err := d.sessionOf(ctx, got.Session)
	return &signedIn{SetCookie: d.cookie(ctx, got.Token, 30*24*time.Hour), Body: session}, err
}

// cookie makes the session's cookie. It outlives the session, which the server
// ends; an age of under zero removes it.
func (d *Desk) cookie(ctx context.Context, token string, age time.Duration) http.Cookie {
	c := http.Cookie{Name: frame.SessionCookie, Value: token, Path: "/", MaxAge: int(age / time.Second), HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: frame.Secure(ctx) || strings.HasPrefix(d.BaseURL, "https://")}
	if age < 0 {
		c.MaxAge = -1
	}
	return c
}

func (d *Desk) sessionOf(ctx context.Context, s access.Session) (wire.Session, error) {
	shape := wire.Session{Actor: wire.ActorOf(s.Actor), ExpiresAt: wire.When(s.Expires), Server: d.server()}
	if s.Actor.Kind != access.KindMember {
		return shape, nil
	}
	m, err := d.Access.Member(ctx, ident.Member(s.Actor.ID))
	member := wire.MemberOf(m)
	shape.Member = &member
	return shape, err
}

func (d *Desk) getSession(ctx context.Context, who access.Actor, _ *frame.Nothing) (*frame.Answer[wire.Session], error) {
	s := access.Session{Actor: who}
	if token := frame.SessionToken(ctx); token != "" && !frame.ByKey(ctx) {
		var err error
		if s, err = d.Access.Session(ctx, token); err != nil {
			return nil, err
		}
	}
	shape, err := d.sessionOf(ctx, s)
	return frame.Say(shape, err)
}

func (d *Desk) signOut(ctx context.Context, _ access.Actor, _ *frame.Nothing) (*signedOut, error) {
	err := d.Access.SignOut(ctx, frame.SessionToken(ctx))
	return &signedOut{SetCookie: d.cookie(ctx, "", -1)}, err
}

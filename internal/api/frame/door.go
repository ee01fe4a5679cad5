package frame

import (
	"context"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/access"
	"tagline/internal/fault"
)

// SessionCookie is the name of the cookie of the people who sign in.
const SessionCookie = "tagline_session"

type requestKey struct{}

// request is what the frame knows about one request.
type request struct {
	trace   string
	address string
	path    string
	trial   bool // it asks what would happen, by dryRun
	secure  bool
	token   string // of the session cookie
	caller  access.Actor
	again   func(context.Context) (access.Actor, error) // asks anew who it is
	byKey   bool
	unclear bool
}

func about(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// Trace gives the id of the request.
func Trace(ctx context.Context) string { return about(ctx).trace }

// Caller gives who asks; the zero Actor when nobody is signed in.
func Caller(ctx context.Context) access.Actor { return about(ctx).caller }

// Address gives where the request came from, without the port.
func Address(ctx context.Context) string { return about(ctx).address }

// Secure reports whether the request came over TLS.
func Secure(ctx context.Context) bool { return about(ctx).secure }

// Unclear reports whether the operation failed in a way that leaves open whether
// its change was made.
func Unclear(ctx context.Context) bool { return about(ctx).unclear }

// Still asks anew, for a long answer, who the caller is and whether they may take
// the action.
func Still(ctx context.Context, action access.Action) (access.Actor, error) {
	who, err := about(ctx).again(ctx)
	if err != nil {
		return who, err
	}
	return who, who.Require(action)
}

// ByKey reports whether the caller is known by an API key in the request itself.
func ByKey(ctx context.Context) bool { return about(ctx).byKey }

// SessionToken gives the token of the session cookie, if there is one.
func SessionToken(ctx context.Context) string { return about(ctx).token }

var traceForm = regexp.MustCompile(`^[A-Za-z0-9._:-]{8,64}$`)

// ServeHTTP implements http.Handler.
func (f *Frame) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	about := &request{trace: r.Header.Get("X-Request-Id"), address: r.RemoteAddr, path: r.URL.Path, secure: r.TLS != nil}
	if !traceForm.MatchString(about.trace) {
		about.trace = string(f.config.IDs.Operation())
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		about.address = host
	}
	if name := f.config.AddressHeader; name != "" {
		named := r.Header.Get(name)
		if last := strings.TrimSpace(named[strings.LastIndexByte(named, ',')+1:]); net.ParseIP(last) != nil {
			about.address = last
		}
	}
	about.trial = r.URL.Query().Get("dryRun") == "true"
	if c, err := r.Cookie(SessionCookie); err == nil {
		about.token = c.Value
	}
	w.Header().Set("X-Request-Id", about.trace)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	out := &watched{ResponseWriter: w}
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler {
			panic(v)
		}
		f.config.Log.LogAttrs(r.Context(), slog.LevelError, "operation panicked",
			slog.String("trace", about.trace), slog.Any("panic", v), slog.String("stack", string(debug.Stack())))
		if !out.begun {
			WriteProblem(out, ProblemOf(fault.Newf(fault.Internal, "something went wrong inside Tagline").
				WithHint("Look for %s in the server's log.", about.trace), about.trace))
		}
	}()
	r = r.WithContext(context.WithValue(r.Context(), requestKey{}, about))
	handler, pattern := f.mux.Handler(r)
	if pattern == "" {
		f.unrouted(out, r, handler)
		return
	}
	f.mux.ServeHTTP(out, r)
}

// watched knows whether an answer has begun.
type watched struct {
	http.ResponseWriter
	begun bool
}

func (w *watched) WriteHeader(status int) {
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// unrouted answers in the router's stead: its own 404 and 405 are plain text.
func (f *Frame) unrouted(w http.ResponseWriter, r *http.Request, router http.Handler) {
	var said verdict
	router.ServeHTTP(&said, r)
	trace := Trace(r.Context())
	if said.status == http.StatusMethodNotAllowed {
		allow := said.Header().Get("Allow")
		w.Header().Set("Allow", allow)
		WriteProblem(w, problem(methodNotAllowed, r.Method+" is not possible here", "Possible are "+allow+".", trace))
		return
	}
	WriteProblem(w, problem(fault.NotFound, "the API has no such path", "See "+Base+"/docs for all operations.", trace))
}

// verdict keeps what the router would have answered.
type verdict struct {
	status int
	header http.Header
}

func (v *verdict) Header() http.Header {
	if v.header == nil {
		v.header = http.Header{}
	}
	return v.header
}
func (v *verdict) WriteHeader(status int)      { v.status = status }
func (v *verdict) Write(b []byte) (int, error) { return len(b), nil }

// settle makes huma's own errors agree with ours in their status.
func (f *Frame) settle(ctx huma.Context, next func(huma.Context)) {
	next(settled{ctx})
}

// admit lets through who may take the operation's action, in a form that it takes.
func (f *Frame) admit(ctx huma.Context, next func(huma.Context)) {
	op := OpOf(ctx)
	err := f.identify(ctx, op)
	if err == nil {
		err = f.allowed(ctx, op)
	}
	if err == nil {
		err = wellTyped(ctx, op)
	}
	if err == nil {
		ctx, err = textual(ctx)
	}
	if err != nil {
		f.refuse(ctx, f.fail(ctx.Context(), op, err))
		return
	}
	next(ctx)
}

// identify finds out who asks. For an operation that is open to anyone a bad key
// or an old cookie is no obstacle.
func (f *Frame) identify(ctx huma.Context, op Op) error {
	about := about(ctx.Context())
	if err := f.sameOrigin(ctx, op); err != nil {
		return err
	}
	var err error
	if header := ctx.Header("Authorization"); header != "" {
		key, ok := strings.CutPrefix(header, "Bearer ")
		if !ok {
			err = fault.New(fault.Unauthenticated, "the Authorization header is not of the form Bearer KEY", "Send Authorization: Bearer tl_...")
		} else {
			about.byKey = true
			about.again = func(c context.Context) (access.Actor, error) { return f.config.Doors.ByKey(c, strings.TrimSpace(key)) }
			about.caller, err = about.again(ctx.Context())
		}
	} else if about.token != "" {
		about.again = func(c context.Context) (access.Actor, error) { return f.config.Doors.BySession(c, about.token) }
		about.caller, err = about.again(ctx.Context())
		if err == nil && op.Method != http.MethodGet && ctx.Header("X-Requested-With") == "" {
			err = fault.New(fault.Forbidden, "a write with the session cookie needs the header X-Requested-With",
				"Send X-Requested-With: tagline, or use an API key.")
		}
	} else {
		err = fault.New(fault.Unauthenticated, "nobody is signed in", "Sign in on the console, or send an API key as Authorization: Bearer tl_...")
	}
	if op.Action == Anyone && !fault.Is(err, fault.Forbidden) {
		return nil
	}
	return err
}

// sameOrigin refuses a write that a page of another site has caused. Browsers send
// Origin with every such request; programs do not.
func (f *Frame) sameOrigin(ctx huma.Context, op Op) error {
	origin := ctx.Header("Origin")
	if origin == "" || op.Method == http.MethodGet || ctx.Header("Authorization") != "" {
		return nil
	}
	u, err := url.Parse(origin)
	if err == nil && u.Host != "" && (u.Host == ctx.Host() || origin == f.config.Origin) {
		return nil
	}
	return fault.New(fault.Forbidden, "the request comes from another site", "Use the console of this server, or an API key.")
}

func (f *Frame) allowed(ctx huma.Context, op Op) error {
	switch op.Action {
	case Anyone, SignedIn:
		return nil
	}
	return Caller(ctx.Context()).Require(op.Action)
}

// wellTyped refuses a body of a type that the operation does not take.
func wellTyped(ctx huma.Context, op Op) error {
	given := ctx.Header("Content-Type")
	if given == "" || ctx.Operation().RequestBody == nil {
		return nil
	}
	if slices.Contains(op.Types, Media(given)) {
		return nil
	}
	return fault.New(fault.Unsupported, "the content type of the body is not one that this operation takes",
		"Send it as "+strings.Join(op.Types, " or ")+".")
}

// Media gives the media type of a Content-Type header, "" when it is none.
func Media(contentType string) string {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return media
}

// refuse answers a problem from within a middleware.
func (f *Frame) refuse(ctx huma.Context, p *Problem) {
	for name, values := range p.GetHeaders() {
		for _, v := range values {
			ctx.SetHeader(name, v)
		}
	}
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(p.Status)
	if err := f.api.Marshal(ctx.BodyWriter(), "application/json", p); err != nil {
		f.config.Log.LogAttrs(ctx.Context(), slog.LevelDebug, "answer not written", slog.Any("error", err))
	}
}

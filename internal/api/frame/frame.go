package frame

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tagline/internal/access"
	"tagline/internal/fault"
	"tagline/internal/ident"
)

// Base is the path below which everything of the API stands.
const Base = "/api/v1"

// guide is the introduction of the specification.
const guide = `The API of the Tagline console and of integrators.

Send an API key as Authorization: Bearer tl_..., or sign in at /session and keep the cookie; writes with the cookie need the header X-Requested-With.

Lists answer items and, if there are more, next: give it back as cursor, with the same filters. A write may carry an Idempotency-Key: the same key with the same body gets the same answer for a day and is executed once.

Every error is a problem document (RFC 9457): act on its code, show its detail and hint, and quote its trace when you ask for help.`

// What an operation may declare besides an action of the table.
const (
	Anyone   access.Action = "anyone"    // nobody needs to be signed in
	SignedIn access.Action = "signed-in" // whoever is signed in
)

// Doors are the ways to be known.
type Doors interface {
	// BySession gives who holds the session token.
	BySession(ctx context.Context, token string) (access.Actor, error)
	// ByKey gives the machine that holds the API key.
	ByKey(ctx context.Context, key string) (access.Actor, error)
}

// Config is what a frame needs. The zero Config is enough to print the
// specification.
type Config struct {
	Doors   Doors
	IDs     *ident.Source
	Log     *slog.Logger
	Version string
	Origin  string // scheme and host of the base URL; writes with a cookie must come from it
	// Once runs a write at most once per Idempotency-Key; nil runs every one.
	Once func(ctx huma.Context, who access.Actor, next func(huma.Context)) error
	// Noted records who took an operation that says so; it has succeeded.
	Noted func(ctx context.Context, who access.Actor, op Op, path string) error
	// AddressHeader is the header in which a trusted proxy names the caller's address
	// (its last entry counts); empty takes that of the connection.
	AddressHeader string
	// Unclear tells errors after which nobody knows whether the change was made.
	Unclear func(error) bool
}

// Op declares an operation.
type Op struct {
	ID      string
	Method  string
	Path    string // below Base
	Action  access.Action
	Group   string
	Summary string
	Words   string   // longer description, may be empty
	Status  int      // of success; 0 = 200, or 204 without a body
	MaxBody int64    // bytes; 0 = 1 MiB
	Types   []string // content types of the body; empty = JSON
	Answers string   // content type of an answer that is not JSON
	Noted   bool     // who took it is recorded: the events of its domain do not say
}

// Frame holds the operations.
type Frame struct {
	config Config
	mux    *http.ServeMux
	api    huma.API
	ops    []Op
}

// New makes an empty frame.
func New(c Config) *Frame {
	f := &Frame{config: c, mux: http.NewServeMux()}
	h := huma.DefaultConfig("Tagline", c.Version)
	h.OpenAPIPath, h.DocsPath, h.SchemasPath, h.CreateHooks = "", "", "", nil
	h.Info.Description = guide
	h.Servers = []*huma.Server{{URL: Base}}
	h.Transformers = []huma.Transformer{translate}
	h.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[Problem]())
	h.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":     {Type: "http", Scheme: "bearer", Description: "An API key, tl_..."},
		"session": {Type: "apiKey", In: "cookie", Name: SessionCookie, Description: "What POST /session sets. Writes need the header X-Requested-With as well."},
	}
	h.Security = []map[string][]string{{"key": {}}, {"session": {}}}
	f.api = huma.NewAPI(h, humago.NewAdapter(f.mux, Base))
	f.api.UseMiddleware(f.settle, f.admit)
	if c.Once != nil {
		f.api.UseMiddleware(func(ctx huma.Context, next func(huma.Context)) {
			if err := c.Once(ctx, Caller(ctx.Context()), next); err != nil {
				f.refuse(ctx, f.fail(ctx.Context(), OpOf(ctx), err))
			}
		})
	}
	return f
}

// Handle registers an operation. The handler is given who asks; the frame has
// checked that they may.
func Handle[I, O any](f *Frame, op Op, do func(ctx context.Context, who access.Actor, in *I) (*O, error)) {
	known := slices.ContainsFunc(access.Actions(), func(d access.Described) bool { return d.Action == op.Action })
	if !known && op.Action != Anyone && op.Action != SignedIn {
		panic(fmt.Sprintf("frame: operation %s declares no action", op.ID))
	}
	if op.MaxBody == 0 {
		op.MaxBody = 1 << 20
	}
	if len(op.Types) == 0 {
		op.Types = []string{"application/json"}
	}
	f.ops = append(f.ops, op)
	words := op.Words
	switch op.Action {
	case Anyone:
		words += "\n\nNobody needs to be signed in."
	case SignedIn:
		words += "\n\nFor whoever is signed in."
	default:
		words += "\n\nNeeds the action `" + string(op.Action) + "`."
	}
	operation := huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path, Tags: []string{op.Group}, Summary: op.Summary,
		Description: strings.TrimSpace(words), DefaultStatus: op.Status, MaxBodyBytes: op.MaxBody,
		Metadata: map[string]any{"op": op},
	}
	if op.Action == Anyone {
		operation.Security = []map[string][]string{}
	} else {
		operation.Extensions = map[string]any{"x-action": string(op.Action)}
	}
	if op.Method != http.MethodGet {
		operation.Parameters = []*huma.Param{{Name: "Idempotency-Key", In: "header",
			Description: "1 to 200 printable characters: the same key with the same body gets the same answer for a day and is executed once",
			Schema:      &huma.Schema{Type: huma.TypeString, MinLength: new(1), MaxLength: new(200)}}}
	}
	if op.Answers != "" {
		operation.Responses = map[string]*huma.Response{"200": {Description: "OK",
			Content: map[string]*huma.MediaType{op.Answers: {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	}
	huma.Register(f.api, operation, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, Caller(ctx), in)
		if err != nil {
			return nil, f.fail(ctx, op, err)
		}
		if op.Noted && f.config.Noted != nil && !about(ctx).trial {
			// What was done is done, also when the caller has gone or the note fails.
			if err := f.config.Noted(context.WithoutCancel(ctx), Caller(ctx), op, about(ctx).path); err != nil {
				f.config.Log.LogAttrs(ctx, slog.LevelError, "who acted was not recorded", slog.String("operation", op.ID),
					slog.String("trace", Trace(ctx)), slog.Any("error", err))
			}
		}
		return out, nil
	})
}

// fail makes the problem of a handler's error and logs what is our own fault.
func (f *Frame) fail(ctx context.Context, op Op, err error) *Problem {
	p := ProblemOf(err, Trace(ctx))
	if f.config.Unclear != nil && f.config.Unclear(err) {
		about(ctx).unclear = true
	}
	if p.Code == string(fault.Internal) && ctx.Err() == nil {
		f.config.Log.LogAttrs(ctx, slog.LevelError, "operation failed",
			slog.String("operation", op.ID), slog.String("trace", p.Trace), slog.Any("error", cause(err)))
	}
	return p
}

// cause is the error with the text that a fault hides from the outside.
func cause(err error) error {
	if f := fault.From(err); f.Unwrap() != nil {
		return f.Unwrap()
	}
	return err
}

// OpOf gives the operation that a request is for.
func OpOf(ctx huma.Context) Op { return ctx.Operation().Metadata["op"].(Op) }

// Ops lists the registered operations.
func (f *Frame) Ops() []Op { return slices.Clone(f.ops) }

// Describe adds a shape to the specification that no operation names.
func Describe[T any](f *Frame) *huma.Schema {
	return f.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
}

// Spec gives the OpenAPI document.
func (f *Frame) Spec() *huma.OpenAPI { return f.api.OpenAPI() }

// Plain registers a page that is no operation, such as the specification itself.
// The path stands below Base.
func (f *Frame) Plain(path string, h http.HandlerFunc) { f.mux.HandleFunc("GET "+Base+path, h) }

package frame

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/fault"
)

// methodNotAllowed is a code of HTTP alone: no domain can meet it.
const methodNotAllowed fault.Code = "method-not-allowed"

// Problem is an error as the outside sees it (RFC 9457).
type Problem struct {
	Type   string         `json:"type" format:"uri-reference" example:"/api/v1/problems/not-found" doc:"A page about this code"`
	Code   string         `json:"code" enum:"invalid,unauthenticated,forbidden,not-found,conflict,gone,too-large,unsupported,rate-limited,unavailable,internal,method-not-allowed" doc:"What a program acts on"`
	Title  string         `json:"title" example:"Not found" doc:"Always the same for a code"`
	Status int            `json:"status" example:"404"`
	Detail string         `json:"detail" example:"there is no product 09506000134352" doc:"What is wrong here"`
	Hint   string         `json:"hint,omitempty" example:"List the products to see their GTINs." doc:"The way out"`
	Errors []ProblemField `json:"errors,omitempty" nullable:"false" doc:"The parts of the request that are wrong"`
	Trace  string         `json:"trace" example:"op_01jx8m3h6w0000000000000000" doc:"The request's id, as in the header X-Request-Id and in the server's log"`

	retryAfter int // seconds; 0 = not said
}

// ProblemField is one wrong part of a request.
type ProblemField struct {
	Location string `json:"location" example:"body.name"`
	Message  string `json:"message" example:"expected length >= 1"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	return h
}

// ProblemOf turns an error into a problem. An error without a fault shows only
// that something went wrong.
func ProblemOf(err error, trace string) *Problem {
	f := fault.From(err)
	p := problem(f.Code, f.Message, f.Hint, trace)
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField(field))
	}
	return p
}

func problem(code fault.Code, detail, hint, trace string) *Problem {
	p := &Problem{
		Type: Base + "/problems/" + string(code), Code: string(code), Title: code.Title(), Status: code.HTTPStatus(),
		Detail: detail, Hint: hint, Trace: trace,
	}
	switch code {
	case methodNotAllowed:
		p.Title, p.Status = "Method not allowed", http.StatusMethodNotAllowed
	case fault.RateLimited:
		p.retryAfter = 30
	case fault.Unavailable:
		p.retryAfter = 2
	}
	return p
}

// Kind is one kind of problem.
type Kind struct {
	Code   string
	Title  string
	Status int
}

// Kinds lists the kinds of problem, for documentation.
func Kinds() []Kind {
	var all []Kind
	for _, code := range append(fault.Codes(), methodNotAllowed) {
		p := problem(code, "", "", "")
		all = append(all, Kind{p.Code, p.Title, p.Status})
	}
	return all
}

// codeOf gives the code of a status that huma or the router chose.
func codeOf(status int) fault.Code {
	switch status {
	case http.StatusUnprocessableEntity, http.StatusNotAcceptable, http.StatusRequestTimeout:
		return fault.Invalid
	case http.StatusMethodNotAllowed:
		return methodNotAllowed
	}
	codes := fault.Codes()
	if i := slices.IndexFunc(codes, func(c fault.Code) bool { return c.HTTPStatus() == status }); i >= 0 {
		return codes[i]
	}
	if status < 500 {
		return fault.Invalid
	}
	return fault.Internal
}

// translate is huma's transformer: its own errors (validation, body, negotiation)
// become problems.
func translate(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	trace := Trace(ctx.Context())
	code := codeOf(m.Status)
	p := problem(code, m.Detail, "", trace)
	for _, d := range m.Errors {
		if d != nil {
			p.Errors = append(p.Errors, ProblemField{Location: d.Location, Message: plain(d.Message)})
		}
	}
	switch {
	case code == fault.Internal:
		p = ProblemOf(errors.New(m.Detail), trace)
	case code == fault.TooLarge:
		p.Detail = "the body of the request is over the limit of " + strconv.FormatInt(ctx.Operation().MaxBodyBytes, 10) + " bytes"
		p.Hint = "Send it in smaller parts."
	case m.Status == http.StatusRequestTimeout:
		p.Detail, p.Hint = "the body of the request did not arrive in time", "Send it again."
	case len(p.Errors) == 1 && p.Errors[0].Message == noTime:
		_, name, _ := strings.Cut(p.Errors[0].Location, ".")
		p.Detail, p.Hint = name+" is "+noTime, "Times are in UTC, or have an offset such as +01:00."
	case len(p.Errors) == 1:
		p.Detail = strings.TrimSpace(p.Errors[0].Location + " is not valid: " + p.Errors[0].Message)
		p.Hint = hintFor(ctx)
	case len(p.Errors) > 1:
		p.Detail = strconv.Itoa(len(p.Errors)) + " parts of the request are not valid"
		p.Hint = hintFor(ctx)
	default:
		p.Hint = hintFor(ctx)
	}
	return p, nil
}

// How a time is written, and what is said of a text that is none.
const (
	timeSample = "2026-11-26T09:00:00Z"
	noTime     = "no time; write " + timeSample
)

// plain puts huma's messages about times into words: they show the layout of a
// programming language.
func plain(message string) string {
	if strings.HasPrefix(message, "invalid date/time for format ") || message == "expected string to be RFC 3339 date-time" {
		return noTime
	}
	return message
}

func hintFor(ctx huma.Context) string {
	return "See " + Base + "/docs#" + ctx.Operation().OperationID + " for what this operation takes."
}

// settled is a huma context that corrects the status of huma's own errors to that
// of their code, so that the line of status and the problem agree.
type settled struct{ humaContext }

type humaContext huma.Context

func (c settled) Unwrap() huma.Context { return c.humaContext }

func (c settled) SetStatus(status int) {
	switch status {
	case http.StatusUnprocessableEntity, http.StatusNotAcceptable, http.StatusRequestTimeout:
		status = http.StatusBadRequest
	}
	c.humaContext.SetStatus(status)
}

// WriteProblem answers an error outside of huma.
func WriteProblem(w http.ResponseWriter, p *Problem) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(p) //nolint:errcheck // the client went away
}

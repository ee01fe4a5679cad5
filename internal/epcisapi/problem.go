package epcisapi

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"tagline/epcis/query"
	"tagline/epcis/xmlout"
	"tagline/internal/fault"
	"tagline/internal/trace/capture"
	"tagline/internal/trace/repository"
)

// problem is an error as the standard wants it: RFC 9457 with the names of its
// exceptions as types.
type problem struct {
	status int
	name   string
	detail string
	errors []fieldError
	header map[string]string
}

type fieldError struct {
	Pointer string `json:"pointer,omitempty"`
	Line    int    `json:"line,omitempty"`
	Detail  string `json:"detail"`
}

// Error gives the detail.
func (p problem) Error() string { return p.detail }

func parameterError(name, detail string) problem {
	if name != "" {
		detail = name + ": " + detail
	}
	return problem{status: http.StatusBadRequest, name: "QueryParameterException", detail: detail}
}

func title(name string) string {
	switch name {
	case "ValidationException":
		return "The request is not valid"
	case "QueryParameterException":
		return "A parameter of the query is wrong"
	case "QueryValidationException":
		return "The query is wrong"
	case "SubscriptionControlsException":
		return "The controls of the subscription are wrong"
	case "SecurityException":
		return "Not allowed"
	case "NoSuchNameException":
		return "There is no query of this name"
	case "NoSuchResourceException":
		return "There is nothing here"
	case "NotAcceptableException":
		return "What is accepted cannot be given"
	case "ResourceAlreadyExistsException":
		return "It exists already"
	case "CaptureLimitExceededException":
		return "Too much for one capture"
	case "QueryTooLargeException":
		return "More events match than are allowed"
	case "QueryTooComplexException":
		return "The query reads too much"
	case "URITooLongException":
		return "The address is too long"
	case "UnsupportedMediaTypeException":
		return "This type of body is not read"
	case "UnsupportedOperationException":
		return "Not possible here"
	}
	return "Something went wrong"
}

// problemOf gives the problem of an error.
func (x *exchange) problemOf(err error) problem {
	if p, ok := errors.AsType[problem](err); ok {
		return p
	}
	if e, ok := errors.AsType[*query.Error](err); ok {
		status := http.StatusBadRequest
		if e.Name == "QueryTooLargeException" || e.Name == "QueryTooComplexException" {
			status = http.StatusRequestEntityTooLarge
		}
		return problem{status: status, name: e.Name, detail: e.Error()}
	}
	if e, ok := errors.AsType[*capture.ErrDocument](err); ok {
		p := problem{status: http.StatusBadRequest, name: "ValidationException", detail: e.Error()}
		p.errors = []fieldError{{e.Problem.Pointer, e.Problem.Line, e.Problem.Detail}}
		return p
	}
	if e, ok := errors.AsType[*xmlout.FormError](err); ok {
		return problem{status: http.StatusNotAcceptable, name: "NotAcceptableException", detail: e.Error() + "; ask for application/json"}
	}
	if errors.Is(err, repository.ErrTooComplex) {
		return problem{status: http.StatusRequestEntityTooLarge, name: "QueryTooComplexException", detail: "the query reads more than is allowed for one: add conditions such as MATCH_anyEPC, EQ_bizStep or a shorter time"}
	}
	f := fault.From(err)
	p := problem{status: f.Code.HTTPStatus(), detail: f.Message}
	if f.Hint != "" {
		p.detail += ". " + f.Hint
	}
	switch f.Code {
	case fault.Unauthenticated:
		p.name, p.header = "SecurityException", map[string]string{"WWW-Authenticate": `Bearer realm="Tagline"`}
	case fault.Forbidden:
		p.name = "SecurityException"
	case fault.NotFound:
		p.name = "NoSuchResourceException"
	case fault.Conflict:
		p.name = "ResourceAlreadyExistsException"
	case fault.TooLarge:
		p.name, p.header = "CaptureLimitExceededException", captureLimits()
	case fault.Unsupported:
		p.name = "UnsupportedMediaTypeException"
	case fault.Invalid:
		p.name = "ValidationException"
	case fault.Unavailable, fault.RateLimited:
		p.name, p.header = "ImplementationException", map[string]string{"Retry-After": "5"}
	default:
		p.name = "ImplementationException"
		p.detail = "something went wrong inside Tagline; look for " + x.trace + " in the server's log"
		if x.r.Context().Err() == nil {
			x.Log.LogAttrs(x.r.Context(), slog.LevelError, "operation failed", slog.String("operation", x.r.Method+" of EPCIS"), slog.String("trace", x.trace), slog.Any("error", err))
		}
	}
	return p
}

// body is a problem in JSON and, as EPCISException, in XML.
type problemBody struct {
	XMLName  xml.Name     `json:"-" xml:"urn:epcglobal:epcis:xsd:2 EPCISException"`
	Type     string       `json:"type" xml:"type"`
	Title    string       `json:"title" xml:"title"`
	Status   int          `json:"status" xml:"status"`
	Detail   string       `json:"detail,omitempty" xml:"detail,omitempty"`
	Instance string       `json:"instance,omitempty" xml:"instance,omitempty"`
	Errors   []fieldError `json:"errors,omitempty" xml:"-"`
}

func (x *exchange) bodyOf(p problem) problemBody {
	return problemBody{Type: "epcisException:" + p.name, Title: title(p.name), Status: p.status, Detail: p.detail, Instance: "urn:x-tagline:" + x.trace, Errors: p.errors}
}

// fail answers a problem.
func (x *exchange) fail(p problem) {
	header := x.w.Header()
	for name, value := range p.header {
		header.Set(name, value)
	}
	var b []byte
	var err error
	if x.accept.XML {
		header.Set("Content-Type", "application/problem+xml")
		b, err = xml.Marshal(x.bodyOf(p))
		b = append([]byte(xml.Header), b...)
	} else {
		header.Set("Content-Type", "application/problem+json")
		b, err = json.Marshal(x.bodyOf(p))
	}
	if err != nil { // texts and numbers always can be written
		x.w.WriteHeader(http.StatusInternalServerError)
		return
	}
	header.Set("Content-Length", strconv.Itoa(len(b)))
	x.w.WriteHeader(p.status)
	x.w.Write(b) //nolint:errcheck // the client went away
}

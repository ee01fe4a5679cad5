package resolver

import (
	"net/http"
	"strings"

	"tagline/internal/digital"
	"tagline/internal/link/negotiate"
	"tagline/internal/pages"
)

// parse reads a Digital Link of this server's path; false when it has answered
// already.
func (r *Resolver) parse(v *visit, path string) (d digital.Request, ok bool) {
	d, err := digital.Parse(path, v.q.URL.RawQuery)
	switch {
	case err == nil:
		return d, true
	case digital.Looks(path):
		r.refuse(v, pages.BadRequest, 0, "This is no GS1 Digital Link: "+strings.TrimPrefix(strings.TrimSuffix(err.Error(), "."), "gs1: ")+".", "Check the identifiers, their order and the check digits.")
	default:
		r.refuse(v, pages.NotFound, 0, "There is nothing at this address.", "A GS1 Digital Link has a key in its path: /01/ and a GTIN of 14 digits.")
	}
	return d, false
}

// announce writes the headers that stand on every answer about a Digital Link.
func (r *Resolver) announce(v *visit, link string) {
	h := v.w.Header()
	h["Link"] = []string{link}
	h["Vary"] = r.is.vary
}

// allowOrigins lets pages of other origins read an answer (CORS). Nothing here is
// for the holder of a cookie alone unless the cookie came along, and that CORS
// forbids.
func (r *Resolver) allowOrigins(h http.Header) {
	h["Access-Control-Allow-Origin"] = r.is.anyOrigin
	h["Access-Control-Expose-Headers"] = r.is.exposed
}

// options answers a preflight and whoever asks what may be done here.
func (r *Resolver) options(v *visit, path string) {
	v.way = "options"
	h := v.w.Header()
	h["Allow"] = r.is.methods
	h["Access-Control-Allow-Methods"] = r.is.methods
	h["Access-Control-Allow-Headers"] = r.is.askHeaders
	h["Access-Control-Max-Age"] = r.is.oneDay
	if digital.Looks(path) {
		d, ok := r.parse(v, path)
		if !ok {
			return
		}
		r.announce(v, digital.LinkHeader(r.base(v.q), d))
	}
	v.status = http.StatusNoContent
	v.w.WriteHeader(v.status)
}

func (r *Resolver) base(q *http.Request) string { return digital.Base(q, r.baseURL) }

// refuse answers with a page for people and a problem for programs.
func (r *Resolver) refuse(v *visit, kind pages.Kind, status int, detail, hint string) {
	if digital.TakesHTML(negotiate.ParseMedia(v.q.Header.Get("Accept"))) {
		r.notice(v, kind, status)
		return
	}
	if status == 0 {
		status = kind.Status()
	}
	h := v.w.Header()
	h["Vary"] = r.is.vary
	h["Cache-Control"] = r.is.scanNoStore
	r.data(v, status, r.is.problem, digital.Problem(status, string(kind), detail, hint))
}

// describe is the resolver description file.
func (r *Resolver) describe(v *visit) {
	v.way = "description"
	v.w.Header()["Cache-Control"] = []string{"public, max-age=3600"}
	r.data(v, http.StatusOK, r.is.json, digital.Description(r.base(v.q)))
}

// data answers with something for programs.
func (r *Resolver) data(v *visit, status int, mediaType []string, body []byte) {
	h := v.w.Header()
	h["Content-Type"] = mediaType
	h["X-Content-Type-Options"] = r.is.noSniff
	r.write(v, status, body)
}

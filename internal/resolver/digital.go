package resolver

import (
	"net/http"
	"strings"

	"tagline/gs1"
	"tagline/gs1/compression"
	"tagline/internal/pages"
)

// digital is a Digital Link as it was asked for.
type digital struct {
	link gs1.Link
	path string // canonical: the key and its qualifiers, uncompressed
	form compression.Form

	gtin, serial, lot string // of a GTIN
	own               bool   // the product's page itself is asked for, not the resolver
}

// ownPage stands before the path of a product's page on this server. The resolver
// answers at the Digital Link; this is where it can send somebody to.
const ownPage = "/p"

// leastCompressed is the length of the shortest segment that can hold a key.
const leastCompressed = 10

// parse reads a Digital Link of this server's path, compressed or not; false when
// it has answered already. One trailing slash is forgiven (GS1-Conformant
// Resolver, trailingSlash).
func (r *Resolver) parse(v *visit, path string) (d digital, ok bool) {
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	if rest, is := strings.CutPrefix(path, ownPage+"/"); is {
		d.own, path = true, "/"+rest
	}
	var err error
	d.link, d.form, err = compression.ParseLinkPath(path, v.q.URL.RawQuery)
	if err != nil {
		if looksLikeLink(path) || looksCompressed(path) {
			r.refuse(v, pages.BadRequest, 0, "This is no GS1 Digital Link: "+strings.TrimSuffix(err.Error(), ".")+".", "Check the identifiers, their order and the check digits.")
		} else {
			r.refuse(v, pages.NotFound, 0, "There is nothing at this address.", "A GS1 Digital Link has a key in its path: /01/ and a GTIN of 14 digits.")
		}
		return d, false
	}
	d.path = d.link.Path()
	if key := d.link.Key(); key.AI == gs1.AIGTIN {
		d.gtin, d.serial, d.lot = key.Value, d.link.Value(gs1.AISerial), d.link.Value(gs1.AIBatch)
	}
	return d, true
}

// looksLikeLink says whether a path tries to be a Digital Link, so that it is
// broken (400) and not just nowhere (404): some segment is an application
// identifier of a primary key.
func looksLikeLink(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "00", "01", "253", "255", "401", "402", "414", "415", "417", "8003", "8004", "8006", "8010", "8013", "8017", "8018":
			return true
		}
	}
	return false
}

// looksCompressed says whether a path tries to be a compressed Digital Link: one
// segment of base64url that is long enough for a key.
func looksCompressed(path string) bool {
	s := strings.TrimPrefix(path, "/")
	if len(s) < leastCompressed {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

// base is how the asking client reached this server: the host of its request, if
// that can be one, with the scheme that the outside uses.
func (r *Resolver) base(q *http.Request) string {
	host := q.Host
	if host == "" || len(host) > 255 {
		return r.baseURL
	}
	for i := range len(host) {
		switch c := host[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == ':', c == '[', c == ']':
		default:
			return r.baseURL
		}
	}
	if q.TLS != nil || strings.HasPrefix(r.baseURL, "https://") {
		return "https://" + host
	}
	return "http://" + host
}

// The parts of a Link header (RFC 8288). The suite reads one header line only.
const (
	linksetParams = `?linkType=linkset>; rel="linkset"; type="application/linkset+json"`
	contextLink   = `, <https://ref.gs1.org/standards/resolver/linkset-context>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`
)

// announce writes the headers that stand on every answer about a Digital Link.
func (r *Resolver) announce(v *visit, d digital, more string) {
	uri := r.base(v.q) + d.path
	line := "<" + uri + linksetParams
	if d.form == compression.Compressed {
		line += ", <" + uri + `>; rel="owl:sameAs"`
	}
	h := v.w.Header()
	h["Link"] = []string{line + more}
	h["Vary"] = r.is.vary
}

// open lets pages of other origins read an answer (CORS). Nothing here is for the
// holder of a cookie alone unless the cookie came along, and that CORS forbids.
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
	if looksLikeLink(path) || looksCompressed(path) {
		d, ok := r.parse(v, path)
		if !ok {
			return
		}
		r.announce(v, d, "")
	}
	v.status = http.StatusNoContent
	v.w.WriteHeader(v.status)
}

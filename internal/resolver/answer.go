package resolver

import (
	"net/http"
	"strconv"
	"strings"

	"tagline/internal/digital"
	"tagline/internal/pages"
)

// notice answers with a page that knows no product. A status of zero is the
// page's own.
func (r *Resolver) notice(v *visit, kind pages.Kind, status int) {
	// A tap's URL is not tried again by a button: the tag makes a better one.
	key := drawing{kind: kind, lang: v.speech.Lang, retry: kind == pages.Degraded && v.way != "tap"}
	page, err := r.draw(key, nil)
	if err != nil { // a bug of the templates; even that is no blank page
		v.status = http.StatusServiceUnavailable
		http.Error(v.w, "We will be right back.", v.status)
		return
	}
	r.send(v, page, &pages.Unit{}, status)
}

func (r *Resolver) notAllowed(v *visit) {
	v.w.Header()["Allow"] = r.is.methods
	r.notice(v, pages.NotAllowed, 0)
}

// constant are header values that never change; sharing them saves an allocation
// each, on every answer.
type constant struct {
	html, gzip, vary, noReferrer, noSniff, noStore, noCache, scanNoStore, empty          []string
	linkset, problem, json, dataNoCache, anyOrigin, exposed, methods, askHeaders, oneDay []string
}

func constants() constant {
	return constant{
		html:        []string{"text/html; charset=utf-8"},
		gzip:        []string{"gzip"},
		vary:        []string{"Accept, Accept-Encoding, Accept-Language, Cookie"},
		noReferrer:  []string{"no-referrer"},
		noSniff:     []string{"nosniff"},
		noStore:     []string{"private, no-store"},
		noCache:     []string{"private, no-cache"},
		scanNoStore: []string{"no-store"},
		empty:       []string{"0"},
		linkset:     []string{digital.LinksetType},
		problem:     []string{digital.ProblemType},
		json:        []string{"application/json"},
		dataNoCache: []string{"no-cache"},
		anyOrigin:   []string{"*"},
		exposed:     []string{"Link, Location"},
		methods:     []string{"GET, HEAD, OPTIONS"},
		askHeaders:  []string{"Accept, Accept-Language"},
		oneDay:      []string{"86400"},
	}
}

// send writes a page. Everything but the public page of a product is for this
// visitor and this moment only; that one may be kept, if it is asked for again
// before it is shown (so that scans are counted).
func (r *Resolver) send(v *visit, d *drawn, u *pages.Unit, status int) {
	if status == 0 {
		status = d.page.Kind().Status()
	}
	h := v.w.Header()
	h["Content-Type"] = r.is.html
	h["Content-Language"] = d.lang
	h["Content-Security-Policy"] = d.policy
	h["Referrer-Policy"] = r.is.noReferrer
	h["X-Content-Type-Options"] = r.is.noSniff
	h["Vary"] = r.is.vary
	if d.page.Kind() == pages.Plain {
		h["Cache-Control"] = r.is.noCache
		etag := `W/"` + strconv.FormatUint(d.tag, 36) + strconv.FormatUint(pathTag(u.Path), 36) + `"`
		h["Etag"] = []string{etag}
		if fresh(v.q.Header["If-None-Match"], etag) {
			h.Del("Content-Type")
			v.status = http.StatusNotModified
			v.w.WriteHeader(v.status)
			return
		}
	} else {
		h["Cache-Control"] = r.is.noStore
	}
	buf := r.buffers.Get().(*[]byte)
	defer r.buffers.Put(buf)
	body := (*buf)[:0]
	if takesGzip(v.q.Header.Get("Accept-Encoding")) {
		h["Content-Encoding"] = r.is.gzip
		body = d.page.AppendGzip(body, u)
	} else {
		body = d.page.Append(body, u)
	}
	*buf = body
	r.write(v, status, body)
}

// write sends status and body; for HEAD the length alone.
func (r *Resolver) write(v *visit, status int, body []byte) {
	v.status = status
	v.w.Header()["Content-Length"] = []string{decimal(len(body))}
	v.w.WriteHeader(status)
	if v.q.Method == http.MethodHead {
		return
	}
	n, _ := v.w.Write(body) // the visitor went away: there is nobody to tell
	v.bytes = n
}

// redirect sends a visitor on. There is no body: whoever follows needs none, and
// whoever does not should not see one.
func (r *Resolver) redirect(v *visit, status int, location string) {
	h := v.w.Header()
	h["Location"] = []string{location}
	h["Referrer-Policy"] = r.is.noReferrer
	h["Content-Length"] = r.is.empty
	v.status = status
	v.w.WriteHeader(status)
}

// takesGzip reads Accept-Encoding as far as it matters here.
func takesGzip(accept string) bool {
	for accept != "" {
		var part string
		part, accept, _ = strings.Cut(accept, ",")
		coding, params, _ := strings.Cut(part, ";")
		if c := strings.TrimSpace(coding); c == "gzip" || c == "*" {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}

// fresh says whether the visitor has the page already (RFC 9110 13.1.2, weak
// comparison).
func fresh(ifNoneMatch []string, etag string) bool {
	for _, line := range ifNoneMatch {
		for part := range strings.SplitSeq(line, ",") {
			if part = strings.TrimSpace(part); part == etag || part == "*" {
				return true
			}
		}
	}
	return false
}

// pathTag mixes the unit's address into the tag of a page (FNV-1a).
func pathTag(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

func decimal(n int) string { return strconv.Itoa(n) }

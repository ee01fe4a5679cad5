package resolver

import (
	"context"
	"net/http"
	"strings"

	"tagline/internal/fault"
	"tagline/internal/pages"
)

// media answers with a brand's picture. The address changes with the file.
func (r *Resolver) media(ctx context.Context, v *visit, path string) {
	v.way = "media"
	hash, file, ok := strings.Cut(strings.TrimPrefix(path, "/media/"), "/")
	if !ok || !isHash(hash) || file == "" || strings.Contains(file, "/") {
		r.notice(v, pages.NotFound, 0)
		return
	}
	h := v.w.Header()
	etag := `"` + hash + `"`
	image, data, err := r.products.ImageData(ctx, hash)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			r.notice(v, pages.NotFound, 0)
			return
		}
		r.fail(ctx, v, err)
		return
	}
	h["Etag"] = []string{etag}
	h["Cache-Control"] = []string{"public, max-age=31536000, immutable"}
	h["Content-Type"] = []string{image.Type}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	// A drawing can hold script. Opened by itself it must not run in our origin.
	h["Content-Security-Policy"] = []string{"default-src 'none'; style-src 'unsafe-inline'; sandbox"}
	if fresh(v.q.Header["If-None-Match"], etag) {
		h.Del("Content-Type")
		v.status = http.StatusNotModified
		v.w.WriteHeader(v.status)
		return
	}
	r.write(v, http.StatusOK, data)
}

func isHash(s string) bool {
	if len(s) < 8 || len(s) > 64 {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}

const robotsText = `User-agent: *
Disallow: /t/
Disallow: /api/
Disallow: /console/
`

func (r *Resolver) robots(v *visit) {
	h := v.w.Header()
	h["Content-Type"] = []string{"text/plain; charset=utf-8"}
	h["Cache-Control"] = []string{"public, max-age=86400"}
	r.write(v, http.StatusOK, []byte(robotsText))
}

// A small bottle in the house's green; phones show it in the list of tabs.
const faviconText = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1A5C4A"/>` +
	`<path d="M14 5h4v6c0 2 3 3 3 6v8a2 2 0 0 1-2 2h-6a2 2 0 0 1-2-2v-8c0-3 3-4 3-6z" fill="#F7F6F2"/></svg>`

func (r *Resolver) favicon(v *visit) {
	h := v.w.Header()
	h["Content-Type"] = []string{"image/svg+xml"}
	h["Cache-Control"] = []string{"public, max-age=86400"}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	r.write(v, http.StatusOK, []byte(faviconText))
}

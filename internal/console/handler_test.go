package console_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"tagline/internal/console"
)

func build() fstest.MapFS {
	return fstest.MapFS{
		"index.html":             {Data: []byte("<!doctype html>app")},
		"theme.js":               {Data: []byte("scheme()")},
		"assets/main-abc.js":     {Data: []byte("plain script")},
		"assets/main-abc.js.br":  {Data: []byte("br")},
		"assets/main-abc.js.gz":  {Data: []byte("gzip")},
		"assets/inter-abc.woff2": {Data: []byte("font")},
		".keep":                  {},
	}
}

func get(t *testing.T, files fstest.MapFS, path string, header ...string) *http.Response {
	t.Helper()
	h, err := console.Handler(files)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		name, path, accept string
		status             int
		body               string
		cache              string
	}{
		{"root", "/console/", "text/html", 200, "<!doctype html>app", "no-store"},
		{"deep link", "/console/things/01?period=7d", "text/html,*/*;q=0.8", 200, "<!doctype html>app", "no-store"},
		{"deep link with a dot", "/console/things/a.b", "text/html", 200, "<!doctype html>app", "no-store"},
		{"asset", "/console/assets/main-abc.js", "*/*", 200, "plain script", "public, max-age=31536000, immutable"},
		{"asset of an older build", "/console/assets/main-old.js", "*/*", 404, "", "no-store"},
		{"asset opened in a tab", "/console/assets/main-old.js", "text/html", 404, "", "no-store"},
		{"file beside the index", "/console/theme.js", "*/*", 200, "scheme()", "no-cache"},
		{"a fetch of a place", "/console/things", "application/json", 404, "", "no-store"},
		{"the marker is no file", "/console/.keep", "application/json", 404, "", "no-store"},
		{"a stored variant is no file", "/console/assets/main-abc.js.br", "*/*", 404, "", "no-store"},
		{"dots do not leave the build", "/console/assets/../../secret", "application/json", 404, "", "no-store"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := get(t, build(), c.path, "Accept", c.accept)
			if r.StatusCode != c.status {
				t.Fatalf("status %d, want %d", r.StatusCode, c.status)
			}
			if got := body(t, r); c.body != "" && got != c.body {
				t.Errorf("body %q", got)
			}
			if got := r.Header.Get("Cache-Control"); got != c.cache {
				t.Errorf("Cache-Control %q", got)
			}
		})
	}
}

func TestEncodingIsNegotiated(t *testing.T) {
	for _, c := range []struct{ name, accept, coding, body string }{
		{"nothing said", "", "", "plain script"},
		{"both", "gzip, deflate, br", "br", "br"},
		{"gzip only", "gzip", "gzip", "gzip"},
		{"br refused", "br;q=0, gzip;q=0.5", "gzip", "gzip"},
		{"gzip preferred", "br;q=0.2, gzip;q=0.9", "gzip", "gzip"},
		{"anything", "*", "br", "br"},
		{"unreadable quality", "br;q=x, gzip", "gzip", "gzip"},
		{"neither", "deflate, identity", "", "plain script"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := get(t, build(), "/console/assets/main-abc.js", "Accept-Encoding", c.accept)
			if got := r.Header.Get("Content-Encoding"); got != c.coding {
				t.Errorf("coding %q, want %q", got, c.coding)
			}
			if r.Header.Get("Vary") != "Accept-Encoding" || r.Header.Get("Content-Type") != "text/javascript; charset=utf-8" {
				t.Errorf("headers %v", r.Header)
			}
			if got := body(t, r); got != c.body || r.ContentLength != int64(len(c.body)) {
				t.Errorf("body %q of length %d", got, r.ContentLength)
			}
		})
	}
	if r := get(t, build(), "/console/assets/inter-abc.woff2", "Accept-Encoding", "br"); r.Header.Get("Vary") != "" {
		t.Error("a file without variants varies")
	}
}

func TestEveryAnswerForbidsInlineScripts(t *testing.T) {
	for _, path := range []string{"/console/", "/console/assets/main-abc.js", "/console/assets/none.js", "/console"} {
		csp := get(t, build(), path).Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "script-src 'self';") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
}

func TestAFileBesideTheIndexIsRevalidated(t *testing.T) {
	first := get(t, build(), "/console/theme.js")
	again := get(t, build(), "/console/theme.js", "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || body(t, again) != "" {
		t.Errorf("status %d", again.StatusCode)
	}
}

func TestWithoutABuildOnePageSaysSo(t *testing.T) {
	r := get(t, fstest.MapFS{".keep": {}}, "/console/things", "Accept", "text/html")
	if text := body(t, r); r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(text, "make console") {
		t.Errorf("status %d: %s", r.StatusCode, text)
	}
}

func TestTheFolderWithoutSlashLeadsIn(t *testing.T) {
	r := get(t, build(), "/console")
	if r.StatusCode != http.StatusMovedPermanently || r.Header.Get("Location") != "/console/" {
		t.Errorf("status %d to %q", r.StatusCode, r.Header.Get("Location"))
	}
}

func TestOnlyReading(t *testing.T) {
	h, err := console.Handler(console.Built())
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/console/", nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("status %d", w.Code)
	}
}

package console

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Prefix is where the console lives; it is also the base of the web build.
const Prefix = "/console/"

// policy allows inline styles, which the component and chart libraries write,
// and no inline script. Frames are our own consumer pages in the phone frame.
const policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; object-src 'none'; " +
	"frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

//go:embed all:dist
var embedded embed.FS

// Built gives the files of the last web build; empty but for a marker when the
// console was not built.
func Built() fs.FS {
	sub, err := fs.Sub(embedded, "dist")
	if err != nil { // only for an invalid path, and "dist" is valid
		panic(err)
	}
	return sub
}

// Handler serves a build under Prefix. The error is that of reading files.
func Handler(build fs.FS) (http.Handler, error) {
	h := &handler{build: build, files: map[string]file{}}
	err := fs.WalkDir(build, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		if ext := path.Ext(name); ext == ".br" || ext == ".gz" {
			return nil // a variant of another file
		}
		f, err := describe(build, name)
		h.files[name] = f
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the console build: %w", err)
	}
	return h, nil
}

type handler struct {
	build fs.FS
	files map[string]file
}

// file is what is known of a built file without reading it again.
type file struct {
	kind   string           // media type
	etag   string           // of the plain bytes, without quotes
	coding map[string]int64 // "", "br", "gzip" -> size of the stored bytes
}

func describe(build fs.FS, name string) (file, error) {
	plain, err := fs.ReadFile(build, name)
	if err != nil {
		return file{}, err
	}
	sum := sha256.Sum256(plain)
	f := file{
		kind:   mediaType(name),
		etag:   hex.EncodeToString(sum[:12]),
		coding: map[string]int64{"": int64(len(plain))},
	}
	for coding, suffix := range map[string]string{"br": ".br", "gzip": ".gz"} {
		if info, err := fs.Stat(build, name+suffix); err == nil {
			f.coding[coding] = info.Size()
		}
	}
	return f, nil
}

// mediaType does not trust the machine's own table for the types we ship.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		return "application/json"
	case ".woff2":
		return "font/woff2"
	case ".png":
		return "image/png"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer") // a sign-in link holds a token
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "The console only answers GET.", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path+"/" == Prefix {
		http.Redirect(w, r, Prefix, http.StatusMovedPermanently)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), Prefix)
	f, found := h.files[name]
	asset := strings.HasPrefix(name, "assets/")
	switch {
	case found && asset:
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	case found && name != "index.html":
		header.Set("Cache-Control", "no-cache")
		header.Set("ETag", `"`+f.etag+`"`)
		if r.Header.Get("If-None-Match") == `"`+f.etag+`"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	case asset || !wantsPage(r):
		header.Set("Cache-Control", "no-store")
		http.Error(w, "There is no such file in this build of the console. Reload the page.", http.StatusNotFound)
		return
	default: // a place inside the application
		header.Set("Cache-Control", "no-store")
		if name, f, found = "index.html", h.files["index.html"], h.has("index.html"); !found {
			notBuilt(w)
			return
		}
	}
	h.send(w, r, name, f)
}

func (h *handler) has(name string) bool {
	_, found := h.files[name]
	return found
}

// send writes the best stored variant that the client accepts.
func (h *handler) send(w http.ResponseWriter, r *http.Request, name string, f file) {
	header := w.Header()
	coding := ""
	if len(f.coding) > 1 {
		header.Set("Vary", "Accept-Encoding")
		coding = choose(r.Header.Get("Accept-Encoding"), f.coding)
	}
	stored := name
	switch coding {
	case "br":
		stored += ".br"
	case "gzip":
		stored += ".gz"
	}
	in, err := h.build.Open(stored)
	if err != nil {
		http.Error(w, "The console's file cannot be read.", http.StatusInternalServerError)
		return
	}
	defer in.Close()
	if coding != "" {
		header.Set("Content-Encoding", coding)
	}
	header.Set("Content-Type", f.kind)
	header.Set("Content-Length", strconv.FormatInt(f.coding[coding], 10))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = io.Copy(w, in) // the client went away: nothing to tell anybody
}

// choose gives the coding of the client's highest quality, br before gzip when
// they are equal, and "" when it accepts neither.
func choose(accept string, have map[string]int64) string {
	quality := map[string]float64{}
	for _, part := range strings.Split(accept, ",") {
		token, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if _, value, ok := strings.Cut(strings.ReplaceAll(params, " ", ""), "q="); ok {
			parsed, err := strconv.ParseFloat(value, 64)
			if err != nil {
				continue // a quality that cannot be read is no acceptance
			}
			q = parsed
		}
		quality[strings.ToLower(strings.TrimSpace(token))] = q
	}
	best, bestQ := "", 0.0
	for _, coding := range []string{"br", "gzip"} {
		if _, ok := have[coding]; !ok {
			continue
		}
		q, named := quality[coding]
		if !named {
			q = quality["*"]
		}
		if q > bestQ {
			best, bestQ = coding, q
		}
	}
	return best
}

// wantsPage tells a browser that navigates from a script that fetches.
func wantsPage(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return accept == "" || strings.Contains(accept, "text/html") || strings.HasPrefix(accept, "*/*")
}

func notBuilt(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>The console is not built</title>
<main style="font:16px/1.5 system-ui;max-width:36em;margin:4em auto;padding:0 1em">
<h1 style="font-size:1.4em">The console is not built</h1>
<p>This server was compiled without its web console. Run <code>make console</code>, then <code>make build</code>, and start it again.</p>
<p>Everything else works: the API answers under <code>/api/v1</code>.</p>
</main></html>
`)
}

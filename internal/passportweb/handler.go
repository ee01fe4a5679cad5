package passportweb

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"tagline/internal/fault"
	"tagline/internal/pages"
	"tagline/internal/passport"
	"tagline/internal/passport/sheet"
)

// Prefix is the path below which passports stand.
const Prefix = "/passport"

// maxForm is the most bytes of a posted access code.
const maxForm = 4 << 10

// Config is what a Handler stands on.
type Config struct {
	Passports *passport.Service
	Drawer    *Drawer
	Log       *slog.Logger // of our own failures; never of who asked
}

// Handler serves passports.
type Handler struct {
	Config
}

// New makes the handler. It is to be mounted at Prefix.
func New(c Config) *Handler { return &Handler{c} }

// asked is what a request asks for.
type asked struct {
	query    passport.Query
	document string // hash of a document; "" = none is asked for
	copy     bool
	all      bool
	format   *passport.Format // nil: the page
	lang     string
}

var documentForm = regexp.MustCompile(`^(.+)/documents/([0-9a-f]{64})$`)

// ServeHTTP implements http.Handler. It answers GET and HEAD, and POST for a form
// that carries an access code. It never looks at cookies.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Security-Policy", h.Drawer.policy)
	head.Set("Vary", "Accept, Accept-Language, Accept-Encoding, Authorization")
	head.Set("Cache-Control", "no-cache")
	a := asked{lang: pages.Language(r.URL.Query().Get("lang"), r.Header.Get("Accept-Language"))}
	a.format = h.wanted(r)
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		head.Set("Allow", "GET, HEAD, POST")
		h.refuse(w, r, a, fault.New(fault.Invalid, r.Method+" is not possible here", "Possible are GET, HEAD and POST."), http.StatusMethodNotAllowed)
		return
	}
	if err := a.read(w, r); err != nil {
		h.refuse(w, r, a, err, 0)
		return
	}
	if a.query.Token != "" {
		head.Set("Cache-Control", "private, no-store")
	}
	var err error
	switch {
	case a.copy:
		err = h.copyOf(w, r, a)
	case a.document != "":
		err = h.documentOf(w, r, a)
	default:
		err = h.passportOf(w, r, a)
	}
	if err != nil {
		h.refuse(w, r, a, err, 0)
	}
}

// read takes a request apart.
func (a *asked) read(w http.ResponseWriter, r *http.Request) (err error) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), Prefix)
	a.query.Anchor, a.query.Lot, err = parse(path)
	if err != nil { // not a passport itself: what belongs to one?
		if m := documentForm.FindStringSubmatch(path); m != nil {
			path, a.document = m[1], m[2]
		} else if base, ok := strings.CutSuffix(path, "/copy.zip"); ok {
			path, a.copy = base, true
		} else {
			return err
		}
		if a.query.Anchor, a.query.Lot, err = parse(path); err != nil {
			return err
		}
	}
	q := r.URL.Query()
	if v := q.Get("version"); v != "" {
		if a.query.Version, err = strconv.ParseInt(v, 10, 64); err != nil || a.query.Version < 1 {
			return fault.New(fault.Invalid, "this is no version", "Versions are 1, 2, 3 and so on.")
		}
	}
	a.all = q.Get("all") == "1"
	a.query.Token, err = token(w, r)
	return err
}

func parse(path string) (passport.Anchor, string, error) {
	if !strings.HasPrefix(path, "/01/") || len(path) > 300 {
		return passport.Anchor{}, "", fault.New(fault.Invalid, "no passport stands here", "Write /passport/01/ and a GTIN of 14 digits.")
	}
	return sheet.ParsePath(path)
}

// token reads an access code from the Authorization header or from a posted form.
func token(w http.ResponseWriter, r *http.Request) (string, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, code, _ := strings.Cut(header, " ")
		if code = strings.TrimSpace(code); !strings.EqualFold(scheme, "Bearer") || code == "" {
			return "", fault.New(fault.Unauthenticated, "the Authorization header is not of the form Bearer CODE", "Send Authorization: Bearer tlp_…")
		}
		return code, nil
	}
	if r.Method != http.MethodPost {
		return "", nil
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return "", fault.New(fault.Unsupported, "this is no form", "Post the field code as application/x-www-form-urlencoded.")
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return "", fault.New(fault.TooLarge, "the form is too large", "Post the field code alone.")
		}
		return "", fault.Wrap(fault.Invalid, err, "the form cannot be read", "Post the field code.")
	}
	code := strings.TrimSpace(r.PostForm.Get("code"))
	if code == "" {
		return "", fault.New(fault.Unauthenticated, "there is no access code in the form", "Post the field code.")
	}
	return code, nil
}

// wanted chooses between the page and the formats: by ?format=, else by Accept. The
// page stands in where nothing fits.
func (h *Handler) wanted(r *http.Request) *passport.Format {
	formats := h.Passports.Formats()
	if name := r.URL.Query().Get("format"); name != "" {
		for i := range formats {
			if formats[i].Name == name {
				return &formats[i]
			}
		}
		return nil
	}
	accept := r.Header.Get("Accept")
	best, page := (*passport.Format)(nil), quality(accept, "text/html")
	for i := range formats {
		q := quality(accept, formats[i].MediaType)
		if formats[i].Name == "jsonld" {
			q = max(q, quality(accept, "application/json"))
		}
		if q > page {
			best, page = &formats[i], q
		}
	}
	return best
}

// quality gives the weight of a media type by an Accept header: that of the most
// specific range that holds it (RFC 9110 12.5.1); 1 without a header.
func quality(accept, media string) float64 {
	if accept == "" {
		return 1
	}
	kind, _, _ := strings.Cut(media, "/")
	best, weight := -1, 0.0
	for n, part := range strings.Split(accept, ",") {
		if n == 30 {
			break
		}
		found, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		rank := map[string]int{media: 2, kind + "/*": 1, "*/*": 0}
		r, ok := rank[found]
		if !ok || r < best {
			continue
		}
		q := 1.0
		if text, given := params["q"]; given {
			if q, err = strconv.ParseFloat(text, 64); err != nil || !(q >= 0 && q <= 1) {
				continue
			}
		}
		best, weight = r, q
	}
	return weight
}

// passportOf answers the passport itself.
func (h *Handler) passportOf(w http.ResponseWriter, r *http.Request, a asked) error {
	a.query.Form = "page"
	if a.format != nil {
		a.query.Form = a.format.Name
	}
	v, err := h.Passports.Read(r.Context(), a.query)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if v.Gone() {
		status = http.StatusGone
	}
	if a.format != nil {
		text, err := a.format.Write(v, h.Passports.BaseURL())
		if err != nil {
			return err
		}
		h.answer(w, r, status, a.format.MediaType, text)
		return nil
	}
	page := sheet.PagePath(v.Anchor)
	f := &face{View: v, Lang: a.lang, Code: a.query.Token, link: func(f passport.ViewFile) string { return sheet.DocumentPath(v, f.SHA256) }}
	if r.Method != http.MethodPost {
		f.Code = "" // a code from a header is not written into the page
	}
	self := url.Values{}
	if a.query.Version != 0 {
		self.Set("version", strconv.FormatInt(a.query.Version, 10))
	}
	if !v.Gone() {
		f.Page, f.Copy, f.CopyAll = page, with(page+"/copy.zip", self), page+"/copy.zip?all=1"
		data := url.Values{"format": {"jsonld"}}
		if a.query.Version != 0 {
			data.Set("version", self.Get("version"))
		}
		f.Data = with(page, data)
		if v.Tier == passport.Public && v.Hidden > 0 {
			f.Form = with(page, self)
		}
	}
	if f.Code == "" {
		f.Languages = h.tongues(a.lang, page, self)
	}
	text, err := h.Drawer.draw(f)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Language", a.lang)
	h.answer(w, r, status, "text/html; charset=utf-8", text)
	return nil
}

func with(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (h *Handler) tongues(current, path string, q url.Values) []tongue {
	var list []tongue
	for _, lang := range pages.Languages() {
		link := url.Values{"lang": {lang}}
		for name, values := range q {
			link[name] = values
		}
		list = append(list, tongue{lang, h.Drawer.words[lang]["name"], with(path, link), lang == current})
	}
	return list
}

// answer sends a text with a strong validator, compressed where that is wanted.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, status int, media string, text []byte) {
	head := w.Header()
	tag := sheet.Hash(text)[:32]
	if gzipped(r.Header.Get("Accept-Encoding")) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		// A buffer takes everything.
		_, _ = z.Write(text)
		_ = z.Close()
		text, tag = b.Bytes(), tag+"-gzip"
		head.Set("Content-Encoding", "gzip")
	}
	head.Set("Content-Type", media)
	if r.Method != http.MethodPost {
		head.Set("ETag", `"`+tag+`"`)
		if status == http.StatusOK && matches(r.Header.Get("If-None-Match"), tag) {
			head.Del("Content-Encoding")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	head.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(text) // who has gone reads nothing
	}
}

func gzipped(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q := strings.TrimPrefix(strings.ReplaceAll(params, " ", ""), "q=")
			return q == "" || strings.Trim(q, "0.") != ""
		}
	}
	return false
}

// matches compares an If-None-Match header, weakly (RFC 9110 13.1.2).
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.TrimPrefix(part, "W/") == `"`+tag+`"` {
			return true
		}
	}
	return false
}

// documentOf answers a document as a file to save: whatever it holds, it is never
// run or shown in our name.
func (h *Handler) documentOf(w http.ResponseWriter, r *http.Request, a asked) error {
	f, data, err := h.Passports.Document(r.Context(), a.query, a.document)
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	head.Set("Content-Type", f.Type)
	if f.Language != "" {
		head.Set("Content-Language", f.Language)
	}
	if r.Method != http.MethodPost {
		head.Set("ETag", `"`+f.SHA256+`"`)
		if matches(r.Header.Get("If-None-Match"), f.SHA256) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	head.Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(data)
	}
	return nil
}

// copyOf streams the independent copy.
func (h *Handler) copyOf(w http.ResponseWriter, r *http.Request, a asked) error {
	c, err := h.Passports.Copy(r.Context(), a.query, a.all)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+c.Name()+`"`)
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	if err := c.Write(r.Context(), w); err != nil {
		if r.Context().Err() == nil {
			h.Log.LogAttrs(r.Context(), slog.LevelError, "a copy of a passport broke off", slog.Any("error", err))
		}
		panic(http.ErrAbortHandler) // half a ZIP must not look whole
	}
	return nil
}

// refuse answers an error as a calm page, or as a problem document where data were
// asked for. status 0 is that of the error.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, a asked, err error, status int) {
	f := fault.From(err)
	if status == 0 {
		status = f.Code.HTTPStatus()
	}
	if f.Code == fault.Internal && r.Context().Err() == nil {
		h.Log.LogAttrs(r.Context(), slog.LevelError, "a passport could not be shown", slog.Any("error", errors.Unwrap(f)))
	}
	head := w.Header()
	for _, name := range []string{"Content-Disposition", "ETag"} {
		head.Del(name)
	}
	if status == http.StatusUnauthorized {
		head.Set("WWW-Authenticate", `Bearer realm="passport"`)
	}
	if a.format != nil {
		body, err := json.Marshal(map[string]any{"type": "about:blank", "title": f.Code.Title(), "status": status, "code": f.Code, "detail": f.Message, "hint": f.Hint})
		if err == nil {
			h.answer(w, r, status, "application/problem+json", body)
			return
		}
	}
	notice := "busy"
	switch f.Code {
	case fault.NotFound, fault.Gone:
		notice = "missing"
	case fault.Unauthenticated:
		notice = "wrong"
	case fault.Forbidden:
		notice = "forbidden"
	case fault.Invalid, fault.Unsupported, fault.TooLarge:
		notice = "bad"
	}
	page := &face{Lang: a.lang, Notice: notice}
	if a.query.Anchor.GTIN != "" && (notice == "wrong" || notice == "forbidden") {
		// The form is posted to where the reader is; its address holds no code.
		page.Form = with(r.URL.EscapedPath(), r.URL.Query())
	}
	text, err := h.Drawer.draw(page)
	if err != nil {
		http.Error(w, f.Message, status)
		return
	}
	head.Set("Content-Language", a.lang)
	h.answer(w, r, status, "text/html; charset=utf-8", text)
}

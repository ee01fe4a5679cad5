package resolver

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"tagline/internal/clock"
	"tagline/internal/content"
	"tagline/internal/digital"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/link"
	"tagline/internal/pages"
	"tagline/internal/passport"
	"tagline/internal/product"
	"tagline/internal/tag"
	"tagline/internal/thing"
	"tagline/internal/vault"
	"tagline/internal/visitor"
)

// Config is what a Resolver is made of.
type Config struct {
	Tags     *tag.Service
	Things   *thing.Service
	Products *product.Service
	Contents *content.Service
	Links    *link.Service
	// Passports, if set, are what links of type gs1:dpp lead to by themselves.
	Passports *passport.Service
	Pages     *pages.Pages
	Vault     *vault.Vault
	Clock     clock.Clock
	IDs       *ident.Source
	Log       *slog.Logger

	// BaseURL is how the outside reaches this server, "https://id.example". Links
	// for previews are made from it, and with https cookies are Secure.
	BaseURL string
	// CountryHeader names the header in which a trusted proxy says where a visitor
	// is; empty: the region of the language stands for it.
	CountryHeader string
	// AddressHeader names the header in which a trusted proxy says who asks (the
	// last entry counts); empty: the connection's address.
	AddressHeader string
	// Refused limits the refused taps of one address; zero is 2 a second, burst 40.
	Refused visitor.Limit
	// Timeout bounds the work on one request; zero is 5 s.
	Timeout time.Duration
}

// Resolver is the http.Handler of the consumer's side.
type Resolver struct {
	tags      *tag.Service
	things    *thing.Service
	products  *product.Service
	contents  *content.Service
	links     *link.Service
	passports *passport.Service
	pages     *pages.Pages
	clock     clock.Clock
	ids       *ident.Source
	log       *slog.Logger

	baseURL       string
	countryHeader string
	addressHeader string
	timeout       time.Duration

	cookies  *visitor.Cookies
	refused  *visitor.Limiter
	speeches visitor.Speeches
	agents   visitor.Agents
	drawn    drawings
	buffers  sync.Pool
	is       constant
}

// What a request may be at most. A tag holds 256 bytes in all; a Digital Link with
// every attribute stays below 2,000.
const (
	maxURI  = 4096
	maxBody = 1024
)

// New makes a Resolver. It draws the pages that must be there when nothing else is.
func New(c Config) (*Resolver, error) {
	if c.Refused == (visitor.Limit{}) {
		c.Refused = visitor.Limit{PerSecond: 2, Burst: 40}
	}
	if c.Timeout == 0 {
		c.Timeout = 5 * time.Second
	}
	r := &Resolver{
		tags: c.Tags, things: c.Things, products: c.Products, contents: c.Contents, links: c.Links, passports: c.Passports, pages: c.Pages,
		clock: c.Clock, ids: c.IDs, log: c.Log,
		baseURL:       strings.TrimSuffix(c.BaseURL, "/"),
		countryHeader: c.CountryHeader, addressHeader: c.AddressHeader, timeout: c.Timeout,
		cookies: visitor.NewCookies(c.Vault.Derive("resolver tap cookie"), c.Vault.Derive("resolver age cookie"), strings.HasPrefix(c.BaseURL, "https://")),
		refused: visitor.NewLimiter(c.Refused), is: constants(),
	}
	r.buffers.New = func() any { b := make([]byte, 0, 32<<10); return &b }
	for _, lang := range pages.Languages() {
		for _, retry := range []bool{false, true} {
			if _, err := r.draw(drawing{kind: pages.Degraded, lang: lang, retry: retry}, nil); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// visit is one request on its way.
type visit struct {
	w       http.ResponseWriter
	q       *http.Request
	now     time.Time
	speech  *visitor.Speech
	market  string
	looks   bool // a preview, a prefetch or HEAD
	age     visitor.Age
	session visitor.Session // zero without a valid cookie

	// For the access line.
	way, gtin, verdict, code, set string
	status, bytes                 int
}

// ServeHTTP implements http.Handler.
func (r *Resolver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	v := &visit{w: w, q: q, now: r.clock.Now()}
	ctx, cancel := context.WithTimeout(q.Context(), r.timeout)
	defer cancel()
	r.route(ctx, v)
	if r.log.Enabled(ctx, slog.LevelInfo) {
		r.accessLine(ctx, v)
	}
}

// accessLine writes what happened. The URL is a credential until it is used, a
// serial names a household's bottle, an address a person: none of them is here.
func (r *Resolver) accessLine(ctx context.Context, v *visit) {
	attrs := make([]slog.Attr, 0, 12)
	attrs = append(attrs, slog.String("way", v.way), slog.String("method", method(v.q.Method)), slog.Int("status", v.status),
		slog.Int("bytes", v.bytes), slog.Int64("us", r.clock.Now().Sub(v.now).Microseconds()))
	for _, a := range []struct{ key, value string }{
		{"gtin", v.gtin}, {"verdict", v.verdict}, {"code", v.code}, {"set", v.set}, {"market", v.market},
	} {
		if a.value != "" {
			attrs = append(attrs, slog.String(a.key, a.value))
		}
	}
	if v.speech != nil {
		attrs = append(attrs, slog.String("lang", v.speech.Lang))
	}
	r.log.LogAttrs(ctx, slog.LevelInfo, "request", attrs...)
}

// method keeps a stranger's invention out of the log.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions:
		return m
	}
	return "other"
}

// route finds the way of a request. Nothing below needs more of the request than
// what is read here.
func (r *Resolver) route(ctx context.Context, v *visit) {
	q := v.q
	v.way = "other"
	if q.Method != http.MethodPost {
		r.allowOrigins(v.w.Header())
	}
	if len(q.RequestURI) > maxURI {
		v.speech = r.speeches.Of("", "")
		r.refuse(v, pages.BadRequest, http.StatusRequestURITooLong, "This address is too long.", "At most 4,096 bytes are read.")
		return
	}
	v.speech = r.speeches.Of(queryValue(q.URL.RawQuery, "lang"), q.Header.Get("Accept-Language"))
	v.market = visitor.Market(q.Header, r.countryHeader, v.speech)
	v.age = r.cookies.Age(q.Header, v.now)
	v.session = r.cookies.Tap(q.Header, v.now)
	v.looks = r.agents.OnlyLook(q)
	path := q.URL.EscapedPath()
	switch q.Method {
	case http.MethodGet, http.MethodHead:
		switch {
		case path == digital.DescriptionPath:
			r.describe(v)
		case path == "/robots.txt":
			r.robots(v)
		case path == "/favicon.ico":
			r.favicon(v)
		case strings.HasPrefix(path, "/media/"):
			r.media(ctx, v, path)
		default:
			r.link(ctx, v, path)
		}
	case http.MethodOptions:
		r.options(v, path)
	case http.MethodPost:
		r.post(ctx, v, path)
	default:
		r.notAllowed(v)
	}
}

// link answers a GET or HEAD of anything that may be a tap or a Digital Link.
func (r *Resolver) link(ctx context.Context, v *visit, path string) {
	raw := v.q.RequestURI // byte for byte: a tag's message is signed as it was written
	if raw == "" {
		raw = v.q.URL.RequestURI()
	}
	if v.q.URL.RawQuery != "" || !digital.LooksPlain(path) {
		reading, err := r.tags.Verify(ctx, raw)
		if err != nil {
			r.fail(ctx, v, err)
			return
		}
		if reading.Code != keyset.NotATag {
			r.tap(ctx, v, reading)
			return
		}
	}
	r.item(ctx, v, path)
}

// fail answers an error. Only the database can bring one here, or a value that it
// cannot keep.
func (r *Resolver) fail(ctx context.Context, v *visit, err error) {
	f := fault.From(err)
	v.code = string(f.Code)
	switch f.Code {
	case fault.Invalid, fault.TooLarge:
		r.notice(v, pages.BadRequest, 0)
		return
	case fault.NotFound:
		r.notice(v, pages.NotFound, 0)
		return
	}
	if !errors.Is(err, context.Canceled) { // a visitor who went away is no event
		r.log.LogAttrs(ctx, slog.LevelError, "a request could not be answered",
			slog.String("way", v.way), slog.String("code", string(f.Code)), slog.Any("error", errors.Join(f, errors.Unwrap(f))))
	}
	v.w.Header()["Retry-After"] = []string{"10"}
	r.notice(v, pages.Degraded, 0)
}

// queryValue finds a parameter without reading the rest. Its value is used only
// where it is known by heart, so escapes are left alone.
func queryValue(raw, name string) string {
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if key, value, _ := strings.Cut(pair, "="); key == name {
			return value
		}
	}
	return ""
}

package app

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tagline/internal/link"
	"tagline/internal/link/linkset"
	"tagline/internal/product"
)

// running is a whole server behind TLS, as the conformance suite meets one.
type running struct {
	trusted *x509.CertPool
	*App
	t      *testing.T
	client *http.Client
	base   string
}

// ownerKey is the owner's API key of a server under test.
const ownerKey = "tl_bootstrapkey0123456789abcdefghij"

func serveTLS(t *testing.T, change ...func(*Config)) *running {
	t.Helper()
	dir := t.TempDir()
	cert, key, pool := certificate(t, dir)
	config := Config{Data: filepath.Join(dir, "data"), Listen: "127.0.0.1:0", TLSCert: cert, TLSKey: key, BootstrapKey: ownerKey}
	for _, fn := range change {
		fn(&config)
	}
	a, err := New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	return &running{App: a, t: t, base: a.URL(), trusted: pool, client: &http.Client{
		Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// certificate makes a certificate for 127.0.0.1 that signs itself.
func certificate(t *testing.T, dir string) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "resolver under test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	pool = x509.NewCertPool()
	write := func(name, kind string, b []byte) string {
		path := filepath.Join(dir, name)
		text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b})
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if kind == "CERTIFICATE" && !pool.AppendCertsFromPEM(text) {
			t.Fatal("the certificate is not taken")
		}
		return path
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", secret), pool
}

type reply struct {
	*http.Response
	body []byte
}

func (r *running) ask(method, uri string, header ...string) reply {
	r.t.Helper()
	q, err := http.NewRequestWithContext(r.t.Context(), method, uri, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	res, err := r.client.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return reply{res, body}
}

func (r *running) put(entries ...linkset.Entry) {
	r.t.Helper()
	if _, err := r.links.PutAll(r.t.Context(), entries, link.Change{By: "test"}); err != nil {
		r.t.Fatal(err)
	}
}

func at(anchor string, links ...linkset.Link) linkset.Entry {
	return linkset.Entry{Anchor: anchor, ItemDescription: "Description of " + anchor, Links: links}
}

func to(linkType, href string, more ...func(*linkset.Link)) linkset.Link {
	l := linkset.Link{LinkType: linkType, Href: href, Title: "About " + href}
	for _, f := range more {
		f(&l)
	}
	return l
}

func deflt(l *linkset.Link) { l.Default = true }
func multi(l *linkset.Link) { l.Multi = true }
func as(mediaType string) func(*linkset.Link) {
	return func(l *linkset.Link) { l.MediaType = mediaType }
}
func in(languages ...string) func(*linkset.Link) {
	return func(l *linkset.Link) { l.Hreflang = languages }
}

const (
	full     = "/01/09506000134352" // every kind of link
	bare     = "/01/09506000134369" // a product without a link
	sentOn   = "/01/09506000134376" // a product with a redirect
	shop     = "/414/9506000134345" // a place
	recalled = "/01/09506000134383" // a product under recall
	asset    = "/8003/09506000134352ABC1"
)

// stock writes what the checks are about.
func (r *running) stock() {
	r.t.Helper()
	ctx := r.t.Context()
	if _, _, err := r.products.PutBrand(ctx, product.Brand{Slug: "b", Name: "B"}, product.Change{}); err != nil {
		r.t.Fatal(err)
	}
	for path, to := range map[string]string{full: "", bare: "", sentOn: "https://shop.example/p?id=7", recalled: ""} {
		p := product.Product{GTIN: strings.TrimPrefix(path, "/01/"), Brand: "b", Name: product.Localized{"en": "Product " + path}, Redirect: to}
		if _, _, err := r.products.PutProduct(ctx, p, product.Change{}); err != nil {
			r.t.Fatal(err)
		}
	}
	r.put(
		at(full,
			to("gs1:pip", "https://brand.example/pip?a=1#top", deflt, as("text/html"), in("en"), multi),
			to("gs1:pip", "https://brand.example/de/pip", as("text/html"), in("de"), multi),
			to("gs1:pip", "https://brand.example/pip.json", as("application/ld+json"), in("en")),
			to("gs1:recipeInfo", "https://brand.example/recipes", as("text/html"), in("en", "fr")),
			to("gs1:certificationInfo", "https://brand.example/cert"),
			to("gs1:epil", "https://brand.example/epil/1.pdf", as("application/pdf"), in("en")),
			to("gs1:epil", "https://brand.example/epil/2.pdf", as("application/pdf"), in("en")),
		),
		at(full+"/10/{lot}", to("gs1:traceability", "https://brand.example/lots/{lot}", deflt, as("text/html"))),
		at(full+"/10/LOT1/21/S1", to("gs1:masterData", "https://brand.example/s1.json", deflt, as("application/json"))),
		at(shop, to("gs1:locationInfo", "https://brand.example/shop", deflt), to("gs1:openingHoursInfo", "https://brand.example/hours", in("en"))),
		at(recalled, to("gs1:pip", "https://brand.example/r", deflt), to("gs1:promotion", "https://brand.example/buy")),
		at("/8003/0950600*", to("gs1:pip", "https://assets.example/{0}/{1}", deflt)),
		linkset.Entry{Anchor: "/*/9521321*", ItemDescription: "Another company", HandledBy: "https://other.example"},
	)
	if _, err := r.links.SetRecall(ctx, recalled, "https://brand.example/recall", "Do not drink it", link.Change{By: "test"}); err != nil {
		r.t.Fatal(err)
	}
}

// The official suite, check by check (GS1DL-resolver-testsuite, 31 checks), against
// the running server over TLS, for many kinds of Digital Link.
func TestConformance(t *testing.T) {
	r := serveTLS(t)
	r.stock()
	for _, path := range []string{
		full, full + "/10/LOT7", full + "/10/LOT1/21/S1", full + "/21/A%2FB", bare, bare + "/21/7", sentOn, shop, recalled, recalled + "/10/X", asset,
	} {
		t.Run(strings.ReplaceAll(path, "/", "_"), func(t *testing.T) {
			suite := &suite{running: &running{App: r.App, t: t, client: r.client, base: r.base}, t: t, uri: r.base + path, done: map[string]bool{}}
			suite.run(path)
			suite.complete(t)
		})
	}
}

// suite is one run of the official checks.
type suite struct {
	*running
	t    *testing.T
	uri  string
	done map[string]bool
}

// check notes a check by its official id.
func (s *suite) check(id string, good bool, format string, args ...any) {
	s.t.Helper()
	s.done[id] = true
	if !good {
		s.t.Errorf("%s: %s", id, fmt.Sprintf(format, args...))
	}
}

// complete compares what was checked with the suite's own list.
func (s *suite) complete(t *testing.T) {
	var list struct{ Checks []struct{ ID string } }
	for _, dir := range []string{os.Getenv("TAGLINE_SHARED"), filepath.Join("..", "..", "..", "shared")} {
		if b, err := os.ReadFile(filepath.Join(dir, "data", "gs1", "resolver-checks.json")); dir != "" && err == nil {
			if err := json.Unmarshal(b, &list); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	for _, c := range list.Checks {
		if !s.done[c.ID] {
			t.Errorf("check %s was left out", c.ID)
		}
	}
}

type object map[string]json.RawMessage

type target struct {
	Href     string   `json:"href"`
	Title    string   `json:"title"`
	Type     string   `json:"type"`
	Hreflang []string `json:"hreflang"`
	Context  []string `json:"context"`
}

const voc = "https://ref.gs1.org/voc/"

func (s *suite) run(path string) {
	s.check("isURL", strings.HasPrefix(s.uri, "https://") && strings.Contains(strings.Split(s.uri, "/")[2], "."), "%s", s.uri)
	s.check("validDL", true, "")
	s.check("isHttps", strings.HasPrefix(s.uri, "https://"), "%s", s.uri)
	s.check("plausibleDL", regexp.MustCompile(`/\d{2,4}/`).MatchString(s.uri), "%s", s.uri)
	s.check("tlsOK", s.ask("HEAD", s.base+"/").TLS != nil, "no TLS")
	s.check("httpVersion", s.ask("GET", s.base+"/").ProtoAtLeast(1, 1), "HTTP/1.0")

	d := s.ask("GET", s.base+"/.well-known/gs1resolver", "Accept", "application/json", "Origin", "https://ref.gs1.org")
	var file struct {
		Root string   `json:"resolverRoot"`
		Keys []string `json:"supportedPrimaryKeys"`
	}
	s.check("rdFile", d.StatusCode == 200 && json.Unmarshal(d.body, &file) == nil && file.Root == s.base && slices.Equal(file.Keys, []string{"all"}) &&
		d.Header.Get("Access-Control-Allow-Origin") == "*", "%d %s", d.StatusCode, d.body)

	o := s.ask("OPTIONS", s.uri, "Origin", "https://ref.gs1.org/test-suites/resolver/", "Access-Control-Request-Method", "GET,HEAD,OPTIONS")
	s.check("corsCheck", o.Header.Get("Access-Control-Allow-Origin") == "*", "%v", o.Header)
	methods := o.Header.Get("Access-Control-Allow-Methods")
	s.check("methodsCheck", strings.Contains(methods, "GET") && strings.Contains(methods, "HEAD") && strings.Contains(methods, "OPTIONS"), "%q", methods)
	plain := s.ask("GET", s.uri, "Accept", "*/*")
	for _, answer := range []reply{o, plain, s.ask("HEAD", s.uri, "Accept", "*/*")} {
		lines := answer.Header.Values("Link")
		s.check("linkOnRedirect", len(lines) == 1 && strings.Contains(lines[0], "<"+s.uri+`?linkType=linkset>; rel="linkset"`), "%s: %q", answer.Request.Method, lines)
		s.check("legacyLinkHeaders", !strings.Contains(strings.Join(lines, ","), `rel="gs1:`), "%q", lines)
	}
	walk := ""
	switch {
	case strings.HasPrefix(path, "/01/"):
		walk = s.base + path[:len("/01/")+14] + "/10/KL8G"
	case strings.HasPrefix(path, "/414/"):
		walk = s.base + path[:len("/414/")+13] + "/254/KL8G"
	}
	s.check("basicWalkUp", walk == "" || s.ask("GET", walk, "Accept", "*/*").StatusCode != 404, "404 for %s", walk)
	foo := s.ask("GET", s.uri+"/foo", "Accept", "*/*")
	s.check("reportWith400", foo.StatusCode == 400, "%d", foo.StatusCode)
	s.check("noErrorWith200", foo.StatusCode != 200, "%d", foo.StatusCode)
	slash := s.ask("GET", s.uri+"/", "Accept", "*/*")
	s.check("trailingSlash", slash.StatusCode == plain.StatusCode && slash.Header.Get("Location") == plain.Header.Get("Location"), "%d, %d", slash.StatusCode, plain.StatusCode)
	passed := s.ask("GET", s.uri+"?foo=bar", "Accept", "*/*").Header.Get("Location")
	s.check("qsPassedOn", strings.Contains(passed, "foo=bar"), "%q", passed)
	for id, q := range map[string][]string{
		"ltLinksetNoRedirect": {"?linkType=linkset"}, "ltAllNoRedirect": {"?linkType=all"}, "ltAcceptHeader": {"?linkType=all", "Accept", "application/linkset+json"},
	} {
		a := s.ask("GET", s.uri+q[0], q[1:]...)
		s.check(id, a.StatusCode == 200, "%d", a.StatusCode)
	}
	s.links()
	none := s.ask("GET", s.uri+"?linkType=gs1:nosuchlt")
	s.check("specificLinkTypeNotFound", none.StatusCode == 404, "%d", none.StatusCode)
}

// links checks the linkset and that every link in it is where it says.
func (s *suite) links() {
	a := s.ask("GET", s.uri, "Accept", "application/linkset+json")
	objects, err := readLinkset(a.body)
	s.check("validLinkset", a.StatusCode == 200 && err == nil, "%d, %v: %s", a.StatusCode, err, a.body)
	s.check("declaredContentType", strings.HasPrefix(a.Header.Get("Content-Type"), "application/linkset+json"), "%q", a.Header.Get("Content-Type"))
	s.check("linksetJsonldCheck", slices.ContainsFunc(strings.Split(a.Header.Get("Link"), ","), func(part string) bool {
		return strings.Contains(part, `rel="http://www.w3.org/ns/json-ld#context"`) && strings.Contains(part, `type="application/ld+json"`)
	}), "%q", a.Header.Get("Link"))

	byType := map[string][]target{} // at the most granular level
	for _, o := range objects {
		for name, raw := range o {
			if name == "anchor" || name == "itemDescription" || byType[name] != nil {
				continue
			}
			var list []target
			if err := json.Unmarshal(raw, &list); err != nil {
				s.t.Fatal(err)
			}
			byType[name] = list
		}
	}
	deflt := byType[voc+"defaultLink"]
	s.check("defaultLinkExists", len(deflt) > 0, "%s", a.body)
	s.check("singleDefaulLink", len(deflt) == 1 && deflt[0].Type == "" && deflt[0].Hreflang == nil, "%+v", deflt)
	if len(deflt) != 1 {
		return
	}
	got := s.ask("GET", s.uri, "Accept", "*/*")
	s.check("defaultTarget", got.Header.Get("Location") == deflt[0].Href && got.StatusCode == 307, "%d to %q, not %q", got.StatusCode, got.Header.Get("Location"), deflt[0].Href)
	many := byType[voc+"defaultLinkMulti"]
	s.check("singleMultiLink", len(many) != 1, "%+v", many)
	s.done["loFor<type>"], s.done["loFor<type><n>"], s.done["loFor<type><n> (300)"] = true, true, true
	for name, list := range byType {
		short, ours := strings.CutPrefix(name, voc)
		s.check("linkTypesDefined", !ours || slices.Contains(linkset.Types(), short), "%s", name)
		if short == "defaultLink" {
			continue
		}
		for i, l := range list {
			if len(list) == 1 {
				loc := withoutLinkType(s.ask("GET", s.uri+"?linkType=gs1:"+short).Header.Get("Location"))
				s.check("loFor<type>", loc == l.Href, "%s: %q, not %q", short, loc, l.Href)
				continue
			}
			uri, accept, language := s.uri+"?linkType=gs1%3A"+short, "undefined", ""
			if short == "defaultLinkMulti" {
				uri = s.uri + "?"
			}
			if l.Type != "" {
				accept = strings.ReplaceAll(l.Type, "+", " ") // as the tester sends it
			}
			if len(l.Hreflang) > 0 {
				language = l.Hreflang[0]
			}
			a := s.ask("GET", uri, "Accept", accept, "Accept-Language", language)
			twins := 0
			for _, o := range list {
				if o.Type == l.Type && slices.Equal(o.Hreflang, l.Hreflang) && slices.Equal(o.Context, l.Context) {
					twins++
				}
			}
			if twins > 1 {
				s.check("loFor<type><n> (300)", a.StatusCode == 300, "%s %d: %d", short, i, a.StatusCode)
				if set, err := readLinkset(a.body); err != nil || len(set) != 1 {
					s.t.Errorf("the body of a 300: %v: %s", err, a.body)
				}
				continue
			}
			loc := withoutLinkType(a.Header.Get("Location"))
			s.check("loFor<type><n>", loc == l.Href, "%s %d, %q, %q: %d to %q, not %q", short, i, accept, language, a.StatusCode, loc, l.Href)
		}
	}
}

// withoutLinkType cuts an address as the suite does.
func withoutLinkType(location string) string {
	before, after, found := strings.Cut(location, "linkType=")
	if !found {
		return location
	}
	_, fragment, _ := strings.Cut(after, "#")
	if fragment != "" {
		fragment = "#" + fragment
	}
	return strings.TrimRight(before, "?&") + fragment
}

// readLinkset reads a linkset and refuses what GS1's schema refuses.
func readLinkset(body []byte) ([]object, error) {
	var doc map[string][]object
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	if len(doc) != 1 || len(doc["linkset"]) == 0 {
		return nil, fmt.Errorf("top level: %d members, %d objects", len(doc), len(doc["linkset"]))
	}
	relation := regexp.MustCompile(`^([a-z-]+|https?://[a-zA-Z0-9./]+)$`)
	for _, o := range doc["linkset"] {
		var anchor, description string
		if json.Unmarshal(o["anchor"], &anchor) != nil || json.Unmarshal(o["itemDescription"], &description) != nil || !strings.HasPrefix(anchor, "https://") {
			return nil, fmt.Errorf("anchor %s, description %s", o["anchor"], o["itemDescription"])
		}
		for name, raw := range o {
			if name == "anchor" || name == "itemDescription" {
				continue
			}
			if !relation.MatchString(name) {
				return nil, fmt.Errorf("relation %q", name)
			}
			d := json.NewDecoder(bytes.NewReader(raw))
			d.DisallowUnknownFields()
			var links []struct {
				Href, Title, Type string
				Hreflang, Context []string
				FWQS, Public      *bool
			}
			if err := d.Decode(&links); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if bytes.Contains(raw, []byte("null")) {
				return nil, fmt.Errorf("%s: null", name)
			}
			for _, l := range links {
				if l.Title == "" || !strings.HasPrefix(l.Href, "http") {
					return nil, fmt.Errorf("%s: %+v", name, l)
				}
				for _, h := range l.Hreflang {
					if !regexp.MustCompile(`^[a-z]{2}(-[A-Z]{2})?$`).MatchString(h) {
						return nil, fmt.Errorf("hreflang %q", h)
					}
				}
			}
		}
	}
	return doc["linkset"], nil
}

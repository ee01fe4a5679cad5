package digital

import (
	"encoding/json"
	"net/http"
	"strings"

	"tagline/internal/link/linkset"
	"tagline/internal/link/negotiate"
)

// Base is how the asking client reached this server: the host of its request, if
// that can be one, with the scheme that the outside uses; else the configured
// address.
func Base(q *http.Request, configured string) string {
	host := q.Host
	if host == "" || len(host) > 255 {
		return configured
	}
	for i := range len(host) {
		if c := host[i]; !alphanumeric(c) && strings.IndexByte("-.:[]", c) < 0 {
			return configured
		}
	}
	if q.TLS != nil || strings.HasPrefix(configured, "https://") {
		return "https://" + host
	}
	return "http://" + host
}

// LinksetType is the media type of a linkset (RFC 9264).
const LinksetType = "application/linkset+json"

// The parts of a Link header.
const (
	linksetParams = `?linkType=linkset>; rel="linkset"; type="` + LinksetType + `"`
	contextLink   = `, <` + linksetContext + `>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`

	linksetContext = "https://ref.gs1.org/standards/resolver/linkset-context"
)

// LinkHeader is the Link header of an answer about a Digital Link: where its
// linkset is, and the uncompressed form of a compressed one. It is one line: the
// conformance suite reads the last one only.
func LinkHeader(base string, r Request) string {
	uri := base + r.Path
	if r.Compressed {
		return "<" + uri + linksetParams + ", <" + uri + `>; rel="owl:sameAs"`
	}
	return "<" + uri + linksetParams
}

// LinksetHeader is the Link header of a linkset itself.
func LinksetHeader(base string, r Request) string { return LinkHeader(base, r) + contextLink }

// HandedOverHeader is the Link header of an answer that sends on to the resolver
// that knows more.
func HandedOverHeader(base string, r Request, to string) string {
	return LinkHeader(base, r) + ", <" + to + `>; rel="` + linkset.TypeURI(linkset.HandledBy) + `"`
}

// TakesHTML says whether a client names HTML, or its family, among what it takes.
// Browsers do; programs that take anything do not.
func TakesHTML(media negotiate.Media) bool {
	weight, precision := media.Quality("text/html")
	return weight > 0 && precision >= 2
}

// Wishes is what a request for a Digital Link asks besides its path.
type Wishes struct {
	Ask     linkset.Ask
	Linkset bool // all links, as data
	HTML    bool // a browser asks
}

// WishesOf reads the wishes of a request from somebody in a market.
func WishesOf(r Request, h http.Header, market string) (w Wishes) {
	w.Ask.LinkType, w.Ask.Context = linkset.Asked(r.Link)
	w.Ask.Accept, w.Ask.AcceptLanguage = h.Get("Accept"), h.Get("Accept-Language")
	w.Ask.Market = market
	media := negotiate.ParseMedia(w.Ask.Accept)
	w.HTML = TakesHTML(media)
	w.Linkset = linkset.AsksLinkset(w.Ask.LinkType) || media.Prefers(LinksetType, "text/html")
	return w
}

// Plainly reports whether nothing but the default is asked for.
func (w Wishes) Plainly() bool { return !w.Linkset && w.Ask.LinkType == "" && w.Ask.Context == "" }

// ProblemType is the media type of Problem.
const ProblemType = "application/problem+json"

// Problem is why a request was refused, for programs (RFC 9457).
func Problem(status int, code, detail, hint string) []byte {
	body, err := json.Marshal(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Code   string `json:"code"`
		Detail string `json:"detail"`
		Hint   string `json:"hint,omitempty"`
	}{"about:blank", http.StatusText(status), status, code, detail, hint})
	if err != nil { // texts and numbers can always be written
		panic(err)
	}
	return append(body, '\n')
}

// DescriptionPath is where every conformant resolver describes itself.
const DescriptionPath = "/.well-known/gs1resolver"

// Description is the resolver description file.
func Description(base string) []byte {
	type vocabulary struct {
		Namespace string `json:"namespace"`
		Prefix    string `json:"prefix"`
	}
	body, err := json.Marshal(struct {
		Name      string       `json:"name"`
		Root      string       `json:"resolverRoot"`
		Keys      []string     `json:"supportedPrimaryKeys"`
		LinkTypes []vocabulary `json:"supportedLinkType"`
		Linkset   bool         `json:"linkTypeDefaultCanBeLinkset"`
		JSONLD    string       `json:"jsonLdContextLocation"`
	}{"Tagline", base, []string{"all"}, []vocabulary{{linkset.Vocabulary, "gs1:"}}, false, linksetContext})
	if err != nil { // as above
		panic(err)
	}
	return append(body, '\n')
}

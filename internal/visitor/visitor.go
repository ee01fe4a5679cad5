package visitor

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"

	"tagline/internal/pages"
	"tagline/internal/product"
)

// Speech is what a visitor reads, as the link and the browser say it.
type Speech struct {
	Lang    string   // of the page's own words
	Locales []string // wanted for texts of others, best first
	Region  string   // of the first language that names one: a guess at the market
	Asked   bool     // the link chose the language
}

// Locale is the first of them, for the record of a tap.
func (s *Speech) Locale() string { return s.Locales[0] }

// Speeches remembers how headers are read; a handful of them make most visits.
type Speeches struct {
	mu   sync.RWMutex
	seen map[speechKey]*Speech
}

type speechKey struct{ link, accept string }

const maxSpeeches = 2048

// Of reads what a link and a browser say of language.
func (s *Speeches) Of(link, accept string) *Speech {
	if len(link) > 35 { // RFC 5646: no tag needs more
		link = ""
	}
	if len(accept) > 512 {
		accept = accept[:512]
	}
	key := speechKey{link, accept}
	s.mu.RLock()
	sp := s.seen[key]
	s.mu.RUnlock()
	if sp != nil {
		return sp
	}
	locales := product.Locales(accept)
	sp = &Speech{Lang: pages.Language(link, accept), Region: region(locales)}
	if link != "" && strings.EqualFold(pages.Language(link, ""), base(link)) {
		sp.Asked = true
		locales = append([]string{link}, locales...)
	}
	sp.Locales = append(locales, sp.Lang)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil || len(s.seen) >= maxSpeeches {
		s.seen = map[speechKey]*Speech{}
	}
	s.seen[key] = sp
	return sp
}

func base(tag string) string {
	b, _, _ := strings.Cut(tag, "-")
	return b
}

// region gives the country of the first locale that has one: "de-AT" says AT.
func region(locales []string) string {
	for _, l := range locales {
		for i, part := range strings.Split(l, "-") {
			if i > 0 && len(part) == 2 && country(part) {
				return strings.ToUpper(part)
			}
		}
	}
	return ""
}

// country says whether a text has the form of a country code.
func country(s string) bool {
	if len(s) != 2 {
		return false
	}
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// Market is where the visitor seems to be: what a trusted proxy says in the header
// of that name, or without such a header the region of the language. It is "" when
// nobody says.
func Market(h http.Header, header string, sp *Speech) string {
	if header == "" {
		return sp.Region
	}
	if v := h.Get(header); country(v) && !strings.EqualFold(v, "XX") { // XX: a proxy's "unknown"
		return strings.ToUpper(v)
	}
	return ""
}

// Address is who asks, for limits only: what a trusted proxy says in the header of
// that name, or without such a header the connection's.
func Address(q *http.Request, header string) netip.Addr {
	if header != "" {
		// The last entry is the one that the trusted proxy wrote itself.
		list := q.Header.Get(header)
		if a, err := netip.ParseAddr(strings.TrimSpace(list[strings.LastIndexByte(list, ',')+1:])); err == nil {
			return a
		}
	}
	if ap, err := netip.ParseAddrPort(q.RemoteAddr); err == nil {
		return ap.Addr()
	}
	return netip.IPv6Unspecified()
}

// Agents remembers what software calls itself and whether it draws previews: a few
// hundred names make most visits.
type Agents struct {
	mu   sync.RWMutex
	seen map[string]bool
}

const maxAgents = 2048

// OnlyLook says whether a request comes from software that draws a preview or
// fetches ahead, and not from a person who follows a link. Such a request must
// not consume a tap.
func (a *Agents) OnlyLook(q *http.Request) bool {
	if q.Method == http.MethodHead {
		return true
	}
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		for _, v := range q.Header[name] {
			if v = strings.ToLower(v); strings.Contains(v, "prefetch") || strings.Contains(v, "preview") || strings.Contains(v, "prerender") {
				return true
			}
		}
	}
	agent := q.Header.Get("User-Agent")
	if len(agent) > 512 {
		return previews(agent) // nobody's browser; not to be remembered
	}
	a.mu.RLock()
	looks, known := a.seen[agent]
	a.mu.RUnlock()
	if known {
		return looks
	}
	looks = previews(agent)
	agent = strings.Clone(agent) // not the whole header that it is a part of
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen == nil || len(a.seen) >= maxAgents {
		a.seen = map[string]bool{}
	}
	a.seen[agent] = looks
	return looks
}

// previews knows the agents that unfurl links for messengers and search engines.
// Most call themselves a bot; the names below do not.
func previews(agent string) bool {
	if len(agent) > 1024 {
		agent = agent[:1024]
	}
	a := strings.ToLower(agent)
	for _, name := range []string{
		"facebookexternalhit", "facebookcatalog", "whatsapp/", "skypeuripreview", "microsoft office", "ms-office",
		"slack-imgproxy", "iframely", "embedly", "url preview", "urlpreview", "link preview", "linkpreview", "preview service",
		"vkshare", "viber/", "cardyb", "mastodon/", "pleroma", "misskey/", "synapse/", "google-pagerenderer", "google-read-aloud", "googleimageproxy",
		"mediapartners-google", "crawler", "spider", "slurp", "bingpreview", "outbrain", "w3c_validator", "bitlybot", "qwantify", "yahoo! link",
	} {
		if strings.Contains(a, name) {
			return true
		}
	}
	// "…bot", but not a phone by Cubot.
	for at := 0; ; {
		i := strings.Index(a[at:], "bot")
		if i < 0 {
			return false
		}
		i += at
		end := i + len("bot")
		letter := end < len(a) && a[end] >= 'a' && a[end] <= 'z'
		if !letter && !strings.HasSuffix(a[:i], "cu") {
			return true
		}
		at = end
	}
}

// FromOwnPage says whether a browser came here from one of our own pages: by the
// language switch, a form, the console's phone frame. That is no new scan.
func FromOwnPage(q *http.Request) bool { return q.Header.Get("Sec-Fetch-Site") == "same-origin" }

// OwnForm says whether a POST comes from one of our own pages. The pages send no
// referrer, and with it browsers say "Origin: null" (Fetch, 3.2): that is no
// stranger, and the cookies of a stranger's form would not come along anyway.
func OwnForm(q *http.Request) bool {
	if site := q.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := q.Header.Get("Origin")
	if origin == "" || origin == "null" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == q.Host
}

package visitor_test

import (
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tagline/internal/visitor"
)

// The vectors of GCRA with 1 a second and a burst of 3, of the guard's rules.
func TestTheLimiterFollowsGCRA(t *testing.T) {
	l := visitor.NewLimiter(visitor.Limit{PerSecond: 1, Burst: 3})
	who := netip.MustParseAddr("192.0.2.1")
	for i, row := range []struct {
		after float64
		ok    bool
	}{{0, true}, {0, true}, {0, true}, {0, false}, {1, true}, {1, false}, {10, true}, {10, true}, {10, true}, {10, false}} {
		wait, ok := l.Take(who, at().Add(time.Duration(row.after*float64(time.Second))))
		if ok != row.ok {
			t.Errorf("step %d at %v s: %v", i, row.after, ok)
		}
		if !ok && wait != time.Second {
			t.Errorf("step %d: wait %v, want 1 s", i, wait)
		}
	}
	if _, ok := l.Take(netip.MustParseAddr("192.0.2.2"), at()); !ok {
		t.Error("a neighbour pays for it")
	}
}

func TestAHouseholdOfVersion6IsOneAddress(t *testing.T) {
	l := visitor.NewLimiter(visitor.Limit{PerSecond: 1, Burst: 1})
	l.Take(netip.MustParseAddr("2001:db8:1:2::1"), at())
	if _, ok := l.Take(netip.MustParseAddr("2001:db8:1:2:ffff::9"), at()); ok {
		t.Error("another address of the same /64 is free")
	}
	if _, ok := l.Take(netip.MustParseAddr("2001:db8:1:3::1"), at()); !ok {
		t.Error("the next /64 pays too")
	}
	l.Take(netip.MustParseAddr("192.0.2.1"), at())
	if _, ok := l.Take(netip.MustParseAddr("::ffff:192.0.2.1"), at()); ok {
		t.Error("a mapped address of version 4 is another one")
	}
}

// A flood of sources may make the limiter forget, never make it wrong for who is
// quiet, and never let the one that hammers on go free for long.
func TestAFloodOfSourcesDoesNotBlockOthers(t *testing.T) {
	l := visitor.NewLimiter(visitor.Limit{PerSecond: 1, Burst: 2})
	for i := range 300_000 {
		a := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		if _, ok := l.Take(a, at()); !ok {
			t.Fatalf("source %d is refused its first", i)
		}
	}
	if _, ok := l.Take(netip.MustParseAddr("192.0.2.77"), at()); !ok {
		t.Error("a newcomer is refused")
	}
}

func TestLooksAreToldFromTaps(t *testing.T) {
	var agents visitor.Agents
	const (
		iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
		cubot  = "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
	)
	for _, row := range []struct {
		name, method string
		header       http.Header
		looks        bool
	}{
		{"a phone", "GET", http.Header{"User-Agent": {iphone}}, false},
		{"a phone whose maker is Cubot", "GET", http.Header{"User-Agent": {cubot}}, false},
		{"no agent at all", "GET", http.Header{}, false},
		{"curl", "GET", http.Header{"User-Agent": {"curl/8.5"}}, false},
		{"HEAD", "HEAD", http.Header{"User-Agent": {iphone}}, true},
		{"WhatsApp", "GET", http.Header{"User-Agent": {"WhatsApp/2.24.20.79 A"}}, true},
		{"Messages by Apple", "GET", http.Header{"User-Agent": {"Mozilla/5.0 (Macintosh) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0"}}, true},
		{"Telegram", "GET", http.Header{"User-Agent": {"TelegramBot (like TwitterBot)"}}, true},
		{"Slack", "GET", http.Header{"User-Agent": {"Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"}}, true},
		{"Google", "GET", http.Header{"User-Agent": {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}}, true},
		{"prefetch", "GET", http.Header{"User-Agent": {iphone}, "Sec-Purpose": {"prefetch;prerender"}}, true},
		{"preview of a tab", "GET", http.Header{"User-Agent": {iphone}, "Purpose": {"Preview"}}, true},
		{"old Firefox", "GET", http.Header{"X-Moz": {"prefetch"}}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := agents.OnlyLook(&http.Request{Method: row.method, Header: row.header}); got != row.looks {
				t.Errorf("OnlyLook is %v", got)
			}
			if again := agents.OnlyLook(&http.Request{Method: row.method, Header: row.header}); again != row.looks {
				t.Errorf("asked again, OnlyLook is %v", again)
			}
		})
	}
}

func TestSpeech(t *testing.T) {
	var all visitor.Speeches
	for _, row := range []struct {
		name, link, accept string
		lang, locale       string
		region             string
		asked              bool
	}{
		{"nothing", "", "", "en", "en", "", false},
		{"an Austrian", "", "de-AT,de;q=0.9,en;q=0.5", "de", "de-AT", "AT", false},
		{"the region may come late", "", "fr,en-CA;q=0.7", "fr", "fr", "CA", false},
		{"the link chooses", "ja", "de-AT", "ja", "ja", "AT", true},
		{"a link to a language that is not spoken", "tlh", "es-MX", "es", "es-MX", "MX", false},
		{"a script is no region", "", "zh-Hant-TW", "en", "zh-Hant-TW", "TW", false},
		{"a language that is not spoken, for texts of others", "", "sv-SE", "en", "sv-SE", "SE", false},
		{"rubbish", "", "%%%;;;q=q", "en", "en", "", false},
		{"a link without end", strings.Repeat("de", 50), "fr", "fr", "fr", "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := all.Of(row.link, row.accept)
			if s.Lang != row.lang || s.Locale() != row.locale || s.Region != row.region || s.Asked != row.asked {
				t.Errorf("got %+v", *s)
			}
			if !slices.Contains(s.Locales, s.Lang) {
				t.Errorf("the page's own language is not among %v", s.Locales)
			}
			if again := all.Of(row.link, row.accept); again.Lang != s.Lang || !slices.Equal(again.Locales, s.Locales) {
				t.Error("asked again, it is another")
			}
		})
	}
	for i := range 10_000 { // more than the table holds
		if s := all.Of("", "de;q=0."+strconv.Itoa(i+1)); s.Lang != "de" {
			t.Fatalf("%d: %+v", i, s)
		}
	}
}

func TestMarketIsTheProxysWordOrTheLanguages(t *testing.T) {
	sp := (&visitor.Speeches{}).Of("", "de-AT")
	for _, row := range []struct{ name, header, value, want string }{
		{"no proxy", "", "CH", "AT"},
		{"the proxy's word", "Cf-Ipcountry", "ch", "CH"},
		{"the proxy does not know", "Cf-Ipcountry", "XX", ""},
		{"the proxy talks rubbish", "Cf-Ipcountry", "Switzerland", ""},
		{"the proxy is silent", "Cf-Ipcountry", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := http.Header{}
			h.Set("Cf-Ipcountry", row.value)
			if got := visitor.Market(h, row.header, sp); got != row.want {
				t.Errorf("market %q, want %q", got, row.want)
			}
		})
	}
}

func TestTheAddressIsTheConnectionsUnlessAProxyIsTrusted(t *testing.T) {
	q := &http.Request{RemoteAddr: "192.0.2.9:4711", Header: http.Header{"X-Forwarded-For": {"10.0.0.1, 198.51.100.7"}}}
	if a := visitor.Address(q, ""); a.String() != "192.0.2.9" {
		t.Errorf("without trust: %v", a)
	}
	if a := visitor.Address(q, "X-Forwarded-For"); a.String() != "198.51.100.7" {
		t.Errorf("with trust: %v", a)
	}
	q.Header.Set("X-Forwarded-For", "nonsense")
	if a := visitor.Address(q, "X-Forwarded-For"); a.String() != "192.0.2.9" {
		t.Errorf("a proxy that says nonsense: %v", a)
	}
	if a := visitor.Address(&http.Request{RemoteAddr: "@"}, ""); !a.IsValid() {
		t.Error("a connection without an address has none")
	}
}

func TestFormsOfStrangersAreRefused(t *testing.T) {
	for _, row := range []struct {
		name   string
		header http.Header
		own    bool
	}{
		{"a browser on our page", http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {"null"}}, true},
		{"an older browser that hides the origin", http.Header{"Origin": {"null"}}, true},
		{"an older browser", http.Header{"Origin": {"https://id.example"}}, true},
		{"no browser", http.Header{}, true},
		{"another site", http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"null"}}, false},
		{"a neighbour's site", http.Header{"Sec-Fetch-Site": {"same-site"}}, false},
		{"another site, older browser", http.Header{"Origin": {"https://evil.example"}}, false},
		{"rubbish", http.Header{"Origin": {"::"}}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := visitor.OwnForm(&http.Request{Host: "id.example", Header: row.header}); got != row.own {
				t.Errorf("OwnForm is %v", got)
			}
		})
	}
}

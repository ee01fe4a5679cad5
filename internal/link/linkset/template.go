package linkset

import (
	"net/url"
	"slices"
	"strings"

	"tagline/internal/link/anchor"
	"tagline/internal/manifest"
)

// Value is what a place of a template stands for.
type Value struct{ Name, Text string }

// eachPlace calls visit for the texts between places and the places in turn.
func eachPlace(s string, visit func(text, place string)) {
	for {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			break
		}
		length := strings.IndexByte(s[open:], '}')
		if length < 0 {
			break
		}
		visit(s[:open], s[open+1:open+length])
		s = s[open+length+1:]
	}
	visit(s, "")
}

func unknownPlaces(s string, places []string) (unknown []string) {
	eachPlace(s, func(_, place string) {
		if place != "" && !slices.Contains(places, place) {
			unknown = append(unknown, place)
		}
	})
	return unknown
}

// fill puts values into a text, escaped for an address or as they are.
func fill(s string, values []Value, address bool) string {
	if len(values) == 0 || strings.IndexByte(s, '{') < 0 {
		return s
	}
	b := make([]byte, 0, len(s)+64)
	eachPlace(s, func(text, place string) {
		b = append(b, text...)
		for _, v := range values {
			if v.Name != place || place == "" {
				continue
			}
			if address {
				b = anchor.AppendEscaped(b, v.Text)
			} else {
				b = append(b, v.Text...)
			}
		}
	})
	return string(b)
}

// Target is the address that a link leads to, for the values of its places and the
// raw query of the request. The pairs of the query follow the link's own, before
// the fragment, byte for byte and in order, but linkType first; a link with fwqs
// false takes none.
func Target(l *Link, values []Value, query string) string {
	target := fill(l.Href, values, true)
	if l.FWQS != nil && !*l.FWQS {
		return target
	}
	return Merge(target, query)
}

// Merge appends the pairs of a raw query to an address: one question mark, before
// the fragment, linkType first.
func Merge(target, query string) string {
	if strings.Trim(query, "&") == "" {
		return target
	}
	target, fragment, marked := strings.Cut(target, "#")
	b := make([]byte, 0, len(target)+len(query)+len(fragment)+2)
	b = append(b, target...)
	glue := byte('?')
	if i := strings.IndexByte(target, '?'); i >= 0 {
		glue = '&'
		if i == len(target)-1 || target[len(target)-1] == '&' {
			glue = 0
		}
	}
	for _, wanted := range [...]bool{true, false} {
		for rest := query; rest != ""; {
			var pair string
			pair, rest, _ = strings.Cut(rest, "&")
			name, _, _ := strings.Cut(pair, "=")
			if pair == "" || (name == "linkType" || name == "linktype") != wanted {
				continue
			}
			if glue != 0 {
				b = append(b, glue)
			}
			b = append(b, pair...)
			glue = '&'
		}
	}
	if marked {
		b = append(append(b, '#'), fragment...)
	}
	return string(b)
}

// checkAddress wants an absolute address of the web, in the characters of a URI,
// with places only behind the host.
func checkAddress(ps *manifest.Problems, at manifest.Path, s string, places []string) {
	const way = "Write https://www.name.example/page."
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || scheme != "https" && scheme != "http" {
		ps.Add(at, "this is no address that begins with https:// or http://: "+clip(s), way)
		return
	}
	if len(s) > maxHref {
		ps.Add(at, "the address has more than 2,000 bytes", "Shorten it.")
		return
	}
	host := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host = rest[:i]
	}
	plain := s
	switch {
	case strings.ContainsAny(host, "{}"):
		ps.Add(at, "the host of an address is fixed", "Put places behind the first slash.")
		return
	case host == "" || !isHostStart(host[0]):
		ps.Add(at, "the address has no host that a linkset can name: "+clip(s), way)
		return
	default:
		for _, name := range unknownPlaces(s, places) {
			ps.Add(at, "the anchor has no {"+clip(name)+"}", manifest.Known(name, places))
			return
		}
		for _, p := range places {
			plain = strings.ReplaceAll(plain, "{"+p+"}", "x")
		}
	}
	for i := range len(plain) {
		if c := plain[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			ps.Add(at, "the address holds a character that must be escaped", "Write it as %20 and the like; a host as xn--….")
			return
		}
	}
	if u, err := url.Parse(plain); err != nil || u.Host == "" || u.User != nil {
		ps.Add(at, "the address cannot be read: "+clip(s), "Write https://www.name.example/page, without a name and a password.")
	}
}

func isHostStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

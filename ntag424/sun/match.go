package sun

import (
	"fmt"
	"slices"
	"strings"
)

// maxURL is the longest URL that Match reads. A tag's has at most 249 bytes; apps
// and campaigns add to it.
const maxURL = 2048

// component is a path segment or a query parameter.
type component struct {
	name  string  // of a parameter, with its "=" if it has one
	parts []piece // literals, parts; the name is cut off
}

// readComponents cuts the pieces at the separators that a URL parser knows.
func (t *Template) readComponents() *Error {
	list := &t.path
	var c component
	end := func() {
		if list == &t.query && len(c.parts) > 0 && c.parts[0].part == literal {
			if n := strings.IndexByte(c.parts[0].text, '='); n >= 0 {
				c.name, c.parts[0].text = c.parts[0].text[:n+1], c.parts[0].text[n+1:]
				if c.parts[0].text == "" {
					c.parts = c.parts[1:]
				}
			}
		}
		if list == &t.path || c.name != "" || len(c.parts) > 0 { // a "&&" says nothing
			*list = append(*list, c)
		}
		c = component{}
	}
	host := strings.Index(t.pattern, "://") + 3
	if host < len(t.prefix) { // a prefix that includes www.
		host = len(t.prefix)
	}
	if host == len(t.pattern) || strings.IndexByte("/?:@", t.pattern[host]) >= 0 {
		return rule("host", "", host, "the host is missing")
	}
	inHost := true
	for _, p := range t.pieces {
		if p.part != literal {
			if inHost {
				return rule("host_static", t.name(p.part), p.at, "phones change the case of the host, so nothing can be mirrored there")
			}
			c.parts = append(c.parts, p)
			continue
		}
		from := 0
		for i := range len(p.text) {
			if p.at+i < host {
				from = i + 1
				continue
			}
			sep := p.text[i]
			switch {
			case inHost && (sep == '/' || sep == '?'):
				inHost = false
				if sep == '?' { // no path: same as "/"
					t.path = []component{{}}
					list = &t.query
				}
			case !inHost && list == &t.path && (sep == '/' || sep == '?'), list == &t.query && sep == '&':
				if i > from {
					c.parts = append(c.parts, piece{p.text[from:i], literal, p.at + from})
				}
				end()
				if sep == '?' {
					list = &t.query
				}
			default:
				continue
			}
			from = i + 1
		}
		if from < len(p.text) && !inHost {
			c.parts = append(c.parts, piece{p.text[from:], literal, p.at + from})
		}
	}
	end()
	if len(t.query) > 32 {
		return rule("parameters", "", len(t.pattern), "a template has at most 32 parameters")
	}
	for i, c := range t.query {
		for _, p := range c.parts {
			if c.name == "" && strings.Contains(p.text, "=") {
				return rule("parameter_name", "", p.at, "a placeholder cannot stand in the name of a parameter")
			}
		}
		for _, d := range t.query[:i] {
			if c.name != "" && c.name == d.name {
				return rule("duplicate", strings.TrimSuffix(c.name, "="), len(t.pattern), "two parameters have one name")
			}
		}
	}
	for _, c := range append(t.path[:len(t.path):len(t.path)], t.query...) {
		picc, vars := false, 0
		for i, p := range c.parts {
			picc = picc || p.part == PICC
			if p.part >= Variable {
				if vars++; vars > 1 || picc {
					return rule("ambiguous", t.name(p.part), p.at, "where this variable ends cannot be told: put a / or & between")
				}
			} else if p.part == PICC && vars > 0 && i > 0 {
				return rule("ambiguous", "picc", p.at, "where the variable before ends cannot be told: put a / or & between")
			}
		}
	}
	return nil
}

// span is a part's place in the URL.
type span struct{ from, to uint16 }

// Fields are the parts of one URL, as received.
type Fields struct {
	t     *Template
	url   string
	at    [numParts]span
	lower uint8 // parts that have lower-case letters
}

// Get gives the text of a placeholder ("picc", "mac", ...) or variable, "" if the
// template has none of that name.
func (f *Fields) Get(name string) string {
	if p := f.part(name); p >= 0 && f.t.Has(p) {
		return f.Text(p)
	}
	return ""
}

// Offset gives the byte position of a part in the URL, -1 if there is none.
func (f *Fields) Offset(name string) int {
	if p := f.part(name); p >= 0 && f.t.Has(p) {
		return f.Index(p)
	}
	return -1
}

func (f *Fields) part(name string) Part {
	if f.t == nil {
		return literal
	}
	part, known := partOf(name)
	if !known {
		if i := slices.Index(f.t.vars, name); i >= 0 {
			return Variable + Part(i)
		}
		return literal
	}
	return part
}

// Text gives one part, "" if the template does not have it.
func (f *Fields) Text(p Part) string { return f.url[f.at[p].from:f.at[p].to] }

// Index gives the byte position of a part in the URL, 0 if the template does not have it.
func (f *Fields) Index(p Part) int { return int(f.at[p].from) }

// AppendBytes decodes a part that is hexadecimal.
func (f *Fields) AppendBytes(dst []byte, p Part) []byte {
	s := f.Text(p)
	n := len(dst)
	dst = append(dst, s[:len(s)/2]...) // room, overwritten at once
	for out := dst[n:]; len(out) > 0 && len(s) > 1; out, s = out[1:], s[2:] {
		out[0] = hexValue[s[0]]<<4 | hexValue[s[1]]&15
	}
	return dst
}

// Match takes a full URL or a request URI (path and query, byte for byte) apart.
// Scheme and host are not compared; parameters may be re-ordered and others added
// (utm_source and the like); hex digits may be of either case. It proves nothing.
// It fails with ErrTemplateMismatch or ErrBadHex, with Field and Offset in the URL.
func (t *Template) Match(rawURL string) (Fields, error) {
	f := Fields{t: t, url: rawURL}
	if err := f.match(); err != nil {
		return Fields{}, err
	}
	return f, nil
}

func (f *Fields) match() *Error {
	url := f.url
	if len(url) > maxURL {
		return fail(ErrTemplateMismatch, "", maxURL, "the URL is longer than 2048 bytes")
	}
	if n := strings.IndexByte(url, '#'); n >= 0 {
		url = url[:n]
	}
	path := 0
	if !strings.HasPrefix(url, "/") {
		if path = strings.Index(url, "://"); path < 0 {
			return fail(ErrTemplateMismatch, "", 0, "neither a URL nor a request URI")
		}
		path += 3
		if n := strings.IndexAny(url[path:], "/?"); n >= 0 {
			path += n
		} else {
			path = len(url)
		}
	}
	query := len(url)
	if n := strings.IndexByte(url[path:], '?'); n >= 0 {
		query = path + n
	}
	if err := f.matchPath(path, query); err != nil {
		return err
	}
	if err := f.matchQuery(min(query+1, len(url)), len(url)); err != nil {
		return err
	}
	for part := range TT {
		if err := f.checkHex(part); err != nil {
			return err
		}
	}
	if tt := f.Text(TT); tt != strings.ToUpper(tt) {
		f.lower |= 1 << TT
	}
	return nil
}

func (f *Fields) matchPath(at, end int) *Error {
	if at < end { // else no path: one empty segment, as "/"
		at++
	}
	for i, c := range f.t.path {
		to := end
		if n := strings.IndexByte(f.url[at:end], '/'); n >= 0 {
			to = at + n
		}
		if err := f.matchParts(c.parts, at, to); err != nil {
			return err
		}
		if last := i == len(f.t.path)-1; last != (to == end) {
			if last {
				return fail(ErrTemplateMismatch, "", to, "the path has more segments than the template")
			}
			return fail(ErrTemplateMismatch, f.t.firstName(f.t.path[i+1].parts), to, "the path ends before the template's")
		}
		at = min(to+1, end)
	}
	return nil
}

func (f *Fields) matchQuery(at, end int) *Error {
	found := uint32(0) // by number of the parameter
	for at < end {
		to := end
		if n := strings.IndexByte(f.url[at:end], '&'); n >= 0 {
			to = at + n
		}
		value := at
		if n := strings.IndexByte(f.url[at:to], '='); n >= 0 {
			value += n + 1
		}
		for i := range f.t.query {
			c := &f.t.query[i]
			if c.name != f.url[at:value] || found&(1<<i) != 0 && c.name == "" {
				continue
			}
			if found&(1<<i) != 0 {
				return fail(ErrTemplateMismatch, f.t.firstName(c.parts), at, "this parameter stands twice")
			}
			if err := f.matchParts(c.parts, value, to); err != nil {
				if c.name == "" {
					continue // a stranger without a name: leave it, the real one may follow
				}
				return err
			}
			found |= 1 << i
			break
		}
		at = to + 1
	}
	for i, c := range f.t.query {
		if found&(1<<i) == 0 {
			return fail(ErrTemplateMismatch, f.t.firstName(c.parts), end, "a parameter of the template is missing")
		}
	}
	return nil
}

// firstName names what is missing.
func (t *Template) firstName(parts []piece) string {
	for _, p := range parts {
		if p.part != literal {
			return t.name(p.part)
		}
	}
	return ""
}

// matchParts fits the parts into url[at:end] exactly.
func (f *Fields) matchParts(parts []piece, at, end int) *Error {
	rest, flexible := end-at, literal
	for _, p := range parts { // what is left for the one part whose length is free
		switch {
		case p.part == literal:
			rest -= len(p.text)
		case p.part == PICC || p.part >= Variable:
			flexible = p.part
		default:
			rest -= f.t.size(p.part, AES)
		}
	}
	if flexible == PICC && rest != 48 {
		rest = 32
	}
	last := literal
	for _, p := range parts {
		if p.part == literal {
			if !strings.HasPrefix(f.url[at:end], p.text) {
				return fail(ErrTemplateMismatch, f.t.name(last), at, "the template has a different text here")
			}
			at += len(p.text)
			continue
		}
		last = p.part
		n := rest
		if p.part != flexible {
			n = f.t.size(p.part, AES)
		}
		if n < 1 || at+n > end {
			return fail(ErrTemplateMismatch, f.t.name(last), at, fmt.Sprintf("%d characters, %d expected", end-at, max(n, 1)))
		}
		f.at[p.part] = span{uint16(at), uint16(at + n)}
		at += n
	}
	if at != end {
		return fail(ErrTemplateMismatch, f.t.name(last), at, fmt.Sprintf("%d characters too many", end-at))
	}
	return nil
}

// checkHex checks a part in one pass without branches, and notes lower case.
func (f *Fields) checkHex(part Part) *Error {
	s := f.Text(part)
	seen := uint8(0)
	for i := range len(s) {
		seen |= hexValue[s[i]]
	}
	if seen&lowerCase != 0 {
		f.lower |= 1 << part
	}
	if seen&noHex == 0 {
		return nil
	}
	i := strings.IndexFunc(s, func(r rune) bool { return r > 'f' || hexValue[r]&noHex != 0 })
	return fail(ErrBadHex, f.t.name(part), f.Index(part)+i, "not a hexadecimal digit")
}

// Flags in hexValue, above the value of the digit.
const (
	lowerCase = 0x20
	noHex     = 0x80
)

var hexValue = func() (v [256]uint8) {
	for i := range v {
		v[i] = noHex
	}
	for i := range uint8(10) {
		v['0'+i] = i
	}
	for i := range uint8(6) {
		v['a'+i], v['A'+i] = 10+i|lowerCase, 10+i
	}
	return v
}()

// AppendMACInput rebuilds what the chip's MAC covers: the template's own text (host
// and names as encoded, whatever the way did to them) and the values as received,
// with hex digits in upper case, as every chip sends them, if fold is set. It reports
// whether the received digits had lower case. from is a name as in Options.MACFrom;
// empty is the template's own start.
func (f *Fields) AppendMACInput(dst []byte, from string, fold bool) (_ []byte, lower bool) {
	first := f.t.start
	if from != "" {
		first, _ = f.t.startAt(from)
	}
	for i := first.piece; i < f.t.mac; i++ {
		p := &f.t.pieces[i]
		text := p.text
		if p.part != literal {
			text = f.Text(p.part)
		}
		if i == first.piece {
			text = text[min(first.skip, len(text)):]
		}
		at := len(dst)
		dst = append(dst, text...)
		if p.part == literal || p.part >= Variable || f.lower&(1<<p.part) == 0 {
			continue
		}
		lower = true
		if fold {
			copy(dst[at:], strings.ToUpper(text))
		}
	}
	return dst, lower
}

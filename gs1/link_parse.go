package gs1

import (
	"slices"
	"strings"

	"tagline/gs1/internal/dictionary"
)

// ParseLink reads a whole Digital Link URI, with scheme and host.
func ParseLink(uri string) (Link, error) { return Dialect{}.ParseLink(uri) }

// ParseLink reads a whole URI in this dialect.
func (d Dialect) ParseLink(text string) (Link, error) {
	begin, path, query, err := splitURI(text)
	if err != nil {
		return Link{}, err
	}
	p := linkParser{Dialect: d, table: d.table(), path: path, query: query, begin: begin}
	if err := p.parse(); err != nil {
		return Link{}, err
	}
	p.link.stem = text[:begin+p.root]
	return p.link, nil
}

// splitURI checks the characters, the scheme and the host of a URI and takes path
// and query out of it. It tells where the path begins.
func splitURI(text string) (begin int, path, query string, err *Error) {
	if len(text) > MaxLength {
		return 0, "", "", tooLong()
	}
	if at := dictionary.Outside(text, dictionary.InURI); at >= 0 {
		return 0, "", "", illegalCharacters(at)
	}
	switch {
	case strings.HasPrefix(text, "https://"), strings.HasPrefix(text, "HTTPS://"):
		begin = len("https://")
	case strings.HasPrefix(text, "http://"), strings.HasPrefix(text, "HTTP://"):
		begin = len("http://")
	default:
		return 0, "", "", &Error{Code: "URI_CONTAINS_ILLEGAL_SCHEME", Message: "Scheme must be http:// or HTTP:// or https:// or HTTPS://", Position: 0}
	}
	host := strings.IndexByte(text[begin:], '/')
	if host < 1 {
		return 0, "", "", &Error{Code: "URI_MISSING_DOMAIN_AND_PATH_INFO", Message: "URI must contain a domain and path info", Position: begin}
	}
	for i := begin; i < begin+host; i++ {
		if dictionary.Is(text[i], dictionary.NotHost) {
			return 0, "", "", &Error{Code: "DOMAIN_CONTAINS_ILLEGAL_CHARACTERS", Message: "Domain contains illegal characters", Position: i}
		}
	}
	begin += host
	path = text[begin:]
	if i := strings.IndexByte(path, '#'); i >= 0 {
		path = path[:i]
	}
	if i := strings.IndexByte(path, '?'); i >= 0 {
		path, query = path[:i], path[i+1:]
	}
	return begin, path, query, nil
}

// ParseLinkPath reads a Digital Link as a web server meets it: the escaped path
// (net/url's EscapedPath, beginning with a slash) and the raw query. Any path may
// stand before the key; [Link.Stem] tells it. A server strips one trailing slash
// before it calls this.
func ParseLinkPath(escapedPath, rawQuery string) (Link, error) {
	return Dialect{}.ParseLinkPath(escapedPath, rawQuery)
}

// ParseLinkPath reads a path and a query in this dialect.
func (d Dialect) ParseLinkPath(escapedPath, rawQuery string) (Link, error) {
	if len(escapedPath)+len(rawQuery) >= MaxLength {
		return Link{}, tooLong()
	}
	if at := dictionary.Outside(escapedPath, dictionary.InURI); at >= 0 {
		return Link{}, illegalCharacters(at)
	}
	if at := dictionary.Outside(rawQuery, dictionary.InURI); at >= 0 {
		return Link{}, illegalCharacters(len(escapedPath) + 1 + at)
	}
	p := linkParser{Dialect: d, table: d.table(), path: escapedPath, query: rawQuery}
	if err := p.parse(); err != nil {
		return Link{}, err
	}
	p.link.stem = escapedPath[:p.root]
	return p.link, nil
}

func illegalCharacters(at int) *Error {
	return &Error{Code: "URI_CONTAINS_ILLEGAL_CHARACTERS", Message: "URI contains illegal characters", Position: at}
}

// linkParser reads path and query of one link. Positions in the input count from
// begin, and the query stands one byte behind the path.
type linkParser struct {
	Dialect
	table       *dictionary.Table
	path, query string
	begin       int
	root        int  // where the key's part of the path begins
	plain       bool // nothing is escaped by a percent sign
	link        Link
	marks       marks
}

func (p *linkParser) parse() *Error {
	p.plain = strings.IndexByte(p.path, '%') < 0 && strings.IndexByte(p.query, '%') < 0
	pairs := p.findRoot()
	if pairs == 0 {
		return &Error{Code: "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO", Message: "No GS1 DL keys found in path info", Position: p.begin}
	}
	if pairs > maxElements {
		return tooMany(p.begin)
	}
	elements := pairs
	if p.query != "" {
		elements += 1 + strings.Count(p.query, "&")
	}
	p.link.elements = make([]Element, 0, min(elements, maxElements))
	slices.Reverse(p.marks[:pairs])
	if err := p.parsePath(); err != nil {
		return err
	}
	p.link.qualifiers = pairs - 1
	if err := p.parseQuery(); err != nil {
		return err
	}
	if !p.pathTakes(dictionary.None) {
		return &Error{Code: "INVALID_KEY_QUALIFIER_SEQUENCE", Message: "The AIs in the path are not a valid key-qualifier sequence for the key", Position: p.begin + p.root}
	}
	for i := pairs; i < len(p.link.elements); i++ {
		if err := p.checkAttribute(i); err != nil {
			return err
		}
	}
	for i := range p.link.elements {
		e := &p.link.elements[i]
		if _, err := checkValue(e.AI, e.Value, p.table.Entry(p.marks[i].ref)); err != nil {
			return p.place(err, e.AI, int(p.marks[i].at))
		}
	}
	if p.Part {
		return nil
	}
	return checkAssociations(p.table, p.link.elements, &p.marks)
}

// place moves the position of an error from a value's beginning to the input's. The
// value begins at a place of the input and may be escaped there; a GTIN that may
// have been padded is at fault as a whole.
func (p *linkParser) place(err *Error, ai string, at int) *Error {
	n := err.Position
	if p.ShortGTINs && ai == AIGTIN {
		n = 0
	}
	raw := p.path + "?" + p.query
	err.Position = at + rawOffset(raw[at-p.begin:], n)
	return err
}

// findRoot walks the path from its end, in pairs of AI and value, up to a primary
// key, and tells how many pairs there are; 0 if there is no key. So any path may
// stand before it. It notes the AIs, the last first.
func (p *linkParser) findRoot() (pairs int) {
	for end := len(p.path); ; {
		value := strings.LastIndexByte(p.path[:end], '/')
		if value < 0 {
			return 0
		}
		slash := strings.LastIndexByte(p.path[:value], '/')
		if slash < 0 {
			return 0
		}
		r := p.lookup(p.pathAI(slash+1, value))
		if r == dictionary.None {
			return 0
		}
		if pairs == maxElements {
			return pairs + 1
		}
		p.marks[pairs].ref = r
		pairs++
		if p.table.Entry(r).Key != nil {
			p.root = slash
			return pairs
		}
		end = slash
	}
}

// parsePath reads the pairs from the key on.
func (p *linkParser) parsePath() *Error {
	for i, at := 0, p.root; at < len(p.path); i++ {
		slash := at + 1 + strings.IndexByte(p.path[at+1:], '/')
		ai := p.pathAI(at+1, slash)
		begin, end := slash+1, len(p.path)
		if i := strings.IndexByte(p.path[begin:], '/'); i >= 0 {
			end = begin + i
		}
		if begin == end {
			return about("AI_VALUE_PATH_ELEMENT_IS_EMPTY", "AI (", ai, ") value path element is empty", p.begin+begin)
		}
		value, ok := p.value(p.path[begin:end], false)
		if !ok {
			return about("DECODED_AI_FROM_DL_PATH_INFO_CONTAINS_ILLEGAL_NULL", "Decoded AI (", ai, ") from DL path info contains illegal null character", p.begin+begin)
		}
		if err := p.add(ai, value, p.marks[i].ref, p.begin+begin); err != nil {
			return err
		}
		at = end
	}
	return nil
}

// parseQuery sorts the parameters: those whose name is a number are AIs.
func (p *linkParser) parseQuery() *Error {
	for at := 0; at < len(p.query); {
		begin, end := at, len(p.query)
		if i := strings.IndexByte(p.query[begin:], '&'); i >= 0 {
			end = begin + i
		}
		at = end + 1
		if begin == end {
			continue
		}
		position := p.begin + len(p.path) + 1 + begin
		equals := strings.IndexByte(p.query[begin:end], '=')
		if equals < 1 || dictionary.Outside(p.query[begin:begin+equals], dictionary.Digits) >= 0 {
			if len(p.link.elements)+len(p.link.others) == maxElements {
				return tooMany(position)
			}
			if p.link.others == nil {
				p.link.others = make([]string, 0, min(1+strings.Count(p.query[begin:], "&"), maxElements))
			}
			p.link.others = append(p.link.others, p.query[begin:end])
			continue
		}
		ai := p.query[begin : begin+equals]
		r := p.lookup(ai)
		if r == dictionary.None {
			return &Error{Code: "UNKNOWN_AI_IN_QUERY_PARAMS", Message: "Unknown AI (" + ai + ") in query parameters", Position: position}
		}
		begin, position = begin+equals+1, position+equals+1
		if begin == end {
			return about("AI_VALUE_QUERY_ELEMENT_IN_EMPTY", "AI (", ai, ") value query element is empty", position)
		}
		value, ok := p.value(p.query[begin:end], true)
		if !ok {
			return about("DECODED_AI_VALUE_FROM_QUERY_PARAMS_CONTAINS_ILLEGAL_NULL", "Decoded AI (", ai, ") value from DL query params contains illegal null character", position)
		}
		if err := p.add(ai, value, r, position); err != nil {
			return err
		}
	}
	return nil
}

// value unescapes a value, which must not hold a NUL.
func (p *linkParser) value(raw string, query bool) (string, bool) {
	if p.plain && (!query || strings.IndexByte(raw, '+') < 0) {
		return raw, true
	}
	value := unescape(raw, query)
	// A NUL, which is no URI character, was escaped and made the value shorter.
	return value, len(value) == len(raw) || strings.IndexByte(value, 0) < 0
}

// add takes up an element whose value begins at a place of the input.
func (p *linkParser) add(ai, value string, r dictionary.Ref, at int) *Error {
	if p.ShortGTINs && ai == AIGTIN {
		value, _ = padGTIN(value)
	}
	if err := checkLength(ai, value, p.table.Entry(r)); err != nil {
		return p.place(err, ai, at)
	}
	n := len(p.link.elements)
	if n+len(p.link.others) == maxElements {
		return tooMany(at)
	}
	p.marks[n] = mark{r, uint16(at)}
	p.link.elements = append(p.link.elements, Element{ai, value})
	return nil
}

// pathTakes reports whether the AIs of the path, in their order, are a key with
// qualifiers of one alternative, and whether another AI, if there is one, would
// fit in somewhere.
func (p *linkParser) pathTakes(other dictionary.Ref) bool {
	path := p.marks[1 : 1+p.link.qualifiers]
	for _, alternative := range p.table.Entry(p.marks[0].ref).Key {
		next, fits := 0, other == dictionary.None
		for _, q := range alternative {
			if next < len(path) && path[next].ref == q {
				next++
			} else if q == other {
				fits = true
			}
		}
		if next == len(path) && fits {
			return true
		}
	}
	return false
}

// checkAttribute checks whether the i-th element may stand in the query.
func (p *linkParser) checkAttribute(i int) *Error {
	ai, r, at := p.link.elements[i].AI, p.marks[i].ref, int(p.marks[i].at)
	for j, m := range p.marks[:i] {
		if m.ref == r && p.link.elements[j].AI == ai {
			return about("DUPLICATE_AI", "AI (", ai, ") is duplicated", at)
		}
	}
	if !p.table.Entry(r).Attribute && (p.table.Known(r) || !p.UnknownAttributes) {
		return notAttribute(ai, at)
	}
	if p.pathTakes(r) {
		return about("AI_SHOULD_BE_IN_PATH_INFO", "AI (", ai, ") from query params should be in the path info", at)
	}
	return nil
}

// pathAI gives the AI that a segment of the path names.
func (p *linkParser) pathAI(begin, end int) string {
	segment := p.path[begin:end]
	if p.AlphaNames && segment != "" && !dictionary.IsDigit(segment[0]) {
		return alphaAI(segment)
	}
	return segment
}

// alphaAI gives the AI for a convenience alpha, or the segment itself.
func alphaAI(segment string) string {
	for _, a := range [...][2]string{
		{"gtin", "01"}, {"itip", "8006"}, {"gmn", "8013"}, {"cpid", "8010"}, {"gln", "414"}, {"party", "417"},
		{"gsrnp", "8017"}, {"gsrn", "8018"}, {"gcn", "255"}, {"sscc", "00"}, {"gdti", "253"}, {"ginc", "401"},
		{"gsin", "402"}, {"grai", "8003"}, {"giai", "8004"}, {"cpv", "22"}, {"lot", "10"}, {"ser", "21"},
		{"glnx", "254"}, {"cpsn", "8011"}, {"srin", "8019"}, {"refno", "8020"},
	} {
		if a[0] == segment {
			return a[1]
		}
	}
	return segment
}

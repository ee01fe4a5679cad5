package compression

import (
	"errors"
	"strconv"
	"strings"

	"tagline/gs1"
	"tagline/gs1/internal/dictionary"
)

// Form says in which form a link was written.
type Form string

// The forms.
const (
	Uncompressed Form = "uncompressed"
	Compressed   Form = "compressed" // in full, or behind a readable key
)

// noKey is gs1's code for a path in which no key was found: only such a path may be
// compressed.
const noKey = "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO"

// ParseLink reads a whole URI, compressed or not, as [gs1.ParseLink] reads one that
// is not.
func ParseLink(uri string) (gs1.Link, Form, error) {
	link, err := gs1.ParseLink(uri)
	if !isNoKey(err) {
		return link, Uncompressed, err
	}
	text, _, _ := strings.Cut(uri, "#")
	begin := strings.Index(text, "://") + len("://")
	begin += strings.IndexByte(text[begin:], '/')
	path, query, _ := strings.Cut(text[begin:], "?")
	link, unpackErr := decompress(path, query, text[:begin])
	return either(link, err, unpackErr)
}

// ParseLinkPath reads a Digital Link as a web server meets it, compressed or not: the
// escaped path, beginning with a slash, and the raw query. What is not valid either
// way is an error, and both reasons are in its message.
//
// Most words are base64url, so that a server sets its own first segments apart
// before it asks.
func ParseLinkPath(escapedPath, rawQuery string) (gs1.Link, Form, error) {
	link, err := gs1.ParseLinkPath(escapedPath, rawQuery)
	if !isNoKey(err) {
		return link, Uncompressed, err
	}
	link, unpackErr := decompress(escapedPath, rawQuery, "")
	return either(link, err, unpackErr)
}

func isNoKey(err error) bool {
	var e *gs1.Error
	return errors.As(err, &e) && e.Code == noKey
}

// either gives a link that was compressed, or tells why it is one in neither form:
// a path whose bits do not even add up was hardly meant as one.
func either(link gs1.Link, err error, unpackErr *gs1.Error) (gs1.Link, Form, error) {
	switch {
	case unpackErr == nil:
		return link, Compressed, nil
	case unpackErr.Code == notCompressed:
		e := *unpackErr
		e.Code, e.Message = noKey, "No GS1 DL keys found in path info, and it is not compressed: "+e.Message
		return gs1.Link{}, Uncompressed, &e
	case unpackErr.Code == noSegment:
		return gs1.Link{}, Uncompressed, err
	}
	return gs1.Link{}, Compressed, unpackErr
}

// The codes of the errors of this package; an unpacked link that is not valid has
// those of package gs1.
const (
	// noSegment: the path does not end in a segment of base64url.
	noSegment = "NO_COMPRESSED_SEGMENT"
	// notCompressed: the bits of the segment are no elements.
	notCompressed = "NOT_COMPRESSED"
)

// Decompress reads the path of a compressed link: the escaped path, which may have a
// stem before the segment, or the key before it in the partial form, and the raw
// query, whose attributes join those of the segment. The stem of the link is that
// of the path.
//
// The Code of an error is NO_COMPRESSED_SEGMENT if the path does not end in a
// segment of base64url, NOT_COMPRESSED if its bits are no elements, and one of
// package gs1 if they are no valid link.
func Decompress(escapedPath, rawQuery string) (gs1.Link, error) {
	l, err := decompress(escapedPath, rawQuery, "")
	if err != nil {
		return gs1.Link{}, err
	}
	return l, nil
}

// decompress reads a path and a query that stand behind scheme and host, if there are
// any. Positions count from the beginning of these.
func decompress(path, query, host string) (gs1.Link, *gs1.Error) {
	if len(host)+len(path)+len(query) >= gs1.MaxLength {
		return gs1.Link{}, &gs1.Error{Code: "DATA_TOO_LONG", Message: "Maximum data length is 8191 characters", Position: gs1.MaxLength}
	}
	slash := strings.LastIndexByte(path, '/')
	segment := path[slash+1:]
	if slash < 0 || segment == "" || strings.Trim(segment, alphabet) != "" {
		return gs1.Link{}, &gs1.Error{Code: noSegment, Message: "The path does not end in a compressed segment", Position: len(host) + slash + 1}
	}
	u := unpacker{stem: host + path[:slash], query: query, begin: len(host) + slash + 1}
	u.findKey(len(host))
	l, err := u.unpack(segment, false)
	if err != nil && u.ordered {
		// The text of the standard's tool has another order for this code.
		if l, e := u.unpack(segment, true); e == nil {
			return l, nil
		}
	}
	return l, err
}

// unpacker reads one segment and makes a link of it and of what stands around it.
type unpacker struct {
	reader
	stem    string // before the segment, or before the key of the partial form
	query   string // of the request
	begin   int    // where the segment begins in the input
	key     string // "/01/09506000134352" in the partial form
	keyAt   int    // where it begins
	ordered bool   // a code was read whose order is in doubt

	elements []gs1.Element
	bits     []int // where the elements begin
	others   []string
}

// findKey looks for the readable key of the partial form, which is behind the host.
func (u *unpacker) findKey(host int) {
	value := strings.LastIndexByte(u.stem[host:], '/')
	if value < 1 {
		return
	}
	ai := strings.LastIndexByte(u.stem[host:host+value], '/')
	if ai < 0 {
		return
	}
	if a, ok := gs1.Lookup(u.stem[host+ai+1 : host+value]); ok && a.Key && host+value+1 < len(u.stem) {
		u.keyAt = host + ai
		u.stem, u.key = u.stem[:u.keyAt], u.stem[u.keyAt:]
	}
}

func (u *unpacker) unpack(segment string, asWritten bool) (gs1.Link, *gs1.Error) {
	u.reader = reader{text: segment}
	u.elements, u.bits, u.others = nil, nil, nil
	if err := u.readAll(asWritten); err != nil {
		return gs1.Link{}, err
	}
	return u.link()
}

// fail makes an error about a bit of the segment.
func (u *unpacker) fail(bit int, message string) *gs1.Error {
	return &gs1.Error{
		Code: notCompressed, Message: "Bit " + strconv.Itoa(bit) + " of the compressed segment: " + message,
		Position: u.begin + min(bit/6, len(u.text)),
	}
}

// maxItems is the number of elements and foreign parameters that a segment may have.
const maxItems = 64

// readAll reads elements and foreign parameters up to the bits that fill up the last
// sign.
func (u *unpacker) readAll(asWritten bool) *gs1.Error {
	for u.left() > 8 {
		at := u.at
		if len(u.elements)+len(u.others) == maxItems {
			return u.fail(at, "there are more than 64 elements")
		}
		sign, _ := u.take(8)
		if sign>>4 == 0xF {
			u.at = at + 4
			if err := u.readPair(); err != nil {
				return err
			}
			continue
		}
		if sign>>4 <= 9 && sign&15 <= 9 {
			if err := u.readAI(at, int(sign>>4*10+sign&15)); err != nil {
				return err
			}
			continue
		}
		c := codeOf(uint8(sign))
		if c == nil {
			return u.fail(at, "no application identifier and no code begins here")
		}
		order := c.ais
		if c.written != nil {
			u.ordered = true
			if asWritten {
				order = c.written
			}
		}
		for _, ai := range order {
			if err := u.readValue(ai); err != nil {
				return err
			}
		}
	}
	at := u.at
	if rest, _ := u.take(u.left()); rest != 0 {
		return u.fail(at, "something stands behind the last element")
	}
	return nil
}

// readAI reads an AI, whose two leading digits are known, and its value.
func (u *unpacker) readAI(at, prefix int) *gs1.Error {
	ai := string([]byte{byte('0' + prefix/10), byte('0' + prefix%10)})
	for len(ai) < int(lengths[prefix]) {
		digit, ok := u.take(4)
		if !ok || digit > 9 {
			return u.fail(u.at, "the application identifier "+ai+"… breaks off")
		}
		ai += string(rune('0' + digit))
	}
	if lengths[prefix] == 0 || formatOf(ai) == nil {
		return u.fail(at, "this is "+ai+", no application identifier with a compressed form")
	}
	return u.readValue(ai)
}

func (u *unpacker) readValue(ai string) *gs1.Error {
	u.bits = append(u.bits, u.at)
	value := ""
	for _, p := range formatOf(ai).parts {
		at := u.at
		encoding, n := uint64(encodingDigits), uint64(p.fixed)
		ok1, ok2 := true, true
		if p.set == 'X' {
			encoding, ok1 = u.take(3)
		}
		if p.fixed == 0 {
			n, ok2 = u.take(lengthBits(p.maximum))
		}
		if !ok1 || !ok2 {
			return u.fail(u.at, "the value of ("+ai+") breaks off")
		}
		if p.fixed == 0 && n > uint64(p.maximum) {
			return u.fail(at, "a component of ("+ai+") has "+strconv.FormatUint(n, 10)+" characters, and may have "+strconv.Itoa(p.maximum))
		}
		s, err := u.characters(int(encoding), int(n), "the value of ("+ai+")")
		if err != nil {
			return err
		}
		value += s
	}
	u.elements = append(u.elements, gs1.Element{AI: ai, Value: value})
	return nil
}

// characters reads a text of n characters in an encoding.
func (u *unpacker) characters(encoding, n int, what string) (string, *gs1.Error) {
	at := u.at
	switch {
	case encoding > encodingASCII:
		return "", u.fail(at, what+" has an encoding that does not exist")
	case encoding == encodingDigits:
		s, ok := u.number(digitBits(n))
		if !ok {
			return "", u.fail(at, what+" breaks off")
		}
		if n == 0 && s == "0" {
			return "", nil
		}
		if len(s) > n {
			return "", u.fail(at, what+" is a number of more than "+strconv.Itoa(n)+" digits")
		}
		return strings.Repeat("0", n-len(s)) + s, nil
	}
	bits := bitsOf(encoding)
	if n*bits > u.left() {
		return "", u.fail(at, what+" breaks off")
	}
	b := make([]byte, n)
	for i := range b {
		v, _ := u.take(bits)
		if encoding == encodingASCII {
			b[i] = byte(v)
		} else {
			b[i] = signs(encoding)[v]
		}
	}
	return string(b), nil
}

// readPair reads a foreign parameter behind its mark.
func (u *unpacker) readPair() *gs1.Error {
	at := u.at
	n, ok := u.take(7)
	if !ok || n == 0 {
		return u.fail(at, "a parameter has no name")
	}
	name, err := u.characters(encodingBase64, int(n), "the name of a parameter")
	if err != nil {
		return err
	}
	if dictionary.Outside(name, dictionary.Digits) < 0 {
		return u.fail(at, "a foreign parameter is called "+name+" like an application identifier")
	}
	encoding, ok1 := u.take(3)
	n, ok2 := u.take(7)
	if !ok1 || !ok2 {
		return u.fail(u.at, "the parameter "+name+" breaks off")
	}
	value, err := u.characters(int(encoding), int(n), "the parameter "+name)
	if err != nil {
		return err
	}
	u.others = append(u.others, name+"="+inQuery(value))
	return nil
}

// inQuery escapes what of a foreign value cannot stand in a query: it stood there
// when the link was compressed, unless somebody unescaped it before.
func inQuery(value string) string {
	var b strings.Builder
	for i := range len(value) {
		if c := value[i]; dictionary.Is(c, dictionary.InURI) && c != '&' && c != '#' {
			b.WriteByte(c)
		} else {
			b.WriteString(escape(value[i : i+1]))
		}
	}
	return b.String()
}

func codeOf(sign uint8) *code {
	for i := range codes {
		if codes[i].sign == sign {
			return &codes[i]
		}
	}
	return nil
}

// link puts what was read into the order of a URI, and lets package gs1 judge.
func (u *unpacker) link() (gs1.Link, *gs1.Error) {
	keys := 0
	for i, e := range u.elements {
		if a, ok := gs1.Lookup(e.AI); ok && a.Key {
			if keys++; keys > 1 || u.key != "" {
				return gs1.Link{}, u.fail(u.bits[i], "this is a second key, ("+e.AI+")")
			}
		}
	}
	if keys == 0 && u.key == "" {
		return gs1.Link{}, u.fail(0, "there is no key in it")
	}
	path, query, err := u.arrange()
	if err != nil {
		return gs1.Link{}, u.place(err, 0)
	}
	whole := u.stem + path
	for _, q := range append(append([]string{query}, u.others...), u.query) {
		if q != "" && len(whole) == len(u.stem)+len(path) {
			whole += "?" + q
		} else if q != "" {
			whole += "&" + q
		}
	}
	var link gs1.Link
	if strings.Contains(u.stem, "://") {
		link, err = gs1.ParseLink(whole)
	} else {
		path, query, _ := strings.Cut(whole, "?")
		link, err = gs1.ParseLinkPath(path, query)
	}
	if err != nil {
		return gs1.Link{}, u.place(err, len(whole)-len(u.query))
	}
	return link, nil
}

// arrange writes the elements as the path and the query of a link.
func (u *unpacker) arrange() (path, query string, err error) {
	elements := u.elements
	if u.key != "" {
		_, ai, _ := strings.Cut(u.key, "/")
		ai, raw, _ := strings.Cut(ai, "/")
		key, err := gs1.Dialect{Part: true}.ParseLinkPath("/"+ai+"/"+raw, "")
		if err != nil {
			return "", "", err
		}
		elements = append(key.Elements(), elements...)
	}
	link, err := gs1.Dialect{Part: true}.NewLink(elements)
	if err != nil {
		return "", "", err
	}
	path, query, _ = strings.Cut(link.URI(""), "?")
	return path, query, nil
}

// place moves an error about what was unpacked to where its AI stands in the
// input: in the segment, in the key before it, or in the query of the request,
// which begins at a place of what was judged.
func (u *unpacker) place(err error, query int) *gs1.Error {
	var e *gs1.Error
	if !errors.As(err, &e) {
		return &gs1.Error{Code: notCompressed, Message: err.Error(), Position: -1}
	}
	moved := *e
	for i, element := range u.elements {
		if element.AI == e.AI {
			moved.Position = u.begin + u.bits[i]/6
			return &moved
		}
	}
	switch {
	case u.key != "" && strings.HasPrefix(u.key, "/"+e.AI+"/"):
		moved.Position = u.keyAt + 1
	case u.query != "" && query > 0 && e.Position >= query:
		moved.Position = u.begin + len(u.text) + 1 + e.Position - query
	default:
		moved.Position = -1
	}
	return &moved
}

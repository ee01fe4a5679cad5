package jsondoc

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"tagline/epcis"
)

// node is one value of JSON with the place where it begins.
type node struct {
	kind    byte // '{' '[' '"' '0' 't' 'f' 'n'
	at      int
	text    string // of a string or a number
	members []member
	items   []node
}

type member struct {
	name  string
	at    int
	value node
}

// get finds a member.
func (n *node) get(name string) *node {
	for i := range n.members {
		if n.members[i].name == name {
			return &n.members[i].value
		}
	}
	return nil
}

// parser reads one value of JSON (RFC 8259), strictly.
type parser struct {
	src   []byte
	at    int
	depth int
	line  int // of the first byte
}

// parse reads the one value that src holds.
func parse(src []byte, line, depth int) (node, error) {
	p := parser{src: src, depth: depth, line: line}
	p.blank()
	n, err := p.value()
	if err != nil {
		return n, err
	}
	p.blank()
	if p.at < len(src) {
		return n, p.fail(p.at, "syntax", "something stands behind the end of the value")
	}
	return n, nil
}

func (p *parser) fail(at int, rule, detail string) error {
	line, column := place(p.src, at, p.line)
	return epcis.Problem{Line: line, Column: column, Rule: rule, Detail: detail}
}

// place tells line and column of a byte of src, whose first byte stands in line.
func place(src []byte, at, line int) (int, int) {
	before := src[:min(at, len(src))]
	n := bytes.Count(before, []byte("\n"))
	return line + n, len(before) - bytes.LastIndexByte(before, '\n')
}

func (p *parser) blank() {
	for p.at < len(p.src) {
		switch p.src[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *parser) value() (node, error) {
	if p.at >= len(p.src) {
		return node{}, p.fail(p.at, "syntax", "a value is missing: the JSON ends too early")
	}
	n := node{at: p.at}
	switch c := p.src[p.at]; {
	case c == '{' || c == '[':
		if p.depth--; p.depth < 0 {
			return n, p.fail(p.at, "depth", "the JSON is nested too deep")
		}
		n.kind = c
		var err error
		if c == '{' {
			err = p.object(&n)
		} else {
			err = p.list(&n)
		}
		p.depth++
		return n, err
	case c == '"':
		n.kind = '"'
		text, err := p.string()
		n.text = text
		return n, err
	case c == '-' || c >= '0' && c <= '9':
		n.kind = '0'
		end := p.at + 1
		for end < len(p.src) && strings.IndexByte("0123456789+-.eE", p.src[end]) >= 0 {
			end++
		}
		n.text = string(p.src[p.at:end])
		if !epcis.IsNumber(n.text) {
			return n, p.fail(p.at, "syntax", strconv.Quote(clip(n.text))+" is no number of JSON")
		}
		p.at = end
		return n, nil
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if bytes.HasPrefix(p.src[p.at:], []byte(word)) {
			n.kind, n.text = word[0], word
			p.at += len(word)
			return n, nil
		}
	}
	return n, p.fail(p.at, "syntax", "a value of JSON is needed here, and "+strconv.QuoteRune(rune(p.src[p.at]))+" begins none")
}

func (p *parser) object(n *node) error {
	p.at++
	for {
		p.blank()
		if p.at < len(p.src) && p.src[p.at] == '}' && len(n.members) == 0 {
			p.at++
			return nil
		}
		if p.at >= len(p.src) || p.src[p.at] != '"' {
			return p.fail(p.at, "syntax", "a name in quotation marks is needed here")
		}
		m := member{at: p.at}
		var err error
		if m.name, err = p.string(); err != nil {
			return err
		}
		for i := range n.members {
			if n.members[i].name == m.name {
				return p.fail(m.at, "duplicate-name", strconv.Quote(clip(m.name))+" stands twice in one object")
			}
		}
		p.blank()
		if p.at >= len(p.src) || p.src[p.at] != ':' {
			return p.fail(p.at, "syntax", "a colon is needed behind the name")
		}
		p.at++
		p.blank()
		if m.value, err = p.value(); err != nil {
			return err
		}
		if len(n.members) >= maxMembers {
			return p.fail(m.at, "too-many", "an object has more than "+strconv.Itoa(maxMembers)+" members")
		}
		n.members = append(n.members, m)
		p.blank()
		switch {
		case p.at < len(p.src) && p.src[p.at] == ',':
			p.at++
		case p.at < len(p.src) && p.src[p.at] == '}':
			p.at++
			return nil
		default:
			return p.fail(p.at, "syntax", "a comma or the end of the object is needed here")
		}
	}
}

// maxMembers bounds an object: looking for names that stand twice costs their
// square.
const maxMembers = 2000

func (p *parser) list(n *node) error {
	p.at++
	for {
		p.blank()
		if p.at < len(p.src) && p.src[p.at] == ']' && len(n.items) == 0 {
			p.at++
			return nil
		}
		item, err := p.value()
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
		p.blank()
		switch {
		case p.at < len(p.src) && p.src[p.at] == ',':
			p.at++
		case p.at < len(p.src) && p.src[p.at] == ']':
			p.at++
			return nil
		default:
			return p.fail(p.at, "syntax", "a comma or the end of the list is needed here")
		}
	}
}

func (p *parser) string() (string, error) {
	start := p.at
	plain := true
	for i := start + 1; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == '"':
			p.at = i + 1
			raw := p.src[start+1 : i]
			if !utf8.Valid(raw) {
				return "", p.fail(start, "syntax", "the text is not UTF-8")
			}
			if plain {
				return string(raw), nil
			}
			var text string
			if err := json.Unmarshal(p.src[start:i+1], &text); err != nil {
				return "", p.fail(start, "syntax", "the text has an escape that JSON does not know")
			}
			if strings.IndexByte(text, 0) >= 0 {
				return "", p.fail(start, "syntax", "the text holds the character U+0000, which neither XML nor databases have")
			}
			return text, nil
		case c == '\\':
			plain = false
			i++
		case c < ' ':
			return "", p.fail(i, "syntax", "a control character stands in a text: write it as an escape")
		}
	}
	return "", p.fail(start, "syntax", "a text has no end")
}

// clip shortens a text of the outside for a message.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

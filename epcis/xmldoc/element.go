package xmldoc

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"tagline/epcis"
)

// The namespaces; those of EPCIS without the number of the release.
const (
	SpaceEPCIS = "urn:epcglobal:epcis:xsd:"
	SpaceQuery = "urn:epcglobal:epcis-query:xsd:"
	SpaceXSI   = "http://www.w3.org/2001/XMLSchema-instance"
	SpaceXSD   = "http://www.w3.org/2001/XMLSchema"
)

// element is one element with what is in it.
type element struct {
	name     xml.Name
	attrs    []xml.Attr
	children []*element
	text     string
	line     int
	column   int
}

// standard tells whether an element is one of the standard's own, by whatever
// release or habit: without a namespace, or in that of EPCIS.
func standard(n xml.Name) bool {
	return n.Space == "" || strings.HasPrefix(n.Space, SpaceEPCIS) || strings.HasPrefix(n.Space, SpaceQuery)
}

// child gives the first standard child of a name.
func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for _, c := range e.children {
		if c.name.Local == name && standard(c.name) {
			return c
		}
	}
	return nil
}

func (e *element) attr(space, name string) (string, bool) {
	for _, a := range e.attrs {
		if a.Name.Local == name && a.Name.Space == space {
			return a.Value, true
		}
	}
	return "", false
}

// isNil tells of xsi:nil.
func (e *element) isNil() bool {
	v, _ := e.attr(SpaceXSI, "nil")
	return v == "true" || v == "1"
}

// meter hands on what it reads and fails when more was read since the last mark than
// is allowed: the decoder keeps a whole token in memory, however long it is.
type meter struct {
	r    io.Reader
	left int64
	most int64
}

var errLarge = errors.New("xmldoc: this part of the document is larger than is read at a time")

func (m *meter) Read(b []byte) (int, error) {
	if m.left <= 0 {
		return 0, errLarge
	}
	if int64(len(b)) > m.left {
		b = b[:m.left]
	}
	n, err := m.r.Read(b)
	m.left -= int64(n)
	return n, err
}

func (m *meter) mark(most int64) { m.most, m.left = most, most+4096 }

// source reads tokens with their places.
type source struct {
	dec    *xml.Decoder
	meter  *meter
	limits epcis.Limits
}

func (s *source) problem(rule, format string, args ...any) error {
	line, column := s.dec.InputPos()
	return epcis.Problem{Line: line, Column: column, Rule: rule, Detail: fmt.Sprintf(format, args...)}
}

// token reads the next token that counts; the error of a broken document is a
// Problem.
func (s *source) token() (xml.Token, error) {
	for {
		t, err := s.dec.Token()
		if err != nil {
			return nil, s.explain(err)
		}
		switch t := t.(type) {
		case xml.Comment:
		case xml.ProcInst:
		case xml.Directive:
			text := strings.TrimSpace(string(t))
			fields := strings.Fields(text)
			if len(fields) != 2 || !strings.EqualFold(fields[0], "DOCTYPE") || strings.ContainsAny(text, "[\"'") {
				return nil, s.problem("document-type", "the document brings a document type or entities of its own, which are not read: leave the DOCTYPE out")
			}
		default:
			return t, nil
		}
	}
}

func (s *source) explain(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, errLarge):
		return s.problem("too-large", "this part of the document is larger than is read at a time")
	case err == io.EOF:
		return io.EOF
	case errors.As(err, &syntax):
		detail := syntax.Msg
		switch {
		case strings.Contains(detail, "unexpected EOF"):
			detail = "the document ends too early"
		case strings.Contains(detail, "invalid character entity"):
			detail = "the document uses an entity that XML does not know; entities are not read: write the text itself"
		case strings.Contains(detail, "invalid UTF-8"):
			detail = "the text is not UTF-8"
		}
		return epcis.Problem{Line: syntax.Line, Rule: "syntax", Detail: "no well-formed XML: " + detail}
	case strings.Contains(err.Error(), "encoding"):
		return s.problem("encoding", "the document is not in UTF-8: convert it first")
	}
	return err
}

// tree reads the rest of an element whose start was read.
func (s *source) tree(start xml.StartElement, depth int) (*element, error) {
	line, column := s.dec.InputPos()
	e := &element{name: start.Name, attrs: start.Copy().Attr, line: line, column: column}
	if depth <= 0 {
		return nil, s.problem("depth", "the XML is nested too deep")
	}
	var text strings.Builder
	for {
		t, err := s.token()
		if err == io.EOF {
			return nil, s.problem("syntax", "no well-formed XML: the document ends too early")
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			c, err := s.tree(t, depth-1)
			if err != nil {
				return nil, err
			}
			e.children = append(e.children, c)
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			e.text = strings.TrimSpace(text.String())
			return e, nil
		}
	}
}

package xmldoc

import (
	"bytes"
	"encoding/xml"
	"io"
	"slices"
	"strconv"
	"strings"

	"tagline/epcis"
)

// The limits that hold where epcis.Limits says nothing.
const (
	defaultEvents = 50_000
	defaultEvent  = 1 << 20
	defaultDepth  = 64
	maxPart       = 8 << 20
)

// Reader hands out the events of a document.
type Reader struct {
	s       *source
	doc     epcis.Document
	version string // "1" or "2"
	path    string // pointer of the list of events
	index   int
	inList  bool
	nested  int // how many elements called extension are open in the list
	done    bool
}

// Open reads a document up to its list of events and checks what every document
// must have. The error is an epcis.Problem where the document is at fault.
func Open(src io.ReadSeeker, limits epcis.Limits) (*Reader, error) {
	if limits.MaxEvents <= 0 {
		limits.MaxEvents = defaultEvents
	}
	if limits.MaxEvent <= 0 {
		limits.MaxEvent = defaultEvent
	}
	if limits.MaxDepth <= 0 {
		limits.MaxDepth = defaultDepth
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	var mark [3]byte
	n, err := io.ReadFull(src, mark[:])
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return nil, err
	}
	var rest io.Reader = src
	if n < 3 || !bytes.Equal(mark[:], []byte("\xef\xbb\xbf")) {
		rest = io.MultiReader(bytes.NewReader(mark[:n]), src)
	}
	m := &meter{r: rest}
	m.mark(maxPart)
	r := &Reader{s: &source{dec: xml.NewDecoder(m), meter: m, limits: limits}}
	return r, r.head()
}

// head reads the root, the header and the way to the list of events.
func (r *Reader) head() error {
	root, err := r.start()
	if err != nil {
		return err
	}
	kind := root.Name.Local
	switch {
	case kind == "EPCISDocument" && strings.HasPrefix(root.Name.Space, SpaceEPCIS):
	case kind == "EPCISQueryDocument" && strings.HasPrefix(root.Name.Space, SpaceQuery):
		r.doc.Query = true
	default:
		return r.s.problem("no-epcis", "this is no EPCIS document: the root is %s, and EPCISDocument in %s2 or EPCISQueryDocument in %s2 is needed",
			clip(root.Name.Local), SpaceEPCIS, SpaceQuery)
	}
	r.version = root.Name.Space[strings.LastIndexByte(root.Name.Space, ':')+1:]
	if r.version != "1" && r.version != "2" {
		return r.s.problem("version", "the namespace %s is of no release that is read here: 1.2 and 2.0 are", clip(root.Name.Space))
	}
	r.doc.Context = bind(nil, root.Attr)
	for _, a := range root.Attr {
		switch {
		case a.Name.Space != "":
		case a.Name.Local == "schemaVersion":
			r.doc.SchemaVersion = a.Value
		case a.Name.Local == "creationDate":
			at, ok := epcis.ParseTime(a.Value)
			if !ok && r.s.limits.Strict {
				return r.s.problem("time", "creationDate is no date and time with a zone, as in 2026-11-26T12:00:00Z")
			}
			r.doc.CreationDate = at
		case a.Name.Local == "id":
			r.doc.ID = a.Value
		}
	}
	if !r.doc.Query && (r.doc.SchemaVersion == "" || r.doc.CreationDate.Text == "") && r.s.limits.Strict {
		return r.s.problem("missing-field", "the root needs the attributes schemaVersion and creationDate")
	}
	r.path = "/EPCISBody"
	if r.doc.Query {
		r.path = "/EPCISBody/QueryResults/resultsBody"
	}
	return r.body("")
}

// body walks into the containers of the list of events, and takes what stands
// before it.
func (r *Reader) body(at string) error {
	for {
		t, err := r.s.token()
		if err == io.EOF {
			return r.s.problem("syntax", "no well-formed XML: the document ends too early")
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if at == "" {
				return r.s.problem("missing-field", "the list of events (EventList) is missing")
			}
			at = at[:strings.LastIndexByte(at, '/')]
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				return r.s.problem("syntax", "a text stands where elements are needed")
			}
		case xml.StartElement:
			switch name := t.Name.Local; {
			case standard(t.Name) && name == "EventList":
				r.inList, r.path = true, at+"/EventList"
				return nil
			case standard(t.Name) && (name == "EPCISBody" || name == "QueryResults" || name == "resultsBody"):
				at += "/" + name
			default:
				e, err := r.s.tree(t, r.s.limits.MaxDepth)
				if err != nil {
					return err
				}
				if err := r.header(e); err != nil {
					return err
				}
			}
		}
	}
}

// header takes an element that stands beside the events.
func (r *Reader) header(e *element) error {
	switch {
	case standard(e.name) && e.name.Local == "EPCISHeader":
		for _, c := range e.children {
			switch c.name.Local {
			case "StandardBusinessDocumentHeader":
				r.business(c)
			case "extension", "EPCISMasterData":
				data := c
				if c.name.Local == "extension" {
					data = c.child("EPCISMasterData")
				}
				if err := r.vocabularies(data.child("VocabularyList")); err != nil {
					return err
				}
			}
		}
	case standard(e.name) && e.name.Local == "VocabularyList":
		return r.vocabularies(e)
	case standard(e.name) && e.name.Local == "queryName":
		r.doc.QueryName = e.text
	case standard(e.name) && e.name.Local == "subscriptionID":
		r.doc.SubscriptionID = e.text
	case standard(e.name):
		if e.name.Local == "extension" {
			return nil
		}
		return epcis.Problem{Line: e.line, Column: e.column, Pointer: "/" + e.name.Local, Rule: "unknown-field", Detail: "the element " + clip(e.name.Local) + " is unknown here; one of your own needs a namespace"}
	default:
		r.doc.Extensions = append(r.doc.Extensions, fieldOf(e, r.doc.Context))
	}
	return nil
}

// business takes sender, receiver and the document's name of a Standard Business
// Document Header.
func (r *Reader) business(e *element) {
	for _, c := range e.children {
		switch c.name.Local {
		case "Sender", "Receiver":
			for _, id := range c.children {
				if id.name.Local != "Identifier" {
					continue
				}
				if c.name.Local == "Sender" {
					r.doc.Sender = id.text
				} else {
					r.doc.Receiver = id.text
				}
			}
		case "DocumentIdentification":
			for _, id := range c.children {
				if id.name.Local == "InstanceIdentifier" {
					r.doc.InstanceIdentifier = id.text
				}
			}
		}
	}
}

func (r *Reader) vocabularies(list *element) error {
	if list == nil {
		return nil
	}
	for _, v := range list.children {
		kind, _ := v.attr("", "type")
		if kind == "" {
			return epcis.Problem{Line: v.line, Column: v.column, Pointer: "/VocabularyList", Rule: "master-data", Detail: "the type of a Vocabulary is missing"}
		}
		out := epcis.Vocabulary{Type: kind}
		if elements := v.child("VocabularyElementList"); elements != nil {
			for _, e := range elements.children {
				id, _ := e.attr("", "id")
				if id == "" {
					return epcis.Problem{Line: e.line, Column: e.column, Pointer: "/VocabularyList", Rule: "master-data", Detail: "the id of a VocabularyElement is missing"}
				}
				element := epcis.VocabularyElement{ID: id}
				for _, c := range e.children {
					switch c.name.Local {
					case "attribute":
						name, _ := c.attr("", "id")
						if name == "" {
							return epcis.Problem{Line: c.line, Column: c.column, Pointer: "/VocabularyList", Rule: "master-data", Detail: "the id of an attribute is missing"}
						}
						element.Attributes = append(element.Attributes, epcis.Attribute{ID: expand(name, r.doc.Context), Value: valueOf(c, r.doc.Context, "id")})
					case "children":
						for _, child := range c.children {
							element.Children = append(element.Children, child.text)
						}
					}
				}
				out.Elements = append(out.Elements, element)
			}
		}
		r.doc.Vocabularies = append(r.doc.Vocabularies, out)
	}
	return nil
}

// start gives the next start of an element.
func (r *Reader) start() (xml.StartElement, error) {
	for {
		t, err := r.s.token()
		if err == io.EOF {
			return xml.StartElement{}, r.s.problem("syntax", "no well-formed XML: there is no element")
		}
		if err != nil {
			return xml.StartElement{}, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			return t.Copy(), nil
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				return xml.StartElement{}, r.s.problem("syntax", "no XML: a text stands before the first element")
			}
		}
	}
}

// Document is everything but the events, as far as it was read; after the last
// event it is whole.
func (r *Reader) Document() *epcis.Document { return &r.doc }

// Next reads the next event. The error is io.EOF behind the last one, and an
// epcis.Problem where the rest cannot be read. An event that is wrong in itself
// comes with its problems.
func (r *Reader) Next() (epcis.Item, error) {
	for r.inList {
		r.s.meter.mark(int64(r.s.limits.MaxEvent))
		t, err := r.s.token()
		if err == io.EOF {
			return epcis.Item{}, r.s.problem("syntax", "no well-formed XML: the document ends too early")
		}
		if err != nil {
			return epcis.Item{}, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if r.nested > 0 {
				r.nested--
				continue
			}
			r.inList = false
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				return epcis.Item{}, r.s.problem("syntax", "a text stands between the events")
			}
		case xml.StartElement:
			if standard(t.Name) && t.Name.Local == "extension" { // 1.2: what later releases added
				r.nested++
				continue
			}
			return r.event(t)
		}
	}
	if r.done {
		return epcis.Item{}, io.EOF
	}
	r.s.meter.mark(maxPart)
	for {
		t, err := r.s.token()
		if err == io.EOF {
			r.done = true
			return epcis.Item{}, io.EOF
		}
		if err != nil {
			return epcis.Item{}, err
		}
		if start, ok := t.(xml.StartElement); ok {
			e, err := r.s.tree(start, r.s.limits.MaxDepth)
			if err != nil {
				return epcis.Item{}, err
			}
			if !standard(e.name) {
				r.doc.Extensions = append(r.doc.Extensions, fieldOf(e, r.doc.Context))
			} else if err := r.header(e); err != nil {
				return epcis.Item{}, err
			}
		}
	}
}

func (r *Reader) event(start xml.StartElement) (epcis.Item, error) {
	pointer := r.path + "/" + strconv.Itoa(r.index)
	line, _ := r.s.dec.InputPos()
	if r.index >= r.s.limits.MaxEvents {
		return epcis.Item{}, epcis.Problem{Pointer: pointer, Line: line, Rule: "too-many", Detail: "the document has more than " + strconv.Itoa(r.s.limits.MaxEvents) + " events"}
	}
	tree, err := r.s.tree(start, r.s.limits.MaxDepth)
	if err != nil {
		if p, ok := err.(epcis.Problem); ok {
			p.Pointer = pointer
			return epcis.Item{}, p
		}
		return epcis.Item{}, err
	}
	item := readEvent(tree, pointer, r.doc.Context, r.version, r.s.limits.Strict)
	item.Index = r.index
	r.index++
	return item, nil
}

// bind adds the prefixes that an element declares to a context.
func bind(c *epcis.Context, attrs []xml.Attr) *epcis.Context {
	var out *epcis.Context
	for _, a := range attrs {
		if a.Name.Space != "xmlns" || a.Value == SpaceXSI || a.Value == SpaceXSD || strings.HasPrefix(a.Value, SpaceEPCIS) || strings.HasPrefix(a.Value, SpaceQuery) {
			continue
		}
		if c != nil {
			if space, ok := c.Space(a.Name.Local); ok && space == a.Value {
				continue
			}
		}
		if out == nil {
			out = &epcis.Context{}
			if c != nil {
				out.URLs, out.Bindings = slices.Clone(c.URLs), slices.Clone(c.Bindings)
			}
		}
		out.Bindings = append(out.Bindings, epcis.Binding{Prefix: a.Name.Local, Space: a.Value})
	}
	if out != nil {
		return out
	}
	if c == nil {
		return &epcis.Context{}
	}
	return c
}

func expand(text string, c *epcis.Context) string {
	prefix, local, found := strings.Cut(text, ":")
	if space, ok := c.Space(prefix); found && ok && !strings.HasPrefix(local, "//") {
		return space + local
	}
	return text
}

// clip shortens a text of the outside for a message.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

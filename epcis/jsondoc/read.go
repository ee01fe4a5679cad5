package jsondoc

import (
	"bytes"
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
	maxPart       = 8 << 20 // master data and other parts beside the events
)

func limited(l epcis.Limits) epcis.Limits {
	if l.MaxEvents <= 0 {
		l.MaxEvents = defaultEvents
	}
	if l.MaxEvent <= 0 {
		l.MaxEvent = defaultEvent
	}
	if l.MaxDepth <= 0 {
		l.MaxDepth = defaultDepth
	}
	return l
}

// Reader hands out the events of a document.
type Reader struct {
	src    io.ReadSeeker
	limits epcis.Limits
	doc    epcis.Document
	s      *stream
	begin  int64 // of the list of events
	line   int
	list   string // pointer of the list
	index  int
	done   bool
}

// Open reads a document up to its end once, without its events, and checks what
// every document must have. The error is an epcis.Problem where the document is at
// fault: no JSON, no EPCIS document, nested too deep, a part too large.
func Open(src io.ReadSeeker, limits epcis.Limits) (*Reader, error) {
	r := &Reader{src: src, limits: limited(limits)}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	var mark [3]byte
	n, err := io.ReadFull(src, mark[:])
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return nil, err
	}
	start := int64(0)
	if n == 3 && bytes.Equal(mark[:], []byte("\xef\xbb\xbf")) {
		start = 3
	}
	if _, err := src.Seek(start, io.SeekStart); err != nil {
		return nil, err
	}
	s := newStream(src, start, 1, maxPart, r.limits.MaxDepth)
	parts := map[string]*node{}
	if err := s.members(func(name string) error { return r.part(s, name, "/", parts) }); err != nil {
		return nil, err
	}
	if _, err := s.peek(); err == nil {
		return nil, s.fail("syntax", "something stands behind the end of the document")
	}
	return r, r.header(parts)
}

// part takes one member of the document, of its body or of its results.
func (r *Reader) part(s *stream, name, at string, parts map[string]*node) error {
	inside := func(deeper string) error {
		return s.members(func(name string) error { return r.part(s, name, deeper, parts) })
	}
	switch at + name {
	case "/epcisBody":
		return inside("/epcisBody/")
	case "/epcisBody/queryResults":
		return inside("/epcisBody/queryResults/")
	case "/epcisBody/queryResults/resultsBody":
		return inside("/epcisBody/queryResults/resultsBody/")
	case "/epcisBody/eventList", "/epcisBody/queryResults/resultsBody/eventList":
		c, err := s.peek()
		if err != nil {
			return err
		}
		if c != '[' {
			return epcis.Problem{Pointer: at + name, Line: s.line, Rule: "list", Detail: "eventList is a list of events"}
		}
		if r.list != "" {
			return epcis.Problem{Pointer: at + name, Line: s.line, Rule: "twice", Detail: "the document has two lists of events"}
		}
		r.begin, r.line, r.list = s.at, s.line, at+name
		_, err = s.value(false)
		return err
	}
	line := s.line
	raw, err := s.value(true)
	if err != nil {
		return err
	}
	n, err := parse(raw, line, r.limits.MaxDepth)
	if err != nil {
		return err
	}
	n.at = line // of a part that stands alone only the line is of use
	parts[at+name] = &n
	return nil
}

// header makes the Document of the parts.
func (r *Reader) header(parts map[string]*node) error {
	bad := func(pointer, rule, detail string) error {
		line := 0
		if n := parts[pointer]; n != nil {
			line = n.at
		}
		return epcis.Problem{Pointer: pointer, Line: line, Rule: rule, Detail: detail}
	}
	text := func(pointer string, into *string) error {
		n := parts[pointer]
		if n == nil {
			return nil
		}
		if n.kind != '"' {
			return bad(pointer, "text", "a text is needed here")
		}
		*into = n.text
		return nil
	}
	d := &r.doc
	kind, created := "", ""
	for pointer, into := range map[string]*string{
		"/type": &kind, "/schemaVersion": &d.SchemaVersion, "/creationDate": &created, "/id": &d.ID,
		"/instanceIdentifier": &d.InstanceIdentifier, "/sender": &d.Sender, "/receiver": &d.Receiver,
		"/epcisBody/queryResults/queryName": &d.QueryName, "/epcisBody/queryResults/subscriptionID": &d.SubscriptionID,
	} {
		if err := text(pointer, into); err != nil {
			return err
		}
	}
	switch kind {
	case "EPCISDocument":
	case "EPCISQueryDocument":
		d.Query = true
	default:
		return bad("/type", "no-epcis", `this is no EPCIS document: "type" must be EPCISDocument or EPCISQueryDocument`)
	}
	context := parts["/@context"]
	if context == nil {
		return bad("/@context", "missing-field", "@context is missing: it says that the names are those of EPCIS")
	}
	c, ok := readContext(context, nil)
	if !ok {
		return bad("/@context", "context", "@context is an address, an object of prefixes, or a list of these")
	}
	d.Context = c
	if r.list == "" {
		return bad("/epcisBody", "missing-field", "the list of events is missing (epcisBody.eventList, in the answer to a query epcisBody.queryResults.resultsBody.eventList)")
	}
	if d.SchemaVersion == "" && !d.Query {
		return bad("/schemaVersion", "missing-field", `schemaVersion is missing: write "2.0"`)
	}
	if d.SchemaVersion != "" && !isVersion(d.SchemaVersion) {
		return bad("/schemaVersion", "version", "schemaVersion is made of numbers and dots, as in 2.0")
	}
	if created == "" && !d.Query {
		return bad("/creationDate", "missing-field", "creationDate is missing")
	}
	if created != "" {
		if d.CreationDate, ok = epcis.ParseTime(created); !ok {
			return bad("/creationDate", "time", "creationDate is no date and time with a zone, as in 2026-11-26T12:00:00Z")
		}
	}
	names := make([]string, 0, len(parts))
	for pointer := range parts {
		names = append(names, pointer)
	}
	slices.Sort(names)
	for _, pointer := range names {
		if err := r.other(pointer, parts[pointer]); err != nil {
			return err
		}
	}
	return nil
}

// other takes master data and extensions of the document.
func (r *Reader) other(pointer string, n *node) error {
	switch pointer {
	case "/type", "/schemaVersion", "/creationDate", "/id", "/instanceIdentifier", "/sender", "/receiver", "/@context",
		"/epcisBody/queryResults/queryName", "/epcisBody/queryResults/subscriptionID":
		return nil
	case "/epcisHeader":
		if data := n.get("epcisMasterData"); data != nil {
			if list := data.get("vocabularyList"); list != nil {
				return r.vocabularies("/epcisHeader/epcisMasterData/vocabularyList", list, n.at)
			}
		}
		return nil
	case "/epcisBody/queryResults/resultsBody/vocabularyList":
		return r.vocabularies(pointer, n, n.at)
	}
	name := pointer[strings.LastIndexByte(pointer, '/')+1:]
	if !strings.Contains(name, ":") {
		return epcis.Problem{
			Pointer: pointer, Line: n.at, Rule: "unknown-field",
			Detail: `"` + clip(name) + `" is unknown here` + epcis.Nearest(name, documentNames()) + "; a name of your own needs a prefix",
		}
	}
	r.doc.Extensions = append(r.doc.Extensions, field(name, n, r.doc.Context))
	return nil
}

func documentNames() []string {
	return []string{"@context", "type", "schemaVersion", "creationDate", "id", "instanceIdentifier", "sender", "receiver", "epcisHeader", "epcisBody"}
}

// vocabularies reads master data.
func (r *Reader) vocabularies(at string, list *node, line int) error {
	bad := func(at, detail string) error {
		return epcis.Problem{Pointer: at, Line: line, Rule: "master-data", Detail: detail}
	}
	if list.kind != '[' {
		return bad(at, "vocabularyList is a list")
	}
	for i := range list.items {
		v := &list.items[i]
		at := at + "/" + strconv.Itoa(i)
		kind := v.get("type")
		if kind == nil || kind.kind != '"' || kind.text == "" {
			return bad(at+"/type", "the type of the vocabulary is missing, such as urn:epcglobal:epcis:vtype:BusinessLocation")
		}
		out := epcis.Vocabulary{Type: kind.text}
		elements := v.get("vocabularyElementList")
		if elements == nil || elements.kind != '[' {
			return bad(at+"/vocabularyElementList", "the vocabularyElementList is missing")
		}
		for j := range elements.items {
			e := &elements.items[j]
			at := at + "/vocabularyElementList/" + strconv.Itoa(j)
			id := e.get("id")
			if id == nil || id.kind != '"' || id.text == "" {
				return bad(at+"/id", "the id is missing")
			}
			element := epcis.VocabularyElement{ID: id.text}
			if attributes := e.get("attributes"); attributes != nil {
				for k := range attributes.items {
					a := &attributes.items[k]
					name := a.get("id")
					if name == nil || name.kind != '"' || name.text == "" {
						return bad(at+"/attributes/"+strconv.Itoa(k)+"/id", "the name of the attribute is missing")
					}
					attribute := epcis.Attribute{ID: expand(name.text, r.doc.Context)}
					if value := a.get("attribute"); value != nil {
						attribute.Value = valueOf(value, r.doc.Context)
					}
					element.Attributes = append(element.Attributes, attribute)
				}
			}
			if children := e.get("children"); children != nil {
				for k := range children.items {
					c := &children.items[k]
					if c.kind != '"' {
						return bad(at+"/children/"+strconv.Itoa(k), "a child is named by its identifier")
					}
					element.Children = append(element.Children, c.text)
				}
			}
			out.Elements = append(out.Elements, element)
		}
		r.doc.Vocabularies = append(r.doc.Vocabularies, out)
	}
	return nil
}

// Document is everything but the events.
func (r *Reader) Document() *epcis.Document { return &r.doc }

// Next reads the next event. The error is io.EOF behind the last one, and an
// epcis.Problem where the rest cannot be read. An event that is wrong in itself
// comes with its problems.
func (r *Reader) Next() (epcis.Item, error) {
	if r.done {
		return epcis.Item{}, io.EOF
	}
	if r.s == nil {
		if _, err := r.src.Seek(r.begin, io.SeekStart); err != nil {
			return epcis.Item{}, err
		}
		r.s = newStream(r.src, r.begin, r.line, r.limits.MaxEvent, r.limits.MaxDepth)
		if _, err := r.s.next(); err != nil {
			return epcis.Item{}, err
		}
	}
	c, err := r.s.peek()
	if err != nil {
		return epcis.Item{}, err
	}
	if c == ']' && r.index == 0 {
		r.done = true
		return epcis.Item{}, io.EOF
	}
	if r.index > 0 {
		if _, err := r.s.next(); err != nil {
			return epcis.Item{}, err
		}
		if c == ']' {
			r.done = true
			return epcis.Item{}, io.EOF
		}
		if c != ',' {
			return epcis.Item{}, r.s.fail("syntax", "a comma or the end of the list is needed here")
		}
		if _, err := r.s.peek(); err != nil {
			return epcis.Item{}, err
		}
	}
	pointer := r.list + "/" + strconv.Itoa(r.index)
	if r.index >= r.limits.MaxEvents {
		return epcis.Item{}, epcis.Problem{Pointer: pointer, Line: r.s.line, Rule: "too-many", Detail: "the document has more than " + strconv.Itoa(r.limits.MaxEvents) + " events"}
	}
	line := r.s.line
	raw, err := r.s.value(true)
	if err != nil {
		if p, ok := err.(epcis.Problem); ok {
			p.Pointer = pointer
			return epcis.Item{}, p
		}
		return epcis.Item{}, err
	}
	item := readEvent(raw, line, pointer, r.doc.Context, r.limits)
	item.Index = r.index
	r.index++
	return item, nil
}

// ReadEvent reads one bare event, which brings its own @context. The error is an
// epcis.Problem: no JSON, or no @context.
func ReadEvent(src []byte, limits epcis.Limits) (epcis.Item, error) {
	limits = limited(limits)
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if len(src) > limits.MaxEvent {
		return epcis.Item{}, epcis.Problem{Rule: "too-large", Detail: "the event is larger than " + strconv.Itoa(limits.MaxEvent) + " bytes"}
	}
	item := readEvent(src, 1, "", nil, limits)
	if item.Event == nil {
		return item, item.Problems[0]
	}
	if c := item.Event.Context; c == nil {
		return item, epcis.Problem{Pointer: "/@context", Line: 1, Rule: "missing-field", Detail: "@context is missing: an event that stands alone brings its own"}
	}
	return item, nil
}

func isVersion(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if _, err := strconv.ParseUint(part, 10, 16); err != nil {
			return false
		}
	}
	return true
}

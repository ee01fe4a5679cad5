package jsondoc

import (
	"strconv"
	"strings"

	"tagline/epcis"
)

// reading is the state of reading one event.
type reading struct {
	src      []byte
	line     int
	base     string
	strict   bool
	context  *epcis.Context
	problems []epcis.Problem
}

func (r *reading) fail(at int, pointer, rule, detail string) {
	line, column := place(r.src, at, r.line)
	r.problems = append(r.problems, epcis.Problem{Pointer: r.base + pointer, Line: line, Column: column, Rule: rule, Detail: detail})
}

// readEvent reads one event and checks it.
func readEvent(src []byte, line int, pointer string, context *epcis.Context, limits epcis.Limits) epcis.Item {
	item := epcis.Item{Line: line}
	n, err := parse(src, line, limits.MaxDepth)
	if err != nil {
		p := err.(epcis.Problem)
		p.Pointer = pointer
		item.Problems = []epcis.Problem{p}
		return item
	}
	r := &reading{src: src, line: line, base: pointer, strict: limits.Strict, context: context}
	if n.kind != '{' {
		r.fail(n.at, "", "object", "an event is an object")
		item.Problems = r.problems
		return item
	}
	if own := n.get("@context"); own != nil {
		c, ok := readContext(own, context)
		if !ok {
			r.fail(own.at, "/@context", "context", "@context is an address, an object of prefixes, or a list of these")
		} else {
			r.context = c
		}
	}
	e := &epcis.Event{Context: r.context}
	for i := range n.members {
		r.member(e, &n.members[i])
	}
	item.Event, item.Problems = e, r.problems
	for _, p := range e.Validate(pointer, limits.Strict) {
		at := find(&n, strings.TrimPrefix(p.Pointer, pointer))
		p.Line, p.Column = place(src, at, line)
		item.Problems = append(item.Problems, p)
	}
	return item
}

// find gives the place of the value that a pointer leads to, or of the last value on
// the way that is there.
func find(n *node, pointer string) int {
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		var next *node
		switch n.kind {
		case '{':
			next = n.get(part)
		case '[':
			if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(n.items) {
				next = &n.items[i]
			}
		}
		if next == nil {
			break
		}
		n = next
	}
	return n.at
}

func (r *reading) member(e *epcis.Event, m *member) {
	n, at := &m.value, "/"+m.name
	switch m.name {
	case "@context":
	case "type":
		e.Type = r.text(n, at)
	case "eventTime":
		e.EventTime = r.time(n, at)
	case "recordTime":
		e.RecordTime = r.time(n, at)
	case "eventTimeZoneOffset":
		e.TimeZoneOffset = r.text(n, at)
	case "eventID":
		e.EventID = r.uri(n, at)
	case "certificationInfo":
		if e.CertificationList = n.kind == '['; e.CertificationList {
			e.CertificationInfo = r.texts(n, at)
		} else {
			e.CertificationInfo = []string{r.text(n, at)}
		}
	case "errorDeclaration":
		e.ErrorDeclaration = r.declaration(n, at)
	case "action":
		e.Action = r.text(n, at)
	case "epcList":
		e.EPCList = r.texts(n, at)
	case "quantityList":
		e.QuantityList = r.quantities(n, at)
	case "parentID":
		e.ParentID = r.uri(n, at)
	case "childEPCs":
		e.ChildEPCs = r.texts(n, at)
	case "childQuantityList":
		e.ChildQuantityList = r.quantities(n, at)
	case "inputEPCList":
		e.InputEPCList = r.texts(n, at)
	case "inputQuantityList":
		e.InputQuantityList = r.quantities(n, at)
	case "outputEPCList":
		e.OutputEPCList = r.texts(n, at)
	case "outputQuantityList":
		e.OutputQuantityList = r.quantities(n, at)
	case "transformationID":
		e.TransformationID = r.uri(n, at)
	case "bizStep":
		e.BizStep = r.word(n, at, epcis.BizSteps)
	case "disposition":
		e.Disposition = r.word(n, at, epcis.Dispositions)
	case "persistentDisposition":
		e.PersistentDisposition = r.persistent(n, at)
	case "readPoint":
		e.ReadPoint = r.place(n, at)
	case "bizLocation":
		e.BizLocation = r.place(n, at)
	case "bizTransactionList":
		for i := range r.list(n, at) {
			kind, id := r.pair(&n.items[i], at+"/"+strconv.Itoa(i), "bizTransaction", epcis.TransactionTypes)
			e.BizTransactionList = append(e.BizTransactionList, epcis.BizTransaction{Type: kind, ID: id})
		}
		if e.BizTransactionList == nil {
			e.BizTransactionList = []epcis.BizTransaction{}
		}
	case "sourceList":
		e.SourceList = r.parties(n, at, "source")
	case "destinationList":
		e.DestinationList = r.parties(n, at, "destination")
	case "sensorElementList":
		e.SensorElementList = []epcis.SensorElement{}
		for i := range r.list(n, at) {
			e.SensorElementList = append(e.SensorElementList, r.sensor(&n.items[i], at+"/"+strconv.Itoa(i)))
		}
	case "ilmd":
		e.ILMD = []epcis.Field{}
		if !r.object(n, at) {
			return
		}
		for i := range n.members {
			r.extension(&e.ILMD, &n.members[i], at, nil)
		}
	default:
		r.extension(&e.Extensions, m, "", eventNames())
	}
}

func eventNames() []string {
	return []string{
		"type", "eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "certificationInfo", "errorDeclaration", "action", "epcList",
		"quantityList", "parentID", "childEPCs", "childQuantityList", "inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList",
		"transformationID", "bizStep", "disposition", "persistentDisposition", "readPoint", "bizLocation", "bizTransactionList", "sourceList",
		"destinationList", "sensorElementList", "ilmd",
	}
}

// extension takes a member that the standard does not know: its name needs a prefix.
func (r *reading) extension(into *[]epcis.Field, m *member, at string, known []string) {
	if !strings.Contains(m.name, ":") || !epcis.IsURI(m.name) {
		r.fail(m.at, at+"/"+m.name, "unknown-field", `"`+clip(m.name)+`" is unknown here`+epcis.Nearest(m.name, known)+"; a name of your own needs a prefix or is a URI")
		return
	}
	*into = append(*into, field(m.name, &m.value, r.context))
}

func (r *reading) text(n *node, at string) string {
	if n.kind != '"' {
		r.fail(n.at, at, "text", "a text is needed here")
		return ""
	}
	return n.text
}

// uri reads a text that is a URI; an empty one is refused here, since an Event has
// no empty ones.
func (r *reading) uri(n *node, at string) string {
	text := r.text(n, at)
	if n.kind == '"' && text == "" {
		r.fail(n.at, at, "not-a-uri", "the text is empty, and a URI is needed")
	}
	return text
}

// word reads a value of the vocabulary. The JSON schema wants standard values as
// bare words.
func (r *reading) word(n *node, at string, kind epcis.WordKind) string {
	text := r.text(n, at)
	if n.kind == '"' && text == "" {
		r.fail(n.at, at, "unknown-word", "the text is empty: leave it out")
	}
	if word := epcis.Word(kind, text, r.context); r.strict && refusedSpelling(text) && epcis.IsWord(kind, word) {
		r.fail(n.at, at, "bare-word", "in JSON a standard value is a bare word: write "+word)
	}
	return text
}

// refusedSpelling tells of the spellings that the JSON schema forbids for standard
// values; it lets through names with a prefix.
func refusedSpelling(text string) bool {
	return strings.HasPrefix(text, "urn:epcglobal:cbv:") || strings.Contains(text, "://ns.gs1.org/cbv/") || strings.Contains(text, "gs1.org/voc/")
}

func (r *reading) time(n *node, at string) epcis.Time {
	text := r.text(n, at)
	if n.kind != '"' {
		return epcis.Time{}
	}
	t, ok := epcis.ParseTime(text)
	if !ok {
		rule := "time"
		if _, zoned := epcis.ParseTime(text + "Z"); zoned {
			rule = "time-without-zone"
		}
		r.fail(n.at, at, rule, strconv.Quote(clip(text))+" is no date and time with a zone, as in 2026-11-26T12:00:00Z or 2026-11-26T13:00:00+01:00")
		// It was there: one problem is enough.
		return epcis.Time{Text: text}
	}
	return t
}

func (r *reading) object(n *node, at string) bool {
	if n.kind != '{' {
		r.fail(n.at, at, "object", "an object is needed here")
		return false
	}
	return true
}

func (r *reading) list(n *node, at string) []node {
	if n.kind != '[' {
		r.fail(n.at, at, "list", "a list is needed here")
		return nil
	}
	return n.items
}

// texts reads a list of texts; the list is never nil.
func (r *reading) texts(n *node, at string) []string {
	items := r.list(n, at)
	list := make([]string, 0, len(items))
	for i := range items {
		list = append(list, r.text(&items[i], at+"/"+strconv.Itoa(i)))
	}
	return list
}

func (r *reading) number(n *node, at string) string {
	if n.kind != '0' {
		r.fail(n.at, at, "number", "a number is needed here, without quotation marks")
		return ""
	}
	return n.text
}

func (r *reading) quantities(n *node, at string) []epcis.Quantity {
	list := []epcis.Quantity{}
	for i := range r.list(n, at) {
		item, at := &n.items[i], at+"/"+strconv.Itoa(i)
		q := epcis.Quantity{}
		if !r.object(item, at) {
			continue
		}
		for j := range item.members {
			m := &item.members[j]
			switch at := at + "/" + m.name; m.name {
			case "epcClass":
				q.EPCClass = r.text(&m.value, at)
			case "quantity":
				q.Amount = r.number(&m.value, at)
			case "uom":
				q.UOM = r.text(&m.value, at)
			default:
				r.fail(m.at, at, "unknown-field", `a quantity has epcClass, quantity and uom, and no "`+clip(m.name)+`"`)
			}
		}
		list = append(list, q)
	}
	return list
}

// pair reads an entry with a type and an identifier.
func (r *reading) pair(n *node, at, name string, kind epcis.WordKind) (word, id string) {
	if !r.object(n, at) {
		return "", ""
	}
	for i := range n.members {
		m := &n.members[i]
		switch m.name {
		case "type":
			word = r.word(&m.value, at+"/type", kind)
		case name:
			id = r.text(&m.value, at+"/"+name)
		default:
			r.fail(m.at, at+"/"+m.name, "unknown-field", `an entry has type and `+name+`, and no "`+clip(m.name)+`"`)
		}
	}
	return word, id
}

func (r *reading) parties(n *node, at, name string) []epcis.Party {
	list := []epcis.Party{}
	for i := range r.list(n, at) {
		kind, id := r.pair(&n.items[i], at+"/"+strconv.Itoa(i), name, epcis.SourceTypes)
		list = append(list, epcis.Party{Type: kind, ID: id})
	}
	return list
}

func (r *reading) place(n *node, at string) *epcis.Place {
	p := &epcis.Place{}
	if !r.object(n, at) {
		return p
	}
	for i := range n.members {
		if m := &n.members[i]; m.name == "id" {
			p.ID = r.text(&m.value, at+"/id")
		} else {
			r.extension(&p.Extensions, m, at, []string{"id"})
		}
	}
	return p
}

func (r *reading) persistent(n *node, at string) *epcis.PersistentDisposition {
	p := &epcis.PersistentDisposition{}
	if !r.object(n, at) {
		return p
	}
	for i := range n.members {
		m := &n.members[i]
		into := &p.Set
		switch m.name {
		case "set":
		case "unset":
			into = &p.Unset
		default:
			r.fail(m.at, at+"/"+m.name, "unknown-field", `a persistentDisposition has set and unset, and no "`+clip(m.name)+`"`)
			continue
		}
		at := at + "/" + m.name
		for j := range r.list(&m.value, at) {
			*into = append(*into, r.word(&m.value.items[j], at+"/"+strconv.Itoa(j), epcis.Dispositions))
		}
		if m.value.kind == '[' && len(m.value.items) == 0 {
			r.fail(m.value.at, at, "missing-field", "the list is empty: leave it out")
		}
	}
	return p
}

func (r *reading) declaration(n *node, at string) *epcis.ErrorDeclaration {
	d := &epcis.ErrorDeclaration{}
	if !r.object(n, at) {
		return d
	}
	for i := range n.members {
		switch m := &n.members[i]; m.name {
		case "declarationTime":
			d.DeclarationTime = r.time(&m.value, at+"/declarationTime")
		case "reason":
			d.Reason = r.word(&m.value, at+"/reason", epcis.ErrorReasons)
		case "correctiveEventIDs":
			d.CorrectiveEventIDs = r.texts(&m.value, at+"/correctiveEventIDs")
		default:
			r.extension(&d.Extensions, m, at, []string{"declarationTime", "reason", "correctiveEventIDs"})
		}
	}
	return d
}

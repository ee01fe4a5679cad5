package xmldoc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tagline/epcis"
)

// Order gives the elements of an event in the order of the schema (EPCIS 2.0, XSD);
// extensions come behind them.
func Order(kind string) []string {
	head := []string{"eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "errorDeclaration", "certificationInfo"}
	places := []string{"bizStep", "disposition", "readPoint", "bizLocation"}
	rest := []string{"sourceList", "destinationList", "sensorElementList", "persistentDisposition"}
	switch kind {
	case epcis.ObjectEvent:
		return slices.Concat(head, []string{"epcList", "action"}, places, []string{"bizTransactionList", "quantityList"}, rest, []string{"ilmd"})
	case epcis.AggregationEvent:
		return slices.Concat(head, []string{"parentID", "childEPCs", "action"}, places, []string{"bizTransactionList", "childQuantityList"}, rest)
	case epcis.TransactionEvent:
		return slices.Concat(head, []string{"bizTransactionList", "parentID", "epcList", "action"}, places, []string{"quantityList"}, rest)
	case epcis.TransformationEvent:
		return slices.Concat(head, []string{"inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID"}, places,
			[]string{"bizTransactionList"}, rest, []string{"ilmd"})
	case epcis.AssociationEvent:
		return slices.Concat(head, []string{"parentID", "childEPCs", "childQuantityList", "action"}, places, []string{"bizTransactionList"}, rest)
	}
	return head
}

// reading is the state of reading one event.
type reading struct {
	base     string
	strict   bool
	old      bool // release 1.2
	context  *epcis.Context
	problems []epcis.Problem
	lines    map[string]*element // where the parts of the event stand
}

func (r *reading) fail(e *element, pointer, rule, format string, args ...any) {
	r.problems = append(r.problems, epcis.Problem{Pointer: r.base + pointer, Line: e.line, Column: e.column, Rule: rule, Detail: fmt.Sprintf(format, args...)})
}

// unwrap puts the children of the containers of release 1.2 (extension,
// baseExtension) into the place of these, at any depth.
func unwrap(list []*element) []*element {
	if !slices.ContainsFunc(list, isWrapper) {
		return list
	}
	var out []*element
	for _, e := range list {
		if isWrapper(e) {
			out = append(out, unwrap(e.children)...)
		} else {
			out = append(out, e)
		}
	}
	return out
}

func isWrapper(e *element) bool {
	return standard(e.name) && (e.name.Local == "extension" || e.name.Local == "baseExtension")
}

// readEvent reads one event and checks it.
func readEvent(tree *element, pointer string, context *epcis.Context, version string, strict bool) epcis.Item {
	r := &reading{base: pointer, strict: strict, old: version == "1", context: bind(context, tree.attrs), lines: map[string]*element{"": tree}}
	e := &epcis.Event{Context: r.context}
	item := epcis.Item{Line: tree.line, Event: e}
	e.Type = tree.name.Local
	if !standard(tree.name) {
		e.Type = tree.name.Space + "#" + tree.name.Local
		if strings.HasSuffix(tree.name.Space, "/") || strings.HasSuffix(tree.name.Space, "#") {
			e.Type = tree.name.Space + tree.name.Local
		}
	}
	children := unwrap(tree.children)
	if e.Type == "QuantityEvent" { // 1.2: an observation of a class
		r.quantityEvent(e, children)
	} else {
		r.members(e, children)
	}
	item.Problems = r.problems
	for _, p := range e.Validate(pointer, strict) {
		at := r.where(strings.TrimPrefix(p.Pointer, pointer))
		p.Line, p.Column = at.line, at.column
		item.Problems = append(item.Problems, p)
	}
	return item
}

// where gives the element of a pointer, or the nearest around it.
func (r *reading) where(pointer string) *element {
	for pointer != "" {
		if e := r.lines[pointer]; e != nil {
			return e
		}
		pointer = pointer[:strings.LastIndexByte(pointer, '/')]
	}
	return r.lines[""]
}

func (r *reading) quantityEvent(e *epcis.Event, children []*element) {
	e.Type, e.Action, e.QuantityList = epcis.ObjectEvent, epcis.Observe, []epcis.Quantity{{}}
	var rest []*element
	for _, c := range children {
		switch {
		case standard(c.name) && c.name.Local == "epcClass":
			e.QuantityList[0].EPCClass = c.text
		case standard(c.name) && c.name.Local == "quantity":
			e.QuantityList[0].Amount = c.text
		default:
			rest = append(rest, c)
		}
	}
	r.members(e, rest)
}

func (r *reading) members(e *epcis.Event, children []*element) {
	schema := Order(e.Type)
	last := -1
	seen := map[string]bool{}
	for _, c := range children {
		if !standard(c.name) {
			e.Extensions = append(e.Extensions, fieldOf(c, r.context))
			continue
		}
		name := c.name.Local
		at := "/" + name
		r.lines[at] = c
		if seen[name] && name != "certificationInfo" {
			r.fail(c, at, "duplicate-name", "the element %s stands twice", clip(name))
			continue
		}
		seen[name] = true
		if i := slices.Index(schema, name); i >= 0 && !r.old {
			if i < last && name != "certificationInfo" {
				p := epcis.Problem{
					Pointer: r.base + at, Line: c.line, Column: c.column, Rule: "element-order", Warning: !r.strict,
					Detail: fmt.Sprintf("%s stands behind %s; the order of the schema is the other way round", name, schema[last]),
				}
				r.problems = append(r.problems, p)
			}
			last = max(last, i)
		}
		r.member(e, c, at)
	}
}

func (r *reading) member(e *epcis.Event, c *element, at string) {
	switch c.name.Local {
	case "eventTime":
		e.EventTime = r.time(c, at)
	case "recordTime":
		e.RecordTime = r.time(c, at)
	case "eventTimeZoneOffset":
		e.TimeZoneOffset = r.text(c, at)
	case "eventID":
		e.EventID = r.text(c, at)
	case "certificationInfo":
		e.CertificationInfo = append(e.CertificationInfo, r.text(c, at))
		e.CertificationList = len(e.CertificationInfo) > 1
	case "errorDeclaration":
		e.ErrorDeclaration = r.declaration(c, at)
	case "action":
		e.Action = r.text(c, at)
	case "epcList":
		e.EPCList = r.texts(c, at, "epc")
	case "childEPCs":
		e.ChildEPCs = r.texts(c, at, "epc")
	case "inputEPCList":
		e.InputEPCList = r.texts(c, at, "epc")
	case "outputEPCList":
		e.OutputEPCList = r.texts(c, at, "epc")
	case "quantityList":
		e.QuantityList = r.quantities(c, at)
	case "childQuantityList":
		e.ChildQuantityList = r.quantities(c, at)
	case "inputQuantityList":
		e.InputQuantityList = r.quantities(c, at)
	case "outputQuantityList":
		e.OutputQuantityList = r.quantities(c, at)
	case "parentID":
		e.ParentID = c.text
	case "transformationID":
		e.TransformationID = r.text(c, at)
	case "bizStep":
		e.BizStep = r.text(c, at)
	case "disposition":
		e.Disposition = r.text(c, at)
	case "persistentDisposition":
		p := &epcis.PersistentDisposition{}
		for _, d := range c.children {
			switch {
			case standard(d.name) && d.name.Local == "set":
				p.Set = append(p.Set, d.text)
			case standard(d.name) && d.name.Local == "unset":
				p.Unset = append(p.Unset, d.text)
			default:
				r.unknown(d, at)
			}
		}
		e.PersistentDisposition = p
	case "readPoint":
		e.ReadPoint = r.place(c, at)
	case "bizLocation":
		e.BizLocation = r.place(c, at)
	case "bizTransactionList":
		e.BizTransactionList = []epcis.BizTransaction{}
		for _, t := range r.entries(c, at, "bizTransaction") {
			kind, _ := t.attr("", "type")
			e.BizTransactionList = append(e.BizTransactionList, epcis.BizTransaction{Type: kind, ID: t.text})
		}
	case "sourceList":
		e.SourceList = r.parties(c, at, "source")
	case "destinationList":
		e.DestinationList = r.parties(c, at, "destination")
	case "sensorElementList":
		e.SensorElementList = []epcis.SensorElement{}
		for i, s := range r.entries(c, at, "sensorElement") {
			e.SensorElementList = append(e.SensorElementList, r.sensor(s, at+"/"+strconv.Itoa(i)))
		}
	case "ilmd":
		e.ILMD = []epcis.Field{}
		for _, f := range unwrap(c.children) {
			if standard(f.name) {
				r.unknown(f, at)
				continue
			}
			e.ILMD = append(e.ILMD, fieldOf(f, r.context))
		}
	default:
		r.unknown(c, "")
	}
}

func (r *reading) unknown(e *element, at string) {
	r.fail(e, at+"/"+e.name.Local, "unknown-field", "the element %s is unknown here%s; one of your own needs a namespace",
		clip(e.name.Local), epcis.Nearest(e.name.Local, Order(epcis.ObjectEvent)))
}

func (r *reading) text(e *element, at string) string {
	if e.text == "" {
		r.fail(e, at, "missing-field", "the element %s is empty: leave it out", e.name.Local)
	}
	if len(e.children) > 0 {
		r.fail(e, at, "text", "the element %s holds a text and no elements", e.name.Local)
	}
	return e.text
}

func (r *reading) time(e *element, at string) epcis.Time {
	t, ok := epcis.ParseTime(e.text)
	if !ok {
		rule := "time"
		if _, zoned := epcis.ParseTime(e.text + "Z"); zoned {
			rule = "time-without-zone"
		}
		r.fail(e, at, rule, "%q is no date and time with a zone, as in 2026-11-26T12:00:00Z", clip(e.text))
		return epcis.Time{Text: e.text}
	}
	return t
}

// entries gives the children of a list, which all have one name.
func (r *reading) entries(e *element, at, name string) []*element {
	out := make([]*element, 0, len(e.children))
	for _, c := range e.children {
		if !standard(c.name) || c.name.Local != name {
			r.fail(c, at, "unknown-field", "%s holds %s and no %s", e.name.Local, name, clip(c.name.Local))
			continue
		}
		r.lines[at+"/"+strconv.Itoa(len(out))] = c
		out = append(out, c)
	}
	return out
}

func (r *reading) texts(e *element, at, name string) []string {
	entries := r.entries(e, at, name)
	out := make([]string, 0, len(entries))
	for _, c := range entries {
		out = append(out, c.text)
	}
	return out
}

func (r *reading) quantities(e *element, at string) []epcis.Quantity {
	out := []epcis.Quantity{}
	for i, c := range r.entries(e, at, "quantityElement") {
		q := epcis.Quantity{}
		for _, f := range c.children {
			switch {
			case standard(f.name) && f.name.Local == "epcClass":
				q.EPCClass = f.text
			case standard(f.name) && f.name.Local == "quantity":
				if !f.isNil() {
					q.Amount = r.text(f, at+"/"+strconv.Itoa(i)+"/quantity")
				}
			case standard(f.name) && f.name.Local == "uom":
				q.UOM = f.text
			default:
				r.fail(f, at+"/"+strconv.Itoa(i), "unknown-field", "a quantity has epcClass, quantity and uom, and no %s", clip(f.name.Local))
			}
		}
		out = append(out, q)
	}
	return out
}

func (r *reading) parties(e *element, at, name string) []epcis.Party {
	out := []epcis.Party{}
	for _, c := range r.entries(e, at, name) {
		kind, _ := c.attr("", "type")
		out = append(out, epcis.Party{Type: kind, ID: c.text})
	}
	return out
}

func (r *reading) place(e *element, at string) *epcis.Place {
	p := &epcis.Place{}
	for _, c := range unwrap(e.children) {
		switch {
		case standard(c.name) && c.name.Local == "id":
			p.ID = c.text
		case standard(c.name):
			r.unknown(c, at)
		default:
			p.Extensions = append(p.Extensions, fieldOf(c, r.context))
		}
	}
	return p
}

func (r *reading) declaration(e *element, at string) *epcis.ErrorDeclaration {
	d := &epcis.ErrorDeclaration{}
	for _, c := range unwrap(e.children) {
		switch {
		case !standard(c.name):
			d.Extensions = append(d.Extensions, fieldOf(c, r.context))
		case c.name.Local == "declarationTime":
			d.DeclarationTime = r.time(c, at+"/declarationTime")
		case c.name.Local == "reason":
			d.Reason = r.text(c, at+"/reason")
		case c.name.Local == "correctiveEventIDs":
			d.CorrectiveEventIDs = r.texts(c, at+"/correctiveEventIDs", "correctiveEventID")
		default:
			r.unknown(c, at)
		}
	}
	return d
}

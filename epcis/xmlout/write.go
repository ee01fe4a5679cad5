package xmlout

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tagline/epcis"
	"tagline/epcis/xmldoc"
)

// Words says how standard values are spelled (header GS1-CBV-XML-Format).
type Words uint8

// The spellings.
const (
	WebURIs  Words = iota // https://ref.gs1.org/cbv/BizStep-shipping; what nobody asked otherwise gets
	URNs                  // urn:epcglobal:cbv:bizstep:shipping
	Captured              // as it was captured; bare words, which XML does not have, as Web URIs
)

// FormError says that something of an event has no form in XML.
type FormError struct{ Detail string }

// Error gives the detail.
func (e *FormError) Error() string { return "this event cannot be written in XML: " + e.Detail }

// AppendDocument begins a document, with everything before its events. Around holds
// the prefixes that the root declares, as jsondoc.Gather gives them.
func AppendDocument(dst []byte, d *epcis.Document, around *epcis.Context) ([]byte, error) {
	w := writer{b: dst, c: around}
	w.raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	if d.Query {
		w.raw(`<epcisq:EPCISQueryDocument xmlns:epcisq="` + xmldoc.SpaceQuery + `2"`)
	} else {
		w.raw(`<epcis:EPCISDocument xmlns:epcis="` + xmldoc.SpaceEPCIS + `2"`)
	}
	w.raw(` xmlns:xsi="` + xmldoc.SpaceXSI + `" xmlns:xsd="` + xmldoc.SpaceXSD + `"`)
	for _, b := range bindings(around) {
		w.declare(b)
	}
	version := d.SchemaVersion
	if version == "" {
		version = "2.0"
	}
	w.attr("schemaVersion", version)
	w.attr("creationDate", timeText(d.CreationDate))
	w.raw(">")
	if !d.Query && (len(d.Vocabularies) > 0) {
		w.raw("<EPCISHeader><extension><EPCISMasterData>")
		if err := w.vocabularies(d.Vocabularies); err != nil {
			return dst, err
		}
		w.raw("</EPCISMasterData></extension></EPCISHeader>")
	}
	w.raw("<EPCISBody>")
	if d.Query {
		w.raw("<epcisq:QueryResults>")
		w.leaf("queryName", d.QueryName)
		w.leaf("subscriptionID", d.SubscriptionID)
		w.raw("<resultsBody>")
	}
	w.raw("<EventList>")
	return w.b, nil
}

// AppendEnd ends a document.
func AppendEnd(dst []byte, d *epcis.Document) []byte {
	if d.Query {
		return append(dst, "</EventList></resultsBody></epcisq:QueryResults></EPCISBody></epcisq:EPCISQueryDocument>\n"...)
	}
	return append(dst, "</EventList></EPCISBody></epcis:EPCISDocument>\n"...)
}

// AppendEvent writes an event in the order of the schema. Prefixes that around does
// not declare are declared at the event. The error is a *FormError.
func AppendEvent(dst []byte, e *epcis.Event, around *epcis.Context, words Words) ([]byte, error) {
	w := writer{b: dst, c: e.Context, around: around, words: words}
	name := e.Type
	var own []epcis.Binding
	if !slices.Contains([]string{epcis.ObjectEvent, epcis.AggregationEvent, epcis.TransactionEvent, epcis.TransformationEvent, epcis.AssociationEvent}, name) {
		at := strings.LastIndexAny(name, "#/:")
		if at < 0 || !isName(name[at+1:]) {
			return dst, &FormError{"its type " + clip(name) + " does not end in a name"}
		}
		space := strings.TrimSuffix(name[:at+1], "#")
		own = append(own, epcis.Binding{Prefix: "own", Space: space})
		name = "own:" + name[at+1:]
	}
	w.raw("<" + name)
	for _, b := range own {
		w.declare(b)
	}
	for _, b := range bindings(e.Context) {
		if space, ok := bound(around, b.Prefix); !ok || space != b.Space {
			w.declare(b)
		}
	}
	w.raw(">")
	w.event(e)
	w.raw("</" + name + ">")
	if w.err != nil {
		return dst, w.err
	}
	return w.b, nil
}

// bindings gives each prefix of a context once, with what it means in the end.
func bindings(c *epcis.Context) []epcis.Binding {
	if c == nil {
		return nil
	}
	var out []epcis.Binding
	for i, b := range c.Bindings {
		if slices.ContainsFunc(c.Bindings[i+1:], func(later epcis.Binding) bool { return later.Prefix == b.Prefix }) || !isName(b.Prefix) || b.Space == "" {
			continue
		}
		out = append(out, b)
	}
	return out
}

// bound is Context.Space without the prefixes of the standard, which XML has to
// declare like others.
func bound(c *epcis.Context, prefix string) (string, bool) {
	if c != nil {
		for i := len(c.Bindings) - 1; i >= 0; i-- {
			if c.Bindings[i].Prefix == prefix {
				return c.Bindings[i].Space, true
			}
		}
	}
	return "", false
}

type writer struct {
	b      []byte
	c      *epcis.Context
	around *epcis.Context
	words  Words
	err    error
}

func (w *writer) raw(s string) { w.b = append(w.b, s...) }

func (w *writer) fail(format string, args ...any) {
	if w.err == nil {
		w.err = &FormError{fmt.Sprintf(format, args...)}
	}
}

// escape writes a text, which must hold only characters that XML has.
func (w *writer) escape(s string, attribute bool) {
	for _, c := range s {
		switch {
		case c == '&':
			w.raw("&amp;")
		case c == '<':
			w.raw("&lt;")
		case c == '>':
			w.raw("&gt;")
		case c == '"' && attribute:
			w.raw("&quot;")
		case c == '\r', attribute && (c == '\n' || c == '\t'):
			w.raw("&#" + strconv.Itoa(int(c)) + ";")
		case c < ' ' && c != '\t' && c != '\n' || c == 0xfffe || c == 0xffff:
			w.fail("a text holds the character U+%04X, which XML does not have", c)
		default:
			w.b = append(w.b, string(c)...)
		}
	}
}

func (w *writer) declare(b epcis.Binding) {
	w.raw(" xmlns:" + b.Prefix + `="`)
	w.escape(b.Space, true)
	w.raw(`"`)
}

func (w *writer) attr(name, value string) {
	if value == "" {
		return
	}
	w.raw(" " + name + `="`)
	w.escape(value, true)
	w.raw(`"`)
}

func (w *writer) leaf(name, value string) {
	if value == "" {
		return
	}
	w.raw("<" + name + ">")
	w.escape(value, false)
	w.raw("</" + name + ">")
}

func timeText(t epcis.Time) string {
	if t.Text == "" && t.Micro != 0 {
		return time.UnixMicro(t.Micro).UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	return t.Text
}

// word spells a standard value.
func (w *writer) word(kind epcis.WordKind, text string) string {
	word := epcis.Word(kind, text, w.c)
	if !epcis.IsWord(kind, word) {
		return text
	}
	switch {
	case w.words == URNs:
		return epcis.WordURN(kind, word)
	case w.words == Captured && word != text:
		return text
	}
	return epcis.WebURI(kind, word)
}

func (w *writer) event(e *epcis.Event) {
	w.leaf("eventTime", timeText(e.EventTime))
	w.leaf("recordTime", timeText(e.RecordTime))
	w.leaf("eventTimeZoneOffset", e.TimeZoneOffset)
	w.leaf("eventID", e.EventID)
	if d := e.ErrorDeclaration; d != nil {
		w.raw("<errorDeclaration>")
		w.leaf("declarationTime", timeText(d.DeclarationTime))
		w.leaf("reason", w.word(epcis.ErrorReasons, d.Reason))
		w.texts("correctiveEventIDs", "correctiveEventID", d.CorrectiveEventIDs)
		w.fields(d.Extensions)
		w.raw("</errorDeclaration>")
	}
	for _, c := range e.CertificationInfo {
		w.leaf("certificationInfo", c)
	}
	parts := map[string]func(){
		"parentID":           func() { w.leaf("parentID", e.ParentID) },
		"epcList":            func() { w.texts("epcList", "epc", e.EPCList) },
		"childEPCs":          func() { w.texts("childEPCs", "epc", e.ChildEPCs) },
		"inputEPCList":       func() { w.texts("inputEPCList", "epc", e.InputEPCList) },
		"outputEPCList":      func() { w.texts("outputEPCList", "epc", e.OutputEPCList) },
		"quantityList":       func() { w.quantities("quantityList", e.QuantityList) },
		"childQuantityList":  func() { w.quantities("childQuantityList", e.ChildQuantityList) },
		"inputQuantityList":  func() { w.quantities("inputQuantityList", e.InputQuantityList) },
		"outputQuantityList": func() { w.quantities("outputQuantityList", e.OutputQuantityList) },
		"transformationID":   func() { w.leaf("transformationID", e.TransformationID) },
		"action":             func() { w.leaf("action", e.Action) },
		"bizStep":            func() { w.leaf("bizStep", w.word(epcis.BizSteps, e.BizStep)) },
		"disposition":        func() { w.leaf("disposition", w.word(epcis.Dispositions, e.Disposition)) },
		"readPoint":          func() { w.place("readPoint", e.ReadPoint) },
		"bizLocation":        func() { w.place("bizLocation", e.BizLocation) },
		"bizTransactionList": func() { w.transactions(e.BizTransactionList) },
		"sourceList":         func() { w.parties("sourceList", "source", e.SourceList) },
		"destinationList":    func() { w.parties("destinationList", "destination", e.DestinationList) },
		"sensorElementList":  func() { w.sensors(e.SensorElementList) },
		"persistentDisposition": func() {
			if p := e.PersistentDisposition; p != nil {
				w.raw("<persistentDisposition>")
				for _, d := range p.Unset {
					w.leaf("unset", w.word(epcis.Dispositions, d))
				}
				for _, d := range p.Set {
					w.leaf("set", w.word(epcis.Dispositions, d))
				}
				w.raw("</persistentDisposition>")
			}
		},
		"ilmd": func() {
			if e.ILMD != nil {
				w.raw("<ilmd>")
				w.fields(e.ILMD)
				w.raw("</ilmd>")
			}
		},
	}
	for _, name := range xmldoc.Order(e.Type) {
		if write := parts[name]; write != nil {
			write()
		}
	}
	w.fields(e.Extensions)
}

func (w *writer) texts(name, item string, list []string) {
	if list == nil {
		return
	}
	w.raw("<" + name + ">")
	for _, text := range list {
		w.leaf(item, text)
	}
	w.raw("</" + name + ">")
}

func (w *writer) quantities(name string, list []epcis.Quantity) {
	if list == nil {
		return
	}
	w.raw("<" + name + ">")
	for _, q := range list {
		w.raw("<quantityElement>")
		w.leaf("epcClass", q.EPCClass)
		w.leaf("quantity", q.Amount)
		w.leaf("uom", q.UOM)
		w.raw("</quantityElement>")
	}
	w.raw("</" + name + ">")
}

func (w *writer) typed(name, kind, text string) {
	w.raw("<" + name)
	w.attr("type", kind)
	w.raw(">")
	w.escape(text, false)
	w.raw("</" + name + ">")
}

func (w *writer) transactions(list []epcis.BizTransaction) {
	if list == nil {
		return
	}
	w.raw("<bizTransactionList>")
	for _, t := range list {
		w.typed("bizTransaction", w.word(epcis.TransactionTypes, t.Type), t.ID)
	}
	w.raw("</bizTransactionList>")
}

func (w *writer) parties(name, item string, list []epcis.Party) {
	if list == nil {
		return
	}
	w.raw("<" + name + ">")
	for _, p := range list {
		w.typed(item, w.word(epcis.SourceTypes, p.Type), p.ID)
	}
	w.raw("</" + name + ">")
}

func (w *writer) place(name string, p *epcis.Place) {
	if p == nil {
		return
	}
	w.raw("<" + name + ">")
	w.leaf("id", p.ID)
	w.fields(p.Extensions)
	w.raw("</" + name + ">")
}

// clip shortens a text of the outside for a message.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

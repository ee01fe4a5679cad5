package jsonout

import (
	"encoding/json"
	"slices"
	"strconv"

	"tagline/epcis"
)

// Gather gives one context for a document with these events: the standard's, what
// else was named by address, and every prefix that means the same in all of them. A
// prefix that means different things stays out, and AppendEvent gives it to the
// events that need it.
func Gather(events ...*epcis.Event) *epcis.Context {
	out := &epcis.Context{URLs: []string{epcis.StandardContext}}
	meaning := map[string]string{}
	var order []string
	clash := map[string]bool{}
	var last *epcis.Context
	for _, e := range events {
		if e.Context == nil || e.Context == last {
			continue
		}
		last = e.Context
		for _, url := range e.Context.URLs {
			if !epcis.IsStandardContext(url) && !slices.Contains(out.URLs, url) {
				out.URLs = append(out.URLs, url)
			}
		}
		for _, b := range e.Context.Bindings {
			space, _ := e.Context.Space(b.Prefix)
			before, known := meaning[b.Prefix]
			switch {
			case !known:
				meaning[b.Prefix] = space
				order = append(order, b.Prefix)
			case before != space:
				clash[b.Prefix] = true
			}
		}
	}
	for _, prefix := range order {
		if !clash[prefix] {
			out.Bindings = append(out.Bindings, epcis.Binding{Prefix: prefix, Space: meaning[prefix]})
		}
	}
	return out
}

// AppendEvent writes an event. Around is the context of the document it stands in;
// nil is for an event that stands alone and brings its whole context. Identifiers
// and times are written as they stand in the event, standard values as bare words.
func AppendEvent(dst []byte, e *epcis.Event, around *epcis.Context) []byte {
	w := writer{b: dst, c: e.Context}
	w.open()
	if own := missing(e.Context, around); own != nil {
		w.name("@context")
		w.context(own)
	}
	w.text("type", e.Type)
	w.text("eventID", e.EventID)
	w.time("eventTime", e.EventTime)
	w.text("eventTimeZoneOffset", e.TimeZoneOffset)
	w.time("recordTime", e.RecordTime)
	switch {
	case e.CertificationList || len(e.CertificationInfo) > 1:
		w.texts("certificationInfo", e.CertificationInfo)
	case len(e.CertificationInfo) == 1:
		w.text("certificationInfo", e.CertificationInfo[0])
	}
	if d := e.ErrorDeclaration; d != nil {
		w.name("errorDeclaration")
		w.open()
		w.time("declarationTime", d.DeclarationTime)
		w.word("reason", epcis.ErrorReasons, d.Reason)
		w.texts("correctiveEventIDs", d.CorrectiveEventIDs)
		w.fields(d.Extensions)
		w.close()
	}
	w.text("action", e.Action)
	w.text("parentID", e.ParentID)
	w.texts("epcList", e.EPCList)
	w.texts("childEPCs", e.ChildEPCs)
	w.texts("inputEPCList", e.InputEPCList)
	w.texts("outputEPCList", e.OutputEPCList)
	w.quantities("quantityList", e.QuantityList)
	w.quantities("childQuantityList", e.ChildQuantityList)
	w.quantities("inputQuantityList", e.InputQuantityList)
	w.quantities("outputQuantityList", e.OutputQuantityList)
	w.text("transformationID", e.TransformationID)
	w.word("bizStep", epcis.BizSteps, e.BizStep)
	w.word("disposition", epcis.Dispositions, e.Disposition)
	if p := e.PersistentDisposition; p != nil {
		w.name("persistentDisposition")
		w.open()
		w.words("set", p.Set)
		w.words("unset", p.Unset)
		w.close()
	}
	w.place("readPoint", e.ReadPoint)
	w.place("bizLocation", e.BizLocation)
	if e.BizTransactionList != nil {
		w.name("bizTransactionList")
		w.list()
		for _, t := range e.BizTransactionList {
			w.comma()
			w.open()
			w.word("type", epcis.TransactionTypes, t.Type)
			w.text("bizTransaction", t.ID)
			w.close()
		}
		w.end()
	}
	w.parties("sourceList", "source", e.SourceList)
	w.parties("destinationList", "destination", e.DestinationList)
	if e.SensorElementList != nil {
		w.name("sensorElementList")
		w.list()
		for i := range e.SensorElementList {
			w.sensor(&e.SensorElementList[i])
		}
		w.end()
	}
	if e.ILMD != nil {
		w.name("ilmd")
		w.open()
		w.fields(e.ILMD)
		w.close()
	}
	w.fields(e.Extensions)
	w.close()
	return w.b
}

// missing gives what of an event's context the document does not say already; nil
// when that is nothing.
func missing(c, around *epcis.Context) *epcis.Context {
	if around == nil {
		out := &epcis.Context{URLs: []string{epcis.StandardContext}}
		if c != nil {
			for _, url := range c.URLs {
				if !epcis.IsStandardContext(url) {
					out.URLs = append(out.URLs, url)
				}
			}
			out.Bindings = c.Bindings
		}
		return out
	}
	if c == nil || c == around {
		return nil
	}
	out := &epcis.Context{}
	for _, url := range c.URLs {
		if !epcis.IsStandardContext(url) && !slices.Contains(around.URLs, url) {
			out.URLs = append(out.URLs, url)
		}
	}
	for _, b := range c.Bindings {
		space, _ := c.Space(b.Prefix)
		if known, ok := around.Space(b.Prefix); !ok || known != space {
			out.Bindings = append(out.Bindings, epcis.Binding{Prefix: b.Prefix, Space: space})
		}
	}
	if out.URLs == nil && out.Bindings == nil {
		return nil
	}
	return out
}

// AppendContext writes a context as the value of @context.
func AppendContext(dst []byte, c *epcis.Context) []byte {
	w := writer{b: dst}
	w.context(c)
	return w.b
}

// writer writes JSON piece by piece.
type writer struct {
	b []byte
	c *epcis.Context
}

func (w *writer) open()  { w.b = append(w.b, '{') }
func (w *writer) close() { w.b = append(w.b, '}') }
func (w *writer) list()  { w.b = append(w.b, '[') }
func (w *writer) end()   { w.b = append(w.b, ']') }

// comma separates from what stands before, if that is not an opening bracket.
func (w *writer) comma() {
	if last := w.b[len(w.b)-1]; last != '{' && last != '[' {
		w.b = append(w.b, ',')
	}
}

func (w *writer) name(name string) {
	w.comma()
	w.b = appendText(w.b, name)
	w.b = append(w.b, ':')
}

func (w *writer) text(name, value string) {
	if value != "" {
		w.name(name)
		w.b = appendText(w.b, value)
	}
}

func (w *writer) time(name string, t epcis.Time) {
	text := t.Text
	if text == "" && t.Micro != 0 {
		text = epcis.FormatTime(t.Micro)
	}
	w.text(name, text)
}

func (w *writer) number(name, value string) {
	if value != "" {
		w.name(name)
		w.plain(value)
	}
}

// plain writes a number as it is, or as the number that it is otherwise written.
func (w *writer) plain(value string) {
	if epcis.IsNumber(value) {
		w.b = append(w.b, value...)
		return
	}
	if f, err := strconv.ParseFloat(value, 64); err == nil {
		if b, err := json.Marshal(f); err == nil {
			w.b = append(w.b, b...)
			return
		}
	}
	w.b = appendText(w.b, value)
}

// bare gives a standard value as its bare word, and another as it is.
func (w *writer) bare(kind epcis.WordKind, text string) string {
	if word := epcis.Word(kind, text, w.c); epcis.IsWord(kind, word) {
		return word
	}
	return text
}

func (w *writer) word(name string, kind epcis.WordKind, text string) {
	w.text(name, w.bare(kind, text))
}

func (w *writer) words(name string, list []string) {
	if list == nil {
		return
	}
	w.name(name)
	w.list()
	for _, text := range list {
		w.comma()
		w.b = appendText(w.b, w.bare(epcis.Dispositions, text))
	}
	w.end()
}

func (w *writer) texts(name string, list []string) {
	if list == nil {
		return
	}
	w.name(name)
	w.list()
	for _, text := range list {
		w.comma()
		w.b = appendText(w.b, text)
	}
	w.end()
}

func (w *writer) quantities(name string, list []epcis.Quantity) {
	if list == nil {
		return
	}
	w.name(name)
	w.list()
	for _, q := range list {
		w.comma()
		w.open()
		w.text("epcClass", q.EPCClass)
		w.number("quantity", q.Amount)
		w.text("uom", q.UOM)
		w.close()
	}
	w.end()
}

func (w *writer) parties(name, member string, list []epcis.Party) {
	if list == nil {
		return
	}
	w.name(name)
	w.list()
	for _, p := range list {
		w.comma()
		w.open()
		w.word("type", epcis.SourceTypes, p.Type)
		w.text(member, p.ID)
		w.close()
	}
	w.end()
}

func (w *writer) place(name string, p *epcis.Place) {
	if p == nil {
		return
	}
	w.name(name)
	w.open()
	w.text("id", p.ID)
	w.fields(p.Extensions)
	w.close()
}

func (w *writer) sensor(s *epcis.SensorElement) {
	w.comma()
	w.open()
	if m := s.Metadata; m != nil {
		w.name("sensorMetadata")
		w.open()
		w.time("time", m.Time)
		w.time("startTime", m.StartTime)
		w.time("endTime", m.EndTime)
		w.text("deviceID", m.DeviceID)
		w.text("deviceMetadata", m.DeviceMetadata)
		w.text("rawData", m.RawData)
		w.text("dataProcessingMethod", m.DataProcessingMethod)
		w.text("bizRules", m.BizRules)
		w.fields(m.Extensions)
		w.close()
	}
	w.name("sensorReport")
	w.list()
	for i := range s.Reports {
		w.report(&s.Reports[i])
	}
	w.end()
	w.fields(s.Extensions)
	w.close()
}

func (w *writer) report(r *epcis.SensorReport) {
	w.comma()
	w.open()
	w.word("type", epcis.MeasurementTypes, r.Type)
	w.word("exception", epcis.Exceptions, r.Exception)
	w.time("time", r.Time)
	w.text("deviceID", r.DeviceID)
	w.text("deviceMetadata", r.DeviceMetadata)
	w.text("rawData", r.RawData)
	w.text("dataProcessingMethod", r.DataProcessingMethod)
	w.text("bizRules", r.BizRules)
	w.text("microorganism", r.Microorganism)
	w.text("chemicalSubstance", r.ChemicalSubstance)
	w.text("coordinateReferenceSystem", r.CoordinateReferenceSystem)
	w.number("value", r.Value)
	w.word("component", epcis.Components, r.Component)
	if r.StringValue != nil {
		w.name("stringValue")
		w.b = appendText(w.b, *r.StringValue)
	}
	if r.BooleanValue != nil {
		w.name("booleanValue")
		w.b = strconv.AppendBool(w.b, *r.BooleanValue)
	}
	w.text("hexBinaryValue", r.HexBinaryValue)
	w.text("uriValue", r.URIValue)
	w.number("minValue", r.MinValue)
	w.number("maxValue", r.MaxValue)
	w.number("meanValue", r.MeanValue)
	w.number("sDev", r.SDev)
	w.number("percRank", r.PercRank)
	w.number("percValue", r.PercValue)
	w.text("uom", r.UOM)
	w.fields(r.Extensions)
	w.close()
}

// fields writes extensions. A name that stands several times becomes a list: JSON
// has a name once.
func (w *writer) fields(list []epcis.Field) {
	for i, f := range list {
		name := w.nameOf(f.Name)
		same := 0
		earlier := false
		for j := range list {
			if w.nameOf(list[j].Name) == name {
				same++
				earlier = earlier || j < i
			}
		}
		if earlier {
			continue
		}
		w.name(name)
		if same == 1 {
			w.value(f.Value)
			continue
		}
		w.list()
		for j := i; j < len(list); j++ {
			if w.nameOf(list[j].Name) == name {
				w.comma()
				w.value(list[j].Value)
			}
		}
		w.end()
	}
}

func (w *writer) nameOf(n epcis.Name) string {
	switch space, bound := w.c.Space(n.Prefix); {
	case n.Prefix == "" && n.Space == "":
		return n.Local
	case n.Prefix != "" && (n.Space == "" || bound && space == n.Space):
		return n.Prefix + ":" + n.Local
	}
	if w.c != nil {
		for _, b := range w.c.Bindings {
			if space, _ := w.c.Space(b.Prefix); space == n.Space && b.Prefix != "" {
				return b.Prefix + ":" + n.Local
			}
		}
	}
	return n.Space + n.Local
}

func (w *writer) value(v epcis.Value) {
	switch v.Kind {
	case epcis.Number:
		w.plain(v.Text)
	case epcis.Bool:
		w.b = append(w.b, v.Text...)
	case epcis.Null:
		w.b = append(w.b, "null"...)
	case epcis.List:
		w.list()
		for _, item := range v.Items {
			w.comma()
			w.value(item)
		}
		w.end()
	case epcis.Object:
		outer := w.c
		w.c = inner(v, outer)
		w.open()
		if v.Text != "" {
			w.name("@value")
			w.b = appendText(w.b, v.Text)
		}
		w.fields(v.Fields)
		w.close()
		w.c = outer
	default:
		w.b = appendText(w.b, v.Text)
	}
}

// inner gives the context inside an object, which may bring one of its own.
func inner(v epcis.Value, c *epcis.Context) *epcis.Context {
	for _, f := range v.Fields {
		if f.Name != (epcis.Name{Local: "@context"}) {
			continue
		}
		out := &epcis.Context{}
		if c != nil {
			out.Bindings = slices.Clone(c.Bindings)
		}
		parts := f.Value.Items
		if f.Value.Kind == epcis.Object {
			parts = []epcis.Value{f.Value}
		}
		for _, part := range parts {
			for _, b := range part.Fields {
				if b.Value.Kind == epcis.Text {
					out.Bindings = append(out.Bindings, epcis.Binding{Prefix: b.Name.Local, Space: b.Value.Text})
				}
			}
		}
		return out
	}
	return c
}

func (w *writer) context(c *epcis.Context) {
	w.list()
	for _, url := range c.URLs {
		w.comma()
		w.b = appendText(w.b, url)
	}
	if len(c.Bindings) > 0 {
		w.comma()
		w.open()
		for i, b := range c.Bindings {
			if slices.ContainsFunc(c.Bindings[i+1:], func(later epcis.Binding) bool { return later.Prefix == b.Prefix }) {
				continue
			}
			w.name(b.Prefix)
			w.b = appendText(w.b, b.Space)
		}
		w.close()
	}
	w.end()
}

// appendText writes a text of JSON; what needs no escape costs no more than a copy.
func appendText(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			b, err := json.Marshal(s)
			if err != nil { // texts always can be written
				return append(dst, `""`...)
			}
			return append(dst, b...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

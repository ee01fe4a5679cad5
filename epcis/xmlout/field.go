package xmlout

import (
	"strconv"
	"strings"

	"tagline/epcis"
)

func (w *writer) sensors(list []epcis.SensorElement) {
	if list == nil {
		return
	}
	w.raw("<sensorElementList>")
	for i := range list {
		s := &list[i]
		w.raw("<sensorElement>")
		if m := s.Metadata; m != nil {
			w.raw("<sensorMetadata")
			w.attr("time", timeText(m.Time))
			w.attr("startTime", timeText(m.StartTime))
			w.attr("endTime", timeText(m.EndTime))
			w.attr("deviceID", m.DeviceID)
			w.attr("deviceMetadata", m.DeviceMetadata)
			w.attr("rawData", m.RawData)
			w.attr("dataProcessingMethod", m.DataProcessingMethod)
			w.attr("bizRules", m.BizRules)
			w.attributes("sensorMetadata", m.Extensions)
			w.raw("/>")
		}
		for j := range s.Reports {
			w.report(&s.Reports[j])
		}
		w.fields(s.Extensions)
		w.raw("</sensorElement>")
	}
	w.raw("</sensorElementList>")
}

func (w *writer) report(r *epcis.SensorReport) {
	w.raw("<sensorReport")
	w.attr("type", w.word(epcis.MeasurementTypes, r.Type))
	w.attr("exception", w.word(epcis.Exceptions, r.Exception))
	w.attr("deviceID", r.DeviceID)
	w.attr("deviceMetadata", r.DeviceMetadata)
	w.attr("rawData", r.RawData)
	w.attr("dataProcessingMethod", r.DataProcessingMethod)
	w.attr("bizRules", r.BizRules)
	w.attr("time", timeText(r.Time))
	w.attr("microorganism", r.Microorganism)
	w.attr("chemicalSubstance", r.ChemicalSubstance)
	w.attr("coordinateReferenceSystem", r.CoordinateReferenceSystem)
	w.attr("value", r.Value)
	w.attr("component", w.word(epcis.Components, r.Component))
	if r.StringValue != nil {
		w.raw(` stringValue="`)
		w.escape(*r.StringValue, true)
		w.raw(`"`)
	}
	if r.BooleanValue != nil {
		w.attr("booleanValue", strconv.FormatBool(*r.BooleanValue))
	}
	w.attr("hexBinaryValue", r.HexBinaryValue)
	w.attr("uriValue", r.URIValue)
	w.attr("minValue", r.MinValue)
	w.attr("maxValue", r.MaxValue)
	w.attr("meanValue", r.MeanValue)
	w.attr("sDev", r.SDev)
	w.attr("percRank", r.PercRank)
	w.attr("percValue", r.PercValue)
	w.attr("uom", r.UOM)
	w.attributes("sensorReport", r.Extensions)
	w.raw("/>")
}

// attributes writes extensions of a part that XML gives attributes only.
func (w *writer) attributes(part string, list []epcis.Field) {
	for _, f := range list {
		if f.Value.Kind == epcis.Object || f.Value.Kind == epcis.List || f.Value.Kind == epcis.Null {
			w.fail("the extension %s of a %s has parts, and XML has only attributes there", clip(f.Name.Local), part)
			return
		}
		prefix, declaration := w.prefix(f.Name)
		w.raw(declaration)
		w.raw(" " + prefix + f.Name.Local + `="`)
		w.escape(f.Value.Text, true)
		w.raw(`"`)
	}
}

// prefix gives the prefix of a name with its colon, and the declaration that it
// needs where it is written.
func (w *writer) prefix(n epcis.Name) (prefix, declaration string) {
	if !isName(n.Local) {
		w.fail("the name %s is none in XML", clip(n.Local))
		return "", ""
	}
	if n.Space == "" {
		if n.Prefix != "" {
			w.fail("nothing says which namespace the prefix %s stands for", clip(n.Prefix))
		}
		return "", ""
	}
	for _, c := range []*epcis.Context{w.c, w.around} {
		for _, b := range bindings(c) {
			if b.Space == n.Space && (n.Prefix == "" || b.Prefix == n.Prefix) {
				return b.Prefix + ":", ""
			}
		}
	}
	prefix = n.Prefix
	if !isName(prefix) {
		prefix = "x"
	}
	w2 := writer{}
	w2.declare(epcis.Binding{Prefix: prefix, Space: n.Space})
	return prefix + ":", string(w2.b)
}

// fields writes extensions as elements.
func (w *writer) fields(list []epcis.Field) {
	for _, f := range list {
		if !f.Attribute && f.Name.Local != "@context" {
			w.field(f.Name, f.Value)
		}
	}
}

func (w *writer) field(n epcis.Name, v epcis.Value) {
	if v.Kind == epcis.List {
		if len(v.Items) == 0 {
			w.fail("the list %s is empty, which XML cannot say", clip(n.Local))
		}
		for _, item := range v.Items {
			w.field(n, item)
		}
		return
	}
	prefix, declaration := w.prefix(n)
	w.raw("<" + prefix + n.Local + declaration)
	switch v.Kind {
	case epcis.Number:
		w.raw(` xsi:type="xsd:` + numberType(v.Text) + `">`)
		w.escape(v.Text, false)
	case epcis.Bool:
		w.raw(` xsi:type="xsd:boolean">`)
		w.escape(v.Text, false)
	case epcis.Null:
		w.raw(` xsi:nil="true">`)
	case epcis.Object:
		for _, f := range v.Fields {
			if !f.Attribute {
				continue
			}
			p, d := w.prefix(f.Name)
			w.raw(d + " " + p + f.Name.Local + `="`)
			w.escape(f.Value.Text, true)
			w.raw(`"`)
		}
		w.raw(">")
		w.escape(v.Text, false)
		w.fields(v.Fields)
	default:
		w.raw(">")
		w.escape(v.Text, false)
	}
	w.raw("</" + prefix + n.Local + ">")
}

func numberType(text string) string {
	switch {
	case strings.ContainsAny(text, "eE"):
		return "double"
	case strings.Contains(text, "."):
		return "decimal"
	}
	return "integer"
}

// isName tells whether a text is a name without colon in XML; letters beyond ASCII
// are left out.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '-' && c != '.') {
			return false
		}
	}
	return s != "" && !strings.EqualFold(s, "xmlns") && !strings.EqualFold(s, "xml")
}

func (w *writer) vocabularies(list []epcis.Vocabulary) error {
	w.raw("<VocabularyList>")
	for _, v := range list {
		w.raw("<Vocabulary")
		w.attr("type", v.Type)
		w.raw("><VocabularyElementList>")
		for _, e := range v.Elements {
			w.raw("<VocabularyElement")
			w.attr("id", e.ID)
			w.raw(">")
			for _, a := range e.Attributes {
				w.raw("<attribute")
				w.attr("id", a.ID)
				w.raw(">")
				if a.Value.Kind == epcis.Object {
					w.fields(a.Value.Fields)
				}
				w.escape(a.Value.Text, false)
				w.raw("</attribute>")
			}
			if len(e.Children) > 0 {
				w.texts("children", "id", e.Children)
			}
			w.raw("</VocabularyElement>")
		}
		w.raw("</VocabularyElementList></Vocabulary>")
	}
	w.raw("</VocabularyList>")
	if w.err != nil {
		return w.err
	}
	return nil
}

package eventhash

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"tagline/epcis"
	"tagline/epcis/identifier"
	"tagline/gs1"
)

// Of gives the identifier of an event. Extensions of the names that are ignored do
// not count.
func Of(e *epcis.Event, ignored ...epcis.Name) string {
	sum := sha256.Sum256([]byte(Prehash(e, ignored...)))
	b := make([]byte, 0, 96)
	b = append(b, "ni:///sha-256;"...)
	b = hex.AppendEncode(b, sum[:])
	return string(append(b, "?ver=CBV2.0"...))
}

// Ignored gives the names that a document wants to be left out of its hashes, in
// the extension that the reference implementation reads.
func Ignored(d *epcis.Document) (names []epcis.Name) {
	for _, f := range d.Extensions {
		if f.Name.Local != "ignoreFields" || f.Name.Space != "https://repository-x.example.com/" {
			continue
		}
		values := f.Value.Items
		if f.Value.Kind == epcis.Text {
			for name := range strings.FieldsSeq(f.Value.Text) {
				values = append(values, epcis.Value{Text: name})
			}
		}
		for _, child := range f.Value.Fields { // XML names them by empty elements
			names = append(names, child.Name)
		}
		for _, v := range values {
			prefix, local, _ := strings.Cut(v.Text, ":")
			if space, ok := d.Context.Space(prefix); ok {
				names = append(names, epcis.Name{Space: space, Local: local})
			}
		}
	}
	return names
}

// Prehash gives the text that is hashed.
func Prehash(e *epcis.Event, ignored ...epcis.Name) string {
	w := text{context: e.Context, ignored: ignored}
	w.pair("eventType", e.Type)
	w.time("eventTime", e.EventTime)
	w.pair("eventTimeZoneOffset", e.TimeZoneOffset)
	w.b.WriteString(strings.Join(w.each("certificationInfo", e.CertificationInfo), ""))
	w.pair("parentID", w.norm(e.ParentID))
	w.list("epcList", w.each("epc", e.EPCList))
	w.list("inputEPCList", w.each("epc", e.InputEPCList))
	w.list("childEPCs", w.each("epc", e.ChildEPCs))
	w.list("quantityList", w.quantities(e.QuantityList))
	w.list("childQuantityList", w.quantities(e.ChildQuantityList))
	w.list("inputQuantityList", w.quantities(e.InputQuantityList))
	w.list("outputEPCList", w.each("epc", e.OutputEPCList))
	w.list("outputQuantityList", w.quantities(e.OutputQuantityList))
	w.pair("action", e.Action)
	w.pair("transformationID", w.norm(e.TransformationID))
	w.pair("bizStep", w.word(epcis.BizSteps, e.BizStep))
	w.pair("disposition", w.word(epcis.Dispositions, e.Disposition))
	if p := e.PersistentDisposition; p != nil {
		w.list("persistentDisposition", append(w.words("set", p.Set), w.words("unset", p.Unset)...))
	}
	var tail []string
	w.place("readPoint", e.ReadPoint, &tail)
	w.place("bizLocation", e.BizLocation, &tail)
	w.sensors(e.SensorElementList, &tail)

	tail = w.block(tail, "bizTransactionList", w.transactions(e.BizTransactionList))
	tail = w.block(tail, "sourceList", w.parties("source", e.SourceList))
	tail = w.block(tail, "destinationList", w.parties("destination", e.DestinationList))
	tail = w.block(tail, "ilmd", w.fields(e.ILMD))
	tail = append(tail, w.fields(e.Extensions)...)
	slices.Sort(tail)
	for _, t := range tail {
		w.b.WriteString(t)
	}
	return w.b.String()
}

// text is the pre-hash text as it grows.
type text struct {
	b       strings.Builder
	context *epcis.Context
	ignored []epcis.Name
}

func (w *text) pair(name, value string) {
	if value != "" {
		w.b.WriteString(name)
		w.b.WriteByte('=')
		w.b.WriteString(value)
	}
}

func pair(name, value string) string {
	if value == "" {
		return ""
	}
	return name + "=" + value
}

func (w *text) time(name string, t epcis.Time) { w.pair(name, instant(t)) }

// list writes a container once, with its parts sorted, if it has some.
func (w *text) list(name string, parts []string) {
	if len(parts) == 0 {
		return
	}
	w.b.WriteString(name)
	for _, p := range parts {
		w.b.WriteString(p)
	}
}

func (w *text) block(tail []string, name string, parts []string) []string {
	if len(parts) == 0 {
		return tail
	}
	return append(tail, name+strings.Join(parts, ""))
}

func (w *text) each(name string, list []string) []string {
	out := make([]string, 0, len(list))
	for _, v := range list {
		out = append(out, name+"="+w.norm(v))
	}
	slices.Sort(out)
	return out
}

func (w *text) words(name string, list []string) []string {
	out := make([]string, 0, len(list))
	for _, v := range list {
		out = append(out, name+"="+w.word(epcis.Dispositions, v))
	}
	slices.Sort(out)
	return out
}

func (w *text) quantities(list []epcis.Quantity) []string {
	out := make([]string, 0, len(list))
	for _, q := range list {
		out = append(out, "quantityElement"+pair("epcClass", w.norm(q.EPCClass))+pair("quantity", w.norm(q.Amount))+pair("uom", w.norm(q.UOM)))
	}
	slices.Sort(out)
	return out
}

func (w *text) transactions(list []epcis.BizTransaction) []string {
	out := make([]string, 0, len(list))
	for _, t := range list {
		out = append(out, pair("type", w.word(epcis.TransactionTypes, t.Type))+pair("bizTransaction", w.norm(t.ID)))
	}
	slices.Sort(out)
	return out
}

func (w *text) parties(name string, list []epcis.Party) []string {
	out := make([]string, 0, len(list))
	for _, p := range list {
		out = append(out, pair("type", w.word(epcis.SourceTypes, p.Type))+pair(name, w.norm(p.ID)))
	}
	slices.Sort(out)
	return out
}

// nested splits the extensions of a part of the standard: those whose namespace
// ends in a slash stand in it, the others behind the event, each under the name of
// the field that holds the part (so the reference implementation does).
func (w *text) nested(field string, list []epcis.Field, tail *[]string) string {
	var inside []epcis.Field
	for _, f := range list {
		if strings.HasSuffix(f.Name.Space, "/") || f.Name.Space == "" {
			inside = append(inside, f)
			continue
		}
		for _, s := range w.fields([]epcis.Field{f}) {
			*tail = append(*tail, field+s)
		}
	}
	return strings.Join(w.fields(inside), "")
}

func (w *text) place(name string, p *epcis.Place, tail *[]string) {
	if p == nil {
		return
	}
	if s := pair("id", w.norm(p.ID)) + w.nested(name, p.Extensions, tail); s != "" {
		w.b.WriteString(name)
		w.b.WriteString(s)
	}
}

// word gives the full URI of a value of the vocabulary.
func (w *text) word(kind epcis.WordKind, value string) string {
	if value == "" {
		return ""
	}
	word := epcis.Word(kind, value, w.context)
	if full := epcis.WebURI(kind, word); full != word {
		return full
	}
	return w.norm(word)
}

func (w *text) sensors(list []epcis.SensorElement, tail *[]string) {
	out := make([]string, 0, len(list))
	for i := range list {
		s := &list[i]
		var b strings.Builder
		b.WriteString("sensorElement")
		if m := s.Metadata; m != nil {
			inside := pair("time", instant(m.Time)) + pair("startTime", instant(m.StartTime)) + pair("endTime", instant(m.EndTime)) +
				pair("deviceID", w.norm(m.DeviceID)) + pair("deviceMetadata", w.norm(m.DeviceMetadata)) + pair("rawData", w.norm(m.RawData)) +
				pair("dataProcessingMethod", w.norm(m.DataProcessingMethod)) + pair("bizRules", w.norm(m.BizRules)) +
				w.nested("sensorElementListsensorElementsensorMetadata", m.Extensions, tail)
			if inside != "" {
				b.WriteString("sensorMetadata" + inside)
			}
		}
		reports := make([]string, 0, len(s.Reports))
		for j := range s.Reports {
			reports = append(reports, w.report(&s.Reports[j], tail))
		}
		slices.Sort(reports)
		for _, r := range reports {
			b.WriteString(r)
		}
		b.WriteString(w.nested("sensorElementListsensorElement", s.Extensions, tail))
		out = append(out, b.String())
	}
	slices.Sort(out)
	w.list("sensorElementList", out)
}

func (w *text) report(r *epcis.SensorReport, tail *[]string) string {
	s := "sensorReport" + pair("type", w.word(epcis.MeasurementTypes, r.Type)) + pair("exception", w.word(epcis.Exceptions, r.Exception)) +
		pair("deviceID", w.norm(r.DeviceID)) + pair("deviceMetadata", w.norm(r.DeviceMetadata)) + pair("rawData", w.norm(r.RawData)) +
		pair("dataProcessingMethod", w.norm(r.DataProcessingMethod)) + pair("time", instant(r.Time)) + pair("microorganism", w.norm(r.Microorganism)) +
		pair("chemicalSubstance", w.norm(r.ChemicalSubstance)) + pair("value", w.norm(r.Value)) + pair("component", w.word(epcis.Components, r.Component))
	if r.StringValue != nil {
		s += pair("stringValue", w.norm(*r.StringValue))
	}
	if r.BooleanValue != nil {
		s += "booleanValue=" + strconv.FormatBool(*r.BooleanValue)
	}
	s += pair("hexBinaryValue", w.norm(r.HexBinaryValue)) + pair("uriValue", w.norm(r.URIValue)) + pair("minValue", w.norm(r.MinValue)) +
		pair("maxValue", w.norm(r.MaxValue)) + pair("meanValue", w.norm(r.MeanValue)) + pair("sDev", w.norm(r.SDev)) +
		pair("percRank", w.norm(r.PercRank)) + pair("percValue", w.norm(r.PercValue)) + pair("uom", w.norm(r.UOM)) +
		pair("coordinateReferenceSystem", w.norm(r.CoordinateReferenceSystem)) + w.nested("sensorElementListsensorElementsensorReport", r.Extensions, tail)
	if r.BizRules != "" {
		*tail = append(*tail, "sensorElementListsensorElementsensorReportbizRules="+w.norm(r.BizRules))
	}
	return s
}

// fields gives extensions, sorted.
func (w *text) fields(list []epcis.Field) []string {
	var out []string
	for _, f := range list {
		if f.Name.Local == "@context" || f.Name == (epcis.Name{Local: "comment"}) ||
			f.Name.Local == "comment" && f.Name.Space == "http://www.w3.org/2000/01/rdf-schema#" ||
			slices.ContainsFunc(w.ignored, func(n epcis.Name) bool { return n.Space == f.Name.Space && n.Local == f.Name.Local }) {
			continue
		}
		out = w.field(out, f)
	}
	slices.Sort(out)
	return out
}

func (w *text) field(out []string, f epcis.Field) []string {
	name := f.Name.Local
	switch {
	case f.Name.Space != "":
		name = "{" + f.Name.Space + "}" + name
	case f.Name.Prefix != "":
		name = f.Name.Prefix + ":" + name
	}
	return w.value(out, name, f.Value)
}

func (w *text) value(out []string, name string, v epcis.Value) []string {
	switch v.Kind {
	case epcis.Null:
		return out
	case epcis.List:
		for _, item := range v.Items {
			out = w.value(out, name, item)
		}
		return out
	case epcis.Object:
		s := name
		if t := w.norm(v.Text); t != "" {
			s += "=" + t
		}
		return append(out, s+strings.Join(w.fields(v.Fields), ""))
	case epcis.Bool:
		return append(out, name+"="+v.Text)
	}
	if t := w.norm(v.Text); t != "" {
		return append(out, name+"="+t)
	}
	return append(out, name)
}

// norm gives the normal form of a value that is no word: numbers without needless
// digits, identifiers as canonical Digital Links.
func (w *text) norm(value string) string {
	value = strings.TrimSpace(value)
	if value == "" {
		return ""
	}
	if n, ok := number(value); ok {
		return n
	}
	if strings.IndexByte(value, ':') < 0 {
		return value
	}
	if key := identifier.Key(value); key != value && identifier.IsKey(key) {
		return gs1.CanonicalStem + "/" + unescape(key)
	}
	switch {
	case strings.HasPrefix(value, "gs1:"):
		return "https://gs1.org/voc/" + value[4:]
	case strings.HasPrefix(value, "cbv:"):
		return "https://ref.gs1.org/cbv/" + value[4:]
	case strings.HasPrefix(value, "urn:epcglobal:cbv:"):
		for _, kind := range []epcis.WordKind{epcis.BizSteps, epcis.Dispositions, epcis.TransactionTypes, epcis.SourceTypes, epcis.ErrorReasons} {
			if word := epcis.Word(kind, value, nil); word != value {
				return epcis.WebURI(kind, word)
			}
		}
	}
	return value
}

// unescape takes back the percent signs before characters that the rule of the hash
// leaves alone.
func unescape(key string) string {
	if strings.IndexByte(key, '%') < 0 {
		return key
	}
	return strings.NewReplacer("%27", "'", "%3B", ";", "%3D", "=").Replace(key)
}

// number rewrites a text that reads as a decimal number: an integral one with all
// its digits, another with the fewest that name it.
func number(s string) (string, bool) {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return "", false
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return "", false
	}
	switch {
	case f == 0:
		return "0", true
	case f == math.Trunc(f):
		return strconv.FormatFloat(f, 'f', 0, 64), true
	case math.Abs(f) < 1e-4:
		return strconv.FormatFloat(f, 'e', -1, 64), true
	}
	return strconv.FormatFloat(f, 'f', -1, 64), true
}

// instant writes a time in UTC with three decimals; the fourth rounds.
func instant(t epcis.Time) string {
	if t.Text == "" {
		return ""
	}
	micro := t.Micro
	rest := micro % 1000
	if rest < 0 {
		rest += 1000
	}
	micro -= rest
	if rest >= 500 {
		micro += 1000
	}
	return time.UnixMicro(micro).UTC().Format("2006-01-02T15:04:05.000Z")
}

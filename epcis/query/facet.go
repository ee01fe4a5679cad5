package query

import (
	"strconv"
	"strings"

	"tagline/epcis"
	"tagline/epcis/identifier"
	"tagline/epcis/unit"
)

// Role says what part of an event a facet is. The numbers are stored: new ones come
// at the end.
type Role uint8

// The roles. The first stand once in every event that has them.
const (
	EventType Role = iota + 1
	EventTime
	RecordTime
	Action
	BizStep
	Disposition
	ReadPoint
	BizLocation
	TransformationID
	EventID
	ErrorTime // of an errorDeclaration
	ErrorReason

	EPC // in epcList
	Child
	Parent
	InputEPC
	OutputEPC

	Class // in quantityList, with the quantity
	ChildClass
	InputClass
	OutputClass

	CorrectiveID
	SetDisposition
	UnsetDisposition
	Transaction // named by its type, as are sources and destinations
	Source
	Destination

	Extension // named by namespace#local, as are all extensions
	ILMDField
	ErrorField
	ElementField
	MetadataField
	ReportField
	ReadPointField
	BizLocationField

	Sensor     // an event with sensorElementList has one
	SensorTime // named time, startTime, endTime
	SensorText // named by the field: type, deviceID, stringValue, …
	SensorNumber
)

// Single tells whether an event has at most one facet of the role.
func (r Role) Single() bool { return r <= ErrorReason }

// Facet is one part of an event that a query can ask for.
type Facet struct {
	Role  Role
	Name  string // what Role says; empty for others
	Inner bool   // an extension that stands below another
	Text  string // canonical key, bare word or text
	Raw   string // of EPCs and classes: as captured, where it is not Text
	// Number is the number as it was written, Canon in the canonical unit of
	// Dimension.
	HasNumber bool
	Number    float64
	Canon     float64
	Dimension string
	HasTime   bool
	Time      int64 // microseconds since 1970, UTC
}

// Facets gives all facets of an event.
func Facets(e *epcis.Event) []Facet {
	f := facets{e: e, list: make([]Facet, 0, 16+len(e.EPCList)+len(e.ChildEPCs)+len(e.InputEPCList)+len(e.OutputEPCList))}
	f.text(EventType, e.Type)
	f.time(EventTime, "", e.EventTime)
	f.time(RecordTime, "", e.RecordTime)
	f.text(Action, e.Action)
	f.text(BizStep, epcis.Word(epcis.BizSteps, e.BizStep, e.Context))
	f.text(Disposition, epcis.Word(epcis.Dispositions, e.Disposition, e.Context))
	f.text(TransformationID, e.TransformationID)
	f.text(EventID, e.EventID)
	if d := e.ErrorDeclaration; d != nil {
		f.time(ErrorTime, "", d.DeclarationTime)
		f.text(ErrorReason, epcis.Word(epcis.ErrorReasons, d.Reason, e.Context))
		for _, id := range d.CorrectiveEventIDs {
			f.text(CorrectiveID, id)
		}
		f.fields(ErrorField, d.Extensions, false)
	}
	f.epcs(EPC, e.EPCList)
	f.epcs(Child, e.ChildEPCs)
	f.epcs(InputEPC, e.InputEPCList)
	f.epcs(OutputEPC, e.OutputEPCList)
	if e.ParentID != "" {
		f.epcs(Parent, []string{e.ParentID})
	}
	f.quantities(Class, e.QuantityList)
	f.quantities(ChildClass, e.ChildQuantityList)
	f.quantities(InputClass, e.InputQuantityList)
	f.quantities(OutputClass, e.OutputQuantityList)
	if p := e.PersistentDisposition; p != nil {
		for _, d := range p.Set {
			f.text(SetDisposition, epcis.Word(epcis.Dispositions, d, e.Context))
		}
		for _, d := range p.Unset {
			f.text(UnsetDisposition, epcis.Word(epcis.Dispositions, d, e.Context))
		}
	}
	f.place(ReadPoint, ReadPointField, e.ReadPoint)
	f.place(BizLocation, BizLocationField, e.BizLocation)
	for _, t := range e.BizTransactionList {
		f.named(Transaction, epcis.Word(epcis.TransactionTypes, t.Type, e.Context), identifier.Key(t.ID))
	}
	for _, p := range e.SourceList {
		f.named(Source, epcis.Word(epcis.SourceTypes, p.Type, e.Context), identifier.Key(p.ID))
	}
	for _, p := range e.DestinationList {
		f.named(Destination, epcis.Word(epcis.SourceTypes, p.Type, e.Context), identifier.Key(p.ID))
	}
	f.sensors()
	f.fields(ILMDField, e.ILMD, false)
	f.fields(Extension, e.Extensions, false)
	return f.list
}

type facets struct {
	e    *epcis.Event
	list []Facet
}

func (f *facets) text(role Role, text string) { f.named(role, "", text) }

func (f *facets) named(role Role, name, text string) {
	if text != "" {
		f.list = append(f.list, Facet{Role: role, Name: name, Text: text})
	}
}

func (f *facets) time(role Role, name string, t epcis.Time) {
	if t.Text != "" || t.Micro != 0 {
		f.list = append(f.list, Facet{Role: role, Name: name, HasTime: true, Time: t.Micro})
	}
}

func (f *facets) epcs(role Role, list []string) {
	for _, text := range list {
		key := identifier.Key(text)
		facet := Facet{Role: role, Text: key}
		if key != text {
			facet.Raw = text
		}
		f.list = append(f.list, facet)
	}
}

func (f *facets) quantities(role Role, list []epcis.Quantity) {
	for _, q := range list {
		key := identifier.Key(q.EPCClass)
		facet := Facet{Role: role, Text: key}
		if key != q.EPCClass {
			facet.Raw = q.EPCClass
		}
		if n, ok := number(q.Amount); ok {
			facet.HasNumber, facet.Number = true, n
			if q.UOM != "" {
				facet.Canon, facet.Dimension = unit.Canonical(n, q.UOM)
			}
		}
		f.list = append(f.list, facet)
	}
}

func (f *facets) place(role, extensions Role, p *epcis.Place) {
	if p != nil {
		f.text(role, identifier.Key(p.ID))
		f.fields(extensions, p.Extensions, false)
	}
}

func (f *facets) sensors() {
	if f.e.SensorElementList == nil {
		return
	}
	f.list = append(f.list, Facet{Role: Sensor})
	for i := range f.e.SensorElementList {
		s := &f.e.SensorElementList[i]
		if m := s.Metadata; m != nil {
			f.time(SensorTime, "time", m.Time)
			f.time(SensorTime, "startTime", m.StartTime)
			f.time(SensorTime, "endTime", m.EndTime)
			f.key("deviceID", m.DeviceID)
			f.key("deviceMetadata", m.DeviceMetadata)
			f.key("rawData", m.RawData)
			f.key("dataProcessingMethod", m.DataProcessingMethod)
			f.key("bizRules", m.BizRules)
			f.fields(MetadataField, m.Extensions, false)
		}
		for j := range s.Reports {
			f.report(&s.Reports[j])
		}
		f.fields(ElementField, s.Extensions, false)
	}
}

func (f *facets) key(name, text string) { f.named(SensorText, name, identifier.Key(text)) }

func (f *facets) report(r *epcis.SensorReport) {
	f.named(SensorText, "type", epcis.Word(epcis.MeasurementTypes, r.Type, f.e.Context))
	f.named(SensorText, "exception", epcis.Word(epcis.Exceptions, r.Exception, f.e.Context))
	f.time(SensorTime, "time", r.Time)
	f.key("deviceID", r.DeviceID)
	f.key("deviceMetadata", r.DeviceMetadata)
	f.key("rawData", r.RawData)
	f.key("dataProcessingMethod", r.DataProcessingMethod)
	f.key("bizRules", r.BizRules)
	f.named(SensorText, "microorganism", r.Microorganism)
	f.named(SensorText, "chemicalSubstance", r.ChemicalSubstance)
	f.named(SensorText, "uriValue", r.URIValue)
	f.named(SensorText, "hexBinaryValue", strings.ToUpper(r.HexBinaryValue))
	f.named(SensorText, "component", epcis.Word(epcis.Components, r.Component, f.e.Context))
	if r.StringValue != nil {
		f.list = append(f.list, Facet{Role: SensorText, Name: "stringValue", Text: *r.StringValue})
	}
	if r.BooleanValue != nil {
		f.named(SensorText, "booleanValue", strconv.FormatBool(*r.BooleanValue))
	}
	f.number("value", r.Value, r.UOM)
	f.number("minValue", r.MinValue, r.UOM)
	f.number("maxValue", r.MaxValue, r.UOM)
	f.number("meanValue", r.MeanValue, r.UOM)
	f.number("percValue", r.PercValue, r.UOM)
	f.number("sDev", r.SDev, r.UOM)
	f.number("percRank", r.PercRank, "")
	f.fields(ReportField, r.Extensions, false)
}

func (f *facets) number(name, text, uom string) {
	n, ok := number(text)
	if !ok {
		return
	}
	facet := Facet{Role: SensorNumber, Name: name, HasNumber: true, Number: n}
	switch {
	case uom == "":
	case name == "sDev":
		facet.Canon, facet.Dimension = unit.Span(n, uom)
	default:
		facet.Canon, facet.Dimension = unit.Canonical(n, uom)
	}
	f.list = append(f.list, facet)
}

// fields gives the facets of extensions, and of what stands below them.
func (f *facets) fields(role Role, list []epcis.Field, inner bool) {
	for _, x := range list {
		f.value(role, FullName(x.Name), x.Value, inner)
	}
}

func (f *facets) value(role Role, name string, v epcis.Value, inner bool) {
	switch v.Kind {
	case epcis.List:
		for _, item := range v.Items {
			f.value(role, name, item, inner)
		}
	case epcis.Object:
		f.scalar(role, name, v.Text, inner)
		f.fields(role, v.Fields, true)
	default:
		f.scalar(role, name, v.Text, inner)
	}
}

func (f *facets) scalar(role Role, name, text string, inner bool) {
	facet := Facet{Role: role, Name: name, Inner: inner, Text: strings.TrimSpace(text)}
	if n, ok := number(facet.Text); ok {
		facet.HasNumber, facet.Number = true, n
	} else if t, ok := epcis.ParseTime(facet.Text); ok {
		facet.HasTime, facet.Time = true, t.Micro
	}
	f.list = append(f.list, facet)
}

// FullName gives the name of an extension as a query has it: namespace, #, local
// name; or prefix and local name where the namespace is not known.
func FullName(n epcis.Name) string {
	switch {
	case n.Space != "":
		return n.Space + "#" + n.Local
	case n.Prefix != "":
		return n.Prefix + ":" + n.Local
	}
	return n.Local
}

// number reads a decimal number; other forms that Go knows are texts.
func number(s string) (float64, bool) {
	if s == "" || strings.Trim(s, "0123456789+-.eE") != "" || strings.Trim(s, "eE+-.") == "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

package xmldoc

import (
	"encoding/xml"
	"strconv"

	"tagline/epcis"
)

func (r *reading) sensor(e *element, at string) epcis.SensorElement {
	s := epcis.SensorElement{}
	r.lines[at] = e
	for _, c := range e.children {
		switch {
		case !standard(c.name):
			s.Extensions = append(s.Extensions, fieldOf(c, r.context))
		case c.name.Local == "sensorMetadata" && s.Metadata == nil:
			r.lines[at+"/sensorMetadata"] = c
			s.Metadata = r.metadata(c, at+"/sensorMetadata")
		case c.name.Local == "sensorReport":
			deeper := at + "/sensorReport/" + strconv.Itoa(len(s.Reports))
			r.lines[deeper] = c
			s.Reports = append(s.Reports, r.report(c, deeper))
		default:
			r.unknown(c, at)
		}
	}
	return s
}

// attribute takes an attribute that is not the standard's; false for one that
// needed a namespace.
func (r *reading) attribute(e *element, a xml.Attr, at string, into *[]epcis.Field) {
	switch {
	case a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" || a.Name.Space == SpaceXSI:
	case a.Name.Space == "":
		r.fail(e, at+"/"+a.Name.Local, "unknown-field", "the attribute %s is unknown here; one of your own needs a namespace", clip(a.Name.Local))
	default:
		*into = append(*into, epcis.Field{Name: nameOf(a.Name, bind(r.context, e.attrs)), Value: epcis.Value{Text: a.Value}, Attribute: true})
	}
}

func (r *reading) instant(e *element, text, at string) epcis.Time {
	return r.time(&element{name: e.name, text: text, line: e.line, column: e.column}, at)
}

func (r *reading) metadata(e *element, at string) *epcis.SensorMetadata {
	d := &epcis.SensorMetadata{}
	for _, a := range e.attrs {
		name := a.Name.Local
		if a.Name.Space != "" {
			name = ""
		}
		switch name {
		case "time":
			d.Time = r.instant(e, a.Value, at+"/time")
		case "startTime":
			d.StartTime = r.instant(e, a.Value, at+"/startTime")
		case "endTime":
			d.EndTime = r.instant(e, a.Value, at+"/endTime")
		case "deviceID":
			d.DeviceID = a.Value
		case "deviceMetadata":
			d.DeviceMetadata = a.Value
		case "rawData":
			d.RawData = a.Value
		case "dataProcessingMethod":
			d.DataProcessingMethod = a.Value
		case "bizRules":
			d.BizRules = a.Value
		default:
			r.attribute(e, a, at, &d.Extensions)
		}
	}
	for _, c := range e.children {
		if standard(c.name) {
			r.unknown(c, at)
			continue
		}
		d.Extensions = append(d.Extensions, fieldOf(c, r.context))
	}
	return d
}

func (r *reading) report(e *element, at string) epcis.SensorReport {
	s := epcis.SensorReport{}
	for _, a := range e.attrs {
		name := a.Name.Local
		if a.Name.Space != "" {
			name = ""
		}
		switch name {
		case "type":
			s.Type = a.Value
		case "exception":
			s.Exception = a.Value
		case "deviceID":
			s.DeviceID = a.Value
		case "deviceMetadata":
			s.DeviceMetadata = a.Value
		case "rawData":
			s.RawData = a.Value
		case "dataProcessingMethod":
			s.DataProcessingMethod = a.Value
		case "bizRules":
			s.BizRules = a.Value
		case "time":
			s.Time = r.instant(e, a.Value, at+"/time")
		case "microorganism":
			s.Microorganism = a.Value
		case "chemicalSubstance":
			s.ChemicalSubstance = a.Value
		case "coordinateReferenceSystem":
			s.CoordinateReferenceSystem = a.Value
		case "component":
			s.Component = a.Value
		case "stringValue":
			text := a.Value
			s.StringValue = &text
		case "booleanValue":
			yes := a.Value == "true" || a.Value == "1"
			if !yes && a.Value != "false" && a.Value != "0" {
				r.fail(e, at+"/booleanValue", "boolean", "%q is neither true nor false", clip(a.Value))
			}
			s.BooleanValue = &yes
		case "hexBinaryValue":
			s.HexBinaryValue = a.Value
		case "uriValue":
			s.URIValue = a.Value
		case "value":
			s.Value = a.Value
		case "minValue":
			s.MinValue = a.Value
		case "maxValue":
			s.MaxValue = a.Value
		case "meanValue":
			s.MeanValue = a.Value
		case "sDev":
			s.SDev = a.Value
		case "percRank":
			s.PercRank = a.Value
		case "percValue":
			s.PercValue = a.Value
		case "uom":
			s.UOM = a.Value
		default:
			r.attribute(e, a, at, &s.Extensions)
		}
	}
	for _, c := range e.children {
		if standard(c.name) {
			r.unknown(c, at)
			continue
		}
		s.Extensions = append(s.Extensions, fieldOf(c, r.context))
	}
	return s
}

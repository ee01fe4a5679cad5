package jsondoc

import (
	"strconv"

	"tagline/epcis"
)

func (r *reading) sensor(n *node, at string) epcis.SensorElement {
	s := epcis.SensorElement{}
	if !r.object(n, at) {
		return s
	}
	for i := range n.members {
		switch m := &n.members[i]; m.name {
		case "sensorMetadata":
			s.Metadata = r.metadata(&m.value, at+"/sensorMetadata")
		case "sensorReport":
			for j := range r.list(&m.value, at+"/sensorReport") {
				s.Reports = append(s.Reports, r.report(&m.value.items[j], at+"/sensorReport/"+strconv.Itoa(j)))
			}
		default:
			r.extension(&s.Extensions, m, at, []string{"sensorMetadata", "sensorReport"})
		}
	}
	return s
}

func (r *reading) metadata(n *node, at string) *epcis.SensorMetadata {
	d := &epcis.SensorMetadata{}
	if !r.object(n, at) {
		return d
	}
	for i := range n.members {
		m := &n.members[i]
		v, at := &m.value, at+"/"+m.name
		switch m.name {
		case "time":
			d.Time = r.time(v, at)
		case "startTime":
			d.StartTime = r.time(v, at)
		case "endTime":
			d.EndTime = r.time(v, at)
		case "deviceID":
			d.DeviceID = r.uri(v, at)
		case "deviceMetadata":
			d.DeviceMetadata = r.uri(v, at)
		case "rawData":
			d.RawData = r.uri(v, at)
		case "dataProcessingMethod":
			d.DataProcessingMethod = r.uri(v, at)
		case "bizRules":
			d.BizRules = r.uri(v, at)
		default:
			r.extension(&d.Extensions, m, at[:len(at)-len(m.name)-1], []string{"time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"})
		}
	}
	return d
}

func reportNames() []string {
	return []string{
		"type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules", "time", "microorganism",
		"chemicalSubstance", "coordinateReferenceSystem", "value", "component", "stringValue", "booleanValue", "hexBinaryValue", "uriValue",
		"minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue", "uom",
	}
}

func (r *reading) report(n *node, at string) epcis.SensorReport {
	s := epcis.SensorReport{}
	if !r.object(n, at) {
		return s
	}
	for i := range n.members {
		m := &n.members[i]
		v, at := &m.value, at+"/"+m.name
		switch m.name {
		case "type":
			s.Type = r.word(v, at, epcis.MeasurementTypes)
		case "exception":
			s.Exception = r.word(v, at, epcis.Exceptions)
		case "deviceID":
			s.DeviceID = r.uri(v, at)
		case "deviceMetadata":
			s.DeviceMetadata = r.uri(v, at)
		case "rawData":
			s.RawData = r.uri(v, at)
		case "dataProcessingMethod":
			s.DataProcessingMethod = r.uri(v, at)
		case "bizRules":
			s.BizRules = r.uri(v, at)
		case "time":
			s.Time = r.time(v, at)
		case "microorganism":
			s.Microorganism = r.uri(v, at)
		case "chemicalSubstance":
			s.ChemicalSubstance = r.uri(v, at)
		case "coordinateReferenceSystem":
			s.CoordinateReferenceSystem = r.uri(v, at)
		case "value":
			s.Value = r.number(v, at)
		case "component":
			s.Component = r.word(v, at, epcis.Components)
		case "stringValue":
			text := r.text(v, at)
			s.StringValue = &text
		case "booleanValue":
			if v.kind != 't' && v.kind != 'f' {
				r.fail(v.at, at, "boolean", "true or false is needed here, without quotation marks")
				continue
			}
			yes := v.kind == 't'
			s.BooleanValue = &yes
		case "hexBinaryValue":
			s.HexBinaryValue = r.text(v, at)
		case "uriValue":
			s.URIValue = r.uri(v, at)
		case "minValue":
			s.MinValue = r.number(v, at)
		case "maxValue":
			s.MaxValue = r.number(v, at)
		case "meanValue":
			s.MeanValue = r.number(v, at)
		case "sDev":
			s.SDev = r.number(v, at)
		case "percRank":
			s.PercRank = r.number(v, at)
		case "percValue":
			s.PercValue = r.number(v, at)
		case "uom":
			s.UOM = r.text(v, at)
		default:
			r.extension(&s.Extensions, m, at[:len(at)-len(m.name)-1], reportNames())
		}
	}
	return s
}

package epcis

import (
	"math"
	"strconv"
)

// sensors checks the sensor elements (TCR-53, ontology).
func (v *validator) sensors() {
	for i := range v.e.SensorElementList {
		v.sensor(indexed("/sensorElementList", i), &v.e.SensorElementList[i])
	}
}

func (v *validator) sensor(at string, s *SensorElement) {
	if len(s.Reports) == 0 {
		v.fail(at+"/sensorReport", "missing-field", "a sensorElement holds at least one sensorReport")
	}
	if m := s.Metadata; m != nil {
		for _, u := range []struct{ name, text string }{
			{"deviceID", m.DeviceID}, {"deviceMetadata", m.DeviceMetadata}, {"rawData", m.RawData},
			{"dataProcessingMethod", m.DataProcessingMethod}, {"bizRules", m.BizRules},
		} {
			v.uri(at+"/sensorMetadata/"+u.name, u.text)
		}
		v.order(at+"/sensorMetadata/time", m.Time, v.e.EventTime, "the eventTime")
		v.order(at+"/sensorMetadata/endTime", m.EndTime, v.e.EventTime, "the eventTime")
		v.order(at+"/sensorMetadata/startTime", m.StartTime, v.e.EventTime, "the eventTime")
		v.order(at+"/sensorMetadata/startTime", m.StartTime, m.EndTime, "the endTime")
	}
	for i := range s.Reports {
		v.report(indexed(at+"/sensorReport", i), &s.Reports[i], s.Metadata)
	}
}

func (v *validator) order(at string, first, second Time, name string) {
	if first.Text != "" && second.Text != "" && first.Micro > second.Micro {
		v.warn(at, "time-order", "the time is after %s", name)
	}
}

func (v *validator) report(at string, r *SensorReport, m *SensorMetadata) {
	if r.Type == "" && r.Exception == "" {
		v.fail(at+"/type", "missing-field", "the type of what was measured is missing, such as Temperature")
	}
	v.word(at+"/type", MeasurementTypes, r.Type)
	v.word(at+"/exception", Exceptions, r.Exception)
	v.word(at+"/component", Components, r.Component)
	for _, u := range []struct{ name, text, inMetadata string }{
		{"deviceID", r.DeviceID, metadata(m).DeviceID}, {"deviceMetadata", r.DeviceMetadata, metadata(m).DeviceMetadata},
		{"rawData", r.RawData, metadata(m).RawData}, {"dataProcessingMethod", r.DataProcessingMethod, metadata(m).DataProcessingMethod},
		{"bizRules", r.BizRules, metadata(m).BizRules}, {"time", r.Time.Text, metadata(m).Time.Text},
		{"microorganism", r.Microorganism, ""}, {"chemicalSubstance", r.ChemicalSubstance, ""},
		{"coordinateReferenceSystem", r.CoordinateReferenceSystem, ""}, {"uriValue", r.URIValue, ""},
	} {
		if u.name != "time" {
			v.uri(at+"/"+u.name, u.text)
		}
		if u.text != "" && u.inMetadata != "" {
			report := v.fail
			if u.name == "time" {
				report = v.warn // loggers give the time of the period and that of each value
			}
			report(at+"/"+u.name, "twice", "%s stands in the sensorMetadata and in this sensorReport: keep one of them", u.name)
		}
	}
	v.order(at+"/time", r.Time, v.e.EventTime, "the eventTime")
	numeric := false
	for _, n := range []struct{ name, text string }{
		{"value", r.Value}, {"minValue", r.MinValue}, {"maxValue", r.MaxValue}, {"meanValue", r.MeanValue},
		{"sDev", r.SDev}, {"percRank", r.PercRank}, {"percValue", r.PercValue},
	} {
		if n.text == "" {
			continue
		}
		numeric = true
		if f, err := strconv.ParseFloat(n.text, 64); err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			v.fail(at+"/"+n.name, "number", "%q is no number", clip(n.text))
		}
	}
	if r.HexBinaryValue != "" && !isHex(r.HexBinaryValue) {
		v.fail(at+"/hexBinaryValue", "hex", "%q is not in hexadecimal digits", clip(r.HexBinaryValue))
	}
	if r.UOM != "" && !isUOM(r.UOM) {
		v.fail(at+"/uom", "unit", "%q is no unit: write a code of UN/CEFACT Recommendation 20, such as CEL", clip(r.UOM))
	}
	if r.UOM != "" && !numeric {
		v.warn(at+"/uom", "unit", "a unit belongs to a number, and there is none")
	}
	if r.PercRank != "" && r.PercValue == "" {
		v.warn(at+"/percRank", "pair", "percRank goes with percValue")
	}
	if r.SDev != "" && r.MeanValue == "" {
		v.warn(at+"/sDev", "pair", "sDev goes with meanValue")
	}
	if r.Microorganism != "" && r.ChemicalSubstance != "" {
		v.warn(at+"/microorganism", "pair", "a report is about a microorganism or about a chemical substance")
	}
	if r.Component != "" && (!numeric || r.UOM == "") {
		v.warn(at+"/component", "pair", "a component goes with a value and its unit")
	}
}

func metadata(m *SensorMetadata) SensorMetadata {
	if m == nil {
		return SensorMetadata{}
	}
	return *m
}

package query

import (
	"math"
	"strings"

	"tagline/epcis"
	"tagline/epcis/unit"
)

// compared reads times, quantities, sensor values and extensions.
func (p *parameter) compared(op Operator, rest string) error {
	switch rest {
	case "eventTime":
		return p.time(op, EventTime, "")
	case "recordTime":
		return p.time(op, RecordTime, "")
	case "errorDeclarationTime", "errorDeclaration_Time":
		return p.time(op, ErrorTime, "")
	case "time", "startTime", "endTime":
		return p.time(op, SensorTime, rest)
	case "percRank":
		if op == Equal {
			return p.unknown()
		}
		return p.number(op, []Role{SensorNumber}, rest, "")
	case "quantity":
		return p.number(op, []Role{Class, ChildClass, InputClass, OutputClass}, "", "")
	}
	if strings.Contains(rest, ":") {
		return p.field(op, rest)
	}
	name, uom, found := strings.Cut(rest, "_")
	if !found {
		return p.unknown()
	}
	switch name {
	case "quantity":
		return p.number(op, []Role{Class, ChildClass, InputClass, OutputClass}, "", uom)
	case "value", "minValue", "maxValue", "meanValue", "sDev", "percValue":
		return p.number(op, []Role{SensorNumber}, name, uom)
	}
	return p.unknown()
}

func (p *parameter) time(op Operator, role Role, name string) error {
	if op != GreaterEqual && op != Less {
		return p.refuse("times are asked for with GE_ and LT_")
	}
	text, err := p.one()
	if err != nil {
		return err
	}
	t, ok := epcis.ParseTime(text)
	if !ok {
		if _, plus := epcis.ParseTime(strings.Replace(text, " ", "+", 1)); plus {
			return p.refuse("the + of the time zone arrived as a blank: write %%2B in the URL")
		}
		if _, zoned := epcis.ParseTime(text + "Z"); zoned {
			return p.refuse("the time has no zone: end it with Z or, for example, +01:00")
		}
		return p.refuse("%q is no date and time, as in 2026-11-26T12:00:00Z", clip(text))
	}
	return p.add(Condition{Roles: []Role{role}, Name: name, Operator: op, Values: []Value{{HasTime: true, Time: t.Micro}}})
}

func (p *parameter) number(op Operator, roles []Role, name, uom string) error {
	if uom != "" && (len(uom) < 2 || len(uom) > 4 || strings.Trim(uom, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "") {
		return p.refuse("%q is no unit: a code of UN/CEFACT Recommendation 20, such as CEL", clip(uom))
	}
	c := Condition{Roles: roles, Name: name, Operator: op}
	for _, text := range p.values {
		n, ok := number(strings.TrimSpace(text))
		if !ok || math.IsInf(n, 0) {
			return p.refuse("%q is no number", clip(text))
		}
		if uom != "" {
			if name == "sDev" {
				n, c.Dimension = unit.Span(n, uom)
			} else {
				n, c.Dimension = unit.Canonical(n, uom)
			}
		}
		c.Values = append(c.Values, Value{HasNumber: true, Number: n})
	}
	if op != Equal && len(c.Values) != 1 {
		return p.refuse("it has one value, not %d", len(c.Values))
	}
	return p.add(c)
}

// field compares an extension.
func (p *parameter) field(op Operator, rest string) error {
	roles, name, inner := p.extension(rest)
	c := Condition{Roles: roles, Name: name, Inner: inner, Operator: op}
	for _, text := range p.values {
		v := Value{Text: strings.TrimSpace(text)}
		if n, ok := number(v.Text); ok {
			v.HasNumber, v.Number = true, n
		} else if t, ok := epcis.ParseTime(v.Text); ok {
			v.HasTime, v.Time = true, t.Micro
		}
		c.Values = append(c.Values, v)
	}
	if op != Equal && len(c.Values) != 1 {
		return p.refuse("it has one value, not %d", len(c.Values))
	}
	return p.add(c)
}

// extension takes the place apart where an extension stands.
func (p *parameter) extension(rest string) (roles []Role, name string, inner bool) {
	rest, inner = strings.CutPrefix(rest, "INNER_")
	role := Extension
	for _, place := range []struct {
		stem string
		role Role
	}{
		{"ILMD_", ILMDField}, {"ERROR_DECLARATION_", ErrorField}, {"SENSORELEMENT_", ElementField}, {"SENSORMETADATA_", MetadataField},
		{"SENSORREPORT_", ReportField}, {"readPoint_", ReadPointField}, {"bizLocation_", BizLocationField},
	} {
		if after, ok := strings.CutPrefix(rest, place.stem); ok {
			rest, role = after, place.role
			break
		}
	}
	if after, ok := strings.CutPrefix(rest, "INNER_"); ok && !inner {
		rest, inner = after, true
	}
	return []Role{role}, p.fullName(rest), inner
}

// fullName gives the full name of an extension: namespace#local, or a prefix that is
// looked up.
func (p *parameter) fullName(text string) string {
	if at := strings.LastIndexByte(text, '#'); at >= 0 {
		return text
	}
	prefix, local, _ := strings.Cut(text, ":")
	if space, ok := p.q.Context.Space(prefix); ok {
		return space + "#" + local
	}
	return text
}

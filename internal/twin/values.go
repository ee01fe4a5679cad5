package twin

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tagline/internal/fault"
	"tagline/internal/model"
	"tagline/internal/rule"
)

// Patch is what a report or a wish says of some properties.
type Patch struct {
	Values  map[string]rule.Value // what is set, by name of the leaf
	Removed []string              // what null removes
	Unknown []string              // names that the model does not have: kept by nobody
}

// The properties that every device may report, whatever its model says: the version
// of its software, its battery in per cent, and the strength of its radio in dBm.
const (
	Firmware = "fw"
	Battery  = "battery"
	Signal   = "rssi"
)

var standard = map[string]model.Property{
	Firmware: {Enum: nil, Purpose: model.Service},
	Battery:  {Unit: "%", Min: new(0.0), Max: new(100.0)},
	Signal:   {Unit: "dB[mW]", Min: new(-150.0), Max: new(20.0)},
}

// maxText is the longest text that a leaf may hold, in bytes.
const maxText = 200

// Read reads a set of fields as values of a model. Names that the model does not
// have are listed and otherwise left alone; a value that its property cannot have is
// fault.Invalid, with all of what is wrong.
//
// A number may come with its unit, {"v": 21.5, "u": "Cel"}: another unit than the
// model's is refused, since 68 is a fine temperature in both.
func Read(m *model.Model, fields map[string]json.RawMessage) (Patch, error) {
	p := Patch{Values: make(map[string]rule.Value, len(fields))}
	var wrong []string
	for name, raw := range fields {
		prop, ok := m.Properties[name]
		if !ok {
			if prop, ok = standard[name]; !ok {
				p.Unknown = append(p.Unknown, name)
				continue
			}
		}
		if string(raw) == "null" {
			if prop.Place {
				p.Removed = append(p.Removed, model.Lat(name), model.Lon(name))
				continue
			}
			p.Removed = append(p.Removed, name)
			continue
		}
		if err := p.read(name, prop, raw); err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	slices.Sort(p.Removed)
	slices.Sort(p.Unknown)
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return p, fault.New(fault.Invalid, strings.Join(wrong, "; "), "The model says what its properties may be.")
	}
	return p, nil
}

func (p *Patch) read(name string, prop model.Property, raw json.RawMessage) error {
	if prop.Place {
		var at struct{ Lat, Lon *float64 }
		if err := json.Unmarshal(raw, &at); err != nil || at.Lat == nil || at.Lon == nil ||
			!(math.Abs(*at.Lat) <= 90) || !(math.Abs(*at.Lon) <= 180) {
			return fmt.Errorf("%s is no place: {lat, lon} in degrees is needed", name)
		}
		p.Values[model.Lat(name)], p.Values[model.Lon(name)] = rule.Number(*at.Lat), rule.Number(*at.Lon)
		return nil
	}
	v, err := Value(name, prop, raw)
	if err == nil {
		p.Values[name] = v
	}
	return err
}

// Value reads one value of a property. Its error is for people, and holds no more of
// the value than is needed to find it.
func Value(name string, prop model.Property, raw json.RawMessage) (rule.Value, error) {
	if len(raw) == 0 {
		return rule.Value{}, fmt.Errorf("%s has no value", name)
	}
	switch c := raw[0]; {
	case c == '{':
		var with struct {
			V json.RawMessage `json:"v"`
			U *string         `json:"u"`
		}
		if err := json.Unmarshal(raw, &with); err != nil || with.V == nil || with.U == nil || with.V[0] == '{' {
			return rule.Value{}, fmt.Errorf("%s is a set of fields: a value is needed, or {v, u}", name)
		}
		if *with.U != prop.Unit {
			return rule.Value{}, fmt.Errorf("%s comes in %s, its model says %s", name, clip(*with.U), unitOr(prop.Unit))
		}
		return Value(name, prop, with.V)
	case c == '"':
		var text string
		if err := json.Unmarshal(raw, &text); err != nil || len(text) > maxText {
			return rule.Value{}, fmt.Errorf("%s is a text of more than %d bytes", name, maxText)
		}
		if !textual(name, prop) {
			return rule.Value{}, fmt.Errorf("%s is the text %s, %s is needed", name, clip(text), wanted(name, prop))
		}
		if len(prop.Enum) > 0 && !slices.Contains(prop.Enum, text) {
			return rule.Value{}, fmt.Errorf("%s is never %s: it is %s", name, clip(text), strings.Join(prop.Enum, ", "))
		}
		return rule.Text(text), nil
	case c == 't' || c == 'f':
		if !prop.Flag {
			return rule.Value{}, fmt.Errorf("%s is %s, %s is needed", name, raw, wanted(name, prop))
		}
		return rule.Bool(c == 't'), nil
	case c == '-' || c >= '0' && c <= '9':
		if prop.Flag || textual(name, prop) {
			return rule.Value{}, fmt.Errorf("%s is a number, %s is needed", name, wanted(name, prop))
		}
		f, err := strconv.ParseFloat(string(raw), 64)
		if err != nil || math.IsInf(f, 0) || math.Abs(f) >= 1<<53 {
			return rule.Value{}, fmt.Errorf("%s is a number beyond all bounds", name)
		}
		if prop.Min != nil && f < *prop.Min {
			return rule.Value{}, fmt.Errorf("%s is %v, below its least %v", name, f, *prop.Min)
		}
		if prop.Max != nil && f > *prop.Max {
			return rule.Value{}, fmt.Errorf("%s is %v, above its greatest %v", name, f, *prop.Max)
		}
		return rule.Number(f), nil
	}
	return rule.Value{}, fmt.Errorf("%s is a list, %s is needed", name, wanted(name, prop))
}

func textual(name string, prop model.Property) bool { return len(prop.Enum) > 0 || name == Firmware }

func wanted(name string, prop model.Property) string {
	switch {
	case len(prop.Enum) > 0:
		return "one of " + strings.Join(prop.Enum, ", ")
	case name == Firmware:
		return "a text"
	case prop.Flag:
		return "true or false"
	case prop.Unit != "":
		return "a number in " + prop.Unit
	}
	return "a number"
}

func unitOr(u string) string {
	if u == "" {
		return "none"
	}
	return u
}

func clip(s string) string {
	if r := []rune(s); len(r) > 30 {
		s = string(r[:30]) + "…"
	}
	return strconv.Quote(s)
}

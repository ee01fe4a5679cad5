package describe

import (
	"maps"
	"slices"
	"strings"

	"tagline/internal/model"
)

// Thing is whose description is wanted.
type Thing struct {
	Brand, Name string
	Title       string
	Base        string // how the server is reached, https://…
}

func (t Thing) title(m model.Model) string {
	for _, s := range []string{t.Title, m.Title, t.Name} {
		if s != "" {
			return s
		}
	}
	return m.Name
}

type fields = map[string]any

// ThingModel writes a model as a Thing Model of the W3C; ThingDescription does so for
// one device.
func ThingModel(m model.Model) map[string]any {
	td := document(m, Thing{Title: m.Title})
	td["@type"] = "tm:ThingModel"
	td["id"] = "urn:tl:model:" + m.Name
	delete(td, "securityDefinitions")
	delete(td, "security")
	return td
}

// ThingDescription writes the Thing Description of a device, with the addresses under
// which its properties are read and written and its actions invoked.
func ThingDescription(m model.Model, t Thing) map[string]any {
	td := document(m, t)
	td["id"] = "urn:tl:" + t.Brand + ":" + t.Name
	at := t.Base + "/api/v1/devices/" + t.Brand + "/" + t.Name
	for name, p := range td["properties"].(fields) {
		p := p.(fields)
		forms := []fields{{"href": at + "/series?property=" + name, "contentType": "application/json", "op": []string{"readproperty"}}}
		if m.Properties[name].Writable {
			forms = append(forms, fields{"href": at + "/desired", "contentType": "application/merge-patch+json", "htv:methodName": "PATCH", "op": []string{"writeproperty"}})
		}
		p["forms"] = forms
	}
	for _, a := range td["actions"].(fields) {
		a.(fields)["forms"] = []fields{{"href": at + "/commands", "contentType": "application/json", "htv:methodName": "POST", "op": []string{"invokeaction"}}}
	}
	for _, e := range td["events"].(fields) {
		e.(fields)["forms"] = []fields{{"href": at + "/moments", "contentType": "application/json", "op": []string{"subscribeevent"}, "subprotocol": "longpoll"}}
	}
	return td
}

func document(m model.Model, t Thing) map[string]any {
	properties, actions, events := fields{}, fields{}, fields{}
	for name, p := range m.Properties {
		f := schema(p)
		f["readOnly"], f["observable"] = !p.Writable, true
		f["tl:purpose"] = p.CollectedFor()
		if p.Title != "" {
			f["title"] = p.Title
		}
		if p.Actuator.Moves() {
			f["tl:actuator"], f["tl:safeState"] = string(p.Actuator), p.Safe
		}
		if p.Monotonic != "" {
			f["tl:monotonic"] = p.Monotonic
		}
		properties[name] = f
	}
	for name, c := range m.Commands {
		f := fields{"safe": !c.Guarded(), "idempotent": false, "tl:actuator": string(class(c.Actuator)), "tl:confirm": c.Handling().Confirm}
		if c.Title != "" {
			f["title"] = c.Title
		}
		if len(c.Args) > 0 {
			input := fields{}
			for arg, p := range c.Args {
				input[arg] = schema(p)
			}
			f["input"] = fields{"type": "object", "properties": input, "required": slices.Sorted(maps.Keys(c.Args))}
		}
		actions[name] = f
	}
	for _, d := range m.Detect {
		f := fields{"data": fields{"type": "object"}}
		if d.Title != "" {
			f["title"] = d.Title
		}
		events[d.Moment] = f
	}
	return fields{
		"@context":            []any{"https://www.w3.org/2022/wot/td/v1.1", fields{"tl": "urn:tl:vocabulary:", "htv": "http://www.w3.org/2011/http#"}},
		"@type":               "tl:" + or(m.Kind, "thing"),
		"title":               t.title(m),
		"securityDefinitions": fields{"key": fields{"scheme": "bearer", "in": "header", "name": "Authorization"}},
		"security":            []string{"key"},
		"properties":          properties, "actions": actions, "events": events,
	}
}

func class(c model.Class) model.Class {
	if c == "" {
		return model.None
	}
	return c
}

func or(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

// schema is a property as a data schema.
func schema(p model.Property) fields {
	f := fields{}
	switch {
	case len(p.Enum) > 0:
		f["type"], f["enum"] = "string", p.Enum
	case p.Flag:
		f["type"] = "boolean"
	case p.Place:
		degrees := func(most float64) fields {
			return fields{"type": "number", "minimum": -most, "maximum": most, "unit": "deg"}
		}
		f["type"], f["required"] = "object", []string{"lat", "lon"}
		f["properties"] = fields{"lat": degrees(90), "lon": degrees(180)}
	default:
		f["type"] = "number"
		if p.Min != nil {
			f["minimum"] = *p.Min
		}
		if p.Max != nil {
			f["maximum"] = *p.Max
		}
		if p.Unit != "" {
			f["unit"] = p.Unit
		}
	}
	return f
}

// units are those that Home Assistant writes otherwise than UCUM.
var units = map[string]string{"Cel": "°C", "[degF]": "°F", "m/s2": "m/s²", "l": "L", "1": ""}

// Discovery is one message for Home Assistant's broker: retained, on a topic.
type Discovery struct {
	Topic   string         `json:"topic"`
	Payload map[string]any `json:"payload"`
}

// HomeAssistant writes the discovery message of a device in the device-based form. The
// owner publishes it, and the states below its topic, to the own broker. What is
// guarded is shown there and never operated from there.
func HomeAssistant(m model.Model, t Thing) Discovery {
	id := "tl_" + strings.ReplaceAll(t.Brand, "-", "_") + "_" + strings.ReplaceAll(t.Name, "-", "_")
	base := "tagline/" + t.Brand + "/" + t.Name
	parts := fields{}
	for name, p := range m.Properties {
		if p.Place {
			continue
		}
		c := fields{"unique_id": id + "_" + name, "name": or(p.Title, strings.ReplaceAll(name, "_", " ")), "state_topic": base + "/state", "value_template": "{{ value_json." + name + " }}"}
		settable := p.Writable && p.Actuator != model.Heat
		switch {
		case len(p.Enum) > 0 && settable:
			c["platform"], c["options"], c["command_topic"] = "select", p.Enum, base+"/set/"+name
		case len(p.Enum) > 0:
			c["platform"], c["device_class"], c["options"] = "sensor", "enum", p.Enum
		case p.Flag && settable:
			c["platform"], c["command_topic"], c["payload_on"], c["payload_off"] = "switch", base+"/set/"+name, "true", "false"
			c["value_template"] = "{{ 'true' if value_json." + name + " else 'false' }}"
		case p.Flag:
			c["platform"], c["payload_on"], c["payload_off"] = "binary_sensor", "true", "false"
			c["value_template"] = "{{ 'true' if value_json." + name + " else 'false' }}"
		case settable && p.Min != nil && p.Max != nil:
			c["platform"], c["min"], c["max"], c["command_topic"] = "number", *p.Min, *p.Max, base+"/set/"+name
		default:
			c["platform"], c["state_class"] = "sensor", "measurement"
		}
		if unit, ok := units[p.Unit]; ok && unit != "" {
			c["unit_of_measurement"] = unit
		} else if !ok && p.Unit != "" {
			c["unit_of_measurement"] = p.Unit
		}
		parts[name] = c
	}
	for name, cmd := range m.Commands {
		if cmd.Guarded() || len(cmd.Args) > 0 {
			continue
		}
		parts["do_"+strings.ReplaceAll(name, "-", "_")] = fields{"platform": "button", "unique_id": id + "_do_" + name, "name": or(cmd.Title, name), "command_topic": base + "/do/" + name, "payload_press": "{}"}
	}
	return Discovery{Topic: "homeassistant/device/" + id + "/config", Payload: fields{
		"device":             fields{"identifiers": []string{id}, "name": t.title(m), "manufacturer": t.Brand, "model": or(m.Title, m.Name)},
		"origin":             fields{"name": "Tagline", "url": t.Base},
		"availability_topic": base + "/available", "payload_available": "online", "payload_not_available": "offline",
		"components": parts,
	}}
}

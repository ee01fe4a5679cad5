package describe_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tagline/internal/model"
	"tagline/internal/model/describe"
)

var lock = model.Model{
	Name: "lock", Title: "Door lock", Kind: "lock",
	Properties: map[string]model.Property{
		"lock": {Enum: []string{"locked", "unlocked"}}, "battery_low": {Flag: true}, "volume": {Unit: "%", Min: new(0.0), Max: new(100.0), Writable: true},
		"temperature": {Unit: "Cel", Purpose: "insight"}, "spot": {Place: true}, "uses": {Unit: "1", Monotonic: "rises"},
	},
	Commands: map[string]model.Command{
		"unlock": {Title: "Unlock", Actuator: model.Access, Safety: "confirm"}, "beep": {Args: map[string]model.Property{"times": {Min: new(1.0)}}}, "blink": {},
	},
	Detect: []model.Detector{{Moment: "came-home", Title: "Somebody came home"}},
}

func text(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestAThingDescription(t *testing.T) {
	td := text(t, describe.ThingDescription(lock, describe.Thing{Brand: "ostrel", Name: "hall", Base: "https://id.example"}))
	for what, part := range map[string]string{
		"the context":               `"@context":["https://www.w3.org/2022/wot/td/v1.1"`,
		"its identity":              `"id":"urn:tl:ostrel:hall"`,
		"security":                  `"security":["key"]`,
		"an unsafe action":          `"unlock":{"forms":[{"contentType":"application/json","href":"https://id.example/api/v1/devices/ostrel/hall/commands","htv:methodName":"POST","op":["invokeaction"]}],"idempotent":false,"safe":false,"title":"Unlock","tl:actuator":"access","tl:confirm":"strong"}`,
		"a safe one with its input": `"input":{"properties":{"times":{"minimum":1,"type":"number"}},"required":["times"],"type":"object"},"safe":true`,
		"a setting":                 `"op":["writeproperty"]`,
		"a purpose":                 `"tl:purpose":"insight","type":"number","unit":"Cel"`,
		"an event":                  `"came-home":{"data":{"type":"object"}`,
		"a place":                   `"spot":{"forms"`,
	} {
		if !strings.Contains(td, part) {
			t.Errorf("%s is missing in %s", what, td)
		}
	}
	tm := text(t, describe.ThingModel(lock))
	if !strings.Contains(tm, `"@type":"tm:ThingModel"`) || strings.Contains(tm, `"forms"`) || strings.Contains(tm, "security") {
		t.Error(tm)
	}
}

func TestHomeAssistantOperatesNothingThatIsGuarded(t *testing.T) {
	d := describe.HomeAssistant(lock, describe.Thing{Brand: "ostrel", Name: "hall-lock", Title: "Hall", Base: "https://id.example"})
	got := text(t, d)
	if d.Topic != "homeassistant/device/tl_ostrel_hall_lock/config" {
		t.Error(d.Topic)
	}
	for what, part := range map[string]string{
		"the lock as a sensor":   `"lock":{"device_class":"enum","name":"lock","options":["locked","unlocked"],"platform":"sensor"`,
		"the volume as a number": `"volume":{"command_topic":"tagline/ostrel/hall-lock/set/volume","max":100,"min":0,"name":"volume","platform":"number"`,
		"a button":               `"do_blink":{"command_topic":"tagline/ostrel/hall-lock/do/blink"`,
		"degrees":                `"unit_of_measurement":"°C"`,
		"availability":           `"availability_topic":"tagline/ostrel/hall-lock/available"`,
	} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is missing in %s", what, got)
		}
	}
	for _, never := range []string{"unlock\"", "do_unlock", "do_beep", "spot"} {
		if strings.Contains(strings.ReplaceAll(got, `"unlocked"`, ""), never) {
			t.Errorf("%s is offered: %s", never, got)
		}
	}
}

package connected

import (
	"encoding/json"
	"time"
)

// Mark says when the model was changed.
func (m *Model) Mark(t time.Time) {
	if m.UpdatedAt = nil; !t.IsZero() {
		t = t.UTC()
		m.UpdatedAt = &t
	}
}

// Bare drops what only answers hold.
func (m *Model) Bare() { m.UpdatedAt = nil }

// Model is what a kind of product can do.
type Model struct {
	Name       string              `json:"name" minLength:"1" maxLength:"63" example:"smart-bottle"`
	Title      string              `json:"title,omitempty"`
	Kind       string              `json:"kindOfThing,omitempty" example:"thermostat" doc:"Which picture and words a person expects"`
	Properties map[string]Property `json:"properties,omitempty" doc:"What a thing reports, by name"`
	Commands   map[string]Command  `json:"commands,omitempty" doc:"What it can be told to do, by name"`
	Detect     []Detector          `json:"detect,omitempty" nullable:"false" doc:"When readings become moments"`
	Placements []Placement         `json:"placements,omitempty" nullable:"false" doc:"Where something can be said"`
	Score      *Score              `json:"score,omitempty" doc:"How well a thing is cared for"`
	Habit      *Habit              `json:"habit,omitempty" doc:"What the weekly rhythm is made of"`
	Firmware   *Firmware           `json:"firmware,omitempty" doc:"How its software is renewed"`
	Rate       *Rate               `json:"rate,omitempty" doc:"How much a thing may report"`
	UpdatedAt  *time.Time          `json:"updatedAt,omitempty" readOnly:"true"`
}

// Property is something that a thing reports.
type Property struct {
	Title     string   `json:"title,omitempty"`
	Unit      string   `json:"unit,omitempty" example:"%"`
	Min       *float64 `json:"min,omitempty"`
	Max       *float64 `json:"max,omitempty"`
	Enum      []string `json:"enum,omitempty" nullable:"false"`
	Flag      bool     `json:"flag,omitempty" doc:"Yes or no"`
	Place     bool     `json:"place,omitempty" doc:"{lat, lon}"`
	Writable  bool     `json:"writable,omitempty" doc:"Part of the desired state"`
	Actuator  string   `json:"actuator,omitempty" enum:"none,comfort,heat,access,motion"`
	Safe      string   `json:"safe,omitempty" doc:"The state in which nothing can happen"`
	Purpose   string   `json:"purpose,omitempty" doc:"What it is collected for; service when absent"`
	Monotonic string   `json:"monotonic,omitempty" enum:"rises,falls"`
	Public    bool     `json:"public,omitempty"`
}

// Command is something that a thing can be told to do once.
type Command struct {
	Title    string              `json:"title,omitempty"`
	Args     map[string]Property `json:"args,omitempty"`
	Actuator string              `json:"actuator,omitempty" enum:"none,comfort,heat,access,motion"`
	Safety   string              `json:"safety,omitempty" enum:"confirm" doc:"Asks for the owner's fresh confirmation"`
	If       json.RawMessage     `json:"if,omitempty" doc:"A condition that the thing checks before it acts"`
	Becomes  json.RawMessage     `json:"becomes,omitempty" doc:"A condition that holds when it was done"`
	Expires  string              `json:"expires,omitempty" example:"10s"`
	Wait     string              `json:"wait,omitempty" example:"30s"`
}

// Detector turns readings into a moment; it looks for one thing.
type Detector struct {
	Moment  string          `json:"moment" example:"opened"`
	Title   string          `json:"title,omitempty"`
	When    json.RawMessage `json:"when,omitempty" doc:"A condition"`
	Session *SessionOf      `json:"session,omitempty"`
	Sum     *SumOf          `json:"sum,omitempty"`
	Count   *CountOf        `json:"count,omitempty"`
	Idle    *IdleOf         `json:"idle,omitempty"`
	Absent  string          `json:"absent,omitempty" example:"3d" doc:"No reading for so long"`
	Enters  *PlaceOf        `json:"enters,omitempty"`
	Once    string          `json:"once,omitempty" enum:"per-thing,per-epoch,per-day"`
	Every   string          `json:"every,omitempty" example:"6h" doc:"Not again within so long"`
}

// SessionOf is a stretch of use.
type SessionOf struct {
	Starts   json.RawMessage    `json:"starts" doc:"A condition"`
	Ends     json.RawMessage    `json:"ends,omitempty" doc:"A condition"`
	Gap      string             `json:"gap,omitempty" example:"5m"`
	Min      string             `json:"min,omitempty" example:"20s"`
	Features map[string]Feature `json:"features,omitempty"`
}

// Feature is one number of a session.
type Feature struct {
	Of  string `json:"of" example:"force"`
	How string `json:"how" example:"mean"`
}

// SumOf is a number that adds up.
type SumOf struct {
	Of      string  `json:"of"`
	Reaches float64 `json:"reaches"`
	Over    string  `json:"over,omitempty" example:"24h"`
}

// CountOf is something that happens often.
type CountOf struct {
	Of     json.RawMessage `json:"of" doc:"A condition"`
	Times  int             `json:"times"`
	Within string          `json:"within" example:"1h"`
}

// IdleOf is a state that lasts.
type IdleOf struct {
	While json.RawMessage `json:"while" doc:"A condition"`
	For   string          `json:"for" example:"10m"`
}

// PlaceOf is a place that is reached.
type PlaceOf struct {
	Of     string  `json:"of"`
	Near   string  `json:"near"`
	Radius float64 `json:"radius" doc:"Metres"`
}

// Placement is where something can be said.
type Placement struct {
	Slot    string   `json:"slot" example:"tap-page"`
	Title   string   `json:"title,omitempty"`
	Device  bool     `json:"device,omitempty" doc:"On the thing itself"`
	Seen    string   `json:"seen,omitempty" enum:"room,person"`
	Formats []string `json:"formats,omitempty" nullable:"false"`
	Bytes   int      `json:"bytes,omitempty"`
	Width   int      `json:"width,omitempty"`
	Height  int      `json:"height,omitempty"`
	Quiet   string   `json:"quiet,omitempty" doc:"A property of yes or no: nothing is shown while it is yes"`
}

// Score says how well a thing is cared for: parts that add up to 100.
type Score struct {
	Name   string   `json:"name" example:"care"`
	Title  string   `json:"title,omitempty"`
	From   string   `json:"from" doc:"The moment whose numbers it is made of"`
	Inputs []Input  `json:"inputs,omitempty" nullable:"false"`
	Parts  []Part   `json:"parts" nullable:"false"`
	Bands  []Band   `json:"bands" nullable:"false"`
	Needs  []NeedOf `json:"needs,omitempty" nullable:"false"`
	Half   string   `json:"halfLife,omitempty" example:"7d"`
}

// Input is a number that may be missing.
type Input struct {
	Name    string  `json:"name"`
	Default float64 `json:"default"`
}

// Part is one share of a score.
type Part struct {
	Name    string  `json:"name"`
	Title   string  `json:"title"`
	Max     float64 `json:"max"`
	Formula string  `json:"formula" example:"near(force, 0.8, 1.6)"`
	Advice  string  `json:"advice,omitempty"`
}

// Band is a name for a stretch of a score.
type Band struct {
	From  float64 `json:"from"`
	Name  string  `json:"name"`
	Title string  `json:"title,omitempty"`
}

// NeedOf is what somebody with such sessions needs.
type NeedOf struct {
	Name    string `json:"name" example:"dry-hair"`
	Title   string `json:"title"`
	Formula string `json:"formula"`
	Because string `json:"because"`
}

// Habit is what a weekly rhythm is made of.
type Habit struct {
	Moment string `json:"moment"`
}

// Firmware is how the software of a thing is renewed.
type Firmware struct {
	MinBattery int    `json:"minBattery,omitempty"`
	Healthy    string `json:"healthy,omitempty" example:"10m"`
}

// Rate is how much a thing may report.
type Rate struct {
	PerMinute int `json:"perMinute"`
	Burst     int `json:"burst"`
}

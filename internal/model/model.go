package model

import (
	"tagline/internal/manifest"
	"tagline/internal/rule"
)

// Model is what the things of a kind can do.
type Model struct {
	Name       string              `json:"name"`
	Title      string              `json:"title,omitempty"`
	Kind       string              `json:"kindOfThing,omitempty"` // which picture and words a person expects: Kinds
	Properties map[string]Property `json:"properties,omitempty"`  // what a thing reports, by name
	Commands   map[string]Command  `json:"commands,omitempty"`    // what it can be told to do, by name
	Detect     []Detector          `json:"detect,omitempty"`      // when readings become moments
	Placements []Placement         `json:"placements,omitempty"`  // where something can be said
	Score      *Score              `json:"score,omitempty"`       // how well it is cared for
	Habit      *Habit              `json:"habit,omitempty"`       // what its weekly rhythm is made of
	Firmware   *Firmware           `json:"firmware,omitempty"`    // how its software is renewed
	Rate       *Rate               `json:"rate,omitempty"`        // how much it may report
}

// Kinds are the kinds of thing that a console and a home can draw.
func Kinds() []string {
	return []string{"bottle", "brush", "thermostat", "lock", "garage-door", "air-conditioner", "television", "cable-box", "refrigerator", "car", "home-security", "other"}
}

// Property is something that a thing reports: one of a few words, yes or no, a
// number, or a place.
type Property struct {
	Title     string   `json:"title,omitempty"`
	Unit      string   `json:"unit,omitempty"` // UCUM, of a number: "%", "Cel"
	Min       *float64 `json:"min,omitempty"`
	Max       *float64 `json:"max,omitempty"`
	Enum      []string `json:"enum,omitempty"`  // the words
	Flag      bool     `json:"flag,omitempty"`  // yes or no
	Place     bool     `json:"place,omitempty"` // {lat, lon} in degrees of WGS 84
	Writable  bool     `json:"writable,omitempty"`
	Actuator  Class    `json:"actuator,omitempty"`  // of a writable one: what writing it sets in motion
	Safe      string   `json:"safe,omitempty"`      // the state in which nothing can happen, of an actuator
	Purpose   string   `json:"purpose,omitempty"`   // what it is collected for; "service" when empty
	Monotonic string   `json:"monotonic,omitempty"` // "rises" or "falls": a value against it is kept and flagged
	Public    bool     `json:"public,omitempty"`    // may be told to outsiders, in sums
}

// Service is the purpose without which a thing could not do what it was bought for.
const Service = "service"

// CollectedFor gives the purpose of a property.
func (p Property) CollectedFor() string {
	if p.Purpose == "" {
		return Service
	}
	return p.Purpose
}

// Kind gives the kind of the property's values; places have none of their own: they
// are two numbers, name.lat and name.lon.
func (p Property) Kind() rule.Kind {
	switch {
	case len(p.Enum) > 0:
		return rule.TextKind
	case p.Flag:
		return rule.BoolKind
	}
	return rule.NumberKind
}

// Lat and Lon name the two numbers of a place.
func Lat(name string) string { return name + ".lat" }

// Lon is Lat's other half.
func Lon(name string) string { return name + ".lon" }

// Schema gives the properties as the subjects of the model's conditions.
func (m Model) Schema() rule.Schema {
	s := rule.Schema{Subject: "property", Change: true, Facts: map[string]rule.Fact{}}
	for name, p := range m.Properties {
		if p.Place {
			s.Facts[Lat(name)] = rule.Fact{Kind: rule.NumberKind, Unit: "deg"}
			s.Facts[Lon(name)] = rule.Fact{Kind: rule.NumberKind, Unit: "deg"}
			continue
		}
		s.Facts[name] = rule.Fact{Kind: p.Kind(), OneOf: p.Enum, Unit: p.Unit, Says: p.Title}
	}
	return s
}

// Rate is how much a thing may report.
type Rate struct {
	PerMinute int `json:"perMinute"` // uplinks in the long run
	Burst     int `json:"burst"`     // at once
}

// Firmware is how the software of a thing is renewed.
type Firmware struct {
	MinBattery int  `json:"minBattery,omitempty"` // per cent
	Healthy    Span `json:"healthy,omitempty"`    // how long a new version must run before it counts; 10m when empty
}

// Habit is what a weekly rhythm is made of.
type Habit struct {
	Moment string `json:"moment"` // each of these moments counts as one use
}

// Placement is where something can be said.
type Placement struct {
	Slot    string   `json:"slot"`
	Title   string   `json:"title,omitempty"`
	Device  bool     `json:"device,omitempty"`  // on the thing itself, not on a page or in a letter
	Seen    string   `json:"seen,omitempty"`    // "room" (a shared screen) or "person"; of a device's slot
	Formats []string `json:"formats,omitempty"` // media types that it can show; text/plain when empty
	Bytes   int      `json:"bytes,omitempty"`   // the most that it can keep
	Width   int      `json:"width,omitempty"`   // pixels
	Height  int      `json:"height,omitempty"`
	Quiet   string   `json:"quiet,omitempty"` // a property of yes or no: nothing is shown while it is yes
}

// Check finds what is wrong with the model by itself.
func (m Model) Check() manifest.Problems {
	var ps manifest.Problems
	ps.Slug(manifest.Path{"name"}, m.Name)
	if m.Title != "" {
		ps.Line(manifest.Path{"title"}, m.Title, maxName)
	}
	oneOf(&ps, manifest.Path{"kindOfThing"}, "kind of thing", m.Kind, Kinds())
	if max(len(m.Properties), len(m.Commands), len(m.Detect), len(m.Placements)) > maxItems {
		ps.Add(nil, "a model has at most "+itoa(maxItems)+" properties, commands, detectors and placements", "Make two models of it.")
		return ps
	}
	for name, p := range m.Properties {
		p.check(&ps, manifest.Path{"properties", name}, name)
	}
	for name, c := range m.Commands {
		c.check(&ps, manifest.Path{"commands", name}, name, m)
	}
	for i, d := range m.Detect {
		d.check(&ps, manifest.Path{"detect", i}, m)
	}
	seen := map[string]bool{}
	for i, p := range m.Placements {
		at := manifest.Path{"placements", i}
		p.check(&ps, at, m)
		if seen[p.Slot] {
			ps.Add(at.With("slot"), "the slot "+quote(p.Slot)+" stands twice", "Leave one out.")
		}
		seen[p.Slot] = true
	}
	m.Score.check(&ps, manifest.Path{"score"}, m)
	if m.Habit != nil && m.Detector(m.Habit.Moment) == nil {
		ps.Add(manifest.Path{"habit", "moment"}, "no detector gives the moment "+quote(m.Habit.Moment), manifest.Known(m.Habit.Moment, m.Moments()))
	}
	if f := m.Firmware; f != nil && (f.MinBattery < 0 || f.MinBattery > 100) {
		ps.Add(manifest.Path{"firmware", "minBattery"}, "a share of 0 to 100 per cent is needed here", "")
	}
	if r := m.Rate; r != nil && (r.PerMinute < 1 || r.PerMinute > 60_000 || r.Burst < 1 || r.Burst > 100_000) {
		ps.Add(manifest.Path{"rate"}, "perMinute is 1 to 60000 and burst 1 to 100000", "Write {perMinute: 300, burst: 100}.")
	}
	return ps
}

// Detector finds a detector by its moment.
func (m Model) Detector(moment string) *Detector {
	for i := range m.Detect {
		if m.Detect[i].Moment == moment {
			return &m.Detect[i]
		}
	}
	return nil
}

// Moments lists the moments that the detectors give.
func (m Model) Moments() []string {
	var names []string
	for _, d := range m.Detect {
		names = append(names, d.Moment)
	}
	return names
}

// Slot finds a placement.
func (m Model) Slot(name string) (Placement, bool) {
	for _, p := range m.Placements {
		if p.Slot == name {
			return p, true
		}
	}
	return Placement{}, false
}

package product

import (
	"slices"

	"tagline/internal/manifest"
	"tagline/internal/rule"
)

// Model is what the things of a kind can do.
type Model struct {
	Name       string              `json:"name"`
	Title      string              `json:"title,omitempty"`
	Properties map[string]Property `json:"properties,omitempty"` // what a thing reports, by name
	Detect     []Detector          `json:"detect,omitempty"`     // when readings become moments
	Placements []Placement         `json:"placements,omitempty"` // where something can be said
}

// Property is something that a thing reports: one of a few words, or a number.
type Property struct {
	Unit string   `json:"unit,omitempty"` // UCUM, of a number: "%", "Cel"
	Min  *float64 `json:"min,omitempty"`
	Max  *float64 `json:"max,omitempty"`
	Enum []string `json:"enum,omitempty"` // the words; none: it is a number
}

// Detector says when readings become a moment.
type Detector struct {
	Moment string         `json:"moment"`
	When   rule.Condition `json:"when"`
	Once   string         `json:"once,omitempty"` // "per-thing", "per-epoch", or empty for every time
}

// Placement is where something can be said.
type Placement struct {
	Slot string `json:"slot"`
}

// Check finds what is wrong with the model by itself.
func (m Model) Check() manifest.Problems {
	var ps manifest.Problems
	CheckSlug(&ps, manifest.Path{"name"}, m.Name)
	if m.Title != "" {
		checkLine(&ps, manifest.Path{"title"}, m.Title, maxName)
	}
	if len(m.Properties) > maxItems || len(m.Detect) > maxItems || len(m.Placements) > maxItems {
		ps.Add(nil, "a model has at most "+itoa(maxItems)+" properties, detectors and placements", "Make two models of it.")
		return ps
	}
	for name, p := range m.Properties {
		p.check(&ps, manifest.Path{"properties", name}, name)
	}
	schema := m.Schema()
	for i, d := range m.Detect {
		at := manifest.Path{"detect", i}
		CheckSlug(&ps, at.With("moment"), d.Moment)
		if d.When.IsZero() {
			ps.Add(at, "the detector does not say when", "Write when: {property: seal, becomes: opened}, for example.")
		}
		ps.Under(at.With("when"), schema.Check(d.When))
		if once := []string{"per-thing", "per-epoch"}; d.Once != "" && !slices.Contains(once, d.Once) {
			ps.Add(at.With("once"), "there is no once: "+quote(d.Once), manifest.Known(d.Once, once))
		}
	}
	seen := map[string]bool{}
	for i, p := range m.Placements {
		at := manifest.Path{"placements", i, "slot"}
		CheckSlug(&ps, at, p.Slot)
		if seen[p.Slot] {
			ps.Add(at, "the slot "+quote(p.Slot)+" stands twice", "Leave one out.")
		}
		seen[p.Slot] = true
	}
	return ps
}

func (p Property) check(ps *manifest.Problems, at manifest.Path, name string) {
	CheckSlug(ps, at, name)
	if len(p.Enum) > 0 {
		if p.Unit != "" || p.Min != nil || p.Max != nil {
			ps.Add(at, "a property is either a word of enum or a number with unit, min and max", "Leave one of the two out.")
		}
		if len(p.Enum) > maxItems {
			ps.Add(at.With("enum"), "at most "+itoa(maxItems)+" words are kept", "")
			return
		}
		for i, word := range p.Enum {
			checkLine(ps, at.With("enum", i), word, 60)
			if slices.Contains(p.Enum[:i], word) {
				ps.Add(at.With("enum", i), "the word "+quote(word)+" stands twice", "Leave one out.")
			}
		}
		return
	}
	if p.Min != nil && p.Max != nil && *p.Min >= *p.Max {
		ps.Add(at.With("max"), "max is not above min", "Swap the two.")
	}
	if len(p.Unit) > 30 {
		ps.Add(at.With("unit"), "a unit has at most 30 bytes", "Write the short form, Cel or %.")
	}
}

// Schema gives the properties as the subjects of the model's conditions.
func (m Model) Schema() rule.Schema {
	s := rule.Schema{Subject: "property", Change: true, Facts: map[string]rule.Fact{}}
	for name, p := range m.Properties {
		f := rule.Fact{Kind: rule.NumberKind, Unit: p.Unit}
		if len(p.Enum) > 0 {
			f = rule.Fact{Kind: rule.TextKind, OneOf: p.Enum}
		}
		s.Facts[name] = f
	}
	return s
}

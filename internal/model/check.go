package model

import (
	"regexp"
	"slices"
	"strconv"

	"tagline/internal/manifest"
)

// The bounds of a model.
const (
	maxName  = 120
	maxItems = 50 // entries of any list
)

func itoa(n int) string { return strconv.Itoa(n) }

func quote(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return strconv.Quote(s)
}

// keyForm is what a device may write as a key of its twin.
var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)

func checkKey(ps *manifest.Problems, at manifest.Path, name string) {
	if !keyForm.MatchString(name) {
		ps.Add(at, "a name of a letter and up to 31 small letters, digits, dashes and underscores is needed here", "Write target or door_open, for example.")
	}
}

// oneOf wants a word of a list; empty says nothing.
func oneOf(ps *manifest.Problems, at manifest.Path, what, word string, words []string) {
	if word != "" && !slices.Contains(words, word) {
		ps.Add(at, "there is no "+what+" "+quote(word), manifest.Known(word, words))
	}
}

func (p Property) check(ps *manifest.Problems, at manifest.Path, name string) {
	checkKey(ps, at, name)
	if p.Title != "" {
		ps.Line(at.With("title"), p.Title, maxName)
	}
	forms := 0
	for _, is := range []bool{len(p.Enum) > 0, p.Flag, p.Place, p.Unit != "" || p.Min != nil || p.Max != nil} {
		if is {
			forms++
		}
	}
	if forms > 1 {
		ps.Add(at, "a property is one thing: a word of enum, a flag, a place, or a number with unit, min and max", "Leave the others out.")
	}
	if len(p.Enum) > maxItems {
		ps.Add(at.With("enum"), "at most "+itoa(maxItems)+" words are kept", "")
		return
	}
	for i, word := range p.Enum {
		ps.Line(at.With("enum", i), word, 60)
		if slices.Contains(p.Enum[:i], word) {
			ps.Add(at.With("enum", i), "the word "+quote(word)+" stands twice", "Leave one out.")
		}
	}
	if p.Min != nil && p.Max != nil && *p.Min >= *p.Max {
		ps.Add(at.With("max"), "max is not above min", "Swap the two.")
	}
	if len(p.Unit) > 30 {
		ps.Add(at.With("unit"), "a unit has at most 30 bytes", "Write the short form, Cel or %.")
	}
	if p.Purpose != "" {
		ps.Slug(at.With("purpose"), p.Purpose)
	}
	oneOf(ps, at.With("monotonic"), "direction", p.Monotonic, []string{"rises", "falls"})
	oneOf(ps, at.With("actuator"), "class of actuator", string(p.Actuator), classNames())
	if p.Actuator.Moves() {
		if !p.Writable {
			ps.Add(at.With("actuator"), "only what can be written sets something in motion", "Add writable: true, or leave actuator out.")
		}
		if p.Actuator == Access || p.Actuator == Motion {
			ps.Add(at.With("actuator"), "what opens or moves something is a command, not a setting: a setting would be carried out whenever the thing comes back",
				"Make a command of it.")
		}
		if p.Safe == "" {
			ps.Add(at, "an actuator names its safe state", "Write safe: and the value at which nothing can happen.")
		}
	}
	if p.Safe != "" && len(p.Enum) > 0 && !slices.Contains(p.Enum, p.Safe) {
		ps.Add(at.With("safe"), "the safe state is one of the words", manifest.Known(p.Safe, p.Enum))
	}
}

func (p Placement) check(ps *manifest.Problems, at manifest.Path, m Model) {
	ps.Slug(at.With("slot"), p.Slot)
	if p.Title != "" {
		ps.Line(at.With("title"), p.Title, maxName)
	}
	oneOf(ps, at.With("seen"), "way to be seen", p.Seen, []string{"room", "person"})
	if !p.Device && (p.Seen != "" || len(p.Formats) > 0 || p.Bytes != 0 || p.Width != 0 || p.Height != 0 || p.Quiet != "") {
		ps.Add(at, "sizes, formats and quiet times belong to slots on the thing itself", "Add device: true, or leave them out.")
	}
	if p.Bytes < 0 || p.Bytes > 16<<20 || p.Width < 0 || p.Height < 0 || p.Width > 16384 || p.Height > 16384 {
		ps.Add(at, "a slot keeps at most 16 MiB and has at most 16384 pixels a side", "")
	}
	if p.Quiet != "" {
		if q, ok := m.Properties[p.Quiet]; !ok || !q.Flag {
			ps.Add(at.With("quiet"), "quiet names a property of yes or no, which "+quote(p.Quiet)+" is not", "Write quiet: do_not_disturb, and that property with flag: true.")
		}
	}
	if len(p.Formats) > maxItems {
		ps.Add(at.With("formats"), "at most "+itoa(maxItems)+" formats are kept", "")
	}
}

package model

import (
	"slices"
	"time"

	"tagline/internal/manifest"
	"tagline/internal/rule"
)

// Class is what a command or a setting sets in motion. It decides how long a
// command may wait, and how it is confirmed.
type Class string

// The classes, from harmless to dangerous.
const (
	None    Class = "none"    // beep, show a code
	Comfort Class = "comfort" // a set-point, a lamp
	Heat    Class = "heat"    // an oven, an iron
	Access  Class = "access"  // a lock
	Motion  Class = "motion"  // a garage door, blinds
)

// The ways to confirm.
const (
	NoConfirm = "none"
	Session   = "session" // whoever is signed in
	Strong    = "strong"  // fresh, by the owner, on a screen that names thing, action and state
)

// Handling is how a class is treated.
type Handling struct {
	Queue   bool          // it may wait until the thing is back
	Expires time.Duration // from its creation
	Wait    time.Duration // for an answer, once it was sent
	Confirm string        // at least this
}

func handlings() map[Class]Handling {
	return map[Class]Handling{
		None:    {Queue: true, Expires: time.Hour, Wait: 30 * time.Second, Confirm: NoConfirm},
		Comfort: {Queue: true, Expires: 15 * time.Minute, Wait: 30 * time.Second, Confirm: Session},
		Heat:    {Expires: 30 * time.Second, Wait: 10 * time.Second, Confirm: Strong},
		Access:  {Expires: 10 * time.Second, Wait: 10 * time.Second, Confirm: Strong},
		Motion:  {Expires: 10 * time.Second, Wait: 30 * time.Second, Confirm: Strong},
	}
}

// Handling gives how the class is treated; the empty class is None.
func (c Class) Handling() Handling {
	if c == "" {
		c = None
	}
	return handlings()[c]
}

// Moves reports whether the class sets anything in motion: what campaigns and
// content must never do.
func (c Class) Moves() bool { return c != "" && c != None }

func classNames() []string {
	return []string{string(None), string(Comfort), string(Heat), string(Access), string(Motion)}
}

// Command is something that a thing can be told to do once, now.
type Command struct {
	Title    string              `json:"title,omitempty"`
	Args     map[string]Property `json:"args,omitempty"`     // what it takes, by name
	Actuator Class               `json:"actuator,omitempty"` // none when empty
	Safety   string              `json:"safety,omitempty"`   // "confirm": asks for the owner's fresh confirmation whatever its class
	If       rule.Condition      `json:"if,omitzero"`        // the thing checks it against its own state before it acts
	Becomes  rule.Condition      `json:"becomes,omitzero"`   // what it reports when it was done, for people
	Expires  Span                `json:"expires,omitempty"`  // shorter than its class
	Wait     Span                `json:"wait,omitempty"`     // for an answer
}

// Handling gives how the command is treated: its class, made stricter by what the
// command says of itself.
func (c Command) Handling() Handling {
	h := c.Actuator.Handling()
	if c.Safety == "confirm" {
		h.Confirm, h.Queue = Strong, false
	}
	if e := time.Duration(c.Expires); e > 0 && e < h.Expires {
		h.Expires = e
	}
	if w := time.Duration(c.Wait); w > 0 {
		h.Wait = w
	}
	return h
}

// Guarded reports whether a command may never be part of a campaign or a job.
func (c Command) Guarded() bool { return c.Actuator.Moves() || c.Safety == "confirm" }

func (c Command) check(ps *manifest.Problems, at manifest.Path, name string, m Model) {
	checkKey(ps, at, name)
	if c.Title != "" {
		ps.Line(at.With("title"), c.Title, maxName)
	}
	oneOf(ps, at.With("actuator"), "class of actuator", string(c.Actuator), classNames())
	oneOf(ps, at.With("safety"), "safety", c.Safety, []string{"confirm"})
	if len(c.Args) > maxItems {
		ps.Add(at.With("args"), "at most "+itoa(maxItems)+" arguments are taken", "")
		return
	}
	for arg, p := range c.Args {
		p.check(ps, at.With("args", arg), arg)
		if p.Writable || p.Place || p.Monotonic != "" {
			ps.Add(at.With("args", arg), "an argument is a word, a flag or a number", "Leave writable, place and monotonic out.")
		}
	}
	if time.Duration(c.Expires) > c.Actuator.Handling().Expires {
		ps.Add(at.With("expires"), "a command of this class is held for "+Span(c.Actuator.Handling().Expires).String()+" at most", "Write a shorter time, or leave it out.")
	}
	if time.Duration(c.Wait) > 10*time.Minute {
		ps.Add(at.With("wait"), "an answer is awaited for 10m at most", "")
	}
	s := m.Schema()
	s.Change = false
	ps.Under(at.With("if"), s.Check(c.If))
	ps.Under(at.With("becomes"), s.Check(c.Becomes))
}

// Settings lists the writable properties by name.
func (m Model) Settings() []string {
	var names []string
	for name, p := range m.Properties {
		if p.Writable {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

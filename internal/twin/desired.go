package twin

import (
	"fmt"
	"slices"
	"strings"

	"tagline/internal/fault"
	"tagline/internal/model"
	"tagline/internal/rule"
)

// Wish is one setting that somebody wants.
type Wish struct {
	Value   rule.Value `json:"value"`
	Version int64      `json:"version"` // of the Desired when it was made
	At      int64      `json:"at"`      // microseconds of UTC
	By      string     `json:"by"`      // who: "mem_…", "key_…"
}

// Desired is what a device should be like. Its version grows by one with every
// change; the zero value wishes nothing.
type Desired struct {
	Version int64           `json:"version"`
	Wishes  map[string]Wish `json:"wishes,omitempty"`
}

// Wanted checks that a patch is one of settings.
func Wanted(m *model.Model, p Patch) error {
	var wrong []string
	for _, name := range p.Unknown {
		wrong = append(wrong, name+" is no property of "+m.Name)
	}
	for name := range p.Values {
		if !m.Properties[name].Writable {
			wrong = append(wrong, name+" cannot be set")
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong)
	hint := "Nothing of this model can be set."
	if can := m.Settings(); len(can) > 0 {
		hint = "Settings of " + m.Name + ": " + strings.Join(can, ", ") + "."
	}
	return fault.New(fault.Invalid, strings.Join(wrong, "; "), hint)
}

// Merge gives the wishes after a patch, and whether anything has changed; d itself
// stays as it is. A wish for what is wished already changes nothing.
func (d Desired) Merge(p Patch, at int64, by string) (Desired, bool) {
	next := Desired{Version: d.Version + 1, Wishes: make(map[string]Wish, len(d.Wishes)+len(p.Values))}
	changed := false
	for name, w := range d.Wishes {
		if slices.Contains(p.Removed, name) {
			changed = true
			continue
		}
		next.Wishes[name] = w
	}
	for name, v := range p.Values {
		if w, ok := d.Wishes[name]; ok && w.Value == v {
			continue
		}
		changed = true
		next.Wishes[name] = Wish{Value: v, Version: next.Version, At: at, By: by}
	}
	if !changed {
		return d, false
	}
	return next, true
}

// Drop gives the wishes without some of them: those that somebody has overruled at
// the device itself.
func (d Desired) Drop(names []string) Desired {
	next, _ := d.Merge(Patch{Removed: names}, 0, "")
	return next
}

// Delta lists the settings in which the device is not as it should be.
func Delta(d Desired, r Reported) map[string]rule.Value {
	out := map[string]rule.Value{}
	for name, w := range d.Wishes {
		if is, ok := r.Fact(name); !ok || is != w.Value {
			out[name] = w.Value
		}
	}
	return out
}

// Overruled lists the wishes that a report takes back: somebody has turned the
// device by hand after it had seen the wish (seen is the version that the device
// says it knows), or later than the wish was made, by a clock that can be trusted.
func Overruled(d Desired, p Patch, seen int64, local bool, at int64, trusted bool) []string {
	var names []string
	for name, v := range p.Values {
		w, ok := d.Wishes[name]
		if !ok || v == w.Value {
			continue
		}
		if local && (seen >= w.Version || trusted && at > w.At) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Progress says how far a device has followed its wishes, for people.
func Progress(d Desired, r Reported, online bool, now, settle int64) string {
	delta := Delta(d, r)
	if len(delta) == 0 {
		return "settled"
	}
	if !online {
		return "waiting"
	}
	for name := range delta {
		if now-d.Wishes[name].At > settle {
			return "not-taken"
		}
	}
	return "on-its-way"
}

// Words tells a delta.
func Words(delta map[string]rule.Value) string {
	var parts []string
	for name, v := range delta {
		parts = append(parts, fmt.Sprintf("%s %s", name, v))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

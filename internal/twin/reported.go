package twin

import (
	"encoding/json"
	"fmt"
	"strings"

	"tagline/internal/rule"
)

// Stamp says when a leaf was reported, and orders reports of it. Reports that carry
// the device's own numbers (its boot, and the number of the report since) are ordered
// by these; readings by their time. Between the two kinds the later time wins.
type Stamp struct {
	At   int64  `json:"t"`           // microseconds of UTC
	ID   string `json:"i,omitempty"` // breaks ties among readings
	Boot int64  `json:"b,omitempty"`
	RV   int64  `json:"r,omitempty"` // 0: a reading
}

func (s Stamp) after(o Stamp) bool {
	switch {
	case s.RV > 0 && o.RV > 0:
		return s.Boot > o.Boot || s.Boot == o.Boot && s.RV > o.RV
	case s.At != o.At:
		return s.At > o.At
	}
	return s.ID > o.ID
}

// slot is what is known of a leaf from one kind of report; no value is a leaf that
// was removed.
type slot struct {
	Value rule.Value `json:"v"`
	Stamp
}

// leaf holds the newest report of each kind. Both are kept, since which of the two
// is newer can change with every late one.
type leaf struct {
	Told *slot `json:"told,omitempty"` // by numbered reports
	Read *slot `json:"read,omitempty"` // by readings
}

func (l leaf) newest() *slot {
	switch {
	case l.Told == nil:
		return l.Read
	case l.Read == nil:
		return l.Told
	case l.Read.At > l.Told.At:
		return l.Read
	}
	return l.Told
}

// Reported is what a device says of itself. The zero value says nothing.
type Reported struct {
	Leaves map[string]leaf `json:"leaves,omitempty"`
	Boot   int64           `json:"boot,omitempty"` // of the newest numbered report
	RV     int64           `json:"rv,omitempty"`
	Full   *Stamp          `json:"full,omitempty"`
}

// Merge takes a report in. full says that what the report does not name is no more;
// it counts for numbered reports only. gap tells that the report's number does not
// follow the newest one known: the whole is to be asked for.
func (r *Reported) Merge(p Patch, s Stamp, full bool) (gap bool) {
	if r.Leaves == nil {
		r.Leaves = make(map[string]leaf, len(p.Values))
	}
	for name, v := range p.Values {
		r.put(name, slot{v, s})
	}
	for _, name := range p.Removed {
		r.put(name, slot{rule.Value{}, s})
	}
	if s.RV == 0 {
		return false
	}
	if full && (r.Full == nil || s.after(*r.Full)) {
		r.Full = &s
	}
	if s.Boot > r.Boot || s.Boot == r.Boot && s.RV > r.RV {
		gap = !full && r.RV != 0 && (s.Boot != r.Boot || s.RV != r.RV+1)
		r.Boot, r.RV = s.Boot, s.RV
	}
	return gap
}

func (r *Reported) put(name string, s slot) {
	l := r.Leaves[name]
	into := &l.Read
	if s.RV > 0 {
		into = &l.Told
	}
	if *into == nil || s.after((*into).Stamp) {
		*into = &s
		r.Leaves[name] = l
	}
}

// Leaf gives the present value of a leaf and when it was reported; false when there
// is none.
func (r Reported) Leaf(name string) (rule.Value, Stamp, bool) {
	l, ok := r.Leaves[name]
	if !ok {
		return rule.Value{}, Stamp{}, false
	}
	if l.Told != nil && r.Full != nil && r.Full.after(l.Told.Stamp) {
		l.Told = nil // a later whole did not name it
	}
	s := l.newest()
	if s == nil || s.Value.Kind() == "" {
		return rule.Value{}, Stamp{}, false
	}
	return s.Value, s.Stamp, true
}

// Fact implements rule.Facts: the leaves are the properties.
func (r Reported) Fact(name string) (rule.Value, bool) {
	v, _, ok := r.Leaf(name)
	return v, ok
}

var _ rule.Facts = Reported{}

// Names lists the leaves that have a value, in no order.
func (r Reported) Names() []string {
	var names []string
	for name := range r.Leaves {
		if _, _, ok := r.Leaf(name); ok {
			names = append(names, name)
		}
	}
	return names
}

// Document gives the state as a document: the two numbers of a place as one object.
func (r Reported) Document() map[string]any {
	doc := map[string]any{}
	for _, name := range r.Names() {
		v, _, _ := r.Leaf(name)
		if place, part, ok := strings.Cut(name, "."); ok {
			at, _ := doc[place].(map[string]any)
			if at == nil {
				at = map[string]any{}
				doc[place] = at
			}
			at[part] = v
			continue
		}
		doc[name] = v
	}
	return doc
}

// Encode writes the state for a store.
func (r Reported) Encode() (json.RawMessage, error) { return json.Marshal(r) }

// Decode reads what Encode wrote.
func Decode(data []byte) (Reported, error) {
	var r Reported
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("twin: stored state: %w", err)
	}
	return r, nil
}

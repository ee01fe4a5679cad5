package brand

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tagline/internal/manifest"
	"tagline/internal/product"
)

// Unchanged is what happens to a resource that is already as its file says. The
// other actions are product.Created, Changed and Removed.
const Unchanged product.Action = "unchanged"

// Diff is what applying files changes, or would change.
type Diff struct {
	Changes []Change // by kind in the order of applying, then by key
}

// Change is what happens to one resource.
type Change struct {
	Action product.Action
	Kind   string
	Name   string            // its key
	At     manifest.Position // of its document, if it has one
	Fields []FieldChange     // what differs, of a resource that is changed
}

// FieldChange is what happens to one field. Before or After is empty where the
// field is not there. Of a list of single values, Added and Removed say what
// differs; both are empty when only the order does.
type FieldChange struct {
	Path           string // "name.en", "detect[0].moment"
	Before, After  string
	List           bool
	Added, Removed []string
}

// Changed counts the resources that differ.
func (d Diff) Changed() (n int) {
	for _, c := range d.Changes {
		if c.Action != Unchanged {
			n++
		}
	}
	return n
}

// Count counts the resources to which an action happens.
func (d Diff) Count(a product.Action) (n int) {
	for _, c := range d.Changes {
		if c.Action == a {
			n++
		}
	}
	return n
}

// Words says the difference, one line for each resource and each field that
// differs, and a line of sums at the end.
func (d Diff) Words() string {
	var b strings.Builder
	for _, c := range d.Changes {
		sign := map[product.Action]string{product.Created: "+", product.Changed: "~", product.Removed: "-"}[c.Action]
		if sign == "" {
			continue
		}
		fmt.Fprintf(&b, "%s %s %s\n", sign, c.Kind, c.Name)
		for _, f := range c.Fields {
			b.WriteString("    " + f.Words() + "\n")
		}
	}
	fmt.Fprintf(&b, "%d created, %d changed, %d removed, %d unchanged\n",
		d.Count(product.Created), d.Count(product.Changed), d.Count(product.Removed), d.Count(Unchanged))
	return b.String()
}

// Words says what happens to the field: `name.en: "Gin" becomes "Dry Gin"`.
func (f FieldChange) Words() string {
	switch {
	case f.List && len(f.Added)+len(f.Removed) > 0:
		text := f.Path + ":"
		for _, v := range f.Added {
			text += " +" + short(v)
		}
		for _, v := range f.Removed {
			text += " -" + short(v)
		}
		return text
	case f.List:
		return f.Path + ": another order, " + short(f.After)
	case f.Before == "":
		return f.Path + ": is now " + short(f.After)
	case f.After == "":
		return f.Path + ": is left out, was " + short(f.Before)
	}
	return f.Path + ": " + short(f.Before) + " becomes " + short(f.After)
}

// short quotes a value and cuts it to what a line can hold.
func short(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}

// compare lists the fields in which two values of one kind differ: in the order of
// the new one, then those that it has no more.
func compare(before, after any) ([]FieldChange, error) {
	old, err := manifest.Leaves(before)
	if err != nil {
		return nil, err
	}
	leaves, err := manifest.Leaves(after)
	if err != nil {
		return nil, err
	}
	was := make(map[string]manifest.Leaf, len(old))
	for _, l := range old {
		was[l.Path] = l
	}
	var changes []FieldChange
	for _, l := range leaves {
		o, had := was[l.Path]
		delete(was, l.Path)
		if had && o.Text == l.Text && slices.Equal(o.List, l.List) {
			continue
		}
		c := FieldChange{Path: l.Path, Before: value(o), After: value(l)}
		if l.List != nil && (o.List != nil || !had) {
			c.List = true
			c.Added, c.Removed = without(l.List, o.List), without(o.List, l.List)
		}
		changes = append(changes, c)
	}
	for _, l := range old {
		if o, left := was[l.Path]; left {
			c := FieldChange{Path: l.Path, Before: value(o)}
			if o.List != nil {
				c.List, c.Removed = true, o.List
			}
			changes = append(changes, c)
		}
	}
	return changes, nil
}

func value(l manifest.Leaf) string {
	if l.List != nil {
		return strings.Join(l.List, ", ")
	}
	return l.Text
}

func without(list, other []string) (rest []string) {
	for _, v := range list {
		if !slices.Contains(other, v) {
			rest = append(rest, v)
		}
	}
	return rest
}

// sort orders the changes by kind and key.
func (d *Diff) sort(kinds []Kind) {
	order := map[string]int{}
	for i, k := range kinds {
		order[k.Name] = i
	}
	slices.SortFunc(d.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(order[a.Kind], order[b.Kind]), cmp.Compare(a.Name, b.Name))
	})
}

package linkset

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Linkset writes all links that count as an application/linkset+json document, one
// object for each level, the narrowest first. base is how the outside reaches the
// resolver, "https://id.example"; it stands before every anchor.
//
// Levels without a link to show are left out; so are the links of another resolver,
// which answers for itself.
func (f *Levels) Linkset(base string) []byte {
	w := writer{base: strings.TrimSuffix(base, "/")}
	w.text(`{"linkset":[`)
	for i := range f.list {
		v := &f.list[i]
		if len(v.links) > 0 {
			w.level(f, v, v.links, true)
		}
		w.covered = w.covered || v.byLevel != nil
	}
	w.text("]}")
	return w.Bytes()
}

// Linkset writes the equal links of a choice, or its one link, as a linkset: the
// body of a 300.
func (c Choice) Linkset(base string) []byte {
	w := writer{base: strings.TrimSuffix(base, "/")}
	w.text(`{"linkset":[`)
	if c.at != nil && c.Outcome != HandedOver {
		links := []*Link{c.One.Link}
		if c.Outcome == Several {
			links = nil
			for _, s := range c.Several {
				links = append(links, s.Link)
			}
		}
		w.level(c.levels, c.at, links, false)
	}
	w.text("]}")
	return w.Bytes()
}

// writer writes JSON with members in an order of its own choice.
type writer struct {
	bytes.Buffer
	base    string
	levels  int
	covered bool // a narrower level has a default
}

func (w *writer) text(s string) { w.WriteString(s) }

// quote writes a string; what HTML would mind stays readable.
func (w *writer) quote(s string) {
	enc := json.NewEncoder(&w.Buffer)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)       // a string into memory
	w.Truncate(w.Len() - 1) // the line's end
}

func (w *writer) list(name string, values ...string) {
	w.text(`,"` + name + `":[`)
	for i, s := range values {
		if i > 0 {
			w.text(",")
		}
		w.quote(s)
	}
	w.text("]")
}

func (w *writer) level(f *Levels, v *level, links []*Link, defaults bool) {
	if w.levels++; w.levels > 1 {
		w.text(",")
	}
	w.text(`{"anchor":`)
	w.quote(w.base + f.path(v))
	w.text(`,"itemDescription":`)
	w.quote(v.record.ItemDescription)
	if defaults && v.byLevel != nil {
		w.relation(DefaultLink)
		w.text(`{"href":`)
		w.quote(fill(v.byLevel.Href, v.values, true))
		w.text(`,"title":`)
		w.quote(fill(v.byLevel.Title, v.values, false))
		w.text("}]")
	}
	// Where a narrower level has a default of its own, the choice of languages above
	// it is never asked, so it is not shown for this item.
	if defaults && v.multi && !w.covered {
		w.relation(DefaultLinkMulti)
		n := 0
		for _, l := range links {
			if v.inMulti(l) {
				w.link(v, l, n)
				n++
			}
		}
		w.text("]")
	}
	var types []string
	for _, l := range links {
		if !slices.Contains(types, l.LinkType) {
			types = append(types, l.LinkType)
		}
	}
	slices.Sort(types)
	for _, t := range types {
		w.relation(t)
		n := 0
		for _, l := range links {
			if l.LinkType == t {
				w.link(v, l, n)
				n++
			}
		}
		w.text("]")
	}
	w.text("}")
}

func (w *writer) relation(t string) {
	w.text(",")
	w.quote(TypeURI(t))
	w.text(":[")
}

func (w *writer) link(v *level, l *Link, n int) {
	if n > 0 {
		w.text(",")
	}
	w.text(`{"href":`)
	w.quote(fill(l.Href, v.values, true))
	w.text(`,"title":`)
	w.quote(fill(l.Title, v.values, false))
	if l.MediaType != "" {
		w.text(`,"type":`)
		w.quote(l.MediaType)
	}
	if len(l.Hreflang) > 0 {
		w.list("hreflang", l.Hreflang...)
	}
	if context := l.contexts(); len(context) > 0 {
		w.list("context", context...)
	}
	if l.FWQS != nil && *l.FWQS {
		w.text(`,"fwqs":true`)
	} else if l.FWQS != nil {
		w.text(`,"fwqs":false`)
	}
	w.text("}")
}

// contexts is what a linkset says about where a link is for: contexts and markets,
// of which a linkset knows no difference.
func (l *Link) contexts() []string {
	if len(l.Markets) == 0 {
		return l.Context
	}
	all := slices.Clone(l.Context)
	for _, m := range l.Markets {
		if !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return all
}

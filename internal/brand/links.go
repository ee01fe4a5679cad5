package brand

import (
	"slices"

	"tagline/gs1"
	"tagline/internal/link"
	"tagline/internal/link/anchor"
	"tagline/internal/link/linkset"
	"tagline/internal/manifest"
	"tagline/internal/product"
	"tagline/internal/sqldb"
)

// linksKind is the kind of a document that holds the links at one anchor. Links
// without an id get one by what they say; write an id to keep the counts of a link
// when its address changes.
func linksKind(links *link.Service) Kind {
	type editing struct{ e *link.Editor }
	type editingKey struct{ s *link.Service }
	// Within one transaction there is one editor, which sees all changes at its end.
	shared := func(tx *sqldb.Tx) (*link.Editor, error) {
		hold := tx.Local(editingKey{links}, func() any { return &editing{} }).(*editing)
		if hold.e == nil {
			hold.e = links.Edit(tx)
		}
		return hold.e, nil
	}
	change := func(c product.Change) link.Change { return link.Change{By: c.By, Cause: c.Cause} }
	k := kindOf("Links", linkset.Entry.Normalize, linkset.Entry.Check, describeLinks,
		func(tx *sqldb.Tx) ([]product.Stored[linkset.Entry], error) {
			records, err := link.Load(tx)
			list := make([]product.Stored[linkset.Entry], len(records))
			for i, r := range records {
				list[i] = product.Stored[linkset.Entry]{Value: r.Entry, Rev: r.Version, Updated: r.Changed}
			}
			return list, err
		},
		func(tx *sqldb.Tx, e linkset.Entry, c product.Change) error {
			return edit(tx, shared, func(ed *link.Editor) error { _, _, err := ed.Put(e, change(c)); return err })
		},
		func(tx *sqldb.Tx, key string, c product.Change) error {
			return edit(tx, shared, func(ed *link.Editor) error { return ed.Remove(key, change(c)) })
		})
	k.Close = func(tx *sqldb.Tx) error {
		return edit(tx, shared, func(ed *link.Editor) error { return ed.Close() })
	}
	return k
}

// describeLinks says what an entry is about. Its product need not be there: links
// may stand for what other servers know.
func describeLinks(e linkset.Entry) Resource {
	r := Resource{Key: e.Anchor}
	if a, err := anchor.Parse(e.Anchor); err == nil && a.Key.AI == gs1.AIGTIN && !a.Prefix {
		r.about = a.Key.Value
	}
	return r
}

// unanswered finds the entries of the set that would have no default, neither their
// own nor one above them.
func (in set) unanswered(stays map[string]map[string]Resource) (problems manifest.Problems) {
	var above []anchor.Anchor // those that answer by themselves
	for _, from := range []map[string]Resource{stays["Links"], in.resources["Links"]} {
		for key, r := range from {
			if replaced, ok := in.resources["Links"][key]; ok {
				r = replaced
			}
			e, ok := r.Value.(linkset.Entry)
			if a, err := anchor.Parse(key); ok && err == nil && e.Answers() {
				above = append(above, a)
			}
		}
	}
	for key, r := range in.resources["Links"] {
		a, err := anchor.Parse(key)
		e, ok := r.Value.(linkset.Entry)
		if err != nil || !ok || e.Complete() || slices.ContainsFunc(above, func(over anchor.Anchor) bool { return over.Over(a) }) {
			continue
		}
		at := manifest.Path{"links"}
		problems = append(problems, manifest.Problem{At: r.doc.Locate(at), Path: at, Message: "none of them is a default, and there is none above this entry",
			Hint: "Write default: true at one of them that is public and holds always."})
	}
	return problems
}

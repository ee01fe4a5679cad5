package sheet

import (
	"slices"
	"time"
)

// Status says where a passport stands in its life.
type Status string

// The states of a passport.
const (
	Draft     Status = "draft" // never published
	Published Status = "published"
	Withdrawn Status = "withdrawn" // its reason is all that is shown
)

// View is what a reader of a tier sees of a passport, with what it inherits. It
// holds nothing that the tier may not see.
type View struct {
	Anchor      Anchor
	Lot         string // of an item, if it is known
	Status      Status
	Reason      string    // of a withdrawal
	WithdrawnAt time.Time // zero: it is not
	Version     int64
	Newest      int64  // the newest version that is shown
	SHA256      string // of the version's own document
	PublishedAt time.Time
	ValidFrom   time.Time
	Tier        Tier // the reader's
	Name        Localized
	Description Localized
	Operator    *Operator
	Facility    *Facility
	Sections    []ViewSection
	Documents   []ViewFile
	Hidden      int      // attributes and documents that a higher tier would see
	Sources     []Source // its own version first, then those that it inherits from

	hidden []string // hashes of documents that a higher tier would see
}

// Hides says whether a higher tier would see a document, by its hash.
func (v View) Hides(sha256 string) bool { return slices.Contains(v.hidden, sha256) }

// ViewSection is a section of a view.
type ViewSection struct {
	Name       string
	Label      Localized
	Attributes []ViewAttribute
}

// ViewAttribute is a value and the level that says it.
type ViewAttribute struct {
	Attribute
	From Level
}

// ViewFile is a document and the passport that it is kept with.
type ViewFile struct {
	File
	From Level
	At   Anchor
}

// Source is a version that a view stands on.
type Source struct {
	Anchor    Anchor
	Version   int64
	SHA256    string
	Published time.Time
}

// Gone says whether the view is of a withdrawn passport, of which only the reason
// is shown.
func (v View) Gone() bool { return v.Status == Withdrawn && len(v.Sources) == 0 }

// Languages lists the languages in which the view says something, sorted.
func (v View) Languages() []string {
	var all []string
	add := func(l Localized) {
		for tag := range l {
			if !slices.Contains(all, tag) {
				all = append(all, tag)
			}
		}
	}
	add(v.Name)
	add(v.Description)
	for _, s := range v.Sections {
		add(s.Label)
	}
	slices.Sort(all)
	return all
}

// Layer is a published document with its version, from which views are laid.
type Layer struct {
	Source
	Document  Document
	ValidFrom time.Time // not shown before
}

// Merge makes the view of a reader of a tier from a version and those that it
// inherits from, nearest first. The nearest level that has a value says it, and its
// tier decides who sees it: what a lot keeps back, its product does not give away.
func Merge(layers []Layer, tier Tier) View {
	own := layers[0]
	v := View{Anchor: own.Anchor, Lot: own.Document.OfLot, Version: own.Version, SHA256: own.SHA256, PublishedAt: own.Published,
		ValidFrom: own.ValidFrom, Tier: tier, Status: Published}
	if own.Document.Lot != "" {
		v.Lot = own.Document.Lot
	}
	var files []ViewFile
	for _, l := range slices.Backward(layers) { // from the coarsest: the finer ones replace
		d, from := l.Document, l.Anchor.Level()
		v.Name, v.Description = over(v.Name, d.Name), over(v.Description, d.Description)
		if d.Operator != nil {
			v.Operator = d.Operator
		}
		if d.Facility != nil {
			v.Facility = d.Facility
		}
		for _, s := range d.Sections {
			v.section(s, from)
		}
		for _, f := range d.Documents {
			file := ViewFile{File: f, From: from, At: l.Anchor}
			if i := slices.IndexFunc(files, func(o ViewFile) bool { return o.Name == f.Name }); i >= 0 {
				files[i] = file
			} else {
				files = append(files, file)
			}
		}
	}
	for _, l := range layers {
		v.Sources = append(v.Sources, l.Source)
	}
	v.filter(files)
	return v
}

func over(old, fresh Localized) Localized {
	if len(fresh) > 0 {
		return fresh
	}
	return old
}

// section lays a section of a finer level over what is there: an attribute that is
// there under the name is replaced in its place.
func (v *View) section(s Section, from Level) {
	i := slices.IndexFunc(v.Sections, func(o ViewSection) bool { return o.Name == s.Name })
	if i < 0 {
		i = len(v.Sections)
		v.Sections = append(v.Sections, ViewSection{Name: s.Name})
	}
	v.Sections[i].Label = s.Label
	for _, a := range s.Attributes {
		if old := v.attribute(a.Name); old != nil {
			*old = ViewAttribute{a, from}
		} else {
			v.Sections[i].Attributes = append(v.Sections[i].Attributes, ViewAttribute{a, from})
		}
	}
}

func (v *View) attribute(name string) *ViewAttribute {
	for i := range v.Sections {
		for j := range v.Sections[i].Attributes {
			if v.Sections[i].Attributes[j].Name == name {
				return &v.Sections[i].Attributes[j]
			}
		}
	}
	return nil
}

// filter takes out what the tier may not see. A section that is left with nothing
// goes as well: its label could tell what is hidden.
func (v *View) filter(files []ViewFile) {
	for i := range v.Sections {
		v.Sections[i].Attributes = slices.DeleteFunc(v.Sections[i].Attributes, func(a ViewAttribute) bool {
			if v.Tier.sees(a.Tier) {
				return false
			}
			v.Hidden++
			return true
		})
	}
	v.Sections = slices.DeleteFunc(v.Sections, func(s ViewSection) bool { return len(s.Attributes) == 0 })
	for _, f := range files {
		if v.Tier.sees(f.Tier) {
			v.Documents = append(v.Documents, f)
		} else {
			v.Hidden++
			v.hidden = append(v.hidden, f.SHA256)
		}
	}
}

package sheet

import (
	"strconv"
	"strings"
	"time"
)

// Localized is a text in several languages, by BCP 47 tag.
type Localized map[string]string

// Document is what a passport says, as it is edited and published.
type Document struct {
	GTIN        string     `json:"gtin"`                  // 14 digits
	Lot         string     `json:"lot,omitempty"`         // of a batch's passport
	Serial      string     `json:"serial,omitempty"`      // of an item's passport
	OfLot       string     `json:"ofLot,omitempty"`       // the lot from which an item inherits
	ValidFrom   *time.Time `json:"validFrom,omitempty"`   // not shown before; from its publication when absent
	Name        Localized  `json:"name,omitempty"`        //
	Description Localized  `json:"description,omitempty"` //
	Operator    *Operator  `json:"operator,omitempty"`    // the responsible economic operator
	Facility    *Facility  `json:"facility,omitempty"`    // where it was made
	Sections    []Section  `json:"sections,omitempty"`    //
	Documents   []File     `json:"documents,omitempty"`   //
}

// Operator is who answers for the product: its maker, or who brings it into the
// market. None of it is personal data: contact is an organisation's.
type Operator struct {
	Name    string `json:"name"`
	GLN     string `json:"gln,omitempty"`     // 13 digits
	EORI    string `json:"eori,omitempty"`    // two letters and up to 15 letters and digits
	Address string `json:"address,omitempty"` // one line
	Country string `json:"country,omitempty"` // ISO 3166-1 alpha-2
	Email   string `json:"email,omitempty"`
	Phone   string `json:"phone,omitempty"`
	URL     string `json:"url,omitempty"` // https
}

// Facility is a place of manufacture.
type Facility struct {
	Name    string `json:"name,omitempty"`
	GLN     string `json:"gln,omitempty"`     // 13 digits
	Country string `json:"country,omitempty"` // ISO 3166-1 alpha-2
}

// Section groups attributes.
type Section struct {
	Name       string      `json:"name"` // of small letters, digits and dashes; once in a document
	Label      Localized   `json:"label"`
	Attributes []Attribute `json:"attributes"`
}

// Attribute is one value: a text, a number, a list or a reference.
type Attribute struct {
	Name   string      `json:"name"` // once in a document; what an item says replaces what its lot says under this name
	Label  Localized   `json:"label"`
	Tier   Tier        `json:"tier,omitempty"` // public when empty
	Term   string      `json:"term,omitempty"` // its property in a vocabulary: "gs1:ingredientStatement"
	Text   Localized   `json:"text,omitempty"`
	Number *float64    `json:"number,omitempty"`
	Unit   string      `json:"unit,omitempty"` // of a number: a code of UN/ECE Recommendation 20 (GRM, P1) or a sign (g, %)
	List   []Localized `json:"list,omitempty"`
	Link   string      `json:"link,omitempty"` // a reference: an https address
}

// File describes a document that is kept with a passport.
type File struct {
	Name     string    `json:"name"`               // of the file: "declaration.pdf"
	Title    Localized `json:"title"`              //
	Language string    `json:"language,omitempty"` // that it is written in
	Type     string    `json:"type"`               // media type
	Tier     Tier      `json:"tier,omitempty"`     // public when empty
	SHA256   string    `json:"sha256"`             // 64 hexadecimal digits
	Bytes    int64     `json:"bytes"`              //
}

// Anchor gives where the document stands.
func (d Document) Anchor() Anchor { return Anchor{d.GTIN, d.Lot, d.Serial} }

// Normalize brings keys and tiers into their one form where that can be done
// without guessing.
func (d Document) Normalize() Document {
	if a, err := NewAnchor(d.GTIN, "", ""); err == nil {
		d.GTIN = a.GTIN
	}
	if d.ValidFrom != nil {
		d.ValidFrom = new(d.ValidFrom.UTC().Truncate(time.Microsecond))
	}
	sections := make([]Section, len(d.Sections))
	for i, s := range d.Sections {
		s.Attributes = append([]Attribute{}, s.Attributes...)
		for j := range s.Attributes {
			s.Attributes[j].Tier = orPublic(s.Attributes[j].Tier)
		}
		sections[i] = s
	}
	files := append([]File(nil), d.Documents...)
	for i := range files {
		files[i].Tier = orPublic(files[i].Tier)
		files[i].SHA256 = strings.ToLower(files[i].SHA256)
	}
	d.Sections, d.Documents = sections, files
	if len(sections) == 0 {
		d.Sections = nil
	}
	return d
}

func orPublic(t Tier) Tier {
	if t == "" {
		return Public
	}
	return t
}

// File finds a document by its hash.
func (d Document) File(sha256 string) (File, bool) {
	for _, f := range d.Documents {
		if f.SHA256 == sha256 {
			return f, true
		}
	}
	return File{}, false
}

// Contains reports whether a text holds a query of small letters, in any case.
func (l Localized) Contains(query string) bool {
	for _, t := range l {
		if strings.Contains(strings.ToLower(t), query) {
			return true
		}
	}
	return false
}

// PagePath gives the path of a passport's page on the server that keeps it.
func PagePath(a Anchor) string { return "/passport" + a.Path() }

// DocumentPath gives the path of a document of a view.
func DocumentPath(v View, sha256 string) string {
	path := PagePath(v.Anchor) + "/documents/" + sha256
	if v.Version != v.Newest {
		path += "?version=" + strconv.FormatInt(v.Version, 10)
	}
	return path
}

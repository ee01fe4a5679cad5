package brand

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"tagline/internal/manifest"
	"tagline/internal/passport"
	"tagline/internal/passport/sheet"
	"tagline/internal/product"
	"tagline/internal/sqldb"
)

// The kinds of passports and of their documents, where only documents travel.
const (
	passportKind = "Passport"
	fileKind     = "File"
)

// passportFolder is where the documents of passports lie in a set.
const passportFolder = "passports/"

// Passport is the form of a product passport in files: its draft, which is published
// when it is applied, unless it says draft: true.
type Passport struct {
	GTIN        string             `json:"gtin"`
	Lot         string             `json:"lot,omitempty"`
	Serial      string             `json:"serial,omitempty"`
	OfLot       string             `json:"ofLot,omitempty"`
	Draft       bool               `json:"draft,omitempty"`
	ValidFrom   *time.Time         `json:"validFrom,omitempty"`
	Name        passport.Localized `json:"name,omitempty"`
	Description passport.Localized `json:"description,omitempty"`
	Operator    *sheet.Operator    `json:"operator,omitempty"`
	Facility    *sheet.Facility    `json:"facility,omitempty"`
	Sections    []sheet.Section    `json:"sections,omitempty"`
	Documents   []PassportFile     `json:"documents,omitempty"`
}

// PassportFile is a document of a passport. Its text lies in File, below passports/;
// a document that the server has already needs only its SHA256.
type PassportFile struct {
	Name     string             `json:"name"`
	Title    passport.Localized `json:"title"`
	Language string             `json:"language,omitempty"`
	Type     string             `json:"type"`
	Tier     passport.Tier      `json:"tier,omitempty"`
	File     string             `json:"file,omitempty"`
	SHA256   string             `json:"sha256,omitempty"`
}

// document is the passport as its package knows it.
func (p Passport) document() passport.Document {
	d := passport.Document{GTIN: p.GTIN, Lot: p.Lot, Serial: p.Serial, OfLot: p.OfLot, ValidFrom: p.ValidFrom, Name: p.Name, Description: p.Description,
		Operator: p.Operator, Facility: p.Facility, Sections: p.Sections}
	for _, f := range p.Documents {
		sum := f.SHA256
		if sum == "" {
			sum = hashOf([]byte(f.File)) // until the file is attached
		}
		d.Documents = append(d.Documents, passport.File{Name: f.Name, Title: f.Title, Language: f.Language, Type: f.Type, Tier: f.Tier, SHA256: sum, Bytes: 1})
	}
	return d.Normalize()
}

// passportOf is the form of a stored draft.
func passportOf(d passport.Document) Passport {
	p := Passport{GTIN: d.GTIN, Lot: d.Lot, Serial: d.Serial, OfLot: d.OfLot, ValidFrom: d.ValidFrom, Name: d.Name, Description: d.Description,
		Operator: d.Operator, Facility: d.Facility, Sections: d.Sections}
	for _, f := range d.Documents {
		p.Documents = append(p.Documents, PassportFile{Name: f.Name, Title: f.Title, Language: f.Language, Type: f.Type, Tier: f.Tier, SHA256: f.SHA256})
	}
	return p
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Publishes reports whether applying the resource makes something count that did
// not before: a passport is published.
func (r Resource) Publishes() bool {
	p, ok := r.Value.(Passport)
	return ok && !p.Draft
}

func passports(kept *passport.Service) Kind {
	change := func(c product.Change) passport.Change { return passport.Change{By: c.By, Cause: c.Cause} }
	return Kind{
		Name: passportKind,
		Read: func(d manifest.Document) (Resource, manifest.Problems) {
			var p Passport
			ps := d.Decode(&p)
			if len(ps) == 0 {
				ps = d.Place(p.document().Check())
			}
			for i, f := range p.Documents {
				if f.File == "" && f.SHA256 == "" || f.File != "" && !strings.HasPrefix(f.File, passportFolder) {
					ps = append(ps, d.Place(manifest.Problems{{Path: manifest.Path{"documents", i, "file"}, Message: "the document has no file",
						Hint: "Put it below " + passportFolder + " and name it: file: " + passportFolder + "declaration.pdf."}})...)
				}
			}
			r := describePassport(p)
			r.doc, r.at = d, d.At
			return r, ps
		},
		Load: func(tx *sqldb.Tx) (list []Resource, err error) {
			all, err := passport.Load(tx)
			if err != nil {
				return nil, err
			}
			for _, p := range all {
				newest, err := passport.NewestDigest(tx, p)
				if err != nil {
					return nil, err
				}
				now, err := sheet.Digest(p.Draft)
				if err != nil {
					return nil, err
				}
				v := passportOf(p.Draft)
				v.Draft = newest != now && p.Status != passport.Withdrawn
				r := describePassport(v)
				r.fixed, r.withdrawn = p.Version > 0, p.Status == passport.Withdrawn
				list = append(list, r)
			}
			return list, nil
		},
		Put: func(tx *sqldb.Tx, r Resource, c product.Change) error {
			p, ok := r.Value.(Passport)
			if !ok {
				return errKind
			}
			e := kept.Edit(tx)
			stored, _, err := e.Put(p.document(), r.files, change(c))
			// It is not for files to bring a withdrawn passport back.
			if err != nil || p.Draft || stored.Status == passport.Withdrawn {
				return err
			}
			_, err = e.Publish(stored.Anchor, change(c))
			return err
		},
		Remove: func(tx *sqldb.Tx, key string, c product.Change) error {
			a, _, err := sheet.ParsePath(key)
			if err != nil {
				return err
			}
			return kept.Edit(tx).Remove(a, change(c))
		},
		Close: func(*sqldb.Tx) error { return nil },
	}
}

// describePassport names a passport by the path of its Digital Link.
func describePassport(p Passport) Resource {
	d := p.document()
	p.GTIN, p.Sections = d.GTIN, d.Sections
	for i := range p.Documents {
		p.Documents[i].Tier, p.Documents[i].SHA256 = d.Documents[i].Tier, strings.ToLower(p.Documents[i].SHA256)
	}
	r := Resource{Kind: passportKind, Value: p}
	if a, err := sheet.NewAnchor(d.GTIN, d.Lot, d.Serial); err == nil {
		r.Key = a.Path()
	}
	return r
}

// attach gives passports their documents out of the files of the set.
func (in *set) attach(files map[string][]byte) (problems manifest.Problems) {
	used := map[string]bool{}
	for key, r := range in.resources[passportKind] {
		p, ok := r.Value.(Passport)
		if !ok {
			continue
		}
		r.files = map[string][]byte{}
		for i, f := range p.Documents {
			if f.File == "" {
				continue
			}
			data, ok := files[f.File]
			at := manifest.Path{"documents", i, "file"}
			switch {
			case !ok:
				problems = append(problems, manifest.Problem{At: r.doc.Locate(at), Path: at, Message: fmt.Sprintf("there is no file %.60q", f.File),
					Hint: "Put the file there; names are paths from the top of the set."})
			case len(data) == 0 || len(data) > passport.MaxFileBytes:
				problems = append(problems, manifest.Problem{At: r.doc.Locate(at), Path: at, Message: "a document has 1 byte to 5 MiB"})
			}
			used[f.File] = true
			p.Documents[i].File, p.Documents[i].SHA256 = "", hashOf(data)
			r.files[p.Documents[i].SHA256] = data
		}
		r.Value = p
		in.resources[passportKind][key] = r
	}
	for name := range files {
		if !used[name] {
			problems = append(problems, manifest.Problem{At: manifest.Position{File: name}, Message: "no passport names this file",
				Hint: "Write file: " + name + " in a document of a passport, or leave the file out."})
		}
	}
	return problems
}

// filesOf is the form of a passport that goes out, and its documents.
func filesOf(tx *sqldb.Tx, p Passport) (Passport, []File, error) {
	var files []File
	documents := append([]PassportFile(nil), p.Documents...)
	for i, f := range documents {
		data, err := passport.FileData(tx, p.document().Anchor(), f.SHA256)
		if err != nil {
			return p, nil, err
		}
		documents[i].File, documents[i].SHA256 = passportFolder+f.SHA256[:12]+"-"+f.Name, ""
		files = append(files, File{Name: documents[i].File, Data: data})
	}
	p.Documents = documents
	return p, files, nil
}

// fileDocument is the form of a passport's document where only documents travel.
type fileDocument struct {
	Name   string `json:"name"`
	Text   string `json:"text,omitempty"`
	Base64 string `json:"base64,omitempty"`
}

// isPassportFile reports whether a file is a document of a passport by its name.
func isPassportFile(name string) bool {
	return strings.HasPrefix(name, passportFolder) && !manifest.IsManifest(name)
}

func encodeFile(f File) ([]byte, error) {
	doc := fileDocument{Name: f.Name}
	if utf8.Valid(f.Data) && !strings.ContainsFunc(string(f.Data), control) {
		doc.Text = string(f.Data)
	} else {
		doc.Base64 = base64.StdEncoding.EncodeToString(f.Data)
	}
	return manifest.Encode(fileKind, doc)
}

func decodeFile(d manifest.Document) (name string, data []byte, ps manifest.Problems) {
	var doc fileDocument
	if ps = d.Decode(&doc); len(ps) > 0 {
		return "", nil, ps
	}
	data = []byte(doc.Text)
	if doc.Base64 != "" {
		var err error
		if data, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(doc.Base64), "")); err != nil {
			ps.Add(manifest.Path{"base64"}, "this is not base 64", "Export the passport again.")
		}
	}
	return doc.Name, data, d.Place(ps)
}

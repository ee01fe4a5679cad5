package brand

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf8"

	"tagline/internal/manifest"
	"tagline/internal/product"
	"tagline/internal/sqldb"
)

var errKind = errors.New("brand: a resource of another kind")

// imageDocument is the form of a picture where only documents travel: kind Image.
type imageDocument struct {
	Name   string `json:"name"`
	SVG    string `json:"svg,omitempty"`    // of a picture that is text
	Base64 string `json:"base64,omitempty"` // of any other
}

// images makes the kind of pictures, which are files beside the documents, or
// documents of kind Image.
func images(goods *product.Service) Kind {
	return Kind{
		Name: imageKind,
		Read: func(d manifest.Document) (Resource, manifest.Problems) {
			var doc imageDocument
			ps := d.Decode(&doc)
			data := []byte(doc.SVG)
			if (doc.SVG == "") == (doc.Base64 == "") {
				ps.Add(nil, "a picture has either svg or base64", "Fill one of the two in.")
			} else if doc.Base64 != "" {
				var err error
				if data, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(doc.Base64), "")); err != nil {
					ps.Add(manifest.Path{"base64"}, "this is not base 64", "Export the picture again, or put it beside the documents as a file.")
				}
			}
			if len(ps) > 0 {
				return Resource{Kind: imageKind, Key: doc.Name, doc: d, at: d.At}, d.Place(ps)
			}
			r, wrong := picture(doc.Name, data)
			r.doc, r.at = d, d.At
			return r, d.Place(wrong)
		},
		Load: func(tx *sqldb.Tx) ([]Resource, error) {
			c, err := product.Load(tx)
			if err != nil {
				return nil, err
			}
			var list []Resource
			for _, st := range c.Images() {
				list = append(list, Resource{Kind: imageKind, Key: st.Value.Name, Value: st.Value})
			}
			return list, nil
		},
		Put: func(tx *sqldb.Tx, r Resource, c product.Change) error {
			return edit(tx, goods.Edit, func(e *product.Editor) error {
				_, _, err := e.PutImage(r.Key, r.data, c)
				return err
			})
		},
		Remove: func(tx *sqldb.Tx, key string, c product.Change) error {
			return edit(tx, goods.Edit, func(e *product.Editor) error { return e.RemoveImage(key, c) })
		},
	}
}

// picture makes the resource of a picture's file.
func picture(name string, data []byte) (Resource, manifest.Problems) {
	img, ps := product.ReadImage(name, data)
	return Resource{Kind: imageKind, Key: name, Value: img, data: data}, ps
}

// isPicture reports whether a file can be a picture by its name.
func isPicture(name string) bool {
	low := strings.ToLower(name)
	for _, ext := range []string{".svg", ".png", ".jpg", ".jpeg"} {
		if strings.HasSuffix(low, ext) {
			return true
		}
	}
	return false
}

// AsText turns files into ones that hold text only, so that they can travel where
// bytes cannot: a picture of bytes becomes a document of kind Image.
func AsText(files []File) ([]File, error) {
	list := make([]File, len(files))
	for i, f := range files {
		list[i] = f
		if manifest.IsManifest(f.Name) || utf8.Valid(f.Data) {
			continue
		}
		doc, err := encodeFile(f)
		if !isPassportFile(f.Name) {
			doc, err = manifest.Encode(imageKind, imageDocument{Name: f.Name, Base64: base64.StdEncoding.EncodeToString(f.Data)})
		}
		if err != nil {
			return nil, err
		}
		list[i] = File{Name: f.Name + ".yaml", Data: doc}
	}
	return list, nil
}

// Stream makes one YAML stream of files, pictures included.
func Stream(files []File) ([]byte, error) {
	var parts [][]byte
	for _, f := range files {
		if manifest.IsManifest(f.Name) {
			parts = append(parts, f.Data)
			continue
		}
		if isPassportFile(f.Name) {
			text, err := encodeFile(f)
			if err != nil {
				return nil, err
			}
			parts = append(parts, text)
			continue
		}
		doc := imageDocument{Name: f.Name}
		if utf8.Valid(f.Data) && !strings.ContainsFunc(string(f.Data), control) {
			doc.SVG = string(f.Data)
		} else {
			doc.Base64 = base64.StdEncoding.EncodeToString(f.Data)
		}
		text, err := manifest.Encode(imageKind, doc)
		if err != nil {
			return nil, err
		}
		parts = append(parts, text)
	}
	return manifest.Join(parts...), nil
}

// control reports characters that a YAML text cannot hold as they are.
func control(r rune) bool {
	return r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0xfeff
}

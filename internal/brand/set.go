package brand

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"tagline/internal/fault"
	"tagline/internal/manifest"
	"tagline/internal/model"
	"tagline/internal/product"
)

// File is a document file (.yaml) or a picture (.svg, .png, .jpg) of a brand. Its
// name is a path from the top of the set.
type File = manifest.File

// set is what a set of files says, read and checked by itself.
type set struct {
	resources map[string]map[string]Resource // by kind and key
	brands    map[string]bool                // that it holds
}

// read turns files into resources. It finds everything that can be found without
// knowing what is stored.
func read(kinds []Kind, files []File) (set, manifest.Problems) {
	in := set{resources: map[string]map[string]Resource{}, brands: map[string]bool{}}
	for _, k := range kinds {
		in.resources[k.Name] = map[string]Resource{}
	}
	var documents []File
	pictures, attachments := map[string][]byte{}, map[string][]byte{}
	var problems manifest.Problems
	for _, f := range files {
		switch {
		case manifest.IsManifest(f.Name):
			documents = append(documents, f)
		case isPassportFile(f.Name):
			attachments[f.Name] = f.Data
		case isPicture(f.Name):
			pictures[f.Name] = f.Data
		default:
			problems = append(problems, manifest.Problem{At: manifest.Position{File: f.Name},
				Message: "this is neither a document nor a picture", Hint: "Documents end in .yaml, pictures in .svg, .png or .jpg."})
		}
	}
	docs, wrong := manifest.Parse(documents...)
	problems = append(problems, wrong...)
	for _, d := range docs {
		if d.Kind == fileKind {
			name, data, wrong := decodeFile(d)
			problems = append(problems, wrong...)
			if len(wrong) == 0 {
				attachments[name] = data
			}
			continue
		}
		i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == d.Kind })
		if i < 0 {
			problems = append(problems, manifest.Problem{At: d.Locate(manifest.Path{"kind"}), Path: manifest.Path{"kind"},
				Message: fmt.Sprintf("there is no kind %.40q", d.Kind), Hint: manifest.Known(d.Kind, names(kinds))})
			continue
		}
		r, wrong := kinds[i].Read(d)
		problems = append(problems, wrong...)
		if r.Key == "" {
			continue
		}
		if first, twice := in.resources[d.Kind][r.Key]; twice {
			problems = append(problems, manifest.Problem{At: d.At, Message: fmt.Sprintf("%s %s is described twice", d.Kind, r.Key),
				Hint: "It stands first at " + first.at.String() + "."})
			continue
		}
		in.resources[d.Kind][r.Key] = r
	}
	for slug := range in.resources["Brand"] {
		in.brands[slug] = true
	}
	problems = append(problems, in.take(pictures)...)
	problems = append(problems, in.attach(attachments)...)
	return in, problems
}

// take adds the picture files that a product names; others, such as those of a
// README, are nobody's business here.
func (in *set) take(pictures map[string][]byte) (problems manifest.Problems) {
	for _, p := range in.resources["Product"] {
		for _, ref := range p.Refs {
			data, ok := pictures[ref.Key]
			if ref.Kind != imageKind || !ok {
				continue
			}
			if _, done := in.resources[imageKind][ref.Key]; done {
				continue
			}
			r, wrong := picture(ref.Key, data)
			r.at = manifest.Position{File: ref.Key}
			for i := range wrong {
				wrong[i].At = r.at
			}
			problems = append(problems, wrong...)
			in.resources[imageKind][ref.Key] = r
		}
	}
	return problems
}

func names(kinds []Kind) []string {
	var list []string
	for _, k := range kinds {
		list = append(list, k.Name)
	}
	return list
}

// Check finds what is wrong with a set of files that is to stand by itself, on a
// server that holds nothing yet. It needs no server. Its error is that of Apply.
func Check(files []File) error {
	in, problems := read(Kinds(nil, nil, nil, nil), files)
	return append(problems, in.refer(nil)...).Err()
}

// refer finds the references of the set that lead nowhere, neither into the set nor
// to what is stored and stays, and pictures that no reference leads to.
func (in set) refer(stays map[string]map[string]Resource) (problems manifest.Problems) {
	after := map[string]map[string]bool{}
	add := func(kind, key string) {
		if after[kind] == nil {
			after[kind] = map[string]bool{}
		}
		after[kind][key] = true
	}
	all := func(resources map[string]map[string]Resource) {
		for kind, byKey := range resources {
			for key, r := range byKey {
				add(kind, key)
				switch v := r.Value.(type) {
				case product.Product:
					if v.Category != "" {
						add(categoryKind, v.Category)
					}
				case model.Model:
					for _, p := range v.Placements {
						add(slotKind, p.Slot)
					}
				}
			}
		}
	}
	all(stays)
	all(in.resources)
	for _, byKey := range in.resources {
		for _, r := range byKey {
			for _, ref := range r.Refs {
				if ref.Key == "" || after[ref.Kind][ref.Key] {
					continue
				}
				var known []string
				for key := range after[ref.Kind] {
					known = append(known, key)
				}
				problems = append(problems, manifest.Problem{At: r.doc.Locate(ref.Path), Path: ref.Path, Message: nowhere(ref), Hint: lost(ref, known)})
			}
		}
	}
	problems = append(problems, in.unanswered(stays)...)
	used := in.named(stays)
	for name, r := range in.resources[imageKind] {
		if !used[name] {
			problems = append(problems, manifest.Problem{At: r.at, Message: fmt.Sprintf("no product names the picture %.60q", name),
				Hint: "Write image: " + name + " in a product, or leave the picture out."})
		}
	}
	return problems
}

// named lists the pictures that products name, those of the set and those that stay.
func (in set) named(stays map[string]map[string]Resource) map[string]bool {
	names := map[string]bool{}
	for _, products := range []map[string]Resource{stays["Product"], in.resources["Product"]} {
		for key, r := range products {
			if replaced, ok := in.resources["Product"][key]; ok {
				r = replaced
			}
			for _, ref := range r.Refs {
				if ref.Kind == imageKind {
					names[ref.Key] = true
				}
			}
		}
	}
	return names
}

func nowhere(ref Ref) string {
	switch ref.Kind {
	case categoryKind:
		return fmt.Sprintf("no product is of the category %.60q", ref.Key)
	case slotKind:
		return fmt.Sprintf("no model has the placement %.60q", ref.Key)
	case imageKind:
		return fmt.Sprintf("there is no picture %.60q", ref.Key)
	}
	return fmt.Sprintf("there is no %s %.60q", strings.ToLower(ref.Kind), ref.Key)
}

func lost(ref Ref, known []string) string {
	switch {
	case ref.Kind == imageKind && manifest.Nearest(ref.Key, known) == "":
		return "Put the file there; names are paths from the top of the set."
	case ref.Kind == "Product" || len(known) == 0: // one GTIN is near many others
		return "Describe it in these files, too."
	}
	return manifest.Known(ref.Key, known)
}

// ReadDir reads the documents below a folder, by path, and the pictures that they
// name, as files that hold text only. Names that begin with a dot or an underscore
// are left out.
func ReadDir(fsys fs.FS) ([]File, error) {
	var documents []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := d.Name(); name != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.IsDir() && manifest.IsManifest(name) {
			documents = append(documents, name)
		}
		if len(documents) > manifest.MaxFiles {
			return fault.Newf(fault.TooLarge, "the folder holds more than %d documents", manifest.MaxFiles).
				WithHint("Name the folder of the brand, not one above it.")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ReadFiles(fsys, documents...)
}

// ReadFiles reads documents and the pictures that they name, as files that hold
// text only. Pictures that are not there are left for Apply to miss.
func ReadFiles(fsys fs.FS, documents ...string) ([]File, error) {
	var files []File
	total := 0
	add := func(name string) error {
		data, err := readFile(fsys, name)
		if err != nil {
			return err
		}
		if total += len(data); total > maxReadBytes {
			return fault.Newf(fault.TooLarge, "the files are larger than %d MiB together", maxReadBytes>>20)
		}
		files = append(files, File{Name: name, Data: data})
		return nil
	}
	for _, name := range documents {
		if err := add(name); err != nil {
			return nil, err
		}
	}
	docs, _ := manifest.Parse(files...) // problems are told when the files are applied
	for _, name := range pictures(docs) {
		if _, err := fs.Stat(fsys, name); err != nil {
			continue
		}
		if err := add(name); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return AsText(files)
}

// pictures lists the pictures and the documents of passports that documents name.
func pictures(docs []manifest.Document) []string {
	var names []string
	for _, d := range docs {
		if d.Kind == passportKind {
			var p Passport
			d.Decode(&p)
			for _, f := range p.Documents {
				if isPassportFile(f.File) && fs.ValidPath(f.File) && !slices.Contains(names, f.File) {
					names = append(names, f.File)
				}
			}
			continue
		}
		var v struct {
			Image string `json:"image"`
		}
		d.Decode(&v)
		if product.IsFile(v.Image) && isPicture(v.Image) && fs.ValidPath(v.Image) && !slices.Contains(names, v.Image) {
			names = append(names, v.Image)
		}
	}
	return names
}

// maxReadBytes bounds what is read from a folder.
const maxReadBytes = 64 << 20

func readFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	// The size is looked at first: something endless is not read.
	if !info.Mode().IsRegular() || info.Size() > manifest.MaxFileBytes {
		return nil, fault.Newf(fault.TooLarge, "%s is no file of at most %d MiB", name, manifest.MaxFileBytes>>20)
	}
	return fs.ReadFile(fsys, name)
}

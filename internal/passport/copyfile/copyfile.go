package copyfile

import (
	"archive/zip"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"time"

	"tagline/internal/fault"
	"tagline/internal/passport/sheet"
)

// The bounds of a copy.
const (
	maxFiles = 5000
	maxEntry = 16 << 20 // bytes of one file, unpacked
)

// Format names the form of a copy in its manifest.
const Format = "tagline-passport-copy/1"

// Manifest lists what a copy holds. It is the file manifest.json of the copy.
type Manifest struct {
	Format   string     `json:"format"`
	Passport string     `json:"passport"` // the Digital Link
	Tier     sheet.Tier `json:"tier"`     // of what the copy shows
	Exported time.Time  `json:"exported"`
	Versions []Version  `json:"versions"` // newest first; the first one stands at the top of the copy
	Files    []File     `json:"files"`    // all but the manifest itself, by path
}

// Version is a version in a copy.
type Version struct {
	Version   int64     `json:"version"`
	SHA256    string    `json:"sha256"` // of the whole version, which a lower tier does not see whole
	Published time.Time `json:"published"`
	Folder    string    `json:"folder"` // "" at the top
}

// File is a file of a copy.
type File struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Verify checks a copy: that every file is there as its manifest says, that no
// other is, and that each version's JSON-LD is of this passport. size is that of the
// ZIP in bytes.
//
// Errors: Invalid, with what is wrong first; TooLarge.
func Verify(r io.ReaderAt, size int64) (Manifest, error) {
	var m Manifest
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return m, fault.Wrap(fault.Invalid, err, "this is no ZIP file", "Download the copy again.")
	}
	if len(archive.File) > maxFiles {
		return m, fault.Newf(fault.TooLarge, "the copy holds %d files", len(archive.File))
	}
	byName, err := entries(archive, size)
	if err != nil {
		return m, err
	}
	list, ok := byName["manifest.json"]
	if !ok {
		return m, broken("the copy has no manifest.json")
	}
	text, err := unpack(list, maxEntry)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, broken("manifest.json cannot be read")
	}
	if m.Format != Format || len(m.Versions) == 0 {
		return m, broken("manifest.json is not of the form %s", Format)
	}
	delete(byName, "manifest.json")
	for _, want := range m.Files {
		f, ok := byName[want.Path]
		if !ok {
			return m, broken("the file %q is missing", want.Path)
		}
		delete(byName, want.Path)
		data, err := unpack(f, want.Bytes)
		if err != nil {
			return m, err
		}
		if int64(len(data)) != want.Bytes || sheet.Hash(data) != want.SHA256 {
			return m, broken("the file %q was changed", want.Path)
		}
		if err := m.names(want.Path, data); err != nil {
			return m, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		return m, broken("the file %q is not in the manifest", name)
	}
	return m, nil
}

// names checks that a version's JSON-LD is the one that the manifest speaks of.
func (m Manifest) names(path string, data []byte) error {
	for _, v := range m.Versions {
		if path != v.Folder+sheet.JSONLD().File {
			continue
		}
		var head struct {
			ID      string `json:"@id"`
			Version int64  `json:"version"`
			SHA256  string `json:"sha256"`
		}
		if err := json.Unmarshal(data, &head); err != nil || head.ID != m.Passport || head.Version != v.Version || head.SHA256 != v.SHA256 {
			return broken("the file %q is of another passport or version", path)
		}
	}
	return nil
}

func broken(format string, args ...any) error {
	return fault.Newf(fault.Invalid, format, args...).WithHint("Ask for the copy again.")
}

// entries lists the files of a ZIP by name. Together they have no more packed bytes
// than the ZIP: entries that share their bytes would unpack to any size.
func entries(archive *zip.Reader, size int64) (map[string]*zip.File, error) {
	byName, packed := map[string]*zip.File{}, uint64(0)
	for _, f := range archive.File {
		if byName[f.Name] != nil {
			return nil, broken("the file %q stands twice in the copy", f.Name)
		}
		byName[f.Name] = f
		if packed += f.CompressedSize64; f.CompressedSize64 > uint64(size) || packed > uint64(size) {
			return nil, broken("the files have more bytes than the copy")
		}
	}
	return byName, nil
}

// unpack reads a file of at most so many bytes.
func unpack(f *zip.File, most int64) ([]byte, error) {
	if f.UncompressedSize64 > maxEntry {
		return nil, fault.Newf(fault.TooLarge, "the file %q has %d bytes unpacked", f.Name, f.UncompressedSize64)
	}
	r, err := f.Open()
	if err != nil {
		return nil, broken("the file %q cannot be read", f.Name)
	}
	// One byte more than expected, so that the end is seen and the checksum compared.
	data, err := io.ReadAll(io.LimitReader(r, max(0, min(most, maxEntry))+1))
	if err != nil || r.Close() != nil || len(data) > maxEntry {
		return nil, broken("the file %q is damaged", f.Name)
	}
	return data, nil
}

package demo

import (
	"embed"
	"io/fs"
	"strings"

	"tagline/internal/manifest"
)

//go:embed *.yaml contents/*.yaml images/*.svg passports
var files embed.FS

// Files gives the documents of the sample brand, its pictures and what belongs to
// its passports, by path.
func Files() ([]manifest.File, error) {
	var list []manifest.File
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".svg") && !strings.HasPrefix(name, "passports/") {
			return err
		}
		data, err := files.ReadFile(name)
		list = append(list, manifest.File{Name: name, Data: data})
		return err
	})
	return list, err
}

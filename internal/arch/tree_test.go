package arch_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "tagline"

// source is one Go file of the tree.
type source struct {
	path      string // from the root of the module, with slashes
	pkg       string // import path below the module
	test      bool
	generated bool
	lines     int
	code      int // lines that hold code, not only a comment or nothing
	text      []byte
	ast       *ast.File
	fset      *token.FileSet
}

// imports lists what the file imports of this module, below the module's path.
func (s source) imports() []string {
	var list []string
	for _, spec := range s.ast.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if rest, ok := strings.CutPrefix(p, module+"/"); ok {
			list = append(list, rest)
		}
	}
	return list
}

func (s source) at(pos token.Pos) string { return s.fset.Position(pos).String() }

// tree reads every Go file of the module.
func tree(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	fset := token.NewFileSet()
	var list []source
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch d.Name() {
			case ".git", "node_modules", "testdata", "bin", "dist":
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		f, err := parser.ParseFile(fset, rel, text, parser.ParseComments)
		if err != nil {
			return err
		}
		list = append(list, source{
			path: rel, pkg: path.Dir(rel), test: strings.HasSuffix(rel, "_test.go") || strings.HasSuffix(path.Dir(rel), "test"),
			generated: ast.IsGenerated(f), lines: bytes.Count(text, []byte("\n")), code: codeLines(text),
			text: text, ast: f, fset: fset,
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 20 {
		t.Fatalf("only %d files found below %s", len(list), root)
	}
	return list
}

// codeLines counts the lines on which a token of code stands.
func codeLines(text []byte) int {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, 0)
	lines := map[int]bool{}
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			return len(lines)
		}
		if tok == token.SEMICOLON && literal == "\n" {
			continue
		}
		for line := file.Line(pos); line <= file.Line(pos+token.Pos(max(len(literal), 1)-1)); line++ {
			lines[line] = true
		}
	}
}

// packages gathers the files of each package.
func packages(files []source) map[string][]source {
	m := map[string][]source{}
	for _, f := range files {
		m[f.pkg] = append(m[f.pkg], f)
	}
	return m
}

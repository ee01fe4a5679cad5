package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The limits of what is read.
const (
	MaxFileBytes  = 8 << 20 // of one file
	MaxTotalBytes = 16 << 20
	MaxFiles      = 2000
	MaxDocuments  = 5000
	MaxDepth      = 32
	MaxNodes      = 100_000 // of one document
)

// File is one file as it was handed in. Name is only used in positions.
type File struct {
	Name string
	Data []byte
}

// Document is one YAML document with a kind.
type Document struct {
	Kind string
	At   Position // of its first field
	file string
	root *yaml.Node // a mapping, checked
}

// IsManifest reports whether a file's name is one that Parse should be given.
func IsManifest(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

// Parse reads the documents of files, in order. It reads on after a problem, so
// that one run finds all; when there are problems the documents are for finding
// more of them, not for use.
func Parse(files ...File) ([]Document, Problems) {
	var docs []Document
	var problems Problems
	if len(files) > MaxFiles {
		problems.Add(nil, fmt.Sprintf("%d files are too many, at most %d are read", len(files), MaxFiles), "Split the folder.")
		return nil, problems
	}
	total := 0
	for _, f := range files {
		total += len(f.Data)
		if total > MaxTotalBytes {
			problems = append(problems, Problem{At: Position{File: f.Name},
				Message: fmt.Sprintf("the files are larger than %d MiB together", MaxTotalBytes>>20), Hint: "Apply them in parts."})
			break
		}
		found, wrong := parseFile(f)
		docs = append(docs, found...)
		problems = append(problems, wrong...)
		if len(docs) > MaxDocuments {
			problems = append(problems, Problem{At: docs[MaxDocuments].At,
				Message: fmt.Sprintf("more than %d documents", MaxDocuments), Hint: "Apply them in parts."})
			return docs[:MaxDocuments], problems.Sort()
		}
	}
	return docs, problems.Sort()
}

func parseFile(f File) ([]Document, Problems) {
	fail := func(line, column int, message, hint string) Problems {
		return Problems{{At: Position{File: f.Name, Line: line, Column: column}, Message: message, Hint: hint}}
	}
	if len(f.Data) > MaxFileBytes {
		return nil, fail(1, 1, fmt.Sprintf("the file has %d bytes, at most %d are read", len(f.Data), MaxFileBytes), "Split it into several files.")
	}
	if !utf8.Valid(f.Data) {
		at := 0
		for at < len(f.Data) {
			r, size := utf8.DecodeRune(f.Data[at:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			at += size
		}
		line, column := place(f.Data, at)
		return nil, fail(line, column, "the file is not UTF-8 here", "Save it as UTF-8.")
	}
	nodes, err := read(f.Data)
	var docs []Document
	var problems Problems
	for _, n := range nodes {
		doc, wrong := document(f.Name, n)
		problems = append(problems, wrong...)
		if doc != nil {
			docs = append(docs, *doc)
		}
	}
	if err != nil {
		message, line := reason(err)
		line, column := locate(f.Data, message, line)
		text, hint := explain(message)
		problems = append(problems, fail(line, column, text, hint)...)
	}
	return docs, problems
}

// read gives the documents of a file up to the first error of syntax.
func read(data []byte) (nodes []*yaml.Node, err error) {
	// The scanner is other people's code: a panic of it is a refusal, not our end.
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("the YAML reader gave up")
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var n yaml.Node
		if err := dec.Decode(&n); err == io.EOF {
			return nodes, nil
		} else if err != nil {
			return nodes, err
		}
		nodes = append(nodes, &n)
		if len(nodes) > MaxDocuments {
			return nodes, nil
		}
	}
}

var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s:(.*))$`)

// reason takes the line out of the reader's message.
func reason(err error) (message string, line int) {
	m := yamlError.FindStringSubmatch(err.Error())
	if m == nil {
		return err.Error(), 1
	}
	line = 1
	if m[1] != "" {
		fmt.Sscanf(m[1], "%d", &line)
	}
	return m[2], line
}

// maxSearched is the size up to which the place of a syntax error is searched.
const maxSearched = 256 << 10

// locate finds where an error of syntax shows first. The reader names a line that
// is often that of the context, so the shortest beginning of the file that gives
// the same error is searched; where that fails, the reader's line must do.
func locate(data []byte, message string, line int) (int, int) {
	if len(data) > maxSearched {
		return line, 1
	}
	same := func(n int) bool {
		_, err := read(data[:n])
		if err == nil {
			return false
		}
		m, _ := reason(err)
		return m == message
	}
	var ends []int // of lines
	for i, b := range data {
		if b == '\n' {
			ends = append(ends, i+1)
		}
	}
	ends = append(ends, len(data))
	low, high := 0, len(ends)-1
	if !same(ends[high]) {
		return line, 1
	}
	for low < high {
		mid := (low + high) / 2
		if same(ends[mid]) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	start := 0
	if low > 0 {
		start = ends[low-1]
	}
	var stops []int // after each character of the line
	for i := start; i < ends[low]; {
		_, size := utf8.DecodeRune(data[i:])
		i += size
		stops = append(stops, i)
	}
	if len(stops) == 0 || len(stops) > 2000 {
		return low + 1, 1
	}
	l, h := 0, len(stops)-1
	for l < h {
		mid := (l + h) / 2
		if same(stops[mid]) {
			h = mid
		} else {
			l = mid + 1
		}
	}
	return low + 1, l + 1
}

// place turns an offset in bytes into line and column.
func place(data []byte, offset int) (line, column int) {
	before := data[:offset]
	line = bytes.Count(before, []byte("\n")) + 1
	return line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

// explain puts the commonest errors of syntax into plain words.
func explain(message string) (text, hint string) {
	for _, known := range []struct{ in, text, hint string }{
		{"mapping values are not allowed", "a ':' does not fit here", "Indent with spaces in steps of two, and put text that holds ': ' into quotes."},
		{"found character that cannot start any token", "this character cannot begin a value", "Indent with spaces, not tabs, and put text that begins with @, %, ` or a tab into quotes."},
		{"found a tab character", "a tab stands where an indent should be", "Indent with spaces."},
		{"could not find expected ':'", "a field without ':'", "Write name: value."},
		{"did not find expected key", "the indent does not fit the lines above", "Fields of one level begin in the same column."},
		{"did not find expected '-' indicator", "the indent does not fit the list above", "Entries of one list begin in the same column, each with '- '."},
		{"found unexpected end of stream", "a quote is opened here and never closed", "Close it, or write a single quote inside '...' twice."},
		{"found unexpected document indicator", "a quote is opened here and never closed", "Close it before the next ---."},
		{"did not find expected ',' or", "a bracket is opened here and not closed rightly", "Separate entries by commas and close with ] or }."},
		{"unknown anchor", "aliases (*name) are not used in these files", "Write the value out."},
		{"control characters are not allowed", "a control character", "Remove it."},
	} {
		if strings.Contains(message, known.in) {
			return known.text, known.hint
		}
	}
	return message, "See yaml.org/spec/1.2.2 for the form, or compare with tagline export."
}

// document checks one document and reads its kind. A document without content
// gives nil and no problem.
func document(file string, n *yaml.Node) (*Document, Problems) {
	var problems Problems
	at := func(n *yaml.Node, message, hint string) {
		problems = append(problems, Problem{At: Position{File: file, Line: n.Line, Column: n.Column}, Message: message, Hint: hint})
	}
	if n.Kind == yaml.DocumentNode {
		if len(n.Content) == 0 {
			return nil, nil
		}
		n = n.Content[0]
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil, nil
	}
	if n.Kind != yaml.MappingNode {
		at(n, "a document is a set of fields, this is "+describe(n), "Begin with kind: Product, and one field a line.")
		return nil, problems
	}
	check(n, at)
	doc := &Document{At: Position{File: file, Line: n.Line, Column: n.Column}, file: file, root: n}
	kind := field(n, "kind")
	switch {
	case kind == nil:
		at(n, "the document does not say its kind", "Begin with kind: Brand, Model, Product or Content.")
		return nil, problems
	case kind.Kind != yaml.ScalarNode || kind.Tag != "!!str" || kind.Value == "":
		at(kind, "kind is a name, this is "+describe(kind), "Write kind: Product, for example.")
		return nil, problems
	}
	doc.Kind = kind.Value
	return doc, problems
}

// check walks a document and refuses what these files never hold.
func check(root *yaml.Node, at func(n *yaml.Node, message, hint string)) {
	nodes := 0
	var walk func(n *yaml.Node, depth int) bool
	walk = func(n *yaml.Node, depth int) bool {
		nodes++
		if nodes > MaxNodes {
			at(n, fmt.Sprintf("the document has more than %d values", MaxNodes), "Split it.")
			return false
		}
		if depth > MaxDepth {
			at(n, fmt.Sprintf("values are nested more than %d deep", MaxDepth), "Write it flatter.")
			return true
		}
		if n.Anchor != "" || n.Kind == yaml.AliasNode {
			at(n, "anchors (&name) and aliases (*name) are not used in these files", "Write the value out.")
			return true
		}
		if n.Style&yaml.TaggedStyle != 0 {
			at(n, "tags ("+clip(n.Tag)+") are not used in these files", "Write the value without it.")
			return true
		}
		switch n.Kind {
		case yaml.ScalarNode:
			if i := strings.IndexFunc(n.Value, isControl); i >= 0 {
				at(n, fmt.Sprintf("a control character (%U) in a text", []rune(n.Value[i:])[0]), "Remove it.")
			}
		case yaml.SequenceNode:
			for _, c := range n.Content {
				if !walk(c, depth+1) {
					return false
				}
			}
		case yaml.MappingNode:
			seen := make(map[string]*yaml.Node, len(n.Content)/2)
			for i := 0; i+1 < len(n.Content); i += 2 {
				k := n.Content[i]
				if k.Kind != yaml.ScalarNode {
					at(k, "a field's name is a word, this is "+describe(k), "")
					continue
				}
				if k.Tag == "!!merge" {
					at(k, "merging (<<) is not used in these files", "Write the fields out.")
					continue
				}
				if first := seen[k.Value]; first != nil {
					at(k, fmt.Sprintf("%q is given twice", clip(k.Value)), fmt.Sprintf("It stands first at line %d.", first.Line))
				} else {
					seen[k.Value] = k
				}
				if !walk(k, depth) || !walk(n.Content[i+1], depth+1) {
					return false
				}
			}
		}
		return true
	}
	walk(root, 0)
}

func isControl(r rune) bool {
	return r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0xfeff || r == 0xfffe || r == 0xffff
}

// field gives the value of a mapping's field, or nil.
func field(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name && n.Content[i].Kind == yaml.ScalarNode {
			return n.Content[i+1]
		}
	}
	return nil
}

// Locate gives the place of the value at a path, or of the nearest thing above it
// that stands in the document.
func (d Document) Locate(p Path) Position {
	n := d.root
	at := d.At
	for _, step := range p {
		next := follow(n, step)
		if next == nil {
			break
		}
		n = next
		at = Position{File: d.file, Line: n.Line, Column: n.Column}
	}
	return at
}

func follow(n *yaml.Node, step any) *yaml.Node {
	switch s := step.(type) {
	case string:
		if n.Kind == yaml.MappingNode {
			return field(n, s)
		}
	case int:
		if n.Kind == yaml.SequenceNode && s >= 0 && s < len(n.Content) {
			return n.Content[s]
		}
	}
	return nil
}

// Place fills in where the problems of a document's content stand.
func (d Document) Place(ps Problems) Problems {
	for i := range ps {
		if ps[i].At == (Position{}) {
			ps[i].At = d.Locate(ps[i].Path)
		}
	}
	return ps
}

// describe says what a value is.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a set of fields"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!bool":
		return "the yes-or-no value " + clip(n.Value)
	case "!!int", "!!float":
		return "the number " + clip(n.Value)
	case "!!timestamp":
		return "the time " + clip(n.Value)
	}
	return fmt.Sprintf("the text %q", clip(n.Value))
}

// clip keeps a value short enough for a message.
func clip(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

package arch_test

import (
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"tagline/internal/arch"
)

// place says where a package stands.
type place struct{ layer, row, column int }

func places() map[string]place {
	m := map[string]place{}
	for l, layer := range arch.Layers() {
		for r, row := range layer.Rows {
			for c, pkg := range row {
				m[pkg] = place{l, r, c}
			}
		}
	}
	return m
}

func TestEveryPackageHasItsPlace(t *testing.T) {
	at := places()
	for pkg := range packages(tree(t)) {
		if _, ok := at[pkg]; !ok && !slices.Contains(arch.Beside(), pkg) {
			t.Errorf("package %s has no place: put it into arch.Layers, where a newcomer would look for it", pkg)
		}
	}
}

func TestImportsOnlyGoDown(t *testing.T) {
	at := places()
	for _, f := range tree(t) {
		from, placed := at[f.pkg]
		for _, to := range f.imports() {
			if slices.Contains(arch.Beside(), to) && to != f.pkg {
				t.Errorf("%s imports %s, which stands beside the house", f.path, to)
				continue
			}
			if !placed || to == f.pkg {
				continue
			}
			// Tests of a package may use the rooms above that were built to test it.
			if f.test && strings.HasSuffix(to, "test") {
				continue
			}
			dest, ok := at[to]
			down := ok && (dest.layer < from.layer ||
				dest.layer == from.layer && dest.row == from.row && dest.column < from.column)
			if !down {
				t.Errorf("%s (layer %s) imports %s: imports go to lower layers, or left in the same row",
					f.path, arch.Layers()[from.layer].Name, to)
			}
		}
	}
}

func TestProtocolsUseTheStandardLibraryOnly(t *testing.T) {
	protocols := map[string]bool{}
	for _, row := range arch.Layers()[0].Rows {
		for _, pkg := range row {
			protocols[pkg] = true
		}
	}
	for _, f := range tree(t) {
		if !protocols[f.pkg] {
			continue
		}
		for _, spec := range f.ast.Imports {
			p, _ := strconv.Unquote(spec.Path.Value)
			if first, _, _ := strings.Cut(p, "/"); strings.Contains(first, ".") || p == "C" {
				t.Errorf("%s imports %s; a protocol package stands on the standard library alone", f.path, p)
			}
			if !f.test && slices.Contains([]string{"os", "net", "net/http", "database/sql"}, p) {
				t.Errorf("%s imports %s; a protocol package does no I/O", f.path, p)
			}
		}
	}
}

func TestTheLongestChainIsShort(t *testing.T) {
	uses := map[string]map[string]bool{}
	for _, f := range tree(t) {
		if f.test {
			continue
		}
		if uses[f.pkg] == nil {
			uses[f.pkg] = map[string]bool{}
		}
		for _, to := range f.imports() {
			uses[f.pkg][to] = true
		}
	}
	chains := map[string][]string{}
	var chain func(pkg string) []string
	chain = func(pkg string) []string {
		if c, ok := chains[pkg]; ok {
			return c
		}
		chains[pkg] = []string{pkg}
		var longest []string
		for to := range uses[pkg] {
			if c := chain(to); len(c) > len(longest) {
				longest = c
			}
		}
		chains[pkg] = append([]string{pkg}, longest...)
		return chains[pkg]
	}
	var longest []string
	for pkg := range uses {
		if c := chain(pkg); len(c) > len(longest) {
			longest = c
		}
	}
	t.Logf("longest chain, %d packages: %s", len(longest), strings.Join(longest, " -> "))
	if len(longest) > arch.LongestChain {
		t.Errorf("%d packages stand on one another, at most %d may: %s",
			len(longest), arch.LongestChain, strings.Join(longest, " -> "))
	}
}

func TestNamesSayWhatAPackageKnows(t *testing.T) {
	for pkg := range packages(tree(t)) {
		if slices.Contains(arch.ForbiddenNames(), path.Base(pkg)) {
			t.Errorf("package %s: the name says nothing about what it knows", pkg)
		}
	}
}

func TestSizes(t *testing.T) {
	for pkg, files := range packages(tree(t)) {
		total := 0
		for _, f := range files {
			if f.generated {
				continue
			}
			if !f.test {
				total += f.code
			}
			if f.lines > arch.MaxFileLines {
				t.Errorf("%s has %d lines, at most %d", f.path, f.lines, arch.MaxFileLines)
			}
		}
		if limit := packageLimit(pkg); total > limit {
			t.Errorf("package %s has %d lines of code without tests, at most %d: which two things does it know?", pkg, total, limit)
		}
	}
}

// packageLimit is the size a package may have. The exceptions are those whose
// parts make no sense alone, each with its reason.
func packageLimit(pkg string) int {
	exceptions := map[string]int{}
	if n, ok := exceptions[pkg]; ok {
		return n
	}
	return arch.MaxPackageLines
}

func TestEveryPackageExplainsItself(t *testing.T) {
	for pkg, files := range packages(tree(t)) {
		if !slices.ContainsFunc(files, func(f source) bool { return !f.test }) {
			continue
		}
		i := slices.IndexFunc(files, func(f source) bool { return path.Base(f.path) == "doc.go" })
		if i < 0 {
			t.Errorf("package %s has no doc.go: what does it know, what does it not, which invariants, which source?", pkg)
			continue
		}
		if doc := files[i].ast.Doc.Text(); len(doc) < 200 {
			t.Errorf("%s says only %q", files[i].path, doc)
		}
	}
}

func TestTheTableNamesRealPackages(t *testing.T) {
	var missing []string
	have := packages(tree(t))
	for pkg := range places() {
		if _, ok := have[pkg]; !ok {
			missing = append(missing, pkg)
		}
	}
	sort.Strings(missing)
	if len(missing) > 0 {
		t.Errorf("arch.Layers names packages that do not exist: %s", strings.Join(missing, ", "))
	}
}

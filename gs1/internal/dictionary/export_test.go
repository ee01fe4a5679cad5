package dictionary

import (
	"fmt"
	"reflect"
)

// Lint runs a linter of the dictionary, or the check of a character set, by its
// name. It gives the code and the place of the flaw, or an empty code.
func Lint(name, s string) (code string, at, n int) {
	var f *Flaw
	if set, ok := map[string]byte{"csetnumeric": 'N', "cset82": 'X', "cset39": 'Y', "cset64": 'Z'}[name]; ok {
		f = characters(s, set)
	} else {
		f = linterNamed(name).check(s)
	}
	if f == nil {
		return "", 0, 0
	}
	return f.Code, f.At, f.N
}

// HasLinter reports whether Lint knows a name.
func HasLinter(name string) bool {
	return linterNamed(name) != lintNone || len(name) > 4 && name[:4] == "cset"
}

// InSet reports whether a byte is in a set, by its name.
func InSet(name string, c byte) bool {
	return Is(c, map[string]uint8{"digits": Digits, "cset82": Set82, "cset39": Set39, "cset64": Set64, "uri": InURI, "unreserved": Unreserved, "notHost": NotHost}[name])
}

// LinterNames lists what Lint knows.
func LinterNames() []string {
	names := []string{"csetnumeric", "cset82", "cset39", "cset64"}
	return append(names, linterNames[1:]...)
}

// Difference tells in what two dictionaries differ, or nothing.
func Difference(a, b *Table) string {
	if len(a.entries) != len(b.entries) || a.Release != b.Release || a.lengths != b.lengths || a.starts != b.starts {
		return fmt.Sprintf("%d AIs of %s and %d of %s", len(a.entries), a.Release, len(b.entries), b.Release)
	}
	for i := range a.entries {
		if !reflect.DeepEqual(a.entries[i], b.entries[i]) {
			return fmt.Sprintf("%+v is not %+v", a.entries[i], b.entries[i])
		}
	}
	return ""
}

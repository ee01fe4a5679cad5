package manifest

import (
	"regexp"
	"strconv"
	"strings"
)

var slugForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

// Slug notes a key that is not of small letters, digits and dashes.
func (ps *Problems) Slug(at Path, s string) {
	if !slugForm.MatchString(s) {
		ps.Add(at, "a name of 1 to 63 small letters, digits and dashes is needed here", "Write smart-bottle, for example.")
	}
}

// Line notes what is not a text of one line with at most so many characters.
func (ps *Problems) Line(at Path, s string, most int) {
	switch n := len([]rune(s)); {
	case strings.TrimSpace(s) == "":
		ps.Add(at, "the text is empty", "Write it, or leave the field out where that is allowed.")
	case n > most:
		ps.Add(at, "the text has "+strconv.Itoa(n)+" characters, at most "+strconv.Itoa(most)+" are kept", "Shorten it.")
	case strings.ContainsAny(s, "\n\t"):
		ps.Add(at, "the text is one line", "Take the line breaks out.")
	}
}

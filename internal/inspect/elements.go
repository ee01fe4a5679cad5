package inspect

import (
	"errors"
	"strings"

	"tagline/gs1"
)

// explainElements reads an element string, bracketed or with FNC1.
func explainElements(r Report) Report {
	begin := 0
	text := r.Input
	if len(text) > 3 && digitsOnly(text[:4]) {
		// As a scanner delivers it that sends no symbology identifier.
		begin, text = 1, "\x1d"+text
		if _, err := gs1.ParseElements(text); err != nil && strings.IndexByte(r.Input, 0x1D) < 0 {
			begin, text = 0, r.Input
		}
	}
	if begin == 0 && !strings.ContainsAny(text, "(^\x1d") {
		return r.refuse("unknown_form", 0, "this is no URL, no element string and no trade item number",
			"An element string begins with an application identifier in brackets, (01)…, or with ^ for FNC1.")
	}
	r.Kind = ElementString
	elements, err := gs1.ParseElements(text)
	if err != nil {
		r.Error = problemOf(err)
		r.Error.Position = max(r.Error.Position-begin, -1)
		r.Says = "Meant as a GS1 element string, but not valid: " + r.Error.Message + "."
		return r
	}
	r.hold(elements)
	return r
}

// hold takes up the elements of a valid element string.
func (r *Report) hold(elements []gs1.Element) {
	r.Kind, r.Valid = ElementString, true
	r.Elements = elementsOf("", elements...)
	r.Says = "A GS1 element string"
	if link, err := gs1.NewLink(elements); err == nil {
		r.Canonical = link.Canonical()
		r.Says += " for " + subject(link)
	}
	r.Says += "."
}

// title is the short text of an application identifier.
func title(ai string) string {
	if a, ok := gs1.Lookup(ai); ok {
		return a.Title
	}
	return ""
}

// parseLink reads a whole URI, or a path as a web server receives it.
func parseLink(input string) (gs1.Link, error) {
	if strings.HasPrefix(input, "/") {
		path, query, _ := strings.Cut(input, "?")
		return gs1.ParseLinkPath(path, query)
	}
	return gs1.ParseLink(input)
}

// problemOf turns an error of gs1 into a problem.
func problemOf(err error) *Problem {
	var e *gs1.Error
	if !errors.As(err, &e) {
		return &Problem{Code: "invalid", Message: err.Error(), Position: -1}
	}
	return &Problem{Code: strings.ToLower(e.Code), Message: strings.TrimSuffix(e.Message, "."), AI: e.AI, Position: e.Position, Fix: fix(e)}
}

// fix is the way out of a GS1 error, as far as it can be told.
func fix(e *gs1.Error) string {
	if e.Markup == "" {
		return ""
	}
	text := "The faulty part stands between bars: " + e.Markup
	if e.Code != "INCORRECT_CHECK_DIGIT" {
		return text
	}
	// What stands before the bar is the AI in brackets and the digits of the key; the
	// zero that a GRAI begins with changes nothing.
	_, value, _ := strings.Cut(e.Markup, ")")
	digits, _, _ := strings.Cut(value, "|")
	if digit, err := gs1.CheckDigit(digits); err == nil {
		text += ". With the digits before it, the check digit is " + string(digit)
	}
	return text
}

// noKey is gs1's code for a URI without a GS1 key in its path.
const noKey = "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO"

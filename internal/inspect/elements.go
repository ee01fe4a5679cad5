package inspect

import (
	"errors"
	"strings"

	"tagline/gs1"
)

// explainElements reads an element string, bracketed or with FNC1.
func explainElements(r Report) Report {
	if !strings.ContainsAny(r.Input, "(^\x1d") && !strings.HasPrefix(r.Input, "]") {
		return r.refuse("unknown_form", 0, "this is no URL, no element string and no trade item number",
			"An element string begins with an application identifier in brackets, (01)…, or with ^ for FNC1.")
	}
	r.Kind = ElementString
	elements, err := gs1.ParseElements(r.Input)
	if err != nil {
		r.Error = problemOf(err)
		r.Says = "Meant as a GS1 element string, but not valid: " + r.Error.Message + "."
		return r
	}
	r.Valid = true
	for _, e := range elements {
		r.Elements = append(r.Elements, Element{AI: e.AI, Title: title(e.AI), Value: e.Value})
	}
	r.Says = "A GS1 element string"
	if link, err := gs1.NewLink(elements); err == nil {
		r.Canonical = link.Canonical()
		r.Says += " for " + subject(link)
	}
	r.Says += "."
	return r
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
	if e.Markup != "" {
		return "The faulty part stands between bars: " + e.Markup
	}
	return ""
}

// noKey is gs1's code for a URI without a GS1 key in its path.
const noKey = "NO_GS1_DL_KEYS_FOUND_IN_PATH_INFO"

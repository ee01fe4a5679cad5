package epcisapi

import (
	"net/http"
	"strings"

	"tagline/epcis"
	"tagline/internal/trace/answer"
)

func spellingOf(h http.Header) (answer.Spelling, error) {
	s, err := answer.SpellingOf(h)
	if err != nil {
		err = problem{status: http.StatusNotAcceptable, name: "NotAcceptableException", detail: err.Error()}
	}
	return s, err
}

// extensions reads GS1-Extensions: prefix=namespace, separated by commas.
func extensions(h http.Header) (*epcis.Context, error) {
	c := &epcis.Context{}
	for part := range strings.SplitSeq(strings.Join(h.Values("GS1-Extensions"), ","), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		prefix, space, ok := strings.Cut(part, "=")
		prefix, space = strings.TrimSpace(prefix), strings.Trim(strings.TrimSpace(space), `"`)
		if !ok || prefix == "" || !epcis.IsURI(space) {
			return nil, problem{status: http.StatusBadRequest, name: "ValidationException", detail: "GS1-Extensions is a list of prefix=namespace"}
		}
		c.Bindings = append(c.Bindings, epcis.Binding{Prefix: prefix, Space: space})
	}
	return c, nil
}

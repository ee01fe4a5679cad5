package epcisapi

import (
	"net/http"
	"strconv"
	"strings"

	"tagline/epcis"
	"tagline/internal/trace/answer"
)

// media is what a client accepts.
type media struct {
	xml  bool // XML rather than JSON
	ld   bool // application/ld+json
	none bool // nothing that there is
}

// accepted reads Accept headers (RFC 9110, 12.5.1). JSON is preferred among equals.
func accepted(headers []string) media {
	if len(headers) == 0 || strings.TrimSpace(strings.Join(headers, "")) == "" {
		return media{}
	}
	best := map[string]float64{}
	rank := map[string]int{}
	for _, part := range strings.Split(strings.Join(headers, ","), ",") {
		name, parameters, _ := strings.Cut(part, ";")
		q := 1.0
		for p := range strings.SplitSeq(parameters, ";") {
			if text, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(p)), "q="); ok {
				if v, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil && v >= 0 && v <= 1 {
					q = v
				}
			}
		}
		name = strings.ToLower(strings.TrimSpace(name))
		set := func(to string, specific int) {
			if specific >= rank[to] {
				best[to], rank[to] = q, specific
			}
		}
		switch name {
		case "application/json":
			set("json", 3)
		case "application/ld+json":
			set("ld", 3)
		case "application/xml", "text/xml":
			set("xml", 3)
		case "application/*":
			set("json", 2)
			set("ld", 2)
			set("xml", 2)
		case "text/*":
			set("xml", 2)
		case "*/*":
			set("json", 1)
			set("ld", 1)
			set("xml", 1)
		}
	}
	json, ld, xml := best["json"], best["ld"], best["xml"]
	switch {
	case json == 0 && ld == 0 && xml == 0:
		return media{none: true}
	case json >= ld && json >= xml:
		return media{}
	case ld >= xml:
		return media{ld: true}
	}
	return media{xml: true}
}

// atLeast compares releases such as 2.0 and 2.0.0; what is none is never at least.
func atLeast(a, b string) bool {
	x, okX := release(a)
	y, okY := release(b)
	if !okX || !okY {
		return false
	}
	for i := range x {
		if x[i] != y[i] {
			return x[i] > y[i]
		}
	}
	return true
}

func release(s string) (out [3]int, ok bool) {
	parts := strings.Split(strings.TrimSpace(s), ".")
	if len(parts) > 3 {
		return out, false
	}
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 {
			return out, false
		}
		out[i] = n
	}
	return out, true
}

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

package accept

import (
	"strconv"
	"strings"
)

// Media is what a client wants.
type Media struct {
	XML  bool // XML rather than JSON
	LD   bool // application/ld+json
	None bool // nothing that there is
}

// Of reads Accept headers (RFC 9110, 12.5.1). JSON is preferred among equals.
func Of(headers []string) Media {
	if len(headers) == 0 || strings.TrimSpace(strings.Join(headers, "")) == "" {
		return Media{}
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
		return Media{None: true}
	case json >= ld && json >= xml:
		return Media{}
	case ld >= xml:
		return Media{LD: true}
	}
	return Media{XML: true}
}

// AtLeast compares releases such as 2.0 and 2.0.0; what is none is never at least.
func AtLeast(a, b string) bool {
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

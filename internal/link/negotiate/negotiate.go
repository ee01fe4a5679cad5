package negotiate

import (
	"slices"
	"strings"
)

// MaxRanges is the most ranges that are read of one header.
const MaxRanges = 100

// The grades that are no wish: all of a kind are equal, and every wish that is
// met has a higher one.
const (
	Excluded = -1 // asked not to be sent
	Unwanted = 0  // not among the wishes
	Neutral  = 1  // it has no such attribute, or nothing was wished
)

// weighted is one range of a header. The weight is in thousandths.
type weighted struct {
	text   string
	weight int
}

// each reads the ranges of a header in their order.
func each(header string, visit func(text string, weight int)) {
	for n := 0; header != "" && n < MaxRanges; n++ {
		var part string
		part, header, _ = strings.Cut(header, ",")
		text, params, _ := strings.Cut(part, ";")
		if text = strings.Trim(text, " \t"); text == "" {
			continue
		}
		if w, ok := weight(params); ok {
			visit(text, w)
		}
	}
}

// weight finds q among the parameters: 1000 when there is none, false when it
// cannot be read.
func weight(params string) (int, bool) {
	for params != "" {
		var p string
		p, params, _ = strings.Cut(params, ";")
		name, value, _ := strings.Cut(strings.Trim(p, " \t"), "=")
		if !strings.EqualFold(strings.Trim(name, " \t"), "q") {
			continue
		}
		return thousandths(strings.Trim(value, " \t"))
	}
	return 1000, true
}

// thousandths reads "0.8", "1", "1.000"; more digits than three are cut off.
func thousandths(s string) (int, bool) {
	whole, rest, dot := strings.Cut(s, ".")
	if whole != "0" && whole != "1" && !(whole == "" && rest != "") || dot && len(rest) > 20 {
		return 0, false
	}
	n := 0
	for i := range 3 {
		n *= 10
		if i < len(rest) {
			n += int(rest[i]) - '0'
		}
	}
	for i := range len(rest) {
		if rest[i] < '0' || rest[i] > '9' {
			return 0, false
		}
	}
	if whole == "1" {
		return 1000, n == 0
	}
	return n, true
}

// Languages are the wishes of an Accept-Language header, the best first. The zero
// value wishes nothing.
type Languages struct {
	wishes []weighted // by weight, then by place
	given  bool
}

// ParseLanguages reads an Accept-Language header.
func ParseLanguages(header string) Languages {
	var l Languages
	each(header, func(text string, weight int) {
		if !isTag(text) {
			return
		}
		if l.wishes == nil {
			l.wishes = make([]weighted, 0, 8)
		}
		l.given = l.given || weight > 0
		l.wishes = append(l.wishes, weighted{text, weight})
	})
	if !slices.IsSortedFunc(l.wishes, lighter) {
		slices.SortStableFunc(l.wishes, lighter)
	}
	return l
}

func lighter(a, b weighted) int { return b.weight - a.weight }

// Given reports whether any language was wished for.
func (l Languages) Given() bool { return l.given }

func isTag(s string) bool {
	if s == "*" {
		return true
	}
	if len(s) > 35 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s[0] != '-'
}

// How a language meets a wish, the best last.
const (
	byRegion = 1 + iota // de was wished, de-AT is there
	byStar
	byParent // de-AT was wished, de is there: lookup
	exactly
	steps
)

// Grade says how well something in these languages meets the wishes. What has no
// language is Neutral, as is everything when nothing was wished.
func (l Languages) Grade(tags []string) int {
	if len(tags) == 0 {
		if l.given {
			return Neutral
		}
		return Neutral + 1 // nothing was wished: rather what is for everybody
	}
	if len(l.wishes) == 0 {
		return Neutral
	}
	best := Excluded - 1
	for _, tag := range tags {
		best = max(best, l.grade(tag))
	}
	return best
}

// grade grades one language. A wish that names it more closely decides over a star:
// "fr;q=0, *" is everything but French.
func (l Languages) grade(tag string) int {
	star, region := -1, -1
	for i, w := range l.wishes {
		how := 0
		switch {
		case w.text == "*":
			if star < 0 {
				star = i
			}
			continue
		case strings.EqualFold(w.text, tag):
			how = exactly
		case under(w.text, tag):
			how = byParent
		case under(tag, w.text):
			if region < 0 && w.weight > 0 {
				region = i
			}
			if w.weight > 0 {
				continue
			}
			how = exactly // "de;q=0" excludes de-AT too
		default:
			continue
		}
		if w.weight == 0 {
			if how == byParent {
				continue // "de-AT;q=0" says nothing about de
			}
			return Excluded
		}
		return l.rank(i, how)
	}
	switch {
	case region >= 0:
		return byRegion + Neutral
	case star >= 0 && l.wishes[star].weight == 0:
		return Excluded
	case star >= 0:
		return l.rank(star, byStar)
	case !l.given:
		return Neutral
	}
	return Unwanted
}

func (l Languages) rank(i, how int) int { return Neutral + byRegion + (len(l.wishes)-i)*steps + how }

// under reports whether a tag is a narrower form of another: de-AT under de.
func under(tag, parent string) bool {
	return len(tag) > len(parent) && tag[len(parent)] == '-' && strings.EqualFold(tag[:len(parent)], parent)
}

// Media are the wishes of an Accept header. The zero value wishes nothing.
type Media struct {
	ranges []weighted // "text/html", "text/*" or "*/*"
}

// ParseMedia reads an Accept header.
func ParseMedia(header string) Media {
	var m Media
	if header == "*/*" {
		return m // the commonest wish of programs: anything
	}
	each(header, func(text string, weight int) {
		if at := strings.IndexByte(text, ' '); at >= 0 {
			text = text[:at] + "+" + text[at+1:]
		}
		main, sub, _ := strings.Cut(text, "/")
		if text == "*" {
			main, sub, text = "*", "*", "*/*" // some programs write it so
		}
		if !isToken(main) || !isToken(sub) || main == "*" && sub != "*" {
			return
		}
		if m.ranges == nil {
			m.ranges = make([]weighted, 0, 8)
		}
		m.ranges = append(m.ranges, weighted{text, weight})
	})
	return m
}

func isToken(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '+', c == '.', c == '*':
		case c <= ' ' || c >= 0x7f || strings.IndexByte("\"(),/:;<=>?@[\\]{}", c) >= 0:
			return false
		}
	}
	return s != ""
}

// Quality gives the weight in thousandths that the header gives to a media type,
// and how closely it names it: 3 by its name, 2 by its family, 1 by */*, 0 not at
// all. Without any wish everything has 1000 and 1.
func (m Media) Quality(mediaType string) (weight, precision int) {
	if len(m.ranges) == 0 {
		return 1000, 1
	}
	for _, r := range m.ranges {
		p := 0
		switch {
		case r.text == "*/*":
			p = 1
		case strings.EqualFold(r.text, mediaType):
			p = 3
		case strings.HasSuffix(r.text, "/*") && len(mediaType) >= len(r.text) && strings.EqualFold(mediaType[:len(r.text)-1], r.text[:len(r.text)-1]):
			p = 2
		}
		if p > precision {
			weight, precision = r.weight, p
		}
	}
	return weight, precision
}

// Grade says how well a media type meets the wishes; "" is the grade of what has
// no known type.
func (m Media) Grade(mediaType string) int {
	if len(m.ranges) == 0 {
		return Neutral
	}
	w, p := m.Quality(mediaType)
	switch {
	case p == 0 && mediaType == "":
		return Neutral
	case p == 0:
		return Unwanted
	case w == 0 && mediaType == "":
		return Unwanted // nothing else is wanted, and this may be what is
	case w == 0:
		return Excluded
	}
	return Neutral + w*4 + p
}

// Prefers reports whether the header asks for a media type by its name, and for
// none of the others more.
func (m Media) Prefers(mediaType string, others ...string) bool {
	w, p := m.Quality(mediaType)
	if p < 3 || w == 0 {
		return false
	}
	for _, o := range others {
		if other, _ := m.Quality(o); other > w {
			return false
		}
	}
	return true
}

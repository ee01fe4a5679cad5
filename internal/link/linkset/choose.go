package linkset

import (
	"strings"

	"tagline/gs1"
	"tagline/internal/link/negotiate"
)

// Ask is what a request says besides its path.
type Ask struct {
	LinkType       string // the parameter, in any spelling; "" for none
	Context        string // the parameter; "" for none
	Accept         string // the header
	AcceptLanguage string // the header
	Market         string // where the reader is, ISO 3166-1 alpha-2; "" is not known
}

// Asked reads the parameters linkType (also linktype) and context of a link.
func Asked(l gs1.Link) (linkType, context string) {
	linkType, ok := l.Other("linkType")
	if !ok {
		linkType, _ = l.Other("linktype")
	}
	context, _ = l.Other("context")
	return linkType, context
}

// AsksLinkset reports whether a linkType asks for all links instead of one.
func AsksLinkset(linkType string) bool { return linkType == "linkset" || linkType == "all" }

// Outcome is the kind of an answer.
type Outcome int

// The outcomes.
const (
	Nothing    Outcome = iota // nothing is known of the key: 404
	NoSuchType                // there are links, but none of the type: 404
	One                       // 307
	Several                   // equal links of the type: 300
	HandedOver                // another resolver knows: 307 to it
)

// Served is a link as the answer to a request.
type Served struct {
	*Link
	levels *Levels
	level  *level
}

// Target is the address to send the reader to, with the raw query of the request.
func (s Served) Target(query string) string { return Target(s.Link, s.level.values, query) }

// Text is the title with its places filled.
func (s Served) Text() string { return fill(s.Title, s.level.values, false) }

// Anchor is the path of the level at which the link stands, without places.
func (s Served) Anchor() string { return s.levels.path(s.level) }

// Choice is the answer to a request.
type Choice struct {
	Outcome Outcome
	One     Served   // for One
	Several []Served // for Several, in the order of the entry
	Recall  bool     // a recall is in force for what was asked
	Default bool     // nothing, or the default, was asked
	Root    string   // for HandedOver: the other resolver

	levels *Levels
	at     *level // where the answer stands
}

// HandOver is the address at the other resolver: its root, the whole link without
// compression, and the parameters that are not GS1's.
func (c Choice) HandOver() string {
	return Merge(c.levels.link.URI(c.Root), strings.Join(c.levels.link.Others(), "&"))
}

// Choose finds the answer to a request. It is pure.
func (f *Levels) Choose(a Ask) Choice {
	c := Choice{levels: f, Recall: f.Recalled()}
	wanted := ""
	if a.LinkType != "" {
		t, err := ParseType(a.LinkType)
		if err != nil {
			t = a.LinkType // there is no such type, and so no link of it
		}
		wanted = t
	}
	switch {
	case len(f.list) == 0:
	case wanted == "" || wanted == DefaultLink:
		c.Default = true
		f.chooseDefault(&c, a, wanted == "")
	case c.Recall && Promotes(wanted):
		c.one(f, &f.list[f.recall], f.list[f.recall].recalled)
	default:
		f.chooseType(&c, a, wanted)
	}
	return c
}

func (c *Choice) one(f *Levels, v *level, l *Link) {
	c.Outcome, c.One, c.at = One, Served{l, f, v}, v
}

func (c *Choice) handOver(v *level) { c.Outcome, c.Root, c.at = HandedOver, v.record.HandledBy, v }

func (f *Levels) chooseDefault(c *Choice, a Ask, negotiable bool) {
	for i := range f.list {
		if c.Recall && i < f.recall {
			continue // a recall goes before other resolvers as well
		}
		v := &f.list[i]
		switch {
		case v.byLevel != nil:
			best := v.byLevel
			if negotiable && v.multi {
				best = v.better(a)
			}
			c.one(f, v, best)
			return
		case v.record.HandledBy != "":
			c.handOver(v)
			return
		}
	}
}

func (f *Levels) chooseType(c *Choice, a Ask, wanted string) {
	c.Outcome = NoSuchType
	for i := range f.list {
		v := &f.list[i]
		best, equals := v.best(a, wanted)
		switch {
		case equals == 1:
			c.one(f, v, best)
			return
		case equals > 1:
			c.Outcome, c.at = Several, v
			c.Several = f.equals(v, a, wanted)
			return
		case v.record.HandledBy != "":
			c.handOver(v)
			return
		}
	}
}

// grade says how well a link fits a request: context, market, language and media
// type, in the order of their weight.
type grade [4]int

func (g grade) less(o grade) bool {
	for i := range g {
		if g[i] != o[i] {
			return g[i] < o[i]
		}
	}
	return false
}

// wishes are the headers of a request, read once.
type wishes struct {
	Ask
	languages negotiate.Languages
	media     negotiate.Media
}

func read(a Ask) wishes {
	return wishes{a, negotiate.ParseLanguages(a.AcceptLanguage), negotiate.ParseMedia(a.Accept)}
}

func (w *wishes) grade(l *Link) grade {
	return grade{w.context(l), w.market(l), w.languages.Grade(l.Hreflang), w.media.Grade(l.MediaType)}
}

// told is grade by what the request says alone: where it says nothing, all links are
// alike, and the default stays.
func (w *wishes) told(l *Link) grade {
	g := w.grade(l)
	if w.Context == "" {
		g[0] = 0
	}
	if w.Market == "" {
		g[1] = 0
	}
	if !w.languages.Given() {
		g[2] = 0
	}
	return g
}

// context prefers links that list the context that was asked for, in context or
// markets; then those without; and without being asked, those without first.
func (w *wishes) context(l *Link) int {
	switch {
	case w.Context == "" && len(l.Context) == 0:
		return 2
	case w.Context == "":
		return 1
	case containsFold(l.Context, w.Context), containsFold(l.Markets, w.Context):
		return 2
	case len(l.Context) == 0:
		return 1
	}
	return 0
}

func (w *wishes) market(l *Link) int {
	switch {
	case len(l.Markets) == 0 && w.Market == "":
		return 2
	case len(l.Markets) == 0:
		return 1
	case containsFold(l.Markets, w.Market):
		return 2
	case w.Market == "":
		return 1
	}
	return 0
}

func containsFold(list []string, s string) bool {
	for _, have := range list {
		if strings.EqualFold(have, s) {
			return true
		}
	}
	return false
}

// candidate reports whether a link is of the type that was asked for.
func (v *level) candidate(l *Link, wanted string) bool {
	return l.LinkType == wanted || wanted == DefaultLinkMulti && v.inMulti(l)
}

// best finds the best link of a type, and how many are as good.
func (v *level) best(a Ask, wanted string) (best *Link, equals int) {
	for _, l := range v.links { // most types have one link: then nothing is to be read
		if v.candidate(l, wanted) {
			best = l
			equals++
		}
	}
	if equals < 2 {
		return best, equals
	}
	w := read(a)
	var top grade
	best, equals = nil, 0
	for _, l := range v.links {
		if !v.candidate(l, wanted) {
			continue
		}
		switch g := w.grade(l); {
		case best == nil || top.less(g):
			best, top, equals = l, g, 1
		case g == top:
			equals++
		}
	}
	return best, equals
}

// equals lists the links of a type that fit a request best.
func (f *Levels) equals(v *level, a Ask, wanted string) []Served {
	w := read(a)
	best, _ := v.best(a, wanted)
	top := w.grade(best)
	var all []Served
	for _, l := range v.links {
		if v.candidate(l, wanted) && w.grade(l) == top {
			all = append(all, Served{l, f, v})
		}
	}
	return all
}

// better finds the one of the defaults that fits a request better than the default
// itself. When several do, or none, the default it is.
func (v *level) better(a Ask) *Link {
	w := read(a)
	best, top, equals := v.byLevel, w.told(v.byLevel), 0
	for _, l := range v.links {
		if l == v.byLevel || !v.inMulti(l) {
			continue
		}
		switch g := w.told(l); {
		case top.less(g):
			best, top, equals = l, g, 1
		case g == top && best != v.byLevel:
			equals++
		}
	}
	if equals > 1 {
		return v.byLevel
	}
	return best
}

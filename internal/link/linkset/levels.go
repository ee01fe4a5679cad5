package linkset

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tagline/gs1"
	"tagline/internal/link/anchor"
	"tagline/internal/rule"
)

// Set is all that may answer for one key: its entries, and the prefix entries that
// cover it. It is shared: it never changes, and its links are to be read only.
type Set struct {
	entries  []*compiled // the narrowest first
	prefixes []*compiled // the longest first
}

// compiled is an entry made ready to answer.
type compiled struct {
	record Record
	anchor anchor.Anchor
	level  string // identifiers, without values
	exact  int    // qualifiers that are no templates
	links  []*Link
	always bool // every link counts at any time
}

// Compile makes the set of a key from the records stored under Prefixes of it.
// Records with an anchor that cannot be read are left out.
func Compile(records []Record) *Set {
	s := &Set{}
	for _, r := range records {
		a, err := anchor.Parse(r.Anchor)
		if err != nil {
			continue
		}
		c := &compiled{record: r, anchor: a, level: a.Level(), always: true}
		for i := range c.record.Links {
			l := &c.record.Links[i]
			c.links = append(c.links, l)
			c.always = c.always && l.Always()
		}
		for _, q := range a.Qualifiers {
			if !anchor.IsTemplate(q.Value) {
				c.exact++
			}
		}
		if a.Prefix {
			s.prefixes = append(s.prefixes, c)
		} else {
			s.entries = append(s.entries, c)
		}
	}
	slices.SortFunc(s.entries, narrower)
	slices.SortFunc(s.prefixes, func(a, b *compiled) int {
		company := func(c *compiled) int { return map[bool]int{true: 1}[c.anchor.Key.AI == anchor.Company] }
		return cmp.Or(cmp.Compare(len(b.anchor.Key.Value), len(a.anchor.Key.Value)), cmp.Compare(company(a), company(b)), cmp.Compare(a.record.Anchor, b.record.Anchor))
	})
	return s
}

// narrower orders entries: more qualifiers first, then by the innermost one, so
// that a serial stands before a lot. Entries of one level stand together, the more
// exact first; on a tie the one that is exact further inside.
func narrower(a, b *compiled) int {
	x, y := a.anchor.Qualifiers, b.anchor.Qualifiers
	if c := cmp.Compare(len(y), len(x)); c != 0 {
		return c
	}
	for i := len(x) - 1; i >= 0; i-- {
		if c := cmp.Or(cmp.Compare(anchor.Rank(y[i].AI), anchor.Rank(x[i].AI)), cmp.Compare(x[i].AI, y[i].AI)); c != 0 {
			return c
		}
	}
	if c := cmp.Compare(b.exact, a.exact); c != 0 {
		return c
	}
	for i := len(x) - 1; i >= 0; i-- {
		if anchor.IsTemplate(x[i].Value) != anchor.IsTemplate(y[i].Value) {
			if anchor.IsTemplate(x[i].Value) {
				return 1
			}
			return -1
		}
	}
	return cmp.Compare(a.record.Anchor, b.record.Anchor)
}

// Empty reports whether nothing at all stands at the key.
func (s *Set) Empty() bool { return s == nil || len(s.entries)+len(s.prefixes) == 0 }

// HasKey reports whether an entry stands at the key itself, without qualifiers.
func (s *Set) HasKey() bool {
	return s != nil && len(s.entries) > 0 && len(s.entries[len(s.entries)-1].anchor.Qualifiers) == 0
}

// Records lists the entries of the key, the narrowest first, then the prefixes.
func (s *Set) Records() []Record {
	var all []Record
	for _, c := range slices.Concat(s.entries, s.prefixes) {
		all = append(all, c.record)
	}
	return all
}

// Levels are the entries that count for one request, the narrowest first, with
// the links that count now.
type Levels struct {
	link   gs1.Link
	list   []level
	recall int // the level whose recall is in force, or -1
}

// level is an entry for one request.
type level struct {
	*compiled
	values   []Value
	links    []*Link // in force
	byLevel  *Link   // the default of this level, in force; nil for none
	multi    bool    // links with Multi may be chosen
	recalled *Link   // the recall in force that was found here
}

// Levels finds what counts for a link, at a time and for what is known of the item
// and the reader; facts may be nil.
func (s *Set) Levels(l gs1.Link, now time.Time, facts rule.Facts) *Levels {
	found := &Levels{link: l, recall: -1}
	if s == nil {
		return found
	}
	if facts == nil {
		facts = &Situation{}
	}
	last := ""
	for _, c := range s.entries {
		if c.level == last || !c.covers(l) {
			continue
		}
		last = c.level
		found.add(c, c.values(l), now, facts)
	}
	if len(found.list) == 0 {
		for _, c := range s.prefixes {
			if values, ok := c.cut(l.Key()); ok {
				found.add(c, values, now, facts)
				break
			}
		}
	}
	found.applyRecall()
	return found
}

func (f *Levels) add(c *compiled, values []Value, now time.Time, facts rule.Facts) {
	if f.list == nil {
		f.list = make([]level, 0, 4)
	}
	v := level{compiled: c, values: values, links: c.links}
	if !c.always {
		v.links = make([]*Link, 0, len(c.links))
		for _, l := range c.links {
			if l.Always() || l.holds(now, facts) {
				v.links = append(v.links, l)
			}
		}
	}
	v.settle()
	f.list = append(f.list, v)
}

// holds reports whether a link counts.
func (l *Link) holds(now time.Time, facts rule.Facts) bool {
	return l.IsPublic() && (l.From.IsZero() || !now.Before(l.From)) && (l.Until.IsZero() || now.Before(l.Until)) && l.When.Matches(facts)
}

// settle finds the default and the recall among the links in force.
func (v *level) settle() {
	for _, l := range v.links {
		if l.Default && (v.byLevel == nil || v.byLevel.Always() && !l.Always()) {
			v.byLevel = l
		}
		if v.recalled == nil && l.LinkType == RecallStatus {
			v.recalled = l
		}
	}
	if v.byLevel == nil {
		return
	}
	v.multi = true
	multis := 0
	for _, l := range v.links {
		if v.inMulti(l) {
			multis++
		}
	}
	v.multi = multis > 1
}

// inMulti reports whether a link is one of the set of defaults at this level. A
// default that holds only now and then goes before the languages of the usual one,
// so it has those of its own type alone.
func (v *level) inMulti(l *Link) bool {
	return v.multi && l.Multi && (v.byLevel.Always() || l.LinkType == v.byLevel.LinkType)
}

// covers reports whether all qualifiers of the entry stand in the path of a link.
func (c *compiled) covers(l gs1.Link) bool {
	for _, q := range c.anchor.Qualifiers {
		value := qualifier(l, q.AI)
		if value == "" {
			return false
		}
		if anchor.IsTemplate(q.Value) {
			// A browser takes a dot or two between slashes for a step in the path.
			if value == "." || value == ".." {
				return false
			}
		} else if value != q.Value {
			return false
		}
	}
	return true
}

func qualifier(l gs1.Link, ai string) string {
	for _, q := range l.Qualifiers() {
		if q.AI == ai {
			return q.Value
		}
	}
	return ""
}

func (c *compiled) values(l gs1.Link) []Value {
	if c.exact == len(c.anchor.Qualifiers) {
		return nil
	}
	var values []Value
	for _, q := range c.anchor.Qualifiers {
		if anchor.IsTemplate(q.Value) {
			values = append(values, Value{q.Value[1 : len(q.Value)-1], qualifier(l, q.AI)})
		}
	}
	return values
}

// cut splits a key's value into what a prefix matched and the rest.
func (c *compiled) cut(key gs1.Element) ([]Value, bool) {
	value := key.Value
	if c.anchor.Key.AI == anchor.Company {
		value = anchor.CompanyPart(key)
	} else if c.anchor.Key.AI != key.AI {
		return nil, false
	}
	rest, ok := strings.CutPrefix(value, c.anchor.Key.Value)
	if !ok || rest == "" || strings.Trim(rest, ".") == "" {
		return nil, false
	}
	return []Value{{"0", c.anchor.Key.Value}, {"1", rest}}, true
}

// path is what the level is about in this request, escaped.
func (f *Levels) path(v *level) string {
	key := f.link.Key()
	b := anchor.AppendPair(make([]byte, 0, 64), key.AI, key.Value)
	for _, q := range v.anchor.Qualifiers {
		b = anchor.AppendPair(b, q.AI, qualifier(f.link, q.AI))
	}
	return string(b)
}

// Found reports whether any entry counts for the request.
func (f *Levels) Found() bool { return len(f.list) > 0 }

// Recalled reports whether a recall is in force for what was asked.
func (f *Levels) Recalled() bool { return f.recall >= 0 }

// Descriptions lists what the levels say they are about, the narrowest first.
func (f *Levels) Descriptions() []string {
	var all []string
	for i := range f.list {
		all = append(all, f.list[i].record.ItemDescription)
	}
	return all
}

package dictionary

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// TextFault says what of a dictionary's text is not understood. The text of the
// fault begins with the number of the line.
type TextFault struct {
	Text, AI string
	At       int // byte offset of the field in the whole text
}

// The numbers of AIs that a dictionary may have, and that one line may name.
const (
	maxAIs   = 4096
	maxNamed = 100
)

// Parse reads a dictionary from its published text: a line for each AI or range of
// AIs, "AIs [flags] components [attributes] [# title]"; lines that begin with # are
// comments, and one of them may name the release.
func Parse(text string) (*Table, *TextFault) {
	p := textParser{}
	at := 0
	for line := range strings.Lines(text) {
		p.number++
		p.line, p.at = line, at
		at += len(line)
		if !p.parseLine() {
			return nil, p.fault
		}
	}
	if !p.index() || !p.resolve() {
		return nil, p.fault
	}
	return &p.table, nil
}

type textParser struct {
	number  int    // of the line, from 1
	line    string // with its end
	at      int    // where it begins
	rest    string // what has not been read of it
	table   Table
	sources []source // of the entries, in their order
	fault   *TextFault
}

// source is what of an entry can be resolved only when all are there.
type source struct {
	ai                string
	number, at        int
	exclusive, wanted []string
	key               *string
}

// fail notes a fault in a part of the line.
func (p *textParser) fail(field, format string, args ...any) bool {
	at := p.at
	if i := strings.Index(p.line, field); i >= 0 {
		at += i
	}
	p.fault = &TextFault{Text: "line " + strconv.Itoa(p.number) + ": " + fmt.Sprintf(format, args...), At: at}
	return false
}

// failAt notes a fault of an entry that was read before.
func (p *textParser) failAt(s source, format string, args ...any) bool {
	p.fault = &TextFault{Text: "line " + strconv.Itoa(s.number) + ": " + fmt.Sprintf(format, args...), AI: s.ai, At: s.at}
	return false
}

// field takes the next field of the line, empty at its end.
func (p *textParser) field() string {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	n := strings.IndexAny(p.rest, " \t\r\n")
	if n < 0 {
		n = len(p.rest)
	}
	f := p.rest[:n]
	p.rest = p.rest[n:]
	return f
}

func (p *textParser) parseLine() bool {
	trimmed := strings.TrimSpace(p.line)
	if comment, ok := strings.CutPrefix(trimmed, "#"); ok {
		if release, ok := strings.CutPrefix(strings.TrimSpace(comment), "Release:"); ok {
			p.table.Release = strings.TrimSpace(release)
		}
		return true
	}
	if trimmed == "" {
		return true
	}
	var title string
	p.rest, title, _ = strings.Cut(p.line, "#")
	e := Entry{Title: strings.TrimSpace(title), Separated: true}
	ais := p.field()
	if !p.parseParts(&e) {
		return false
	}
	s := source{number: p.number, at: p.at}
	if !p.parseAttributes(&s) {
		return false
	}
	return p.addAll(ais, e, s)
}

// parseParts reads flags and components, up to the first attribute, which stays.
func (p *textParser) parseParts(e *Entry) bool {
	flags, minimum, maximum, variable := true, 0, 0, false
	for {
		before := p.rest
		f := p.field()
		switch {
		case f == "" || len(e.parts) > 0 && isAttribute(f):
			p.rest = before
			if len(e.parts) == 0 {
				return p.fail("", "a component is missing, such as N14 or X..20")
			}
			if maximum > 255 {
				return p.fail("", "a value of more than 255 characters is not understood")
			}
			e.Min, e.Max = uint8(minimum), uint8(maximum)
			return true
		case flags && strings.Trim(f, `*?!"$%&'()+,-./:;<=>@\^_{|}~`+"`") == "":
			// What other signs mean is a private matter of whoever sets them.
			flags = false
			e.Separated, e.Attribute = !strings.Contains(f, "*"), strings.Contains(f, "?")
		default:
			flags = false
			c, ok := p.parseComponent(f)
			if !ok {
				return false
			}
			if variable {
				return p.fail(f, "only the last component may vary in length")
			}
			if len(e.parts) > 0 && e.parts[len(e.parts)-1].optional && !c.optional {
				return p.fail(f, "a component that must be there stands behind an optional one")
			}
			variable = c.min != c.max
			e.parts = append(e.parts, c)
			maximum += int(c.max)
			if !c.optional {
				minimum += int(c.min)
			}
		}
	}
}

// parseComponent reads "N14,csum,gcppos2", "X..20" or "[N6,yymmdd]".
func (p *textParser) parseComponent(field string) (c part, ok bool) {
	f := field
	if strings.HasPrefix(f, "[") && strings.HasSuffix(f, "]") {
		f, c.optional = f[1:len(f)-1], true
	}
	form, linters, _ := strings.Cut(f, ",")
	if form == "" || strings.IndexByte("NXYZ", form[0]) < 0 {
		return c, p.fail(field, "%q is no component: it begins with N, X, Y or Z", field)
	}
	c.set, c.min = form[0], 1
	length, varies := strings.CutPrefix(form[1:], "..")
	n, err := strconv.ParseUint(length, 10, 8)
	if err != nil || n == 0 {
		return c, p.fail(field, "%q has no length between 1 and 255", field)
	}
	c.max = uint8(n)
	if !varies {
		c.min = c.max
	}
	i := 0
	for name := range strings.SplitSeq(linters, ",") {
		if name == "" {
			continue
		}
		l := linterNamed(name)
		switch {
		case l == lintNone:
			return c, p.fail(name, "the check %q is not known here", name)
		case i == len(c.checks):
			return c, p.fail(name, "a component has three checks at most")
		}
		c.checks[i] = l
		i++
	}
	return c, true
}

// linterNamed finds a check by its name in the dictionary.
func linterNamed(name string) linter {
	for i, n := range linterNames {
		if n == name {
			return linter(i)
		}
	}
	return lintNone
}

// linterNames are the names of the checks, in the order of their constants.
var linterNames = [...]string{
	lintCsum: "csum", lintCsumalpha: "csumalpha", lintGcppos1: "gcppos1", lintGcppos2: "gcppos2",
	lintYymmd0: "yymmd0", lintYymmdd: "yymmdd", lintYyyymmd0: "yyyymmd0", lintYyyymmdd: "yyyymmdd",
	lintHh: "hh", lintMi: "mi", lintSs: "ss", lintHhmi: "hhmi",
	lintIso3166: "iso3166", lintIso3166999: "iso3166999", lintIso3166alpha2: "iso3166alpha2",
	lintIso4217: "iso4217", lintIso5218: "iso5218", lintIban: "iban",
	lintPackagetype: "packagetype", lintMediatype: "mediatype", lintLatitude: "latitude", lintLongitude: "longitude",
	lintPieceoftotal: "pieceoftotal", lintPosinseqslash: "posinseqslash", lintPcenc: "pcenc", lintYesno: "yesno",
	lintZero: "zero", lintNonzero: "nonzero", lintNozeroprefix: "nozeroprefix", lintWinding: "winding",
	lintHyphen: "hyphen", lintHasnondigit: "hasnondigit", lintImporteridx: "importeridx",
	lintCouponcode: "couponcode", lintCouponposoffer: "couponposoffer",
}

// isAttribute tells a word, perhaps with a value, from a component.
func isAttribute(f string) bool { return 'a' <= f[0] && f[0] <= 'z' }

func (p *textParser) parseAttributes(s *source) bool {
	for f := p.field(); f != ""; f = p.field() {
		name, value, given := strings.Cut(f, "=")
		switch {
		case name == "req" && value != "":
			s.wanted = append(s.wanted, value)
		case name == "ex" && value != "":
			s.exclusive = append(s.exclusive, strings.Split(value, ",")...)
		case name == "dlpkey" && given == (value != ""):
			s.key = &value
		default:
			return p.fail(f, "the attribute %q is not understood", f)
		}
	}
	named := s.patterns()
	if len(named) > maxNamed {
		return p.fail("", "a line names %d AIs at most", maxNamed)
	}
	for _, pattern := range named {
		digits := strings.TrimRight(pattern, "n")
		if len(pattern) < 2 || len(pattern) > 4 || digits == "" || Outside(digits, Digits) >= 0 {
			return p.fail(pattern, "%q is no AI and no pattern of AIs", pattern)
		}
	}
	return true
}

// patterns lists all that the attributes name.
func (s *source) patterns() []string {
	all := slices.Clone(s.exclusive)
	for _, w := range s.wanted {
		all = append(all, strings.FieldsFunc(w, func(c rune) bool { return c == ',' || c == '+' })...)
	}
	if s.key != nil {
		all = append(all, strings.FieldsFunc(*s.key, func(c rune) bool { return c == ',' || c == '|' })...)
	}
	return all
}

// addAll adds the entries of one AI or of a range, "3100-3105".
func (p *textParser) addAll(ais string, e Entry, s source) bool {
	first, last, ranged := strings.Cut(ais, "-")
	if !ranged {
		last = first
	}
	if len(first) < 2 || len(first) > 4 || len(first) != len(last) || Outside(first+last, Digits) >= 0 || first > last {
		return p.fail(ais, "%q is no AI of two to four digits and no range of them", ais)
	}
	for n := number(first); n <= number(last); n++ {
		if len(p.table.entries) == maxAIs {
			return p.fail(ais, "a dictionary has %d AIs at most", maxAIs)
		}
		e.AI = fmt.Sprintf("%0*d", len(first), n)
		s.ai = e.AI
		p.table.entries = append(p.table.entries, e)
		p.sources = append(p.sources, s)
	}
	return true
}

// index sorts the entries and notes where each pair of leading digits begins.
func (p *textParser) index() bool {
	t := &p.table
	if len(t.entries) == 0 {
		return p.fail("", "there is no AI in this text")
	}
	slices.SortStableFunc(t.entries, func(a, b Entry) int { return strings.Compare(a.AI, b.AI) })
	slices.SortStableFunc(p.sources, func(a, b source) int { return strings.Compare(a.ai, b.ai) })
	for i, e := range t.entries {
		prefix := number(e.AI[:2])
		if i > 0 && t.entries[i-1].AI == e.AI {
			return p.failAt(p.sources[i], "AI %s stands there twice", e.AI)
		}
		if n := t.lengths[prefix]; n != 0 && int(n) != len(e.AI) {
			return p.failAt(p.sources[i], "AI %s and others that begin with %s differ in length", e.AI, e.AI[:2])
		}
		t.lengths[prefix] = uint8(len(e.AI))
		for n := prefix + 1; n < len(t.starts); n++ {
			t.starts[n]++
		}
	}
	return true
}

// resolve turns the AIs that attributes name into places of the table.
func (p *textParser) resolve() bool {
	for i, s := range p.sources {
		e := &p.table.entries[i]
		for _, pattern := range s.exclusive {
			if in, ok := p.table.span(pattern); ok { // an AI may have left the dictionary
				e.Ex = append(e.Ex, in)
			}
		}
		for _, w := range s.wanted {
			q := Requirement{Text: w}
			for group := range strings.SplitSeq(w, ",") {
				if spans, ok := p.table.group(group); ok {
					q.Groups = append(q.Groups, spans)
				}
			}
			e.Req = append(e.Req, q)
		}
		if s.key == nil {
			continue
		}
		for alternative := range strings.SplitSeq(*s.key, "|") {
			qualifiers := []Ref{}
			for q := range strings.SplitSeq(alternative, ",") {
				if q == "" {
					continue
				}
				r := p.table.Lookup(q)
				if r == None {
					return p.failAt(s, "the qualifier %s of AI %s is no AI of this dictionary", q, s.ai)
				}
				qualifiers = append(qualifiers, r)
			}
			e.Key = append(e.Key, qualifiers)
		}
	}
	return true
}

// group gives the spans of "01+21". It is not ok if one of them has no AI, so that
// the group can never be there.
func (t *Table) group(patterns string) (spans []Span, ok bool) {
	for pattern := range strings.SplitSeq(patterns, "+") {
		in, ok := t.span(pattern)
		if !ok {
			return nil, false
		}
		spans = append(spans, in)
	}
	return spans, true
}

// span gives the run of AIs that fit a pattern.
func (t *Table) span(pattern string) (in Span, ok bool) {
	digits := strings.TrimRight(pattern, "n")
	first, _ := slices.BinarySearchFunc(t.entries, digits, func(e Entry, ai string) int { return strings.Compare(e.AI, ai) })
	for i := first; i < len(t.entries) && strings.HasPrefix(t.entries[i].AI, digits); i++ {
		if len(t.entries[i].AI) != len(pattern) {
			continue
		}
		if !ok {
			in.First = Ref(i)
		}
		in.Last, ok = Ref(i), true
	}
	return in, ok
}

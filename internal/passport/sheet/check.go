package sheet

import (
	"mime"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"tagline/gs1"
	"tagline/internal/fault"
	"tagline/internal/manifest"
)

// The bounds of a passport.
const (
	MaxFiles      = 20      // documents of one passport
	MaxFileBytes  = 5 << 20 // bytes of one document
	maxSections   = 40
	maxAttributes = 300 // of a document
	maxList       = 100
	MaxName       = 200  // characters of a label or a name
	maxText       = 4000 // characters of a value
)

var (
	slugForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	eoriForm = regexp.MustCompile(`^[A-Z]{2}[A-Z0-9]{1,15}$`)
	unitForm = regexp.MustCompile(`^[^\s<>&"]{1,20}(?: [^\s<>&"]{1,20})?$`)
	termForm = regexp.MustCompile(`^(?:gs1|schema):[a-z][A-Za-z0-9]{0,80}$`)
	hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	fileForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
)

// checker gathers what is wrong.
type checker struct {
	ps manifest.Problems
}

// Check finds what is wrong with a document by itself; that its files are there is
// seen when it is put. A draft may be incomplete: Ready says what publishing needs.
func (d Document) Check() manifest.Problems {
	var c checker
	if _, err := NewAnchor(d.GTIN, d.Lot, d.Serial); err != nil {
		f := fault.From(err)
		path := manifest.Path{"gtin"}
		if len(f.Fields) > 0 {
			path = manifest.Path{f.Fields[0].Location}
		}
		c.ps.Add(path, f.Message, f.Hint)
	}
	if d.OfLot != "" {
		if d.Serial == "" {
			c.ps.Add(manifest.Path{"ofLot"}, "only the passport of an item names its lot", "Write lot: for the passport of a lot.")
		} else if _, err := gs1.NewLink([]gs1.Element{{AI: "01", Value: "09506000134352"}, {AI: "10", Value: d.OfLot}}); err != nil {
			c.ps.Add(manifest.Path{"ofLot"}, "this is no lot number", "It has 1 to 20 letters, digits and signs.")
		}
	}
	c.lines(manifest.Path{"name"}, d.Name, MaxName)
	c.texts(manifest.Path{"description"}, d.Description)
	c.operator(d.Operator)
	if f := d.Facility; f != nil {
		at := manifest.Path{"facility"}
		c.line(at.With("name"), f.Name, MaxName, true)
		c.gln(at.With("gln"), f.GLN)
		c.country(at.With("country"), f.Country)
	}
	c.sections(d.Sections)
	c.files(d.Documents)
	return c.ps
}

// Ready finds what a document lacks to be published, given what it inherits.
func (d Document) Ready(above ...Document) manifest.Problems {
	var ps manifest.Problems
	named, answered := len(d.Name) > 0, d.Operator != nil
	for _, a := range above {
		named, answered = named || len(a.Name) > 0, answered || a.Operator != nil
	}
	if !named {
		ps.Add(manifest.Path{"name"}, "the passport has no name and inherits none", "Write name: {en: …}.")
	}
	if !answered {
		ps.Add(manifest.Path{"operator"}, "the passport names no responsible operator and inherits none", "Write operator: with name, address and contact.")
	}
	return ps
}

func (c *checker) operator(o *Operator) {
	if o == nil {
		return
	}
	at := manifest.Path{"operator"}
	c.line(at.With("name"), o.Name, MaxName, false)
	c.gln(at.With("gln"), o.GLN)
	if o.EORI != "" && !eoriForm.MatchString(o.EORI) {
		c.ps.Add(at.With("eori"), "this is no EORI number", "It is the two letters of a country and up to 15 letters and digits.")
	}
	c.line(at.With("address"), o.Address, 400, true)
	c.country(at.With("country"), o.Country)
	if o.Email != "" {
		if a, err := mail.ParseAddress(o.Email); err != nil || a.Address != o.Email || len(o.Email) > 254 {
			c.ps.Add(at.With("email"), "this is not an e-mail address", "Write one of the organisation: passports@name.example.")
		}
	}
	c.line(at.With("phone"), o.Phone, 40, true)
	c.https(at.With("url"), o.URL)
}

func (c *checker) sections(list []Section) {
	if len(list) > maxSections {
		c.ps.Add(manifest.Path{"sections"}, "at most "+strconv.Itoa(maxSections)+" sections are kept", "")
		return
	}
	seen, attributes, n := map[string]bool{}, map[string]bool{}, 0
	for i, s := range list {
		at := manifest.Path{"sections", i}
		c.once(at.With("name"), s.Name, seen, "section")
		c.need(at.With("label"), s.Label)
		for j, a := range s.Attributes {
			if n++; n > maxAttributes {
				c.ps.Add(at.With("attributes"), "a passport has at most "+strconv.Itoa(maxAttributes)+" attributes", "")
				return
			}
			on := at.With("attributes", j)
			c.once(on.With("name"), a.Name, attributes, "attribute")
			c.attribute(on, a)
		}
	}
}

func (c *checker) once(at manifest.Path, name string, seen map[string]bool, what string) {
	if !slugForm.MatchString(name) {
		c.ps.Add(at, "a name of 1 to 63 small letters, digits and dashes is needed here", "Write recycled-glass, for example.")
	} else if seen[name] {
		c.ps.Add(at, "the "+what+" "+strconv.Quote(name)+" stands twice in this passport", "Choose another name.")
	}
	seen[name] = true
}

func (c *checker) attribute(at manifest.Path, a Attribute) {
	c.need(at.With("label"), a.Label)
	c.tier(at, a.Tier)
	if a.Term != "" && !termForm.MatchString(a.Term) {
		c.ps.Add(at.With("term"), "this is no term that a passport can use", "Write gs1: or schema: and a property's name.")
	}
	kinds := 0
	if len(a.Text) > 0 {
		kinds++
		c.texts(at.With("text"), a.Text)
	}
	if a.Number != nil {
		kinds++
	}
	if len(a.List) > 0 {
		kinds++
		if len(a.List) > maxList {
			c.ps.Add(at.With("list"), "at most "+strconv.Itoa(maxList)+" entries are kept", "")
		} else {
			for i, l := range a.List {
				c.need(at.With("list", i), l)
			}
		}
	}
	if a.Link != "" {
		kinds++
		c.https(at.With("link"), a.Link)
	}
	if kinds != 1 {
		c.ps.Add(at, "an attribute has one value", "Write one of text, number, list and link.")
	}
	if a.Unit != "" && (a.Number == nil || !unitForm.MatchString(a.Unit)) {
		c.ps.Add(at.With("unit"), "a unit is a short sign beside a number", "Write number: 412 and unit: g.")
	}
}

func (c *checker) files(list []File) {
	if len(list) > MaxFiles {
		c.ps.Add(manifest.Path{"documents"}, "at most "+strconv.Itoa(MaxFiles)+" documents are kept with a passport", "")
		return
	}
	names, hashes := map[string]bool{}, map[string]bool{}
	for i, f := range list {
		at := manifest.Path{"documents", i}
		switch {
		case !fileForm.MatchString(f.Name):
			c.ps.Add(at.With("name"), "the file's name is not one of letters, digits, dots and dashes", "Name it declaration.pdf, for example.")
		case names[f.Name]:
			c.ps.Add(at.With("name"), "the name stands twice", "Give each file its own.")
		case hashes[f.SHA256]:
			c.ps.Add(at.With("sha256"), "the same file stands twice", "Leave one out.")
		}
		names[f.Name], hashes[f.SHA256] = true, true
		c.need(at.With("title"), f.Title)
		if f.Language != "" {
			c.locale(at.With("language"), f.Language)
		}
		c.tier(at, f.Tier)
		if media, _, err := mime.ParseMediaType(f.Type); err != nil || !strings.Contains(media, "/") || len(f.Type) > 100 {
			c.ps.Add(at.With("type"), "this is no media type", "Write application/pdf or text/plain.")
		}
		if !hashForm.MatchString(f.SHA256) {
			c.ps.Add(at.With("sha256"), "this is no SHA-256", "It has 64 hexadecimal digits; upload the file to get it.")
		}
		if f.Bytes < 1 || f.Bytes > MaxFileBytes {
			c.ps.Add(at.With("bytes"), "a document has 1 byte to "+strconv.Itoa(MaxFileBytes>>20)+" MiB", "")
		}
	}
}

func (c *checker) tier(at manifest.Path, t Tier) {
	if t != "" && !t.valid() {
		c.ps.Add(at.With("tier"), "there is no tier "+strconv.Quote(clip(string(t))), "The tiers are public, legitimate and authority.")
	}
}

func (c *checker) line(at manifest.Path, s string, most int, optional bool) {
	switch n := len([]rune(s)); {
	case s == "" && optional:
	case strings.TrimSpace(s) == "":
		c.ps.Add(at, "the text is empty", "Write it, or leave the field out where that is allowed.")
	case n > most:
		c.ps.Add(at, "the text has "+strconv.Itoa(n)+" characters, at most "+strconv.Itoa(most)+" are kept", "Shorten it.")
	case strings.IndexFunc(s, unicode.IsControl) >= 0:
		c.ps.Add(at, "the text is one line without control characters", "Take the line breaks out.")
	}
}

func (c *checker) lines(at manifest.Path, l Localized, most int) {
	for tag, text := range l {
		c.locale(at.With(tag), tag)
		c.line(at.With(tag), text, most, false)
	}
}

func (c *checker) need(at manifest.Path, l Localized) {
	if len(l) == 0 {
		c.ps.Add(at, "a text is needed here", "Write {en: …}.")
	}
	c.lines(at, l, MaxName)
}

func (c *checker) texts(at manifest.Path, l Localized) {
	for tag, text := range l {
		c.locale(at.With(tag), tag)
		control := strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' })
		switch n := len([]rune(text)); {
		case strings.TrimSpace(text) == "" || control:
			c.ps.Add(at.With(tag), "the text is empty or holds control characters", "Write it, or leave the field out.")
		case n > maxText:
			c.ps.Add(at.With(tag), "the text has "+strconv.Itoa(n)+" characters, at most "+strconv.Itoa(maxText)+" are kept", "Shorten it, or add it as a document.")
		}
	}
}

func (c *checker) locale(at manifest.Path, tag string) {
	if t, err := language.Parse(tag); err != nil || t.String() != tag {
		c.ps.Add(at, strconv.Quote(clip(tag))+" is not a language", "Write a BCP 47 tag: en, de, pt-BR.")
	}
}

func (c *checker) gln(at manifest.Path, gln string) {
	if gln == "" {
		return
	}
	if len(gln) == 13 {
		if d, err := gs1.CheckDigit(gln[:12]); err == nil && d == gln[12] {
			return
		}
	}
	c.ps.Add(at, "this is no GLN", "It has 13 digits; the last one is a check digit.")
}

func (c *checker) country(at manifest.Path, code string) {
	if code == "" {
		return
	}
	if r, err := language.ParseRegion(code); err != nil || !r.IsCountry() || len(code) != 2 || r.Canonicalize().String() != code {
		c.ps.Add(at, "there is no country "+strconv.Quote(clip(code)), "Write the two capital letters of ISO 3166-1: GB, DE, JP.")
	}
}

func (c *checker) https(at manifest.Path, s string) {
	if s == "" {
		return
	}
	if u, err := url.Parse(s); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(s) > 500 {
		c.ps.Add(at, "this is not an https address", "Write https://www.name.example/.")
	}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// CheckLine reports a text that is empty, too long, or not of one line.
func CheckLine(ps *manifest.Problems, at manifest.Path, s string, most int) {
	var c checker
	c.line(at, s, most, false)
	*ps = append(*ps, c.ps...)
}

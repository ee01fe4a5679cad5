package entryfile

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"tagline/internal/fault"
	"tagline/internal/link/anchor"
	"tagline/internal/link/linkset"
	"tagline/internal/manifest"
)

// readJSON reads one object or a list, of version 3 or 2.
func (b *batch) readJSON(data []byte) error {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	var objects []json.RawMessage
	list := len(data) > 0 && data[0] == '['
	if !list {
		objects = []json.RawMessage{data}
	} else if err := json.Unmarshal(data, &objects); err != nil {
		return notJSON(err)
	}
	if len(objects) > MaxRows {
		return fault.Newf(fault.TooLarge, "the file has %d objects, at most %d are read", len(objects), MaxRows).WithHint("Split it.")
	}
	for i, raw := range objects {
		at := manifest.Path{}
		if list {
			at = manifest.Path{i}
		}
		o := object{b: b, at: at}
		if err := json.Unmarshal(raw, &o.members); err != nil || o.members == nil {
			if !list {
				return notJSON(err)
			}
			o.problem(nil, "this is no object", "")
			continue
		}
		if o.has("identificationKey") || o.has("responses") {
			o.version2()
		} else {
			o.version3()
		}
	}
	return nil
}

func notJSON(err error) error {
	message := "the file is no JSON"
	if err != nil {
		message += ": " + err.Error()
	}
	return fault.New(fault.Invalid, message, "Bring one object or a list of them.")
}

// object reads members of an object; what is wrong goes to the batch.
type object struct {
	b       *batch
	at      manifest.Path
	members map[string]json.RawMessage
}

func (o *object) problem(path manifest.Path, message, hint string) {
	o.b.add(Problem{Path: pathText(o.at.With(path...)), Message: message, Hint: hint})
}

// pathText writes "[2].links[0].href".
func pathText(p manifest.Path) string { return strings.TrimPrefix(p.String(), ".") }

func (o *object) has(name string) bool {
	raw, ok := o.members[name]
	return ok && string(raw) != "null"
}

// known reports members that nobody here understands.
func (o *object) known(names ...string) {
	names = append(names, "_id", "@context", "unixtime", "dateInserted", "dateLastUpdated")
	var other []string
	for name := range o.members {
		if !slices.Contains(names, name) {
			other = append(other, name)
		}
	}
	slices.Sort(other)
	for _, name := range other {
		o.problem(manifest.Path{name}, "there is no such member", manifest.Known(name, names))
	}
}

// value reads a member into what it should be; a null is as good as none.
func value[T any](o *object, name, what string) (v T) {
	if !o.has(name) {
		return v
	}
	if err := json.Unmarshal(o.members[name], &v); err != nil {
		var none T
		o.problem(manifest.Path{name}, "this should be "+what, "")
		return none
	}
	return v
}

func (o *object) text(names ...string) string {
	for _, name := range names {
		if o.has(name) {
			return value[string](o, name, "a text")
		}
	}
	return ""
}

// flag reads a yes or no, which older files write as a text.
func (o *object) flag(names ...string) *bool {
	for _, name := range names {
		if !o.has(name) {
			continue
		}
		raw := strings.ToLower(strings.Trim(string(o.members[name]), `"`))
		switch raw {
		case "true", "1", "yes":
			return flag(true)
		case "false", "0", "no":
			return flag(false)
		}
		o.problem(manifest.Path{name}, "this should be true or false", "")
	}
	return nil
}

func flag(b bool) *bool { return &b }

// texts reads a list of texts, or a single one; "und" and null say nothing.
func (o *object) texts(names ...string) (list []string) {
	for _, name := range names {
		if !o.has(name) {
			continue
		}
		var all []*string
		if o.members[name][0] == '[' {
			all = value[[]*string](o, name, "a list of texts")
		} else {
			s := o.text(name)
			all = []*string{&s}
		}
		for _, s := range all {
			if s != nil && *s != "" && *s != "und" && !slices.Contains(list, *s) {
				list = append(list, *s)
			}
		}
	}
	return list
}

func (o *object) time(name string) time.Time {
	s := o.text(name)
	if s == "" {
		return time.Time{}
	}
	t, ok := manifest.ParseTime(s)
	if !ok {
		o.problem(manifest.Path{name}, "this is no time", "Write 2026-11-01 or 2026-11-01T12:00:00Z.")
	}
	return t
}

func und(s string) string {
	if s == "und" {
		return ""
	}
	return s
}

// objects reads a list of objects below this one.
func (o *object) objects(name string) (list []*object) {
	for i, members := range value[[]map[string]json.RawMessage](o, name, "a list of objects") {
		list = append(list, &object{o.b, o.at.With(name, i), members})
	}
	return list
}

func (o *object) version3() {
	o.known("anchor", "itemDescription", "defaultLinktype", "qualifiers", "links", "handledBy", "public", "active")
	e := linkset.Entry{Anchor: o.text("anchor"), ItemDescription: o.text("itemDescription"), HandledBy: o.text("handledBy")}
	qualifiers := map[string]string{} // in whatever order they come
	for _, q := range o.objects("qualifiers") {
		for ai := range q.members {
			qualifiers[ai] = q.text(ai)
		}
	}
	for _, ai := range inOrder(qualifiers) {
		e.Anchor = strings.TrimSuffix(e.Anchor, "/") + "/" + ai + "/" + qualifierText(qualifiers[ai])
	}
	said := false
	for _, l := range o.objects("links") {
		l.known("id", "linktype", "href", "title", "type", "hreflang", "context", "markets", "fwqs", "public", "active", "from", "until", "when", "default", "multi")
		next := linkset.Link{
			ID: l.text("id"), LinkType: l.text("linktype"), Href: l.text("href"), Title: l.text("title"), MediaType: und(l.text("type")),
			Hreflang: l.texts("hreflang"), Context: l.texts("context"), Markets: l.texts("markets"), FWQS: l.flag("fwqs"),
			Public: l.flag("public", "active"), From: l.time("from"), Until: l.time("until"),
		}
		if l.has("when") {
			if err := json.Unmarshal(l.members["when"], &next.When); err != nil {
				l.problem(manifest.Path{"when"}, "the condition cannot be read: "+fault.From(err).Message, "")
			}
		}
		said = said || l.has("default") || l.has("multi")
		is := func(b *bool) bool { return b != nil && *b }
		next.Default, next.Multi = is(l.flag("default")), is(l.flag("multi"))
		e.Links = append(e.Links, next)
	}
	o.hideAll(&e)
	if t := o.text("defaultLinktype"); t != "" && !said {
		if !inferDefault(e.Links, t) {
			o.problem(manifest.Path{"defaultLinktype"}, "the entry has no public link of this type", "Name the type of one of its links.")
		}
	}
	e.Anchor = asPrefix(e)
	base := o.at
	o.b.items = append(o.b.items, item{e, func(p manifest.Path) Problem { return Problem{Path: pathText(base.With(p...))} }})
}

// hideAll keeps all links of an entry that is not public as a whole.
func (o *object) hideAll(e *linkset.Entry) {
	if shown := o.flag("public", "active"); shown != nil && !*shown {
		for i := range e.Links {
			e.Links[i].Public = flag(false)
		}
	}
}

// qualifierText escapes a qualifier's value for an anchor, but for a template.
func qualifierText(s string) string {
	if anchor.IsTemplate(s) {
		return s
	}
	return string(anchor.AppendEscaped(nil, s))
}

// inOrder gives the identifiers of qualifiers as they follow in a path.
func inOrder(qualifiers map[string]string) []string {
	order := []string{"22", "10", "21", "235"}
	return slices.SortedFunc(maps.Keys(qualifiers), func(a, b string) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a), slices.Index(order, b)), cmp.Compare(a, b))
	})
}

// inferDefault marks the default of a type and its language variants. It is false
// when there is no public link of the type.
func inferDefault(links []linkset.Link, linkType string) bool {
	want, err := linkset.ParseType(linkType)
	if err != nil {
		return false
	}
	best, narrow := -1, 0
	for i := range links {
		l := &links[i]
		if t, err := linkset.ParseType(l.LinkType); err != nil || t != want || !l.IsPublic() {
			continue
		}
		n := min(len(l.Context)+len(l.Markets), 1) + min(len(l.Hreflang), 1) + min(len(l.MediaType), 1)
		if best < 0 || n < narrow {
			best, narrow = i, n
		}
	}
	if best < 0 {
		return false
	}
	links[best].Default = true
	var variants []int
	for i := range links {
		l := &links[i]
		if t, err := linkset.ParseType(l.LinkType); err == nil && t == want && l.IsPublic() && len(l.Hreflang) > 0 && len(l.Context) == len(links[best].Context) {
			variants = append(variants, i)
		}
	}
	if len(variants) >= 2 {
		for _, i := range variants {
			links[i].Multi = true
		}
	}
	return true
}

// asPrefix gives the anchor, with a star where the links say that it is a prefix.
func asPrefix(e linkset.Entry) string {
	ai, _, _ := strings.Cut(strings.TrimPrefix(e.Anchor, "/"), "/")
	if !slices.Contains([]string{"8003", "8004", "00"}, ai) || strings.HasSuffix(e.Anchor, "*") {
		return e.Anchor
	}
	if slices.ContainsFunc(e.Links, func(l linkset.Link) bool { return strings.Contains(l.Href, "{0}") || strings.Contains(l.Href, "{1}") }) {
		return strings.TrimSuffix(e.Anchor, "/") + "*"
	}
	return e.Anchor
}

// keyAI gives the identifier of a key that version 2 calls by its name.
func keyAI(name string) string {
	ai, ok := map[string]string{
		"gtin": "01", "itip": "8006", "gmn": "8013", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017", "gsrn": "8018",
		"gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004",
	}[strings.ToLower(name)]
	if !ok {
		return name
	}
	return ai
}

// version2 reads an object of the older form.
func (o *object) version2() {
	o.known("identificationKeyType", "identificationKey", "itemDescription", "qualifierPath", "responses", "active", "public")
	e := linkset.Entry{ItemDescription: o.text("itemDescription")}
	e.Anchor = "/" + keyAI(o.text("identificationKeyType")) + "/" + qualifierText(o.text("identificationKey"))
	if path := o.text("qualifierPath"); path != "" && path != "/" {
		e.Anchor += "/" + strings.Trim(path, "/")
	}
	var origin []int // the response that a link was first met in
	defaultAt := -1
	for i, r := range o.objects("responses") {
		r.known("linkType", "linkTitle", "targetUrl", "mimeType", "ianaLanguage", "language", "active", "public", "context",
			"defaultLinkType", "defaultIanaLanguage", "defaultContext", "defaultMimeType", "fwqs")
		next := linkset.Link{
			LinkType: r.text("linkType"), Href: r.text("targetUrl"), Title: r.text("linkTitle"), MediaType: und(r.text("mimeType")),
			Hreflang: r.texts("ianaLanguage", "language"), Context: r.texts("context"), FWQS: r.flag("fwqs"), Public: r.flag("active", "public"),
		}
		isDefault := r.flag("defaultLinkType")
		n := slices.IndexFunc(e.Links, func(l linkset.Link) bool { return l.LinkType == next.LinkType && l.Href == next.Href })
		if n < 0 {
			n = len(e.Links)
			e.Links, origin = append(e.Links, next), append(origin, i)
		} else {
			for _, lang := range next.Hreflang {
				if !slices.Contains(e.Links[n].Hreflang, lang) {
					e.Links[n].Hreflang = append(e.Links[n].Hreflang, lang)
				}
			}
		}
		if defaultAt < 0 && isDefault != nil && *isDefault {
			defaultAt = n
		}
	}
	o.hideAll(&e)
	if defaultAt >= 0 {
		inferDefault(e.Links, e.Links[defaultAt].LinkType)
	}
	e.Anchor = asPrefix(e)
	names := map[string]string{"linktype": "linkType", "href": "targetUrl", "title": "linkTitle", "type": "mimeType", "hreflang": "ianaLanguage"}
	base := o.at
	o.b.items = append(o.b.items, item{e, func(p manifest.Path) Problem {
		if len(p) > 0 && p[0] == "anchor" {
			p = manifest.Path{"identificationKey"}
		}
		if n, ok := second(p); ok && p[0] == "links" && n < len(origin) {
			rest := slices.Clone(p[2:])
			if len(rest) > 0 {
				if name, ok := rest[0].(string); ok && names[name] != "" {
					rest[0] = names[name]
				}
			}
			p = manifest.Path{"responses", origin[n]}.With(rest...)
		}
		return Problem{Path: pathText(base.With(p...))}
	}})
}

func second(p manifest.Path) (int, bool) {
	if len(p) < 2 {
		return 0, false
	}
	n, ok := p[1].(int)
	return n, ok
}

// object3 is an entry in the form of version 3, as it is exported.
type object3 struct {
	Anchor          string              `json:"anchor"`
	ItemDescription string              `json:"itemDescription"`
	DefaultLinktype string              `json:"defaultLinktype,omitempty"`
	Qualifiers      []map[string]string `json:"qualifiers,omitempty"`
	HandledBy       string              `json:"handledBy,omitempty"`
	Links           []linkset.Link      `json:"links"`
}

// Object writes one entry as an object of version 3.
func Object(e linkset.Entry) ([]byte, error) {
	a, err := anchor.Parse(e.Anchor)
	if err != nil {
		return nil, err
	}
	o := object3{Anchor: a.KeyPath(), ItemDescription: e.ItemDescription, HandledBy: e.HandledBy, Links: e.Links}
	if o.Links == nil {
		o.Links = []linkset.Link{}
	}
	for _, q := range a.Qualifiers {
		o.Qualifiers = append(o.Qualifiers, map[string]string{q.AI: q.Value})
	}
	for _, l := range e.Links {
		if l.Default && l.Always() {
			o.DefaultLinktype = l.LinkType
		}
	}
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(o); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(line.Bytes(), []byte("\n")), nil
}

// writeJSON writes entries as a list, one object a line.
func writeJSON(w io.Writer, entries []linkset.Entry, first bool) error {
	for _, e := range entries {
		line, err := Object(e)
		if err != nil {
			return err
		}
		lead := ",\n"
		if first {
			lead = "\n"
		}
		first = false
		if _, err := fmt.Fprintf(w, "%s%s", lead, line); err != nil {
			return err
		}
	}
	return nil
}

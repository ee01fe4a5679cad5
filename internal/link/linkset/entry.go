package linkset

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"tagline/internal/fault"
	"tagline/internal/link/anchor"
	"tagline/internal/manifest"
	"tagline/internal/rule"
)

// Entry is what stands at one anchor.
type Entry struct {
	Anchor          string `json:"anchor"`
	ItemDescription string `json:"itemDescription"`
	HandledBy       string `json:"handledBy,omitempty"` // root of the resolver that knows what is not here
	Links           []Link `json:"links,omitempty"`
}

// Link is one address and when it is the answer.
type Link struct {
	ID        string         `json:"id,omitempty"` // stable within the entry; made when empty
	LinkType  string         `json:"linktype"`     // see ParseType
	Href      string         `json:"href"`         // http or https; may hold places, see Anchor.Places
	Title     string         `json:"title"`        // may hold places
	MediaType string         `json:"type,omitempty"`
	Hreflang  []string       `json:"hreflang,omitempty"` // de, de-AT
	Context   []string       `json:"context,omitempty"`  // words of the query parameter context
	Markets   []string       `json:"markets,omitempty"`  // ISO 3166-1 alpha-2: for readers there
	FWQS      *bool          `json:"fwqs,omitempty"`     // false: the request's query is not passed on
	Public    *bool          `json:"public,omitempty"`   // false: kept, not served
	From      time.Time      `json:"from,omitzero"`
	Until     time.Time      `json:"until,omitzero"` // the first moment at which it is over
	When      rule.Condition `json:"when,omitzero"`  // about Facts
	Default   bool           `json:"default,omitempty"`
	Multi     bool           `json:"multi,omitempty"` // one of gs1:defaultLinkMulti
}

// Record is an entry as it was stored.
type Record struct {
	Entry
	Version int64     // changes with every change of the entry
	Changed time.Time // when it was last changed
}

// The bounds of an entry.
const (
	MaxLinks = 100
	MaxBytes = 48 << 10 // as JSON
	maxTitle = 200
	maxHref  = 2000
	maxList  = 50
)

var (
	idForm      = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,15}$`)
	langForm    = regexp.MustCompile(`^[a-z]{2}(-[A-Z]{2})?$`)
	mediaForm   = regexp.MustCompile(`^\w+/[-+.\w]+$`)
	marketForm  = regexp.MustCompile(`^[A-Z]{2}$`)
	contextForm = regexp.MustCompile(`^[^\pC|,;]{1,60}$`)
)

// IsPublic reports whether the link may be served at all.
func (l *Link) IsPublic() bool { return l.Public == nil || *l.Public }

// Always reports whether the link counts at any time and for any item.
func (l *Link) Always() bool {
	return l.IsPublic() && l.From.IsZero() && l.Until.IsZero() && l.When.IsZero()
}

// SameKind reports whether two links say the same kind of thing to the same
// readers: by type, languages and contexts, as the reference resolver merges.
func (l *Link) SameKind(o *Link) bool {
	return l.LinkType == o.LinkType && sameSet(l.Hreflang, o.Hreflang) && sameSet(l.Context, o.Context)
}

func sameSet(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for _, s := range a {
		if !slices.Contains(b, s) {
			return false
		}
	}
	return true
}

// Normalize brings anchor, types, languages, markets and times into their one
// form, as far as they can be read, and gives ids to links that have none.
func (e Entry) Normalize() Entry {
	if a, err := anchor.Parse(e.Anchor); err == nil {
		e.Anchor = a.String()
	}
	e.ItemDescription, e.HandledBy = strings.TrimSpace(e.ItemDescription), strings.TrimSpace(e.HandledBy)
	e.Links = slices.Clone(e.Links)
	taken := map[string]bool{}
	for i := range e.Links {
		e.Links[i] = e.Links[i].normalize()
		taken[e.Links[i].ID] = true
	}
	for i := range e.Links {
		if l := &e.Links[i]; l.ID == "" {
			l.ID = newID(l, taken)
			taken[l.ID] = true
		}
	}
	if len(e.Links) == 0 {
		e.Links = nil
	}
	return e
}

func (l Link) normalize() Link {
	if t, err := ParseType(l.LinkType); err == nil {
		l.LinkType = t
	}
	l.Href, l.Title = strings.TrimSpace(l.Href), strings.TrimSpace(l.Title)
	l.MediaType = strings.ToLower(strings.TrimSpace(l.MediaType))
	l.Hreflang = each(l.Hreflang, func(s string) string {
		main, region, ok := strings.Cut(strings.ReplaceAll(s, "_", "-"), "-")
		if !ok {
			return strings.ToLower(main)
		}
		return strings.ToLower(main) + "-" + strings.ToUpper(region)
	})
	l.Context = each(l.Context, strings.TrimSpace)
	l.Markets = each(l.Markets, strings.ToUpper)
	l.From, l.Until = utc(l.From), utc(l.Until)
	if l.FWQS != nil {
		l.FWQS = flag(*l.FWQS)
	}
	if l.Public != nil && *l.Public {
		l.Public = nil
	} else if l.Public != nil {
		l.Public = flag(false)
	}
	return l
}

func flag(b bool) *bool { return &b }

func each(list []string, fn func(string) string) []string {
	var out []string
	for _, s := range list {
		out = append(out, fn(strings.TrimSpace(s)))
	}
	return out
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// newID makes the id of a link from what it says, so that the same link gets the
// same id on any server and in any import.
func newID(l *Link, taken map[string]bool) string {
	const letters = "0123456789abcdefghjkmnpqrstvwxyz"
	h := uint64(14695981039346656037) // FNV-1a
	for _, part := range []string{l.LinkType, l.Href, l.MediaType, strings.Join(l.Hreflang, ","), strings.Join(l.Context, ",")} {
		for i := range len(part) {
			h = (h ^ uint64(part[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	for {
		var b [6]byte
		for i, rest := 0, h>>8; i < len(b); i, rest = i+1, rest>>5 {
			b[i] = letters[rest&31]
		}
		if id := string(b[:]); !taken[id] {
			return id
		}
		h = (h ^ 1) * 1099511628211
	}
}

// KeepIDs gives links without an id the id of the link that they replace: the one
// at the same address, or else the only one of the same kind.
func (e Entry) KeepIDs(before Entry) Entry {
	e.Links = slices.Clone(e.Links)
	used := map[string]bool{}
	for i := range e.Links {
		e.Links[i] = e.Links[i].normalize()
		used[e.Links[i].ID] = true
	}
	for _, alike := range []func(a, b *Link) bool{
		func(a, b *Link) bool { return a.SameKind(b) && a.Href == b.Href && a.MediaType == b.MediaType },
		func(a, b *Link) bool { return a.SameKind(b) && a.MediaType == b.MediaType },
	} {
		for i := range e.Links {
			l := &e.Links[i]
			for n := range before.Links {
				if b := &before.Links[n]; l.ID == "" && !used[b.ID] && alike(l, b) {
					l.ID = b.ID
					used[b.ID] = true
				}
			}
		}
	}
	return e
}

// Check finds what is wrong with the entry by itself; Normalize comes first.
func (e Entry) Check() manifest.Problems {
	var ps manifest.Problems
	about, err := anchor.Parse(e.Anchor)
	if err != nil {
		f := fault.From(err)
		ps.Add(manifest.Path{"anchor"}, f.Message, f.Hint)
	}
	checkLine(&ps, manifest.Path{"itemDescription"}, e.ItemDescription)
	if e.HandledBy != "" {
		checkAddress(&ps, manifest.Path{"handledBy"}, e.HandledBy, nil)
		if strings.ContainsAny(e.HandledBy, "?#") {
			ps.Add(manifest.Path{"handledBy"}, "the root of a resolver has neither ? nor #", "Write https://id.example.")
		}
	}
	if len(e.Links) == 0 && e.HandledBy == "" {
		ps.Add(manifest.Path{"links"}, "the entry leads nowhere", "Write a link, or the address of another resolver into handledBy.")
	}
	if len(e.Links) > MaxLinks {
		ps.Add(manifest.Path{"links"}, fmt.Sprintf("%d links, at most %d are kept", len(e.Links), MaxLinks), "Split the entry by lot or serial.")
		return ps
	}
	ids := map[string]bool{}
	for i := range e.Links {
		at := manifest.Path{"links", i}
		e.Links[i].check(&ps, at, about.Places())
		if id := e.Links[i].ID; ids[id] {
			ps.Add(at.With("id"), "the id "+clip(id)+" stands twice", "Leave one out: a new one is made.")
		}
		ids[e.Links[i].ID] = true
	}
	e.checkDefaults(&ps)
	if b, err := json.Marshal(e); err == nil && len(b) > MaxBytes {
		ps.Add(nil, fmt.Sprintf("the entry has %d bytes, at most %d are kept", len(b), MaxBytes), "Split it by lot or serial.")
	}
	return ps
}

// checkDefaults wants at most one default that always holds, and a multi set of
// two or more beside a default.
func (e Entry) checkDefaults(ps *manifest.Problems) {
	first, defaults := -1, 0
	multi, multis := -1, 0
	for i := range e.Links {
		l := &e.Links[i]
		if l.Default {
			defaults++
			if l.Always() {
				if first >= 0 {
					ps.Add(manifest.Path{"links", i, "default"}, fmt.Sprintf("links[%d] is the default already", first), "Take one away, or give one a condition or a time: then it comes first while that holds.")
				} else {
					first = i
				}
			}
			if !l.IsPublic() {
				ps.Add(manifest.Path{"links", i, "default"}, "the default is not public", "Make another link the default.")
			}
		}
		if l.Multi {
			multi, multis = i, multis+1
		}
	}
	if multis == 1 {
		ps.Add(manifest.Path{"links", multi, "multi"}, "a choice of one is none", "Set multi on two links or more, or on none.")
	}
	if multis > 0 && defaults == 0 {
		ps.Add(manifest.Path{"links", multi, "multi"}, "multi stands beside a default of the same entry", "Set default on one of the links.")
	}
}

// Answers reports whether the entry answers by itself when nothing is asked: with a
// default that always holds, or because it knows another resolver.
func (e Entry) Answers() bool {
	return e.HandledBy != "" || slices.ContainsFunc(e.Links, func(l Link) bool { return l.Default && l.Always() })
}

// Complete reports whether the entry needs no default of another: it answers, or
// it has no public links but those of a recall.
func (e Entry) Complete() bool {
	return e.Answers() || !slices.ContainsFunc(e.Links, func(l Link) bool { return l.IsPublic() && l.LinkType != RecallStatus })
}

func (l *Link) check(ps *manifest.Problems, at manifest.Path, places []string) {
	if !idForm.MatchString(l.ID) {
		ps.Add(at.With("id"), "an id has 1 to 16 small letters, digits and dashes", "Leave it out: one is made.")
	}
	checkType(ps, at.With("linktype"), l.LinkType)
	checkAddress(ps, at.With("href"), l.Href, places)
	checkLine(ps, at.With("title"), l.Title)
	for _, name := range unknownPlaces(l.Title, places) {
		ps.Add(at.With("title"), "the anchor has no {"+clip(name)+"}", manifest.Known(name, places))
	}
	if l.MediaType != "" && !mediaForm.MatchString(l.MediaType) {
		ps.Add(at.With("type"), "this is no media type: "+clip(l.MediaType), "Write text/html or application/pdf, without parameters.")
	}
	checkList(ps, at, "hreflang", l.Hreflang, langForm, "a language is written en or en-GB in a linkset", "Write two letters, or two, a dash and two of a country.")
	checkList(ps, at, "context", l.Context, contextForm, "a context is a word or two without separators", "Write DE or professionals, for example.")
	checkList(ps, at, "markets", l.Markets, marketForm, "a market is a country of two letters", "Write DE or GB.")
	if !l.From.IsZero() && !l.Until.IsZero() && !l.From.Before(l.Until) {
		ps.Add(at.With("until"), "it is over before it begins", "Swap the two times.")
	}
	if !l.When.IsZero() {
		ps.Under(at.With("when"), Facts().Check(l.When))
	}
}

func checkList(ps *manifest.Problems, at manifest.Path, field string, list []string, form *regexp.Regexp, message, hint string) {
	if len(list) > maxList {
		ps.Add(at.With(field), fmt.Sprintf("%d of them, at most %d are kept", len(list), maxList), "")
		return
	}
	for i, s := range list {
		if !form.MatchString(s) {
			ps.Add(at.With(field, i), message+": "+clip(s), hint)
		} else if slices.Contains(list[:i], s) {
			ps.Add(at.With(field, i), clip(s)+" stands twice", "Leave one out.")
		}
	}
}

func checkLine(ps *manifest.Problems, at manifest.Path, s string) {
	switch n := len([]rune(s)); {
	case strings.TrimSpace(s) == "":
		ps.Add(at, "the text is empty", "Write what a person should read there.")
	case n > maxTitle:
		ps.Add(at, fmt.Sprintf("the text has %d characters, at most %d are kept", n, maxTitle), "Shorten it.")
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }):
		ps.Add(at, "the text is not a plain line", "Take out line breaks and control characters.")
	}
}

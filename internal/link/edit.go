package link

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"tagline/internal/fault"
	"tagline/internal/link/anchor"
	"tagline/internal/link/linkset"
	"tagline/internal/manifest"
	"tagline/internal/sqldb"
)

// Editor changes entries inside a transaction, in any order; Close sees to it that
// every entry has a default.
type Editor struct {
	s       *Service
	tx      *sqldb.Tx
	now     time.Time
	news    []touched
	suspect []string // keys whose defaults must be looked at
}

// Put creates or replaces an entry.
func (ed *Editor) Put(e linkset.Entry, c Change) (r linkset.Record, created bool, err error) {
	a, err := anchor.Parse(e.Anchor)
	if err != nil {
		return r, false, err
	}
	before, err := ed.begin(a, c)
	if err != nil {
		return r, false, err
	}
	if before.there() {
		e = e.KeepIDs(before.record.Entry)
	}
	e = e.Normalize()
	if err := e.Check().Err(); err != nil {
		return r, false, err
	}
	doc, err := encode(e)
	if err != nil {
		return r, false, err
	}
	if doc == before.doc {
		return before.record, false, nil
	}
	action := Replaced
	if !before.there() {
		action = Created
	}
	after := stored{record: linkset.Record{Entry: e}, doc: doc}
	err = ed.write(a, action, before, &after, c)
	return after.record, action == Created, err
}

// putAll puts many entries.
func (ed *Editor) putAll(entries []linkset.Entry, c Change) ([]Action, error) {
	done := make([]Action, 0, len(entries))
	for _, e := range entries {
		before := len(ed.news)
		_, created, err := ed.Put(e, c)
		switch {
		case err != nil:
			return nil, err
		case created:
			done = append(done, Created)
		case len(ed.news) == before:
			done = append(done, Same)
		default:
			done = append(done, Replaced)
		}
	}
	return done, nil
}

// begin holds the order of changes and reads what is there. What the caller
// expected must be so.
func (ed *Editor) begin(a anchor.Anchor, c Change) (stored, error) {
	if ed.news == nil {
		// From here to the commit nobody else changes links.
		if _, err := ed.tx.Exec(`UPDATE link_version SET n = n WHERE id = 1`); err != nil {
			return stored{}, err
		}
		ed.news = []touched{}
	}
	before, err := load(ed.tx, a.String())
	if err != nil && !fault.Is(err, fault.NotFound) {
		return before, err
	}
	switch {
	case c.New && before.there():
		return before, fault.New(fault.Conflict, "there is an entry at "+a.String()+" already", "Change it instead, or choose another anchor.")
	case c.IfVersion != 0 && c.IfVersion != before.record.Version:
		return before, fault.New(fault.Conflict, fmt.Sprintf("the entry at %s has changed: its version is %d, not %d", a, before.record.Version, c.IfVersion), "Read it again, and make your change to that.")
	}
	return before, nil
}

// write stores what is after, or removes the entry when that is nil, with history,
// event and, after the commit, a fresh cache.
func (ed *Editor) write(a anchor.Anchor, action Action, before stored, after *stored, c Change) error {
	var seq int64
	if err := ed.tx.QueryRow(`UPDATE link_version SET n = n + 1 WHERE id = 1 RETURNING n`).Scan(&seq); err != nil {
		return err
	}
	doc := ""
	if after == nil {
		if err := remove(ed.tx, a.String()); err != nil {
			return err
		}
	} else {
		after.record.Version, after.record.Changed = seq, ed.now
		doc = after.doc
		if err := put(ed.tx, a, *after); err != nil {
			return err
		}
	}
	err := insertChange(ed.tx, a, Changed{Seq: seq, Anchor: a.String(), At: ed.now, By: c.By, Action: action, Before: before.doc, After: doc})
	if err != nil {
		return err
	}
	key := a.KeyPath()
	lost := before.there() && before.record.Answers() && (after == nil || !after.record.Answers())
	if lost && !a.Prefix || after != nil && !after.record.Complete() {
		ed.suspect = append(ed.suspect, key)
	}
	ed.news = append(ed.news, touched{key, a.Prefix})
	return ed.s.record(ed.tx, a.String(), seq, action, doc, c, ed.now)
}

// Close ends the changes: every entry that was touched must have a default, and the
// cache forgets what is stale once all is durable.
func (ed *Editor) Close() error {
	if err := ed.check(); err != nil {
		return err
	}
	if len(ed.news) > 0 {
		news := ed.news
		ed.tx.AfterCommit(func() { ed.s.cache.drop(news) })
	}
	return nil
}

// check wants a default for every entry of the keys that were touched.
func (ed *Editor) check() error {
	slices.Sort(ed.suspect)
	for _, key := range slices.Compact(ed.suspect) {
		records, err := loadKeys(ed.tx, key)
		if err != nil {
			return err
		}
		if err := answered(records); err != nil {
			return err
		}
	}
	return nil
}

// answered wants a default for every entry of a key.
func answered(records []linkset.Record) error {
	for _, r := range records {
		if r.Complete() {
			continue
		}
		a, err := anchor.Parse(r.Anchor)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(records, func(o linkset.Record) bool {
			over, err := anchor.Parse(o.Anchor)
			return err == nil && o.Answers() && over.Over(a)
		}) {
			return fault.New(fault.Invalid, "the entry at "+r.Anchor+" has no default, and neither has one above it",
				"Set default on one of its links that is public and holds always.").At(r.Anchor, "no default")
		}
	}
	return nil
}

// Merge adds to an entry that is there.
func (ed *Editor) Merge(e linkset.Entry, c Change) (linkset.Record, error) {
	before, err := ed.existing(e.Anchor, c)
	if err != nil {
		return linkset.Record{}, err
	}
	merged := before.record.Entry
	merged.Links = slices.Clone(merged.Links)
	if e.ItemDescription != "" {
		merged.ItemDescription = e.ItemDescription
	}
	if e.HandledBy != "" {
		merged.HandledBy = e.HandledBy
	}
	e = e.Normalize()
	for _, l := range e.Links {
		if l.Default && l.Always() {
			for i := range merged.Links {
				merged.Links[i].Default = merged.Links[i].Default && !merged.Links[i].Always()
			}
		}
		i := slices.IndexFunc(merged.Links, func(old linkset.Link) bool { return old.SameKind(&l) })
		if i < 0 {
			l.ID = ""
			merged.Links = append(merged.Links, l)
			continue
		}
		merged.Links[i] = over(merged.Links[i], l)
	}
	r, _, err := ed.Put(merged, c)
	return r, err
}

// over changes a link in the fields that are given.
func over(old, l linkset.Link) linkset.Link {
	text := func(field *string, s string) {
		if s != "" {
			*field = s
		}
	}
	text(&old.Href, l.Href)
	text(&old.Title, l.Title)
	text(&old.MediaType, l.MediaType)
	if l.Markets != nil {
		old.Markets = l.Markets
	}
	if l.FWQS != nil {
		old.FWQS = l.FWQS
	}
	if l.Public != nil {
		old.Public = l.Public
	}
	if !l.From.IsZero() {
		old.From = l.From
	}
	if !l.Until.IsZero() {
		old.Until = l.Until
	}
	if !l.When.IsZero() {
		old.When = l.When
	}
	old.Default, old.Multi = old.Default || l.Default, old.Multi || l.Multi
	return old
}

// existing begins a change of an entry that must be there.
func (ed *Editor) existing(path string, c Change) (stored, error) {
	a, err := anchor.Parse(path)
	if err != nil {
		return stored{}, err
	}
	before, err := ed.begin(a, c)
	if err == nil && !before.there() {
		err = missing(a.String())
	}
	return before, err
}

func missing(path string) error {
	return fault.New(fault.NotFound, "there is no entry at "+path, "See the list of links for those there are.")
}

// Remove removes an entry.
func (ed *Editor) Remove(path string, c Change) error {
	before, err := ed.existing(path, c)
	if err != nil {
		return err
	}
	a, err := anchor.Parse(before.record.Anchor)
	if err != nil {
		return err
	}
	return ed.write(a, Removed, before, nil, c)
}

// RemoveLinks removes links of an entry by their ids.
func (ed *Editor) RemoveLinks(path string, ids []string, c Change) error {
	before, err := ed.existing(path, c)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !slices.ContainsFunc(before.record.Links, func(l linkset.Link) bool { return l.ID == id }) {
			return fault.New(fault.NotFound, "the entry at "+before.record.Anchor+" has no link "+fmt.Sprintf("%.40q", id), manifest.Known(id, linkIDs(before.record.Links)))
		}
	}
	return ed.without(before, func(l linkset.Link) bool { return slices.Contains(ids, l.ID) }, c)
}

func linkIDs(links []linkset.Link) (ids []string) {
	for _, l := range links {
		ids = append(ids, l.ID)
	}
	return ids
}

// without stores an entry without some links, or removes it when nothing is left.
func (ed *Editor) without(before stored, gone func(linkset.Link) bool, c Change) error {
	e := before.record.Entry
	e.Links = slices.DeleteFunc(slices.Clone(e.Links), gone)
	if multis := slices.DeleteFunc(slices.Clone(e.Links), func(l linkset.Link) bool { return !l.Multi }); len(multis) == 1 {
		for i := range e.Links {
			e.Links[i].Multi = false // a choice of one is none
		}
	}
	if len(e.Links) == 0 && e.HandledBy == "" {
		return ed.Remove(e.Anchor, c)
	}
	_, _, err := ed.Put(e, c)
	return err
}

func (ed *Editor) setRecall(path, href, title string, c Change) (linkset.Record, error) {
	a, err := anchor.Parse(path)
	if err != nil {
		return linkset.Record{}, err
	}
	before, err := ed.begin(a, c)
	if err != nil {
		return linkset.Record{}, err
	}
	e := before.record.Entry
	if !before.there() {
		e = linkset.Entry{Anchor: a.String(), ItemDescription: title}
		records, err := loadKeys(ed.tx, a.KeyPath())
		if err != nil {
			return linkset.Record{}, err
		}
		for _, r := range records {
			if wide, err := anchor.Parse(r.Anchor); err == nil && wide.Over(a) {
				e.ItemDescription = r.ItemDescription
				break
			}
		}
	}
	e.Links = slices.DeleteFunc(slices.Clone(e.Links), func(l linkset.Link) bool { return l.ID == recallLinkID })
	e.Links = append(e.Links, linkset.Link{ID: recallLinkID, LinkType: linkset.RecallStatus, Href: href, Title: title})
	r, _, err := ed.Put(e, c)
	return r, err
}

func (ed *Editor) endRecall(path string, c Change) error {
	before, err := ed.existing(path, c)
	if err != nil {
		return err
	}
	recall := func(l linkset.Link) bool { return l.LinkType == linkset.RecallStatus }
	if !slices.ContainsFunc(before.record.Links, recall) {
		return fault.New(fault.NotFound, "nothing is recalled at "+before.record.Anchor, "The recall may stand at the product, the lot or the serial.")
	}
	return ed.without(before, recall, c)
}

func (ed *Editor) undo(seq int64, force Force, c Change) error {
	ch, err := loadChange(ed.tx, seq)
	if err != nil {
		return err
	}
	a, err := anchor.Parse(ch.Anchor)
	if err != nil {
		return err
	}
	now, err := ed.begin(a, c)
	if err != nil {
		return err
	}
	if force != ForgetLater {
		later, err := changesAfter(ed.tx, ch.Anchor, seq)
		if err != nil {
			return err
		}
		if later > 0 {
			return fault.New(fault.Conflict, fmt.Sprintf("the entry at %s was changed %d times since", ch.Anchor, later), "Undo the later changes first, or say that they may be lost.")
		}
	}
	if now.doc == ch.Before {
		return nil
	}
	if ch.Before == "" {
		return ed.write(a, Removed, now, nil, c)
	}
	after := stored{doc: ch.Before}
	if err := json.Unmarshal([]byte(ch.Before), &after.record.Entry); err != nil {
		return err
	}
	return ed.write(a, Restored, now, &after, c)
}

// encode writes what is stored: what HTML would mind stays readable, and bytes stay
// as they are when they are written again.
func encode(v any) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

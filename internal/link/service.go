package link

import (
	"context"
	"errors"
	"strings"
	"time"

	"tagline/gs1"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/link/anchor"
	"tagline/internal/link/linkset"
	"tagline/internal/sqldb"
)

// FreshFor is how long a key in memory is taken for fresh on PostgreSQL, where
// another node may have changed it.
const FreshFor = 500 * time.Millisecond

// Config is what a Service stands on.
type Config struct {
	DB     *sqldb.DB
	Ledger *ledger.Ledger
	Clock  clock.Clock
	IDs    *ident.Source
	// Keys is how many keys with entries are kept in memory, or four times as many
	// without; 50,000 when 0.
	Keys int
}

// Service keeps the links. It may be used by many goroutines.
type Service struct {
	db     *sqldb.DB
	ledger *ledger.Ledger
	clock  clock.Clock
	ids    *ident.Source
	cache  cache
}

// New makes the service. It reads nothing yet.
func New(c Config) *Service {
	if c.Keys <= 0 {
		c.Keys = 50_000
	}
	s := &Service{db: c.DB, ledger: c.Ledger, clock: c.Clock, ids: c.IDs}
	s.cache.generation, s.cache.shared = (c.Keys*entryWeight+1)/2, c.DB.Engine() == sqldb.Postgres
	return s
}

// Lookup gives everything that may answer for a key, from memory if it is there;
// also that there is nothing. The Set is shared and never nil.
func (s *Service) Lookup(ctx context.Context, key gs1.Element) (*linkset.Set, error) {
	if s.cache.shared && s.cache.stale(s.clock.Now()) {
		if err := s.refresh(ctx); err != nil {
			return nil, err
		}
	}
	if set := s.cache.get(key); set != nil {
		return set, nil
	}
	seen := s.cache.seen()
	var records []linkset.Record
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		records, err = loadKeys(tx, anchor.Prefixes(key)...)
		return err
	})
	if err != nil {
		return nil, err
	}
	set := nothing
	if len(records) > 0 {
		set = linkset.Compile(records)
	}
	s.cache.put(key, set, seen)
	return set, nil
}

// nothing is the Set of all keys without entries; a Set is never changed.
var nothing = linkset.Compile(nil)

// refresh forgets what other nodes have changed.
func (s *Service) refresh(ctx context.Context) error {
	s.cache.refreshing.Lock()
	defer s.cache.refreshing.Unlock()
	now := s.clock.Now()
	if !s.cache.stale(now) {
		return nil
	}
	var news []touched
	var head int64
	known := s.cache.known
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		news, head, err = changedSince(tx, known)
		return err
	})
	if err != nil {
		return err
	}
	s.cache.known = head
	s.cache.drop(news)
	s.cache.checked.Store(sqldb.Micros(now))
	return nil
}

// Get finds one entry by its anchor.
func (s *Service) Get(ctx context.Context, path string) (r linkset.Record, err error) {
	a, err := anchor.Parse(path)
	if err != nil {
		return r, err
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		st, err := load(tx, a.String())
		r = st.record
		return err
	})
	return r, err
}

// Existing gives the entries that are there of some anchors, by anchor. Anchors
// that cannot be read are not there.
func (s *Service) Existing(ctx context.Context, anchors []string) (map[string]linkset.Record, error) {
	found := map[string]linkset.Record{}
	const step = 500
	for len(anchors) > 0 {
		part := anchors[:min(step, len(anchors))]
		anchors = anchors[len(part):]
		err := s.db.View(ctx, func(tx *sqldb.Tx) error {
			records, err := loadAnchors(tx, part)
			for _, r := range records {
				found[r.Anchor] = r
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Filter narrows a list; empty fields choose all.
type Filter struct {
	GTIN   string // of 8 to 14 digits: the entries of one product
	Prefix string // the beginning of an anchor
	Text   string // part of an anchor, a description, a title or an address, in any case
	Type   string // a link type that the entry has
	After  string // the last anchor of the page before
	Limit  int    // 50 when 0, at most 1,000
}

// List lists entries by anchor.
func (s *Service) List(ctx context.Context, f Filter) (list []linkset.Record, err error) {
	key := ""
	if f.GTIN != "" {
		gtin, err := gs1.NormalizeGTIN(f.GTIN)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, strings.TrimSuffix(strings.TrimPrefix(err.Error(), "gs1: "), "."), "Write a GTIN of 8, 12, 13 or 14 digits.")
		}
		key = "/01/" + gtin
	}
	if f.Type != "" {
		if f.Type, err = linkset.ParseType(f.Type); err != nil {
			return nil, err
		}
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = search(tx, key, f)
		return err
	})
	return list, err
}

func limited(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 1000)
}

// Change says who changes an entry, and on what condition.
type Change struct {
	By        string // id of the member or key; stands in the history
	IfVersion int64  // the version that was read; 0: whatever it is now
	New       bool   // only if there is none yet
	Cause     ident.Event
}

// Put creates or replaces an entry and says whether it is new. Links without an id
// keep the id of the link they replace. An equal entry changes nothing.
//
// Errors: Invalid for what Check finds and for an entry without a default, Conflict
// when the version is another.
func (s *Service) Put(ctx context.Context, e linkset.Entry, c Change) (r linkset.Record, created bool, err error) {
	err = s.edit(ctx, func(ed *Editor) (err error) {
		r, created, err = ed.Put(e, c)
		return err
	})
	return r, created, err
}

// Merge adds to an entry that is there: links of the same type, languages and
// contexts are changed in the fields that are given, others are added; the rest
// stays. A default that comes in takes the place of the one that was. Errors:
// NotFound, and those of Put.
func (s *Service) Merge(ctx context.Context, e linkset.Entry, c Change) (r linkset.Record, err error) {
	err = s.edit(ctx, func(ed *Editor) error {
		r, err = ed.Merge(e, c)
		return err
	})
	return r, err
}

// PutAll puts many entries in one transaction, all or none, and says what became
// of each, in their order: Created, Replaced, or Same for one that was so already.
func (s *Service) PutAll(ctx context.Context, entries []linkset.Entry, c Change) (done []Action, err error) {
	err = s.edit(ctx, func(ed *Editor) error {
		done, err = ed.putAll(entries, c)
		return err
	})
	return done, err
}

// Rehearse does what PutAll would do, and takes it back.
func (s *Service) Rehearse(ctx context.Context, entries []linkset.Entry) (done []Action, err error) {
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		ed := s.Edit(tx)
		if done, err = ed.putAll(entries, Change{}); err != nil {
			return err
		}
		if err := ed.check(); err != nil {
			return err
		}
		return errRehearsed // an update with an error leaves nothing behind
	})
	if errors.Is(err, errRehearsed) {
		err = nil
	}
	return done, err
}

var errRehearsed = errors.New("link: only rehearsed")

// MergeAll adds many entries in one transaction, all or none: Merge for one that is
// there, Put for another. It says what became of each, in their order.
func (s *Service) MergeAll(ctx context.Context, entries []linkset.Entry, c Change) (done []Action, err error) {
	err = s.edit(ctx, func(ed *Editor) error {
		done = done[:0]
		for _, e := range entries {
			before, action := len(ed.news), Replaced
			_, err := ed.Merge(e, c)
			if fault.Is(err, fault.NotFound) {
				action = Created
				_, _, err = ed.Put(e, c)
			}
			if err != nil {
				return err
			}
			if len(ed.news) == before {
				action = Same
			}
			done = append(done, action)
		}
		return nil
	})
	return done, err
}

// Delete removes an entry. Errors: NotFound, Conflict, and Invalid when another
// entry would be left without a default.
func (s *Service) Delete(ctx context.Context, path string, c Change) error {
	return s.edit(ctx, func(ed *Editor) error { return ed.Remove(path, c) })
}

// DeleteLinks removes links of an entry by their ids, and the entry with the last
// of them unless another resolver is named there. Errors: NotFound for the entry or
// any of the links, and those of Put.
func (s *Service) DeleteLinks(ctx context.Context, path string, ids []string, c Change) error {
	return s.edit(ctx, func(ed *Editor) error { return ed.RemoveLinks(path, ids, c) })
}

// SetRecall puts a recall into force at an anchor, at once: its link is the answer
// of the resolver there, and links that promote are withheld. An entry is made when
// there is none.
func (s *Service) SetRecall(ctx context.Context, path, href, title string, c Change) (r linkset.Record, err error) {
	err = s.edit(ctx, func(ed *Editor) error {
		r, err = ed.setRecall(path, href, title, c)
		return err
	})
	return r, err
}

// EndRecall takes all recalls at an anchor back. Errors: NotFound when there is
// none.
func (s *Service) EndRecall(ctx context.Context, path string, c Change) error {
	return s.edit(ctx, func(ed *Editor) error { return ed.endRecall(path, c) })
}

// Undo restores what was there before a change, and is a change itself. Errors:
// NotFound, and Conflict when the entry was changed later; force goes ahead.
func (s *Service) Undo(ctx context.Context, seq int64, force Force, c Change) error {
	return s.edit(ctx, func(ed *Editor) error { return ed.undo(seq, force, c) })
}

// Force says whether later changes may be lost.
type Force string

// The two answers.
const (
	KeepLater    Force = ""
	ForgetLater  Force = "forget-later"
	recallLinkID       = "recall"
)

// Edit begins a change of links inside a transaction. Close it as the last thing.
func (s *Service) Edit(tx *sqldb.Tx) *Editor { return &Editor{s: s, tx: tx, now: s.clock.Now()} }

func (s *Service) edit(ctx context.Context, fn func(ed *Editor) error) error {
	return s.db.Update(ctx, func(tx *sqldb.Tx) error {
		ed := s.Edit(tx)
		if err := fn(ed); err != nil {
			return err
		}
		return ed.Close()
	})
}

// History lists the changes of an entry, newest first; before 0 begins with the
// newest, limit 0 is 50.
func (s *Service) History(ctx context.Context, path string, before int64, limit int) (list []Changed, err error) {
	a, err := anchor.Parse(path)
	if err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = history(tx, a.String(), before, limited(limit))
		return err
	})
	return list, err
}
